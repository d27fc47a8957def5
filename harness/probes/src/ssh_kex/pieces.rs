//! The pieces of a survey, each made by one task. What could not be obtained is told with its reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use assay_wire::{Error, Result};

use super::connection::Connection;
use super::crew::{Crew, is_busy};
use super::exchange::{self, Exchange, USUAL};
use super::facts::{Agreed, FirstProtocol, GroupAnswer, HostKey, Questions, UserAnswers};
use super::message::Algorithms;
use super::users;
use crate::handshake::Group;

/// Sizes that no server should choose a group for.
const SMALL: [u32; 3] = [512, 1024, 1536];
/// The size that RFC 8270 makes the least, alone.
const EXACT: [u32; 3] = [2048, 2048, 2048];
/// A size well above it.
const LARGE: [u32; 3] = [2048, 4096, 8192];

/// What all tasks share.
pub(super) struct Common {
    pub(super) crew: Crew,
    pub(super) offered: Algorithms,
    pub(super) questions: Questions,
}

/// Something found out.
pub(super) enum Piece {
    Key(HostKey),
    NoKey(String),
    AbsentKey(String),
    Group(GroupAnswer),
    NoGroup(String),
    Agreed(Agreed, BTreeMap<String, String>),
    NotAgreed(String),
    User(UserAnswers),
    Stranger(UserAnswers),
    NoUser(String),
    FirstProtocol(FirstProtocol),
}

/// The pieces of one task, or an error that ends the survey.
type Pieces = Result<Vec<Piece>>;

/// The first connection: a host key, sealed packets, extensions and the user.
pub(super) async fn lead(common: Arc<Common>, connection: Connection, kind: Option<String>) -> Pieces {
    let Some(kind) = kind else { return Ok(vec![Piece::NotAgreed("no host-key algorithm is offered".to_owned())]) };
    let mut found = Vec::new();
    if let Err(error) = speak(&common, connection, &kind, &mut found).await {
        serious(&error)?;
        if !found.iter().any(|piece| matches!(piece, Piece::Key(_))) {
            found.extend(one_key(Arc::clone(&common), kind).await?);
        }
        let why = error.to_string();
        if found.iter().any(|piece| matches!(piece, Piece::Agreed(..))) {
            found.push(Piece::NoUser(why));
        } else {
            found.push(Piece::NotAgreed(why));
        }
    }
    Ok(found)
}

async fn speak(common: &Common, mut connection: Connection, kind: &str, found: &mut Vec<Piece>) -> Result<()> {
    let offered = &common.offered;
    let kex = Exchange::cheapest(offered).ok_or_else(|| connection.malformed("no key exchange that can be begun here is offered"))?;
    let ours = exchange::speakable(offered, kex, kind);
    let lists = ours.clone().unwrap_or_else(|_| exchange::agreeing(offered, kex.name, kind));
    let begun = exchange::begin(&mut connection, offered, &lists, kex, USUAL, ours.is_ok()).await?;
    found.push(Piece::Key(begun.key.clone()));
    if let Err(why) = ours {
        found.push(Piece::NotAgreed(why.to_owned()));
        found.extend(common.questions.user.as_ref().map(|_| Piece::NoUser(why.to_owned())));
        return Ok(());
    }
    let agreed = exchange::finish(&mut connection, offered, &lists, kex, begun).await?;
    users::service(&mut connection).await?;
    found.push(Piece::Agreed(agreed, connection.extensions.clone()));
    if let Some(user) = &common.questions.user {
        let closely = common.questions.compare_users;
        found.push(Piece::User(users::answers(&mut connection, &common.crew.permit, user, closely).await?));
    }
    Ok(())
}

/// How a user that cannot exist is answered, on a connection of its own.
pub(super) async fn stranger(common: Arc<Common>) -> Pieces {
    let asked = match ask_stranger(&common.crew).await {
        Err(error) if is_busy(&error) => ask_stranger(&common.crew).await,
        other => other,
    };
    Ok(vec![match asked {
        Ok(answers) => Piece::Stranger(answers),
        Err(error) => {
            serious(&error)?;
            Piece::NoUser(error.to_string())
        }
    }])
}

async fn ask_stranger(crew: &Crew) -> Result<UserAnswers> {
    let (mut connection, offered) = crew.open().await?;
    let kind = offered.host_keys.first().cloned().unwrap_or_default();
    let (kex, ours) = session(&offered, &kind).map_err(|why| connection.malformed(why))?;
    let begun = exchange::begin(&mut connection, &offered, &ours, kex, USUAL, true).await?;
    exchange::finish(&mut connection, &offered, &ours, kex, begun).await?;
    users::service(&mut connection).await?;
    users::answers(&mut connection, &crew.permit, users::STRANGER, true).await
}

/// The key exchange and the lists by which a session can be set up, or what is missing.
fn session(offered: &Algorithms, kind: &str) -> std::result::Result<(Exchange, Algorithms), &'static str> {
    let kex = Exchange::cheapest(offered).ok_or("no key exchange that can be begun here is offered")?;
    Ok((kex, exchange::speakable(offered, kex, kind)?))
}

/// Whether a session can be set up at all.
pub(super) fn can_speak(offered: &Algorithms) -> bool {
    offered.host_keys.first().is_some_and(|kind| session(offered, kind).is_ok())
}

