//! Log-ins by HTTP Basic, HTTP Digest, an HTML form, or JSON for a bearer token.

use assay_model::profile::{Login, LoginKind, Operation};
use assay_wire::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::outcome::Accepted;
use crate::text::clean;

use super::access::Access;
use super::client::Client;
use super::cookie::{self, Cookie};
use super::digest::{self, Challenge, challenges};
use super::html;
use super::message::{Answer, Request, encode_form};
use super::session::{Session, call};

/// The facts of one attempt to log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// How it came out: accepted when the operation that needs a log-in answers after the attempt and not without it,
    /// throttled when the product asks to wait (429, 423, or 503 with `Retry-After`).
    pub accepted: Accepted,
    /// The status of the answer to the credential.
    pub status: u16,
    /// The size of its body, in bytes.
    pub body_bytes: usize,
    /// Its `Retry-After`.
    pub retry_after: Option<String>,
    /// Its `Location`.
    pub location: Option<String>,
    /// Whether it asks to wait.
    pub throttled: bool,
    /// The challenges shown without a credential, or with a refused one.
    pub challenges: Vec<Challenge>,
    /// What the operation that needs a log-in answers without one.
    pub without: Access,
    /// What it answers after the attempt.
    pub with: Option<Access>,
    /// The cookies that stood before the credential was sent.
    pub cookies_before: Vec<Cookie>,
    /// The cookies that stood afterwards.
    pub cookies_after: Vec<Cookie>,
    /// The session, when the attempt was accepted.
    #[serde(skip)]
    pub session: Option<Session>,
}

/// Tries a user and a password. `check` is the operation that only a logged-in user may call; it decides: the attempt
/// is accepted when it answers with content now and did not without. With Basic and Digest the attempt is that
/// operation. What it answers without a log-in is asked once per client.
///
/// One failed log-in is taken out of the budget, and given back when the attempt was accepted.
///
/// # Errors
/// As [`Client::send`]; [`Error::Budget`] when no failed log-in is left; [`Error::NotPermitted`] when the profile
/// lacks what this kind of log-in needs, or the kind is not one of HTTP.
pub async fn log_in(client: &mut Client, login: &Login, check: &Operation, user: &str, password: &str) -> Result<Attempt> {
    let (without, asked) = without(client, check).await?;
    let mut turn = client.permit().turn_to_log_in().await?;
    turn.send()?;
    let mut attempt = match login.kind {
        LoginKind::Basic => {
            let session = Session::basic(client, user, password);
            by_challenge(client, check, session, &asked).await?
        }
        LoginKind::Digest => by_challenge(client, check, Session::digest(user, password), &asked).await?,
        LoginKind::Form => by_form(client, login, check, (user, password)).await?,
        LoginKind::Json => by_json(client, login, check, (user, password)).await?,
        _ => return Err(Error::NotPermitted("this kind of log-in is none of HTTP: mend `login.kind` in the profile".to_owned())),
    };
    if attempt.challenges.is_empty() {
        attempt.challenges = asked;
    }
    if without.is_granted() && attempt.accepted == Accepted::Accepted {
        attempt.accepted = Accepted::Unclear(format!("`{}` answers without a log-in too", check.id));
    }
    attempt.without = without;
    match attempt.accepted {
        Accepted::Accepted => turn.accepted(),
        Accepted::Refused => turn.refused(),
        Accepted::Throttled(_) | Accepted::Unclear(_) => drop(turn),
    }
    if !attempt.accepted.is_accepted() {
        attempt.session = None;
    }
    Ok(attempt)
}

/// What the operation answers without a log-in, and how it asks for one. Asked once per client.
///
/// # Errors
/// As [`Client::send`].
pub(super) async fn without(client: &mut Client, check: &Operation) -> Result<(Access, Vec<Challenge>)> {
    let key = format!("{} {}", check.method, check.path);
    if let Some(known) = client.without.get(&key) {
        return Ok(known.clone());
    }
    let answer = call(client, check, None, check.values.first().map(String::as_str)).await?;
    let facts = (Access::of(&answer), challenges(&answer));
    if client.without.len() < 64 {
        client.without.insert(key, facts.clone());
    }
    Ok(facts)
}

/// `asked` is how the operation asks for a credential where none is sent. A product that does ask lets those in whom it
/// sends elsewhere. One that refuses in another way than before may no longer look at credentials.
async fn by_challenge(client: &mut Client, check: &Operation, session: Session, asked: &[Challenge]) -> Result<Attempt> {
    let answer = call(client, check, Some(&session), check.values.first().map(String::as_str)).await?;
    let mut attempt = Attempt::of(&answer);
    let access = Access::of(&answer);
    attempt.accepted = match &access {
        _ if attempt.throttled => Accepted::Throttled(attempt.words()),
        Access::Granted => Accepted::Accepted,
        Access::Redirected(_) if !asked.is_empty() => Accepted::Accepted,
        Access::Denied if answer.status == 401 && session.is_digest() && digest::pick(&answer).is_none() => {
            Accepted::Unclear("no Digest challenge that can be answered was shown".to_owned())
        }
        Access::Denied | Access::Redirected(_) => match *client.refusal.get_or_insert(answer.status) {
            before if before == answer.status => Accepted::Refused,
            before => Accepted::Unclear(format!("{}, where a refused log-in was answered with {before} before", attempt.words())),
        },
        other => Accepted::Unclear(format!("`{}` was {other}", check.id)),
    };
    attempt.with = Some(access);
    attempt.session = Some(session);
    Ok(attempt)
}

