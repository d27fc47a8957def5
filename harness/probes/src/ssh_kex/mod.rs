//! What an SSH server shows before log-in: its banner, its algorithms, its host keys, the groups that it chooses, its
//! extensions and, where asked, how it answers users.
//!
//! One connection goes as far as sealed packets. The host keys come from key exchanges that are broken off at the
//! server's reply, once for each kind of key; requests for groups ride along with them.

mod connection;
mod crew;
mod exchange;
mod facts;
mod keys;
mod message;
mod pieces;
mod primes;
mod seal;
mod secret;
mod users;

use std::sync::Arc;

use assay_wire::{Error, Permit, Result};
use tokio::task::JoinSet;

pub use facts::{
    Agreed, Effort, FirstProtocol, GroupAnswer, HostCertificate, HostKey, Questions, RsaNumbers, SshSurvey, UserAnswers, UserComparison,
};

use crew::Crew;
use exchange::Exchange;
use message::Algorithms;
use pieces::{Common, Piece};

/// The most kinds of host key that are asked for.
const MOST_KINDS: usize = 16;
/// Names among the key exchanges that only signal something.
const SIGNALS: [&str; 3] = ["kex-strict-", "ext-info-", "kexguess2@"];

/// Finds out all of it, but asks about no user.
///
/// # Errors
/// As [`Permit::tcp`]; `Closed`, `Reset` and `TimedOut` before the algorithms are read; `Malformed` when what comes
/// is not SSH.
pub async fn survey(permit: &Permit) -> Result<SshSurvey> {
    survey_with(permit, &Questions::default()).await
}

/// Finds out all of it.
///
/// # Errors
/// As [`survey`].
pub async fn survey_with(permit: &Permit, questions: &Questions) -> Result<SshSurvey> {
    let crew = Crew::new(permit);
    let mut connection = crew.greet().await?;
    let mut survey = SshSurvey { banner: connection.banner(), lines_before: connection.lines_before.clone(), ..SshSurvey::default() };
    (survey.protocol, survey.software, survey.comment) = message::identification(&survey.banner);
    let second = survey.protocol.starts_with('2') || survey.protocol == "1.99";
    if !second {
        drop(connection);
        survey.first_protocol = crew.first_protocol().await.ok();
        survey.effort = crew.effort();
        return Ok(survey);
    }
    let offered = match connection.algorithms().await {
        Err(error) if crew::is_busy(&error) => {
            let (again, offered) = crew.open().await?;
            connection = again;
            offered
        }
        other => other?,
    };
    survey.take(&offered);
    let first = survey.protocol == "1.99";
    let common = Arc::new(Common { crew, offered, questions: questions.clone() });
    for piece in gather(&common, connection, first).await? {
        survey.add(piece);
    }
    if let (Some(known), Some(stranger)) = (&survey.user, survey.users.take()) {
        survey.users = Some(users::compare(known, stranger.stranger));
    }
    survey.effort = common.crew.effort();
    Ok(survey)
}

/// Does all the rest side by side.
async fn gather(common: &Arc<Common>, connection: connection::Connection, first: bool) -> Result<Vec<Piece>> {
    let mut kinds = kinds(&common.offered.host_keys).into_iter();
    let mut work = JoinSet::new();
    let lead = kinds.next();
    work.spawn(pieces::lead(Arc::clone(common), connection, lead));
    if Exchange::of_groups(&common.offered).is_some() {
        work.spawn(pieces::small_and_exact_groups(Arc::clone(common), kinds.next()));
        work.spawn(pieces::large_group(Arc::clone(common), kinds.next()));
    }
    for kind in kinds {
        work.spawn(pieces::one_key(Arc::clone(common), kind));
    }
    if common.questions.user.is_some() && common.questions.compare_users && pieces::can_speak(&common.offered) {
        work.spawn(pieces::stranger(Arc::clone(common)));
    }
    if first {
        work.spawn(pieces::first_protocol(Arc::clone(common)));
    }
    let mut found = Vec::new();
    while let Some(done) = work.join_next().await {
        found.extend(done.map_err(|error| Error::Local(error.to_string()))??);
    }
    Ok(found)
}

