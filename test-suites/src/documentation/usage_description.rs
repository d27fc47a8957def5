//! Does the manufacturer say what the device needs of the network, signed, and is that what the device does?

use std::net::{IpAddr, Ipv4Addr};

use assay_documents::mud::{self, Direction, Mud, Peer, Seen as Traffic, Signature, Standing, read_signature};
use assay_documents::pki::{Trust, certificates};
use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Stop, Subject, Test};
use assay_model::profile::{Component, Outbound, Product, Profile, Speaks};
use assay_model::safety::{Method, Safety};
use serde::Serialize;

use crate::about::{is_manufacturer, is_product, is_version};

/// Kinds of documents: the description, the signature over it, and certificates of whom is trusted to make one.
const DESCRIPTION: &str = "mud";
const SIGNATURE: &str = "mud-signature";
const SIGNER: &str = "mud-signer";

pub(super) const TEST: Test = Test {
    id: "documentation/usage-description",
    title: "Does the manufacturer say what the device needs of the network, signed, and is that what the device does?",
    shows: &["DO(SMP)"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &[DESCRIPTION, SIGNATURE, SIGNER],
    asks: &[],
    applies,
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["RFC 8520 3, 13", "SP 1800-15 (not checked)"],
    limits: "whether the device tells networks of the file, what comes to the device, declared peers that are networks or wildcards, services of the network (names, addresses, time), and purposes in the certificate of the signer",
};

/// A component that declares its peers, where a description was supplied.
fn applies(subject: &Subject<'_>) -> Applies {
    let supplied = subject.profile().documents.iter().any(|document| document.kind == DESCRIPTION);
    subject.component().is_some_and(|component| supplied && !component.outbound.is_empty()).into()
}

/// How a declared connection stands to the description.
#[derive(Debug, Serialize)]
struct Declared {
    outbound: String,
    peer: String,
    standing: Standing,
}

#[derive(Serialize)]
struct Facts<'f> {
    description: &'f Mud,
    signature: Option<Signature>,
    declared: Vec<Declared>,
    /// What is allowed and not declared.
    beyond: Vec<String>,
}

fn run(bench: &Bench) -> Outcome {
    let (component, profile) = (bench.component()?, bench.profile());
    let (file, bytes) = description(bench, &profile)?;
    let mud = mud::read(&bytes).map_err(|why| Stop::missing(format!("{file}: supply a readable description: {why}")))?;
    let signature = signature(bench, &bytes)?;
    let facts = Facts { declared: declared(&mud, &component), beyond: beyond(&mud, &component), description: &mud, signature };
    let seen = bench.record_document(&file, &bytes, &facts)?;
    let finding = |reason: String| Finding {
        reason,
        expected: "no departure from the format, a signature that holds, and every declared connection allowed".to_owned(),
        observed: format!(
            "{} entries; signature: {}; {} of {} declared connections allowed",
            mud.flows.len(),
            facts.signature.as_ref().map_or("none", |signature| signature.words.as_str()),
            facts.declared.iter().filter(|each| matches!(each.standing, Standing::Allowed(_))).count(),
            facts.declared.len()
        ),
        ..Finding::default()
    };
    if let Some(why) = stranger(&profile.product, &mud) {
        return seen.inconclusive(finding(why));
    }
    let ruling = if let Some(fault) = fault_of(&facts) {
        seen.fail(finding(fault))
    } else if let Some(open) = open(&facts) {
        seen.inconclusive(finding(open))
    } else {
        let names: Vec<_> = mud.names.iter().map(|(_, name)| name.as_str()).collect();
        let control = seen.control(format!("the description names {}, as the profile does, and its signer is trusted", names.join(", ")));
        seen.pass(control, finding("the description holds, and allows what is declared".to_owned()))
    };
    let ended = mud.is_supported == Some(false);
    Ok(ended.then_some("the description says that the device is no longer supported").into_iter().fold(ruling?, Ruling::note))
}

fn description(bench: &Bench, profile: &Profile) -> Result<(String, Vec<u8>), Stop> {
    if profile.components.iter().filter(|component| !component.outbound.is_empty()).count() > 1 {
        return Err(Stop::missing("several components declare peers, and nothing says which of them is described: assess them apart"));
    }
    one(bench, DESCRIPTION)
}

/// The only document of a kind.
fn one(bench: &Bench, kind: &str) -> Result<(String, Vec<u8>), Stop> {
    let mut documents = bench.documents(kind)?;
    match (documents.pop(), documents.is_empty()) {
        (Some((document, bytes)), true) => Ok((document.file, bytes)),
        _ => Err(Stop::missing(format!("supply one document of kind `{kind}`"))),
    }
}

/// The signature, where one was supplied with whom to trust.
fn signature(bench: &Bench, description: &[u8]) -> Result<Option<Signature>, Stop> {
    let profile = bench.profile();
    let supplied = |kind: &str| profile.documents.iter().any(|document| document.kind == kind);
    if !supplied(SIGNATURE) || !supplied(SIGNER) {
        return Ok(None);
    }
    let ((file, signature), (_, trusted)) = (one(bench, SIGNATURE)?, one(bench, SIGNER)?);
    let anchors = certificates(&trusted);
    let read = read_signature(&signature, description, Trust::Anchors(&anchors, bench.now()));
    let read = read.map_err(|why| Stop::missing(format!("{file}: supply a readable signature: {why}")))?;
    let _ = bench.record_document(&file, &signature, &read)?;
    Ok(Some(read))
}

