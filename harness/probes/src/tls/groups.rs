//! Which groups keys are exchanged in up to TLS 1.2. Those of TLS 1.3 are found with its suites.

use assay_wire::{Error, Result};

use super::asker::{Answer, Asker};
use super::board::Rank;
use super::crew::together;
use super::findings::{Findings, State};
use crate::handshake::{ELLIPTIC, FINITE, Flight, authentication, has, known};

/// How urgent these hellos are.
const RANK: Rank = 6;
/// Object identifiers of the curves of certificates, in DER, and their numbers as groups.
const CURVES: [(&[u8], u16); 7] = [
    (&[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], 23),
    (&[6, 5, 0x2b, 0x81, 4, 0, 34], 24),
    (&[6, 5, 0x2b, 0x81, 4, 0, 35], 25),
    (&[6, 5, 0x2b, 0x81, 4, 0, 10], 22),
    (&[6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7], 26),
    (&[6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11], 27),
    (&[6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13], 28),
];

/// The groups of one server.
pub(super) struct Groups<'r, 'a> {
    pub(super) asker: &'r Asker<'a>,
    pub(super) findings: &'r Findings,
}

impl Groups<'_, '_> {
    /// Elliptic curves, beginning as soon as a suite with one was chosen. `guess`: the choices to expect.
    pub(super) async fn curves(&self, guess: &[u16]) -> Result<()> {
        if let Some((version, suites)) = self.findings.wait(ready).await {
            let part = self.asker.crew.enlist(RANK);
            let all: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
            if guess.is_empty() || !self.guessed(version, &suites, &all, guess).await? {
                self.strike(version, &suites, &all, None).await?;
            }
            drop(part);
            // a server with a certificate on a curve may answer only hellos that offer that curve
            if let Some(kept) = self.findings.wait(|state| only_on_curve(state, version)).await {
                self.strike(version, &suites, &all, Some(kept)).await?;
            }
        }
        self.findings.change(|state| state.curves_done = true);
        Ok(())
    }

    /// Finite fields that are asked for by name (RFC 7919), once it is known that any are in use, and the server's own
    /// field for clients that name none.
    pub(super) async fn fields(&self) -> Result<()> {
        let with_fields = self.findings.wait(|state| {
            let Some(version) = state.best_with_extensions()? else { return Some(None) };
            let found = state.of(version).filter(|found| found.done)?;
            let suites: Vec<u16> = found.accepted.iter().copied().filter(|id| has(*id, "dhe")).collect();
            Some(Some((version, suites)).filter(|(_, suites)| !suites.is_empty()))
        });
        let Some((version, suites)) = with_fields.await else { return Ok(()) };
        let all: Vec<u16> = FINITE.iter().map(|(id, ..)| *id).collect();
        // every hello so far named fields: a server that used another does not look at the names
        if self.findings.state().groups_12.iter().any(|group| group.finite && !all.contains(&group.id)) {
            return Ok(());
        }
        let part = self.asker.crew.enlist(RANK);
        if self.strike(version, &suites, &all, None).await? {
            let curves: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
            if let Some(mut flight) = self.flight(version, &suites, &curves).await? {
                self.findings.change(|state| state.take(self.asker.name.is_some(), &mut flight));
            }
        }
        drop(part);
        Ok(())
    }

