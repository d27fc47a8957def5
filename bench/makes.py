"""TLS servers of different make, each in the namespace assay-far at a port of its own on 127.0.0.1."""
import os
import subprocess
import textwrap

FOLDER = os.path.join(os.environ.get("BENCH_STATE", "/tmp/assay-bench"), "makes")


def sh(command):
    subprocess.run(command, shell=True, check=True, cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write(name, text):
    with open(os.path.join(FOLDER, name), "w") as out:
        out.write(textwrap.dedent(text))
    return os.path.join(FOLDER, name)


def keys():
    """A root, certificates of an RSA and an EC key under it, a weak one, an OCSP response, parameters."""
    os.makedirs(FOLDER, exist_ok=True)
    os.chmod(FOLDER, 0o755)
    if os.path.exists(os.path.join(FOLDER, "ready")):
        return
    write("ext", "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
    write("psk", f"client:{PSK}\n")
    sh("openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.crt -days 3000 -subj '/CN=Makes Root'")
    for name, kind in (("rsa", "rsa:2048"), ("ec", "ec -pkeyopt ec_paramgen_curve:P-256")):
        sh(f"openssl req -newkey {kind} -nodes -keyout {name}.key -out {name}.csr -subj /CN=localhost")
        sh(f"openssl x509 -req -in {name}.csr -CA root.crt -CAkey root.key -set_serial 0x10{name.encode().hex()} -days 397 -extfile ext -out {name}.crt")
        sh(f"cat {name}.crt root.crt >{name}.chain; cat {name}.key {name}.chain >{name}.all")
    sh("openssl req -x509 -newkey rsa:1024 -sha1 -nodes -keyout weak.key -out weak.crt -days 9000 -subj '/CN=weak'")
    sh("openssl req -x509 -newkey ed25519 -nodes -keyout ed.key -out ed.crt -days 90 -subj /CN=localhost -addext subjectAltName=DNS:localhost")
    sh("openssl dhparam -out dh1024.pem 1024; openssl dhparam -dsaparam -out dh2048.pem 2048")
    sh(": >index; : >index.attr; openssl ocsp -index index -rsigner root.crt -rkey root.key -CA root.crt -issuer root.crt -cert ec.crt "
       "-reqout req.ocsp && openssl ocsp -index index -rsigner root.crt -rkey root.key -CA root.crt -reqin req.ocsp -respout ec.ocsp")
    sh("openssl pkcs12 -export -in rsa.crt -inkey rsa.key -certfile root.crt -out rsa.p12 -passout pass:changeit -name server")
    sh("chmod 644 *.key *.all *.p12; touch ready")


def openssl(*more):
    return lambda port: ["openssl", "s_server", "-accept", str(port), "-quiet", "-www", *more]


TWO = ["-cert", "rsa.crt", "-key", "rsa.key", "-cert_chain", "root.crt", "-dcert", "ec.crt", "-dkey", "ec.key", "-dcert_chain", "root.crt"]
ONE = ["-cert", "rsa.crt", "-key", "rsa.key", "-cert_chain", "root.crt"]
OLD = ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
PSK = "1a2b3c4d5e6f708192a3b4c5d6e7f809"


def gnutls(priority, *more):
    return lambda port: ["gnutls-serv", "-p", str(port), "--http", "-q", "--priority", priority, *more]


GNUTLS_TWO = ["--x509certfile", "rsa.chain", "--x509keyfile", "rsa.key", "--x509certfile", "ec.chain", "--x509keyfile", "ec.key"]


def nginx(port):
    path = write("nginx.conf", f"""
        user root; pid {FOLDER}/nginx.pid; error_log {FOLDER}/nginx.log crit; daemon off;
        events {{ }}
        http {{
            access_log off;
            client_body_temp_path {FOLDER}/n1; proxy_temp_path {FOLDER}/n2; fastcgi_temp_path {FOLDER}/n3;
            uwsgi_temp_path {FOLDER}/n4; scgi_temp_path {FOLDER}/n5;
            server {{
                listen 127.0.0.1:{port} ssl http2;
                ssl_certificate {FOLDER}/ec.chain; ssl_certificate_key {FOLDER}/ec.key;
                ssl_certificate {FOLDER}/rsa.chain; ssl_certificate_key {FOLDER}/rsa.key;
                ssl_stapling on; ssl_stapling_file {FOLDER}/ec.ocsp; ssl_session_cache shared:a:1m; ssl_early_data on;
                ssl_protocols TLSv1.2 TLSv1.3;
                location / {{ return 200 "in"; }}
            }}
        }}
        """)
    return ["nginx", "-p", FOLDER, "-c", path]


def mosquitto(port):
    path = write("mosquitto.conf", f"""
        user root
        log_type none
        allow_anonymous true
        listener {port} 127.0.0.1
        certfile {FOLDER}/rsa.chain
        keyfile {FOLDER}/rsa.key
        """)
    return ["mosquitto", "-c", path]


def mosquitto_psk(port):
    path = write("mosquitto-psk.conf", f"""
        user root
        log_type none
        allow_anonymous true
        listener {port} 127.0.0.1
        psk_hint assay
        psk_file {FOLDER}/psk
        """)
    return ["mosquitto", "-c", path]


def stunnel(port):
    path = write("stunnel.conf", f"""
        foreground = yes
        debug = 0
        pid =
        [one]
        accept = 127.0.0.1:{port}
        connect = 127.0.0.1:9
        cert = {FOLDER}/rsa.chain
        key = {FOLDER}/rsa.key
        """)
    return ["stunnel4", path]


def haproxy(port):
    path = write("haproxy.cfg", f"""
        defaults
            mode http
            timeout client 5s
            timeout server 5s
            timeout connect 5s
        frontend one
            bind 127.0.0.1:{port} ssl crt {FOLDER}/rsa.all alpn h2,http/1.1 ssl-min-ver TLSv1.1 ciphers DEFAULT@SECLEVEL=0
            http-request return status 200
        """)
    return ["haproxy", "-db", "-f", path]


def lighttpd(module):
    def start(port):
        path = write(f"lighttpd-{module}.conf", f"""
            server.document-root = "{FOLDER}"
            server.bind = "127.0.0.1"
            server.port = {port}
            server.modules = ("mod_{module}")
            ssl.engine = "enable"
            ssl.pemfile = "{FOLDER}/rsa.chain"
            ssl.privkey = "{FOLDER}/rsa.key"
            """)
        return ["lighttpd", "-D", "-f", path]
    return start


def apache(port):
    modules = "/usr/lib/apache2/modules"
    path = write("apache.conf", f"""
        ServerRoot {FOLDER}
        ServerName localhost
        PidFile {FOLDER}/apache.pid
        ErrorLog /dev/null
        Listen 127.0.0.1:{port}
        LoadModule mpm_event_module {modules}/mod_mpm_event.so
        LoadModule authz_core_module {modules}/mod_authz_core.so
        LoadModule socache_shmcb_module {modules}/mod_socache_shmcb.so
        LoadModule ssl_module {modules}/mod_ssl.so
        SSLSessionCache shmcb:{FOLDER}/apache.cache(512000)
        SSLEngine on
        SSLCertificateFile {FOLDER}/rsa.chain
        SSLCertificateKeyFile {FOLDER}/rsa.key
        SSLProtocol all
        SSLCipherSuite ALL:@SECLEVEL=0
        """)
    return ["apache2", "-X", "-f", path]


def java(port):
    write("Server.java", """
        import com.sun.net.httpserver.*;
        import java.io.*;
        import java.net.*;
        import java.security.*;
        import javax.net.ssl.*;

        class Server {
            public static void main(String[] words) throws Exception {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(new FileInputStream(words[1]), "changeit".toCharArray());
                KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
                keys.init(store, "changeit".toCharArray());
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(keys.getKeyManagers(), null, null);
                int port = Integer.parseInt(words[0]);
                HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", port), 0);
                server.setHttpsConfigurator(new HttpsConfigurator(context));
                server.createContext("/", exchange -> { exchange.sendResponseHeaders(204, -1); exchange.close(); });
                server.setExecutor(java.util.concurrent.Executors.newFixedThreadPool(8));
                server.start();
            }
        }
        """)
    return ["java", "Server.java", str(port), "rsa.p12"]


def node(port):
    path = write("server.js", f"""
        const https = require('https'), fs = require('fs');
        const options = {{ cert: fs.readFileSync('{FOLDER}/ec.chain'), key: fs.readFileSync('{FOLDER}/ec.key') }};
        https.createServer(options, (request, answer) => answer.end('in')).listen({port}, '127.0.0.1');
        """)
    return ["node", path]


def python(port):
    path = write("server.py", f"""
        import http.server, socketserver, ssl
        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain('{FOLDER}/rsa.chain', '{FOLDER}/rsa.key')
        server = Server(('127.0.0.1', {port}), http.server.SimpleHTTPRequestHandler)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.serve_forever()
        """)
    return ["python3", path]


def go(port):
    write("server.go", """
        package main

        import (
            "crypto/tls"
            "net/http"
            "os"
        )

        func main() {
            handler := http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) { answer.Write([]byte("in")) })
            server := &http.Server{Addr: "127.0.0.1:" + os.Args[1], Handler: handler, TLSConfig: &tls.Config{MinVersion: tls.VersionTLS10}}
            server.ListenAndServeTLS("rsa.chain", "rsa.key")
        }
        """)
    sh("[ -x goserver ] || GOFLAGS=-mod=mod GOPROXY=off GO111MODULE=off go build -o goserver server.go")
    return [os.path.join(FOLDER, "goserver"), str(port)]


def nss(port):
    if not os.path.isdir(os.path.join(FOLDER, "nss")):
        sh("mkdir nss; certutil -N -d nss --empty-password; pk12util -i rsa.p12 -d nss -W changeit -K ''")
    return ["selfserv", "-p", str(port), "-d", "nss", "-n", "server", "-V", "tls1.0:tls1.3"]


def mbedtls(port):
    return lighttpd("mbedtls")(port)


def vsftpd(port):
    path = write("vsftpd.conf", f"""
        listen=YES
        listen_address=127.0.0.1
        listen_port={port}
        background=NO
        anonymous_enable=YES
        local_enable=NO
        seccomp_sandbox=NO
        ssl_enable=YES
        allow_anon_ssl=YES
        rsa_cert_file={FOLDER}/rsa.chain
        rsa_private_key_file={FOLDER}/rsa.key
        ssl_ciphers=HIGH
        """)
    sh("mkdir -p /var/run/vsftpd/empty")
    return ["vsftpd", path]


MAKES = {
    "openssl modern": openssl(*TWO, "-alpn", "h2,http/1.1", "-status_file", "ec.ocsp"),
    "openssl legacy": openssl(*TWO, *OLD, "-dhparam", "dh2048.pem", "-serverpref", "-client_renegotiation", "-legacy_renegotiation"),
    "openssl weak key": openssl("-cert", "weak.crt", "-key", "weak.key", *OLD, "-no_tls1_3", "-no_ticket", "-no_etm"),
    "openssl psk": openssl("-nocert", "-psk", PSK, "-psk_hint", "assay", "-cipher", "PSK:@SECLEVEL=0", "-no_tls1_3"),
    "openssl client certificate": openssl(*ONE, "-CAfile", "root.crt", "-Verify", "2", "-verify_return_error"),
    "openssl 1.3 only": openssl(*ONE, "-tls1_3", "-groups", "P-521:X448:ffdhe3072", "-max_early_data", "16384"),
    "openssl custom dh": openssl(*ONE, "-no_tls1_3", "-dhparam", "dh1024.pem", "-cipher", "DHE:@SECLEVEL=0"),
    "openssl ed25519": openssl("-cert", "ed.crt", "-key", "ed.key"),
    "gnutls normal": gnutls("NORMAL", *GNUTLS_TWO, "--alpn", "http/1.1"),
    "gnutls legacy": gnutls("LEGACY:+VERS-SSL3.0:+VERS-TLS1.0:+VERS-TLS1.1:+ARCFOUR-128:+3DES-CBC:+ANON-ECDH:+ANON-DH:+DHE-RSA:"
                            "+MD5:+GROUP-ALL:%SERVER_PRECEDENCE", *GNUTLS_TWO),
    "gnutls psk": gnutls("NORMAL:+PSK:+ECDHE-PSK:+DHE-PSK", *GNUTLS_TWO[:4], "--pskpasswd", "psk"),
    "nginx": nginx,
    "apache": apache,
    "mosquitto": mosquitto,
    "mosquitto psk": mosquitto_psk,
    "stunnel": stunnel,
    "haproxy": haproxy,
    "lighttpd with gnutls": lighttpd("gnutls"),
    "lighttpd with mbedtls": mbedtls,
    "lighttpd with wolfssl": lighttpd("wolfssl"),
    "java": java,
    "node": node,
    "go": go,
    "python": python,
    "nss selfserv": nss,
}
STARTTLS = {"vsftpd": ("ftp", vsftpd)}
FIRST_PORT = int(os.environ.get("MAKES_PORT", "5001"))
