//! Whether a component still answers, after a test that may have hurt it.

use std::time::Duration;

use assay_model::profile::Component;
use assay_wire::{Authority, Ledger};

/// How often a silent component is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// Whether the component takes a connection on one of its declared TCP interfaces. A component without any is taken to
/// be well: there is nothing to ask.
pub(crate) async fn answers(authority: &Authority, component: &Component) -> bool {
    let mut asked = false;
    for interface in component.interfaces.iter().filter(|interface| !interface.speaks.is_udp()) {
        asked = true;
        if let Ok(permit) = authority.permit(&component.id, &component.sample, interface, &Ledger::default())
            && permit.tcp().await.is_ok()
        {
            return true;
        }
    }
    !asked
}

/// Asks a silent component again, until it answers or `patience` is over.
pub(crate) async fn comes_back(authority: &Authority, component: &Component, patience: Duration) -> bool {
    let waiting = async {
        loop {
            tokio::time::sleep(AGAIN).await;
            if answers(authority, component).await {
                return;
            }
        }
    };
    tokio::time::timeout(patience, waiting).await.is_ok()
}