/// Why nothing shows that the description is of the product.
fn stranger(product: &Product, mud: &Mud) -> Option<String> {
    let name = |wanted: &str| mud.names.iter().find(|(key, _)| key == wanted).map_or("", |(_, name)| name.as_str());
    let (maker, model, version) = (name("mfg-name"), name("model-name"), name("software-rev"));
    if !is_manufacturer(product, maker) {
        return Some(format!("the description is of a product of `{maker}`, not of {}: name it in mfg-name", product.manufacturer));
    }
    if !is_product(product, model) {
        return Some(format!("the description is of `{model}`, not of {}: name it in model-name", product.model));
    }
    let other = !version.is_empty() && !is_version(product, version);
    other.then(|| format!("the description is of version `{version}`, not of {}", product.version))
}

fn fault_of(facts: &Facts<'_>) -> Option<String> {
    if let Some(problem) = facts.description.problems.first() {
        return Some(format!("the description departs from its format: {} {}", problem.place, problem.what));
    }
    if let Some(refused) = facts.declared.iter().find(|each| each.standing == Standing::Refused) {
        let Declared { outbound, peer, .. } = refused;
        return Some(format!("`{outbound}` is declared to talk to {peer}, which the description does not allow: allow it"));
    }
    let signers = facts.signature.iter().flat_map(|signature| &signature.cms.signers);
    let mut matches = signers.map(|signer| signer.digest_matches).peekable();
    let other = matches.peek().is_some() && matches.all(|matches| matches == Some(false));
    other.then(|| "the signature is over other bytes than those of the description: sign it again (section 13)".to_owned())
}

fn open(facts: &Facts<'_>) -> Option<String> {
    let Some(signature) = &facts.signature else {
        return Some(format!("supply the signature, of kind `{SIGNATURE}`, and the certificate of whom to trust, of kind `{SIGNER}`"));
    };
    if signature.verifies != Some(true) {
        return Some(format!("the signature could not be verified ({}): supply the certificate of its signer", signature.words));
    }
    if facts.declared.is_empty() {
        return Some("no declared peer is a name or an address that the description could allow".to_owned());
    }
    let unclear = facts.declared.iter().find_map(|each| match &each.standing {
        Standing::Unclear(entry) => {
            Some(format!("whether entry `{entry}` allows `{}` to talk to {} cannot be told", each.outbound, each.peer))
        }
        Standing::Allowed(_) | Standing::Refused => None,
    });
    unclear.or_else(|| {
        facts.beyond.first().map(|what| format!("the description allows {what}, which is not declared: declare it, or take it out"))
    })
}

/// Declared connections to hosts, and what the description says of each.
fn declared(mud: &Mud, component: &Component) -> Vec<Declared> {
    let by_address = mud.flows.iter().find(|flow| flow.peers.iter().any(|peer| matches!(peer, Peer::Network(_))));
    let mut found = Vec::new();
    for outbound in component.outbound.iter().filter(|outbound| !is_service(outbound)) {
        for peer in outbound.peers.iter().filter(|peer| is_host(peer)) {
            let address = peer.parse::<IpAddr>().ok();
            let standing = match (mud.stands(&traffic(outbound, peer, address)), by_address) {
                // the name may stand for an address that is allowed
                (Standing::Refused, Some(flow)) if address.is_none() => Standing::Unclear(flow.name.clone()),
                (standing, _) => standing,
            };
            found.push(Declared { outbound: outbound.id.clone(), peer: peer.clone(), standing });
        }
    }
    found
}

/// Services of the network, which networks may allow of their own accord.
fn is_service(outbound: &Outbound) -> bool {
    matches!(outbound.speaks, Speaks::Dns | Speaks::Dhcp | Speaks::Ntp | Speaks::Mdns)
}

fn is_host(peer: &str) -> bool {
    !["local", "multicast", "resolver"].contains(&peer) && !peer.contains(['*', '/'])
}

fn traffic(outbound: &Outbound, peer: &str, address: Option<IpAddr>) -> Traffic {
    Traffic {
        direction: Direction::FromDevice,
        protocol: if outbound.speaks.is_udp() { 17 } else { 6 },
        // of a host that is known by name, any address does: entries by address were set aside
        peer: address.unwrap_or(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))),
        names: if address.is_none() { vec![peer.to_owned()] } else { Vec::new() },
        is_local: None,
        roles: Vec::new(),
        roles_complete: false,
        peer_port: outbound.port,
        own_port: None,
        initiated_by: Some(Direction::FromDevice),
    }
}

/// What the description allows the device to talk to, beside what is declared.
fn beyond(mud: &Mud, component: &Component) -> Vec<String> {
    let is_declared = |peer: &Peer| match peer {
        Peer::Name(name) => component.outbound.iter().any(|outbound| outbound.peers.iter().any(|each| each.eq_ignore_ascii_case(name))),
        Peer::LocalNetworks => component.outbound.iter().any(|outbound| outbound.peers.iter().any(|each| each == "local")),
        Peer::Network(text) => {
            let same = |each: &String| each == text || [32, 128].iter().any(|bits| *text == format!("{each}/{bits}"));
            component.outbound.iter().any(|outbound| outbound.peers.iter().any(same))
        }
        _ => false,
    };
    let allowed = mud.flows.iter().filter(|flow| flow.direction == Direction::FromDevice && flow.accepts && !flow.is_beside_ip);
    allowed.filter(|flow| !flow.peers.iter().any(is_declared)).map(|flow| format!("`{}`", flow.name)).collect()
}
