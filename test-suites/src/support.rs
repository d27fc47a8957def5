//! What several tests do in the same way: signing in on the web, choosing accounts, reading declared values, having the
//! component do something.

use std::time::Duration;

use assay_engine::{Bench, Stop};
use assay_model::profile::{Accessor, Account, Component, Interface, Login, Operation, Purpose};
use assay_model::question::{Question, Visit};
use assay_probes::http::{self, Access, Answer, Client, Session};
use assay_wire::DtlsIdentity;
use serde::Serialize;

/// Between two looks whether a component answers.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Looks until a component that restarts must have stopped answering.
const LOOKS: u32 = 100;

/// What somebody is asked to do where no operation restarts the component. A test that restarts lists it in `asks`.
pub(crate) const RESTART: Question =
    Question::doing("restart", Visit::Plug, "Restart the component now (switch it off and on), and answer when it is on again.");

/// The log-in of an interface.
pub(crate) fn login_of(interface: &Interface) -> Result<&Login, Stop> {
    interface
        .login
        .as_ref()
        .ok_or_else(|| Stop::missing(format!("interface `{}` declares no log-in: add `login` to it in the profile", interface.id)))
}

/// The operation that decides whether a log-in worked.
pub(crate) fn check_of(interface: &Interface) -> Result<&Operation, Stop> {
    let named = login_of(interface)?.check.as_deref().and_then(|id| interface.operation(id));
    named.ok_or_else(|| Stop::missing(format!("the log-in of `{}` names no check operation: set login.check in the profile", interface.id)))
}

/// The accounts of an interface, most rights first: by the number of operations that their role may call.
pub(crate) fn accounts(bench: &Bench, component: &str, interface: &Interface) -> Vec<Account> {
    let mut accounts: Vec<_> = bench.profile().accounts_on(component, &interface.id).cloned().collect();
    accounts.sort_by_key(|account| std::cmp::Reverse(rights(interface, account)));
    accounts
}

fn rights(interface: &Interface, account: &Account) -> usize {
    interface.operations.iter().filter(|operation| operation.permits(account)).count()
}

/// An account whose role may call this operation.
pub(crate) fn account_for(bench: &Bench, component: &str, interface: &Interface, operation: &Operation) -> Result<Account, Stop> {
    let found = accounts(bench, component, interface).into_iter().rev().find(|account| operation.permits(account));
    found.ok_or_else(|| {
        let roles = operation.allowed.join(", ");
        Stop::missing(format!("no account may call `{}` on {component}/{}: add an account with role {roles}", operation.id, interface.id))
    })
}

/// What a test holds while no other may log in on this component: a product may end one session when another begins.
pub(crate) fn log_ins(component: &str) -> String {
    format!("log-ins/{component}")
}

/// Whether a session still counts, so that a refusal in it was about rights: the operation that only a logged-in user
/// may call still answers.
pub(crate) async fn is_alive(client: &mut Client, interface: &Interface, session: &Session) -> Result<bool, Stop> {
    let check = check_of(interface)?;
    let answer = http::call(client, check, Some(session), check.values.first().map(String::as_str)).await?;
    Ok(Access::of(&answer).is_granted())
}

/// Signs in with an account's own secret. Anything but success is inconclusive: the account is what the user supplied.
pub(crate) async fn sign_in(bench: &Bench, component: &str, interface: &Interface, account: &Account) -> Result<(Client, Session), Stop> {
    let client = Client::new(bench.permit_for(component, interface)?);
    sign_in_with(bench, client, component, interface, account).await
}

async fn sign_in_with(
    bench: &Bench,
    mut client: Client,
    component: &str,
    interface: &Interface,
    account: &Account,
) -> Result<(Client, Session), Stop> {
    let secret = bench.secret(account)?;
    let _turn = bench.hold(&log_ins(component)).await;
    let attempt = http::log_in(&mut client, login_of(interface)?, check_of(interface)?, &account.user, &secret).await?;
    if let Some(session) = attempt.session {
        return Ok((client, session));
    }
    let _seen = bench.record("a log-in with the account's own secret", &attempt)?;
    Err(Stop::missing(format!(
        "the secret of account `{}` was not accepted on {component}/{} (status {}): mend the account or login.check in the profile",
        account.id, interface.id, attempt.status
    )))
}

