use std::{borrow::Cow, collections::BTreeSet, net::Ipv4Addr, sync::Arc};

use russh::{
    Preferred, cipher,
    client::{self, Handle},
    kex,
    keys::PublicKeyOrCertificate,
    mac,
};

use super::PORT;
use crate::{Fault, Part, trial::Trial};

struct Client(Arc<std::sync::Mutex<Vec<String>>>);

impl client::Handler for Client {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        self.0.lock().unwrap().push(format!("{key:?}"));
        Ok(true)
    }
}

async fn connect(address: Ipv4Addr, preferred: Preferred) -> Option<(Handle<Client>, String)> {
    let keys = Arc::default();
    let config = Arc::new(client::Config { preferred, ..Default::default() });
    let client = client::connect(config, (address, PORT), Client(Arc::clone(&keys))).await.ok()?;
    let key = keys.lock().unwrap().join("");
    Some((client, key))
}

async fn tries(address: Ipv4Addr, user: &str, password: &str) -> bool {
    let (mut client, _) = connect(address, Preferred::default()).await.unwrap();
    client.authenticate_password(user, password).await.unwrap().success()
}

fn weak() -> Preferred {
    Preferred {
        kex: Cow::Borrowed(&[kex::DH_G14_SHA1]),
        cipher: Cow::Borrowed(&[cipher::AES_128_CBC]),
        mac: Cow::Borrowed(&[mac::HMAC_SHA1]),
        ..Preferred::default()
    }
}

#[tokio::test]
async fn only_the_administrator_comes_in_and_is_locked_out() {
    let trial = Trial::of(Part::Device, &[]).await;
    let (address, right) = (trial.addresses.device, trial.secret("device-admin"));
    assert!(tries(address, "admin", &right).await);
    assert!(!tries(address, "viewer", &trial.secret("device-viewer")).await);
    assert!(!tries(address, "root", "root").await);
    for _ in 0..5 {
        assert!(!tries(address, "admin", "no").await);
    }
    assert!(!tries(address, "admin", &right).await, "locked");
    assert!(connect(address, weak()).await.is_none());
}

#[tokio::test]
async fn faults_weaken_it() {
    let trial = Trial::of(Part::Device, &[Fault::SshWeak, Fault::DefaultSsh]).await;
    assert!(tries(trial.addresses.device, "root", "root").await);
    assert!(connect(trial.addresses.device, weak()).await.is_some());
    assert!(connect(trial.addresses.device, Preferred::default()).await.is_some());
}

#[tokio::test]
async fn samples_share_keys_only_by_fault() {
    for (faults, different) in [(&[][..], 2), (&[Fault::SharedKeys], 1)] {
        let trial = Trial::of(Part::Device, faults).await;
        let mut keys = BTreeSet::new();
        for address in [trial.addresses.device, trial.addresses.second_device] {
            keys.insert(connect(address, Preferred::default()).await.unwrap().1);
        }
        assert_eq!(keys.len(), different);
    }
}
