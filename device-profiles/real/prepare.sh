#!/bin/sh
# Makes certificates, keys and secrets for the servers in this folder, under state/. Called by start.sh when needed.
# Everything is made anew on every machine, so nothing secret is kept with the profiles.
set -eu
cd "$(dirname "$0")"
rm -rf state.new && mkdir -p state.new/secrets state.new/ca && cd state.new
quiet() { "$@" >>log 2>&1 || { cat log >&2; exit 1; }; }
words() { openssl rand -hex 12; }

# -- an authority, and certificates that it signed
cat >ca/ca.cnf <<'END'
[ca]
default_ca = it
[it]
database = ca/index
serial = ca/serial
new_certs_dir = ca
policy = any
email_in_dn = no
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:product.test
[packages]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = emailProtection
[collector]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:collector.test
END
: >ca/index
echo 1000 >ca/serial
ec="ec -pkeyopt ec_paramgen_curve:P-256"
quiet openssl req -config ca/ca.cnf -x509 -newkey $ec -nodes -keyout ca.key -out ca.pem -sha256 -days 3650 \
    -subj "/CN=Authority of the real servers" -extensions authority
# leaf NAME KEY HASH START END [SECTION]
leaf() {
    quiet openssl req -config ca/ca.cnf -newkey $2 -nodes -keyout "$1.key" -out "ca/$1.csr" -subj /CN=product.test
    quiet openssl ca -config ca/ca.cnf -batch -cert ca.pem -keyfile ca.key -in "ca/$1.csr" -out "$1.pem" -notext -md "$3" \
        -startdate "$4" -enddate "$5" -extensions "${6:-leaf}"
}
leaf good "$ec" sha256 20250101000000Z 20450101000000Z
leaf expired "$ec" sha256 20200101000000Z 20210101000000Z
leaf weak rsa:1024 sha1 20250101000000Z 20450101000000Z
leaf collector "$ec" sha256 20250101000000Z 20450101000000Z collector
quiet openssl req -config ca/ca.cnf -x509 -key good.key -out self-signed.pem -sha256 -days 365 -subj /CN=product.test -extensions leaf

# -- who signs update packages: the manufacturer, and a developer whose key no product should know
for name in signer developer; do
    quiet openssl ecparam -name prime256v1 -genkey -noout -out $name.key
    quiet openssl req -config ca/ca.cnf -x509 -key $name.key -out $name.pem -sha256 -days 3650 -subj "/CN=$name" -extensions packages
    quiet openssl ec -in $name.key -pubout -out $name.pub
done

# -- settings of OpenSSL under which a server may be weak: TLS 1.0, every suite, short keys
cat >weak.cnf <<'END'
openssl_conf = default
[default]
ssl_conf = ssl
[ssl]
system_default = weak
[weak]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
END
# A group of 1024 bits: the second Oakley group of RFC 2409, which many products carry.
cat >dh-1024.pem <<'END'
-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
END

# -- secrets
for name in operator viewer device-1 device-2; do words >"secrets/$name"; done
# libcoap's server takes its key as text, a profile has it in hexadecimal
words >secrets/psk-text
tr -d '\n' <secrets/psk-text | od -An -tx1 | tr -d ' \n' >secrets/psk
echo admin >secrets/default
echo public >secrets/community

# -- password files, made here once: servers that start side by side must not write them at the same time
mkdir -p nginx mosquitto
coded() { echo "$1:$(openssl passwd -apr1 "$(cat "secrets/$2")")"; }
coded operator operator >nginx/operators
{ coded operator operator; coded viewer viewer; } >nginx/everybody
coded admin default >nginx/default
touch mosquitto/passwords && chmod 600 mosquitto/passwords
if command -v mosquitto_passwd >/dev/null; then
    for name in device-1 device-2; do mosquitto_passwd -b mosquitto/passwords $name "$(cat secrets/$name)"; done
fi

chmod 755 . && chmod 644 *.pem *.key *.pub secrets/*
: >ready
cd .. && rm -rf state && mv state.new state
