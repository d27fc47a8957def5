//! A scan of TCP ports by connecting.

use std::collections::BTreeMap;

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

/// Tasks alive at the same time; how many of them connect is for the budget to say.
const ALIVE: usize = 256;
/// Passes over every port.
const FULL_PASSES: u8 = 2;
/// Times that a silent port is asked in all. Each time the operating system repeats its first packet by itself.
const SILENT_ASKS: u8 = 3;
/// Times that a port is asked in all while its answers differ.
const MOST_ASKS: u8 = 5;

/// What a scan of TCP ports saw. Each port is counted in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpScan {
    /// Ports that took a connection, ascending.
    pub open: Vec<u16>,
    /// How many ports refused one.
    pub closed: usize,
    /// Ports from which nothing came back, or an intermediary's "unreachable".
    pub filtered: Vec<u16>,
    /// Passes made; those after the second concern silent and unstable ports alone.
    pub passes: u8,
    /// Ports that took a connection one time and refused it another.
    pub unstable: Vec<u16>,
}

/// One answer of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Open,
    Closed,
    Silent,
    Unreachable,
}

/// All answers of a port, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    open: u8,
    closed: u8,
    silent: u8,
}

impl Tally {
    fn add(&mut self, answer: Answer) {
        match answer {
            Answer::Open => self.open += 1,
            Answer::Closed => self.closed += 1,
            Answer::Silent | Answer::Unreachable => self.silent += 1,
        }
    }

    /// Whether it is worth asking once more after this many passes.
    fn open_question(self, passes: u8) -> bool {
        let differs = [self.open, self.closed, self.silent].iter().filter(|count| **count > 0).count() > 1;
        passes < FULL_PASSES || (self.silent > 0 && passes < SILENT_ASKS) || (differs && passes < MOST_ASKS)
    }
}

/// Scans these TCP ports twice, as fast as the budget allows, and asks again where no answer came or answers differ.
///
/// # Errors
/// [`Error::Unreachable`] when that is the answer for every port; [`Error::Budget`], [`Error::Local`].
pub async fn tcp(permit: &Permit, ports: &[u16]) -> Result<TcpScan> {
    let mut tallies: BTreeMap<u16, Tally> = ports.iter().map(|port| (*port, Tally::default())).collect();
    let mut passes = 0;
    loop {
        let ask: Vec<u16> = tallies.iter().filter(|(_, tally)| tally.open_question(passes)).map(|(port, _)| *port).collect();
        if ask.is_empty() {
            return Ok(sum_up(&tallies, passes));
        }
        for (port, answer) in pass(permit, &ask).await? {
            tallies.entry(port).or_default().add(answer);
        }
        passes += 1;
    }
}

fn sum_up(tallies: &BTreeMap<u16, Tally>, passes: u8) -> TcpScan {
    let mut scan = TcpScan { open: Vec::new(), closed: 0, filtered: Vec::new(), passes, unstable: Vec::new() };
    for (port, tally) in tallies {
        match (tally.open, tally.closed) {
            (0, 0) => scan.filtered.push(*port),
            (_, 0) => scan.open.push(*port),
            (0, _) => scan.closed += 1,
            _ => scan.unstable.push(*port),
        }
    }
    scan
}

/// Asks each of these ports once.
async fn pass(permit: &Permit, ports: &[u16]) -> Result<Vec<(u16, Answer)>> {
    let mut tasks = JoinSet::new();
    let mut answers = Vec::with_capacity(ports.len());
    let mut unreachable = None;
    for port in ports {
        if tasks.len() >= ALIVE {
            collect(tasks.join_next().await, &mut answers, &mut unreachable)?;
        }
        let (port, permit) = (*port, permit.at_port(*port));
        tasks.spawn(async move { (port, permit.tcp().await.map(drop)) });
    }
    while let Some(done) = tasks.join_next().await {
        collect(Some(done), &mut answers, &mut unreachable)?;
    }
    match unreachable {
        Some(error) if answers.iter().all(|(_, answer)| *answer == Answer::Unreachable) => Err(error),
        _ => Ok(answers),
    }
}

type Done = std::result::Result<(u16, Result<()>), tokio::task::JoinError>;

fn collect(done: Option<Done>, answers: &mut Vec<(u16, Answer)>, unreachable: &mut Option<Error>) -> Result<()> {
    let Some(done) = done else { return Ok(()) };
    let (port, outcome) = done.map_err(|error| Error::Local(format!("a task of the port scan broke off: {error}")))?;
    let answer = match outcome {
        // the system tells a reset in answer to the first packet as refused: this one came after the connection stood
        Ok(()) | Err(Error::Reset(_) | Error::Closed(_)) => Answer::Open,
        Err(Error::Refused(_)) => Answer::Closed,
        Err(Error::TimedOut { .. }) => Answer::Silent,
        Err(error @ Error::Unreachable(..)) => {
            *unreachable = Some(error);
            Answer::Unreachable
        }
        Err(error) => return Err(error),
    };
    answers.push((port, answer));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{nothing, permit, serve};

    #[tokio::test]
    async fn open_and_closed_ports_are_told_apart() {
        let open = serve(|_stream| async {}).await;
        let closed = nothing().await;
        let scan = tcp(&permit(1), &[open, closed]).await.unwrap();
        assert_eq!(scan, TcpScan { open: vec![open], closed: 1, filtered: vec![], passes: 2, unstable: vec![] });
    }

    #[tokio::test]
    async fn ten_thousand_ports() {
        let ports: Vec<u16> = (20_000..30_000).collect();
        let scan = tcp(&permit(1), &ports).await.unwrap();
        assert_eq!(scan.open.len() + scan.closed + scan.filtered.len() + scan.unstable.len(), 10_000);
    }

    #[test]
    fn only_doubtful_ports_are_asked_again() {
        let steady = Tally { open: 2, closed: 0, silent: 0 };
        let silent = Tally { open: 0, closed: 0, silent: 2 };
        let torn = Tally { open: 1, closed: 3, silent: 0 };
        assert_eq!([steady, silent, torn].map(|tally| tally.open_question(2)), [false, true, true]);
        assert_eq!([steady, silent, torn].map(|tally| tally.open_question(4)), [false, false, true]);
        let scan = sum_up(&[(1, steady), (2, silent), (3, torn)].into(), 5);
        assert_eq!((scan.open, scan.filtered, scan.unstable), (vec![1], vec![2], vec![3]));
    }
}
