//! Which names stood for which addresses, by the answers of name servers.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use serde::Serialize;

use crate::recognise::Service;
use crate::recognise::dns::{Data, Message};

/// Names of one address that a flow carries, and that are looked at to find them.
const OF_ONE: usize = 8;
const LOOKED_AT: usize = 1024;

/// A name and an address that it stood for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    /// The name that was asked for, or that a record is of; in small letters.
    pub name: String,
    /// The address.
    pub address: IpAddr,
    /// Who was told; nobody in particular for an answer to a group.
    pub asker: Option<IpAddr>,
    /// When this was first told.
    pub first: Option<u64>,
    /// By which service.
    pub service: Service,
}

/// All names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    list: Vec<Name>,
    by_address: HashMap<IpAddr, Vec<usize>>,
    known: HashSet<(IpAddr, Option<IpAddr>, Service, String)>,
}

impl Names {
    /// Takes an answer; whether there was room for all its names.
    pub(crate) fn add(&mut self, message: &Message, service: Service, to: IpAddr, at: Option<u64>, most: usize) -> bool {
        let asker = Some(to).filter(|to| !to.is_multicast());
        let mut room = true;
        let told = message.records.iter().filter_map(|(owner, data)| match data {
            Data::Address(address) => Some((owner, *address)),
            _ => None,
        });
        for (owner, address) in told {
            for name in aliases(message, owner) {
                room &= self.note(Name { name: name.to_owned(), address, asker, first: at, service }, most);
            }
        }
        room
    }

    fn note(&mut self, name: Name, most: usize) -> bool {
        let key = (name.address, name.asker, name.service, name.name.clone());
        if self.known.contains(&key) {
            return true;
        }
        if self.list.len() >= most {
            return false;
        }
        self.known.insert(key);
        self.by_address.entry(name.address).or_default().push(self.list.len());
        self.list.push(name);
        true
    }

    /// The names that an address had been given, to one who then uses it, by a time; the latest first.
    pub(crate) fn of(&self, address: IpAddr, user: Option<IpAddr>, at: Option<u64>) -> Vec<String> {
        let places = self.by_address.get(&address).into_iter().flatten().rev().take(LOOKED_AT);
        let known = places.filter_map(|place| self.list.get(*place));
        let earlier = known.filter(|name| name.first.zip(at).is_none_or(|(first, at)| first <= at));
        let mut names: Vec<String> = Vec::new();
        for name in earlier.filter(|name| name.asker.is_none() || name.asker == user) {
            if names.len() < OF_ONE && !names.contains(&name.name) {
                names.push(name.name.clone());
            }
        }
        names
    }

    pub(crate) fn into_list(self) -> Vec<Name> {
        self.list
    }
}

/// The owner of an address and the names that lead to it by aliases, the one asked for last.
fn aliases<'a>(message: &'a Message, owner: &'a str) -> Vec<&'a str> {
    let mut names = vec![owner];
    for _ in 0..OF_ONE {
        let leads = |(from, data): &&(String, Data)| {
            matches!(data, Data::Alias(to) if names.last().is_some_and(|last| last == to)) && !names.contains(&from.as_str())
        };
        let Some((from, _)) = message.records.iter().find(leads) else { break };
        names.push(from);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_followed_and_time_counts() {
        let address = IpAddr::from([10, 0, 0, 5]);
        let alias = |from: &str, to: &str| (from.to_owned(), Data::Alias(to.to_owned()));
        let records = vec![alias("a", "b"), alias("b", "c"), alias("c", "a"), ("c".to_owned(), Data::Address(address))];
        let message = Message { id: 1, is_answer: true, code: 0, questions: vec![], records };
        let mut names = Names::default();
        let [user, other] = [1, 2].map(|last| IpAddr::from([10, 0, 0, last]));
        assert!(names.add(&message, Service::Dns, user, Some(5), 3) && names.add(&message, Service::Dns, user, Some(6), 3));
        assert!(!names.add(&message, Service::Dns, other, Some(6), 3));
        let of = |user, at| names.of(address, Some(user), Some(at)).join(" ");
        assert_eq!((of(user, 5).as_str(), of(user, 4).as_str(), of(other, 7).as_str()), ("a b c", "", ""));
        assert_eq!(names.into_list().len(), 3);
    }
}
