//! The hub's MQTT broker at 8883 (TLS), and at 1883 if it is faulty.

use std::sync::Arc;

use crate::world::World;

/// Binds the ports and starts serving.
#[expect(clippy::unused_async, reason = "to be filled in")]
pub(crate) async fn serve(_world: &Arc<World>) -> anyhow::Result<()> {
    Ok(())
}
