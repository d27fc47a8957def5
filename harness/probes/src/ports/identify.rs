//! What answers at an open TCP port.

use std::time::Duration;

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};

use super::recognise::{recognise, wants_tls};
use crate::text::escaped;

/// The longest wait for a service to speak, by itself or after one greeting.
const PATIENCE: Duration = Duration::from_secs(2);
/// The wait for more once something came.
const SETTLE: Duration = Duration::from_millis(200);
/// Bytes and reads of one answer.
const LONGEST: usize = 4_096;
const MOST_READS: usize = 16;
/// Bytes of the banner that are kept.
const BANNER: usize = 256;

/// What answers at a TCP port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The port.
    pub port: u16,
    /// The protocol, if it was recognised: `ssh`, `telnet`, `ftp`, `http`, `tls`, `mqtt`, `smtp`, `pop3`, `imap`,
    /// `vnc`, `rtsp`, `adb`, `shell` (a command prompt without any log-in), `echo` (what was sent), ...
    pub name: Option<String>,
    /// The first bytes that it sent, with what cannot be shown escaped; at most 256 bytes of them. Empty when it
    /// stayed silent whatever it was sent.
    pub banner: String,
    /// Whether it was seen to speak outside of TLS and SSH.
    pub clear: bool,
}

/// What is sent to make a silent service speak; each on a connection of its own.
const GREETINGS: &[&[u8]] =
    &[b"GET / HTTP/1.0\r\n\r\n", TLS_HELLO, MQTT_CONNECT, b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", ADB_CONNECT, b"\r\n"];

/// A `ClientHello` of TLS 1.2 with widespread suites: any TLS server answers it with a hello or an alert.
const TLS_HELLO: &[u8] = b"\x16\x03\x01\0\x57\x01\0\0\x53\x03\x03assay-port-identification-hello!\
    \0\0\x0c\xc0\x2b\xc0\x2f\0\x9c\0\x2f\0\x0a\0\xff\x01\0\0\x1e\
    \0\x0a\0\x06\0\x04\0\x17\0\x1d\0\x0b\0\x02\x01\0\0\x0d\0\x0a\0\x08\x04\x03\x04\x01\x02\x01\x08\x04";
/// MQTT 3.1.1: CONNECT without credential, clean session.
const MQTT_CONNECT: &[u8] = b"\x10\x11\0\x04MQTT\x04\x02\0\x0a\0\x05assay";
/// ADB: CNXN, version 1.0, 4096 bytes, `host::`.
const ADB_CONNECT: &[u8] = b"CNXN\0\0\0\x01\0\x10\0\0\x07\0\0\0\x32\x02\0\0\xbc\xb1\xa7\xb1host::\0";

/// Finds out what answers at this TCP port: waits for it to speak, else greets it in several protocols.
///
/// # Errors
/// [`Error::Refused`] and the like when the port is not open; [`Error::Budget`], [`Error::Local`].
pub async fn identify(permit: &Permit, port: u16) -> Result<Service> {
    let permit = permit.at_port(port);
    let mut first = speak(&permit, b"").await?;
    for greeting in GREETINGS {
        if recognise(&first).is_some() {
            break;
        }
        let answer = match speak(&permit, greeting).await {
            Ok(answer) => answer,
            Err(error) if error.is_ours() || matches!(error, Error::Budget(_)) => return Err(error),
            Err(_) => break,
        };
        if answer.starts_with(greeting) {
            let banner = escaped(&answer, BANNER);
            return Ok(Service { port, name: Some("echo".to_owned()), banner, clear: true });
        }
        if (first.is_empty() || recognise(&answer).is_some()) && !wants_tls(&answer) {
            first = answer;
        }
    }
    Ok(describe(port, &first))
}

fn describe(port: u16, bytes: &[u8]) -> Service {
    let name = recognise(bytes);
    Service {
        port,
        name: name.map(str::to_owned),
        banner: escaped(bytes, BANNER),
        clear: !bytes.is_empty() && !matches!(name, Some("tls" | "ssh")),
    }
}

/// Sends a greeting on a new connection and collects what comes back. Silence and an early end are an empty answer.
async fn speak(permit: &Permit, greeting: &[u8]) -> Result<Vec<u8>> {
    let mut link = permit.tcp().await?;
    link.set_patience(PATIENCE.min(permit.deadlines().answer));
    let mut all = Vec::new();
    if !greeting.is_empty() && link.send(greeting).await.is_err() {
        return Ok(all);
    }
    for _ in 0..MOST_READS {
        match link.receive().await {
            Ok(chunk) => all.extend_from_slice(&chunk),
            Err(error) if error.is_ours() => return Err(error),
            Err(_) => break,
        }
        if all.len() >= LONGEST {
            break;
        }
        link.set_patience(SETTLE.min(permit.deadlines().answer));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::testing::{nothing, permit, serve};

    #[test]
    fn lengths_inside_the_greetings_are_true() {
        assert_eq!(TLS_HELLO.len(), 5 + usize::from(TLS_HELLO[4]));
        assert_eq!(TLS_HELLO.len(), 9 + usize::from(TLS_HELLO[8]));
        assert_eq!(MQTT_CONNECT.len(), 2 + usize::from(MQTT_CONNECT[1]));
        assert_eq!(ADB_CONNECT.len(), 24 + 7);
        let sum: u32 = ADB_CONNECT[24..].iter().map(|byte| u32::from(*byte)).sum();
        assert_eq!(sum.to_le_bytes(), ADB_CONNECT[16..20]);
    }

    #[tokio::test]
    async fn a_service_that_speaks_first() {
        let port = serve(|mut stream| async move {
            let _ = stream.write_all(b"SSH-2.0-x\r\n").await;
            let _ = stream.read(&mut [0; 8]).await;
        })
        .await;
        let service = identify(&permit(1), port).await.unwrap();
        let expected = Service { port, name: Some("ssh".into()), banner: "SSH-2.0-x\\r\\n".into(), clear: false };
        assert_eq!(service, expected);
    }

    #[tokio::test]
    async fn a_service_that_waits() {
        let port = serve(|mut stream| async move {
            let mut first = [0; 1];
            if stream.read_exact(&mut first).await.is_ok() && first == [0x10] {
                let _ = stream.write_all(b"\x20\x02\0\x05").await;
                let _ = stream.read(&mut [0; 64]).await;
            }
        })
        .await;
        let service = identify(&permit(1), port).await.unwrap();
        assert_eq!((service.name.as_deref(), service.clear), (Some("mqtt"), true));
    }

    #[tokio::test]
    async fn an_echo_is_not_taken_for_what_it_was_sent() {
        let echo = serve(|mut stream| async move {
            let mut chunk = [0; 512];
            while let Ok(count @ 1..) = stream.read(&mut chunk).await {
                let _ = stream.write_all(&chunk[..count]).await;
            }
        })
        .await;
        assert_eq!(identify(&permit(1), echo).await.unwrap().name.as_deref(), Some("echo"));
    }

    #[tokio::test]
    async fn mute_and_closed_ports() {
        let mute = serve(|mut stream| async move { while let Ok(1..) = stream.read(&mut [0; 64]).await {} }).await;
        let service = identify(&permit(1), mute).await.unwrap();
        assert_eq!(service, Service { port: mute, name: None, banner: String::new(), clear: false });
        assert!(matches!(identify(&permit(1), nothing().await).await, Err(Error::Refused(_))));
    }
}
