//! The survey of a TLS interface, made once for all tests of this family.

use assay_engine::{Applies, Bench, Seen, Stop, Subject};
use assay_probes::tls::{self, Survey};

use super::judge::label;

/// Interfaces where TLS is spoken from the first byte.
pub(super) fn applies(subject: &Subject<'_>) -> Applies {
    subject.interface().is_some_and(|(_, interface)| interface.speaks.is_tls()).into()
}

/// The survey of the interface.
pub(super) async fn survey(bench: &Bench) -> Result<(Survey, Seen), Stop> {
    let (component, interface, permit) = (bench.component()?, bench.interface()?, bench.permit()?);
    let name = permit.declared_name().map(str::to_owned);
    bench.once(&format!("tls/{}/{}", component.id, interface.id), async { Ok(tls::survey(&permit, name.as_deref()).await?) }).await
}

/// The newest version that was accepted, with the suite that the server liked best there.
pub(super) fn best(survey: &Survey) -> Option<String> {
    let version = survey.accepted().filter(|name| !name.starts_with("SSL")).max()?;
    let suite = survey.suites.get(version)?.first()?;
    Some(format!("{} with {}", label(version), suite.name))
}

/// A hello that was accepted beside those that were refused.
pub(super) fn accepted_beside(survey: &Survey) -> Option<String> {
    let best = best(survey)?;
    Some(format!("of {} hellos to this port the server answered one for {best} in the same run: refusals are its own", survey.hellos))
}

/// All versions with what the server made of them.
pub(super) fn versions_in_words(survey: &Survey) -> String {
    use tls::Support::{Accepted, Refused, Unclear};
    let each = survey.versions.iter().map(|(name, support)| match support {
        Accepted => format!("{} accepted", label(name)),
        Refused { how } => format!("{} refused ({how})", label(name)),
        Unclear { .. } => format!("{} unclear", label(name)),
    });
    each.collect::<Vec<_>>().join(", ")
}
