//! The state directory: keys, certificates, secrets and update packages.
//!
//! Several processes may share one; the first to start makes what is missing, under a lock.

use std::{
    fs::{self, File},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use anyhow::Context as _;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

use crate::tls_face::Face;

/// Length of a generated password.
const PASSWORD: usize = 20;
/// The accounts that have a password; one file each in `secrets/`.
const PASSWORDS: [&str; 9] =
    ["device-admin", "device-viewer", "hub-admin", "hub-viewer", "mqtt-1", "mqtt-2", "backend-admin", "backend-viewer", "backend-south"];

/// A certificate with its chain and key.
pub(crate) struct Identity {
    /// The leaf; verifiers know the authority.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    /// The leaf's key.
    pub(crate) key: PrivateKeyDer<'static>,
    /// What the leaf says, to issue another with the same names.
    pub(crate) params: CertificateParams,
    /// Who issued it.
    pub(crate) authority: Arc<Issuer<'static, KeyPair>>,
    /// The face that shows worse certificates in its place, made when first wanted.
    pub(crate) face: Arc<OnceLock<Option<Face>>>,
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self {
            chain: self.chain.clone(),
            key: self.key.clone_key(),
            params: self.params.clone(),
            authority: Arc::clone(&self.authority),
            face: Arc::clone(&self.face),
        }
    }
}

/// What a certificate says.
pub(crate) struct Subject<'a> {
    /// DNS name.
    pub(crate) name: &'a str,
    /// Address; none if the certificate shall not name it.
    pub(crate) address: Option<Ipv4Addr>,
    /// Days from now until it ends.
    pub(crate) days_left: i64,
}

/// An open state directory.
pub(crate) struct State {
    root: PathBuf,
    authority: Arc<Issuer<'static, KeyPair>>,
    authority_der: CertificateDer<'static>,
    _lock: File,
}

impl State {
    /// Opens or makes the directory, and holds its lock until dropped.
    pub(crate) fn open(root: &Path) -> anyhow::Result<Self> {
        for part in ["private", "secrets", "updates", "answers", "documents", "captures"] {
            fs::create_dir_all(root.join(part)).with_context(|| format!("cannot make the folder {}", root.join(part).display()))?;
        }
        let lock = File::create(root.join("private/lock")).context("cannot make the lock file")?;
        lock.lock().context("cannot lock the state directory")?;
        let key = KeyPair::from_pem(&keep(root, "private/ca.key", || Ok(KeyPair::generate()?.serialize_pem()))?)?;
        let pem = keep(root, "ca.pem", || Ok(authority_params("Example Appliances CA")?.self_signed(&key)?.pem()))?;
        let authority_der = der_of(&pem)?;
        let authority = Arc::new(Issuer::new(authority_params("Example Appliances CA")?, key));
        let state = Self { root: root.to_owned(), authority, authority_der, _lock: lock };
        for name in PASSWORDS {
            state.keep(&format!("secrets/{name}"), || random_text(PASSWORD))?;
        }
        state.keep("secrets/device-psk", || Ok(hex(&random()?[..16])))?;
        Ok(state)
    }

    /// The text of a file in the directory, made first if it is not there.
    pub(crate) fn keep(&self, name: &str, make: impl FnOnce() -> anyhow::Result<String>) -> anyhow::Result<String> {
        keep(&self.root, name, make)
    }

    /// Writes a file in the directory, whatever was there.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
        let path = self.root.join(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The secret of an account.
    pub(crate) fn secret(&self, account: &str) -> anyhow::Result<String> {
        let path = self.root.join("secrets").join(account);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// The trust anchor.
    pub(crate) fn authority(&self) -> CertificateDer<'static> {
        self.authority_der.clone()
    }

    /// A kept key pair (P-256), made first if it is not there.
    pub(crate) fn key(&self, name: &str) -> anyhow::Result<KeyPair> {
        let pem = self.keep(&format!("private/{name}.key"), || Ok(KeyPair::generate()?.serialize_pem()))?;
        Ok(KeyPair::from_pem(&pem)?)
    }

    /// Kept random bytes, made first if they are not there.
    pub(crate) fn seed(&self, name: &str) -> anyhow::Result<[u8; 32]> {
        let text = self.keep(&format!("private/{name}.seed"), || Ok(hex(&random()?)))?;
        Ok(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()).as_ref().try_into()?)
    }

    /// A certificate for a kept key, from the product's authority.
    pub(crate) fn identity(&self, key: &str, subject: &Subject<'_>) -> anyhow::Result<Identity> {
        issue(&self.authority, &self.key(key)?, subject)
    }

    /// Writes a certificate and its key for someone outside the product.
    pub(crate) fn write_identity(&self, name: &str, subject: &Subject<'_>) -> anyhow::Result<()> {
        let key = self.key(name)?;
        let certificate = params(subject)?.signed_by(&key, self.authority.as_ref())?;
        self.write(&format!("{name}.pem"), certificate.pem())?;
        self.write(&format!("{name}.key"), key.serialize_pem())
    }

    /// Whether a file is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.root.join(name).exists()
    }

    /// A certificate for a kept key, from an authority that nobody knows.
    pub(crate) fn foreign_identity(&self, key: &str, subject: &Subject<'_>) -> anyhow::Result<Identity> {
        let foreign = Arc::new(Issuer::new(authority_params("Unknown CA")?, KeyPair::generate()?));
        issue(&foreign, &self.key(key)?, subject)
    }
}

fn issue(authority: &Arc<Issuer<'static, KeyPair>>, key: &KeyPair, subject: &Subject<'_>) -> anyhow::Result<Identity> {
    let params = params(subject)?;
    let certificate = params.signed_by(key, authority.as_ref())?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok(Identity { chain: vec![certificate.der().clone()], key, params, authority: Arc::clone(authority), face: Arc::default() })
}

/// What a server certificate says.
fn params(subject: &Subject<'_>) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(vec![subject.name.to_owned()])?;
    if let Some(address) = subject.address {
        params.subject_alt_names.push(SanType::IpAddress(address.into()));
    }
    params.distinguished_name = named(subject.name);
    params.not_before = OffsetDateTime::now_utc() - Duration::days(30);
    params.not_after = OffsetDateTime::now_utc() + Duration::days(subject.days_left);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn authority_params(name: &str) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2046, 1, 1);
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::OrganizationName, "Example Appliances");
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn keep(root: &Path, name: &str, make: impl FnOnce() -> anyhow::Result<String>) -> anyhow::Result<String> {
    let path = root.join(name);
    if let Ok(text) = fs::read_to_string(&path) {
        return Ok(text);
    }
    let text = make()?;
    fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(text)
}

fn der_of(pem: &str) -> anyhow::Result<CertificateDer<'static>> {
    use rustls::pki_types::pem::PemObject as _;
    CertificateDer::from_pem_slice(pem.as_bytes()).ok().context("the state directory's ca.pem is no certificate: remove the directory")
}

/// 32 random bytes.
pub(crate) fn random() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok().context("the system gives no random bytes")?;
    Ok(bytes)
}

/// Random letters and digits, at most 32.
fn random_text(length: usize) -> anyhow::Result<String> {
    const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    Ok(random()?.iter().take(length).map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect())
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
