//! `assay tls --depth verdict`: only what a policy asks.

use assay_model::policy::Policy;
use assay_probes::tls::{self, Limits, Request, Verdict};

use crate::failure::Failure;
use crate::target::Targets;

/// Asks every endpoint what the policy with this name asks. The exit code is 1 when one offends, 3 when one stays open.
pub(crate) async fn ask(targets: &Targets, request: Request, policy: &str) -> Result<u8, Failure> {
    let all = assay_suites::data::policies().map_err(Failure::harness)?;
    let known = || all.iter().map(|policy| policy.id.as_str()).collect::<Vec<_>>().join(", ");
    let policy =
        all.iter().find(|each| each.id == policy).ok_or_else(|| Failure::usage(format!("no such policy; there are {}", known())))?;
    let limits = limits(policy);
    let ask = move |permit: assay_wire::Permit| {
        let (mut request, limits) = (request.clone(), limits.clone());
        request.name = request.name.or_else(|| permit.declared_name().map(str::to_owned));
        async move { tls::verdict(&permit, &request, &limits).await }
    };
    let code = |verdict: &Verdict| match verdict.offends {
        Some(true) => 1,
        Some(false) => 0,
        None => 3,
    };
    targets.ask_each(ask, table, code).await
}

fn limits(policy: &Policy) -> Limits {
    let tls = &policy.tls;
    Limits {
        forbidden_suites: tls.forbidden_suites.value.iter().chain(&tls.constrained_only.value).cloned().collect(),
        forward_secrecy: tls.forward_secrecy.value,
        groups: tls.groups.value.clone(),
        dh_min_bits: tls.dh_min_bits.value,
    }
}

fn table(verdict: &Verdict) -> String {
    let word = |offends: Option<bool>| match offends {
        Some(true) => "forbidden",
        Some(false) => "fine",
        None => "open",
    };
    let rows = verdict.replies.iter().map(|reply| format!("  {:<9} {:<46} {}", word(reply.offends), reply.offered, reply.answer));
    let sum = format!(
        "  {}: hellos {}, connections {}, refusals {}",
        word(verdict.offends),
        verdict.hellos,
        verdict.connections,
        verdict.refusals
    );
    rows.chain([sum]).collect::<Vec<_>>().join("\n")
}
