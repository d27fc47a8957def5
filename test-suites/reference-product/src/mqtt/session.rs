//! One client's connection to the broker.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Result, bail};
use bytes::BytesMut;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    time::{Instant, sleep_until, timeout},
};

use super::{
    broker::{Broker, valid},
    dialect::{Dialect, Entry, Said, level},
};
use crate::{
    Fault,
    accounts::{Door, Login, Role},
    world::World,
};

/// How long a client may take for its first packet.
const FIRST: Duration = Duration::from_secs(10);
/// How long a client without keep-alive may be silent.
const SILENCE: Duration = Duration::from_mins(10);
/// The answer to a client of another version: `CONNACK`, unacceptable protocol version.
const OTHER_VERSION: &[u8] = &[0x20, 2, 0, 1];

/// Who came in, and what they may use.
enum Guest {
    /// An account.
    Account(String, Role),
    /// Nobody in particular.
    Anonymous,
}

impl Guest {
    fn may_use(&self, topic: &str, world: &World) -> bool {
        match self {
            _ if world.has(Fault::MqttNoAcl) => true,
            Self::Account(_, Role::Admin) => true,
            Self::Account(user, Role::Viewer) => topic
                .strip_prefix("dishwasher/")
                .and_then(|rest| rest.strip_prefix(user.as_str()))
                .is_some_and(|rest| rest.starts_with('/')),
            Self::Anonymous => false,
        }
    }
}

/// Talks with one client until it leaves.
///
/// # Errors
/// If the connection breaks, the client breaks the protocol or stays silent too long.
pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, peer: SocketAddr, world: &World, broker: &Broker) -> Result<()> {
    let mut inbox = BytesMut::new();
    let first = timeout(FIRST, first_packet(&mut stream, &mut inbox)).await??;
    let Some((dialect, credentials, keep_alive)) = first else {
        stream.write_all(OTHER_VERSION).await?;
        return Ok(stream.shutdown().await?);
    };
    let guest = admit(credentials, peer, world);
    let entry = guest.as_ref().map_or_else(|entry| *entry, |_| Entry::Welcome);
    stream.write_all(&dialect.connack(entry)?).await?;
    stream.flush().await?;
    if let Ok(guest) = guest {
        let silence = if keep_alive == 0 { SILENCE } else { Duration::from_millis(u64::from(keep_alive) * 1500) };
        let (number, mailbox) = broker.enter();
        let session = Session { dialect, guest, world, broker, number, pkid: 0 };
        let result = session.serve(&mut stream, inbox, mailbox, silence).await;
        broker.leave(number);
        result?;
    }
    Ok(stream.shutdown().await?)
}

type First = (Dialect, Option<(String, String)>, u16);

async fn first_packet(stream: &mut (impl AsyncRead + Unpin), inbox: &mut BytesMut) -> Result<Option<First>> {
    loop {
        let dialect = match level(inbox)? {
            None => None,
            Some(4) => Some(Dialect::V4),
            Some(5) => Some(Dialect::V5),
            Some(_) => return Ok(None),
        };
        if let Some(dialect) = dialect
            && let Some(said) = dialect.read(inbox)?
        {
            let Said::Connect(credentials, keep_alive) = said else { bail!("the first packet is not a CONNECT") };
            return Ok(Some((dialect, credentials, keep_alive)));
        }
        if stream.read_buf(inbox).await? == 0 {
            bail!("the client left")
        }
    }
}

fn admit(credentials: Option<(String, String)>, peer: SocketAddr, world: &World) -> Result<Guest, Entry> {
    let Some((user, password)) = credentials else {
        return if world.has(Fault::MqttAnonymous) { Ok(Guest::Anonymous) } else { Err(Entry::Refused) };
    };
    match world.login(Door::Mqtt, &user, &password, peer) {
        Login::Ok(_) if world.is_expelled(&user) => Err(Entry::Refused),
        Login::Ok(role) => Ok(Guest::Account(user, role)),
        Login::Wrong if world.has(Fault::AnyDevice) && world.accounts.is_of_somebody(Door::Mqtt, &password) => {
            Ok(Guest::Account(user, Role::Viewer))
        }
        Login::Wrong => Err(Entry::Wrong),
        Login::Locked(_) => Err(Entry::Refused),
    }
}

struct Session<'a> {
    dialect: Dialect,
    guest: Guest,
    world: &'a World,
    broker: &'a Broker,
    number: u64,
    pkid: u16,
}

impl Session<'_> {
    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
        mut self,
        stream: &mut S,
        mut inbox: BytesMut,
        mut mailbox: tokio::sync::mpsc::Receiver<super::broker::Message>,
        silence: Duration,
    ) -> Result<()> {
        let mut heard = Instant::now();
        loop {
            if matches!(&self.guest, Guest::Account(user, _) if self.world.is_expelled(user)) {
                return Ok(());
            }
            while let Some(said) = self.dialect.read(&mut inbox)? {
                let Some(answer) = self.answer(said)? else { return Ok(()) };
                stream.write_all(&answer).await?;
            }
            stream.flush().await?;
            tokio::select! {
                read = stream.read_buf(&mut inbox) => {
                    if read? == 0 {
                        return Ok(());
                    }
                    heard = Instant::now();
                }
                Some(message) = mailbox.recv() => {
                    self.pkid = self.pkid % u16::MAX + 1;
                    stream.write_all(&self.dialect.publish(&message.topic, &message.payload, message.qos, self.pkid)?).await?;
                }
                () = sleep_until(heard + silence) => bail!("the client was silent for too long"),
            }
        }
    }

    /// The answer to a packet; none ends the session.
    fn answer(&self, said: Said) -> Result<Option<BytesMut>> {
        Ok(Some(match said {
            Said::Disconnect => return Ok(None),
            Said::Connect(..) => bail!("a second CONNECT"),
            Said::Other => BytesMut::new(),
            Said::Ping => self.dialect.pingresp()?,
            Said::Publish(_, _, 2.., _) => bail!("quality of service 2 is not supported"),
            Said::Publish(topic, payload, qos, pkid) => {
                let allowed = self.guest.may_use(&topic, self.world) && !topic.contains(['+', '#']);
                if allowed {
                    self.broker.publish(&topic, &payload, qos);
                }
                if qos == 0 { BytesMut::new() } else { self.dialect.puback(pkid, allowed)? }
            }
            Said::Subscribe(pkid, filters) => {
                let granted: Vec<_> = filters.iter().map(|(filter, qos)| self.subscribe(filter, *qos)).collect();
                self.dialect.suback(pkid, &granted)?
            }
            Said::Unsubscribe(pkid, filters) => {
                for filter in &filters {
                    self.broker.unsubscribe(self.number, filter);
                }
                self.dialect.unsuback(pkid, filters.len())?
            }
        }))
    }

    fn subscribe(&self, filter: &str, qos: u8) -> Option<u8> {
        let allowed = valid(filter) && self.guest.may_use(filter, self.world) && self.broker.subscribe(self.number, filter, qos.min(1));
        allowed.then(|| qos.min(1))
    }
}
