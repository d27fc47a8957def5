//! Settings of one kind, tried by nobody in particular, by each role that may not, and by one that may.

use assay_engine::{Applies, Bench, Outcome, Stop, Subject};
use assay_model::profile::{Interface, Operation, Purpose};
use assay_probes::http::Client;

use super::change_by_role::one_of_each_role;
use crate::setting::{Setting, judge};
use crate::support::{accounts, sign_in};

/// The settings of an interface that do one of these.
fn of_kind<'i>(interface: &'i Interface, kinds: &'i [Purpose]) -> impl Iterator<Item = &'i Operation> {
    let of_kind = move |operation: &&Operation| operation.does.is_some_and(|does| kinds.contains(&does));
    interface.operations.iter().filter(|operation| operation.is_setting() && !operation.is_public()).filter(of_kind)
}

/// Web interfaces with such settings.
pub(super) fn applies(subject: &Subject<'_>, kinds: &[Purpose]) -> Applies {
    subject.interface().is_some_and(|(_, interface)| interface.speaks.is_http() && of_kind(interface, kinds).next().is_some()).into()
}

/// Tries every setting of these kinds, and rules on what came of it.
pub(super) async fn guard(bench: Bench, kinds: &[Purpose]) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let accounts = accounts(&bench, &component.id, &interface);
    let (mut refused, mut left, mut all_took, mut by_role) = (Vec::new(), Vec::new(), true, false);
    let mut seen = bench.record("the settings to try", &of_kind(&interface, kinds).map(|each| &each.id).collect::<Vec<_>>())?;
    for operation in of_kind(&interface, kinds) {
        let mut setting = Setting::open(&bench, &component, &interface, operation).await?;
        let mut stranger = Client::new(bench.permit()?);
        let mut attempts = vec![setting.try_as("somebody without a credential", &mut stranger, None).await?];
        for account in one_of_each_role(&accounts, operation) {
            stranger.close();
            let (mut client, session) = sign_in(&bench, &component.id, &interface, account).await?;
            attempts.push(setting.try_as(&format!("role {}", account.role), &mut client, Some(&session)).await?);
            by_role = true;
        }
        seen = seen.and(bench.record("changes by those who may not", &attempts)?);
        if let Some(bad) = attempts.iter().find(|attempt| attempt.took_effect()) {
            left.extend(setting.restore().await);
            return judge(std::slice::from_ref(bad), seen, None, left);
        }
        refused.extend(attempts);
        let right = setting.change_rightly().await?;
        left.extend(setting.restore().await);
        seen = seen.and(bench.record("the same change by an account that may", &right)?);
        all_took &= right.took_effect();
    }
    if !by_role {
        return Err(Stop::missing("every role in the profile may change these settings: add an account of a role that may not"));
    }
    let control = all_took.then(|| seen.control("the same changes by an account that may took effect and were read back"));
    judge(&refused, seen, control, left)
}
