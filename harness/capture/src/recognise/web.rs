//! HTTP in clear, and SSDP, which is written like it.

use serde::Serialize;

use crate::cursor::clean;

/// Requests read of one connection, and the longest text kept of each part.
const REQUESTS: usize = 32;
const TEXT: usize = 255;
/// Header lines read of one request or answer.
const LINES: usize = 100;
const METHODS: [&str; 18] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "REPORT",
    "MKCOL",
    "COPY",
    "MOVE",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "NOTIFY",
    "M-SEARCH",
];

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path with its query, cut after 255 characters.
    pub path: String,
    /// The host asked for.
    pub host: Option<String>,
    /// How the client showed who it is: the scheme of `Authorization`, `cookie`, in the order of the lines.
    pub credentials: Vec<String>,
    /// The protocol that it wants to go on with.
    pub upgrade: Option<String>,
}

/// What a connection says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Http {
    /// The requests.
    pub requests: Vec<Request>,
    /// The status codes of the answers found.
    pub statuses: Vec<u16>,
    /// Codings of content that a search does not look into, such as `gzip`.
    pub codings: Vec<String>,
}

/// Reads a connection; nothing when neither side speaks HTTP.
pub(crate) fn read(sent: &[u8], received: &[u8]) -> Option<Http> {
    let mut http = Http::default();
    for message in messages(sent) {
        if let Some(request) = request(message, &mut http.codings) {
            http.requests.push(request);
        }
    }
    for message in messages(received) {
        if let Some(status) = status(message) {
            http.statuses.push(status);
            codings(message, &mut http.codings);
        }
    }
    (is_request(sent) || status(received).is_some()).then_some(http)
}

/// Whether it begins with a line of a request.
fn is_request(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut words = line.split(|byte| *byte == b' ');
    let method = words.next().is_some_and(|word| METHODS.iter().any(|method| method.as_bytes() == word));
    // a line that is longer than what is kept has no end
    method && words.next().is_some_and(|path| !path.is_empty()) && words.next().is_none_or(|version| version.starts_with(b"HTTP/1."))
}

/// The status of an answer.
fn status(bytes: &[u8]) -> Option<u16> {
    let rest = bytes.strip_prefix(b"HTTP/1.")?;
    str::from_utf8(rest.get(2..5)?).ok()?.parse().ok()
}

/// Where messages may begin: at the front, and behind each end of a line.
fn messages(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let starts = std::iter::once(0).chain(ends).filter_map(|at| bytes.get(at..));
    // a body need not end with a line, so a request behind it may begin in one
    starts.filter(|rest| is_request(rest) || status(rest).is_some()).take(REQUESTS)
}

fn headers(message: &[u8]) -> impl Iterator<Item = (String, String)> {
    let lines = message.split(|byte| *byte == b'\n').skip(1).take(LINES);
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line)).take_while(|line| !line.is_empty());
    lines.filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(at);
        Some((clean(name, TEXT).to_lowercase(), clean(value.get(1..)?, TEXT).trim().to_owned()))
    })
}

fn codings(message: &[u8], to: &mut Vec<String>) {
    let coding = |(name, value): (String, String)| (name == "content-encoding" && !to.contains(&value)).then_some(value);
    let new: Vec<String> = headers(message).filter_map(coding).collect();
    to.extend(new);
}

fn request(message: &[u8], all_codings: &mut Vec<String>) -> Option<Request> {
    let line = message.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let mut words = line.split(|byte| *byte == b' ').map(|word| clean(word, TEXT));
    let mut request = Request { method: words.next()?, path: words.next()?, ..Request::default() };
    METHODS.contains(&request.method.as_str()).then_some(())?;
    for (name, value) in headers(message) {
        match name.as_str() {
            "host" => request.host = Some(value.to_lowercase()),
            "authorization" | "proxy-authorization" => {
                request.credentials.push(value.split(' ').next().unwrap_or_default().to_lowercase());
            }
            "cookie" => request.credentials.push(name),
            "upgrade" => request.upgrade = Some(value.to_lowercase()),
            _ => {}
        }
    }
    codings(message, all_codings);
    Some(request)
}

/// Whether a datagram is of SSDP (`UPnP` device architecture 2.0, section 1).
pub(crate) fn is_ssdp(bytes: &[u8]) -> bool {
    [&b"M-SEARCH * HTTP/1.1"[..], b"NOTIFY * HTTP/1.1", b"HTTP/1.1 200"].iter().any(|start| bytes.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_answers_are_read() {
        let sent = b"POST /log?a=1 HTTP/1.1\r\nHost: Hub.example\r\nAuthorization: Basic c2VjcmV0\r\n\r\n{\"a\":\n1}\nGET / HTTP/1.1\nCookie: x\n\n";
        let http = read(sent, b"HTTP/1.1 401 No\r\nContent-Encoding: gzip\r\n\r\nxx\r\nHTTP/1.1 200 OK\r\n\r\n").unwrap();
        let [post, get] = http.requests.as_slice() else { panic!("{http:?}") };
        assert_eq!((post.method.as_str(), post.path.as_str(), post.host.as_deref()), ("POST", "/log?a=1", Some("hub.example")));
        assert_eq!((&post.credentials[0], &get.credentials[0]), (&"basic".to_owned(), &"cookie".to_owned()));
        assert_eq!((http.statuses, http.codings), (vec![401, 200], vec!["gzip".to_owned()]));
    }

    #[test]
    fn other_texts_are_not_http() {
        for sent in ["GET", "GET / FTP/1.0\r\n", "PUSH / HTTP/1.1\r\n", "get / HTTP/1.1\r\n", "HTTP/2 200"] {
            assert_eq!(read(sent.as_bytes(), b"220 hello"), None, "{sent}");
        }
        assert!(read(b"", b"HTTP/1.0 200 OK\r\n\r\n").is_some(), "the request was not seen");
    }
}