async fn by_form(client: &mut Client, login: &Login, check: &Operation, (user, password): (&str, &str)) -> Result<Attempt> {
    let path = needed(login.path.as_deref())?;
    let page = client.send(&Request::get(path)).await?;
    let mut before = Vec::new();
    cookie::keep(&mut before, cookie::set_by(&page));
    let (user_field, password_field) = field_names(login);
    let hidden: Vec<html::Input> = if page.is_html() { html::inputs(&page.text()) } else { Vec::new() };
    let hidden = hidden.iter().filter(|input| input.kind == "hidden" && !input.name.is_empty()).take(64);
    let mut fields: Vec<(&str, &str)> = hidden.map(|input| (input.name.as_str(), input.value.as_str())).collect();
    fields.extend([(user_field, user), (password_field, password)]);
    let body = encode_form(fields);
    hide_password(client, &encode_form([("", password)]), password);
    let request = Request::new("POST", path).with_body("application/x-www-form-urlencoded", body);
    let answer = client.send_log_in(&cookie::add(request, &before)).await?;
    let mut session = Session::of_cookies(before.clone());
    session.absorb(&answer);
    hide_cookies(client, login, &session.cookies);
    let mut attempt = Attempt::of(&answer);
    attempt.cookies_before = before;
    attempt.cookies_after.clone_from(&session.cookies);
    judge(client, check, session, attempt).await
}

async fn by_json(client: &mut Client, login: &Login, check: &Operation, (user, password): (&str, &str)) -> Result<Attempt> {
    let path = needed(login.path.as_deref())?;
    let (user_field, password_field) = field_names(login);
    let body = serde_json::json!({ user_field: user, password_field: password }).to_string();
    hide_password(client, serde_json::Value::from(password).to_string().trim_matches('"'), password);
    let answer = client.send_log_in(&Request::new("POST", path).with_body("application/json", body)).await?;
    let document = answer.json();
    let token = document.as_ref().and_then(|document| document.pointer(login.token.as_deref().unwrap_or("/token")));
    let mut session = match token {
        Some(serde_json::Value::String(token)) if !token.is_empty() => Session::bearer(client, token),
        Some(serde_json::Value::Number(token)) => Session::bearer(client, &token.to_string()),
        _ => Session::default(),
    };
    session.absorb(&answer);
    hide_cookies(client, login, &session.cookies);
    let mut attempt = Attempt::of(&answer);
    attempt.cookies_after.clone_from(&session.cookies);
    judge(client, check, session, attempt).await
}

/// Lets the operation that needs a log-in decide.
async fn judge(client: &mut Client, check: &Operation, session: Session, mut attempt: Attempt) -> Result<Attempt> {
    if attempt.throttled {
        attempt.accepted = Accepted::Throttled(attempt.words());
        return Ok(attempt);
    }
    if matches!(attempt.status, 404 | 405 | 410 | 500..) {
        attempt.accepted = Accepted::Unclear(format!("the log-in answers with status {}", attempt.status));
        return Ok(attempt);
    }
    let request = call(client, check, Some(&session), check.values.first().map(String::as_str)).await?;
    let access = Access::of(&request);
    attempt.accepted = match &access {
        Access::Granted => Accepted::Accepted,
        Access::Denied | Access::Redirected(_) => Accepted::Refused,
        Access::NotFound if attempt.status >= 400 => Accepted::Refused,
        other => Accepted::Unclear(format!("after the log-in, `{}` was {other}", check.id)),
    };
    attempt.with = Some(access);
    attempt.session = Some(session);
    Ok(attempt)
}

impl Attempt {
    fn of(answer: &Answer) -> Self {
        let header = |name| answer.header(name).map(str::to_owned);
        let retry_after = header("retry-after");
        Self {
            accepted: Accepted::Refused,
            status: answer.status,
            body_bytes: answer.body.len(),
            throttled: matches!(answer.status, 423 | 429) || (answer.status == 503 && retry_after.is_some()),
            retry_after,
            location: header("location"),
            challenges: challenges(answer),
            without: Access::Denied,
            with: None,
            cookies_before: Vec::new(),
            cookies_after: cookie::set_by(answer),
            session: None,
        }
    }

    /// The answer in words.
    fn words(&self) -> String {
        let wait = self.retry_after.as_ref().map_or_else(String::new, |time| format!(", Retry-After {}", clean(time.as_bytes(), 32)));
        format!("answer {}{wait}", self.status)
    }
}

fn needed(path: Option<&str>) -> Result<&str> {
    path.ok_or_else(|| Error::NotPermitted("the log-in has no `path` to post to: add it to the profile".to_owned()))
}

fn field_names(login: &Login) -> (&str, &str) {
    (login.user_field.as_deref().unwrap_or("user"), login.password_field.as_deref().unwrap_or("password"))
}

/// Keeps the encoded form of a password out of evidence; the password itself is hidden by whoever read it.
fn hide_password(client: &Client, encoded: &str, password: &str) {
    let encoded = encoded.trim_start_matches('=');
    if encoded != password {
        client.permit().hide(encoded.as_bytes(), "encoded password");
    }
}

/// Keeps session cookies out of evidence: the declared one, and any that is long enough to be one.
fn hide_cookies(client: &Client, login: &Login, cookies: &[Cookie]) {
    for cookie in cookies {
        if login.cookie.as_ref() == Some(&cookie.name) || cookie.value.len() >= 8 {
            client.permit().hide(cookie.value.as_bytes(), "session cookie");
        }
    }
}

#[cfg(test)]
mod tests;
