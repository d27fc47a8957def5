#!/bin/sh
# A product that takes updates, in the foreground; start.sh calls it:
#   sh update/product.sh swupdate|mender|rauc CONFIGURATION
# A package may only write into the folder of the configuration.
set -eu
cd "$(dirname "$0")/.."
server=$1 configuration=$2
own=$PWD/state/$server-$configuration
if [ "$server" = mender ] && [ -z "${PRIVATE_SETTINGS:-}" ]; then
    # Mender looks for its name in /etc/mender, so it gets one of its own
    PRIVATE_SETTINGS=1 exec unshare --mount sh update/product.sh "$@"
fi
rm -rf "$own" && mkdir -p "$own/www" "$own/incoming" "$own/work"
echo '<h1>Example product</h1>' >"$own/www/index.html"
echo 1.0.0 >"$own/www/version"
sh update/packages.sh "$server" "$own"

# front ADDRESS PACKAGE: nginx before the updater; a package goes where PACKAGE says
front() {
    sed "s#@OWN@#state/$server-$configuration#; s#@ADDRESS@#$1#; s#@PACKAGE@#$2#" update/front.conf >"$own/nginx.conf"
    exec nginx -p "$PWD" -c "state/$server-$configuration/nginx.conf" -e stderr
}

# Takes each package that nginx laid down.
watch_incoming() {
    while sleep 0.2; do
        [ -f "$own/incoming/upload" ] || continue
        mv "$own/incoming/upload" "$own/work/package"
        take "$own/work/package" || echo "the package was refused"
    done
}

# start_swupdate ADDRESS KEYS [OPTIONS]: SWUpdate with its own web server
start_swupdate() {
    address=$1 keys=$2
    shift 2
    TMPDIR=$own/work swupdate -k "$keys" -H board:1.0 "$@" -w "-p $address:8080 -r $own/www"
}

laid_down="dav_methods PUT; root state/$server-$configuration/incoming;"
case $server-$configuration in
swupdate-good)
    start_swupdate 127.50.10.11 state/signer.pem -N 1.0.0 &
    front 127.50.10.1 "proxy_pass http://127.50.10.11:8080;"
    ;;
swupdate-keys)
    cat state/signer.pem state/developer.pem >"$own/keys.pem"
    start_swupdate 127.50.10.12 "$own/keys.pem" &
    front 127.50.10.2 "proxy_pass http://127.50.10.12:8080;"
    ;;
swupdate-bare) start_swupdate 127.50.10.3 state/signer.pem -N 1.0.0 ;;
mender-*)
    mkdir -p "$own/settings" "$own/data"
    mount --bind "$own/settings" /etc/mender
    echo artifact_name=release-1.0.0 >/etc/mender/artifact_info
    echo device_type=board >"$own/data/device_type"
    case $configuration in
    good) address=127.50.11.1; echo "{\"ArtifactVerifyKey\":\"$PWD/state/signer.pub\"}" >/etc/mender/mender.conf ;;
    unchecked) address=127.50.11.2; echo '{}' >/etc/mender/mender.conf ;;
    esac
    updater() { mender --no-syslog --data "$own/data" --fallback-config "$own/none" "$@"; }
    take() { updater install "$1" && updater commit; }
    watch_incoming &
    front "$address" "$laid_down"
    ;;
rauc-*)
    case $configuration in
    good) address=127.50.12.1; unpack() { rauc extract --keyring=state/signer.pem "$1" "$2"; } ;;
    unchecked) address=127.50.12.2; unpack() { unsquashfs -quiet -no-progress -dest "$2" "$1"; } ;;
    esac
    take() {
        rm -rf "$own/work/content"
        unpack "$1" "$own/work/content" && grep -qx compatible=board "$own/work/content/manifest.raucm" &&
            mv "$own/work/content/version" "$own/www/version"
    }
    watch_incoming &
    front "$address" "$laid_down"
    ;;
esac
