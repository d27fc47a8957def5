//! Real servers for the tests of this folder, where they are installed.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assay_wire::Permit;

use crate::testing::{nothing, permit};

/// A running server, and the folder with its files.
pub(crate) struct Server {
    child: Child,
    pub(crate) permit: Permit,
    #[expect(dead_code, reason = "kept while the server runs")]
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a program; `{dir}` and `{port}` in its arguments are filled in. The folder holds `k.pem` and `c.pem`, an
    /// RSA key and its certificate, and `settings`.
    pub(crate) async fn start(program: &str, arguments: &str, settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_str().unwrap();
        let make = format!("req -x509 -newkey rsa:2048 -nodes -keyout {at}/k.pem -out {at}/c.pem -subj /CN=a.example -days 9");
        assert!(Command::new("openssl").args(make.split(' ')).stderr(Stdio::null()).status().unwrap().success());
        let port = nothing().await;
        let fill = |text: &str| text.replace("{dir}", at).replace("{port}", &port.to_string());
        std::fs::write(folder.path().join("settings"), fill(settings)).unwrap();
        let arguments = fill(arguments);
        let mut command = Command::new(program);
        let child =
            command.args(arguments.split_whitespace()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let permit = permit(port);
        for _ in 0..100 {
            if permit.tcp().await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        Self { child, permit, folder }
    }

    /// nginx with everything old that it has.
    pub(crate) async fn nginx(more: &str) -> Self {
        let settings = "daemon off; master_process off; pid {dir}/pid; error_log {dir}/log; events {} http { access_log off; \
                        client_body_temp_path {dir}/1; proxy_temp_path {dir}/2; fastcgi_temp_path {dir}/3; uwsgi_temp_path {dir}/4; \
                        scgi_temp_path {dir}/5; server { listen 127.0.0.1:{port} ssl; ssl_certificate {dir}/c.pem; \
                        ssl_certificate_key {dir}/k.pem; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; \
                        ssl_ciphers ALL:@SECLEVEL=0; {more} } }";
        Self::start("nginx", "-e {dir}/log -c {dir}/settings", &settings.replace("{more}", more)).await
    }

    /// `openssl s_server` with everything old that it has.
    pub(crate) async fn openssl(more: &str) -> Self {
        let arguments = "s_server -accept {port} -key {dir}/k.pem -cert {dir}/c.pem -cipher ALL:COMPLEMENTOFALL:@SECLEVEL=0 -www -quiet";
        Self::start("openssl", &format!("{arguments} {more}"), "").await
    }
}
