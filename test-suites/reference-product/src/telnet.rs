//! A Telnet log-in at 2323, on a faulty device.

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncWriteExt as _, BufStream},
    net::TcpStream,
};

use crate::{
    Fault,
    accounts::{Door, Login},
    lines::line,
    world::World,
};

/// The log-in's port.
const PORT: u16 = 2323;
/// Tries in one connection.
const TRIES: u32 = 10;
/// The server will echo, and will suppress go-ahead (RFC 857, RFC 858).
const OPTIONS: &[u8] = &[0xff, 0xfb, 1, 0xff, 0xfb, 3];

/// Binds the port and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    if !world.has(Fault::Telnet) && !world.has(Fault::DefaultTelnet) {
        return Ok(());
    }
    let own = Arc::clone(world);
    let talk = move |stream, peer| {
        let world = Arc::clone(&own);
        async move { drop(talk(&world, BufStream::new(stream), peer).await) }
    };
    world.tasks.listen(world.at(PORT), talk).await
}

async fn talk(world: &World, mut stream: BufStream<TcpStream>, peer: SocketAddr) -> io::Result<()> {
    stream.write_all(OPTIONS).await?;
    for _ in 0..TRIES {
        let user = ask(&mut stream, "\r\nDW-100 login: ").await?;
        let password = ask(&mut stream, "Password: ").await?;
        if let Login::Ok(_) = world.login(Door::Telnet, &user, &password, peer) {
            stream.write_all(b"\r\nwelcome\r\n").await?;
            return commands(stream).await;
        }
        stream.write_all(b"\r\nLogin incorrect\r\n").await?;
    }
    stream.flush().await
}

async fn commands(mut stream: BufStream<TcpStream>) -> io::Result<()> {
    while ask(&mut stream, "$ ").await?.trim() != "exit" {
        stream.write_all(b"sh: not found\r\n").await?;
    }
    Ok(())
}

async fn ask(stream: &mut BufStream<TcpStream>, prompt: &str) -> io::Result<String> {
    stream.write_all(prompt.as_bytes()).await?;
    stream.flush().await?;
    Ok(without_commands(&line(stream).await?))
}

/// Leaves out Telnet's own commands: they stand as replacement characters for bytes that are no text.
fn without_commands(line: &str) -> String {
    line.chars().filter(|sign| !sign.is_control() && *sign != char::REPLACEMENT_CHARACTER).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Part,
        trial::{Trial, connect, talk},
    };

    async fn tries(trial: &Trial, user: &str, password: &str) -> bool {
        let mut stream = connect(trial.addresses.device, PORT).await.unwrap();
        talk(&mut stream, b"", b"login: ").await;
        talk(&mut stream, format!("{user}\r\n").as_bytes(), b"Password: ").await;
        // of "welcome" or of "incorrect"
        let heard = talk(&mut stream, format!("{password}\r\n").as_bytes(), b"co").await;
        heard.ends_with(b"elco") || heard.windows(7).any(|window| window == b"welcome")
    }

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let trial = Trial::of(Part::Device, &[Fault::Telnet]).await;
        let right = trial.secret("device-admin");
        assert!(!tries(&trial, "root", "root").await);
        assert!(tries(&trial, "admin", &right).await);
        for _ in 0..5 {
            assert!(!tries(&trial, "admin", "no").await);
        }
        assert!(!tries(&trial, "admin", &right).await, "locked");
    }
}
