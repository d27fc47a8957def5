#!/bin/sh
# Starts a server of this folder in one of its configurations, in the foreground:
#   sh start.sh SERVER CONFIGURATION
# Addresses are those of loopback, so nothing is reachable from elsewhere. Debian's packages of these servers are needed.
# Where accounts of the system are used, it must be started by root: the accounts then exist in a mount namespace of
# their own, and the accounts of this machine stay as they are.
set -eu
cd "$(dirname "$0")"
server=$1 configuration=$2
[ -f state/ready ] || sh prepare.sh
own=$PWD/state/$server-$configuration
mkdir -p "$own"
secret() { cat "state/secrets/$1"; }
with_weak_openssl() { OPENSSL_CONF=$PWD/state/weak.cnf; export OPENSSL_CONF; }

# account NAME PASSWORD: the system's accounts and this one, for this server alone
account() {
    if [ -z "${PRIVATE_ACCOUNTS:-}" ]; then
        PRIVATE_ACCOUNTS=1 exec unshare --mount sh "$PWD/start.sh" "$server" "$configuration"
    fi
    mkdir -p "$own/home"
    cp -p /etc/passwd /etc/shadow "$own"
    echo "$1:x:2001:2001::$own/home:/bin/sh" >>"$own/passwd"
    echo "$1:$(openssl passwd -6 "$2"):19000:0:99999:7:::" >>"$own/shadow"
    mount --bind "$own/passwd" /etc/passwd
    mount --bind "$own/shadow" /etc/shadow
}

case $server-$configuration in
mosquitto-*)
    case $configuration in weak) with_weak_openssl ;; esac
    exec mosquitto -c "mosquitto/$configuration.conf"
    ;;
nginx-* | rsyslog-*)
    www=$own/www
    mkdir -p "$www/private" "$www/backup" "$www/settings"
    echo '<h1>Example product</h1>' >"$www/index.html"
    echo '{"version":"1.0.0"}' >"$www/private/status.json"
    echo 'settings' >"$www/backup/settings.txt"
    printf eco >"$www/settings/mode.txt"
    : >"$www/private/log.txt"
    case $configuration in weak) with_weak_openssl ;; esac
    case $server in
    nginx) exec nginx -p "$PWD" -c "nginx/$configuration.conf" -e stderr ;;
    rsyslog)
        case $configuration in tls) port=28441 ;; any) port=28442 ;; *) port=28443 ;; esac
        sed "s#@OWN@#state/$server-$configuration#; s#@PORT@#$port#" rsyslog/nginx.conf >"$own/nginx.conf"
        rm -f "$own/socket" "$own/pid"
        rsyslogd -n -C -f "rsyslog/$configuration.conf" -i "$own/pid" &
        while [ ! -S "$own/socket" ]; do sleep 0.1; done
        exec nginx -p "$PWD" -c "state/$server-$configuration/nginx.conf" -e stderr
        ;;
    esac
    ;;
openssh-*)
    case $configuration in
    good) account operator "$(secret operator)" ;;
    weak) account admin "$(secret default)" ;;
    esac
    mkdir -p /run/sshd
    for sample in 1 2; do
        for kind in ed25519 rsa; do
            [ -f "$own/$kind-$sample" ] || ssh-keygen -q -t $kind -N "" -f "$own/$kind-$sample"
        done
    done
    case $configuration in
    good)
        sed s/127.50.3.1/127.50.3.2/ openssh/good.conf >"$own/second.conf"
        $(command -v sshd) -D -e -f "$own/second.conf" -o "HostKey=$own/ed25519-2" &
        exec "$(command -v sshd)" -D -e -f "$PWD/openssh/good.conf" -o "HostKey=$own/ed25519-1"
        ;;
    *) exec "$(command -v sshd)" -D -e -f "$PWD/openssh/$configuration.conf" -o "HostKey=$own/rsa-1" ;;
    esac
    ;;
dropbear-plain)
    account operator "$(secret operator)"
    [ -f "$own/key" ] || dropbearkey -t ed25519 -f "$own/key" >/dev/null
    [ -f "$own/rsa" ] || dropbearkey -t rsa -s 2048 -f "$own/rsa" >/dev/null
    exec dropbear -F -E -r "$own/key" -r "$own/rsa" -p 127.50.4.1:2222 -P "$own/pid"
    ;;
libcoap-open) exec coap-server-notls -A 127.50.5.1 -p 5683 -d 10 ;;
libcoap-psk) exec coap-server-openssl -A 127.50.5.2 -p 5683 -k "$(secret psk-text)" ;;
libcoap-gnutls) exec coap-server-gnutls -A 127.50.5.3 -p 5683 -k "$(secret psk-text)" ;;
telnet-*)
    case $configuration in
    account) account operator "$(secret operator)" ;;
    default) account admin "$(secret default)" ;;
    esac
    exec xinetd -dontfork -filelog /dev/stderr -pidfile "$own/pid" -f "telnet/$configuration.conf"
    ;;
vsftpd-*)
    case $configuration in accounts) account operator "$(secret operator)" ;; esac
    mkdir -p "$own/anonymous" "$own/empty"
    cp "vsftpd/$configuration.conf" "$own/vsftpd.conf"
    chown root "$own/vsftpd.conf"
    exec vsftpd "$own/vsftpd.conf" -oanon_root="$own/anonymous" -osecure_chroot_dir="$own/empty"
    ;;
swupdate-* | mender-* | rauc-*) exec sh update/product.sh "$server" "$configuration" ;;
snmpd-*)
    case $configuration in public) address=127.50.8.1 ;; *) address=127.50.8.2 ;; esac
    SNMP_PERSISTENT_DIR=$own exec snmpd -f -Lo -I -smux -C -c "snmpd/$configuration.conf" "udp:$address:1161"
    ;;
*)
    echo "no such server and configuration: $server $configuration" >&2
    exit 2
    ;;
esac
