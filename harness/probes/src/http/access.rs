//! Whether an answer let the caller in.

use serde::{Deserialize, Serialize};

use super::html::is_login_page;
use super::message::Answer;
use super::words;

/// What an answer says about access to what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// It was carried out or shown (2xx).
    Granted,
    /// A credential is asked for: 401, 403, 407, or a log-in page or a refusal in words in place of what was asked for.
    Denied,
    /// The answer points elsewhere, mostly to a log-in page; the value is its `Location`.
    Redirected(String),
    /// There is nothing (404, 410), or so it says.
    NotFound,
    /// Any other status, or 2xx around a short document that tells of an error.
    Other(u16),
}

impl Access {
    /// Reads it from an answer.
    pub fn of(answer: &Answer) -> Self {
        match answer.status {
            200..=299 if answer.is_html() && is_login_page(&answer.text()) => Self::Denied,
            200..=299 => match words::of(answer) {
                Some(words::Said::NoRight) => Self::Denied,
                Some(words::Said::Error) => Self::Other(answer.status),
                None => Self::Granted,
            },
            401 | 403 | 407 => Self::Denied,
            300..=399 => answer.header("location").map_or(Self::Other(answer.status), |to| Self::Redirected(to.to_owned())),
            404 | 410 => Self::NotFound,
            other => Self::Other(other),
        }
    }

    /// Whether it was carried out or shown.
    pub fn is_granted(&self) -> bool {
        *self == Self::Granted
    }

    /// Whether it was kept from the caller: denied, sent elsewhere, or hidden.
    pub fn is_withheld(&self) -> bool {
        matches!(self, Self::Denied | Self::Redirected(_) | Self::NotFound)
    }
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Granted => f.write_str("granted"),
            Self::Denied => f.write_str("denied"),
            Self::Redirected(to) => write!(f, "redirected to {to}"),
            Self::NotFound => f.write_str("not found"),
            Self::Other(status) => write!(f, "answered with status {status}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_page_is_no_access() {
        let answer = |status, body: &str| Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() };
        assert_eq!(Access::of(&answer(200, "<form><input type=password></form>")), Access::Denied);
        assert_eq!(Access::of(&answer(200, "{}")), Access::Granted);
        assert_eq!(Access::of(&answer(200, r#"{"error":"unauthorized"}"#)), Access::Denied);
        assert_eq!(Access::of(&answer(200, r#"{"success":false}"#)), Access::Other(200));
        assert_eq!(Access::of(&answer(302, "")), Access::Other(302));
        assert_eq!(Access::of(&answer(500, "")), Access::Other(500));
    }
}
