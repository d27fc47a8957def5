//! The certificate chains that were shown.

use std::collections::BTreeMap;

use assay_model::evidence::hex;
use assay_wire::TlsOptions;

use super::asker::Asker;
use super::suites::Found;
use crate::handshake::{Chain, authentication};

/// The chains of all flights, and that of a whole TLS 1.3 handshake, each once; and why the latter is missing.
pub(super) async fn collect(asker: &mut Asker<'_>, found: &BTreeMap<&str, Found>) -> (Vec<Chain>, Option<String>) {
    let (mut all, mut missing): (Vec<Chain>, _) = (Vec::new(), None);
    for name in ["1.2", "1.1", "1.0", "SSLv3"] {
        for flight in found.get(name).iter().flat_map(|each| &each.flights) {
            add(&mut all, name, authentication(flight.hello.suite), &flight.chain);
        }
    }
    if found.get("1.3").is_some_and(|each| !each.accepted.is_empty()) {
        let options = TlsOptions { name: asker.name.map(str::to_owned), ..TlsOptions::default() };
        asker.connections += 1;
        asker.hellos += 1;
        match asker.permit.tls(&options).await {
            Ok(link) => {
                let chain = link.session().map(|session| session.chain.clone()).unwrap_or_default();
                add(&mut all, "1.3", "any", &chain);
            }
            Err(error) => missing = Some(error.to_string()),
        }
    }
    (all, missing)
}

fn add(all: &mut Vec<Chain>, version: &str, asked: &str, chain: &[Vec<u8>]) {
    let der: Vec<String> = chain.iter().map(|each| hex(each)).collect();
    if !der.is_empty() && !all.iter().any(|known| known.der == der) {
        all.push(Chain { version: version.to_owned(), asked: asked.to_owned(), named: false, der });
    }
}
