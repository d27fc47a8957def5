//! The device's look-ups of names (RFC 1035), with the records of DNSSEC asked for.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{net::UdpSocket, time::timeout};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_millis(500);
/// What follows the question: an OPT record with the flag DO (RFC 3225), for answers of 1232 bytes.
const EXTENSION: [u8; 11] = [0, 0, 41, 4, 0xd0, 0, 0, 0x80, 0, 0, 0];

/// The first address of a name. Port 0 in `from` stands for a random one.
pub(crate) async fn look_up(from: SocketAddr, server: SocketAddr, name: &str, id: [u8; 2]) -> io::Result<Ipv4Addr> {
    let socket = UdpSocket::bind(from).await?;
    socket.connect(server).await?;
    let mut query = [&id[..], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 1]].concat();
    for label in name.split('.') {
        query.push(u8::try_from(label.len()).map_err(io::Error::other)?);
        query.extend(label.as_bytes());
    }
    query.extend([0, 0, 1, 0, 1]);
    let question = query.len();
    query.extend(EXTENSION);
    socket.send(&query).await?;
    let mut answer = [0; 1232];
    let length = timeout(PATIENCE, socket.recv(&mut answer)).await??;
    let answer = answer.get(..length).unwrap_or_default();
    // the same number and question, and one record of four bytes behind it
    let fits = answer.get(..2) == Some(&id) && answer.get(12..question) == query.get(12..question);
    let record = answer.get(question..question + 16).filter(|record| fits && record[10..12] == [0, 4]);
    let address: Option<[u8; 4]> = record.and_then(|record| record[12..].try_into().ok());
    address.map(Ipv4Addr::from).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
