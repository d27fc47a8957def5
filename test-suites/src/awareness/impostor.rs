//! A certificate that nobody issued, with the names of the right one.

use assay_engine::Stop;
use assay_probes::x509;
use assay_wire::ServerIdentity;
use rcgen::{CertificateParams, KeyPair};

/// A self-signed certificate with the names of the leaf of `chain` (PEM), and its key.
pub(super) fn identity(chain: &[u8]) -> Result<ServerIdentity, Stop> {
    let bad = |what: String| Stop::missing(format!("collector.certificate: {what}"));
    let leaf = x509::pem_to_der(chain).map_err(bad)?.into_iter().next().unwrap_or_default();
    let leaf = x509::parse(&leaf).map_err(bad)?;
    let names = leaf.dns_names.into_iter().chain(leaf.ip_addresses.iter().map(ToString::to_string)).collect::<Vec<_>>();
    let failed = |error: rcgen::Error| Stop::Error(format!("no certificate could be made: {error}"));
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = CertificateParams::new(names).map_err(failed)?.self_signed(&key).map_err(failed)?;
    Ok(ServerIdentity::from_pem(certificate.pem().as_bytes(), key.serialize_pem().as_bytes())?)
}
