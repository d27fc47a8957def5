//! HTTP requests and responses.

use std::{fmt::Write as _, net::SocketAddr};

use serde_json::{Value, json};

/// Most header lines in one request.
const HEADERS: usize = 100;

/// A request with its body.
pub(crate) struct Request {
    /// The method as sent.
    pub(crate) method: String,
    /// The target as sent.
    pub(crate) target: String,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// Who sent it.
    pub(crate) peer: SocketAddr,
    headers: Vec<(String, String)>,
    old: bool,
}

impl Request {
    /// Reads a request line and headers, without the empty line.
    pub(crate) fn parse(head: &[u8], peer: SocketAddr) -> Option<Self> {
        let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (method, target, version) = (first.next()?, first.next()?, first.next()?);
        let token = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
        if !token || !target.starts_with('/') || first.next().is_some() || !matches!(version, "HTTP/1.1" | "HTTP/1.0") {
            return None;
        }
        let headers: Vec<_> = lines
            .map(|line| {
                let (name, value) = line.split_once(':')?;
                let good = !name.is_empty() && !name.contains(char::is_whitespace);
                good.then(|| (name.to_ascii_lowercase(), value.trim().to_owned()))
            })
            .take(HEADERS + 1)
            .collect::<Option<_>>()?;
        if headers.len() > HEADERS {
            return None;
        }
        let (method, target) = (method.to_owned(), target.to_owned());
        Some(Self { method, target, body: Vec::new(), peer, headers, old: version == "HTTP/1.0" })
    }

    /// The first header of this (lower-case) name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// The declared length of the body; none if it is malformed or declared twice.
    pub(crate) fn content_length(&self) -> Option<usize> {
        let mut declared = self.headers.iter().filter(|(name, _)| name == "content-length");
        let Some((_, length)) = declared.next() else { return Some(0) };
        let digits = declared.next().is_none() && !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| length.parse().ok())?
    }

    /// Whether the client wants no further request on this connection.
    pub(crate) fn last(&self) -> bool {
        self.old || self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// The target without its query.
    pub(crate) fn path(&self) -> &str {
        self.target.split(['?', '#']).next().unwrap_or_default()
    }

    /// The method to route by: HEAD is answered as GET.
    pub(crate) fn verb(&self) -> &str {
        if self.method == "HEAD" { "GET" } else { &self.method }
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(have, _)| *have == name).map(|(_, value)| value)
    }

    /// A field of a URL-encoded form in the body.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let text = std::str::from_utf8(&self.body).ok()?;
        let field = text.split('&').filter_map(|pair| pair.split_once('=')).find(|(have, _)| *have == name)?;
        decode(field.1)
    }

    /// A text in a JSON object in the body.
    pub(crate) fn json(&self, name: &str) -> Option<String> {
        let value: Value = serde_json::from_slice(&self.body).ok()?;
        Some(value.get(name)?.as_str()?.to_owned())
    }
}

/// Decodes one URL-encoded form value.
fn decode(value: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

/// A response.
pub(crate) struct Response {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Response {
    /// A response with a body of some media type.
    pub(crate) fn new(status: u16, media: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", media.to_owned())], body: body.into() }
    }

    /// Without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// JSON.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    /// An error, in few words.
    pub(crate) fn error(status: u16, problem: &str) -> Self {
        Self::json(status, &json!({ "error": problem }))
    }

    /// The account is locked for this long.
    pub(crate) fn locked(left: std::time::Duration) -> Self {
        let seconds = left.as_millis().div_ceil(1000);
        Self::error(429, "too many tries").with("retry-after", seconds.to_string())
    }

    /// Whether it says that the request was carried out.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With this added to each text of its body and, on one line, in a header. What opens a session stays as it is.
    pub(crate) fn scribbled(mut self, more: &str) -> Self {
        self.body = match serde_json::from_slice(&self.body) {
            Ok(value) => scribble(value, more).to_string().into_bytes(),
            Err(_) if self.body.is_empty() => self.body,
            Err(_) => [&self.body, more.as_bytes()].concat(),
        };
        self.with("x-powered-by", more.replace(['\r', '\n', '\0'], " "))
    }

    /// The response as sent.
    pub(crate) fn bytes(&self, strict_transport: bool, head_only: bool, last: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\nserver: dishwasher\r\n", self.status, reason(self.status));
        if strict_transport {
            head.push_str("strict-transport-security: max-age=31536000\r\n");
        }
        head.push_str("cache-control: no-store\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\n");
        head.push_str("content-security-policy: default-src 'self'\r\n");
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if self.status != 204 {
            let _ = write!(head, "content-length: {}\r\n", self.body.len());
        }
        head.push_str(if last { "connection: close\r\n\r\n" } else { "connection: keep-alive\r\n\r\n" });
        let mut bytes = head.into_bytes();
        if !head_only {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

fn scribble(value: Value, more: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text + more),
        Value::Array(all) => all.into_iter().map(|each| scribble(each, more)).collect(),
        Value::Object(all) => {
            let all = all.into_iter();
            all.map(|(name, each)| if name == "token" { (name, each) } else { (name, scribble(each, more)) }).collect()
        }
        other => other,
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        204 => "No Content",
        303 => "See Other",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        411 => "Length Required",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        _ => "Error",
    }
}
