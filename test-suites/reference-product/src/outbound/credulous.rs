//! Verifies certificates of servers; a faulty device overlooks what is wrong with one.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use crate::{Fault, world::Faults};

/// Strict but for the device's faults.
#[derive(Debug)]
pub(crate) struct Credulous {
    /// What a good device does.
    pub(crate) strict: Arc<WebPkiServerVerifier>,
    /// What is wrong with this one.
    pub(crate) faults: Faults,
}

impl Credulous {
    fn overlooks(&self, error: &Error) -> bool {
        use CertificateError as Bad;
        let Error::InvalidCertificate(bad) = error else { return false };
        let fault = match bad {
            Bad::UnknownIssuer => Fault::PeerAnyCa,
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => Fault::PeerAnyName,
            Bad::Expired | Bad::ExpiredContext { .. } | Bad::NotValidYet | Bad::NotValidYetContext { .. } => Fault::PeerExpiredAccepted,
            Bad::InvalidPurpose | Bad::InvalidPurposeContext { .. } => Fault::PeerAnyPurpose,
            _ => return false,
        };
        self.faults.has(fault)
    }

    fn signature(&self, checked: Result<HandshakeSignatureValid, Error>) -> Result<HandshakeSignatureValid, Error> {
        let any = self.faults.has(Fault::PeerAnyCertificate) || self.faults.has(Fault::PeerWeakKey);
        if any { Ok(HandshakeSignatureValid::assertion()) } else { checked }
    }
}

impl ServerCertVerifier for Credulous {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.strict.verify_server_cert(leaf, chain, name, stapled, now) {
            Err(error) if !self.faults.has(Fault::PeerAnyCertificate) && !self.overlooks(&error) => Err(error),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(self.strict.verify_tls12_signature(message, leaf, signed))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(self.strict.verify_tls13_signature(message, leaf, signed))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}
