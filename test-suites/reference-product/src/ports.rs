//! Open ports that no document mentions, on a faulty device.

use std::{io, sync::Arc};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufStream},
    net::TcpStream,
};

use crate::{Fault, lines::line, world::World};

/// The echo's port.
const ECHO: u16 = 9998;
/// The shell's port.
const SHELL: u16 = 9999;

/// Binds the ports and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    if world.has(Fault::UndeclaredPort) {
        world.tasks.listen(world.at(ECHO), |stream, _| async move { drop(echo(stream).await) }).await?;
    }
    if world.has(Fault::DebugShell) {
        world.tasks.listen(world.at(SHELL), |stream, _| async move { drop(shell(BufStream::new(stream)).await) }).await?;
    }
    Ok(())
}

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        stream.write_all(buffer.get(..count).unwrap_or_default()).await?;
    }
}

async fn shell(mut stream: BufStream<TcpStream>) -> io::Result<()> {
    loop {
        stream.write_all(b"# ").await?;
        stream.flush().await?;
        let answer = match line(&mut stream).await?.trim() {
            "" => String::new(),
            "exit" => return Ok(()),
            "id" => "uid=0(root) gid=0(root) groups=0(root)\n".to_owned(),
            other => format!("sh: {}: not found\n", other.escape_debug()),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}
