//! Certificates good and bad, from a certification authority that the product trusts.

use assay_engine::Stop;
use assay_probes::peer::{short_key, short_key_signs};
use assay_wire::ServerIdentity;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256,
    PublicKeyData, RsaKeySize, SignatureAlgorithm,
};
use serde::Serialize;
use time::{Duration, OffsetDateTime};

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Flaw {
    SelfSigned,
    UnknownAuthority,
    OtherName,
    Expired,
    NotYetValid,
    NoServerUse,
    ShortKey,
}

impl Flaw {
    pub(crate) const ALL: [Self; 7] =
        [Self::SelfSigned, Self::UnknownAuthority, Self::OtherName, Self::Expired, Self::NotYetValid, Self::NoServerUse, Self::ShortKey];

    /// The flaw in words, behind "a certificate".
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::SelfSigned => "signed by itself",
            Self::UnknownAuthority => "from an authority that the product does not know",
            Self::OtherName => "for another name",
            Self::Expired => "that has expired",
            Self::NotYetValid => "that is not valid yet",
            Self::NoServerUse => "that is not meant for servers",
            Self::ShortKey => "with an RSA key of 1024 bits",
        }
    }
}

/// Issues certificates for one name.
pub(crate) struct Mint {
    issuer: Issuer<'static, KeyPair>,
    name: String,
    now: OffsetDateTime,
}

/// The public key that is too short.
struct Short(Vec<u8>);

impl PublicKeyData for Short {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

fn failed(error: &rcgen::Error) -> Stop {
    Stop::Error(format!("no certificate could be made: {error}"))
}

impl Mint {
    /// Certificates for `name` from the authority in two PEM files.
    pub(crate) fn new(authority: &[u8], key: &[u8], name: &str, now: OffsetDateTime) -> Result<Self, Stop> {
        let unfit = |error: rcgen::Error| Stop::missing(format!("lab.authority and lab.key do not make an authority: {error}"));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let key = KeyPair::from_pem(&text(key)).map_err(unfit)?;
        let issuer = Issuer::from_ca_cert_pem(&text(authority), key).map_err(unfit)?;
        Ok(Self { issuer, name: name.to_owned(), now })
    }

    fn params(&self, name: &str) -> Result<CertificateParams, Stop> {
        let mut params = CertificateParams::new(vec![name.to_owned()]).map_err(|error| failed(&error))?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = self.now - Duration::days(20);
        params.not_after = self.now + Duration::days(20);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        Ok(params)
    }

    /// What the genuine peer would show.
    pub(crate) fn genuine(&self) -> Result<ServerIdentity, Stop> {
        signed(&self.params(&self.name)?, &self.issuer, None)
    }

    /// What an impostor shows.
    pub(crate) fn flawed(&self, flaw: Flaw) -> Result<ServerIdentity, Stop> {
        let mut params = self.params(&self.name)?;
        match flaw {
            Flaw::SelfSigned => return self_signed(&params),
            Flaw::UnknownAuthority => {
                let (issuer, certificate) = unknown_authority(self.now)?;
                return signed(&params, &issuer, Some(&certificate));
            }
            Flaw::ShortKey => {
                let certificate = params.signed_by(&Short(short_key()), &self.issuer).map_err(|error| failed(&error))?;
                return Ok(ServerIdentity::signing_by(certificate.pem().as_bytes(), short_key_signs)?);
            }
            Flaw::OtherName => params = self.params("impostor.invalid")?,
            Flaw::Expired => params.not_after = self.now - Duration::days(2),
            Flaw::NotYetValid => (params.not_before, params.not_after) = (self.now + Duration::days(2), self.now + Duration::days(40)),
            Flaw::NoServerUse => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        }
        signed(&params, &self.issuer, None)
    }

    /// A good chain over an RSA key of 2048 bits, in DER, for a server without any key.
    pub(crate) fn rsa_chain(&self) -> Result<Vec<Vec<u8>>, Stop> {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).map_err(|error| failed(&error))?;
        let certificate = self.params(&self.name)?.signed_by(&key, &self.issuer).map_err(|error| failed(&error))?;
        Ok(vec![certificate.der().to_vec()])
    }
}

/// A leaf with a key of its own, and the certificate of its issuer behind it where that is shown.
fn signed(params: &CertificateParams, issuer: &Issuer<'static, KeyPair>, shown: Option<&str>) -> Result<ServerIdentity, Stop> {
    let key = KeyPair::generate().map_err(|error| failed(&error))?;
    let certificate = params.signed_by(&key, issuer).map_err(|error| failed(&error))?;
    let chain = certificate.pem() + shown.unwrap_or_default();
    Ok(ServerIdentity::from_pem(chain.as_bytes(), key.serialize_pem().as_bytes())?)
}

/// A leaf that nobody issued.
pub(crate) fn self_signed(params: &CertificateParams) -> Result<ServerIdentity, Stop> {
    let key = KeyPair::generate().map_err(|error| failed(&error))?;
    let certificate = params.self_signed(&key).map_err(|error| failed(&error))?;
    Ok(ServerIdentity::from_pem(certificate.pem().as_bytes(), key.serialize_pem().as_bytes())?)
}

fn unknown_authority(now: OffsetDateTime) -> Result<(Issuer<'static, KeyPair>, String), Stop> {
    let mut params = CertificateParams::new(Vec::<String>::new()).map_err(|error| failed(&error))?;
    params.distinguished_name.push(DnType::CommonName, "Nobody's authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    (params.not_before, params.not_after) = (now - Duration::days(40), now + Duration::days(40));
    let key = KeyPair::generate().map_err(|error| failed(&error))?;
    let certificate = params.self_signed(&key).map_err(|error| failed(&error))?.pem();
    Ok((Issuer::new(params, key), certificate))
}
