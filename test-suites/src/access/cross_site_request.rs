//! Is a change refused that a page of another site has a user's browser send?

use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Seen, Stop, Subject, Test};
use assay_model::profile::{LoginKind, Operation};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{Access, Client, Request, Session};
use serde::Serialize;

use crate::setting::{Attempt, Setting, settings_of};
use crate::support::{account_for, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/cross-site-request",
    title: "Is a change refused that a page of another site has a user's browser send?",
    shows: &["LA(IFC).7"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["OWASP Cross-Site Request Forgery Prevention", "RFC 6454 7", "SP 800-53 SC-23"],
    limits: "operations that are no settings, and pages of other ports of the same host",
};

/// The site whose page sends the changes.
const ELSEWHERE: &str = "https://elsewhere.example";

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((_, interface)) = subject.interface() else { return Applies::Elsewhere };
    let by_cookie = interface.login.as_ref().is_some_and(|login| login.kind == LoginKind::Form);
    (interface.speaks.is_http() && by_cookie && !settings_of(interface).is_empty()).into()
}

/// What would come of a change that another site's page sends.
#[derive(Debug, Serialize)]
struct Forged {
    attempt: Attempt,
    /// Whether a browser sends it without asking the product first, or after the product permitted it.
    sent: bool,
    /// Whether a browser sends the cookie of the session along.
    cookie: bool,
}

impl Forged {
    fn succeeds(&self) -> bool {
        self.attempt.took_effect() && self.sent && self.cookie
    }
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (mut all, mut left, mut rightly) = (Vec::new(), Vec::new(), true);
    let mut seen = bench.record("the site that changes come from", &ELSEWHERE)?;
    for operation in settings_of(&interface) {
        let mut setting = Setting::open(&bench, &component, &interface, &operation).await?;
        let account = account_for(&bench, &component.id, &interface, &operation)?;
        let (mut client, mut session) = sign_in(&bench, &component.id, &interface, &account).await?;
        let cookie = session.cookies.iter().any(|cookie| cookie.same_site.as_deref().is_none_or(|site| site.eq_ignore_ascii_case("none")));
        let sent = is_sent(&mut client, &operation).await?;
        session.headers.push(("Origin".to_owned(), ELSEWHERE.to_owned()));
        session.headers.push(("Referer".to_owned(), format!("{ELSEWHERE}/page")));
        session.headers.push(("Sec-Fetch-Site".to_owned(), "cross-site".to_owned()));
        let attempt = setting.try_as("a page of another site", &mut client, Some(&session)).await?;
        left.extend(setting.restore().await);
        rightly &= setting.change_rightly().await?.took_effect();
        left.extend(setting.restore().await);
        let forged = Forged { attempt, sent, cookie };
        seen = seen.and(bench.record("a change from another site", &forged)?);
        let stop = forged.succeeds();
        all.push(forged);
        if stop {
            break;
        }
    }
    Ok(left.into_iter().fold(judge(&all, rightly, seen)?, Ruling::note))
}

/// Whether a browser sends this from another site: simple forms at once, others when the product permits it.
async fn is_sent(client: &mut Client, operation: &Operation) -> Result<bool, Stop> {
    let media = operation.content_type.as_deref().unwrap_or_default();
    let simple = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"].iter().any(|kind| media.starts_with(kind));
    if operation.method == "POST" && simple {
        return Ok(true);
    }
    let asked = Request::new("OPTIONS", &operation.path)
        .with_header("Origin", ELSEWHERE)
        .with_header("Access-Control-Request-Method", &operation.method)
        .with_header("Access-Control-Request-Headers", "content-type");
    let answer = Session::default().send(client, asked).await?;
    let permits = |name: &str, value: &str| answer.header(name).is_some_and(|text| text.trim().eq_ignore_ascii_case(value));
    Ok(answer.is_success() && permits("access-control-allow-origin", ELSEWHERE) && permits("access-control-allow-credentials", "true"))
}

fn judge(all: &[Forged], rightly: bool, seen: Seen) -> Outcome {
    let told = |forged: &Forged| {
        let attempt = &forged.attempt;
        format!(
            "{}: {}, changed {}, sent {}, with cookie {}",
            attempt.operation,
            attempt.access,
            attempt.took_effect(),
            forged.sent,
            forged.cookie
        )
    };
    let finding = |reason: String| Finding {
        reason,
        expected: "refused, or never sent by a browser (SameSite, no permission for other origins)".to_owned(),
        observed: all.iter().map(told).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    if let Some(bad) = all.iter().find(|forged| forged.succeeds()) {
        let what = "look at Origin or at a token of the form, and set SameSite on the cookie";
        return seen.fail(finding(format!("`{}` was carried out for a page of another site: {what}", bad.attempt.operation)));
    }
    let unclear = |forged: &&Forged| {
        !forged.attempt.took_effect()
            && !matches!(forged.attempt.access, Access::Denied | Access::Redirected(_) | Access::Other(400..=499) | Access::NotFound)
    };
    if let Some(odd) = all.iter().find(unclear) {
        return seen.inconclusive(finding(format!("`{}` was neither refused nor carried out", odd.attempt.operation)));
    }
    if !rightly {
        return seen.inconclusive(finding("the same changes without a foreign origin had no effect either: nothing is shown".to_owned()));
    }
    let control = seen.control("the same changes took effect when they did not come from another site");
    let ruling = seen.pass(control, finding("no change from another site can be carried out".to_owned()))?;
    let taken: Vec<_> = all.iter().filter(|forged| forged.attempt.took_effect()).map(|forged| forged.attempt.operation.as_str()).collect();
    if taken.is_empty() {
        return Ok(ruling);
    }
    Ok(ruling.note(format!("only browsers prevent it for {}: the product itself takes the change", taken.join(", "))))
}
