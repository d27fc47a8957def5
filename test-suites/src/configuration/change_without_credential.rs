//! Can settings be changed by somebody who has not logged in?

use assay_engine::{Bench, Outcome, Test};
use assay_model::safety::{Method, Safety};
use assay_probes::http::Client;

use crate::setting::{Setting, judge, settings_of};

pub(super) const TEST: Test = Test {
    id: "configuration/change-without-credential",
    title: "Can settings be changed by somebody who has not logged in?",
    shows: &["DC(PRV)"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| {
        subject.interface().is_some_and(|(_, interface)| interface.speaks.is_http() && !settings_of(interface).is_empty()).into()
    },
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-5, AC-3", "EN 303 645 5.5-5"],
    limits: "settings that the profile does not declare, and other ways to change the declared ones",
};

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (mut refused, mut left, mut all_took) = (Vec::new(), Vec::new(), true);
    let mut seen = bench.record("the settings to try", &settings_of(&interface).iter().map(|each| each.id.clone()).collect::<Vec<_>>())?;
    for operation in settings_of(&interface) {
        let mut setting = Setting::open(&bench, &component, &interface, &operation).await?;
        let mut stranger = Client::new(bench.permit()?);
        let attempt = setting.try_as("somebody without a credential", &mut stranger, None).await?;
        seen = seen.and(bench.record("a change without a credential", &attempt)?);
        if attempt.took_effect() {
            left.extend(setting.restore().await);
            return judge(&[attempt], seen, None, left);
        }
        refused.push(attempt);
        let right = setting.change_rightly().await?;
        left.extend(setting.restore().await);
        seen = seen.and(bench.record("the same change by an account that may", &right)?);
        all_took &= right.took_effect();
    }
    let control = all_took.then(|| seen.control("the same changes by an account that may took effect and were read back"));
    judge(&refused, seen, control, left)
}
