//! HTTP against the web server nginx, where it is installed: `cargo test -p assay-probes -- --ignored`.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test looks for a free port, and may stop at the first surprise"
)]

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::process::{Child, Command};
use std::time::Duration;

use assay_model::profile::{Budget, Interface, Login, Operation};
use assay_wire::{Authority, Host, Ledger, Permit, Secrets};

use assay_probes::http::{Accepted, Access, Client, Request, call, links, log_in};

struct Server(Child, u16, #[expect(dead_code, reason = "kept while the server runs")] tempfile::TempDir);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    async fn start(speaks: &str, locations: &str) -> (Self, Permit) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_str().unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let files = [
            ("passwords", "admin:{PLAIN}right one\n".to_owned()),
            ("c.pem", certificate.pem()),
            ("c.key", key.serialize_pem()),
            ("index.html", "<a href=/secret/x>secret</a>".to_owned()),
        ];
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let secure = if speaks == "https" { "ssl" } else { "" };
        let settings = format!(
            "daemon off; master_process off; pid {at}/pid; error_log {at}/log; events {{}} http {{ access_log off; \
             client_body_temp_path {at}/1; proxy_temp_path {at}/2; fastcgi_temp_path {at}/3; uwsgi_temp_path {at}/4; scgi_temp_path {at}/5; \
             server {{ listen 127.0.0.1:{port} {secure}; ssl_certificate {at}/c.pem; ssl_certificate_key {at}/c.key; root {at}; {} }} }}",
            locations.replace("{dir}", at)
        );
        std::fs::write(folder.path().join("conf"), settings).unwrap();
        let process = Command::new("nginx").args(["-e", &format!("{at}/log"), "-c", &format!("{at}/conf")]).spawn().unwrap();
        let host = Host { component: "device".into(), sample: "S1".into(), address: IpAddr::V4(Ipv4Addr::LOCALHOST) };
        let interface: Interface = serde_json::from_str(&format!(r#"{{"id":"web","speaks":"{speaks}","port":{port}}}"#)).unwrap();
        let authority = Authority::new(vec![host], &Budget::default(), Secrets::default());
        let permit = authority.permit("device", "S1", &interface, &Ledger::default()).unwrap();
        for _ in 0..50 {
            if permit.tcp().await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        (Self(process, port, folder), permit)
    }
}

#[tokio::test]
#[ignore = "needs nginx"]
async fn basic_pages_and_links() {
    let locations = "location /secret/ { auth_basic x; auth_basic_user_file {dir}/passwords; try_files /index.html =404; } \
                     location /busy { return 429; } location /gone { return 302 /login; } gzip on; chunked_transfer_encoding on;";
    for speaks in ["http", "https"] {
        let (server, permit) = Server::start(speaks, locations).await;
        let mut client = Client::new(permit);
        let page = client.send(&Request::get("/")).await.unwrap();
        assert_eq!((page.status, page.oddities.len(), page.is_html()), (200, 0, true), "{page:?}");
        assert!(client.link().is_some_and(|link| link.session().is_some() == (speaks == "https")));
        assert_eq!(links(&format!("127.0.0.1:{}", server.1), "/", &page.text()), ["/secret/x"]);
        let gone = Access::of(&client.send(&Request::get("/gone")).await.unwrap());
        assert_eq!(gone, Access::Redirected(format!("{speaks}://127.0.0.1:{}/login", server.1)));
        assert_eq!(client.send(&Request::new("DELETE", "/index.html")).await.unwrap().status, 405);
        assert_eq!(Access::of(&client.send(&Request::get("/none")).await.unwrap()), Access::NotFound);
        let login: Login = serde_json::from_str(r#"{"kind":"basic"}"#).unwrap();
        let check: Operation = serde_json::from_str(r#"{"id":"s","method":"GET","path":"/secret/y"}"#).unwrap();
        let open: Operation = serde_json::from_str(r#"{"id":"s","method":"GET","path":"/"}"#).unwrap();
        let busy: Operation = serde_json::from_str(r#"{"id":"s","method":"GET","path":"/busy"}"#).unwrap();
        let good = log_in(&mut client, &login, &check, "admin", "right one").await.unwrap();
        assert_eq!(good.accepted, Accepted::Accepted, "{good:?}");
        assert!(call(&mut client, &check, good.session.as_ref(), None).await.unwrap().is_success());
        assert_eq!(log_in(&mut client, &login, &check, "admin", "admin").await.unwrap().accepted, Accepted::Refused);
        assert!(matches!(log_in(&mut client, &login, &open, "a", "b").await.unwrap().accepted, Accepted::Unclear(_)));
        assert!(matches!(log_in(&mut client, &login, &busy, "a", "b").await.unwrap().accepted, Accepted::Throttled(_)));
    }
}
