//! Does a service that is switched off stay closed, also after a restart, until it is switched on again?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use serde::Serialize;

use crate::setting::{Attempt, Setting, restoring};
use crate::support::{RESTART, Restart, restart};

/// Looks at a port until it must be open or closed, and the time between two of them.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

pub(super) const TEST: Test = Test {
    id: "configuration/service-off",
    title: "Does a service that is switched off stay closed, also after a restart, until it is switched on again?",
    shows: &["LA(IFC).3"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[RESTART],
    applies: |subject| subject.component().is_some_and(|component| switches(component).next().is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-7", "EN 303 645 5.6-1"],
    limits: "services over UDP, services without a declared switch, and interfaces that are switched by hand",
};

/// What was seen of one service.
#[derive(Debug, Serialize)]
struct Service {
    name: String,
    before: Port,
    change: Attempt,
    off: Port,
    restart: Result<Restart, String>,
    restarted: Port,
    again: Port,
}

/// Whether a port takes connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum Port {
    Open,
    Closed,
}

/// The switches of services over TCP: where they are, and the interface that they govern.
fn switches(component: &Component) -> impl Iterator<Item = (&Interface, &Operation, &Interface)> {
    component.doing(Purpose::SetService).filter_map(move |(interface, operation)| {
        let governed = component.interface(operation.governs.as_deref()?)?;
        let other = governed.id != interface.id && !governed.speaks.is_udp();
        (other && operation.is_setting() && interface.speaks.is_http()).then_some((interface, operation, governed))
    })
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    restoring(&bench, &component, Box::pin(look(&bench, &component))).await
}

async fn look(bench: &Bench, component: &Component) -> Outcome {
    let mut services = Vec::new();
    for (interface, operation, governed) in switches(component) {
        services.push(switch(bench, component, interface, operation, governed).await?);
    }
    let seen = bench.record("each service on, off, after a restart, and on again", &services)?;
    let told = |each: &Service| format!("{}: off {:?}, after a restart {:?}", each.name, each.off, each.restarted);
    let observed = services.iter().map(told).collect::<Vec<_>>().join("; ");
    let finding = |reason: String| Finding {
        reason,
        expected: "the port closes when the service is switched off, stays closed over a restart, and opens when it is switched on"
            .to_owned(),
        observed,
        ..Finding::default()
    };
    if let Some(bad) = services.iter().find(|each| each.before == Port::Open && each.change.took_effect() && each.off == Port::Open) {
        return seen.fail(finding(format!("`{}` still takes connections after it was switched off: close its port", bad.name)));
    }
    let returned = |each: &&Service| {
        let restarted = each.restart.as_ref().is_ok_and(Restart::took_place);
        restarted && each.before == Port::Open && each.off == Port::Closed && each.restarted == Port::Open
    };
    if let Some(bad) = services.iter().find(returned) {
        return seen.fail(finding(format!(
            "`{}` takes connections again after a restart, although it was switched off: keep the setting",
            bad.name
        )));
    }
    if let Some(odd) = services.iter().find_map(doubt) {
        return seen.inconclusive(finding(odd));
    }
    let control = seen.control("by the same look each service was open before it was switched off, and again after it was switched on");
    seen.pass(control, finding("every service that was switched off was closed, before and after a restart".to_owned()))
}

fn doubt(service: &Service) -> Option<String> {
    let name = &service.name;
    match &service.restart {
        _ if service.before == Port::Closed => Some(format!("`{name}` was not open at first: switch it on, and run this again")),
        _ if !service.change.took_effect() => Some(format!("`{name}` could not be switched off: the value read back did not change")),
        Err(why) => Some(format!("`{name}` closes when it is switched off; whether it stays closed over a restart is open: {why}")),
        Ok(restart) if !restart.took_place() => {
            Some(format!("the component was not seen to go down, so whether `{name}` stays off over a restart is open"))
        }
        Ok(_) => {
            (service.again == Port::Closed).then(|| format!("`{name}` did not open when it was switched on again: look at it by hand"))
        }
    }
}

async fn switch(
    bench: &Bench,
    component: &Component,
    interface: &Interface,
    operation: &Operation,
    governed: &Interface,
) -> Result<Service, Stop> {
    let mut setting = Setting::open(bench, component, interface, operation).await?;
    let before = look_at(bench, component, governed).await?;
    let change = setting.change_rightly().await?;
    setting.rest();
    let off = becomes(bench, component, governed, Port::Closed).await?;
    let restart = match restart(bench, component).await {
        Ok(restart) => Ok(restart),
        Err(Stop::Inconclusive(why) | Stop::NotRun(why)) => Err(why),
        Err(error) => return Err(error),
    };
    // a service that comes back may need a moment more than the rest
    let restarted = becomes(bench, component, governed, Port::Open).await?;
    let mut setting = Setting::open(bench, component, interface, operation).await?;
    let _back = setting.set(&change.before).await?;
    setting.rest();
    let again = becomes(bench, component, governed, Port::Open).await?;
    Ok(Service { name: governed.id.clone(), before, change, off, restart, restarted, again })
}

/// What the port is at last: as wanted, as soon as it is, or what it was at the last look.
async fn becomes(bench: &Bench, component: &Component, interface: &Interface, wanted: Port) -> Result<Port, Stop> {
    for _ in 1..LOOKS {
        if look_at(bench, component, interface).await? == wanted {
            return Ok(wanted);
        }
        bench.wait(PAUSE).await;
    }
    look_at(bench, component, interface).await
}

async fn look_at(bench: &Bench, component: &Component, interface: &Interface) -> Result<Port, Stop> {
    match bench.permit_for(&component.id, interface)?.tcp().await {
        Ok(_) => Ok(Port::Open),
        Err(error) if error.is_ours() => Err(error.into()),
        Err(_) => Ok(Port::Closed),
    }
}
