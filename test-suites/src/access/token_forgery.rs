//! Are forged tokens refused?

use assay_engine::{Applies, Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::profile::LoginKind;
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client, Session};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;

use crate::support::{accounts, check_of, log_ins, login_of};

pub(super) const TEST: Test = Test {
    id: "access/token-forgery",
    title: "Are forged tokens refused?",
    shows: &["LA(AUZ).1"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 8725 2.1, 3.1, 3.2", "RFC 7519 6"],
    limits: "expiry and audience of tokens, and signatures made with a key that leaked",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((_, interface)) = subject.interface() else { return Applies::Elsewhere };
    let tokens = interface.login.as_ref().is_some_and(|login| login.kind == LoginKind::Json);
    (interface.speaks.is_http() && tokens).into()
}

/// A token made from a genuine one.
struct Forged {
    how: &'static str,
    token: String,
}

#[derive(Debug, Serialize)]
struct Tried {
    how: &'static str,
    access: Access,
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (login, check) = (login_of(&interface)?, check_of(&interface)?);
    let account = accounts(&bench, &component.id, &interface).into_iter().next();
    let account = account.ok_or_else(|| Stop::missing("no account of this interface is in the profile: add one"))?;
    let _turn = bench.hold(&log_ins(&component.id)).await;
    let mut client = Client::new(bench.permit()?);
    let attempt = http::log_in(&mut client, login, check, &account.user, &bench.secret(&account)?).await?;
    let seen = bench.record("a log-in", &attempt)?;
    let token = attempt.session.as_ref().and_then(bearer);
    let token = token.ok_or_else(|| Stop::missing("the log-in gave no bearer token: mend the account or login.token in the profile"))?;
    let mut tried = Vec::new();
    let mut seen = seen;
    for forged in forgeries(&token) {
        let session = Session::bearer(&client, &forged.token);
        let access = Access::of(&http::call(&mut client, check, Some(&session), None).await?);
        seen = seen.and(bench.record("a forged token", &(forged.how, &access))?);
        tried.push(Tried { how: forged.how, access });
        if tried.last().is_some_and(|last| last.access.is_granted()) {
            break;
        }
    }
    let observed = tried.iter().map(|each| format!("{}: {:?}", each.how, each.access)).collect::<Vec<_>>().join("; ");
    let finding = |reason: String| Finding { reason, expected: "every forged token is refused".to_owned(), observed, ..Finding::default() };
    if let Some(bad) = tried.iter().find(|each| each.access.is_granted()) {
        return seen.fail(finding(format!("a token with {} was accepted: verify algorithm and signature before any claim", bad.how)));
    }
    // the token alone: a cookie beside it must not speak for it
    let alone = Session::bearer(&client, &token);
    let genuine = Access::of(&http::call(&mut client, check, Some(&alone), None).await?);
    let seen = seen.and(bench.record("the genuine token again, and nothing beside it", &genuine)?);
    if !genuine.is_granted() || tried.iter().any(|each| !each.access.is_withheld()) {
        return seen.inconclusive(finding("the product did not answer clearly, or refuses the genuine token by now".to_owned()));
    }
    let control = seen.control("the genuine token was accepted before and after the forged ones");
    seen.pass(control, finding(format!("{} forged tokens were refused", tried.len())))
}

fn bearer(session: &Session) -> Option<String> {
    let value = session.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")).map(|(_, value)| value)?;
    value.strip_prefix("Bearer ").map(str::to_owned)
}

/// All forgeries of a token. An opaque one can only be altered; a JSON Web Token has more to be wrong with.
fn forgeries(token: &str) -> Vec<Forged> {
    let mut forged = vec![Forged { how: "its last characters changed", token: altered_end(token) }];
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { return forged };
    let Some(claims) = decode(payload) else { return forged };
    for name in ["none", "None", "NONE"] {
        let unsigned = encode(&serde_json::json!({ "alg": name, "typ": "JWT" }));
        forged.push(Forged { how: "algorithm none", token: format!("{unsigned}.{payload}.") });
    }
    forged.push(Forged { how: "no signature", token: format!("{header}.{payload}.") });
    forged.push(Forged { how: "a signature of zeros", token: format!("{header}.{payload}.{}", "A".repeat(signature.len())) });
    forged.push(Forged { how: "altered claims", token: format!("{header}.{}.{signature}", encode(&raised(claims))) });
    forged
}

/// The token with one character near its end replaced, so that more than padding bits change.
fn altered_end(token: &str) -> String {
    let at = token.len().saturating_sub(8);
    let swap = |(index, c): (usize, char)| if index == at { if c == 'A' { 'B' } else { 'A' } } else { c };
    token.char_indices().map(swap).collect()
}

/// The claims with another subject and the highest rights that a guess can reach.
fn raised(mut claims: Value) -> Value {
    if let Some(map) = claims.as_object_mut() {
        map.insert("sub".to_owned(), Value::from("assay-nobody"));
        map.insert("role".to_owned(), Value::from("admin"));
        map.insert("admin".to_owned(), Value::from(true));
    }
    claims
}

fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_forgery_is_the_genuine_token() {
        let genuine = format!(
            "{}.{}.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
            encode(&serde_json::json!({"alg": "ES256"})),
            encode(&serde_json::json!({"sub": "a"}))
        );
        for token in [genuine.as_str(), "0b5e55c0ffee", "a.b", "x"] {
            let forged = forgeries(token);
            assert!(!forged.is_empty() && forged.iter().all(|each| each.token != token), "{token}");
        }
        assert_eq!(forgeries(&genuine).len(), 7);
    }
}
