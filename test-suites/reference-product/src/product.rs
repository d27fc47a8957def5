//! Starting and stopping the product.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use crate::{
    Addresses, Fault, Misfit, Turn, backend_api, backend_updates, captures, coap, collector, device_web,
    events::Kind,
    ftp, hub_web, mdns, misfit, mqtt,
    net::Tasks,
    papers, ports, snmp, ssh,
    state::{State, Subject},
    telnet,
    update::Updates,
    world::{Faults, Place, Shared, World},
};

/// The product's profile, with the addresses of block 127.77.0 and paths for a reader outside the state directory.
const PROFILE: &str = include_str!("../../../device-profiles/reference-product.toml");
const KNOWN_KEYS: &str = include_str!("../fixtures/known-keys.txt");

/// A part of the product that can run in a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The first sample of the device.
    Device,
    /// Its second sample.
    Sample,
    /// The hub.
    Hub,
    /// The backend.
    Backend,
}

impl Part {
    /// All parts.
    pub const ALL: &[Self] = &[Self::Device, Self::Sample, Self::Hub, Self::Backend];
}

/// How the product is to be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is wrong with it.
    pub faults: BTreeSet<Fault>,
    /// Where its parts are.
    pub addresses: Addresses,
    /// The folder for its keys, secrets and packages; made if it is not there.
    pub state: PathBuf,
    /// How it misbehaves at all declared ports, if it does.
    pub misfit: Option<Misfit>,
    /// When it turns bad, if it does.
    pub turn: Option<Turn>,
    /// Which parts run.
    pub parts: BTreeSet<Part>,
}

impl Default for Settings {
    /// The good product, all parts, in block 127.77.0, with its state in `reference-product.state`.
    fn default() -> Self {
        Self {
            faults: BTreeSet::new(),
            addresses: Addresses::default(),
            state: PathBuf::from("reference-product.state"),
            misfit: None,
            turn: None,
            parts: Part::ALL.iter().copied().collect(),
        }
    }
}

/// A running product; it ends when dropped, and at once with [`Product::stop`].
pub struct Product {
    profile: String,
    tasks: Tasks,
    device: Option<Arc<World>>,
}

impl Product {
    /// Its profile, for a reader in the state directory; also there as `profile.toml`.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// What somebody at the product answers to a question of a test, by the question's name; nothing where nobody can tell.
    pub fn person(&self) -> impl Fn(&str) -> Option<String> + Send + Sync + 'static {
        let device = self.device.clone();
        move |question| {
            let device = device.as_ref()?;
            match question {
                "configuration/display/shown" => Some(device.value("shown")),
                "configuration/update-notice/announced" | "configuration/update-notice/silent" => {
                    Some(if device.value("announced").is_empty() { "not-shown" } else { "shown" }.to_owned())
                }
                _ => None,
            }
        }
    }

    /// Ends it; all its ports are free afterwards.
    pub async fn stop(self) {
        self.tasks.stop().await;
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        drop(self.tasks.abort());
    }
}

/// Starts the product; all its ports are open when this returns.
///
/// # Errors
/// If the state directory cannot be used or a port cannot be bound.
pub async fn start(settings: Settings) -> anyhow::Result<Product> {
    let mut product = Product { profile: profile(&settings), tasks: Tasks::of(settings.turn), device: None };
    let faults = Faults::new(settings.faults.clone());
    let worlds = prepare(&settings, &faults, &product)?;
    product.device = worlds.iter().find(|world| world.place == Place::Device).cloned();
    if let Some(misfit) = settings.misfit {
        misfit::serve(misfit, &settings.addresses, settings.parts.iter().copied(), &product.tasks).await?;
        return Ok(product);
    }
    for world in &worlds {
        match world.place {
            Place::Device | Place::SecondDevice => serve_device(world).await?,
            Place::Hub => {
                hub_web::serve(world).await?;
                mqtt::serve(world).await?;
            }
            Place::Backend => {
                backend_api::serve(world).await?;
                backend_updates::serve(world).await?;
                collector::serve(world).await?;
            }
        }
    }
    Ok(product)
}

/// Whether every part of a product with these settings takes a connection at its web interface, in this process or another.
pub async fn is_up(settings: &Settings) -> bool {
    let own = &settings.addresses;
    for part in &settings.parts {
        let web = match part {
            Part::Device => (own.device, 8443),
            Part::Sample => (own.second_device, 8443),
            Part::Hub => (own.hub, 8443),
            Part::Backend => (own.backend, 9443),
        };
        if tokio::net::TcpStream::connect(web).await.is_err() {
            return false;
        }
    }
    true
}

/// Makes the state directory complete, and what the components share; no listening yet.
fn prepare(settings: &Settings, faults: &Faults, product: &Product) -> anyhow::Result<Vec<Arc<World>>> {
    let state = State::open(&settings.state)?;
    let collector = Subject { name: "collector.dishwasher.test", address: Some(settings.addresses.collector), days_left: 300 };
    state.write_identity("collector", &collector)?;
    state.write("known-keys.txt", KNOWN_KEYS)?;
    let leads = settings.parts.contains(&Part::Device) || !state.has("profile.toml");
    let updates = Arc::new(Updates::prepare(&state, faults, leads)?);
    if leads {
        state.write("profile.toml", &product.profile)?;
        papers::write(&state)?;
        captures::write(&state, faults)?;
    }
    let shared = Shared { state: &state, tasks: &product.tasks, updates: &updates };
    let places = settings.parts.iter().map(|part| match part {
        Part::Device => Place::Device,
        Part::Sample => Place::SecondDevice,
        Part::Hub => Place::Hub,
        Part::Backend => Place::Backend,
    });
    places.map(|place| World::new(place, &settings.addresses, faults, &shared)).collect()
}

async fn serve_device(world: &Arc<World>) -> anyhow::Result<()> {
    world.log.record(Kind::Boot, world.at(0), true, "system", "started");
    device_web::serve(world).await?;
    ssh::serve(world).await?;
    coap::serve(world).await?;
    mdns::serve(world).await?;
    telnet::serve(world).await?;
    ftp::serve(world).await?;
    snmp::serve(world).await?;
    ports::serve(world).await
}

/// The profile with the product's own addresses, and paths relative to the state directory.
fn profile(settings: &Settings) -> String {
    let own = &settings.addresses;
    let mut parts = PROFILE.split("127.77.0.");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut rest = part.chars();
        let address = match rest.next() {
            Some('1') => own.device,
            Some('2') => own.hub,
            Some('3') => own.backend,
            Some('4') => own.second_device,
            _ => own.collector,
        };
        text.push_str(&address.to_string());
        text.push_str(rest.as_str());
    }
    if settings.faults.contains(&Fault::PackageWeakSignature) {
        text = text.replace("name = \"Ed25519\"", "name = \"RSA\"");
    }
    text.replace("reference-product.state/", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_up_from_start_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { addresses: Addresses::claim(), state: folder.path().to_owned(), ..Settings::default() };
        assert!(!is_up(&settings).await);
        let product = start(settings.clone()).await.unwrap();
        assert!(is_up(&settings).await);
        product.stop().await;
        assert!(!is_up(&settings).await);
    }
}
