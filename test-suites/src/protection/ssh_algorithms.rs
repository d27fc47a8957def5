//! Which algorithms and host keys does SSH offer?

use assay_engine::{Applies, Bench, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::Speaks;
use assay_model::safety::{Method, Safety};
use assay_probes::ssh_kex::{self, SshSurvey};

use super::judge::{self, Words};

pub(super) const TEST: Test = Test {
    id: "protection/ssh-algorithms",
    title: "Which algorithms and host keys does SSH offer?",
    shows: &["DP(CRY).1"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9142", "RFC 8758", "RFC 8332", "RFC 8270", "SP 800-131Ar2 3", "CVE-2023-48795"],
    limits: "whether a client that offers less gets less, and how the keys were made",
};

fn applies(subject: &Subject<'_>) -> Applies {
    subject.interface().is_some_and(|(_, interface)| interface.speaks == Speaks::Ssh).into()
}

/// The survey of the interface, made once for all tests.
async fn survey(bench: &Bench) -> Result<(SshSurvey, Seen), Stop> {
    let (component, interface, permit) = (bench.component()?, bench.interface()?, bench.permit()?);
    bench.once(&format!("ssh/{}/{}", component.id, interface.id), async { Ok(ssh_kex::survey(&permit).await?) }).await
}

async fn run(bench: Bench) -> Outcome {
    let (survey, seen) = survey(&bench).await?;
    let policy = bench.policy();
    let keys: Vec<_> = survey.host_keys.iter().map(|key| format!("{} of {} bits", key.algorithm, key.bits)).collect();
    let groups: Vec<_> = survey.groups.iter().filter_map(|answer| Some(format!("of {} bits", answer.bits?))).collect();
    let words = Words {
        met: "no offered algorithm is one that the policy forbids".to_owned(),
        expected: format!(
            "SSH 2.0; none of the forbidden algorithms; RSA host keys of {} bits or more; groups of {} bits or more",
            policy.ssh.rsa_min_bits.value, policy.ssh.group_min_bits.value
        ),
        observed: format!(
            "SSH {}; key exchanges {}; ciphers {}; codes {}; host keys {}; groups {}",
            survey.protocol,
            judge::some_of(&survey.kex),
            judge::some_of(&survey.ciphers_c2s),
            judge::some_of(&survey.macs_c2s),
            judge::some_of(&keys),
            judge::some_of(&groups)
        ),
        source: format!("{}; {}", policy.ssh.rsa_min_bits.source, policy.ssh.group_min_bits.source),
    };
    let control = keys.first().map(|key| {
        let count = survey.kex.len() + survey.host_key_algorithms.len() + survey.ciphers_c2s.len() + survey.macs_c2s.len();
        format!(
            "the server's own list of {count} algorithms was read whole, and a key exchange by it was carried out up to a host key ({key})"
        )
    });
    judge::ssh(&survey, &policy.ssh).rule(seen, control, words)
}
