//! Are log-ins refused outside the hours that were set?

use assay_engine::{Applies, Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::registrar::{Registrar, doing, offers};
use crate::setting::Setting;

pub(super) const TEST: Test = Test {
    id: "access/login-hours",
    title: "Are log-ins refused outside the hours that were set?",
    shows: &["LA(LDU)"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-2(11)"],
    limits: "sessions that stand when the hours end, limits by place, and accounts that are exempt",
};

/// How far from a window, in minutes, the clocks may differ.
const APART: i32 = 5;

fn applies(subject: &Subject<'_>) -> Applies {
    offers(subject, &[Purpose::SetLoginHours, Purpose::CreateAccount, Purpose::RemoveAccount])
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let operation = doing(&interface, Purpose::SetLoginHours)?;
    let mut setting = Setting::open(&bench, &component, &interface, operation).await?;
    setting.rest();
    let mut registrar = Registrar::open(&bench).await?;
    let outcome = look(&bench, &mut registrar, &mut setting, &operation.values).await;
    let left = setting.restore().await;
    let outcome = outcome.map(|ruling| left.into_iter().fold(ruling, assay_engine::Ruling::note));
    registrar.close(outcome).await
}

async fn look(bench: &Bench, registrar: &mut Registrar, setting: &mut Setting, values: &[String]) -> Outcome {
    let now = bench.now();
    let minute = i32::from(now.hour()) * 60 + i32::from(now.minute());
    let open = values.iter().find(|value| window(value).is_some_and(|(from, until)| from <= minute - APART && minute + APART < until));
    let whole_day = values.iter().find(|value| window(value) == Some((0, 24 * 60)));
    let closed = values.iter().find(|value| window(value).is_some_and(|(from, until)| minute + APART < from || until + APART < minute));
    let (Some(open), Some(closed)) = (whole_day.or(open), closed) else {
        return Err(Stop::missing("the hours need values such as `00:00-24:00` that hold now and others that do not: add them"));
    };
    let (least, _) = registrar.roles()?;
    let made = registrar.make_with_role(&least).await?;
    let mut accepted = Vec::new();
    for value in [open, closed] {
        let change = setting.set(value).await?;
        setting.rest();
        if change.after != *value {
            return Err(Stop::missing(format!("`{}` could not be set to {value}: mend its values", change.operation)));
        }
        accepted.push(registrar.lets_in(&made.user, &made.password).await?);
    }
    let seen = bench.record("whether a log-in was accepted inside the hours, and outside", &accepted)?;
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: format!("accepted while {open} is set, refused while {closed} is"),
        observed: format!("at minute {minute} of the day (UTC), accepted: {accepted:?}"),
        ..Finding::default()
    };
    match accepted[..] {
        [true, false] => {
            let control = seen.control("the same log-in was accepted while the hours were open");
            seen.pass(control, finding("a log-in outside the hours was refused"))
        }
        [_, true] => seen.fail(finding("a log-in outside the hours was accepted: look at the hours at each log-in")),
        _ => seen.inconclusive(finding("the log-in was refused inside the hours too: nothing is shown")),
    }
}

/// The minutes of the day that `HH:MM-HH:MM` begins and ends with.
fn window(value: &str) -> Option<(i32, i32)> {
    let minute = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        Some(hour.parse::<u8>().ok().filter(|hour| *hour <= 24).map(i32::from)? * 60 + minute.parse::<u8>().ok().map(i32::from)?)
    };
    let (from, until) = value.split_once('-')?;
    Some((minute(from)?, minute(until)?))
}
