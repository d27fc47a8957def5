//! What every face of one component shares.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::digest;

use crate::{
    Addresses, Fault, access_settings,
    accounts::{Account, Accounts, Door, Login, Role},
    clock, device_settings,
    events::{EventLog, Kind},
    net::Tasks,
    notes::Notes,
    notices::{Alarm, Notices},
    outbound::Outbound,
    power::Power,
    state::{Identity, State, Subject},
    syslog,
    update::Updates,
};

/// The model's name.
pub(crate) const MODEL: &str = "DW-100";

/// The faults that the product has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Arc<BTreeSet<Fault>>);

impl Faults {
    /// These faults.
    pub(crate) fn new(faults: BTreeSet<Fault>) -> Self {
        Self(Arc::new(faults))
    }

    /// Whether the product has this fault.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }
}

/// Which part of the product this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The device.
    Device,
    /// The second sample of the device.
    SecondDevice,
    /// The hub.
    Hub,
    /// The backend.
    Backend,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Device | Self::SecondDevice => "device",
            Self::Hub => "hub",
            Self::Backend => "backend",
        }
    }

    /// The name in the certificate.
    fn host(self) -> &'static str {
        match self {
            Self::Device | Self::SecondDevice => "dishwasher.test",
            Self::Hub => "hub.dishwasher.test",
            Self::Backend => "backend.dishwasher.test",
        }
    }

    /// The name of the place's keys in the state directory.
    fn keys(self, faults: &Faults) -> &'static str {
        match self {
            Self::SecondDevice if !faults.has(Fault::SharedKeys) => "second-device",
            Self::Device | Self::SecondDevice => "device",
            Self::Hub => "hub",
            Self::Backend => "backend",
        }
    }

    fn address(self, addresses: &Addresses) -> Ipv4Addr {
        match self {
            Self::Device => addresses.device,
            Self::SecondDevice => addresses.second_device,
            Self::Hub => addresses.hub,
            Self::Backend => addresses.backend,
        }
    }
}

/// What the components have in common.
#[derive(Clone, Copy)]
pub(crate) struct Shared<'a> {
    /// The state directory.
    pub(crate) state: &'a State,
    /// The product's tasks.
    pub(crate) tasks: &'a Tasks,
    /// The update packages.
    pub(crate) updates: &'a Arc<Updates>,
}

/// One component.
pub(crate) struct World {
    /// Which part it is.
    pub(crate) place: Place,
    /// Where it listens.
    pub(crate) address: Ipv4Addr,
    /// What is wrong with it.
    pub(crate) faults: Faults,
    /// Who may log in.
    pub(crate) accounts: Accounts,
    /// What happened.
    pub(crate) log: EventLog,
    /// What it tells beside its log.
    pub(crate) notices: Arc<Notices>,
    /// What users stored.
    pub(crate) notes: Notes,
    /// When it started, as it writes time.
    pub(crate) started: String,
    /// Its certificate and key.
    pub(crate) identity: Identity,
    /// The certificate and key of the backend's API, which some faults spoil.
    pub(crate) api_identity: Identity,
    /// What judges update packages.
    pub(crate) updates: Arc<Updates>,
    /// The pre-shared key of the identity `commissioner`, for CoAP over DTLS.
    pub(crate) psk: Vec<u8>,
    /// What it does of its own accord, as a device.
    pub(crate) outbound: Outbound,
    /// Its tasks; spawn all work through it.
    pub(crate) tasks: Tasks,
    /// What of it is switched on.
    pub(crate) power: Power,
    /// The devices that may not connect, by identifier.
    pub(crate) expelled: Mutex<BTreeSet<String>>,
    values: Mutex<BTreeMap<&'static str, String>>,
    seed: [u8; 32],
}

impl World {
    /// One component as the state directory describes it.
    pub(crate) fn new(place: Place, addresses: &Addresses, faults: &Faults, shared: &Shared<'_>) -> anyhow::Result<Arc<Self>> {
        let Shared { state, tasks, updates } = *shared;
        let address = place.address(addresses);
        let keys = place.keys(faults);
        let subject = Subject { name: place.host(), address: Some(address), days_left: 300 };
        let notices = Arc::new(Notices::new(faults.clone()));
        let export = match place {
            Place::Device | Place::SecondDevice => Some(syslog::start(addresses, address, Arc::clone(&notices), faults, shared)?),
            Place::Hub | Place::Backend => None,
        };
        let never_locked = (faults.has(Fault::NoLockout) && place.name() == "device").then_some(Door::Web);
        Ok(Arc::new(Self {
            place,
            address,
            faults: faults.clone(),
            accounts: Accounts::new(accounts(place, faults, state)?, never_locked, faults.clone()),
            log: EventLog::new(faults.clone(), place.name(), Arc::clone(&notices), export),
            notices,
            notes: Notes::new(faults.clone()),
            started: clock::stamp(faults),
            identity: state.identity(keys, &subject)?,
            api_identity: api_identity(keys, &subject, faults, state)?,
            updates: Arc::clone(updates),
            psk: from_hex(&state.secret("device-psk")?),
            outbound: Outbound::new(addresses, address, faults, state)?,
            tasks: tasks.clone(),
            power: Power::default(),
            expelled: Mutex::default(),
            values: Mutex::new(first_values()),
            seed: state.seed(keys)?,
        }))
    }

