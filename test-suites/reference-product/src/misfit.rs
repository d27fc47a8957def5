//! Products that cannot be talked to.

/// How a product misbehaves at all its declared ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Nothing listens.
    Dead,
    /// Connections are accepted, and nothing is ever said.
    Mute,
    /// Connections are reset as soon as they are accepted.
    Resetting,
    /// Random bytes, then the end.
    Babbling,
    /// Plausible bytes that never end.
    Endless,
}

impl Misfit {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Dead, Self::Mute, Self::Resetting, Self::Babbling, Self::Endless];
}

/// Misbehaves at all declared ports of all components.
#[expect(clippy::unused_async, reason = "to be filled in")]
pub(crate) async fn serve(_: Misfit, _: &crate::Addresses, _: &crate::net::Tasks) -> anyhow::Result<()> {
    Ok(())
}
