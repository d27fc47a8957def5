//! The hub's MQTT broker at 8883 (TLS), and on a faulty hub also at 1883 (plain).

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use crate::{Fault, tls, world::World};

mod broker;
mod dialect;
mod session;
#[cfg(test)]
mod tests;

use broker::Broker;

/// The port with TLS.
const SECURE: u16 = 8883;
/// The port without.
const PLAIN: u16 = 1883;
/// How often the second device reports.
const REPORT: Duration = Duration::from_millis(200);
/// Where the second device reports, and what.
const TELEMETRY: (&str, &[u8]) = ("dishwasher/DW-0002/telemetry", br#"{"cycle":"idle"}"#);

/// Binds the ports and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    let broker = Arc::new(Broker::default());
    let acceptor = tls::acceptor(&world.identity, &["mqtt"])?;
    let (own, shared) = (Arc::clone(world), Arc::clone(&broker));
    let secure = move |stream, peer| {
        let (world, broker, acceptor) = (Arc::clone(&own), Arc::clone(&shared), acceptor.clone());
        async move {
            if let Some(stream) = tls::accept(&acceptor, stream).await {
                let _ = session::run(stream, peer, &world, &broker).await;
            }
        }
    };
    world.tasks.listen(world.at(SECURE), secure).await?;
    if world.has(Fault::MqttPlain) {
        let (own, shared) = (Arc::clone(world), Arc::clone(&broker));
        let plain = move |stream, peer| {
            let (world, broker) = (Arc::clone(&own), Arc::clone(&shared));
            async move { drop(session::run(stream, peer, &world, &broker).await) }
        };
        world.tasks.listen(world.at(PLAIN), plain).await?;
    }
    world.tasks.spawn(async move {
        loop {
            tokio::time::sleep(REPORT).await;
            broker.publish(TELEMETRY.0, &Bytes::from_static(TELEMETRY.1), 0);
        }
    });
    Ok(())
}
