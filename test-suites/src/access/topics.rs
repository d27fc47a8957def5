//! Two MQTT accounts side by side, each with a topic of its own.

use std::time::Duration;

use assay_engine::{Bench, Stop};
use assay_model::profile::Topics;
use assay_probes::mqtt::{self, Collected, Connect, Connected, Message, Reply, Session};
use assay_wire::Permit;
use serde::Serialize;

/// How long a message that must not come is waited for, once one that must come has come.
const GRACE: Duration = Duration::from_millis(300);

/// A subscription beyond the account's rights.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Reach {
    pub(super) filter: String,
    /// What the broker said to it.
    pub(super) reply: String,
    /// Whether the other account's message came through it.
    pub(super) leaked: bool,
}

/// What was seen; what is recorded.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Facts {
    /// Whether each account received its own message on its own topic.
    own: Option<bool>,
    foreign: Option<bool>,
    pub(super) filters: Vec<Reach>,
    /// Whether a message of the account was delivered on the other's topic.
    pub(super) foreign_written: Option<bool>,
}

/// The accounts and their topics.
pub(super) struct Trial {
    bench: Bench,
    permit: Permit,
    answer: Duration,
    pub(super) topics: Topics,
}

impl Trial {
    pub(super) fn new(bench: &Bench) -> Result<Self, Stop> {
        let interface = bench.interface()?;
        let missing =
            || Stop::missing(format!("`{}` declares no topics: add two accounts and a topic of each to the profile", interface.id));
        let topics = interface.topics.clone().ok_or_else(missing)?;
        let permit = bench.permit()?;
        let answer = permit.deadlines().answer;
        Ok(Self { bench: bench.clone(), permit, answer, topics })
    }

    pub(super) async fn go(&self, facts: &mut Facts) -> Result<(), Stop> {
        let topics = &self.topics;
        let mut account = self.session(&topics.account, "assay-1").await?;
        let mut other = self.session(&topics.foreign_account, "assay-2").await?;
        facts.own = Some(self.hears_itself(&mut account, &topics.account, &topics.own).await?);
        facts.foreign = Some(self.hears_itself(&mut other, &topics.foreign_account, &topics.foreign).await?);
        drop(account);
        for filter in self.filters() {
            let found = self.listen_in(&mut other, &filter).await?;
            facts.filters.push(found);
        }
        facts.foreign_written = Some(self.write_foreign(&mut other).await?);
        Ok(())
    }

    /// Everything, everything of the broker, the other's topic, and the topics around it.
    fn filters(&self) -> Vec<String> {
        let foreign = &self.topics.foreign;
        let mut filters = vec!["#".to_owned(), foreign.clone()];
        if let Some((around, _)) = foreign.rsplit_once('/') {
            filters.push(format!("{around}/#"));
        }
        filters.push(vec!["+"; foreign.split('/').count()].join("/"));
        filters
    }

    async fn session(&self, account: &str, client: &str) -> Result<Session, Stop> {
        let profile = self.bench.profile();
        let known = profile.account(account).ok_or_else(|| Stop::missing(format!("there is no account `{account}`: mend `topics`")))?;
        let login = Connect::password(client, &known.user, &self.bench.secret(known)?);
        match mqtt::connect_any(&self.permit, &login).await?.1 {
            Connected::Accepted(session) => Ok(*session),
            Connected::Refused(code) => Err(Stop::missing(format!("account `{account}` was refused ({}): mend its secret", code.name))),
            Connected::Closed => Err(Stop::missing(format!("the broker hung up on account `{account}`: mend its secret"))),
        }
    }

    /// Subscribes and publishes to the account's own topic: the message must come back.
    async fn hears_itself(&self, session: &mut Session, account: &str, topic: &str) -> Result<bool, Stop> {
        let refused = |what: &str| Stop::missing(format!("account `{account}` may not {what} `{topic}`: mend `topics` in the profile"));
        if !session.subscribe(topic).await?.is_granted() {
            return Err(refused("subscribe to"));
        }
        if !self.publish_and_hear(session, topic).await? {
            return Err(refused("publish to"));
        }
        Ok(true)
    }

