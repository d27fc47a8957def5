//! Sessions, and operations called in them.

use std::fmt;

use assay_model::profile::{Login, Operation};
use assay_wire::{Error, Result};
use aws_lc_rs::digest as hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::client::Client;
use super::cookie::{self, Cookie};
use super::digest;
use super::message::{Answer, Request, encode_path, encode_segment, encode_value};

/// What proves to a product who calls: cookies and header fields, or a password to answer challenges with.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// Header fields that each request carries.
    pub headers: Vec<(String, String)>,
    /// Cookies that each request carries.
    pub cookies: Vec<Cookie>,
    digest: Option<(String, String)>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("cookies", &self.cookies.len()).finish_non_exhaustive()
    }
}

impl Session {
    /// A session by HTTP Basic. The encoded credential is kept out of evidence.
    pub fn basic(client: &Client, user: &str, password: &str) -> Self {
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        client.permit().hide(encoded.as_bytes(), "basic credential");
        Self { headers: vec![("Authorization".to_owned(), format!("Basic {encoded}"))], ..Self::default() }
    }

    /// A session by HTTP Digest: each request is sent once without credential and then with the answer to its challenge.
    pub fn digest(user: &str, password: &str) -> Self {
        Self { digest: Some((user.to_owned(), password.to_owned())), ..Self::default() }
    }

    /// A session by a bearer token. The token is kept out of evidence.
    pub fn bearer(client: &Client, token: &str) -> Self {
        client.permit().hide(token.as_bytes(), "session token");
        Self { headers: vec![("Authorization".to_owned(), format!("Bearer {token}"))], ..Self::default() }
    }

    /// A session by cookies.
    pub fn of_cookies(cookies: Vec<Cookie>) -> Self {
        Self { cookies, ..Self::default() }
    }

    pub(super) fn is_digest(&self) -> bool {
        self.digest.is_some()
    }

    /// Takes over what an answer sets, as a browser would.
    pub fn absorb(&mut self, answer: &Answer) {
        cookie::keep(&mut self.cookies, cookie::set_by(answer));
    }

    /// Sends a request in this session.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn send(&self, client: &mut Client, mut request: Request) -> Result<Answer> {
        request.headers.extend(self.headers.iter().cloned());
        request = cookie::add(request, &self.cookies);
        let mut answer = client.send(&request).await?;
        let Some((user, password)) = &self.digest else { return Ok(answer) };
        // a second round only where the product calls its first nonce stale
        for round in 0..2 {
            let Some(challenge) = digest::pick(&answer).filter(|_| answer.status == 401) else { return Ok(answer) };
            let stale = challenge.parameter("stale").is_some_and(|word| word.eq_ignore_ascii_case("true"));
            if round > 0 && !stale {
                break;
            }
            let value = digest::authorization(&challenge, user, password, &request.method, &encode_path(&request.path));
            let Some(value) = value else { return Ok(answer) };
            let again = request.clone().with_header("Authorization", &value);
            answer = client.send(&again).await?;
        }
        Ok(answer)
    }
}

/// Sends an operation of the profile, in a session or without any credential. `{value}` in it becomes `value`.
///
/// # Errors
/// As [`Client::send`].
pub async fn call(client: &mut Client, operation: &Operation, session: Option<&Session>, value: Option<&str>) -> Result<Answer> {
    invoke(client, operation, session, &[("value", value.unwrap_or_default())]).await
}

/// Sends an operation of the profile, in a session or without any credential, with words in their places: `{user}` in
/// its body or path becomes what stands beside `user`, written as the body or the path demands. A place without a word
/// stays as it is.
///
/// # Errors
/// As [`Client::send`].
pub async fn invoke(client: &mut Client, operation: &Operation, session: Option<&Session>, words: &[(&str, &str)]) -> Result<Answer> {
    let mut request = Request::new(&operation.method, &fill(&operation.path, words, encode_segment));
    if let Some(body) = &operation.body {
        let media_type = operation.content_type.as_deref().unwrap_or(if body.trim_start().starts_with(['{', '[']) {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        });
        request = request.with_body(media_type, fill(body, words, writing_of(media_type)));
    }
    send(client, session, request).await
}

/// How a word is written in a body of this media type.
fn writing_of(media_type: &str) -> fn(&str) -> String {
    let kind = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/x-www-form-urlencoded" => encode_value,
        _ if kind.ends_with("json") => |word| {
            let quoted = serde_json::Value::from(word).to_string();
            quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
        },
        _ => str::to_owned,
    }
}

/// Puts words in their places, once: a word that itself looks like a place stays a word.
fn fill(text: &str, words: &[(&str, &str)], write: fn(&str) -> String) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}').and_then(|(name, behind)| Some((words.iter().find(|(each, _)| *each == name)?.1, behind)));
        rest = if let Some((word, behind)) = place {
            filled.push_str(&write(word));
            behind
        } else {
            filled.push('{');
            after
        };
    }
    filled.push_str(rest);
    filled
}

/// Sends bytes, such as an update package, as the body of an operation; as one file of a form where `field` names it.
///
/// # Errors
/// As [`Client::send`].
pub async fn upload(
    client: &mut Client,
    operation: &Operation,
    session: Option<&Session>,
    field: Option<&str>,
    bytes: &[u8],
) -> Result<Answer> {
    let request = Request::new(&operation.method, &operation.path);
    let request = match field {
        None => request.with_body(operation.content_type.as_deref().unwrap_or("application/octet-stream"), bytes),
        Some(field) => {
            // no package contains the hash of itself but by design
            let boundary = format!("assay-{}", assay_model::evidence::hex(hash::digest(&hash::SHA256, bytes).as_ref()));
            let field: String = field.chars().filter(|each| !each.is_control() && *each != '"').collect();
            let mut body = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"package.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            )
            .into_bytes();
            body.extend_from_slice(bytes);
            body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
            request.with_body(&format!("multipart/form-data; boundary={boundary}"), body)
        }
    };
    send(client, session, request).await
}

/// Ends a session by posting to the declared log-out path.
///
/// # Errors
/// As [`Client::send`]; [`Error::NotPermitted`] when the profile names no such path.
pub async fn log_out(client: &mut Client, login: &Login, session: &Session) -> Result<Answer> {
    let path =
        login.logout.as_deref().ok_or_else(|| Error::NotPermitted("the profile names no `logout` path for this log-in".to_owned()))?;
    session.send(client, Request::new("POST", path)).await
}

async fn send(client: &mut Client, session: Option<&Session>, request: Request) -> Result<Answer> {
    match session {
        Some(session) => session.send(client, request).await,
        None => client.send(&request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_as_their_place_demands() {
        let words = [("user", "a\"{password}"), ("password", "x y&z")];
        let json = fill(r#"{"user":"{user}","password":"{password}","n":{other}}"#, &words, writing_of("application/json"));
        assert_eq!(json, r#"{"user":"a\"{password}","password":"x y&z","n":{other}}"#);
        let form = fill("u={user}&p={password}", &words, writing_of("application/x-www-form-urlencoded; charset=utf-8"));
        assert_eq!(form, "u=a%22%7Bpassword%7D&p=x+y%26z");
        assert_eq!(fill("/users/{user}/{", &[("user", "a/b c?")], encode_segment), "/users/a%2Fb%20c%3F/{");
        assert_eq!(fill("{value}", &[("value", "<a>")], writing_of("text/plain")), "<a>");
    }
}
