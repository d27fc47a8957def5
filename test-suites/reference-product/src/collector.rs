//! The backend's log collector at 6514: syslog over TLS, thrown away.

use std::{sync::Arc, time::Duration};

use tokio::{io::AsyncReadExt, time::timeout};

use crate::{tls, world::World};

/// How long a sender may be silent.
const IDLE: Duration = Duration::from_mins(1);

/// Binds the port and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    let acceptor = tls::acceptor(&world.identity, &[])?;
    let handler = move |stream, _| {
        let acceptor = acceptor.clone();
        async move {
            let Some(mut stream) = tls::accept(&acceptor, stream).await else { return };
            let mut buffer = [0; 4096];
            while let Ok(Ok(1..)) = timeout(IDLE, stream.read(&mut buffer)).await {}
        }
    };
    world.tasks.listen(world.at(6514), handler).await
}
