//! Accounts that a test makes on the product, uses, and removes again.

use assay_engine::{Applies, Bench, Outcome, Ruling, Stop, Subject};
use assay_model::evidence::hex;
use assay_model::profile::{Account, Component, Interface, Operation, Purpose};
use assay_probes::http::{self, Access, Attempt, Client, Session};
use assay_probes::outcome::Accepted;
use aws_lc_rs::rand;

use crate::support::{accounts, check_of, is_alive, log_ins, login_of, sign_in};

/// Whether the subject is a web interface with a log-in on which all of this can be done.
pub(crate) fn offers(subject: &Subject<'_>, purposes: &[Purpose]) -> Applies {
    let Some((_, interface)) = subject.interface() else { return Applies::Elsewhere };
    let all = purposes.iter().all(|purpose| interface.doing(*purpose).next().is_some());
    (interface.speaks.is_http() && interface.login.is_some() && all).into()
}

/// The operation of an interface that does this.
pub(crate) fn doing(interface: &Interface, purpose: Purpose) -> Result<&Operation, Stop> {
    interface
        .doing(purpose)
        .next()
        .ok_or_else(|| Stop::missing(format!("no operation of `{}` does {purpose:?}: declare it in the profile", interface.id)))
}

/// The operation that makes an account and takes these words, and no other but user and password.
pub(crate) fn making<'i>(interface: &'i Interface, words: &[&str]) -> Option<&'i Operation> {
    let takes = |operation: &Operation, word: &str| operation.body.as_ref().is_some_and(|body| body.contains(&format!("{{{word}}}")));
    let fits = |operation: &&Operation| ["role", "seconds"].iter().all(|word| takes(operation, word) == words.contains(word));
    interface.doing(Purpose::CreateAccount).find(fits)
}

/// Lower-case letters that nobody guesses, so many.
pub(crate) fn letters(length: usize) -> Result<String, Stop> {
    let mut bytes = vec![0; length];
    rand::fill(&mut bytes).map_err(|_| Stop::Error("this machine gives no random bytes".to_owned()))?;
    Ok(bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect())
}

/// A user with a password that a test made up.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) user: String,
    pub(crate) password: String,
}

/// Somebody who may make accounts, and the accounts that were made and not yet removed.
pub(crate) struct Registrar {
    bench: Bench,
    pub(crate) component: Component,
    pub(crate) interface: Interface,
    keeper: Account,
    client: Client,
    session: Session,
    made: Vec<String>,
}

impl Registrar {
    /// Signs in on the interface of the test as somebody who may make and remove accounts.
    pub(crate) async fn open(bench: &Bench) -> Result<Self, Stop> {
        let (component, interface) = (bench.component()?, bench.interface()?);
        let keeper = {
            let (make, remove) = (doing(&interface, Purpose::CreateAccount)?, doing(&interface, Purpose::RemoveAccount)?);
            let all = accounts(bench, &component.id, &interface);
            all.into_iter().find(|account| make.permits(account) && remove.permits(account))
        };
        let keeper = keeper.ok_or_else(|| Stop::missing("no account of the profile may make and remove accounts: add one"))?;
        let (client, session) = sign_in(bench, &component.id, &interface, &keeper).await?;
        Ok(Self { bench: bench.clone(), component, interface, keeper, client, session, made: Vec::new() })
    }

    /// The roles of the profile that may do anything here, least rights first.
    pub(crate) fn roles(&self) -> Result<(String, String), Stop> {
        let rights = |role: &str| self.interface.operations.iter().filter(|operation| operation.allows(role)).count();
        let mut roles: Vec<String> = self.bench.profile().roles.iter().map(|role| role.id.clone()).collect();
        let check = check_of(&self.interface)?;
        roles.retain(|role| check.allows(role));
        roles.sort_by_key(|role| rights(role));
        let (least, most) = (roles.first().cloned(), roles.last().cloned());
        least.zip(most).ok_or_else(|| Stop::missing("no role of the profile may do anything here: declare what roles may do"))
    }

    /// Makes up a user, hidden from evidence as far as its password goes.
    pub(crate) fn somebody(&self) -> Result<Made, Stop> {
        // of all kinds, for products that demand them
        let (mut nonce, password) = ([0; 5], format!("{}-A7!", letters(20)?));
        rand::fill(&mut nonce).map_err(|_| Stop::Error("this machine gives no random bytes".to_owned()))?;
        self.hide(&password);
        Ok(Made { user: format!("assay-{}", hex(&nonce)), password })
    }

    /// Keeps a password out of evidence.
    pub(crate) fn hide(&self, password: &str) {
        self.client.permit().hide(password.as_bytes(), "password of a test account");
    }

    /// Has an account made by this operation; whether that worked is for the caller to judge.
    pub(crate) async fn make(&mut self, operation: &Operation, made: &Made, more: &[(&str, &str)]) -> Result<Access, Stop> {
        let words = [&[("user", made.user.as_str()), ("password", made.password.as_str())], more].concat();
        if !self.made.contains(&made.user) {
            self.made.push(made.user.clone());
        }
        let answer = http::invoke(&mut self.client, operation, Some(&self.session), &words).await;
        self.client.close();
        Ok(Access::of(&answer?))
    }

