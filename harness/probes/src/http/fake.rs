//! A small web server for tests: one answer per request, from a function.

#![expect(clippy::disallowed_methods, reason = "a fake product opens its own socket")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use assay_model::profile::{Budget, Interface};
use assay_wire::{Authority, Host, Ledger, Permit, Secrets};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::message::Request;

pub(super) struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    hang_up: Arc<Notify>,
    pub(super) ledger: Ledger,
    pub(super) secrets: Secrets,
}

impl Server {
    pub(super) fn permit(&self) -> Permit {
        let text = format!(r#"{{"id":"web","speaks":"http","port":{}}}"#, self.port);
        let interface: Interface = serde_json::from_str(&text).unwrap();
        let host = Host { component: "device".into(), sample: "S1".into(), address: [127, 0, 0, 1].into() };
        let budget = Budget { answer_ms: 300, failed_logins: 3, ..Budget::default() };
        Authority::new(vec![host], &budget, self.secrets.clone()).permit("device", "S1", &interface, &self.ledger).unwrap()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(super) fn hang_up(&self) {
        self.hang_up.notify_waiters();
        std::thread::sleep(Duration::from_millis(20));
    }

    /// All that was recorded, without secrets.
    pub(super) fn transcript(&self) -> String {
        self.secrets.redact_text(&format!("{}", serde_json::to_value(self.ledger.take()).unwrap()).replace("\\\"", "\""))
    }
}

/// Serves what `answer` says; an empty answer is silence. A connection ends after an answer without a length.
pub(super) async fn serve(answer: impl Fn(Request) -> String + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (connections, hang_up, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()), Arc::new(answer));
    let server =
        Server { port, connections: connections.clone(), hang_up: hang_up.clone(), ledger: Ledger::default(), secrets: Secrets::default() };
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            connections.fetch_add(1, Ordering::SeqCst);
            let (answer, hang_up) = (answer.clone(), hang_up.clone());
            tokio::spawn(async move {
                let mut buffer = Vec::new();
                loop {
                    let request = tokio::select! {
                        request = next(&mut stream, &mut buffer) => request,
                        () = hang_up.notified() => None,
                    };
                    let Some(request) = request else { return };
                    let text = answer(request);
                    if stream.write_all(text.as_bytes()).await.is_err() || (!text.is_empty() && !text.contains("Content-Length")) {
                        return;
                    }
                }
            });
        }
    });
    server
}

async fn next(stream: &mut tokio::net::TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let mut lines = head.split("\r\n");
            let mut words = lines.next()?.split(' ');
            let mut request = Request::new(words.next()?, words.next()?);
            request.headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.into(), value.into())).collect();
            let length: usize = header(&request, "Content-Length").and_then(|text| text.parse().ok()).unwrap_or(0);
            if buffer.len() >= end + 4 + length {
                request.body = buffer[end + 4..end + 4 + length].to_vec();
                buffer.drain(..end + 4 + length);
                return Some(request);
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

pub(super) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
}
