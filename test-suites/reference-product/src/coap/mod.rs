//! CoAP at 5683 and CoAP over DTLS at 5684 on the device.

use std::sync::Arc;

use crate::{net::bind_udp, world::World};

mod old_dtls;
mod resources;
mod secure;
#[cfg(test)]
mod tests;

use resources::Visitor;

/// The port without DTLS.
const PLAIN: u16 = 5683;
/// The port with DTLS.
const SECURE: u16 = 5684;
/// The longest datagram that is read, in bytes.
const LONGEST: usize = 2048;

/// Binds the ports and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    let plain = bind_udp(world.at(PLAIN)).await?;
    let own = Arc::clone(world);
    world.tasks.spawn(async move {
        let mut buffer = [0; LONGEST];
        loop {
            let Ok((length, peer)) = plain.recv_from(&mut buffer).await else { continue };
            if let Some(answer) = resources::answer(buffer.get(..length).unwrap_or_default(), Visitor::Stranger, &own) {
                let _ = plain.send_to(&answer, peer).await;
            }
        }
    });
    let socket = bind_udp(world.at(SECURE)).await?;
    let server = secure::Server::new(world, socket)?;
    world.tasks.spawn(server.run());
    Ok(())
}