    /// Whether the product has this fault.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.faults.has(fault)
    }

    /// This component's address with a port.
    pub(crate) fn at(&self, port: u16) -> SocketAddr {
        SocketAddr::from((self.address, port))
    }

    /// The device's identifier.
    pub(crate) fn id(&self) -> String {
        if self.has(Fault::NoIdentifier) {
            return String::new();
        }
        if self.has(Fault::UnstableIdentifier) {
            let drawn = crate::state::random().unwrap_or_default();
            return format!("DW-{:04}", u16::from_be_bytes([drawn[0], drawn[1]]) % 10_000);
        }
        if self.has(Fault::RestartChangesIdentifier) && !self.value("restarted").is_empty() {
            return "DW-7777".to_owned();
        }
        match self.place {
            Place::SecondDevice if !self.has(Fault::SameIdentifier) => "DW-0002".to_owned(),
            _ => "DW-0001".to_owned(),
        }
    }

    /// Checks a log-in with a password, and writes it into the log.
    pub(crate) fn login(&self, door: Door, user: &str, password: &str, source: SocketAddr) -> Login {
        let login = self.accounts.check(door, user, password);
        let success = matches!(login, Login::Ok(_));
        self.log.record(Kind::Login, source, success, user, &format!("{door:?}").to_lowercase());
        if login == Login::Wrong && self.accounts.is_locked(door, user) {
            self.notices.alarm(Alarm::Locked, "an account is locked after failed log-ins");
        }
        login
    }

    /// 32 bytes that belong to this component and `label`, the same at every start: host keys and the like.
    pub(crate) fn seed(&self, label: &str) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&self.seed);
        context.update(label.as_bytes());
        let mut seed = [0; 32];
        seed.copy_from_slice(context.finish().as_ref());
        seed
    }

    /// The value of a setting (`cycle`, `viewer-rights`, `mode`, `pairing`, `plan`, `version`).
    pub(crate) fn value(&self, name: &str) -> String {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned().unwrap_or_default()
    }

    /// Changes a setting.
    pub(crate) fn set_value(&self, name: &'static str, value: &str) {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).insert(name, value.to_owned());
    }
}

/// The certificate of the backend's API.
fn api_identity(key: &str, good: &Subject<'_>, faults: &Faults, state: &State) -> anyhow::Result<Identity> {
    if faults.has(Fault::CertificateForeignCa) {
        return state.foreign_identity(key, good);
    }
    let wrong = Subject { name: "other.test", address: None, days_left: good.days_left };
    let subject = if faults.has(Fault::CertificateWrongName) { &wrong } else { good };
    let days_left = if faults.has(Fault::CertificateExpired) { -1 } else { subject.days_left };
    state.identity(key, &Subject { days_left, ..*subject })
}

fn first_values() -> BTreeMap<&'static str, String> {
    let values = [
        ("cycle", "eco"),
        ("viewer-rights", "status"),
        ("mode", "normal"),
        ("pairing", "closed"),
        ("plan", "daily"),
        ("south-plan", "daily"),
        ("version", "1.1.0"),
    ];
    let settings = device_settings::SETTINGS.map(|(name, first, _)| (name, first));
    values
        .into_iter()
        .chain(settings)
        .chain(access_settings::FIRST)
        .chain([("shown", "Ready")])
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

fn accounts(place: Place, faults: &Faults, state: &State) -> anyhow::Result<Vec<Account>> {
    use Door::{Ftp, Mqtt, Ssh, Telnet, Web};
    let of = |user: &str, secret: &str, role, doors| anyhow::Ok(Account::new(user, &state.secret(secret)?, role, doors));
    let weak = |fault, user: &str, doors| faults.has(fault).then(|| Account::new(user, user, Role::Admin, doors));
    let (mut list, weak): (Vec<_>, [Option<Account>; 3]) = match place {
        Place::Device | Place::SecondDevice => (
            vec![of("admin", "device-admin", Role::Admin, &[Web, Ssh, Telnet, Ftp])?, of("viewer", "device-viewer", Role::Viewer, &[Web])?],
            [
                weak(Fault::DefaultSsh, "root", &[Ssh]),
                weak(Fault::DefaultTelnet, "root", &[Telnet]),
                weak(Fault::DefaultFtp, "admin", &[Ftp]),
            ],
        ),
        Place::Hub => (
            vec![
                of("admin", "hub-admin", Role::Admin, &[Web, Mqtt])?,
                of("viewer", "hub-viewer", Role::Viewer, &[Web])?,
                of("DW-0001", "mqtt-1", Role::Viewer, &[Mqtt])?,
                of("DW-0002", "mqtt-2", Role::Viewer, &[Mqtt])?,
            ],
            [weak(Fault::DefaultWeb, "admin", &[Web]), weak(Fault::DefaultMqtt, "admin", &[Mqtt]), None],
        ),
        Place::Backend => (
            vec![
                of("admin", "backend-admin", Role::Admin, &[Web])?,
                of("viewer", "backend-viewer", Role::Viewer, &[Web])?,
                of("south", "backend-south", Role::Admin, &[Web])?,
            ],
            [None, None, None],
        ),
    };
    list.extend(weak.into_iter().flatten());
    Ok(list)
}

/// The bytes that hexadecimal digits stand for; anything else counts as nothing.
fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|sign| sign.to_digit(16)).filter_map(|digit| u8::try_from(digit).ok()).collect();
    digits.chunks_exact(2).map(|pair| (pair[0] << 4) | pair[1]).collect()
}
