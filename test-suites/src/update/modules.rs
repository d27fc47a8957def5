//! Can modules be installed or removed by somebody who may not?

use std::collections::BTreeSet;

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::{Account, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client, Session};
use serde::Serialize;
use serde_json::Value;

use crate::support::{account_for, accounts, read_value, sign_in};

pub(super) const TEST: Test = Test {
    id: "update/modules",
    title: "Can modules be installed or removed by somebody who may not?",
    shows: &["SU(UPD).3", "SU(UPD).4"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| applies(subject).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-5, CM-11"],
    limits: "the software that modules are added to, roles without an account in the profile, and other ways to install",
};

fn applies(subject: &Subject<'_>) -> bool {
    subject.interface().is_some_and(|(_, interface)| interface.speaks.is_http() && Modules::of(interface).is_some())
}

/// The operations on modules.
struct Modules<'i> {
    install: &'i Operation,
    remove: &'i Operation,
    list: &'i Operation,
    pointer: Option<&'i str>,
}

impl<'i> Modules<'i> {
    fn of(interface: &'i Interface) -> Option<Self> {
        let doing = |purpose| interface.doing(purpose).next();
        let (install, remove) = (doing(Purpose::InstallModule)?, doing(Purpose::RemoveModule)?);
        let read_back = install.read_back.as_ref()?;
        Some(Self { install, remove, list: interface.operation(&read_back.operation)?, pointer: read_back.pointer.as_deref() })
    }
}

/// One try, and the modules before and after it.
#[derive(Debug, Clone, Serialize)]
struct Try {
    what: String,
    by: String,
    access: Access,
    before: BTreeSet<String>,
    after: BTreeSet<String>,
}

impl Try {
    fn took_effect(&self) -> bool {
        self.before != self.after
    }
}

/// Somebody who tries: an account or nobody, with what is needed to speak.
struct Caller {
    by: String,
    client: Client,
    session: Option<Session>,
}

/// Somebody who may list, install and remove, and what is tried.
struct Trial<'i> {
    modules: Modules<'i>,
    client: Client,
    session: Session,
}

impl Trial<'_> {
    async fn list(&mut self) -> Result<BTreeSet<String>, Stop> {
        let text = read_value(&mut self.client, Some(&self.session), self.modules.list, self.modules.pointer).await?;
        let words = serde_json::from_str::<Value>(&text).ok().and_then(|value| {
            let items = value.as_array()?.iter();
            Some(items.filter_map(|item| item.as_str().map(str::to_owned)).collect())
        });
        words.ok_or_else(|| Stop::missing(format!("the answer of `{}` holds no list of names at its pointer", self.modules.list.id)))
    }

    async fn try_as(&mut self, caller: &mut Caller, module: Option<&str>) -> Result<Try, Stop> {
        let before = self.list().await?;
        let operation = if module.is_some() { self.modules.remove } else { self.modules.install };
        let words = [("module", module.unwrap_or_default())];
        let answer = http::invoke(&mut caller.client, operation, caller.session.as_ref(), &words).await;
        caller.client.close();
        let after = self.list().await?;
        Ok(Try { what: operation.id.clone(), by: caller.by.clone(), access: Access::of(&answer?), before, after })
    }
}

async fn run(bench: Bench) -> Outcome {
    let interface = bench.interface()?;
    let (tries, right, seen) = look(&bench, &interface).await?;
    let told = |each: &Try| format!("{} by {}: {}", each.what, each.by, each.access);
    let finding = |reason: String| Finding {
        reason,
        expected: "a refusal, and the same modules as before".to_owned(),
        observed: tries.iter().chain(&right).map(told).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    if let Some(bad) = tries.iter().find(|each| each.took_effect()) {
        return seen.fail(finding(format!("`{}` was carried out for {}: check the caller's rights first", bad.what, bad.by)));
    }
    if let Some(odd) = tries.iter().find(|each| !each.access.is_withheld()) {
        return seen.inconclusive(finding(format!("`{}` by {} was neither refused in so many words nor carried out", odd.what, odd.by)));
    }
    if right.len() != 2 || !right.iter().all(Try::took_effect) {
        return seen.inconclusive(finding("an account that may could not install and remove the module either".to_owned()));
    }
    if !tries.iter().any(|each| each.by.starts_with("role")) {
        return seen.inconclusive(finding("every role in the profile may install: add an account of a role that may not".to_owned()));
    }
    let control = seen.control("an account that may installed the same module, and removed it");
    seen.pass(control, finding("nobody else installed or removed a module".to_owned()))
}

/// Tries to install and to remove as those who may not; in between, and at last, as somebody who may.
async fn look(bench: &Bench, interface: &Interface) -> Result<(Vec<Try>, Vec<Try>, Seen), Stop> {
    let component = bench.component()?;
    let modules = Modules::of(interface).ok_or_else(|| Stop::missing("declare operations that install, list and remove a module"))?;
    let account = account_for(bench, &component.id, interface, modules.install)?;
    let (client, session) = sign_in(bench, &component.id, interface, &account).await?;
    let (_, own) = sign_in(bench, &component.id, interface, &account).await?;
    let mut owner = Caller { by: format!("role {}", account.role), client: Client::new(bench.permit()?), session: Some(own) };
    let others = accounts(bench, &component.id, interface);
    let mut trial = Trial { modules, client, session };
    let mut callers = vec![Caller { by: "somebody without a credential".to_owned(), client: Client::new(bench.permit()?), session: None }];
    for other in one_of_each_role(&others, trial.modules.install) {
        let (mut client, session) = sign_in(bench, &component.id, interface, other).await?;
        client.close();
        callers.push(Caller { by: format!("role {}", other.role), client, session: Some(session) });
    }
    let first = trial.list().await?;
    let (mut tries, mut right) = (Vec::new(), Vec::new());
    for caller in &mut callers {
        tries.push(trial.try_as(caller, None).await?);
    }
    if !tries.iter().any(Try::took_effect) {
        right.push(trial.try_as(&mut owner, None).await?);
    }
    for module in trial.list().await?.difference(&first) {
        if !tries.iter().any(Try::took_effect) {
            for caller in &mut callers {
                tries.push(trial.try_as(caller, Some(module)).await?);
            }
        }
        right.push(trial.try_as(&mut owner, Some(module)).await?);
    }
    let left: Vec<_> = trial.list().await?.symmetric_difference(&first).cloned().collect();
    let seen = bench.record("modules installed and removed by each, and what is other than before", &(&tries, &right, left))?;
    Ok((tries, right, seen))
}

fn one_of_each_role<'a>(accounts: &'a [Account], operation: &'a Operation) -> impl Iterator<Item = &'a Account> {
    let mut roles = BTreeSet::new();
    accounts.iter().filter(move |account| !operation.allows(&account.role) && roles.insert(account.role.clone()))
}
