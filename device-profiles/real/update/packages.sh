#!/bin/sh
# Makes update packages with the tool of their maker, in the folder `updates` of OWN:
#   sh update/packages.sh swupdate|mender|rauc OWN
# Each brings a file `version`, and a payload so large that the middle of the package lies in it.
set -eu
cd "$(dirname "$0")/.."
server=$1 own=$2
keys=$PWD/state
mkdir -p "$own/updates" "$own/content"
openssl rand -out "$own/content/payload" 65536
quiet() { "$@" >>"$own/updates/log" 2>&1 || { cat "$own/updates/log" >&2; exit 1; }; }

# package NAME VERSION KEY MODEL: signed with the key, or not at all
case $server in
swupdate)
    package() {
        cat >"$own/sw-description" <<END
software = {
    version = "$2";
    hardware-compatibility: [ "$4" ];
    files: (
        { filename = "payload"; path = "$own/www/payload"; },
        { filename = "version"; path = "$own/www/version"; }
    );
};
END
        sign=
        [ "$3" = none ] || sign="-k CMS,$keys/$3.key,$keys/$3.pem"
        quiet swugenerator -n -e $sign -s "$own/sw-description" -a "$own/content" -o "$own/updates/$1.swu" create
    }
    ;;
mender)
    echo "$own/www" >"$own/content/dest_dir"
    echo version >"$own/content/filename"
    echo 644 >"$own/content/permissions"
    package() {
        sign=
        [ "$3" = none ] || sign="-k $keys/$3.key"
        files=$(printf -- "-f $own/content/%s " version payload dest_dir filename permissions)
        quiet mender-artifact write module-image -T single-file -n "release-$2" -t "$4" $files $sign -o "$own/updates/$1.mender"
    }
    ;;
rauc)
    package() {
        for format in verity plain; do
            printf '[update]\ncompatible=%s\nversion=%s\n[bundle]\nformat=%s\n[image.rootfs]\nfilename=payload\n' "$4" "$2" $format \
                >"$own/content/manifest.raucm"
            file=$own/updates/$1.raucb
            [ $format = verity ] || file=$own/updates/$1-plain.raucb
            # RAUC itself makes nothing that is not signed
            case $3 in
            none) quiet mksquashfs "$own/content" "$file" -all-root -noappend ;;
            *) quiet rauc bundle --cert="$keys/$3.pem" --key="$keys/$3.key" "$own/content" "$file" ;;
            esac
        done
    }
    ;;
esac
model=board other=tower
[ "$server" != swupdate ] || model=1.0 other=2.0
echo 0.9.0 >"$own/content/version"
package older 0.9.0 signer $model
echo 2.0.0 >"$own/content/version"
package genuine 2.0.0 signer $model
package other-key 2.0.0 developer $model
package other-model 2.0.0 signer $other
package unsigned 2.0.0 none $model
