//! A certificate that nobody issued, with the names of the right one.

use assay_engine::Stop;
use assay_probes::x509;
use assay_wire::ServerIdentity;
use rcgen::CertificateParams;

use crate::peers::self_signed;

/// A self-signed certificate with the names of the leaf of `chain` (PEM), and its key.
pub(super) fn identity(chain: &[u8]) -> Result<ServerIdentity, Stop> {
    let bad = |what: String| Stop::missing(format!("collector.certificate: {what}"));
    let leaf = x509::pem_to_der(chain).map_err(bad)?.into_iter().next().unwrap_or_default();
    let leaf = x509::parse(&leaf).map_err(bad)?;
    let names = leaf.dns_names.into_iter().chain(leaf.ip_addresses.iter().map(ToString::to_string)).collect::<Vec<_>>();
    let failed = |error: rcgen::Error| Stop::Error(format!("no certificate could be made: {error}"));
    self_signed(&CertificateParams::new(names).map_err(failed)?)
}
