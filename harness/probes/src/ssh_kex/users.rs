//! How a user is answered before any credential: by the method `none`, to the question whether a fresh public key would
//! do, and to a request that breaks off inside the key.

use assay_wire::{Error, Permit, Result};

use super::connection::Connection;
use super::facts::{UserAnswers, UserComparison};
use super::message::{self, AUTH_FAILURE, AUTH_KEY_OK, AUTH_SUCCESS, SERVICE_ACCEPT, SERVICE_REQUEST};
use super::secret::random;
use crate::handshake::counted;

/// A user that no product has.
pub(super) const STRANGER: &str = "assay-no-such-user";

/// Asks for the service that authenticates users. What the server tells of its extensions comes before the answer.
pub(super) async fn service(connection: &mut Connection) -> Result<()> {
    connection.send(&[vec![SERVICE_REQUEST], counted(4, b"ssh-userauth")].concat()).await?;
    connection.expect(&[SERVICE_ACCEPT]).await.map(drop)
}

/// Asks by the method `none`; and the rest, if `closely`, as far as the budget of failed log-ins goes.
pub(super) async fn answers(connection: &mut Connection, permit: &Permit, user: &str, closely: bool) -> Result<UserAnswers> {
    connection.send(&message::auth_request(user, "none", &[])).await?;
    let answer = connection.expect(&[AUTH_FAILURE, AUTH_SUCCESS]).await?;
    let banner = connection.login_banner.clone();
    let mut found = UserAnswers { user: user.to_owned(), banner, ..UserAnswers::default() };
    if answer.first() == Some(&AUTH_SUCCESS) {
        found.none_accepted = true;
        return Ok(found);
    }
    (found.methods, found.partial) = message::refusal(&answer).ok_or_else(|| connection.malformed("its refusal cannot be read"))?;
    if !closely || !found.methods.iter().any(|method| method == "publickey") {
        return Ok(found);
    }
    let key = random::<32>().map_err(|why| Error::Local(why.to_owned()))?;
    let kind = counted(4, b"ssh-ed25519");
    let blob = counted(4, &[kind.clone(), counted(4, &key)].concat());
    let whole = [vec![0], kind.clone(), blob].concat();
    found.key_query = ask(connection, permit, user, &whole).await?;
    if found.key_query.as_deref() != Some(HUNG_UP) {
        // the key says that it is longer than the packet
        let broken = [vec![0], kind, vec![0, 0, 0x7f, 0xff, 1]].concat();
        found.broken_request = ask(connection, permit, user, &broken).await?;
    }
    Ok(found)
}

const HUNG_UP: &str = "the connection ended";

/// What is said to a request by public key. None when no failed log-in is left.
async fn ask(connection: &mut Connection, permit: &Permit, user: &str, request: &[u8]) -> Result<Option<String>> {
    if permit.spend_login().is_err() {
        return Ok(None);
    }
    connection.send(&message::auth_request(user, "publickey", request)).await?;
    Ok(Some(match connection.expect(&[AUTH_FAILURE, AUTH_KEY_OK, AUTH_SUCCESS]).await {
        Ok(answer) if answer.first() == Some(&AUTH_KEY_OK) => "the key would do".to_owned(),
        Ok(answer) if answer.first() == Some(&AUTH_SUCCESS) => "let in".to_owned(),
        Ok(answer) => {
            let (methods, partial) = message::refusal(&answer).unwrap_or_default();
            format!("refused, {} can continue{}", methods.join(","), if partial { ", partial success" } else { "" })
        }
        Err(Error::Closed(_) | Error::Reset(_)) => HUNG_UP.to_owned(),
        Err(error) => match &connection.goodbye {
            Some(words) => format!("disconnected: {words}"),
            None => return Err(error),
        },
    }))
}

/// In what the answers differ, in words.
pub(super) fn compare(known: &UserAnswers, stranger: UserAnswers) -> UserComparison {
    let mut differences = Vec::new();
    let mut differ = |what: &str, one: String, other: String| {
        // where a user's name stands in an answer, that alone is no difference
        if one.replace(&known.user, "") != other.replace(&stranger.user, "") {
            differences.push(format!("{what}: `{one}` for {}, `{other}` for {}", known.user, stranger.user));
        }
    };
    differ("methods offered", known.methods.join(","), stranger.methods.join(","));
    differ("the method none", known.none_accepted.to_string(), stranger.none_accepted.to_string());
    differ("partial success", known.partial.to_string(), stranger.partial.to_string());
    differ("banner", known.banner.clone().unwrap_or_default(), stranger.banner.clone().unwrap_or_default());
    for (what, one, other) in [
        ("a public key that is not known", &known.key_query, &stranger.key_query),
        ("a request that breaks off", &known.broken_request, &stranger.broken_request),
    ] {
        if let (Some(one), Some(other)) = (one, other) {
            differ(what, one.clone(), other.clone());
        }
    }
    UserComparison { stranger, differences }
}
