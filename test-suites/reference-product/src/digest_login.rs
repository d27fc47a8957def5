//! Digest log-in (RFC 7616) with SHA-256 or MD5, `qop=auth`.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use aws_lc_rs::digest;

use crate::{
    accounts::{Door, Login, Role},
    events::Kind,
    md5::md5,
    message::{Request, Response},
    state::{self, hex},
    world::World,
};

const REALM: &str = "dishwasher hub";
/// How long a nonce may be used.
const FRESH: Duration = Duration::from_mins(1);
/// How many nonces are remembered.
const NONCES: usize = 10_000;

/// Who sent a request, or what to answer instead.
pub(crate) enum Answer {
    /// Someone known.
    User(String, Role),
    /// A challenge or a refusal.
    Refused(Response),
}

/// The nonces given out, when, and the last count used with each.
#[derive(Default)]
pub(crate) struct DigestLogin(Mutex<HashMap<String, (Instant, u32)>>);

#[derive(Clone, Copy)]
enum Algorithm {
    Sha256,
    Md5,
}

impl Algorithm {
    fn hash(self, text: &str) -> String {
        match self {
            Self::Sha256 => hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref()),
            Self::Md5 => hex(&md5(text.as_bytes())),
        }
    }
}

impl DigestLogin {
    /// Checks the request's credentials; failures count towards the account's lock-out.
    pub(crate) fn check(&self, request: &Request, world: &World) -> Answer {
        let fields = request.header("authorization").and_then(fields);
        let Some(fields) = fields else { return Answer::Refused(self.challenge(false)) };
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        let algorithm = match field("algorithm") {
            name if name.eq_ignore_ascii_case("SHA-256") => Algorithm::Sha256,
            name if name.is_empty() || name.eq_ignore_ascii_case("MD5") => Algorithm::Md5,
            _ => return Answer::Refused(self.challenge(false)),
        };
        if field("qop") != "auth" || field("realm") != REALM || field("uri") != request.target {
            return Answer::Refused(Response::error(400, "malformed credentials"));
        }
        if !self.fresh(field("nonce"), field("nc")) {
            return Answer::Refused(self.challenge(true));
        }
        let user = field("username");
        let proves = |password: &str| {
            let secret = algorithm.hash(&format!("{user}:{REALM}:{password}"));
            let asked = algorithm.hash(&format!("{}:{}", request.method, request.target));
            let right = algorithm.hash(&format!("{secret}:{}:{}:{}:auth:{asked}", field("nonce"), field("nc"), field("cnonce")));
            aws_lc_rs::constant_time::verify_slices_are_equal(right.as_bytes(), field("response").as_bytes()).is_ok()
        };
        let login = world.accounts.verify(Door::Web, user, proves);
        if let Login::Ok(role) = login {
            return Answer::User(user.to_owned(), role);
        }
        world.log.record(Kind::Login, request.peer, false, user, "web");
        Answer::Refused(match login {
            Login::Locked(left) => Response::locked(left),
            _ => self.challenge(false),
        })
    }

    /// Asks for credentials, SHA-256 preferred.
    fn challenge(&self, stale: bool) -> Response {
        let nonce = hex(&state::random().unwrap_or_default()[..16]);
        let mut nonces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if nonces.len() >= NONCES {
            nonces.clear();
        }
        nonces.insert(nonce.clone(), (Instant::now(), 0));
        let with = |algorithm: &str| {
            let stale = if stale { ", stale=true" } else { "" };
            format!("Digest realm=\"{REALM}\", qop=\"auth\", algorithm={algorithm}, nonce=\"{nonce}\"{stale}")
        };
        Response::error(401, "log in first").with("www-authenticate", with("SHA-256")).with("www-authenticate", with("MD5"))
    }

    /// Whether the nonce is ours, young enough, and its count greater than before.
    fn fresh(&self, nonce: &str, count: &str) -> bool {
        let Ok(count) = u32::from_str_radix(count, 16) else { return false };
        let mut nonces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match nonces.get_mut(nonce) {
            Some((given, last)) if given.elapsed() < FRESH && count > *last => {
                *last = count;
                true
            }
            _ => false,
        }
    }
}

/// The fields of Digest credentials; quoted or not.
fn fields(header: &str) -> Option<HashMap<String, String>> {
    let (scheme, mut rest) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("digest") {
        return None;
    }
    let mut fields = HashMap::new();
    while let Some((name, after)) = rest.split_once('=') {
        let value;
        (value, rest) = if let Some(quoted) = after.trim_start().strip_prefix('"') {
            quoted.split_once('"')?
        } else {
            after.split_at(after.find(',').unwrap_or(after.len()))
        };
        fields.insert(name.trim_matches([' ', ',']).to_ascii_lowercase(), value.trim().to_owned());
    }
    Some(fields)
}
