//! `assay ssh`: what SSH servers show before log-in, without a profile.

use assay_probes::ssh_kex::{self, GroupAnswer, HostKey, Questions, SshSurvey, UserAnswers};
use clap::Args;

use crate::failure::Failure;
use crate::target::Targets;

/// Find out what SSH servers show before log-in: algorithms, host keys, groups, and how they answer users.
#[derive(Debug, Args)]
pub(crate) struct Ssh {
    #[command(flatten)]
    targets: Targets,
    /// Ask which methods of authentication this user has, by one request without a credential
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Ask the same for a user that cannot exist, and see whether the answers differ; each of the two costs up to two
    /// failed log-ins
    #[arg(long, requires = "user")]
    compare_users: bool,
}

impl Ssh {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        let questions = Questions { user: self.user, compare_users: self.compare_users };
        let ask = move |permit| {
            let questions = questions.clone();
            async move { ssh_kex::survey_with(&permit, &questions).await }
        };
        self.targets.ask_each(ask, table, |_| 0).await
    }
}

fn table(survey: &SshSurvey) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    rows.extend(survey.lines_before.iter().map(|line| ("before it", line.clone())));
    rows.push(("banner", survey.banner.clone()));
    if let Some(first) = &survey.first_protocol {
        let keys = format!("host key {} bits, server key {} bits", first.host_key_bits, first.server_key_bits);
        rows.push(("SSH 1", format!("{keys}; ciphers {}; methods {}", first.ciphers.join(" "), first.methods.join(" "))));
    }
    rows.extend(lists(survey));
    rows.extend(survey.host_keys.iter().map(|key| ("host key", host_key(key))));
    rows.extend(survey.keys_absent.iter().map(|kind| ("host key", format!("none for {kind}, though it is offered"))));
    rows.extend(survey.keys_not_read.iter().map(|why| ("host key", format!("not read: {why}"))));
    rows.extend(survey.groups.iter().map(|answer| ("group", group(answer))));
    rows.extend(survey.groups_not_read.iter().map(|why| ("group", format!("not told: {why}"))));
    rows.push(("strict", if survey.strict_kex { "yes" } else { "no" }.to_owned()));
    rows.push(("truncation", truncation(survey)));
    if let Some(agreed) = &survey.agreed {
        rows.push(("agreed", format!("{} {} {}", agreed.kex, agreed.cipher, agreed.mac).trim_end().to_owned()));
    }
    rows.extend(survey.not_agreed.iter().map(|why| ("agreed", format!("nothing: {why}"))));
    rows.extend(survey.extensions.iter().map(|(name, value)| ("extension", format!("{name} {value}"))));
    rows.extend(survey.user.iter().map(|answers| ("user", user(answers))));
    if let Some(users) = &survey.users {
        rows.push(("user", user(&users.stranger)));
        rows.push(("told apart", if users.differences.is_empty() { "no".to_owned() } else { users.differences.join("; ") }));
    }
    rows.extend(survey.users_not_read.iter().map(|why| ("user", format!("not told: {why}"))));
    rows.push(("connections", format!("{}, of them busy {}", survey.effort.connections, survey.effort.busy)));
    rows.iter().map(|(what, value)| format!("  {what:<14} {value}")).collect::<Vec<_>>().join("\n")
}

/// The lists of algorithms; both directions in one row where they are the same.
fn lists(survey: &SshSurvey) -> Vec<(&'static str, String)> {
    let mut rows = vec![("key exchange", survey.kex.join(" ")), ("signals", survey.signals.join(" "))];
    rows.push(("keys", survey.host_key_algorithms.join(" ")));
    for (what, to, from) in [("ciphers", &survey.ciphers_c2s, &survey.ciphers_s2c), ("codes", &survey.macs_c2s, &survey.macs_s2c)] {
        if to == from {
            rows.push((what, to.join(" ")));
        } else {
            rows.push((what, format!("to the server: {}", to.join(" "))));
            rows.push((what, format!("from the server: {}", from.join(" "))));
        }
    }
    rows.push(("compression", survey.compression.join(" ")));
    rows.push(("languages", survey.languages.join(" ")));
    rows.push(("guesses", if survey.guesses { "its first packet comes along".to_owned() } else { String::new() }));
    rows.retain(|(_, value)| !value.is_empty());
    rows
}

fn host_key(key: &HostKey) -> String {
    let text = format!("{} {} bits {}", key.algorithm, key.bits, key.sha256);
    let Some(certificate) = &key.certificate else { return text };
    let names = certificate.principals.join(" ");
    let signer = format!("{} {} bits {}", certificate.authority, certificate.authority_bits, certificate.authority_sha256);
    format!("{text}; certificate `{}` for {names}, signed by {signer}", certificate.key_id)
}

fn group(answer: &GroupAnswer) -> String {
    let [least, preferred, most] = answer.asked;
    let came = match (answer.bits, &answer.refused) {
        (Some(bits), _) => format!("{bits} bits, {}", answer.group),
        (None, words) => format!("refused: {}", words.as_deref().unwrap_or_default()),
    };
    format!("{least} to {most}, best {preferred}: {came}")
}

fn truncation(survey: &SshSurvey) -> String {
    match (survey.is_truncatable(), survey.truncatable.is_empty()) {
        (true, _) => format!("possible (CVE-2023-48795): {}", survey.truncatable.join(" ")),
        (false, true) => "not possible: no cipher that is open to it".to_owned(),
        (false, false) => "not possible: key exchange is strict".to_owned(),
    }
}

fn user(answers: &UserAnswers) -> String {
    let open = if answers.none_accepted { "let in without a credential" } else { "methods" };
    let more = [("unknown key", &answers.key_query), ("broken request", &answers.broken_request)];
    let more = more.into_iter().filter_map(|(what, answer)| Some(format!("; {what}: {}", answer.as_ref()?)));
    format!("{}: {open} {}{}", answers.user, answers.methods.join(" "), more.collect::<String>())
}
