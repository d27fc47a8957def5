//! What a client and a server send each other in TLS: both run here, without a network between them.

use std::{io::Write as _, sync::Arc};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection,
    pki_types::{CertificateDer, ServerName},
};

use super::file::Turn;
use crate::state::Identity;

/// A whole connection: its handshake, a request and its answer, and the good-byes.
pub(super) fn connection(
    identity: &Identity,
    authority: CertificateDer<'static>,
    name: &str,
    said: [&[u8]; 2],
) -> anyhow::Result<Vec<Turn>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority)?;
    let client = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let client = client.with_root_certificates(roots).with_no_client_auth();
    let server = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let server = server.with_no_client_auth().with_single_cert(identity.chain.clone(), identity.key.clone_key())?;
    let mut client = ClientConnection::new(Arc::new(client), ServerName::try_from(name.to_owned())?)?;
    let mut server = ServerConnection::new(Arc::new(server))?;
    let mut turns = Vec::new();
    exchange(&mut client, &mut server, &mut turns)?;
    client.writer().write_all(said[0])?;
    exchange(&mut client, &mut server, &mut turns)?;
    server.writer().write_all(said[1])?;
    server.send_close_notify();
    exchange(&mut client, &mut server, &mut turns)?;
    client.send_close_notify();
    exchange(&mut client, &mut server, &mut turns)?;
    Ok(turns)
}

/// Carries over what either side has to say until both are silent.
fn exchange(client: &mut ClientConnection, server: &mut ServerConnection, turns: &mut Vec<Turn>) -> anyhow::Result<()> {
    loop {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        while client.wants_write() {
            client.write_tls(&mut one)?;
        }
        let mut rest = one.as_slice();
        while !rest.is_empty() {
            server.read_tls(&mut rest)?;
            server.process_new_packets()?;
        }
        while server.wants_write() {
            server.write_tls(&mut two)?;
        }
        let mut rest = two.as_slice();
        while !rest.is_empty() {
            client.read_tls(&mut rest)?;
            client.process_new_packets()?;
        }
        if one.is_empty() && two.is_empty() {
            return Ok(());
        }
        turns.extend([(true, one), (false, two)].into_iter().filter(|(_, bytes)| !bytes.is_empty()));
    }
}
