//! The device's NTP client (RFC 5905).

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use time::OffsetDateTime;
use tokio::{net::UdpSocket, time::timeout};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_millis(500);
/// Seconds from 1900 to 1970.
const EPOCH: i128 = 2_208_988_800;

/// By how many milliseconds the server's clock is ahead of this machine's.
pub(crate) async fn ask(from: Ipv4Addr, server: SocketAddr) -> io::Result<i64> {
    let socket = UdpSocket::bind((from, 0)).await?;
    socket.connect(server).await?;
    let mut request = [0; 48];
    request[0] = 0x23;
    // a random stamp tells the answer to this request from any other
    let random = crate::state::random().map_err(io::Error::other)?;
    request[40..].copy_from_slice(&random[..8]);
    socket.send(&request).await?;
    let mut answer = [0; 48];
    let length = timeout(PATIENCE, socket.recv(&mut answer)).await??;
    if length < 48 || answer[0] & 7 != 4 || answer[24..32] != random[..8] {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let field = |at: usize| answer[at..at + 4].iter().fold(0_i128, |sum, byte| sum << 8 | i128::from(*byte));
    let told = (field(40) - EPOCH) * 1000 + ((field(44) * 1000) >> 32);
    i64::try_from(told - OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).map_err(io::Error::other)
}
