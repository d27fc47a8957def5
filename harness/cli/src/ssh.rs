//! `assay ssh`: what SSH servers offer, without a profile.

use assay_probes::ssh_kex::{self, SshSurvey};
use clap::Args;

use crate::failure::Failure;
use crate::target::Targets;

/// Find out what SSH servers offer: banner, algorithms, host keys.
#[derive(Debug, Args)]
pub(crate) struct Ssh {
    #[command(flatten)]
    targets: Targets,
}

impl Ssh {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        self.targets.ask_each(|permit| async move { ssh_kex::survey(&permit).await }, table).await
    }
}

fn table(survey: &SshSurvey) -> String {
    let mut lines = vec![format!("  banner          {}", survey.banner)];
    let lists = [
        ("key exchange", &survey.kex),
        ("host keys", &survey.host_key_algorithms),
        ("ciphers", &survey.ciphers_s2c),
        ("macs", &survey.macs_s2c),
    ];
    lines.extend(lists.iter().map(|(what, names)| format!("  {what:<15} {}", names.join(" "))));
    lines.extend(survey.host_keys.iter().map(|key| format!("  key             {} {} {}", key.algorithm, key.bits, key.sha256)));
    lines.join("\n")
}