    /// Makes an account with this role, which must work.
    pub(crate) async fn make_with_role(&mut self, role: &str) -> Result<Made, Stop> {
        let operation = making(&self.interface, &["role"]).cloned();
        let operation = operation.ok_or_else(|| Stop::missing("no operation makes an account with a `{role}`: declare one"))?;
        let made = self.somebody()?;
        let access = self.make(&operation, &made, &[("role", role)]).await?;
        if access.is_granted() {
            return Ok(made);
        }
        let _seen = self.bench.record("an account that was to be made", &(&made.user, role, &access))?;
        Err(Stop::missing(format!("no account could be made: `{}` was {access}", operation.id)))
    }

    /// Carries out an operation on an account as somebody who may.
    pub(crate) async fn act(&mut self, operation: &Operation, words: &[(&str, &str)]) -> Result<http::Answer, Stop> {
        let answer = http::invoke(&mut self.client, operation, Some(&self.session), words).await;
        self.client.close();
        Ok(answer?)
    }

    /// Has an account removed.
    pub(crate) async fn remove(&mut self, user: &str) -> Result<Access, Stop> {
        let operation = doing(&self.interface, Purpose::RemoveAccount)?.clone();
        let access = Access::of(&self.act(&operation, &[("user", user)]).await?);
        if access.is_granted() {
            self.made.retain(|each| each != user);
        }
        Ok(access)
    }

    /// Tries to log in on a connection of its own.
    pub(crate) async fn enter(&self, user: &str, password: &str) -> Result<(Client, Attempt), Stop> {
        let mut client = Client::new(self.bench.permit()?);
        let _turn = self.bench.hold(&log_ins(&self.component.id)).await;
        let attempt = http::log_in(&mut client, login_of(&self.interface)?, check_of(&self.interface)?, user, password).await?;
        client.close();
        Ok((client, attempt))
    }

    /// Whether this user is let in with this password. That the product would not look at the attempt, or answers neither way,
    /// says nothing of them.
    pub(crate) async fn lets_in(&self, user: &str, password: &str) -> Result<bool, Stop> {
        let (_, attempt) = self.enter(user, password).await?;
        let _seen = self.bench.record("whether an account of the test is let in", &attempt)?;
        match attempt.accepted {
            Accepted::Accepted => Ok(true),
            Accepted::Refused => Ok(false),
            Accepted::Throttled(said) => Err(Stop::missing(format!("a log-in was put off ({said}): let the product rest, and run again"))),
            Accepted::Unclear(said) => Err(Stop::missing(format!("whether a log-in was accepted stays unclear ({said})"))),
        }
    }

    /// Logs in, which must work.
    pub(crate) async fn entered(&self, made: &Made) -> Result<(Client, Session), Stop> {
        let (client, attempt) = self.enter(&made.user, &made.password).await?;
        let _seen = self.bench.record("the log-in of an account that the test made", &attempt)?;
        let session =
            attempt.session.ok_or_else(|| Stop::missing(format!("a new account could not log in (status {})", attempt.status)))?;
        Ok((client, session))
    }

    /// Whether the session of whoever makes accounts still counts: then a refusal of others is about them.
    pub(crate) async fn is_well(&mut self) -> Result<bool, Stop> {
        let well = is_alive(&mut self.client, &self.interface, &self.session).await;
        self.client.close();
        well
    }

    /// Removes what was made, in a new session if need be, and says beside the outcome what could not be removed.
    pub(crate) async fn close(mut self, outcome: Outcome) -> Outcome {
        let mut left = self.remove_all().await;
        if !left.is_empty()
            && let Ok((client, session)) = sign_in(&self.bench, &self.component.id, &self.interface, &self.keeper).await
        {
            (self.client, self.session) = (client, session);
            left = self.remove_all().await;
        }
        let told = left.into_iter().map(|user| format!("account `{user}` may still be there: remove it by hand"));
        let _kept = self.bench.record("the removal of the accounts that the test made", &self.made)?;
        match outcome {
            Ok(ruling) => Ok(told.fold(ruling, Ruling::note)),
            Err(Stop::Inconclusive(why)) => Err(Stop::Inconclusive(std::iter::once(why).chain(told).collect::<Vec<_>>().join("; "))),
            Err(stop) => Err(stop),
        }
    }

    /// Removes each account as often as that works, at most twice, and names those of which none could be removed.
    async fn remove_all(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        for user in self.made.clone() {
            match self.remove(&user).await {
                Ok(access) if access.is_granted() => {}
                // what was never made, or ended by itself, is not there to be removed
                Ok(_) if matches!(self.is_listed(&user).await, Ok(Some(false))) => self.made.retain(|each| *each != user),
                _ => left.push(user),
            }
        }
        left
    }

    /// Whether the list of accounts names this user; none where the profile declares no list or it cannot be read.
    pub(crate) async fn is_listed(&mut self, user: &str) -> Result<Option<bool>, Stop> {
        let Ok(operation) = doing(&self.interface, Purpose::ListAccounts).cloned() else { return Ok(None) };
        let answer = self.act(&operation, &[]).await?;
        Ok(Access::of(&answer).is_granted().then(|| answer.text().contains(user)))
    }
}
