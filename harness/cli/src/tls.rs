//! `assay tls`: what TLS servers accept, without a profile.

use std::path::{Path, PathBuf};

use assay_probes::tls::{self, Known, Prelude, Request, Support, Survey};
use clap::{Args, ValueEnum};

use crate::chain::{self, Told, Trust};
use crate::failure::Failure;
use crate::target::Targets;

/// The longest file of an earlier answer that is read, in bytes.
const LONGEST_FILE: u64 = 16 << 20;

/// Find out what TLS servers accept: versions, suites, groups, certificates, safeguards.
#[derive(Debug, Args)]
pub(crate) struct Tls {
    #[command(flatten)]
    targets: Targets,
    #[command(flatten)]
    trust: Trust,
    /// The name to ask for, in place of the host's
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What is said before TLS starts
    #[arg(long, value_enum, value_name = "PROTOCOL")]
    starttls: Option<Starttls>,
    /// All facts, or only what a policy asks
    #[arg(long, value_enum, default_value = "all")]
    depth: Depth,
    /// The policy whose questions are asked at `--depth verdict`
    #[arg(long, value_name = "NAME", default_value = "general")]
    policy: String,
    /// Facts of the same firmware from an earlier run (`--format json`): all questions go out at once
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Write the facts to a file as well, for `--known` later; of the last endpoint, where there are several
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

/// How much is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Depth {
    All,
    Verdict,
}

/// Protocols in which TLS is asked for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Starttls {
    Smtp,
    Ftp,
}

impl Tls {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        let known = self.known.as_deref().map(read_known).transpose()?;
        let prelude = match self.starttls {
            None => Prelude::None,
            Some(Starttls::Smtp) => Prelude::Smtp,
            Some(Starttls::Ftp) => Prelude::Ftp,
        };
        if self.depth == Depth::Verdict {
            let request = Request { name: self.name, prelude, ..Request::default() };
            return crate::verdict::ask(&self.targets, request, &self.policy).await;
        }
        let (name, save, anchors) = (self.name, self.save, self.trust.anchors()?);
        let ask = move |permit: assay_wire::Permit| {
            let name = name.clone().or_else(|| permit.declared_name().map(str::to_owned));
            let carried = name.clone().unwrap_or_else(|| permit.tls_name());
            let request = Request { name, prelude, known: known.clone(), deep: true };
            let (save, anchors) = (save.clone(), anchors.clone());
            async move {
                let survey = tls::survey_as(&permit, &request).await?;
                if let Some(path) = save {
                    keep(&path, &survey)?;
                }
                let certificates = chain::open(&survey.chains, &carried, &anchors);
                Ok(Told { facts: survey, certificates })
            }
        };
        self.targets.ask_each(ask, table, |_| 0).await
    }
}

