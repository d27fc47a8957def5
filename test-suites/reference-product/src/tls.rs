//! Good TLS: versions 1.2 and 1.3 with the library's own choice of suites.

use std::{sync::Arc, time::Duration};

use rustls::{ALL_VERSIONS, ServerConfig, SupportedProtocolVersion, version::TLS13};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::state::Identity;

/// How long a client may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// What servers with this certificate and these application protocols use.
pub(crate) fn acceptor(identity: &Identity, protocols: &[&str]) -> anyhow::Result<TlsAcceptor> {
    acceptor_since("1.2", identity, protocols)
}

/// The same from this version of TLS on: `1.2` or `1.3`.
pub(crate) fn acceptor_since(least: &str, identity: &Identity, protocols: &[&str]) -> anyhow::Result<TlsAcceptor> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions: &[&SupportedProtocolVersion] = if least == "1.3" { &[&TLS13] } else { ALL_VERSIONS };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)?
        .with_no_client_auth()
        .with_single_cert(identity.chain.clone(), identity.key.clone_key())?;
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The stream inside TLS, if the client comes through its handshake in time.
pub(crate) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(acceptor: &TlsAcceptor, stream: S) -> Option<TlsStream<S>> {
    timeout(HANDSHAKE, acceptor.accept(stream)).await.ok()?.ok()
}
