//! The device's mDNS responder at 5353, for unicast questions.

use std::sync::Arc;

use crate::world::World;

/// Binds the ports and starts serving.
#[expect(clippy::unused_async, reason = "to be filled in")]
pub(crate) async fn serve(_world: &Arc<World>) -> anyhow::Result<()> {
    Ok(())
}
