//! A running product for the crate's own tests.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use crate::{Addresses, Fault, Part, Product, Settings, start};

/// How long the product may take for an answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// A product that runs as long as this lives, in a state directory of its own.
pub(crate) struct Trial {
    pub(crate) addresses: Addresses,
    folder: tempfile::TempDir,
    _product: Product,
}

impl Trial {
    /// Starts one part with these faults; the device with its second sample.
    pub(crate) async fn of(part: Part, faults: &[Fault]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let addresses = Addresses::claim();
        let settings = Settings {
            faults: faults.iter().copied().collect(),
            addresses,
            state: folder.path().to_owned(),
            parts: if part == Part::Device { [part, Part::Sample].into() } else { [part].into() },
            ..Settings::default()
        };
        Self { addresses, _product: start(settings).await.unwrap(), folder }
    }

    /// A secret from the state directory.
    pub(crate) fn secret(&self, account: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("secrets").join(account)).unwrap()
    }
}

/// A TCP connection; none if nothing listens.
pub(crate) async fn connect(address: Ipv4Addr, port: u16) -> Option<TcpStream> {
    TcpStream::connect((address, port)).await.ok()
}

/// Sends, and gives what comes back until `end` shows up or the peer closes.
pub(crate) async fn talk(stream: &mut TcpStream, send: &[u8], end: &[u8]) -> Vec<u8> {
    stream.write_all(send).await.unwrap();
    let mut heard = Vec::new();
    let listen =
        async { while !heard.windows(end.len()).any(|window| window == end) && stream.read_buf(&mut heard).await.unwrap_or(0) > 0 {} };
    timeout(PATIENCE, listen).await.unwrap();
    heard
}

/// Sends a datagram, and gives the answer; none if there is none within 300 ms.
pub(crate) async fn ask(address: Ipv4Addr, port: u16, send: &[u8]) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(SocketAddr::from((address, port))).await.unwrap();
    socket.send(send).await.unwrap();
    let mut answer = vec![0; 2048];
    let length = timeout(std::time::Duration::from_millis(300), socket.recv(&mut answer)).await.ok()?.ok()?;
    answer.truncate(length);
    Some(answer)
}
