//! A client of old TLS as far as its key exchange, for a faulty device: no good library goes that low.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// RSA key exchange with AES and 3DES in CBC mode, RC4, and the signal of secure renegotiation.
const SUITES: [u8; 8] = [0x00, 0x2f, 0x00, 0x0a, 0x00, 0x05, 0x00, 0xff];
/// `ServerHelloDone`.
const DONE: [u8; 4] = [14, 0, 0, 0];
/// The most that is read of a server's flight, in bytes.
const FLIGHT: usize = 64 * 1024;
/// A record with a `ClientKeyExchange` up to a secret that is encrypted to a 2048-bit key.
const KEY_EXCHANGE: [u8; 11] = [22, 3, 2, 1, 6, 16, 0, 1, 2, 1, 0];

/// Says hello in TLS 1.1, and goes on with the key exchange whatever the server shows.
pub(crate) async fn shake(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(&hello(2)?).await?;
    let mut flight = Vec::new();
    while !flight.ends_with(&DONE) {
        if stream.read_buf(&mut flight).await? == 0 || flight.first() != Some(&22) || flight.len() > FLIGHT {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    stream.write_all(&[&KEY_EXCHANGE[..], &[0x5a; 256]].concat()).await?;
    let _ = stream.read(&mut [0; 64]).await;
    Ok(())
}

/// Says hello in TLS 1.2, and no more.
pub(crate) async fn greet(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(&hello(3)?).await?;
    stream.read_u8().await.map(drop)
}

/// A hello in this minor version.
fn hello(minor: u8) -> io::Result<Vec<u8>> {
    let random = crate::state::random().map_err(io::Error::other)?;
    let body = [&[3, minor][..], &random, &[0, 0, 8], &SUITES, &[1, 0]].concat();
    let length = u8::try_from(body.len()).map_err(io::Error::other)?;
    Ok([&[22, 3, 1, 0, length + 4, 1, 0, 0, length][..], &body].concat())
}
