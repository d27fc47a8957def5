//! Whether a certificate stands below an anchor.

use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::x509::AlgorithmIdentifier;

use super::key::PublicKey;
use super::scheme::verify;

/// The longest path, and the most signatures that are verified on the way.
const LONGEST_PATH: usize = 6;
const MOST_SIGNATURES: usize = 64;

/// Whether a path leads from this certificate to an anchor, each certificate in time, each issuer an authority that may
/// sign certificates. All in DER. Names and purposes are not looked at.
pub(super) fn leads_to(leaf: &[u8], others: &[Vec<u8>], anchors: &[Vec<u8>], now: OffsetDateTime) -> Result<(), String> {
    let Some(leaf) = decode(leaf) else { return Err("the certificate of the signer cannot be read".to_owned()) };
    let others: Vec<_> = others.iter().filter_map(|der| decode(der)).collect();
    let anchors: Vec<_> = anchors.iter().filter_map(|der| decode(der)).collect();
    if anchors.is_empty() {
        return Err("no anchor can be read".to_owned());
    }
    let mut climb = Climb { others: &others, anchors: &anchors, now, left: MOST_SIGNATURES };
    climb.up(&leaf, 0)
}

fn decode(der: &[u8]) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate)
}

struct Climb<'a, 'der> {
    others: &'a [X509Certificate<'der>],
    anchors: &'a [X509Certificate<'der>],
    now: OffsetDateTime,
    left: usize,
}

impl Climb<'_, '_> {
    fn up(&mut self, lower: &X509Certificate<'_>, depth: usize) -> Result<(), String> {
        let (validity, now) = (lower.validity(), self.now.unix_timestamp());
        if !(validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now) {
            return Err(format!("`{}` is out of its time", lower.subject()));
        }
        if self.anchors.iter().any(|anchor| anchor.as_raw() == lower.as_raw()) {
            return Ok(());
        }
        let (others, anchors) = (self.others, self.anchors);
        let mut why = format!("no certificate of `{}` is there or is trusted", lower.issuer());
        for (upper, trusted) in anchors.iter().map(|each| (each, true)).chain(others.iter().map(|each| (each, false))) {
            if upper.subject().as_raw() != lower.issuer().as_raw() || self.left == 0 || depth >= LONGEST_PATH {
                continue;
            }
            self.left -= 1;
            if !may_sign(upper) {
                why = format!("`{}` may not sign certificates", upper.subject());
            } else if !signed_by(lower, upper) {
                why = format!("`{}` is not signed by `{}`", lower.subject(), upper.subject());
            } else if trusted {
                return Ok(());
            } else {
                match self.up(upper, depth + 1) {
                    Ok(()) => return Ok(()),
                    Err(reason) => why = reason,
                }
            }
        }
        Err(why)
    }
}

/// Whether this key issued one of these certificates, which are in DER and hold other keys.
pub(super) fn issued_with(key: &PublicKey, certificates: &[Vec<u8>]) -> bool {
    let found = certificates.iter().filter_map(|der| decode(der));
    found.filter(|each| PublicKey::of(each.public_key()).bytes() != key.bytes()).any(|each| signed_with(&each, key))
}

fn may_sign(certificate: &X509Certificate<'_>) -> bool {
    certificate.is_ca() && certificate.key_usage().ok().flatten().is_none_or(|usage| usage.value.key_cert_sign())
}

fn signed_by(lower: &X509Certificate<'_>, upper: &X509Certificate<'_>) -> bool {
    signed_with(lower, &PublicKey::of(upper.public_key()))
}

fn signed_with(lower: &X509Certificate<'_>, key: &PublicKey) -> bool {
    let name = name_of(&lower.signature_algorithm);
    lower.signature_algorithm == lower.tbs_certificate.signature
        && matches!(verify(&name, key, lower.tbs_certificate.as_ref(), &lower.signature_value.data), Ok(Some(_)))
}

/// The name of a signature algorithm, as [`verify`] takes it.
fn name_of(identifier: &AlgorithmIdentifier<'_>) -> String {
    super::cms::algorithm_name(&identifier.algorithm.to_id_string()).to_owned()
}
