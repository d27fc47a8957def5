//! What the laboratory says in the place of a peer, once it is spoken to.

use std::sync::Arc;

use super::Visit;

/// Requests that are noted of one connection.
const MOST_ASKED: usize = 64;
/// `CONNACK` of MQTT 3.1.1 (section 3.2): accepted, no session.
const CONNACK: [u8; 4] = [0x20, 2, 0, 0];
/// The same of MQTT 5 (section 3.2), without properties.
const CONNACK_5: [u8; 5] = [0x20, 3, 0, 0, 0];

/// What is answered to a request of HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// Further header lines, each with its line end.
    pub headers: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Page {
    /// A page of JSON.
    pub fn json(text: &str) -> Self {
        Self { status: 200, headers: "Content-Type: application/json\r\n".to_owned(), body: text.as_bytes().to_vec() }
    }

    fn bytes(&self) -> Vec<u8> {
        let head =
            format!("HTTP/1.1 {} .\r\nContent-Length: {}\r\n{}Connection: close\r\n\r\n", self.status, self.body.len(), self.headers);
        [head.into_bytes(), self.body.clone()].concat()
    }
}

/// The page that is answered to this method and path.
pub type Site = Arc<dyn Fn(&str, &str) -> Page + Send + Sync>;

/// How a client is answered.
#[derive(Clone)]
pub enum Manner {
    /// As a web server.
    Http(Site),
    /// As a broker of MQTT that lets everybody in and hears one message.
    Mqtt,
    /// Not at all: it is heard, and the connection closed.
    Mute,
}

impl std::fmt::Debug for Manner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Http(_) => "Http",
            Self::Mqtt => "Mqtt",
            Self::Mute => "Mute",
        })
    }
}

impl Manner {
    /// The answer to what came, once that is whole, and whether more may follow.
    pub(super) fn answer(&self, bytes: &[u8], visit: &mut Visit) -> Option<(Vec<u8>, bool)> {
        match self {
            Self::Http(page) => {
                let (method, path) = request(bytes)?;
                if visit.asked.len() < MOST_ASKED {
                    visit.asked.push(format!("{method} {path}"));
                }
                Some((page(&method, &path).bytes(), false))
            }
            // the protocol level stands behind the name `MQTT`
            Self::Mqtt => match bytes {
                [0x10, _, 0, 4, b'M', b'Q', b'T', b'T', 5, ..] => Some((CONNACK_5.to_vec(), true)),
                [0x10, _, ..] => Some((CONNACK.to_vec(), true)),
                _ => Some((Vec::new(), false)),
            },
            Self::Mute => Some((Vec::new(), false)),
        }
    }
}

/// Method and path of a whole request.
pub(super) fn request(bytes: &[u8]) -> Option<(String, String)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let length = text.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or_default();
    (bytes.len() - head - 4 >= length).then_some(())?;
    let mut words = text.split(' ');
    let word = |word: Option<&str>| word.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    Some((word(words.next()), word(words.next())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_is_whole_with_its_body() {
        assert_eq!(request(b"POST /a HTTP/1.1\r\ncontent-length: 2\r\n\r\nx"), None);
        assert_eq!(request(b"POST /a HTTP/1.1\r\ncontent-length: 2\r\n\r\nxy"), Some(("POST".to_owned(), "/a".to_owned())));
        assert_eq!(request(b"GET /\r\n"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,40}(\r\n)?(content-length: ?[0-9]{0,25})?\r\n\r\n.{0,10}") {
            let _ = request(text.as_bytes());
        }
    }
}
