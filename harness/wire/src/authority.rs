//! Who may be spoken to, and how hard.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use assay_model::event::Spent;
use assay_model::profile::{Budget, Interface, Profile};

use crate::clock::Deadlines;
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::pace::Pace;
use crate::permit::Permit;
use crate::secrets::Secrets;
use crate::turn::Gates;

/// One address that the profile names.
#[derive(Debug, Clone)]
pub struct Host {
    /// The component.
    pub component: String,
    /// The sample of it that stands there.
    pub sample: String,
    /// Where.
    pub address: IpAddr,
}

/// The addresses that a run may touch, each with its budget. Nothing else can be reached through this crate.
#[derive(Debug, Clone)]
pub struct Authority {
    hosts: Arc<BTreeMap<(String, String), Arc<HostState>>>,
    secrets: Secrets,
}

/// A host and what is left of its budget.
#[derive(Debug)]
pub(crate) struct HostState {
    pub(crate) address: IpAddr,
    pub(crate) deadlines: Deadlines,
    pub(crate) pace: Pace,
    pub(crate) gates: Gates,
}

impl Authority {
    /// An authority over these hosts. Every host has a budget of its own; `secrets` are blotted out of evidence.
    pub fn new(hosts: Vec<Host>, budget: &Budget, secrets: Secrets) -> Self {
        let state = |host: Host| {
            let state =
                HostState { address: host.address, deadlines: Deadlines::from(budget), pace: Pace::new(budget), gates: Gates::default() };
            ((host.component, host.sample), Arc::new(state))
        };
        Self { hosts: Arc::new(hosts.into_iter().map(state).collect()), secrets }
    }

    /// An authority over the addresses that a profile names. Host names are resolved once, here: a name that points
    /// elsewhere later cannot lead the run astray.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when a name does not resolve.
    pub async fn of_profile(profile: &Profile) -> Result<Self> {
        let samples = profile.samples.iter().map(|sample| (&sample.component, &sample.id, &sample.address));
        let components = profile.components.iter().map(|component| (&component.id, &component.sample, &component.address));
        let mut hosts = Vec::new();
        for (component, sample, address) in components.chain(samples) {
            hosts.push(Host { component: component.clone(), sample: sample.clone(), address: resolve(address).await? });
        }
        Ok(Self::new(hosts, &profile.budget, Secrets::default()))
    }

    /// A permit for one endpoint that the user named, with a budget of its own. TLS asks for the host by its name, if
    /// it has one. What is said is not kept.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when the name does not resolve.
    pub async fn endpoint(host: &str, port: u16, budget: &Budget) -> Result<Permit> {
        let address = resolve(host).await?;
        let state = HostState { address, deadlines: Deadlines::from(budget), pace: Pace::new(budget), gates: Gates::default() };
        let name = host.parse::<IpAddr>().is_err().then(|| host.to_owned());
        Ok(Permit::for_endpoint(Arc::new(state), port, name, Ledger::forgetful()))
    }

    /// A permit to speak to this interface of this sample of a component. What is said is kept in `ledger`.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] when the profile names no such component and sample.
    pub fn permit(&self, component: &str, sample: &str, interface: &Interface, ledger: &Ledger) -> Result<Permit> {
        let host = self.host(component, sample)?;
        Ok(Permit::new(Arc::clone(host), interface, ledger.clone(), self.secrets.clone()))
    }

    /// A permit for a port of a component that the profile does not name as an interface, to see what is there.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] when the profile names no such component and sample.
    pub fn permit_port(&self, component: &str, sample: &str, port: u16, ledger: &Ledger) -> Result<Permit> {
        let host = self.host(component, sample)?;
        Ok(Permit::for_port(Arc::clone(host), port, ledger.clone(), self.secrets.clone()))
    }

    /// The address of a component's sample.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] when the profile names no such component and sample.
    pub fn address(&self, component: &str, sample: &str) -> Result<IpAddr> {
        self.host(component, sample).map(|host| host.address)
    }

    /// The addresses of all hosts.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.hosts.values().map(|host| host.address)
    }

    /// How much was sent to each host so far.
    pub fn spent(&self) -> Vec<Spent> {
        let spent = |((component, sample), host): (&(String, String), &Arc<HostState>)| Spent {
            component: component.clone(),
            sample: sample.clone(),
            connections: host.pace.connections.load(Ordering::Relaxed),
            refusals: host.pace.refusals.load(Ordering::Relaxed),
            failed_logins: host.pace.failed_logins(),
        };
        self.hosts.iter().map(spent).collect()
    }

    /// Takes out of the budgets what the interrupted part of the run has spent already.
    pub fn charge(&self, spent: &[Spent]) {
        for each in spent {
            if let Ok(host) = self.host(&each.component, &each.sample) {
                host.pace.charge(each.connections, each.refusals, each.failed_logins);
            }
        }
    }

    /// What must not stand in evidence.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Whether one of the hosts has this address.
    pub(crate) fn knows(&self, address: IpAddr) -> bool {
        self.hosts.values().any(|host| host.address == address)
    }

    fn host(&self, component: &str, sample: &str) -> Result<&Arc<HostState>> {
        self.hosts
            .get(&(component.to_owned(), sample.to_owned()))
            .ok_or_else(|| Error::NotPermitted(format!("the profile names no component `{component}` with a sample `{sample}`")))
    }
}

async fn resolve(address: &str) -> Result<IpAddr> {
    if let Ok(address) = address.parse() {
        return Ok(address);
    }
    let unknown = |why: String| Error::Unreachable(address.to_owned(), why);
    let mut found = tokio::net::lookup_host((address, 0)).await.map_err(|error| unknown(error.to_string()))?;
    found.next().map(|found| found.ip()).ok_or_else(|| unknown("the name has no address".to_owned()))
}