    /// Offers `candidates` that are not found yet, with the `kept` one behind them, and strikes out what is chosen.
    /// `false` when the server chose what was not offered any more: it does not look at the offer.
    async fn strike(&self, version: u16, suites: &[u16], candidates: &[u16], kept: Option<u16>) -> Result<bool> {
        for _ in 0..=candidates.len() {
            let found: Vec<u16> = self.findings.state().groups_12.iter().map(|group| group.id).collect();
            let unfound: Vec<u16> = candidates.iter().copied().filter(|id| Some(*id) != kept && !found.contains(id)).collect();
            if unfound.is_empty() {
                return Ok(true);
            }
            let offered: Vec<u16> = unfound.iter().copied().chain(kept).collect();
            let Some(mut flight) = self.flight(version, suites, &offered).await? else { return Ok(true) };
            let fresh = flight.group.as_ref().is_some_and(|group| unfound.contains(&group.id));
            self.findings.change(|state| state.take(self.asker.name.is_some(), &mut flight));
            if !fresh {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The flight, or `None` when the server said no. Silence in the midst of an enumeration is an error; so is a
    /// reset or a closed connection, unless a hello that was accepted before is accepted right after it.
    async fn flight(&self, version: u16, suites: &[u16], groups: &[u16]) -> Result<Option<Flight>> {
        match self.asker.ask(RANK, &self.asker.hello_in(version, suites, groups)).await? {
            Answer::Flight(flight) => Ok(Some(*flight)),
            Answer::Alert(_) => Ok(None),
            Answer::Garbled(what) => Err(self.asker.malformed(&what)),
            Answer::Late => Err(self.asker.late()),
            Answer::Reset | Answer::Closed => match self.asker.ask_once(RANK, &self.asker.hello(version, suites)).await? {
                Answer::Flight(_) => Ok(None),
                _ => Err(Error::Reset(self.asker.peer())),
            },
        }
    }

    /// Sends the hellos for all expected choices but the first ones, which were seen with the suites, at once.
    async fn guessed(&self, version: u16, suites: &[u16], all: &[u16], guess: &[u16]) -> Result<bool> {
        let seen: Vec<u16> = self.findings.state().groups_12.iter().filter(|group| !group.finite).map(|group| group.id).collect();
        if seen.is_empty() || !guess.starts_with(&seen) {
            return Ok(false);
        }
        let hellos = (seen.len()..=guess.len()).map(|count| {
            let struck = guess.get(..count).unwrap_or(guess);
            let offered: Vec<u16> = all.iter().copied().filter(|id| !struck.contains(id)).collect();
            let hello = self.asker.hello_in(version, suites, &offered);
            Box::pin(async move { self.asker.ask(RANK, &hello).await }) as _
        });
        let answers: Vec<Answer> = together(hellos.collect()).await?;
        let mut held = true;
        for (index, answer) in answers.into_iter().enumerate() {
            let expected = guess.get(seen.len() + index);
            match answer {
                Answer::Flight(mut flight) => {
                    held &= flight.group.as_ref().map(|group| group.id) == expected.copied() && expected.is_some();
                    self.findings.change(|state| state.take(self.asker.name.is_some(), &mut flight));
                }
                Answer::Alert(_) => held &= expected.is_none(),
                _ => held = false,
            }
        }
        Ok(held)
    }
}

/// The version and the suites in which curves are asked for, once that is known; `Some(None)` when none is in use.
#[expect(clippy::option_option, reason = "not known yet; known that there is none; known")]
fn ready(state: &State) -> Option<Option<(u16, Vec<u16>)>> {
    let Some(version) = state.best_with_extensions()? else { return Some(None) };
    let found = state.of(version)?;
    let with_curve = |id: &&u16| has(**id, "ecdhe");
    let Some(seen) = found.accepted.iter().find(with_curve) else { return found.done.then_some(None) };
    let shared = has(*seen, "psk");
    let all = known().into_iter().filter(|id| with_curve(&id) && has(*id, "psk") == shared);
    Some(Some((version, all.collect())))
}

/// The curve of the server's certificate, where no suite with a curve goes without one; known when all suites are.
#[expect(clippy::option_option, reason = "not known yet; known that there is none; known")]
fn only_on_curve(state: &State, version: u16) -> Option<Option<u16>> {
    let found = state.of(version).filter(|found| found.done)?;
    let mut curves = found.accepted.iter().filter(|id| has(**id, "ecdhe"));
    if !curves.all(|id| authentication(*id) == "ecdsa") {
        return Some(None);
    }
    let leaf = state.shown.iter().find(|each| authentication(each.suite) == "ecdsa").and_then(|each| each.chain.first());
    Some(leaf.and_then(|der| curve_of(der)))
}

/// The curve of the key of a certificate: the first that is named in it.
fn curve_of(der: &[u8]) -> Option<u16> {
    let places = CURVES.iter().filter_map(|(oid, id)| Some((der.windows(oid.len()).position(|window| window == *oid)?, *id)));
    places.min().map(|(_, id)| id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_curve_of_a_certificate_is_found() {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap().self_signed(&key).unwrap();
        assert_eq!(curve_of(certificate.der()), Some(24));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(der in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = curve_of(&der);
        }
    }
}
