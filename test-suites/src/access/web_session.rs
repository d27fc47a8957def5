//! Are web sessions safe: their cookies, their ids, their end?

use assay_engine::{Applies, Bench, Control, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::policy::Policy;
use assay_model::profile::{Interface, Login, LoginKind, Operation};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Attempt, Client, Cookie, Session};

use crate::support::{accounts, check_of, log_ins, login_of};

pub(super) const TEST: Test = Test {
    id: "access/web-session",
    title: "Are web sessions safe: their cookies, their ids, their end?",
    shows: &["LA(AUN).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| applies(subject),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-63B-4 5.1", "SP 800-53 AC-12, SC-23"],
    limits: "how random session ids are, beyond what their length allows; ids that a client makes up; time-outs",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((_, interface)) = subject.interface() else { return Applies::Elsewhere };
    let kept = interface.login.as_ref().is_some_and(|login| matches!(login.kind, LoginKind::Form | LoginKind::Json));
    (interface.speaks.is_http() && kept).into()
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (login, check) = (login_of(&interface)?.clone(), check_of(&interface)?.clone());
    let account = accounts(&bench, &component.id, &interface).into_iter().next();
    let account = account.ok_or_else(|| Stop::missing("no account of this interface is in the profile: add one"))?;
    let _turn = bench.hold(&log_ins(&component.id)).await;
    let mut client = Client::new(bench.permit()?);
    let attempt = http::log_in(&mut client, &login, &check, &account.user, &bench.secret(&account)?).await?;
    let seen = bench.record("a log-in", &attempt)?;
    let Some(session) = attempt.session.clone() else {
        return Err(Stop::missing(format!("the secret of account `{}` was not accepted: mend it in the profile", account.id)));
    };
    let carrying = carrying(&mut client, &login, &check, &session).await?;
    let seen = seen.and(bench.record("the cookies that carry the session", &carrying)?);
    if carrying.is_empty() && token_of(&session).is_none() {
        let what = "no cookie by itself carries the session, or the declared one is not set: name it as login.cookie in the profile";
        return seen.inconclusive(finding(what.to_owned(), &attempt, ""));
    }
    let faults = faults_of_session(&interface, &attempt, &session, &carrying, &bench.policy());
    if !faults.is_empty() {
        return seen.fail(finding(faults.join("; "), &attempt, "the session was not safe from the start"));
    }
    if login.logout.is_none() {
        return seen.inconclusive(finding("no log-out path is declared: set login.logout in the profile".to_owned(), &attempt, ""));
    }
    let before = Access::of(&http::call(&mut client, &check, Some(&session), None).await?);
    let answer = http::log_out(&mut client, &login, &session).await?;
    let after = Access::of(&http::call(&mut client, &check, Some(&session), None).await?);
    let seen = seen.and(bench.record("the old session before and after the log-out", &(&before, answer.status, &after))?);
    let taken = answer.status < 400 && !matches!(Access::of(&answer), Access::Other(200..=299));
    if !taken {
        let what = format!("the log-out was not taken (status {}): mend login.logout in the profile", answer.status);
        return seen.inconclusive(finding(what, &attempt, ""));
    }
    judge_end(seen, &attempt, &before, &after)
}

/// The names of the cookies that carry the session: the declared one, else each without which the session does not count.
async fn carrying(client: &mut Client, login: &Login, check: &Operation, session: &Session) -> Result<Vec<String>, Stop> {
    let all = session.cookies.iter().map(|cookie| cookie.name.clone());
    if let Some(name) = &login.cookie {
        return Ok(all.filter(|each| each == name).collect());
    }
    let mut carrying = Vec::new();
    for name in all {
        let mut without = session.clone();
        without.cookies.retain(|cookie| cookie.name != name);
        if !Access::of(&http::call(client, check, Some(&without), None).await?).is_granted() {
            carrying.push(name);
        }
    }
    Ok(carrying)
}

/// The bearer token of a session.
fn token_of(session: &Session) -> Option<&str> {
    let (_, value) = session.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    value.strip_prefix("Bearer ")
}

