//! Versions whose first hello was turned down in a way that need not be the last word.

use assay_wire::{Error, Result};

use super::VERSIONS;
use super::asker::{Answer, Asker};
use super::board::Rank;
use super::findings::{Doubt, Findings, State};
use super::suites::{Row, Style};
use super::thirteen::Thirteen;
use crate::handshake::{ELLIPTIC, alert_name, known};

/// How urgent these hellos are.
const RANK: Rank = 8;
/// Alerts about the form of a hello: some servers have no room for as many suites as there are.
const ABOUT_FORM: [u8; 5] = [10, 22, 47, 50, 80];
/// The number of suites that most servers speak; they stand first.
const USUAL: usize = 12;

/// Settles what is in doubt, one version after the other, once all have been asked for.
pub(super) async fn settle(asker: &Asker<'_>, findings: &Findings) -> Result<()> {
    let asked =
        |state: &State| VERSIONS.iter().all(|(_, version)| state.of(*version).is_some_and(|each| each.done || each.doubt.is_some()));
    findings.wait(|state| asked(state).then_some(())).await;
    if VERSIONS.iter().all(|(_, version)| doubt_of(findings, *version).is_none()) {
        return Ok(());
    }
    let part = asker.crew.enlist(RANK);
    if asker.is_mute() {
        let groups: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
        asker.ask_once(RANK, &asker.plain(0x0303, &known().into_iter().take(USUAL).collect::<Vec<_>>(), &groups)).await?;
        if asker.is_mute() {
            return Err(asker.trouble());
        }
    }
    for (_, version) in VERSIONS {
        again(asker, findings, version).await?;
    }
    for (_, version) in VERSIONS {
        close(asker, findings, version).await?;
    }
    drop(part);
    Ok(())
}

fn doubt_of(findings: &Findings, version: u16) -> Option<Doubt> {
    let state = findings.state();
    state.of(version).filter(|found| !found.done).and_then(|found| found.doubt.clone())
}

/// Asks again, more plainly. Where another version was accepted in the same kind of hello, an alert is the last word.
async fn again(asker: &Asker<'_>, findings: &Findings, version: u16) -> Result<()> {
    let Some(doubt) = doubt_of(findings, version) else { return Ok(()) };
    // a hello of TLS 1.3 has few suites: that it was accepted says nothing about room for many
    let accepts_whole = |code: u8| {
        let same_form = |version: u16| version < 0x0304 || !ABOUT_FORM.contains(&code);
        findings.state().found.iter().any(|(other, found)| found.is_accepted() && !found.plain && same_form(*other))
    };
    if let Doubt::Alert(code) = &doubt
        && (version == 0x0304 || accepts_whole(*code))
    {
        findings.change_version(version, |found| (found.refusal, found.done) = (Some(alert_name(*code)), true));
        return Ok(());
    }
    if version == 0x0304 {
        return Thirteen { asker, findings, patient: true }.eliminate(&[], &[]).await;
    }
    findings.change_version(version, |found| (found.doubt, found.plain) = (None, true));
    asker.notes().plain.push(version);
    Row { asker, findings, version, style: Style::Small }.eliminate(&[], &[]).await
}

/// The last word on a version that is still in doubt: a connection that ends without a word says no only where
/// another hello is answered right after it.
async fn close(asker: &Asker<'_>, findings: &Findings, version: u16) -> Result<()> {
    let Some(doubt) = doubt_of(findings, version) else { return Ok(()) };
    let (refusal, unclear) = match doubt {
        Doubt::Alert(code) => (Some(alert_name(code)), None),
        Doubt::Silent => (None, Some("no answer to three hellos".to_owned())),
        Doubt::Odd(what) => (None, Some(what)),
        Doubt::HungUp(how) => match control(asker, findings).await? {
            Some(true) => (Some(how.to_owned()), None),
            Some(false) => return Err(Error::Reset(asker.peer())),
            None => (None, Some(format!("the connection was {how} after three hellos"))),
        },
    };
    findings.change_version(version, |found| (found.refusal, found.unclear, found.done) = (refusal, unclear, true));
    Ok(())
}

/// Whether a hello that is known to be answered still is; `None` when none is known.
pub(super) async fn control(asker: &Asker<'_>, findings: &Findings) -> Result<Option<bool>> {
    let known = findings.state().found.iter().rev().find_map(|(version, found)| Some((*version, *found.accepted.first()?)));
    let Some((version, suite)) = known else { return Ok(None) };
    let groups: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
    let answer = asker.ask_once(RANK, &asker.plain(version, &[suite], &groups)).await?;
    Ok(Some(matches!(answer, Answer::Flight(_))))
}
