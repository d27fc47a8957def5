//! An FTP log-in at 2121, on a faulty device.

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
const PORT: u16 = 2121;

/// Binds the port and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    if ![Fault::Ftp, Fault::DefaultFtp, Fault::FtpAnonymous].into_iter().any(|fault| world.has(fault)) {
        return Ok(());
    }
    let own = Arc::clone(world);
    let talk = move |stream, peer| {
        let session = Session { world: Arc::clone(&own), peer, user: String::new(), inside: false };
        async move { drop(session.talk(BufStream::new(stream)).await) }
    };
    world.tasks.listen(world.at(PORT), talk).await
}

struct Session {
    world: Arc<World>,
    peer: SocketAddr,
    user: String,
    inside: bool,
}

impl Session {
    async fn talk(mut self, mut stream: BufStream<TcpStream>) -> io::Result<()> {
        stream.write_all(b"220 DW-100\r\n").await?;
        loop {
            stream.flush().await?;
            let line = line(&mut stream).await?;
            let (command, argument) = line.split_once(' ').unwrap_or((&line, ""));
            let answer = self.answer(&command.to_ascii_uppercase(), argument);
            stream.write_all(answer.as_bytes()).await?;
            stream.write_all(b"\r\n").await?;
            if answer.starts_with("221") {
                return stream.flush().await;
            }
        }
    }

    fn answer(&mut self, command: &str, argument: &str) -> &'static str {
        match command {
            "USER" => {
                argument.clone_into(&mut self.user);
                self.inside = false;
                "331 Password, please"
            }
            "PASS" => {
                self.inside = self.log_in(argument);
                if self.inside { "230 Logged in" } else { "530 Not logged in" }
            }
            "QUIT" => "221 Goodbye",
            "NOOP" => "200 Done",
            "FEAT" => "211 No features",
            "SYST" if self.inside => "215 UNIX Type: L8",
            "PWD" if self.inside => "257 \"/\" is the folder",
            "TYPE" if self.inside => "200 Done",
            _ if self.inside => "502 Not implemented",
            _ => "530 Log in first",
        }
    }

    fn log_in(&self, password: &str) -> bool {
        let anonymous = matches!(self.user.as_str(), "anonymous" | "ftp");
        if anonymous && self.world.has(Fault::FtpAnonymous) {
            return true;
        }
        matches!(self.world.login(Door::Ftp, &self.user, password, self.peer), Login::Ok(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Part,
        trial::{Trial, connect, talk},
    };

    async fn tries(trial: &Trial, user: &str, password: &str) -> String {
        let mut stream = connect(trial.addresses.device, PORT).await.unwrap();
        talk(&mut stream, b"", b"\r\n").await;
        talk(&mut stream, format!("USER {user}\r\n").as_bytes(), b"\r\n").await;
        let heard = talk(&mut stream, format!("PASS {password}\r\n").as_bytes(), b"\r\n").await;
        String::from_utf8_lossy(&heard[..3]).into_owned()
    }

    #[tokio::test]
    async fn each_fault_lets_its_own_user_in() {
        for (fault, default, anonymous) in
            [(Fault::Ftp, "530", "530"), (Fault::DefaultFtp, "230", "530"), (Fault::FtpAnonymous, "530", "230")]
        {
            let trial = Trial::of(Part::Device, &[fault]).await;
            assert_eq!(tries(&trial, "admin", &trial.secret("device-admin")).await, "230");
            assert_eq!(tries(&trial, "admin", "admin").await, default);
            assert_eq!(tries(&trial, "anonymous", "me@").await, anonymous);
        }
    }
}
