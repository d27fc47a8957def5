//! Messages that are kept one by one: questions to name servers, and DHCP.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use serde::Serialize;

use crate::facts::Transport;
use crate::recognise::dns::Message;
use crate::recognise::{Dhcp, Service};

/// A question to a name server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Query {
    /// When it was asked; over TCP, when the connection began.
    pub at: Option<u64>,
    /// The flow, by its place in the list.
    pub flow: usize,
    /// Who asks.
    pub asker: IpAddr,
    /// Who is asked.
    pub server: IpAddr,
    /// The port that it is asked from.
    pub port: u16,
    /// The number that question and answer share.
    pub id: u16,
    /// The name.
    pub name: String,
    /// The number of the type asked for: 1 for an IPv4 address, 28 for an IPv6 address.
    pub kind: u16,
    /// What carries it.
    pub over: Transport,
    /// The service.
    pub service: Service,
    /// The response code of the first answer; 0 is success.
    pub answered: Option<u8>,
    /// Answers behind the first: the same packet again, or a forgery.
    pub more_answers: u64,
}

/// How questions over UDP from one asker to one server spread over ports and numbers (RFC 5452, section 9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Who asks.
    pub asker: IpAddr,
    /// Who is asked.
    pub server: IpAddr,
    /// Questions, counting those with the same port, number, name and type once.
    pub queries: u64,
    /// Ports used.
    pub ports: usize,
    /// The least and the greatest port.
    pub port_range: [u16; 2],
    /// Numbers used.
    pub ids: usize,
    /// The least and the greatest number.
    pub id_range: [u16; 2],
    /// Questions whose port is one more than that of the question before.
    pub port_steps: u64,
    /// Questions whose number is one more than that of the question before.
    pub id_steps: u64,
}

/// A message of DHCP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lease {
    /// When.
    pub at: Option<u64>,
    /// The flow, by its place in the list.
    pub flow: usize,
    /// Who sent it.
    pub from: IpAddr,
    /// To whom.
    pub to: IpAddr,
    /// What it says.
    #[serde(flatten)]
    pub said: Dhcp,
}

/// Where a message was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) at: Option<u64>,
    pub(crate) flow: usize,
    pub(crate) over: Transport,
    pub(crate) from: (IpAddr, u16),
    pub(crate) to: (IpAddr, u16),
}

/// Questions, found again by their answers.
#[derive(Debug, Default)]
pub(crate) struct Queries {
    list: Vec<Query>,
    /// The latest question of a flow by its number, name and type.
    open: HashMap<(usize, u16, String, u16), usize>,
}

impl Queries {
    /// Takes a message; whether there was room.
    pub(crate) fn add(&mut self, message: &Message, service: Service, seen: Seen, most: usize) -> bool {
        for (name, kind) in &message.questions {
            let key = (seen.flow, message.id, name.clone(), *kind);
            if message.is_answer {
                if let Some(query) = self.open.get(&key).and_then(|place| self.list.get_mut(*place)) {
                    query.more_answers += u64::from(query.answered.is_some());
                    query.answered = query.answered.or(Some(message.code));
                }
                continue;
            }
            if self.list.len() >= most {
                return false;
            }
            self.open.insert(key, self.list.len());
            let ((asker, port), (server, _)) = (seen.from, seen.to);
            let (name, answered) = (name.clone(), None);
            let Seen { at, flow, over, .. } = seen;
            self.list.push(Query {
                at,
                flow,
                asker,
                server,
                port,
                id: message.id,
                name,
                kind: *kind,
                over,
                service,
                answered,
                more_answers: 0,
            });
        }
        true
    }

    pub(crate) fn into_list(self) -> Vec<Query> {
        self.list
    }
}

/// How the questions spread.
pub(crate) fn spreads(queries: &[Query]) -> Vec<Spread> {
    let mut pairs: BTreeMap<(IpAddr, IpAddr), Vec<(u16, u16)>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for query in queries.iter().filter(|query| query.over == Transport::Udp && query.service == Service::Dns) {
        if known.insert((query.asker, query.server, query.port, query.id, query.name.as_str(), query.kind)) {
            pairs.entry((query.asker, query.server)).or_default().push((query.port, query.id));
        }
    }
    let each = pairs.into_iter().map(|((asker, server), asked)| {
        let ports: BTreeSet<u16> = asked.iter().map(|(port, _)| *port).collect();
        let ids: BTreeSet<u16> = asked.iter().map(|(_, id)| *id).collect();
        let range = |all: &BTreeSet<u16>| [all.first(), all.last()].map(|end| end.copied().unwrap_or_default());
        let steps = |of: fn(&(u16, u16)) -> u16| {
            asked.iter().zip(asked.iter().skip(1)).map(|(one, next)| u64::from(of(one).wrapping_add(1) == of(next))).sum()
        };
        Spread {
            asker,
            server,
            queries: asked.len().try_into().unwrap_or(u64::MAX),
            ports: ports.len(),
            port_range: range(&ports),
            ids: ids.len(),
            id_range: range(&ids),
            port_steps: steps(|asked| asked.0),
            id_steps: steps(|asked| asked.1),
        }
    });
    each.collect()
}
