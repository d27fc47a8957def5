//! Is a notice of the declared length kept whole, and a longer one refused?

use assay_engine::{Bench, Finding, Outcome, Ruling, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::registrar::{doing, letters, offers};
use crate::setting::Setting;

pub(super) const TEST: Test = Test {
    id: "access/notice-length",
    title: "Is a notice of the declared length kept whole, and a longer one refused?",
    shows: &["LA(USE).2.b"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, &[Purpose::SetNotice]),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-8"],
    limits: "how much of it a screen shows at a time, and characters that are not ASCII",
};

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let operation = doing(&interface, Purpose::SetNotice)?;
    let longest = operation.longest.map(usize::from);
    let longest =
        longest.ok_or_else(|| Stop::missing(format!("`{}` declares no `longest`: say how long a notice may be", operation.id)))?;
    let mut setting = Setting::open(&bench, &component, &interface, operation).await?;
    let outcome = look(&bench, &mut setting, longest).await;
    let left = setting.restore().await;
    outcome.map(|ruling| left.into_iter().fold(ruling, Ruling::note))
}

async fn look(bench: &Bench, setting: &mut Setting, longest: usize) -> Outcome {
    let mut all = Vec::new();
    for length in [1, longest, longest + 1] {
        all.push(setting.set(&letters(length)?).await?);
    }
    let seen = bench.record("notices of one character, of the declared length, and of one character more", &all)?;
    let told = |at: usize| all.get(at).map(|each| (each.after == each.tried, each.after == each.before, each.access.clone()));
    let (Some((one, ..)), Some((whole, ..)), Some((more, unchanged, access))) = (told(0), told(1), told(2)) else {
        return Err(Stop::Error("a notice was not tried".to_owned()));
    };
    let finding = |reason: String| Finding {
        reason,
        expected: format!("1 and {longest} characters kept whole, {} refused", longest + 1),
        observed: format!("1: {one}; {longest}: {whole}; {}: kept {more}, {access}", longest + 1),
        ..Finding::default()
    };
    if !one || !whole {
        return seen.fail(finding(format!("a notice of up to {longest} characters is not kept whole: declare the true length")));
    }
    if more {
        return seen.fail(finding(format!("a notice of more than {longest} characters is taken: declare the true length")));
    }
    if access.is_granted() && !unchanged {
        return seen.fail(finding("a notice that is too long is cut without a word: refuse it".to_owned()));
    }
    let control = seen.control("by the same request a notice of the declared length was taken and read back whole");
    seen.pass(control, finding("the longest notice is as declared".to_owned()))
}
