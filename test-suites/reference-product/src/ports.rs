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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Part,
        trial::{Trial, connect, talk},
    };

    #[tokio::test]
    async fn faults_open_ports() {
        let trial = Trial::of(Part::Device, &[Fault::UndeclaredPort, Fault::DebugShell]).await;
        let mut stream = connect(trial.addresses.device, ECHO).await.unwrap();
        assert_eq!(talk(&mut stream, b"hello", b"hello").await, b"hello");
        let mut stream = connect(trial.addresses.device, SHELL).await.unwrap();
        let heard = talk(&mut stream, b"id\n", b"groups").await;
        assert!(heard.starts_with(b"# uid=0(root)"));
    }

    #[tokio::test]
    async fn the_good_device_has_none() {
        let trial = Trial::of(Part::Device, &[]).await;
        for port in [ECHO, SHELL, 2323, 2121] {
            assert!(connect(trial.addresses.device, port).await.is_none());
        }
        assert_eq!(crate::trial::ask(trial.addresses.device, 1161, &[0x30, 0]).await, None);
    }
}
