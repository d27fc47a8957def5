//! What of the device is switched on: all of it, or single services.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

/// How long a restart takes.
const RESTART: Duration = Duration::from_millis(600);

struct Service {
    wanted: bool,
    open: watch::Sender<bool>,
}

/// The services that can be switched off. Each is on at first.
#[derive(Default)]
pub(crate) struct Power(Mutex<BTreeMap<&'static str, Service>>);

impl Power {
    fn change(&self, act: impl FnOnce(&mut BTreeMap<&'static str, Service>)) {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What tells a listener whether its service is on.
    pub(crate) fn follow(&self, service: &'static str) -> watch::Receiver<bool> {
        let (open, follower) = watch::channel(true);
        self.change(|services| drop(services.insert(service, Service { wanted: true, open })));
        follower
    }

    /// Switches one service.
    pub(crate) fn switch(&self, service: &str, on: bool) {
        self.change(|services| {
            if let Some(service) = services.get_mut(service) {
                service.wanted = on;
                service.open.send_replace(on);
            }
        });
    }

    /// Takes everything down for a while; what was switched off stays off.
    pub(crate) async fn restart(&self) {
        self.change(|services| {
            for service in services.values() {
                service.open.send_replace(false);
            }
        });
        tokio::time::sleep(RESTART).await;
        self.change(|services| {
            for service in services.values() {
                service.open.send_replace(service.wanted);
            }
        });
    }
}