/// One host key, by the cheapest key exchange. Where the connection ends without a word each time, and another key is
/// shown right after, there is no key of this kind.
pub(super) async fn one_key(common: Arc<Common>, kind: String) -> Pieces {
    let Some(kex) = Exchange::cheapest(&common.offered) else {
        return Ok(vec![Piece::NoKey(format!("{kind}: no key exchange that can be begun here is offered"))]);
    };
    let mut read = key(&common, kex, &kind, USUAL).await;
    if read.as_ref().is_err_and(is_busy) {
        read = key(&common, kex, &kind, USUAL).await;
    }
    let error = match read {
        Ok((key, _)) => return Ok(vec![Piece::Key(key)]),
        Err(error) => error,
    };
    serious(&error)?;
    if let (Error::Closed(_) | Error::Reset(_), Some(other)) = (&error, common.offered.host_keys.iter().find(|other| **other != kind))
        && let Ok((other, _)) = key(&common, kex, other, USUAL).await
    {
        return Ok(vec![Piece::Key(other), Piece::AbsentKey(kind)]);
    }
    Ok(vec![Piece::NoKey(format!("{kind}: {error}"))])
}

async fn key(common: &Common, kex: Exchange, kind: &str, asked: [u32; 3]) -> Result<(HostKey, Option<Group>)> {
    let (mut connection, offered) = common.crew.open().await?;
    let ours = exchange::agreeing(&offered, kex.name, kind);
    let begun = exchange::begin(&mut connection, &offered, &ours, kex, asked, false).await?;
    Ok((begun.key, begun.group))
}

/// A group that should be refused, then one that should not: a connection that ends without a word is a refusal only
/// beside an answer right after.
pub(super) async fn small_and_exact_groups(common: Arc<Common>, kind: Option<String>) -> Pieces {
    let Some(kex) = Exchange::of_groups(&common.offered) else { return Ok(Vec::new()) };
    let small = request(&common, kex, SMALL).await;
    let mut found = sized_group(&common, kex, EXACT, kind).await?;
    let answered = found.iter().any(|piece| matches!(piece, Piece::Group(GroupAnswer { bits: Some(_), .. })));
    found.push(match small {
        Ok(Asked::Closed) if answered => Piece::Group(answer(kex, SMALL, Err("the connection ended".to_owned()))),
        Ok(Asked::Closed) => Piece::NoGroup(format!("{}: the connection ended, and so it did at a size in use", in_words(SMALL))),
        Ok(Asked::Answer(answer)) => Piece::Group(answer),
        Err(error) => {
            serious(&error)?;
            Piece::NoGroup(format!("{}: {error}", in_words(SMALL)))
        }
    });
    Ok(found)
}

/// A large group, and a host key with it.
pub(super) async fn large_group(common: Arc<Common>, kind: Option<String>) -> Pieces {
    let Some(kex) = Exchange::of_groups(&common.offered) else { return Ok(Vec::new()) };
    sized_group(&common, kex, LARGE, kind).await
}

/// A group of this size, and a host key of this kind with it.
async fn sized_group(common: &Arc<Common>, kex: Exchange, asked: [u32; 3], kind: Option<String>) -> Pieces {
    if let Some(kind) = &kind
        && let Ok((key, Some(group))) = key(common, kex, kind, asked).await
    {
        return Ok(vec![Piece::Key(key), Piece::Group(answer(kex, asked, Ok(group)))]);
    }
    let mut found = vec![match request(common, kex, asked).await {
        Ok(Asked::Answer(answer)) => Piece::Group(answer),
        Ok(Asked::Closed) => Piece::NoGroup(format!("{}: the connection ended", in_words(asked))),
        Err(error) => {
            serious(&error)?;
            Piece::NoGroup(format!("{}: {error}", in_words(asked)))
        }
    }];
    if let Some(kind) = kind {
        found.extend(one_key(Arc::clone(common), kind).await?);
    }
    Ok(found)
}

enum Asked {
    Answer(GroupAnswer),
    Closed,
}

/// Asks for a group of this size, and goes no further.
async fn request(common: &Common, kex: Exchange, asked: [u32; 3]) -> Result<Asked> {
    let (mut connection, offered) = common.crew.open().await?;
    match exchange::group(&mut connection, &offered, kex, asked).await {
        Ok(group) => Ok(Asked::Answer(answer(kex, asked, Ok(group)))),
        Err(Error::Closed(_) | Error::Reset(_)) => Ok(Asked::Closed),
        Err(error) => match connection.goodbye {
            Some(words) => Ok(Asked::Answer(answer(kex, asked, Err(words)))),
            None => Err(error),
        },
    }
}

fn answer(kex: Exchange, asked: [u32; 3], came: std::result::Result<Group, String>) -> GroupAnswer {
    let kex = kex.name.to_owned();
    match came {
        Ok(group) => GroupAnswer { kex, asked, bits: Some(group.bits), group: group.name, refused: None },
        Err(words) => GroupAnswer { kex, asked, bits: None, group: String::new(), refused: Some(words) },
    }
}

fn in_words([least, preferred, most]: [u32; 3]) -> String {
    format!("{least} to {most} bits, best {preferred}")
}

/// What SSH 1 shows.
pub(super) async fn first_protocol(common: Arc<Common>) -> Pieces {
    match common.crew.first_protocol().await {
        Ok(shown) => Ok(vec![Piece::FirstProtocol(shown)]),
        Err(error) => serious(&error).map(|()| Vec::new()),
    }
}

/// Errors that are no answer of the server, and end the survey.
fn serious(error: &Error) -> Result<()> {
    if error.is_ours() || matches!(error, Error::Budget(_)) { Err(error.clone()) } else { Ok(()) }
}
