//! `assay declare` and `assay revise`: the supplier's declaration, signed, from a sealed run.

use std::path::{Path, PathBuf};

use assay_conformity::declaration::{self, Declaration, Ground, Predecessor, Sealed, Status};
use assay_conformity::gaps::{self, Gaps};
use assay_conformity::issuer::{self, Issuer};
use assay_conformity::supporting;
use assay_model::evidence::sha256_hex;
use assay_model::run::Run;
use assay_reports::sdoc;
use assay_seal::{PrivateKey, PublicKey, SEAL, Signer, bundle};
use clap::{Args, ValueEnum};

use crate::failure::Failure;
use crate::files;

/// The seal of the run that a declaration rests on, as its folder keeps it.
const RUN_SEAL: &str = "run-seal.json";

#[derive(Debug, Args)]
pub(crate) struct Declare {
    /// The folder of the sealed run
    run: PathBuf,
    /// TOML file with what the issuer supplies
    #[arg(long, value_name = "FILE")]
    issuer: PathBuf,
    /// The private key of the signatory
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What was decided about gaps: the file of `assay gaps`, filled in
    #[arg(long, value_name = "FILE")]
    gaps: Option<PathBuf>,
    /// The folder of the declaration that this one amends
    #[arg(long, value_name = "DIR", requires = "because")]
    amends: Option<PathBuf>,
    /// Why it is amended
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
    /// Keep declarations in this folder
    #[arg(long, value_name = "DIR", default_value = "declarations")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Revise {
    /// The folder of the declaration
    #[arg(value_name = "DIR")]
    declaration: PathBuf,
    /// Whether it stands from now on
    #[arg(long, value_enum, value_name = "WORD")]
    status: NewStatus,
    /// Why
    #[arg(long, value_name = "WHY")]
    because: String,
    /// The day: 2026-01-31
    #[arg(long, value_name = "DAY")]
    date: String,
    /// The private key of the signatory
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Keep declarations in this folder
    #[arg(long, value_name = "DIR", default_value = "declarations")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum NewStatus {
    InForce,
    Suspended,
    Withdrawn,
}

impl From<NewStatus> for Status {
    fn from(status: NewStatus) -> Self {
        match status {
            NewStatus::InForce => Self::InForce,
            NewStatus::Suspended => Self::Suspended,
            NewStatus::Withdrawn => Self::Withdrawn,
        }
    }
}

impl Declare {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let (run, sealed) = sealed_run(&self.run)?;
        let issuer = issuer::read(&self.issuer.display().to_string(), &files::text(&self.issuer)?)?;
        let (gaps, decided) = match &self.gaps {
            None => (Gaps::none(&run), None),
            Some(path) => {
                let text = files::text(path)?;
                (gaps::read(&path.display().to_string(), &text, &run)?, Some(text))
            }
        };
        let members = members(&issuer, self.issuer.parent().unwrap_or(Path::new("")))?;
        let key = PrivateKey::open(&self.key)?;
        let replaces = self.amends.as_deref().map(|before| predecessor(before, self.because.unwrap_or_default())).transpose()?;
        let signed_with = key.public().id();
        let ground = Ground {
            run: &run,
            gaps: &gaps,
            issuer: &issuer,
            members: &members,
            sealed: Some(&sealed),
            replaces: replaces.as_ref(),
            signed_with: &signed_with,
        };
        let declaration = declaration::declare(&ground).map_err(|why| Failure::refused(sdoc::refused(&why), run.conclusion))?;
        is_of_signatory(&issuer, &key)?;
        let documentation = supporting::of(&declaration, &run, &gaps);
        let seal = std::fs::read(self.run.join(SEAL)).map_err(Failure::harness)?;
        let mut files = vec![
            ("declaration.json", sdoc::json(&declaration).map_err(Failure::harness)?.into_bytes()),
            ("declaration.html", sdoc::html(&declaration).map_err(Failure::harness)?.into_bytes()),
            ("supporting-documentation.json", sdoc::json(&documentation).map_err(Failure::harness)?.into_bytes()),
            ("supporting-documentation.html", sdoc::supporting(&documentation).map_err(Failure::harness)?.into_bytes()),
            (RUN_SEAL, seal),
        ];
        files.extend(decided.map(|text| ("gaps.toml", text.into_bytes())));
        issue(&declaration, &files, &key, &self.out)
    }
}

impl Revise {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        if assay_model::answers::date(&self.date).is_none() {
            return Err(Failure::usage("--date is no day: write it like 2026-01-31"));
        }
        let (before, seal) = open(&self.declaration, &[])?;
        let key = PrivateKey::open(&self.key)?;
        is_of_signatory(&before.issuer, &key)?;
        let next = declaration::revise(&before, &seal, self.status.into(), &self.because, &self.date, &key.public().id());
        let mut files = vec![
            ("declaration.json", sdoc::json(&next).map_err(Failure::harness)?.into_bytes()),
            ("declaration.html", sdoc::html(&next).map_err(Failure::harness)?.into_bytes()),
        ];
        for name in ["supporting-documentation.json", "supporting-documentation.html", RUN_SEAL, "gaps.toml"] {
            if let Ok(bytes) = std::fs::read(self.declaration.join(name)) {
                files.push((name, bytes));
            }
        }
        issue(&next, &files, &key, &self.out)
    }
}

