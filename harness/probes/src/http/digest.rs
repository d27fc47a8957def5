//! Challenges (RFC 9110 section 11) and the answer to a Digest challenge (RFC 7616).

use aws_lc_rs::digest as hash;
use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};

use super::message::Answer;

/// Challenges and parameters that are read of one answer.
const MOST: usize = 32;

/// One challenge of `WWW-Authenticate`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Challenge {
    /// The scheme in lower case: `basic`, `digest`, `bearer`.
    pub scheme: String,
    /// Its parameters, names in lower case.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// A parameter by its name in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }
}

/// All challenges of an answer.
pub fn challenges(answer: &Answer) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    for text in answer.headers_all("www-authenticate").chain(answer.headers_all("proxy-authenticate")) {
        parse(text, &mut found);
    }
    found
}

fn parse(text: &str, found: &mut Vec<Challenge>) {
    for part in split_outside_quotes(text) {
        let part = part.trim();
        let word_end = part.find([' ', '=']).unwrap_or(part.len());
        let (word, rest) = part.split_at_checked(word_end).unwrap_or((part, ""));
        let rest = rest.trim_start();
        let parameter = if rest.starts_with('=') {
            Some(part)
        } else if found.len() < MOST && !word.is_empty() {
            found.push(Challenge { scheme: word.to_ascii_lowercase(), parameters: Vec::new() });
            Some(rest)
        } else {
            None
        };
        let pair = parameter.and_then(|text| text.split_once('='));
        if let (Some((name, value)), Some(challenge)) = (pair, found.last_mut())
            && challenge.parameters.len() < MOST
        {
            challenge.parameters.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
        }
    }
}

fn split_outside_quotes(text: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|each: char| {
        let was_escaped = escaped;
        escaped = quoted && each == '\\' && !was_escaped;
        if each == '"' && !was_escaped {
            quoted = !quoted;
        }
        each == ',' && !quoted
    })
    .collect()
}

fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"') else { return text.to_owned() };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(each) = characters.next() {
        plain.extend(if each == '\\' { characters.next() } else { Some(each) });
    }
    plain
}

/// A hash that Digest may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Md5,
    Sha256,
    Sha512Half,
}

impl Algorithm {
    /// The algorithm of a challenge, and whether it is the `-sess` kind.
    fn of(challenge: &Challenge) -> Option<(Self, bool)> {
        let word = challenge.parameter("algorithm").unwrap_or("MD5").to_ascii_lowercase();
        let (word, session) = word.strip_suffix("-sess").map_or((word.as_str(), false), |word| (word, true));
        match word {
            "md5" => Some((Self::Md5, session)),
            "sha-256" => Some((Self::Sha256, session)),
            "sha-512-256" => Some((Self::Sha512Half, session)),
            _ => None,
        }
    }

    fn hex(self, text: &str) -> String {
        match self {
            Self::Md5 => assay_model::evidence::hex(&md5::compute(text.as_bytes()).0),
            Self::Sha256 => assay_model::evidence::hex(hash::digest(&hash::SHA256, text.as_bytes()).as_ref()),
            Self::Sha512Half => assay_model::evidence::hex(hash::digest(&hash::SHA512_256, text.as_bytes()).as_ref()),
        }
    }
}

/// Whether this challenge can be answered here.
pub(super) fn is_answerable(challenge: &Challenge) -> bool {
    let quality = challenge.parameter("qop").is_none_or(|words| words.split(',').any(|word| word.trim().eq_ignore_ascii_case("auth")));
    challenge.scheme == "digest" && challenge.parameter("nonce").is_some() && quality && Algorithm::of(challenge).is_some()
}

/// The first Digest challenge of an answer that can be answered here. The product's order counts as its preference.
pub(super) fn pick(answer: &Answer) -> Option<Challenge> {
    challenges(answer).into_iter().find(is_answerable)
}

/// The value of `Authorization` that answers a challenge, or nothing when it cannot be answered here.
pub(crate) fn authorization(challenge: &Challenge, user: &str, password: &str, method: &str, uri: &str) -> Option<String> {
    let mut random = [0_u8; 16];
    rand::fill(&mut random).ok()?;
    respond(challenge, user, password, method, uri, &assay_model::evidence::hex(&random))
}

fn respond(challenge: &Challenge, user: &str, password: &str, method: &str, uri: &str, client_nonce: &str) -> Option<String> {
    if !is_answerable(challenge) {
        return None;
    }
    let (algorithm, session) = Algorithm::of(challenge)?;
    let realm = challenge.parameter("realm").unwrap_or_default();
    let nonce = challenge.parameter("nonce")?;
    let mut secret = algorithm.hex(&format!("{user}:{realm}:{password}"));
    if session {
        secret = algorithm.hex(&format!("{secret}:{nonce}:{client_nonce}"));
    }
    let asked = algorithm.hex(&format!("{method}:{uri}"));
    let quality = challenge.parameter("qop").is_some();
    let response = if quality {
        algorithm.hex(&format!("{secret}:{nonce}:00000001:{client_nonce}:auth:{asked}"))
    } else {
        algorithm.hex(&format!("{secret}:{nonce}:{asked}"))
    };
    let quoted = |name: &str, text: &str| format!("{name}=\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut parts =
        vec![quoted("username", user), quoted("realm", realm), quoted("nonce", nonce), quoted("uri", uri), quoted("response", &response)];
    parts.extend(challenge.parameter("algorithm").map(|given| format!("algorithm={given}")));
    parts.extend(challenge.parameter("opaque").map(|given| quoted("opaque", given)));
    if quality {
        parts.extend(["qop=auth".to_owned(), "nc=00000001".to_owned()]);
    }
    if quality || session {
        parts.push(quoted("cnonce", client_nonce));
    }
    Some(format!("Digest {}", parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<Challenge> {
        let mut found = Vec::new();
        parse(text, &mut found);
        found
    }

    // the example of RFC 7616 section 3.9.1
    const EXAMPLE: &str = r#"realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;

    fn example(algorithm: &str) -> String {
        let all = read(&format!("Digest {EXAMPLE}, algorithm={algorithm}"));
        let nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        respond(&all[0], "Mufasa", "Circle of Life", "GET", "/dir/index.html", nonce).unwrap()
    }

    #[test]
    fn the_examples_of_the_standard_come_out() {
        assert!(example("SHA-256").contains("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""));
        assert!(example("MD5").contains("response=\"8ca523f5e9506fed4657c9700eebdbec\""));
    }

    #[test]
    fn several_challenges_in_one_field_are_told_apart() {
        let all = read(r#"Basic realm="a, \"b\"", Digest nonce=x,qop=auth-int, Bearer"#);
        let schemes: Vec<&str> = all.iter().map(|each| each.scheme.as_str()).collect();
        assert_eq!(schemes, ["basic", "digest", "bearer"]);
        assert_eq!(all[0].parameter("realm"), Some("a, \"b\""));
        assert!(!is_answerable(&all[1]), "auth-int alone is out of reach");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "([a-z=\", \\\\]|\\PC){0,80}") {
            let all = read(&text);
            let _ = all.first().and_then(|each| respond(each, "u", "p", "GET", "/", "n"));
        }
    }
}
