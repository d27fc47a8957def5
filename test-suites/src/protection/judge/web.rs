//! Web transport: what is served in clear, and HTTP Strict Transport Security.

use assay_model::policy::AccessPolicy;
use assay_probes::http::{Access, Answer, Cookie, is_login_page};
use serde::Serialize;

use super::{Judgement, some_of};

/// Where the threshold of a header alone does not settle it.
const IN_CLEAR: &str = "SP 800-53 SC-8; OMB M-15-13";

/// What one request was answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in super::super) struct Heard {
    pub(in super::super) path: String,
    pub(in super::super) status: u16,
    pub(in super::super) access: Access,
    pub(in super::super) html: bool,
    /// Whether it asks for a credential: a challenge or a log-in page.
    pub(in super::super) asks: bool,
    /// The names of the cookies it sets.
    pub(in super::super) cookies: Vec<String>,
    /// The fields of Strict-Transport-Security.
    pub(in super::super) hsts: Vec<String>,
}

impl Heard {
    pub(in super::super) fn of(path: &str, answer: &Answer) -> Self {
        // 401 asks for a credential, with or without a challenge
        let asks =
            answer.status == 401 || answer.header("www-authenticate").is_some() || (answer.is_html() && is_login_page(&answer.text()));
        Self {
            path: path.to_owned(),
            status: answer.status,
            access: Access::of(answer),
            html: answer.is_html(),
            asks,
            cookies: answer.headers_all("set-cookie").filter_map(Cookie::parse).map(|cookie| cookie.name).collect(),
            hsts: answer.headers_all("strict-transport-security").map(str::to_owned).collect(),
        }
    }

    /// Whether it only points to the same thing over TLS.
    pub(in super::super) fn leads_to_tls(&self) -> bool {
        matches!(&self.access, Access::Redirected(to) if to.trim_start().get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://")))
    }

    /// Whether it gives, asks for or sets anything.
    fn serves(&self) -> bool {
        self.access.is_granted() || self.asks || !self.cookies.is_empty()
    }
}

/// What a plain port gives or asks for. Redirects to TLS and refusals are as it should be.
pub(in super::super) fn in_clear(judged: &mut Judgement, place: &str, heard: &[Heard]) {
    let serving: Vec<_> = heard.iter().filter(|each| each.serves()).map(what_is_served).collect();
    if !serving.is_empty() {
        let change = "answer there with a redirect to https only, or close the port";
        judged.offend(format!("{place} serves without TLS: {}", some_of(&serving)), change, IN_CLEAR);
    }
    for each in heard.iter().filter(|each| !each.serves()) {
        match &each.access {
            Access::Redirected(to) if !each.leads_to_tls() => {
                judged.leave_open(format!(
                    "{place} redirects {} to {to}, which is not https: add the pages behind it to the profile",
                    each.path
                ));
            }
            Access::Other(status) if *status >= 500 => judged.leave_open(format!("{place} answers {} with status {status}", each.path)),
            _ => {}
        }
    }
}

fn what_is_served(each: &Heard) -> String {
    let more = match (each.asks, each.cookies.as_slice()) {
        (true, _) => " and asks for a credential".to_owned(),
        (false, []) => String::new(),
        (false, cookies) => format!(" and sets {}", some_of(cookies)),
    };
    format!("{} (status {}{more})", each.path, each.status)
}

/// Strict transport security over TLS, on a named host that people visit with a browser.
pub(in super::super) fn strict_transport(judged: &mut Judgement, heard: &[Heard], policy: &AccessPolicy) {
    let least = &policy.hsts_min_age_seconds;
    let ages: Vec<_> = heard.iter().map(|each| each.hsts.first().and_then(|field| max_age(field))).collect();
    let change = format!("send Strict-Transport-Security: max-age={} in every answer over TLS", least.value);
    match ages.iter().flatten().max() {
        None => judged.offend("no answer over TLS carries a valid Strict-Transport-Security", change, &least.source),
        Some(age) if *age < least.value => {
            judged.offend(format!("Strict-Transport-Security lasts {age} seconds only"), change, &least.source);
        }
        Some(_) if ages.iter().any(Option::is_none) => judged.note("some answers over TLS do not carry Strict-Transport-Security"),
        Some(_) => {}
    }
}

/// The age in a field of Strict-Transport-Security (RFC 6797 section 6.1); none when the field is not valid.
fn max_age(field: &str) -> Option<u64> {
    let mut ages = field.split(';').filter_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        name.trim().eq_ignore_ascii_case("max-age").then(|| value.trim().trim_matches('"').parse::<u64>().ok())
    });
    match (ages.next(), ages.next()) {
        (Some(age), None) => age,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy;
    use super::*;

    fn heard(status: u16, headers: &[(&str, &str)], body: &str) -> Heard {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Heard::of("/", &Answer { status, headers, body: body.as_bytes().to_vec(), ..Answer::default() })
    }

    fn clear(each: Heard) -> (bool, usize) {
        let mut judged = Judgement::default();
        in_clear(&mut judged, "port 80", &[each]);
        (judged.offends(), judged.open.len())
    }

    #[test]
    fn a_plain_port_may_only_redirect_or_refuse() {
        assert_eq!(clear(heard(301, &[("Location", "HTTPS://x/")], "")), (false, 0));
        assert_eq!(clear(heard(403, &[], "no")), (false, 0));
        assert_eq!(clear(heard(200, &[], "hello")), (true, 0));
        assert_eq!(clear(heard(401, &[("WWW-Authenticate", "Basic realm=x")], "")), (true, 0));
        assert_eq!(clear(heard(302, &[("Location", "https://x/"), ("Set-Cookie", "sid=1")], "")), (true, 0));
        assert_eq!(clear(heard(302, &[("Location", "/login")], "")), (false, 1));
        assert_eq!(clear(heard(503, &[], "")), (false, 1));
    }

    #[test]
    fn ages_are_read_and_compared() {
        let offends = |fields: &[&str]| {
            let mut judged = Judgement::default();
            let headers: Vec<_> = fields.iter().map(|field| ("Strict-Transport-Security", *field)).collect();
            strict_transport(&mut judged, &[heard(200, &headers, "")], &policy("general").access);
            judged.offends()
        };
        for good in ["max-age=31536000", "includeSubDomains; Max-Age=\"63072000\"; preload"] {
            assert!(!offends(&[good]), "{good}");
        }
        for bad in ["", "max-age", "max-age=x", "max-age=0", "max-age=31535999", "max-age=31536000; max-age=31536000"] {
            assert!(offends(&[bad]), "{bad}");
        }
        assert!(offends(&[]) && offends(&["max-age=0", "max-age=31536000"]));
    }
}
