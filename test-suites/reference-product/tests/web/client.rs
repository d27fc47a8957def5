//! A small client of the tests' own.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use reference_product::{Addresses, Fault, Product, Settings};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// A running product with its state directory.
pub(crate) struct Running {
    pub(crate) addresses: Addresses,
    pub(crate) state: TempDir,
    pub(crate) product: Product,
}

/// Starts a product with these faults.
pub(crate) async fn start(faults: &[Fault]) -> Running {
    let (addresses, state) = (Addresses::claim(), tempfile::tempdir().unwrap());
    let settings = Settings { faults: faults.iter().copied().collect(), addresses, state: state.path().to_owned(), ..Settings::default() };
    let product = reference_product::start(settings).await.unwrap();
    Running { addresses, state, product }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    /// The value of the first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(have, _)| *have == name).map(|(_, value)| value)
    }

    /// The session cookie that was set.
    pub(crate) fn sid(&self) -> String {
        let cookie = self.header("set-cookie").unwrap();
        cookie.split(';').next().unwrap().trim_start_matches("sid=").to_owned()
    }

    /// A value of a JSON body.
    pub(crate) fn json(&self, pointer: &str) -> String {
        let value: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        value.pointer(pointer).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    }
}

impl Running {
    /// The content of a file of the state directory.
    pub(crate) fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.state.path().join(name)).unwrap()
    }

    /// The secret of an account.
    pub(crate) fn secret(&self, name: &str) -> String {
        String::from_utf8(self.file(&format!("secrets/{name}"))).unwrap()
    }

    /// A connector that trusts the product's authority only.
    pub(crate) fn connector(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&self.file("ca.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        TlsConnector::from(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
    }

    /// One request over TLS on a connection of its own; the TLS error if there is one.
    pub(crate) async fn ask(&self, at: (Ipv4Addr, u16), name: &str, request: &str, body: &[u8]) -> std::io::Result<Reply> {
        let stream = TcpStream::connect(at).await?;
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let stream = self.connector().connect(name, stream).await?;
        exchange(stream, request, body).await
    }

    /// One request to the device; `sid` is the session.
    pub(crate) async fn device(&self, request: &str, sid: &str, body: &[u8]) -> Reply {
        let request = if sid.is_empty() { request.to_owned() } else { format!("{request}\r\ncookie: a=b; sid={sid}") };
        self.ask((self.addresses.device, 8443), "dishwasher.test", &request, body).await.unwrap()
    }

    /// Tries to log in at the device.
    pub(crate) async fn try_login(&self, user: &str, password: &str, sid: &str) -> Reply {
        self.device("POST /login", sid, format!("user={user}&password={password}").as_bytes()).await
    }

    /// Logs in at the device and returns the session.
    pub(crate) async fn login(&self, user: &str) -> String {
        let reply = self.try_login(user, &self.secret(&format!("device-{user}")), "").await;
        assert_eq!(reply.status, 303, "{reply:?}");
        reply.sid()
    }
}

/// Sends a request (its first line without the version, and perhaps headers) and reads the answer.
pub(crate) async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str, body: &[u8]) -> std::io::Result<Reply> {
    let (line, headers) = request.split_once("\r\n").unwrap_or((request, ""));
    let headers = if headers.is_empty() { String::new() } else { format!("{headers}\r\n") };
    let length = body.len();
    let head = format!("{line} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await??;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Reply { status, head: head.to_ascii_lowercase().replace("\r\n", "\n"), body: body.to_owned() })
}