    /// Whether a message that is published here is received here.
    async fn publish_and_hear(&self, session: &mut Session, topic: &str) -> Result<bool, Stop> {
        let nonce = self.nonce();
        session.publish(topic, nonce.as_bytes(), true).await?;
        came(&session.collect(self.answer, |all| holds(all, &nonce)).await?, &nonce)
    }

    /// Subscribes as the account, publishes as the other one, and sees whether the message comes through.
    async fn listen_in(&self, other: &mut Session, filter: &str) -> Result<Reach, Stop> {
        let mut account = self.session(&self.topics.account, "assay-1").await?;
        let reply = account.subscribe(filter).await?;
        let found = |leaked| Reach { filter: filter.to_owned(), reply: words(&reply), leaked };
        if !reply.is_granted() {
            return Ok(found(false));
        }
        let nonce = self.nonce();
        other.publish(&self.topics.foreign, nonce.as_bytes(), true).await?;
        if !came(&other.collect(self.answer, |all| holds(all, &nonce)).await?, &nonce)? {
            return Err(Stop::Inconclusive(format!("`{}` stopped receiving its own messages", self.topics.foreign_account)));
        }
        let leaked = account.collect(GRACE, |all| holds(all, &nonce)).await?;
        Ok(found(came(&leaked, &nonce)?))
    }

    /// Publishes to the other's topic; what the other one publishes afterwards must come, and so would this.
    async fn write_foreign(&self, other: &mut Session) -> Result<bool, Stop> {
        let mut account = self.session(&self.topics.account, "assay-1").await?;
        let (foreign, marker) = (self.nonce(), self.nonce());
        account.publish(&self.topics.foreign, foreign.as_bytes(), true).await?;
        other.publish(&self.topics.foreign, marker.as_bytes(), true).await?;
        let mut all = other.collect(self.answer, |all| holds(all, &marker)).await?;
        if !came(&all, &marker)? {
            return Err(Stop::Inconclusive(format!("`{}` stopped receiving its own messages", self.topics.foreign_account)));
        }
        let late = other.collect(GRACE, |all| holds(all, &foreign)).await?;
        all.messages.extend(late.messages);
        all.cut |= late.cut;
        came(&all, &foreign)
    }

    fn nonce(&self) -> String {
        format!("assay-{}", self.bench.now().unix_timestamp_nanos())
    }
}

/// Whether this message came. Where more came than is kept, that it is not there shows nothing.
fn came(found: &Collected, nonce: &str) -> Result<bool, Stop> {
    match (holds(&found.messages, nonce), found.cut) {
        (false, true) => Err(Stop::Inconclusive(format!(
            "the broker sent more than is kept ({} messages were), so that a message may have come unseen: test it when it is quiet",
            found.messages.len()
        ))),
        (came, _) => Ok(came),
    }
}

fn holds(messages: &[Message], nonce: &str) -> bool {
    messages.iter().any(|message| message.payload == nonce.as_bytes())
}

fn words(reply: &Reply) -> String {
    match reply {
        Reply::Granted(_) => "was granted, and nothing came".to_owned(),
        Reply::Refused(code) => format!("was refused ({})", code.name),
        Reply::Disconnected(_) => "ended the connection".to_owned(),
        Reply::Sent => "was not answered".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cut_off_does_not_show_that_nothing_came() {
        let message = Message { topic: "t".to_owned(), payload: b"nonce".to_vec(), ..Message::default() };
        let told = |messages: &[Message], cut| came(&Collected { messages: messages.to_vec(), cut }, "nonce");
        assert!(matches!((told(&[], false), told(std::slice::from_ref(&message), true)), (Ok(false), Ok(true))));
        assert!(matches!(told(&[], true), Err(Stop::Inconclusive(why)) if why.contains("more than is kept")));
    }
}
