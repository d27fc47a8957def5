//! TLS as a client that takes any certificate, and as a server for the laboratory's own listeners.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use rustls::{ClientConfig, DigitallySignedStruct, ServerConfig, SignatureAlgorithm, SignatureScheme};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::clock::within;
use crate::error::{Error, Result};
use crate::ledger::{Ledger, Transport};
use crate::link::Link;
use crate::sessions::TlsSessions;

/// What to ask for in a TLS connection.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// The name to ask for, in place of the permit's.
    pub name: Option<String>,
    /// Protocols to offer by ALPN.
    pub alpn: Vec<Vec<u8>>,
    /// The certificate to show when the other side asks for one.
    pub identity: Option<ClientIdentity>,
    /// Where sessions are kept, so that a later connection with the same store goes on with one. No session is kept
    /// or gone on with where there is none.
    pub sessions: Option<TlsSessions>,
    /// Offer TLS 1.3 early data with a session whose ticket permits it. None is sent.
    pub early_data: bool,
}

/// A client certificate with its key.
#[derive(Debug)]
pub struct ClientIdentity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Clone for ClientIdentity {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key() }
    }
}

impl ClientIdentity {
    /// Reads a certificate chain and its key from one PEM text.
    ///
    /// # Errors
    /// [`Error::Local`] when one of the two is missing or unreadable.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let (chain, key) = read_pem(pem, pem)?;
        Ok(Self { chain, key })
    }
}

/// The certificate with which the laboratory's own listener presents itself.
#[derive(Debug, Clone)]
pub struct ServerIdentity(Arc<ServerConfig>);

impl ServerIdentity {
    /// Reads a certificate chain and its key from PEM texts.
    ///
    /// # Errors
    /// [`Error::Local`] when one of the two is missing or unreadable, or they do not belong together.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self> {
        let (chain, key) = read_pem(chain, key)?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| Error::Local(format!("the listener's certificate and key do not work together: {error}")))?;
        Ok(Self(Arc::new(config)))
    }

    /// A certificate chain (PEM) over an RSA key that the TLS library would not sign with, such as a short one. `sign`
    /// makes RSASSA-PKCS1-v1_5 signatures with SHA-256, so that TLS 1.2 alone is spoken.
    ///
    /// # Errors
    /// [`Error::Local`] when the chain is unreadable.
    pub fn signing_by(chain: &[u8], sign: fn(&[u8]) -> Vec<u8>) -> Result<Self> {
        let chain = read_chain(chain)?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS12])
            .map_err(|error| Error::Local(format!("TLS could not be set up here: {error}")))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(chain, Arc::new(Signs(sign))))));
        Ok(Self(Arc::new(config)))
    }
}

/// Signs by a function from outside.
#[derive(Debug, Clone, Copy)]
struct Signs(fn(&[u8]) -> Vec<u8>);

impl SigningKey for Signs {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&self.scheme()).then(|| Box::new(*self) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

impl Signer for Signs {
    fn sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, rustls::Error> {
        Ok((self.0)(message))
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::RSA_PKCS1_SHA256
    }
}

fn read_chain(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_slice_iter(pem)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| Error::Local(format!("no certificate in the PEM file: {error}")))
}

fn read_pem(chain: &[u8], key: &[u8]) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| Error::Local(format!("no private key in the PEM file: {error}")))?;
    Ok((read_chain(chain)?, key))
}

/// What TLS agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsSession {
    /// The version: `1.2`, `1.3`.
    pub version: String,
    /// The cipher suite, by its IANA name.
    pub suite: String,
    /// The chain that the other side showed, leaf first, in DER.
    pub chain: Vec<Vec<u8>>,
    /// The protocol chosen by ALPN.
    pub alpn: Option<Vec<u8>>,
    /// Whether an earlier session was gone on with.
    pub resumed: bool,
    /// Whether the server took the offer of early data.
    pub early_data_accepted: bool,
}

impl TlsSession {
    fn of(connection: &rustls::CommonState) -> Self {
        let version = match connection.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_2) => "1.2".to_owned(),
            Some(rustls::ProtocolVersion::TLSv1_3) => "1.3".to_owned(),
            other => format!("{other:?}"),
        };
        Self {
            version,
            suite: connection.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite())).unwrap_or_default(),
            chain: connection.peer_certificates().unwrap_or_default().iter().map(|certificate| certificate.to_vec()).collect(),
            alpn: connection.alpn_protocol().map(<[u8]>::to_vec),
            resumed: connection.handshake_kind() == Some(rustls::HandshakeKind::Resumed),
            early_data_accepted: false,
        }
    }
}

/// Puts TLS on a plain link, within `limit`.
pub(crate) async fn connect(link: Link, name: &str, options: &TlsOptions, ledger: &Ledger, limit: Duration) -> Result<Link> {
    let peer = link.peer().to_owned();
    let (stream, _, answer, slot) = link.into_tcp()?;
    let server = ServerName::try_from(name.to_owned())
        .map_err(|_| Error::NotPermitted(format!("`{name}` is not a name that TLS can ask for: mend tls_name in the profile")))?;
    let connector = TlsConnector::from(shared_config(options)?);
    let stream = within(&peer, "TLS handshake", limit, connector.connect(server, stream)).await?.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => Error::Handshake(peer.clone(), error.to_string()),
        _ => Error::from_io(&peer, &error),
    })?;
    let connection = stream.get_ref().1;
    let session = TlsSession { early_data_accepted: connection.is_early_data_accepted(), ..TlsSession::of(connection) };
    Ok(Link::tls_client(stream, session, ledger.page(Transport::Tls, &peer), answer, slot))
}

pub(crate) async fn accept(link: Link, identity: &ServerIdentity, ledger: &Ledger, limit: Duration) -> Result<Link> {
    let peer = link.peer().to_owned();
    let (stream, _, answer, _) = link.into_tcp()?;
    let accepted = within(&peer, "TLS handshake", limit, TlsAcceptor::from(Arc::clone(&identity.0)).accept(stream)).await?;
    let stream = accepted.map_err(|error| Error::Handshake(peer.clone(), error.to_string()))?;
    let session = TlsSession::of(stream.get_ref().1);
    Ok(Link::tls_server(stream, session, ledger.page(Transport::Tls, &peer), answer))
}

/// The configuration that belongs to the sessions kept, or a new one.
fn shared_config(options: &TlsOptions) -> Result<Arc<ClientConfig>> {
    match &options.sessions {
        Some(sessions) => sessions.config(|| client_config(options)),
        None => client_config(options).map(Arc::new),
    }
}

/// A configuration that takes any certificate and remembers no session.
pub(crate) fn client_config(options: &TlsOptions) -> Result<ClientConfig> {
    let local = |error: rustls::Error| Error::Local(format!("TLS could not be set up here: {error}"));
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(local)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(TakeAny(provider())));
    let mut config = match &options.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => builder.with_client_auth_cert(identity.chain.clone(), identity.key.clone_key()).map_err(local)?,
    };
    config.resumption = Resumption::disabled();
    config.enable_early_data = options.early_data;
    config.alpn_protocols.clone_from(&options.alpn);
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// Takes any certificate and any handshake signature: products with weak or foreign ones must still be spoken to.
/// Tests judge the chain on its own, from [`TlsSession::chain`].
#[derive(Debug)]
struct TakeAny(Arc<CryptoProvider>);

impl ServerCertVerifier for TakeAny {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.0.signature_verification_algorithms.supported_schemes();
        schemes.extend([SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1_Legacy]);
        schemes
    }
}
