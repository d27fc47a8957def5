//! Documents on ordinary web servers, fetched the ordinary way: content coding, chunks and HTTP/1.1 are the
//! library's business. A product's own interface is spoken to through [`crate::Link`] instead, byte for byte.

use crate::clock::within;
use crate::error::{Error, Result};
use crate::ledger::Transport;
use crate::permit::Permit;
use crate::tls::{TlsOptions, client_config};

/// What a web server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAnswer {
    /// The status code.
    pub status: u16,
    /// The header fields, names in lower case, in the order of the answer.
    pub headers: Vec<(String, String)>,
    /// The decoded body.
    pub body: Vec<u8>,
}

impl WebAnswer {
    /// The first header field of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }
}

impl Permit {
    /// Fetches a document of this web server. The connection goes to the permitted address whatever the name says,
    /// redirects are not followed, proxies of the environment are not used.
    ///
    /// # Errors
    /// [`Error::TooLong`] past `limit` bytes of body; [`Error::TimedOut`]; [`Error::Refused`]; [`Error::Handshake`];
    /// [`Error::Malformed`].
    pub async fn fetch(&self, path: &str, limit: usize) -> Result<WebAnswer> {
        let peer = self.peer();
        let _slot = self.host.pace.turn(&peer).await?;
        let scheme = if self.speaks().is_some_and(assay_model::profile::Speaks::is_tls) { "https" } else { "http" };
        let url = format!("{scheme}://{}:{}{path}", bracketed(&self.tls_name()), self.address().port());
        let answer = within(&peer, "whole answer", self.deadlines().answer, self.get(&url, &peer, limit)).await??;
        let mut page = self.ledger.page(Transport::Tls, &peer);
        page.write(true, format!("GET {url}\n").as_bytes());
        let fields = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n");
        page.write(false, format!("{}\n{fields}\n\n", answer.status).as_bytes());
        page.write(false, &answer.body);
        Ok(answer)
    }

    async fn get(&self, url: &str, peer: &str, limit: usize) -> Result<WebAnswer> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(client_config(&TlsOptions::default())?)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .resolve(&self.tls_name(), self.address())
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| Error::Local(format!("no web client: {error}")))?;
        let mut response = client.get(url).send().await.map_err(|error| sort(peer, &error))?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| sort(peer, &error))? {
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                return Err(Error::TooLong { peer: peer.to_owned(), limit });
            }
        }
        Ok(WebAnswer { status, headers, body })
    }
}

fn bracketed(name: &str) -> String {
    if name.contains(':') { format!("[{name}]") } else { name.to_owned() }
}

/// Finds the cause under the library's wrapping.
fn sort(peer: &str, error: &reqwest::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            let sorted = Error::from_io(peer, io);
            // what the operating system says is final; a library wraps its own errors, such as those of TLS, in this type too
            if !sorted.is_ours() || io.raw_os_error().is_some() {
                return sorted;
            }
        }
        cause = inner.source();
    }
    if error.is_connect() {
        return Error::Handshake(peer.to_owned(), error.to_string());
    }
    Error::Malformed { peer: peer.to_owned(), what: error.to_string() }
}