/// Opens a declaration: its seal holds, and it says what was signed. The second value is SHA-256 of the seal.
pub(crate) fn open(folder: &Path, trusted: &[PublicKey]) -> Result<(Declaration, String), Failure> {
    let bundle = bundle::open(folder, trusted).map_err(|flaw| Failure::unverified(folder, &flaw))?;
    Ok((of_bundle(folder, &bundle)?, bundle.sha256))
}

/// The declaration in a bundle that was opened: the file says what was signed, and leads to the seal of the run.
pub(crate) fn of_bundle(folder: &Path, bundle: &bundle::Bundle) -> Result<Declaration, Failure> {
    let flawed = |what: &str| Failure::unverified(folder, &what);
    if bundle.statement.predicate_type != assay_seal::DECLARATION {
        return Err(flawed("this is no declaration"));
    }
    let text = std::fs::read(folder.join("declaration.json")).map_err(|_| flawed("declaration.json: is not there"))?;
    let declaration: Declaration =
        serde_json::from_slice(&text).map_err(|error| flawed(&format!("declaration.json: not a declaration of this version: {error}")))?;
    if serde_json::to_value(&declaration).map_err(Failure::harness)? != bundle.statement.bare() {
        return Err(flawed("declaration.json: says something else than what was signed"));
    }
    let seal = std::fs::read(folder.join(RUN_SEAL)).map_err(|_| flawed("run-seal.json: is not there"))?;
    if sha256_hex(&seal) != declaration.assessment.seal {
        return Err(flawed("run-seal.json: is not the seal of the run that the declaration rests on"));
    }
    Ok(declaration)
}

/// A run under an unbroken seal.
fn sealed_run(folder: &Path) -> Result<(Run, Sealed), Failure> {
    if !folder.join(SEAL).exists() {
        let what = "this run is not sealed: `assay seal RUN --key KEY` seals it, and nothing is declared before";
        return Err(Failure::usage(format!("{}: {what}", folder.display())));
    }
    let bundle = bundle::open(folder, &[]).map_err(|flaw| Failure::unverified(folder, &flaw))?;
    let run = assay_seal::run::verify(folder, &bundle).map_err(|flaw| Failure::unverified(folder, &flaw))?;
    let by = bundle.signers.iter().map(|signer| format!("{}, {}", signer.name, signer.function)).collect();
    Ok((run, Sealed { sha256: bundle.sha256, by }))
}

fn members(issuer: &Issuer, folder: &Path) -> Result<Vec<Option<Run>>, Failure> {
    let run = |name: &String| Ok(sealed_run(&folder.join(name))?.0);
    issuer.members.iter().map(|member| member.run.as_ref().map(run).transpose()).collect()
}

fn predecessor(folder: &Path, because: String) -> Result<Predecessor, Failure> {
    let (before, seal) = open(folder, &[])?;
    Ok(Predecessor { number: before.issuer.number, revision: before.revision, seal, because })
}

/// The one who signs is the one whom the declaration names.
fn is_of_signatory(issuer: &Issuer, key: &PrivateKey) -> Result<(), Failure> {
    let holder = key.public().person().map(|person| person.name.clone()).unwrap_or_default();
    if issuer.signatory.is(&holder) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "the key belongs to `{holder}`, and the declaration names `{}` as signatory: sign with that person's key",
        issuer.signatory.name
    )))
}

/// Writes the folder of a declaration, and seals it. It is there whole or not at all.
fn issue(declaration: &Declaration, files: &[(&str, Vec<u8>)], key: &PrivateKey, out: &Path) -> Result<u8, Failure> {
    let number: String = declaration.issuer.number.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(60).collect();
    let folder = out.join(format!("{number}-r{}", declaration.revision));
    if folder.exists() {
        return Err(Failure::usage(format!("{}: is there already: give the declaration another number", folder.display())));
    }
    std::fs::create_dir_all(out).map_err(|error| Failure::usage(format!("{}: {error}", out.display())))?;
    let making = tempfile::Builder::new().prefix(".making-").tempdir_in(out).map_err(Failure::harness)?;
    for (name, bytes) in files {
        std::fs::write(making.path().join(name), bytes).map_err(Failure::harness)?;
    }
    let predicate = serde_json::to_value(declaration).map_err(Failure::harness)?;
    bundle::seal(making.path(), assay_seal::DECLARATION, predicate, &[Signer::of(key.public())?], key)?;
    std::fs::rename(making.path(), &folder).map_err(Failure::harness)?;
    let _gone = making.keep();
    say!(
        "declaration {}, revision {}, {}: {}",
        declaration.issuer.number,
        declaration.revision,
        declaration.status.word(),
        folder.display()
    );
    say!("read it:    {}", folder.join("declaration.html").display());
    say!("check it:   assay verify {} --key PUBLIC-KEY", folder.display());
    Ok(0)
}
