//! Debug services: is there a shell, a debug bridge or a remote log-in that is open or not declared?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::Component;
use assay_model::safety::{Method, Safety};
use assay_probes::ports::Service;
use assay_probes::{ssh_auth, telnet};
use serde::Serialize;

use super::scan::{self, Ports};

pub(super) const TEST: Test = Test {
    id: "access/debug-services",
    title: "No debug service is left open",
    shows: &["LA(IFC).3"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| !component.interfaces.is_empty()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &[SOURCE],
    limits: "debug services at ports that were not scanned, on a serial line or a test pad, or that wait for a secret first message",
};

const SOURCE: &str = "EN 303 645 5.6-4; SP 800-53 CM-7";
/// The user that a forgotten way in mostly belongs to.
const ROOT: &str = "root";

/// What was found beside the scan.
#[derive(Default, Serialize)]
struct Facts {
    /// Ways in, each with what is wrong about it.
    open: Vec<String>,
    /// Open, undeclared ports of which it is not known what answers there.
    unknown: Vec<u16>,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (scanned, seen) = scan::ports(&bench).await?;
    let mut facts = Facts::default();
    let looked = look(&bench, &component, &scanned, &mut facts).await;
    let seen = seen.and(bench.record("services for debugging and remote log-in", &facts)?);
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: "debug services closed, or declared and behind a log-in".to_owned(),
        observed,
        source: SOURCE.to_owned(),
    };
    let open = format!("tcp {{{}}} open", scan::list(&scanned.tcp.open));
    if !facts.open.is_empty() {
        let ways = facts.open.join("; ");
        return seen.fail(finding(format!("{ways}: remove it from production software, or declare it and ask for a log-in"), open));
    }
    looked?;
    if let Some(doubt) = scanned.doubt(&component) {
        return seen.inconclusive(finding(doubt, open));
    }
    if !facts.unknown.is_empty() {
        let why = format!("what answers at the undeclared port tcp {} is not known: look by hand, or close it", scan::list(&facts.unknown));
        return seen.inconclusive(finding(why, open));
    }
    let control = seen.control(format!("the same look recognised services of this component: {}", scanned.spoken()));
    seen.pass(control, finding("no shell, debug bridge or undeclared remote log-in answers".to_owned(), open))
}

async fn look(bench: &Bench, component: &Component, scanned: &Ports, facts: &mut Facts) -> Result<(), Stop> {
    let declared = scan::declared(component, false);
    for service in &scanned.services {
        let declared = declared.contains(&service.port);
        match service.name.as_deref() {
            None if !declared => facts.unknown.push(service.port),
            None => {}
            Some(name) => facts.open.extend(way_in(bench, component, service, name, declared).await?),
        }
    }
    Ok(())
}

/// What is wrong about a service as a way in, if anything.
async fn way_in(bench: &Bench, component: &Component, service: &Service, name: &str, declared: bool) -> Result<Option<String>, Stop> {
    let permit = bench.permit_port(component, service.port)?;
    let port = service.port;
    let undeclared = (!declared).then(|| format!("tcp {port} offers {name} and is not declared"));
    let found = match name {
        "shell" | "telnet" => match telnet::log_in(&permit, None, "").await {
            Ok(attempt) if attempt.shell_without_login => Some(format!("tcp {port} gives a shell without any log-in")),
            Err(error) if declared => return Err(error.into()),
            Ok(_) | Err(_) => undeclared,
        },
        "ssh" => match ssh_auth::methods(&permit, ROOT).await {
            Ok(fact) if fact.none_accepted => Some(format!("tcp {port} lets `{ROOT}` in by SSH without any credential")),
            Err(error) if declared => return Err(error.into()),
            Ok(_) | Err(_) => undeclared,
        },
        "adb" if service.banner.starts_with("CNXN") => Some(format!("tcp {port} is an Android debug bridge that asks for no key")),
        "adb" => undeclared,
        _ => None,
    };
    Ok(found)
}
