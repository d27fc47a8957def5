//! What the product did while the laboratory showed one face after the other in the place of a peer, and the ruling on it.

use assay_engine::{Bench, Finding, Outcome, Seen, Stop};
use assay_model::profile::{Outbound, Purpose};
use assay_probes::peer::Face;
use serde::Serialize;

use super::{Flaw, Mint, Round, Stand, in_words};

/// Faces that should be turned away from, each with what it is.
type Faces = fn(&Mint) -> Result<Vec<(String, Face)>, Stop>;

/// What came of one of them.
#[derive(Debug, Clone, Serialize)]
struct Shown {
    face: String,
    round: Round,
}

/// What was seen in the place of one peer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sight {
    outbound: String,
    absent: String,
    /// The genuine peer before the others.
    before: Round,
    shown: Vec<Shown>,
    /// The genuine peer afterwards.
    after: Round,
}

/// Impostors whose certificates have one flaw each.
pub(crate) fn impostors(mint: &Mint) -> Result<Vec<(String, Face)>, Stop> {
    let face = |flaw: Flaw| Ok((format!("a certificate {}", flaw.words()), Face::Secure(mint.flawed(flaw)?)));
    Flaw::ALL.into_iter().map(face).collect()
}

/// Shows the genuine peer, one bad face after the other, and the genuine peer again, in the place of each of these peers.
pub(crate) async fn look(bench: &Bench, outbounds: &[Outbound], purpose: Purpose, faces: Faces) -> Result<(Vec<Sight>, Seen), Stop> {
    let component = bench.component()?;
    let mut all = Vec::new();
    for outbound in outbounds {
        let mut stand = Stand::open(bench, &component, outbound, purpose).await?;
        all.push(Sight::of(&mut stand, faces).await?);
    }
    let seen = bench.record("what the product did at genuine and at bad peers", &all)?;
    Ok((all, seen))
}

impl Sight {
    async fn of(stand: &mut Stand, faces: Faces) -> Result<Self, Stop> {
        let mint = stand.mint()?;
        let (outbound, absent, before) = (stand.outbound.id.clone(), stand.absent(), stand.show_genuine(&mint).await?);
        let mut sight = Self { outbound, absent, before, shown: Vec::new(), after: Round::default() };
        if sight.before.went_on().is_some() {
            for (face, shown) in faces(&mint)? {
                sight.shown.push(Shown { face, round: stand.show(&shown).await? });
            }
            sight.after = stand.show_genuine(&mint).await?;
        }
        Ok(sight)
    }

    /// Why nothing can be concluded here, if so.
    fn open(&self) -> Option<String> {
        if self.before.visits.is_empty() {
            return Some(self.absent.clone());
        }
        if self.before.went_on().is_none() {
            let what = "the product did not take the laboratory for the genuine peer: let it trust lab.authority, and mend lab.name";
            return Some(format!("{what} (`{}`: {})", self.outbound, in_words(&self.before)));
        }
        if let Some(shown) = self.shown.iter().find(|shown| !shown.round.all_left()) {
            let what = if shown.round.visits.is_empty() { "did not come to" } else { "neither went on with nor left" };
            return Some(format!("the product {what} {} (`{}`) within the time", shown.face, self.outbound));
        }
        let back = self.after.went_on().is_none();
        back.then(|| {
            format!("after all this the genuine peer of `{}` was not spoken to either, so the refusals show nothing", self.outbound)
        })
    }
}

/// Rules on what was seen: the product may go on with the genuine peers alone.
pub(crate) fn rule(seen: Seen, all: &[Sight], words: &Finding, change: &str) -> Outcome {
    let each = |sight: &Sight| {
        let faces = sight.shown.iter().map(|shown| format!("{}: {}", shown.face, in_words(&shown.round)));
        format!("`{}`: {}", sight.outbound, faces.collect::<Vec<_>>().join("; "))
    };
    let observed = all.iter().map(each).collect::<Vec<_>>().join("; ");
    let finding = |reason: String| Finding { reason, observed: observed.clone(), ..words.clone() };
    let bad = all.iter().flat_map(|sight| sight.shown.iter().map(move |shown| (sight, shown)));
    let bad: Vec<_> = bad.filter(|(_, shown)| shown.round.went_on().is_some()).collect();
    if !bad.is_empty() {
        let faces = bad.iter().map(|(sight, shown)| format!("{} (`{}`)", shown.face, sight.outbound)).collect::<Vec<_>>().join(", ");
        return seen.fail(finding(format!("the product went on with {faces}: {change}")));
    }
    let open: Vec<_> = all.iter().filter_map(Sight::open).collect();
    if !open.is_empty() {
        return seen.inconclusive(finding(open.join("; ")));
    }
    let control = seen.control("the genuine peer, shown before and after, was spoken to both times");
    seen.pass(control, finding(words.reason.clone()))
}