/// A value in an answer: at the JSON pointer, else the whole body without white space around it.
pub(crate) fn value_in(answer: &Answer, pointer: Option<&str>) -> Option<String> {
    match pointer {
        None => Some(answer.text().trim().to_owned()),
        Some(pointer) => match answer.json()?.pointer(pointer)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Null => None,
            other => Some(other.to_string()),
        },
    }
}

/// Where a declared value is read: interface and operation of an accessor.
pub(crate) fn place_of<'c>(component: &'c Component, accessor: &Accessor) -> Result<(&'c Interface, &'c Operation), Stop> {
    let interface = component.interface(&accessor.interface);
    let found = interface.and_then(|interface| Some((interface, interface.operation(&accessor.operation)?)));
    found.ok_or_else(|| Stop::missing(format!("`{}` has no operation `{}.{}`", component.id, accessor.interface, accessor.operation)))
}

/// Reads values over HTTP where the profile says, signed in if that is needed.
pub(crate) struct Reader {
    client: Client,
    session: Option<Session>,
    operation: Operation,
    pointer: Option<String>,
}

impl Reader {
    /// Opens the place that an accessor names.
    pub(crate) async fn open(bench: &Bench, component: &Component, accessor: &Accessor) -> Result<Self, Stop> {
        Self::open_sample(bench, component, &component.sample, accessor).await
    }

    /// Opens the same place on a certain sample of the component.
    pub(crate) async fn open_sample(bench: &Bench, component: &Component, sample: &str, accessor: &Accessor) -> Result<Self, Stop> {
        let (interface, operation) = place_of(component, accessor)?;
        if !interface.speaks.is_http() {
            return Err(Stop::missing(format!("values are read over http or https, not over {}", interface.speaks.word())));
        }
        let client = Client::new(bench.permit_sample(&component.id, sample, interface)?);
        let (client, session) = if operation.is_public() {
            (client, None)
        } else {
            let account = account_for(bench, &component.id, interface, operation)?;
            let (client, session) = sign_in_with(bench, client, &component.id, interface, &account).await?;
            (client, Some(session))
        };
        Ok(Self { client, session, operation: operation.clone(), pointer: accessor.pointer.clone() })
    }

    /// Reads in a session that stands already.
    pub(crate) fn in_session(client: Client, session: Session, operation: &Operation, pointer: Option<String>) -> Self {
        Self { client, session: Some(session), operation: operation.clone(), pointer }
    }

    /// Goes on in another session, if its role may read here.
    pub(crate) fn renew(&mut self, session: Session, role: &str) {
        if self.session.is_some() && self.operation.allows(role) {
            self.session = Some(session);
        }
    }

    /// Gives up the standing connection, so that others may open one. The next read opens a new one.
    pub(crate) fn rest(&mut self) {
        self.client.close();
    }

    /// Reads the value once.
    pub(crate) async fn read(&mut self) -> Result<String, Stop> {
        read_value(&mut self.client, self.session.as_ref(), &self.operation, self.pointer.as_deref()).await
    }
}

/// Reads a value once, at this place in the answer of an operation.
pub(crate) async fn read_value(
    client: &mut Client,
    session: Option<&Session>,
    operation: &Operation,
    pointer: Option<&str>,
) -> Result<String, Stop> {
    let answer = http::call(client, operation, session, None).await?;
    let access = Access::of(&answer);
    if !access.is_granted() {
        return Err(Stop::Inconclusive(format!("`{}` was {access}, so that no value could be read", operation.id)));
    }
    let missing = || {
        let place = pointer.unwrap_or("the body");
        Stop::Inconclusive(format!("the answer of `{}` has nothing at {place}: mend the pointer in the profile", operation.id))
    };
    value_in(&answer, pointer).ok_or_else(missing)
}

/// How something was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Done {
    /// By this operation.
    Operation(String),
    /// By somebody at the product.
    ByHand,
}

