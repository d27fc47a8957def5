//! A small HTTP/1.1 server: one request after the other on a connection, all sizes and times bounded.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

use crate::{
    message::{Request, Response},
    net::Tasks,
    state::Identity,
    tls, turn,
};

/// Largest request line with headers.
const HEAD: usize = 16 * 1024;
/// Largest body.
const BODY: usize = 1024 * 1024;
/// How long a client may be silent, or slow with one request or answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much, and how long, is read and thrown away after the last answer, so that the client gets to read it.
const REST: u64 = 8 * 1024 * 1024;
const REST_TIME: Duration = Duration::from_secs(1);

/// What a server answers.
pub(crate) trait Site: Send + Sync + 'static {
    /// The answer to a request.
    fn answer(&self, request: &Request) -> Response;

    /// The answer to what is no request.
    fn refuse(&self, status: u16, problem: &str) -> Response {
        Response::error(status, problem)
    }

    /// How long a client may say nothing.
    fn patience(&self) -> Duration {
        PATIENCE
    }

    /// Somebody connected.
    fn opened(&self) {}

    /// A connection ended.
    fn closed(&self) {}

    /// Whether to tell browsers to come by TLS only.
    fn strict_transport(&self) -> bool {
        true
    }
}

/// Serves a site over TLS.
pub(crate) async fn listen_tls(tasks: &Tasks, at: SocketAddr, identity: &Identity, site: Arc<impl Site>) -> anyhow::Result<()> {
    let acceptor = tls::acceptor(identity, &["http/1.1"])?;
    let handler = move |stream, peer| {
        let (acceptor, site) = (acceptor.clone(), Arc::clone(&site));
        async move {
            if let Some(stream) = tls::accept(&acceptor, stream).await {
                serve(stream, peer, &*site).await;
            }
        }
    };
    tasks.listen(at, handler).await
}

/// Serves one connection until its end.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, peer: SocketAddr, site: &impl Site) {
    let mut received = Vec::new();
    site.opened();
    while let Ok(true) = exchange(&mut stream, &mut received, peer, site).await {}
    site.closed();
    let _ = timeout(PATIENCE, stream.shutdown()).await;
    let _ = timeout(REST_TIME, tokio::io::copy(&mut stream.take(REST), &mut tokio::io::sink())).await;
}

/// Reads one request and answers it; says whether another may follow.
async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    received: &mut Vec<u8>,
    peer: SocketAddr,
    site: &impl Site,
) -> io::Result<bool> {
    let Ok(head) = timeout(site.patience(), read_head(stream, received)).await else { return Ok(false) };
    let read = match head? {
        Head::Until(end) => in_time(read_request(stream, received, end, peer)).await?,
        Head::TooLong => Read::Bad(431, "headers too large"),
        Head::None => Read::End,
    };
    let (response, head_only, last) = match read {
        Read::Request(request) => {
            let last = request.last();
            (turn::instead().unwrap_or_else(|| turn::coloured(site.answer(&request))), request.method == "HEAD", last)
        }
        Read::Bad(status, problem) => (site.refuse(status, problem), false, true),
        Read::End => return Ok(false),
    };
    let bytes = response.bytes(site.strict_transport(), head_only, last);
    in_time(async {
        stream.write_all(&bytes).await?;
        stream.flush().await
    })
    .await?;
    Ok(!last)
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

enum Read {
    Request(Request),
    Bad(u16, &'static str),
    End,
}

enum Head {
    Until(usize),
    TooLong,
    None,
}

async fn read_head<S: AsyncRead + Unpin>(stream: &mut S, received: &mut Vec<u8>) -> io::Result<Head> {
    loop {
        if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            return Ok(Head::Until(end));
        }
        if received.len() > HEAD {
            return Ok(Head::TooLong);
        }
        if stream.read_buf(received).await? == 0 {
            return Ok(Head::None);
        }
    }
}

async fn read_request<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    received: &mut Vec<u8>,
    end: usize,
    peer: SocketAddr,
) -> io::Result<Read> {
    let Some(mut request) = received.get(..end).and_then(|head| Request::parse(head, peer)) else {
        return Ok(Read::Bad(400, "malformed request"));
    };
    received.drain(..end + 4);
    if request.header("transfer-encoding").is_some() {
        return Ok(Read::Bad(411, "length required"));
    }
    let Some(length) = request.content_length() else {
        return Ok(Read::Bad(400, "malformed content length"));
    };
    if length > BODY {
        return Ok(Read::Bad(413, "body too large"));
    }
    if received.len() < length && request.header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        stream.flush().await?;
    }
    while received.len() < length {
        if stream.read_buf(received).await? == 0 {
            return Ok(Read::End);
        }
    }
    request.body = received.drain(..length).collect();
    Ok(Read::Request(request))
}
