//! Can the sessions of two users be told apart in the log, from their log-ins to their log-outs?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Test};
use assay_model::profile::{Account, Component, Interface};
use assay_model::run::Point;
use assay_model::safety::{Method, Safety};
use assay_model::verdict::Verdict;
use assay_probes::http;
use serde::Serialize;

use super::log::Record;
use super::stimuli::{Act, door};
use super::watch::Log;
use crate::support::{accounts, login_of, sign_in};

/// Looks into the log while records may still come.
const LOOKS: u32 = 10;
const END_WORDS: &[&str] = &["logout", "log-out", "log out", "logged out", "logoff", "signout", "sign-out", "signed out", "session end"];

pub(super) const TEST: Test = Test {
    id: "awareness/user-sessions",
    title: "Can the sessions of two users be told apart in the log, from their log-ins to their log-outs?",
    shows: &["CS(EIM).4", "CS(RDL).1"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.log.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-3, AU-14, IA-2"],
    limits: "what users do between log-in and log-out, and sessions that end by themselves",
};

/// What the log tells of one user.
#[derive(Debug, Clone, Serialize)]
struct Traced {
    user: String,
    log_in: Option<Record>,
    log_out: Option<Record>,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let at = door(&bench, &component)?.interface;
    if login_of(&at)?.logout.is_none() {
        return Err(Stop::missing(format!("no log-out path is declared: set login.logout of `{}` in the profile", at.id)));
    }
    let users = two_users(&bench, &component, &at)?;
    let mut log = Log::open_of(&bench, &component).await?;
    log.news().await?;
    for user in &users {
        let (mut client, session) = sign_in(&bench, &component.id, &at, user).await?;
        http::log_out(&mut client, login_of(&at)?, &session).await?;
    }
    let traced = trace(&bench, &component, &mut log, &users).await?;
    let seen = bench.record("two users log in and out, and what the log tells of them", &traced)?;
    judge(seen, &traced)
}

fn judge(seen: Seen, traced: &[Traced]) -> Outcome {
    let unnamed = traced.iter().find(|each| each.log_in.is_none());
    let unended = traced.iter().find(|each| each.log_out.as_ref().is_none_or(|record| record.part("time").is_none()));
    let finding = |reason: String| Finding {
        reason,
        expected: "for each user a record of the log-in and of the log-out, with user and time".to_owned(),
        observed: traced.iter().map(told).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    let ruling = if let Some(each) = unnamed {
        seen.fail(finding(format!("no record of the log-in names user `{}`: write the user into each record", each.user)))
    } else if let Some(each) = unended {
        seen.fail(finding(format!("no record tells when user `{}` logged out: write one at each log-out", each.user)))
    } else {
        let control = seen.control("the records of one user do not name the other, and the log had none of them before");
        seen.pass(control, finding("both users can be followed".to_owned()))
    };
    let point = |requirement: &str, lacks: bool, what: &str| {
        let verdict = if lacks { Verdict::Fail } else { Verdict::Pass };
        Some(Point { requirement: requirement.parse().ok()?, verdict, reason: what.to_owned() })
    };
    let points = [
        point("CS(EIM).4", unnamed.is_some(), "whether the record of each log-in names its user"),
        point(
            "CS(RDL).1",
            unnamed.is_some() || unended.is_some(),
            "whether log-in and log-out of each user are in the log with their times",
        ),
    ];
    Ok(ruling?.of_points(points.into_iter().flatten().collect()))
}

/// Two accounts of different users, none whose name is a part of the other's.
fn two_users(bench: &Bench, component: &Component, at: &Interface) -> Result<[Account; 2], Stop> {
    let all = accounts(bench, &component.id, at);
    let missing = || Stop::missing(format!("two users are needed at `{}`: add an account of another user", at.id));
    let first = all.first().cloned().ok_or_else(missing)?;
    let apart = |other: &&Account| !other.user.contains(&first.user) && !first.user.contains(&other.user);
    let second = all.iter().find(apart).cloned().ok_or_else(missing)?;
    Ok([first, second])
}

async fn trace(bench: &Bench, component: &Component, log: &mut Log, users: &[Account]) -> Result<Vec<Traced>, Stop> {
    let seconds = component.log.as_ref().and_then(|log| log.delay_seconds).unwrap_or(bench.policy().awareness.log_delay_seconds.value);
    let mut traced: Vec<_> = users.iter().map(|user| Traced { user: user.user.clone(), log_in: None, log_out: None }).collect();
    for _ in 0..LOOKS {
        for record in log.news().await? {
            for each in traced.iter_mut().filter(|each| names(&record, &each.user)) {
                let text = record.raw.to_lowercase();
                if END_WORDS.iter().any(|word| text.contains(word)) {
                    each.log_out = Some(record.clone());
                } else if Act::GoodLogin.relates(&record, &[]) {
                    each.log_in = Some(record.clone());
                }
            }
        }
        if traced.iter().all(|each| each.log_in.is_some() && each.log_out.is_some()) {
            break;
        }
        bench.wait(Duration::from_secs(seconds) / LOOKS).await;
    }
    Ok(traced)
}

/// Whether a record names this user: as its identity where that is declared, else anywhere.
fn names(record: &Record, user: &str) -> bool {
    record.part("identity").map_or_else(|| record.raw.contains(user), |identity| identity == user)
}

fn told(each: &Traced) -> String {
    let raw = |record: &Option<Record>| record.as_ref().map_or_else(|| "none".to_owned(), |record| record.raw.chars().take(160).collect());
    format!("{}: log-in {}, log-out {}", each.user, raw(&each.log_in), raw(&each.log_out))
}