fn judge_end(seen: Seen, attempt: &Attempt, before: &Access, after: &Access) -> Outcome {
    let observed = format!("before the log-out {before:?}, after it {after:?}");
    if after.is_granted() {
        return seen.fail(finding("the old session still works after the log-out: end it on the server".to_owned(), attempt, &observed));
    }
    if !before.is_granted() || !after.is_withheld() {
        return seen.inconclusive(finding("the session did not answer clearly before or after the log-out".to_owned(), attempt, &observed));
    }
    let control: Control = seen.control("the same session was granted the operation just before the log-out");
    seen.pass(control, finding("cookies, ids and the end of the session are as they should be".to_owned(), attempt, &observed))
}

fn faults_of_session(interface: &Interface, attempt: &Attempt, session: &Session, carrying: &[String], policy: &Policy) -> Vec<String> {
    let of_session = |cookie: &&Cookie| carrying.contains(&cookie.name);
    let mut faults = Vec::new();
    for cookie in attempt.cookies_after.iter().filter(of_session) {
        let lacks = [
            ("Secure", interface.speaks.is_tls() && !cookie.secure),
            ("HttpOnly", !cookie.http_only),
            ("SameSite", cookie.same_site.as_deref().is_none_or(|value| value.eq_ignore_ascii_case("none"))),
        ];
        let lacks: Vec<_> = lacks.iter().filter(|(_, lacking)| *lacking).map(|(name, _)| *name).collect();
        if !lacks.is_empty() {
            faults.push(format!("cookie `{}` lacks {}", cookie.name, lacks.join(", ")));
        }
        let same = |old: &&Cookie| old.name == cookie.name && old.value == cookie.value && !old.value.is_empty();
        if attempt.cookies_before.iter().any(|old| same(&old)) {
            faults.push(format!("cookie `{}` keeps its value when somebody logs in: make a new one", cookie.name));
        }
    }
    let least = &policy.access.session_min_bits;
    let secrets = session.cookies.iter().filter(of_session).map(|cookie| cookie.value.as_str());
    for bits in secrets.chain(token_of(session)).map(most_bits).filter(|bits| *bits < least.value) {
        faults.push(format!("a session id or token can hold {bits} bits at most, {} are needed ({})", least.value, least.source));
    }
    faults
}

/// The most bits that a text of this length and these kinds of characters can hold.
fn most_bits(text: &str) -> u32 {
    let kinds = |class: fn(&char) -> bool, size: u32| if text.chars().any(|c| class(&c)) { size } else { 0 };
    let hexadecimal = text.chars().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase());
    let alphabet = if hexadecimal && !text.chars().all(|c| c.is_ascii_digit()) {
        16
    } else {
        kinds(char::is_ascii_digit, 10)
            + kinds(char::is_ascii_lowercase, 26)
            + kinds(char::is_ascii_uppercase, 26)
            + kinds(|c| !c.is_ascii_alphanumeric(), 32)
    };
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    // hundredths of a bit per character, rounded up: a bound must not come out too small
    let per_character = if alphabet < 2 { 0 } else { 100 * (alphabet.ilog2()) + if alphabet.is_power_of_two() { 0 } else { 100 } };
    length.saturating_mul(per_character) / 100
}

fn finding(reason: String, attempt: &Attempt, observed: &str) -> Finding {
    let told = |cookie: &Cookie| {
        let same_site = cookie.same_site.as_deref().unwrap_or("absent");
        format!("cookie {} (Secure {}, HttpOnly {}, SameSite {same_site})", cookie.name, cookie.secure, cookie.http_only)
    };
    let cookies = attempt.cookies_after.iter().map(told).collect::<Vec<_>>().join("; ");
    Finding {
        reason,
        expected: "Secure, HttpOnly and SameSite cookies; a new id at log-in; the old session refused after log-out".to_owned(),
        observed: [cookies.as_str(), observed].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("; "),
        ..Finding::default()
    }
}

#[cfg(test)]
mod tests {
    use super::most_bits;

    #[test]
    fn bounds_of_session_ids() {
        assert!(most_bits("0123456789abcdef0123456789abcdef") == 128);
        assert!(most_bits("123456") < 64, "six digits are far too few");
        assert!(most_bits("") == 0);
        assert!(most_bits("k3JfQz81LmPw") >= 64);
    }
}
