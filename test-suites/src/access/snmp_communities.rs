//! SNMP: does an agent answer to the communities that everybody knows?

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Test};
use assay_model::profile::{Component, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::snmp::{self, Version};
use assay_wire::{Error, Permit};
use serde::Serialize;

use super::door::is_community;
use super::scan::{self, Ports};

pub(super) const TEST: Test = Test {
    id: "access/snmp-communities",
    title: "SNMP does not answer to well-known communities",
    shows: &["LA(IFC).7"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| !component.interfaces.is_empty()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &[SOURCE],
    limits: "other communities than public and private, rights to write, users of version 3, and agents at ports that are neither declared nor usual",
};

const SOURCE: &str = "SP 800-53 CM-7; CVE-1999-0517";
const COMMUNITIES: [&str; 2] = ["public", "private"];
/// Where an agent usually is.
const USUAL: u16 = 161;
/// Where agents without the right to use low ports often are.
const ALSO_USUAL: u16 = 1161;

/// What one port made of the questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
enum Answer {
    /// The host says that nothing listens there.
    Closed,
    /// It answers to this community, in this version.
    Reads(String, Version, String),
    /// No answer to any well-known community, but to one of the profile.
    OwnOnly,
    /// No answer to any well-known community, but to a search for the agent's engine, which only version 3 has.
    EngineOnly,
    /// No answer at all.
    Silent,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (scanned, seen) = scan::ports(&bench).await?;
    let mut answers = Vec::new();
    let mut trouble = Ok(());
    for port in agents(&component, &scanned) {
        match ask(&bench, &component, port).await {
            Ok(answer) => answers.push((port, answer)),
            Err(stop) => trouble = Err(stop),
        }
    }
    let seen = seen.and(bench.record("SNMP with well-known communities", &answers)?);
    judge(&component, &scanned, &answers, trouble, seen)
}

fn judge(component: &Component, scanned: &Ports, answers: &[(u16, Answer)], trouble: Result<(), Stop>, seen: Seen) -> Outcome {
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: "no answer to the communities public and private in SNMP v1 and v2c".to_owned(),
        observed,
        source: SOURCE.to_owned(),
    };
    for (port, answer) in answers {
        if let Answer::Reads(community, version, value) = answer {
            let version = if *version == Version::V1 { "v1" } else { "v2c" };
            let reason = format!(
                "udp {port} answers to the community `{community}` in SNMP {version}: switch these versions off and use version 3 with \
                 authentication and privacy"
            );
            let value: String = value.chars().take(80).collect();
            return seen.fail(finding(reason, format!("sysDescr.0 at udp {port}: {value}")));
        }
    }
    trouble?;
    let silent: Vec<u16> = answers.iter().filter(|(_, answer)| *answer == Answer::Silent).map(|(port, _)| *port).collect();
    if !silent.is_empty() {
        let ports = scan::list(&silent);
        let why = format!(
            "udp {ports} is silent, so a filter and an agent with other communities look the same: scan without a filter, or declare the \
             agent with an account that holds its community"
        );
        return seen.inconclusive(finding(why, format!("silent: udp {ports}")));
    }
    let ports = scan::list(&answers.iter().map(|(port, _)| *port).collect::<Vec<_>>());
    let control = if answers.iter().any(|(_, answer)| *answer == Answer::OwnOnly) {
        seen.control("the same question was answered to the agent's own community")
    } else if answers.iter().any(|(_, answer)| *answer == Answer::EngineOnly) {
        seen.control("the agent itself is reached: it answered a search for its engine in SNMP v3 at the same port")
    } else if let Some(doubt) = scanned.doubt(component) {
        return seen.inconclusive(finding(doubt, format!("closed: udp {ports}")));
    } else {
        seen.control(format!("the host reports the ports as closed, and is there: {} answered in the same scan", scanned.spoken()))
    };
    seen.pass(control, finding("no agent answers to a well-known community".to_owned(), format!("no such answer from udp {ports}")))
}

/// The declared ports of agents and the usual ones.
fn agents(component: &Component, scanned: &Ports) -> Vec<u16> {
    let declared = component.interfaces.iter().filter(|each| each.speaks == Speaks::Snmp).map(|each| each.port);
    let answering = scanned.udp.answered.iter().copied().filter(|port| *port == ALSO_USUAL);
    let mut ports: Vec<u16> = declared.chain([USUAL]).chain(answering).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

async fn ask(bench: &Bench, component: &Component, port: u16) -> Result<Answer, Stop> {
    let permit = bench.permit_port(component, port)?;
    for version in [Version::V2c, Version::V1] {
        for community in COMMUNITIES {
            match get(&permit, version, community).await? {
                None => return Ok(Answer::Closed),
                Some(Some(value)) => return Ok(Answer::Reads(community.to_owned(), version, value)),
                Some(None) => {}
            }
        }
    }
    for interface in component.interfaces.iter().filter(|each| each.port == port && each.speaks == Speaks::Snmp) {
        for account in bench.profile().accounts_on(&component.id, &interface.id).filter(|account| is_community(account)) {
            if get(&permit, Version::V2c, &bench.secret(account)?).await?.flatten().is_some() {
                return Ok(Answer::OwnOnly);
            }
        }
    }
    let engine = snmp::discover(&permit).await?;
    Ok(if engine.is_some() { Answer::EngineOnly } else { Answer::Silent })
}

/// One question: nothing where the port is closed, else the answer, if any.
async fn get(permit: &Permit, version: Version, community: &str) -> Result<Option<Option<String>>, Stop> {
    match snmp::get(permit, version, community).await {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
