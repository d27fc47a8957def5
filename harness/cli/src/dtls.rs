//! `assay dtls`: what DTLS servers accept, without a profile.

use assay_probes::dtls::{self, DtlsSurvey, Extensions, Reply};
use clap::Args;

use crate::chain::{self, Told, Trust};
use crate::failure::Failure;
use crate::target::Targets;

/// Find out what DTLS servers accept: versions, cookies, suites, groups, certificates, fragments.
#[derive(Debug, Args)]
pub(crate) struct Dtls {
    #[command(flatten)]
    targets: Targets,
    #[command(flatten)]
    trust: Trust,
}

impl Dtls {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        let anchors = self.trust.anchors()?;
        let ask = move |permit: assay_wire::Permit| {
            let anchors = anchors.clone();
            async move {
                let facts = dtls::survey(&permit).await?;
                let certificates = chain::open(&facts.chains, &permit.tls_name(), &anchors);
                Ok(Told { facts, certificates })
            }
        };
        self.targets.ask_each(ask, table, |_| 0).await
    }
}

fn table(told: &Told<DtlsSurvey>) -> String {
    let survey = &told.facts;
    let mut rows: Vec<(String, String)> = Vec::new();
    for (version, reply) in &survey.versions {
        rows.push((format!("DTLS {version}"), in_words(reply)));
        for suite in survey.suites.get(version).into_iter().flatten() {
            rows.push((String::new(), suite.name.clone()));
        }
    }
    for (version, groups) in &survey.groups {
        let names = groups.iter().map(|group| format!("{} ({})", group.name, group.bits)).collect::<Vec<_>>();
        rows.push((if version == "1.3" { "groups 1.3" } else { "groups" }.to_owned(), names.join(" ")));
    }
    let signatures: Vec<_> = survey.signatures.iter().map(|signature| signature.name.as_str()).collect();
    rows.push(("signatures".to_owned(), or_none(&signatures)));
    rows.push(("psk hint".to_owned(), survey.psk_hint.clone().unwrap_or_else(|| "none".to_owned())));
    rows.push(("client cert".to_owned(), known(survey.client_certificate_requested, "asked for", "not asked for")));
    rows.push(("cookie".to_owned(), cookie(survey)));
    rows.push(("safeguards".to_owned(), safeguards(survey)));
    rows.push(("fragments".to_owned(), fragments(survey)));
    rows.push(("repetition".to_owned(), repetition(survey)));
    let sent = format!("{} hellos, {} of them sent again, {} sockets", survey.hellos, survey.repeats, survey.sockets);
    rows.push(("sent".to_owned(), sent));
    let rows = rows.iter().map(|(what, told)| format!("  {what:<15} {told}"));
    rows.chain(chain::lines(&told.certificates)).collect::<Vec<_>>().join("\n")
}

fn in_words(reply: &Reply) -> String {
    match reply {
        Reply::Accepted => "accepted".to_owned(),
        Reply::Refused { how } => format!("refused ({how})"),
        Reply::Silent => "not answered, though other hellos were".to_owned(),
    }
}

fn or_none(names: &[&str]) -> String {
    if names.is_empty() { "none seen".to_owned() } else { names.join(" ") }
}

fn known(fact: Option<bool>, yes: &str, no: &str) -> String {
    fact.map_or("not seen", |fact| if fact { yes } else { no }).to_owned()
}

fn cookie(survey: &DtlsSurvey) -> String {
    let mut told = vec![known(survey.cookie, "asked for", "not asked for")];
    if let Some(cookies) = &survey.cookies {
        told.extend(cookies.bytes.map(|bytes| format!("{bytes} bytes")));
        told.push(known(cookies.checked, "a false one is turned down", "a false one is accepted"));
        told.push(known(cookies.repeated_unasked, "asked for again unasked", "not asked for again unasked"));
    }
    if let Some(amplification) = &survey.amplification {
        told.push(format!("{} bytes unproved are answered with {}", amplification.sent, amplification.received));
    }
    told.join(", ")
}

fn safeguards(survey: &DtlsSurvey) -> String {
    let extensions = survey.extensions.clone().unwrap_or_default();
    let Extensions { compression, connection_id, heartbeat, max_fragment_length, record_size_limit, session_ticket } = extensions;
    let all = [
        ("extended-master-secret", survey.extended_master_secret),
        ("renegotiation-info", survey.secure_renegotiation),
        ("encrypt-then-mac", survey.encrypt_then_mac),
        ("compression", compression),
        ("connection-id", connection_id),
        ("heartbeat", heartbeat),
        ("max-fragment-length", max_fragment_length),
        ("record-size-limit", record_size_limit),
        ("session-ticket", session_ticket),
    ];
    all.map(|(name, fact)| format!("{name}: {}", known(fact, "yes", "no"))).join(", ")
}

fn fragments(survey: &DtlsSurvey) -> String {
    let Some(fragments) = &survey.fragments else { return "not seen".to_owned() };
    let hello = fragments.hello.as_ref().map_or_else(|| "not asked".to_owned(), in_words);
    let own = if fragments.own { "sends some itself" } else { "sends none itself" };
    let (datagram, record) = (fragments.largest_datagram, fragments.largest_record);
    format!("a hello in two: {hello}; {own}; largest datagram {datagram}, record {record} bytes")
}

fn repetition(survey: &DtlsSurvey) -> String {
    match &survey.repetition {
        Some(seen) if seen.watched_ms > 0 => match seen.after_ms {
            Some(after) => format!("an unanswered flight comes again after {after} ms"),
            None => format!("an unanswered flight does not come again within {} ms", seen.watched_ms),
        },
        _ => "not seen".to_owned(),
    }
}