fn read_known(path: &Path) -> Result<Known, Failure> {
    let bad = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let length = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?.len();
    if length > LONGEST_FILE {
        return Err(bad(format!("is longer than {LONGEST_FILE} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let value: serde_json::Value = serde_json::from_str(text.trim()).map_err(|error| bad(format!("is not one JSON object: {error}")))?;
    let facts = value.get("facts").cloned().unwrap_or(value);
    let survey: Survey = serde_json::from_value(facts).map_err(|error| bad(format!("holds no facts of `assay tls`: {error}")))?;
    Ok(Known::of(&survey))
}

fn keep(path: &Path, survey: &Survey) -> assay_wire::Result<()> {
    let failed = |error: &dyn std::fmt::Display| assay_wire::Error::Local(format!("{}: {error}", path.display()));
    let text = serde_json::to_string(survey).map_err(|error| failed(&error))?;
    std::fs::write(path, text).map_err(|error| failed(&error))
}

fn table(told: &Told<Survey>) -> String {
    let survey = &told.facts;
    let mut lines = Vec::new();
    for (version, support) in &survey.versions {
        match support {
            Support::Accepted => {
                let order = survey.order.get(version).map(|order| format!(", order: {order:?}").to_lowercase()).unwrap_or_default();
                let count = survey.suites.get(version).map_or(0, Vec::len);
                lines.push(format!("  {version:<6} accepted, suites: {count}{order}"));
                lines.extend(survey.suites.get(version).into_iter().flatten().map(|suite| format!("           {}", suite.name)));
            }
            Support::Refused { how } => lines.push(format!("  {version:<6} refused ({how})")),
            Support::Unclear { why } => lines.push(format!("  {version:<6} unclear ({why})")),
        }
    }
    let groups = |groups: &[tls::Group]| groups.iter().map(|group| format!("{}/{}", group.name, group.bits)).collect::<Vec<_>>().join(" ");
    let signatures = survey.signatures.iter().map(|each| each.name.as_str()).collect::<Vec<_>>().join(" ");
    let rows = [
        ("groups up to 1.2", groups(&survey.groups_12)),
        ("groups in 1.3", groups(&survey.groups_13)),
        ("signatures seen", signatures),
        ("protocols", survey.alpn.join(" ")),
        ("weak signatures", word(survey.weak_signatures).to_owned()),
    ];
    lines.extend(rows.iter().filter(|(_, value)| !value.is_empty()).map(|(what, value)| format!("  {what:<24} {value}")));
    lines.extend(safeguards(survey));
    lines.extend(survey.sessions.iter().flat_map(sessions));
    lines.extend(survey.flaws.iter().flat_map(flaws));
    lines.extend(chain::lines(&told.certificates));
    lines.extend(survey.sealed_chain.iter().map(|why| format!("  chain in 1.3 not read    {why}")));
    lines.push(format!("  hellos {}, connections {}, refusals {}", survey.hellos, survey.connections, survey.refusals));
    lines.join("\n")
}

fn word(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not told",
    }
}

fn safeguards(survey: &Survey) -> impl Iterator<Item = String> {
    let found = &survey.safeguards;
    let rows = [
        ("extended master secret", found.extended_master_secret),
        ("secure renegotiation", found.renegotiation_info),
        ("compression", found.compression),
        ("fallback value honoured", found.fallback_scsv),
        ("downgrade marker", found.downgrade_marker),
        ("encrypt-then-MAC", found.encrypt_then_mac),
        ("heartbeat", found.heartbeat),
        ("session ticket", found.session_ticket),
        ("session id", found.session_id),
        ("OCSP staple", found.ocsp_staple),
        ("client certificate", found.client_certificate_requested),
    ];
    rows.map(|(what, value)| format!("  {what:<24} {}", word(value))).into_iter()
}

fn sessions(found: &tls::Sessions) -> impl Iterator<Item = String> + use<> {
    let rows = [
        ("resumption by id", found.id_resumption),
        ("resumption by ticket", found.ticket_resumption),
        ("resumption in 1.3", found.psk_resumption_13),
        ("early data in 1.3", found.early_data_13),
        ("client renegotiation", found.client_renegotiation),
        ("insecure renegotiation", found.insecure_renegotiation),
    ];
    rows.map(|(what, value)| format!("  {what:<24} {}", word(value))).into_iter()
}

fn flaws(found: &tls::Flaws) -> impl Iterator<Item = String> + use<> {
    let rows = [
        ("Heartbleed", &found.heartbleed),
        ("early change of cipher", &found.ccs_injection),
        ("ROBOT", &found.robot),
        ("Ticketbleed", &found.ticketbleed),
        ("CBC padding oracle", &found.padding_oracle),
    ];
    let word = |outcome: tls::Outcome| match outcome {
        tls::Outcome::Vulnerable => "vulnerable",
        tls::Outcome::NotVulnerable => "not vulnerable",
        tls::Outcome::NotApplicable => "does not apply",
        tls::Outcome::Unclear => "unclear",
    };
    let checks = rows.map(|(what, check)| format!("  {what:<24} {} ({})", word(check.outcome), check.why));
    let tolerance = match (found.tolerance.unusual_hello, found.tolerance.refused.join(" ")) {
        (Some(true), _) => "yes".to_owned(),
        (_, refused) if !refused.is_empty() => format!("not of: {refused}"),
        (Some(false), _) => "no".to_owned(),
        (None, _) => "not told".to_owned(),
    };
    checks.into_iter().chain([format!("  {:<24} {tolerance}", "unusual hello taken")])
}
