//! Opening a session with a broker.

use std::fmt;

use assay_model::profile::Speaks;
use assay_wire::{ClientIdentity, Error, Permit, Result, TlsOptions, Turn};

use super::codec::{Code, Packet, Send, Version};
use super::session::Session;

/// How the harness presents itself to a broker.
#[derive(Clone, Default)]
pub struct Connect {
    /// The client identifier.
    pub client_id: String,
    /// User and password; anonymous when absent.
    pub login: Option<(String, String)>,
    /// The client certificate, where TLS is spoken and one is asked for.
    pub identity: Option<ClientIdentity>,
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl Connect {
    /// Without any credential.
    pub fn anonymous(client_id: &str) -> Self {
        Self { client_id: client_id.to_owned(), ..Self::default() }
    }

    /// With a user and a password.
    pub fn password(client_id: &str, user: &str, password: &str) -> Self {
        Self { login: Some((user.to_owned(), password.to_owned())), ..Self::anonymous(client_id) }
    }

    /// With a client certificate.
    pub fn certificate(client_id: &str, identity: ClientIdentity) -> Self {
        Self { identity: Some(identity), ..Self::anonymous(client_id) }
    }

    fn has_credential(&self) -> bool {
        self.login.is_some() || self.identity.is_some()
    }
}

/// What a broker says to a client.
#[derive(Debug)]
pub enum Connected {
    /// It lets the client in.
    Accepted(Box<Session>),
    /// It refuses, and says why.
    Refused(Code),
    /// It ends the connection once it has seen the client's credential, without a word.
    Closed,
}

/// Opens a session in one version of the protocol. A log-in is taken out of the budget when a credential is sent,
/// and given back when the broker accepts it.
///
/// # Errors
/// Those of a connection; [`Error::Handshake`] when TLS was refused, as it is where a client certificate is missing
/// or unknown; [`Error::TimedOut`] when the broker says nothing; [`Error::Malformed`] when it does not speak MQTT;
/// [`Error::Budget`] when no failed log-in is left.
pub async fn connect(permit: &Permit, version: Version, options: &Connect) -> Result<Connected> {
    let mut turn = None;
    if options.has_credential() {
        turn = Some(permit.turn_to_log_in().await?);
    }
    let connected = open(permit, version, options, turn.as_mut()).await;
    if let Some(turn) = turn {
        match &connected {
            Ok(Connected::Accepted(_)) => turn.accepted(),
            // a log-in in another version of the protocol is not looked at
            Ok(Connected::Refused(code)) if code.is_about_version() => turn.unsent(),
            Ok(Connected::Refused(code)) if code.is_about_rights() => turn.refused(),
            _ => drop(turn),
        }
    }
    connected
}

async fn open(permit: &Permit, version: Version, options: &Connect, turn: Option<&mut Turn>) -> Result<Connected> {
    // a certificate is shown while TLS is set up, a password only after it
    let (early, late) = if options.identity.is_some() { (turn, None) } else { (None, turn) };
    early.map_or(Ok(()), Turn::send)?;
    let link = if permit.speaks().is_some_and(Speaks::is_tls) {
        permit.tls(&TlsOptions { identity: options.identity.clone(), ..TlsOptions::default() }).await?
    } else {
        permit.tcp().await?
    };
    late.map_or(Ok(()), Turn::send)?;
    let mut session = Session::new(link, version, permit.deadlines().answer);
    let login = options.login.as_ref().map(|(user, password)| (user.as_str(), password.as_str()));
    let asked = match session.send(Send::Connect { client_id: &options.client_id, login }).await {
        Ok(()) => session.next().await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(Packet::ConnAck(code)) if code.code == 0 => Ok(Connected::Accepted(Box::new(session))),
        Ok(Packet::ConnAck(code) | Packet::Disconnect(code)) => Ok(Connected::Refused(code)),
        Ok(_) => Err(session.malformed("it answers CONNECT with something else than CONNACK")),
        Err(Error::Closed(_) | Error::Reset(_)) => Ok(Connected::Closed),
        Err(error) => Err(error),
    }
}

/// Opens a session in MQTT 5, or in 3.1.1 where the broker does not know 5 (it says so, or hangs up).
///
/// # Errors
/// As [`connect`].
pub async fn connect_any(permit: &Permit, options: &Connect) -> Result<(Version, Connected)> {
    let hung_up = match connect(permit, Version::V5, options).await? {
        Connected::Refused(code) if code.is_about_version() => false,
        Connected::Closed => true,
        other => return Ok((Version::V5, other)),
    };
    // a hang-up at a version that is not known is no failed log-in
    if options.has_credential() && hung_up {
        permit.return_login();
    }
    Ok((Version::V311, connect(permit, Version::V311, options).await?))
}