impl SshSurvey {
    fn take(&mut self, offered: &Algorithms) {
        let is_signal = |name: &&String| SIGNALS.iter().any(|signal| name.starts_with(signal));
        (self.signals, self.kex) = offered.kex.iter().cloned().partition(|name| is_signal(&name));
        self.strict_kex = offered.is_strict();
        self.host_key_algorithms.clone_from(&offered.host_keys);
        self.ciphers_c2s.clone_from(&offered.ciphers[0]);
        self.ciphers_s2c.clone_from(&offered.ciphers[1]);
        self.macs_c2s.clone_from(&offered.macs[0]);
        self.macs_s2c.clone_from(&offered.macs[1]);
        self.compression = once(&offered.compression);
        self.languages = once(&offered.languages);
        self.guesses = offered.follows;
        self.truncatable = truncatable(offered);
    }

    fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Key(key) if self.host_keys.iter().any(|known| known.algorithm == key.algorithm && known.sha256 == key.sha256) => {}
            Piece::Key(key) => self.host_keys.push(key),
            Piece::AbsentKey(kind) => self.keys_absent.push(kind),
            Piece::NoKey(why) => self.keys_not_read.push(why),
            Piece::Group(answer) => self.groups.push(answer),
            Piece::NoGroup(why) => self.groups_not_read.push(why),
            Piece::Agreed(agreed, extensions) => (self.agreed, self.extensions) = (Some(agreed), extensions),
            Piece::NotAgreed(why) => self.not_agreed = Some(why),
            Piece::User(answers) => self.user = Some(answers),
            Piece::Stranger(stranger) => self.users = Some(UserComparison { stranger, differences: Vec::new() }),
            Piece::NoUser(why) => self.users_not_read = Some(why),
            Piece::FirstProtocol(shown) => self.first_protocol = Some(shown),
        }
    }
}

/// Each name of both lists once.
fn once(lists: &[Vec<String>; 2]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in lists.iter().flatten() {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    all
}

/// Ciphers, and codes where they are applied after CBC, that are open to prefix truncation.
fn truncatable(offered: &Algorithms) -> Vec<String> {
    let open = |(ciphers, codes): (&Vec<String>, &Vec<String>)| {
        let after: Vec<_> = codes.iter().filter(|name| name.contains("-etm@")).cloned().collect();
        let chained = ciphers.iter().filter(|name| name.contains("-cbc") && !after.is_empty());
        let mut open: Vec<_> = ciphers.iter().filter(|name| name.starts_with("chacha20-poly1305")).chain(chained).cloned().collect();
        if open.iter().any(|name| name.contains("-cbc")) {
            open.extend(after);
        }
        open
    };
    let [one, other] = [0, 1].map(|way| offered.ciphers.get(way).zip(offered.macs.get(way)).map(open).unwrap_or_default());
    once(&[one, other])
}

/// One algorithm for each kind of key: the three of RSA sign with the same one.
fn kinds(algorithms: &[String]) -> Vec<String> {
    let family = |name: &str| match name {
        "ssh-rsa" | "rsa-sha2-256" | "rsa-sha2-512" => "rsa".to_owned(),
        "ssh-rsa-cert-v01@openssh.com" | "rsa-sha2-256-cert-v01@openssh.com" | "rsa-sha2-512-cert-v01@openssh.com" => "rsa-cert".to_owned(),
        _ => name.to_owned(),
    };
    let mut kinds: Vec<String> = Vec::new();
    for name in algorithms {
        if !kinds.iter().any(|known| family(known) == family(name)) && kinds.len() < MOST_KINDS {
            kinds.push(name.clone());
        }
    }
    kinds
}

/// Reads any bytes as what a server says, for the tests that drive every reader: its greeting, packets in clear and
/// sealed, every message, its keys.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn read_anything(bytes: &[u8]) {
    let rest = message::greeting(bytes).map_or(bytes, |greeting| greeting.rest);
    let _ = message::first_protocol(rest);
    for form in [None, Some(seal::Form::Chained), Some(seal::Form::Counter), Some(seal::Form::Gcm), Some(seal::Form::ChaCha)] {
        let mut direction = seal::Direction::clear();
        if let Some(form) = form {
            let size = if form == seal::Form::ChaCha { 64 } else { 16 };
            let mac = seal::MACS.first().map(|(_, algorithm, size, apart)| (*algorithm, vec![1; *size], *apart));
            let keys = seal::Keys { cipher: (form, vec![2; size]), start: vec![3; 16], mac };
            let _ = direction.arm(&keys, false, true);
        }
        let mut waiting = rest.to_vec();
        while let Ok(Some(payload)) = direction.open(&mut waiting) {
            let _ = (message::algorithms(&payload), message::disconnect(&payload), message::extensions(&payload));
            let _ = (message::refusal(&payload), keys::host_key(payload.get(1..).unwrap_or_default(), &payload));
        }
    }
}

#[cfg(test)]
mod tests;
