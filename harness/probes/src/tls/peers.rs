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
    /// RSA key and its certificate.
    pub(crate) async fn start(program: &str, arguments: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_str().unwrap();
        let make = format!("req -x509 -newkey rsa:2048 -nodes -keyout {at}/k.pem -out {at}/c.pem -subj /CN=a.example -days 9");
        assert!(Command::new("openssl").args(make.split(' ')).stderr(Stdio::null()).status().unwrap().success());
        let port = nothing().await;
        let arguments = arguments.replace("{dir}", at).replace("{port}", &port.to_string());
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

    /// `openssl s_server` with everything old that it has.
    pub(crate) async fn openssl(more: &str) -> Self {
        let arguments = "s_server -accept {port} -key {dir}/k.pem -cert {dir}/c.pem -cipher ALL:COMPLEMENTOFALL:@SECLEVEL=0 -www -quiet";
        Self::start("openssl", &format!("{arguments} {more}")).await
    }
}