/// Has the component do something: by the operation that the profile declares for it, else by whoever is there.
pub(crate) async fn act(bench: &Bench, component: &Component, purpose: Purpose, question: &Question) -> Result<Done, Stop> {
    if let Some((interface, operation)) = component.doing(purpose).find(|(interface, _)| interface.speaks.is_http()) {
        let account = account_for(bench, &component.id, interface, operation)?;
        let (mut client, session) = sign_in(bench, &component.id, interface, &account).await?;
        return match http::call(&mut client, operation, Some(&session), None).await {
            Ok(answer) if Access::of(&answer).is_granted() => Ok(Done::Operation(operation.id.clone())),
            Ok(answer) => Err(Stop::Inconclusive(format!("`{}` was {}: it was to be carried out", operation.id, Access::of(&answer)))),
            // what goes down may do so before it has answered
            Err(error) if purpose == Purpose::Restart && !error.is_ours() => Ok(Done::Operation(operation.id.clone())),
            Err(error) => Err(error.into()),
        };
    }
    let declare = format!("or declare an operation of `{}` with does = \"{}\"", component.id, word_of(purpose));
    match bench.ask(question).await {
        Ok(told) if told.value == "done" => Ok(Done::ByHand),
        Ok(told) => Err(Stop::Inconclusive(format!("`{}` is the answer to: {} Have it done, {declare}", told.value, question.text))),
        Err(Stop::NotRun(why)) => Err(Stop::NotRun(format!("{why}, {declare}"))),
        Err(stop) => Err(stop),
    }
}

/// A purpose as it stands in a profile.
pub(crate) fn word_of(purpose: Purpose) -> String {
    serde_json::to_value(purpose).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A restart.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Restart {
    /// How it was done.
    pub(crate) done: Done,
    /// Whether the component was seen to stop answering; none where somebody else restarted it.
    pub(crate) went_down: Option<bool>,
}

impl Restart {
    /// Whether it is known to have taken place.
    pub(crate) fn took_place(&self) -> bool {
        self.went_down != Some(false)
    }
}

/// Restarts the component, and waits until it answers again.
pub(crate) async fn restart(bench: &Bench, component: &Component) -> Result<Restart, Stop> {
    let done = act(bench, component, Purpose::Restart, &RESTART).await?;
    let went_down = match done {
        Done::Operation(_) => Some(becomes(bench, component, false, LOOKS).await?),
        Done::ByHand => None,
    };
    comes_back(bench, component).await?;
    Ok(Restart { done, went_down })
}

/// Waits until the component answers, no longer than its recovery may take.
pub(crate) async fn comes_back(bench: &Bench, component: &Component) -> Result<(), Stop> {
    let patience = Duration::from_secs(bench.profile().budget.recovery_seconds);
    let looks = u32::try_from(patience.as_millis() / LOOK_AGAIN.as_millis()).unwrap_or(u32::MAX).max(1);
    if becomes(bench, component, true, looks).await? {
        return Ok(());
    }
    Err(Stop::Inconclusive(format!("`{}` did not answer again within {} s (budget.recovery_seconds)", component.id, patience.as_secs())))
}

/// Looks again and again whether the component answers, until it is so.
async fn becomes(bench: &Bench, component: &Component, wanted: bool, looks: u32) -> Result<bool, Stop> {
    for _ in 0..looks {
        if answers(bench, component).await? == wanted {
            return Ok(true);
        }
        bench.wait(LOOK_AGAIN).await;
    }
    Ok(false)
}

/// Whether one of the component's TCP interfaces takes a connection.
async fn answers(bench: &Bench, component: &Component) -> Result<bool, Stop> {
    for interface in component.interfaces.iter().filter(|interface| !interface.speaks.is_udp()) {
        match bench.permit_for(&component.id, interface)?.tcp().await {
            Ok(_) => return Ok(true),
            Err(error) if error.is_ours() => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(false)
}

/// The pre-shared key of an account, whose secret holds it in hexadecimal.
pub(crate) fn psk(bench: &Bench, account: &Account) -> Result<DtlsIdentity, Stop> {
    let key = unhex(&bench.secret(account)?)
        .ok_or_else(|| Stop::missing(format!("the secret of account `{}` is no key in hexadecimal: mend it", account.id)))?;
    Ok(DtlsIdentity::Psk { identity: account.user.clone().into_bytes(), key })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let pairs = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
        pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())
    });
    (!text.is_empty()).then(|| pairs.collect()).flatten()
}
