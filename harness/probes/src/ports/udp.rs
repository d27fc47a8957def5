//! A scan of UDP ports by asking each in its own protocol.

use std::collections::BTreeMap;
use std::time::Duration;

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::payloads::payload;

/// Tasks alive at the same time.
const ALIVE: usize = 64;
/// Times that a silent port is asked: datagrams get lost, and hosts limit their "port unreachable".
const ASKS: usize = 3;
/// The longest wait for an answer to one datagram.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a scan of UDP ports saw. Each port is in one list, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UdpScan {
    /// Ports that sent a datagram back.
    pub answered: Vec<u16>,
    /// Ports that the host reported as unreachable.
    pub closed: Vec<u16>,
    /// Ports from which nothing came: open and mute, or filtered.
    pub silent: Vec<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Answered,
    Closed,
    Silent,
}

/// Scans these UDP ports, each with a datagram that fits the protocol usual there. Silent ones are asked again.
///
/// # Errors
/// [`Error::Unreachable`], [`Error::Budget`], [`Error::Local`].
pub async fn udp(permit: &Permit, ports: &[u16]) -> Result<UdpScan> {
    let mut all: BTreeMap<u16, Answer> = ports.iter().map(|port| (*port, Answer::Silent)).collect();
    for _ in 0..ASKS {
        let silent: Vec<u16> = all.iter().filter(|(_, answer)| **answer == Answer::Silent).map(|(port, _)| *port).collect();
        all.extend(pass(permit, &silent).await?);
    }
    let mut scan = UdpScan::default();
    for (port, answer) in all {
        match answer {
            Answer::Answered => scan.answered.push(port),
            Answer::Closed => scan.closed.push(port),
            Answer::Silent => scan.silent.push(port),
        }
    }
    Ok(scan)
}

async fn pass(permit: &Permit, ports: &[u16]) -> Result<Vec<(u16, Answer)>> {
    let mut tasks = JoinSet::new();
    let mut answers = Vec::with_capacity(ports.len());
    for port in ports {
        if tasks.len() >= ALIVE {
            collect(tasks.join_next().await, &mut answers)?;
        }
        let (port, permit) = (*port, permit.at_port(*port));
        tasks.spawn(async move { (port, ask(&permit, port).await) });
    }
    while let Some(done) = tasks.join_next().await {
        collect(Some(done), &mut answers)?;
    }
    Ok(answers)
}

type Done = std::result::Result<(u16, Result<Answer>), tokio::task::JoinError>;

fn collect(done: Option<Done>, answers: &mut Vec<(u16, Answer)>) -> Result<()> {
    if let Some(done) = done {
        let (port, answer) = done.map_err(|error| Error::Local(format!("a task of the port scan broke off: {error}")))?;
        answers.push((port, answer?));
    }
    Ok(())
}

async fn ask(permit: &Permit, port: u16) -> Result<Answer> {
    let mut datagrams = permit.udp().await?;
    datagrams.set_patience(PATIENCE.min(permit.deadlines().answer));
    let answer = match datagrams.send(&payload(port)).await {
        Ok(()) => datagrams.receive().await.map(drop),
        Err(error) => Err(error),
    };
    match answer {
        Ok(()) => Ok(Answer::Answered),
        Err(Error::Refused(_) | Error::Reset(_)) => Ok(Answer::Closed),
        Err(Error::TimedOut { .. }) => Ok(Answer::Silent),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{permit, serve_udp};

    #[tokio::test]
    async fn the_three_answers_of_udp() {
        let answers = serve_udp(|bytes| vec![bytes.to_vec()]).await;
        let mute = serve_udp(|_| vec![]).await;
        let scan = udp(&permit(1), &[answers, mute, 9]).await.unwrap();
        assert_eq!(scan, UdpScan { answered: vec![answers], closed: vec![9], silent: vec![mute] });
    }
}
