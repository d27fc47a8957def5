//! The papers of the product: its documents, and what reviewers answered about it. Written into the state directory.

use time::{Duration, OffsetDateTime};

use crate::state::State;

/// The files, with `{today}` and `{next-year}` for days.
const PAPERS: &[(&str, &str)] = &[
    ("answers/identification.toml", include_str!("../papers/answers/identification.toml")),
    ("answers/configuration.toml", include_str!("../papers/answers/configuration.toml")),
    ("answers/protection.toml", include_str!("../papers/answers/protection.toml")),
    ("answers/access.toml", include_str!("../papers/answers/access.toml")),
    ("answers/update.toml", include_str!("../papers/answers/update.toml")),
    ("answers/awareness.toml", include_str!("../papers/answers/awareness.toml")),
    ("answers/security.toml", include_str!("../papers/answers/security.toml")),
    ("answers/documentation.toml", include_str!("../papers/answers/documentation.toml")),
    ("answers/reception.toml", include_str!("../papers/answers/reception.toml")),
    ("answers/dissemination.toml", include_str!("../papers/answers/dissemination.toml")),
    ("answers/education.toml", include_str!("../papers/answers/education.toml")),
    ("documents/design.md", include_str!("../papers/documents/design.md")),
    ("documents/user-guide.md", include_str!("../papers/documents/user-guide.md")),
    ("documents/security-policy.md", include_str!("../papers/documents/security-policy.md")),
    ("documents/support-statement.md", include_str!("../papers/documents/support-statement.md")),
    ("documents/disposal.md", include_str!("../papers/documents/disposal.md")),
    ("documents/training.md", include_str!("../papers/documents/training.md")),
    ("documents/sbom.cdx.json", include_str!("../papers/documents/sbom.cdx.json")),
    ("documents/exploited.json", include_str!("../papers/documents/exploited.json")),
    ("documents/osv.json", include_str!("../papers/documents/osv.json")),
    ("documents/nvd.json", include_str!("../papers/documents/nvd.json")),
    ("documents/vex.json", include_str!("../papers/documents/vex.json")),
    ("documents/provider-metadata.json", include_str!("../papers/documents/provider-metadata.json")),
    ("documents/advisory.json", include_str!("../papers/documents/advisory.json")),
    ("documents/mud.json", include_str!("../papers/documents/mud.json")),
    ("documents/mud-signer.pem", include_str!("../papers/documents/mud-signer.pem")),
];

/// The label of the first sample, as somebody photographed it.
const LABEL: &[u8] = include_bytes!("../papers/answers/label.png");

/// The signature over `mud.json`; its key is gone.
const SIGNATURE: &[u8] = include_bytes!("../papers/documents/mud.p7s");

/// Writes all papers, whatever was there.
pub(crate) fn write(state: &State) -> anyhow::Result<()> {
    let today = OffsetDateTime::now_utc().date();
    let next_year = today + Duration::days(365);
    for (name, text) in PAPERS {
        state.write(name, text.replace("{today}", &today.to_string()).replace("{next-year}", &next_year.to_string()))?;
    }
    state.write("documents/mud.p7s", SIGNATURE)?;
    state.write("answers/label.png", LABEL)
}
