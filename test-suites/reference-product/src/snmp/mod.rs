//! An SNMP agent at 1161 that knows the community `public`, on a faulty device.

use std::{sync::Arc, time::Instant};

use crate::{Fault, net::bind_udp, world::World};

mod agent;
mod ber;
#[cfg(test)]
mod tests;

/// The agent's port.
const PORT: u16 = 1161;
/// The longest request that is read, in bytes.
const LONGEST: usize = 1500;

/// Binds the port and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    if !world.has(Fault::SnmpPublic) {
        return Ok(());
    }
    let socket = bind_udp(world.at(PORT)).await?;
    let start = Instant::now();
    world.tasks.spawn(async move {
        let mut buffer = [0; LONGEST];
        loop {
            let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
            let ticks = u32::try_from(start.elapsed().as_millis() / 10).unwrap_or(u32::MAX);
            if let Some(answer) = agent::answer(buffer.get(..length).unwrap_or_default(), ticks) {
                let _ = socket.send_to(&answer, peer).await;
            }
        }
    });
    Ok(())
}
