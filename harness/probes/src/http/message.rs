//! What is asked, and what is answered.

use std::fmt::Write as _;

use assay_wire::{Error, Result};
use serde::{Deserialize, Serialize};

/// One request. `Host`, `Content-Length` and the like are added when it is sent, unless they stand here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path with its query. Characters that a request line cannot carry are percent-encoded.
    pub path: String,
    /// Header fields, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without header fields and body.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), ..Self::default() }
    }

    /// A GET request.
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// The same with one more header field.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a body of this media type.
    #[must_use]
    pub fn with_body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.with_header("Content-Type", media_type)
    }

    /// Whether sending it twice does no more than sending it once (RFC 9110 section 9.2.2).
    pub fn is_idempotent(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE")
    }

    /// The bytes to send, with the authority as `Host`.
    pub(super) fn encode(&self, authority: &str) -> Result<Vec<u8>> {
        let token = |text: &str| !text.is_empty() && text.bytes().all(is_token);
        if !token(&self.method) || self.headers.iter().any(|(name, _)| !token(name)) {
            return Err(Error::NotPermitted(format!("`{}` or one of its header names is not a word of HTTP", self.method.escape_debug())));
        }
        let named = |name: &str| self.headers.iter().any(|(each, _)| each.eq_ignore_ascii_case(name));
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, encode_path(&self.path));
        if !named("host") {
            let _ = write!(head, "Host: {authority}\r\n");
        }
        if !named("user-agent") {
            head.push_str("User-Agent: assay\r\n");
        }
        if !named("accept") {
            head.push_str("Accept: */*\r\n");
        }
        for (name, value) in &self.headers {
            let value: String = value.chars().filter(|each| !each.is_control()).collect();
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let carries = !self.body.is_empty() || matches!(self.method.as_str(), "POST" | "PUT" | "PATCH");
        if carries && !named("content-length") && !named("transfer-encoding") {
            let _ = write!(head, "Content-Length: {}\r\n", self.body.len());
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        Ok(bytes)
    }
}

/// One answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// The version: `1.1`.
    pub version: String,
    /// Header fields in order and in their own case.
    pub headers: Vec<(String, String)>,
    /// The body, with any chunking undone.
    pub body: Vec<u8>,
    /// What does not follow the protocol, in words.
    pub oddities: Vec<String>,
}

impl Answer {
    /// The first header field of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(each, _)| each.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All header fields of this name, in any case.
    pub fn headers_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.headers.iter().filter(move |(each, _)| each.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the status says that the request was carried out.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The media type without parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let whole = self.header("content-type")?;
        Some(whole.split(';').next().unwrap_or(whole).trim().to_ascii_lowercase())
    }

    /// The body as text; what is not UTF-8 becomes replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the body is a page for a browser.
    pub fn is_html(&self) -> bool {
        match self.media_type() {
            Some(kind) => kind == "text/html" || kind == "application/xhtml+xml",
            None => self.body.trim_ascii_start().starts_with(b"<"),
        }
    }
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~')
}

/// The path as a request line can carry it: anything that is not a visible ASCII character is percent-encoded,
/// and so are a few that servers stumble over. What is percent-encoded already stays as it is.
pub fn encode_path(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    if !path.starts_with('/') && path != "*" {
        encoded.push('/');
    }
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'#' | b'`' | b'{' | b'}') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Text as one segment of a path, or one value of a query: anything but unreserved characters (RFC 3986 section 2.3) is
/// percent-encoded.
pub(super) fn encode_segment(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// Text as one value of `application/x-www-form-urlencoded`.
pub(super) fn encode_value(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b' ' => encoded.push('+'),
            _ if byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_') => encoded.push(char::from(byte)),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
        encoded
    })
}

/// Fields as `application/x-www-form-urlencoded`.
pub fn encode_form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = fields.into_iter().map(|(name, value)| format!("{}={}", encode_value(name), encode_value(value))).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_cannot_be_split_by_what_it_carries() {
        let request = Request::new("POST", "/a b\r\nX: y?q=<ü>").with_header("X-A", "1\r\nX-B: 2").with_body("text/plain", "hi");
        let text = String::from_utf8(request.encode("device:80").unwrap()).unwrap();
        assert!(text.starts_with("POST /a%20b%0D%0AX:%20y?q=%3C%C3%BC%3E HTTP/1.1\r\nHost: device:80\r\n"), "{text}");
        assert!(text.contains("X-A: 1X-B: 2\r\n") && text.ends_with("Content-Length: 2\r\n\r\nhi"));
        assert!(Request::new("GET /", "/").encode("h").is_err());
        assert!(Request::get("/").with_header("A:", "b").encode("h").is_err());
    }

    #[test]
    fn form_fields_are_encoded() {
        assert_eq!(encode_form([("user", "a b"), ("p&w", "ä=1")]), "user=a+b&p%26w=%C3%A4%3D1");
    }
}
