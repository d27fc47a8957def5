//! The device's web pages and API at 8443, and at 8080 without TLS if it is faulty.

use std::sync::Arc;

use crate::world::World;

/// Binds the ports and starts serving.
#[expect(clippy::unused_async, reason = "to be filled in")]
pub(crate) async fn serve(_world: &Arc<World>) -> anyhow::Result<()> {
    Ok(())
}
