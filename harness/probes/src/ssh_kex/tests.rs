//! Surveys of stand-ins.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::message::{Algorithms, algorithms, kexinit};
use super::seal::Direction;
use super::*;
use crate::handshake::counted;
use crate::testing::{permit, serve};

fn names(list: &str) -> Vec<String> {
    list.split(',').map(str::to_owned).collect()
}

fn offered() -> Algorithms {
    Algorithms {
        kex: names("curve25519-sha256,kex-strict-s-v00@openssh.com"),
        host_keys: names("rsa-sha2-512,ssh-rsa,ssh-ed25519"),
        ciphers: [names("aes128-ctr"), names("3des-cbc")],
        macs: [names("hmac-sha1"), names("hmac-md5")],
        compression: [names("none"), names("none,zlib")],
        ..Algorithms::default()
    }
}

/// Answers a key exchange for RSA with a key of 1023 bits, and disconnects otherwise.
async fn talk(mut stream: tokio::net::TcpStream) {
    let (mut out, mut back) = (Direction::clear(), Direction::clear());
    let mine = out.seal(&kexinit(&offered(), [0; 16])).unwrap();
    let _ = stream.write_all(&[b"welcome\r\nSSH-2.0-fake\x01 1.0\r\n".to_vec(), mine].concat()).await;
    let mut raw = Vec::new();
    let mut chunk = [0; 4096];
    let mut payloads = Vec::new();
    while payloads.len() < 2 {
        match stream.read(&mut chunk).await {
            Ok(count @ 1..) => raw.extend_from_slice(&chunk[..count]),
            _ => return,
        }
        if raw.starts_with(b"SSH-") {
            let Some(start) = raw.iter().position(|byte| *byte == b'\n') else { continue };
            raw.drain(..=start);
        }
        while let Ok(Some(payload)) = back.open(&mut raw) {
            payloads.push(payload);
        }
    }
    let theirs = algorithms(&payloads[0]).unwrap();
    let blob = [counted(4, b"ssh-rsa"), counted(4, &[1, 0, 1]), counted(4, &[&[0x7f][..], &[1; 127]].concat())].concat();
    let reply = [vec![31], counted(4, &blob), counted(4, &[1; 32]), counted(4, &counted(4, b"rsa-sha2-512"))].concat();
    let no = [&[1, 0, 0, 0, 3][..], &counted(4, b"no such key"), &[0; 4]].concat();
    let _ = stream.write_all(&out.seal(if theirs.host_keys == ["rsa-sha2-512"] { &reply } else { &no }).unwrap()).await;
}

#[tokio::test]
async fn algorithms_and_host_keys_are_found() {
    let found = survey(&permit(serve(talk).await)).await.unwrap();
    assert_eq!((found.banner.as_str(), found.protocol.as_str()), ("SSH-2.0-fake\\x01 1.0", "2.0"));
    assert_eq!(found.kex, ["curve25519-sha256"]);
    assert!(found.strict_kex);
    assert_eq!((found.ciphers_s2c, found.macs_c2s, found.compression), (names("3des-cbc"), names("hmac-sha1"), names("none,zlib")));
    assert_eq!(found.host_keys.iter().map(|key| (key.algorithm.as_str(), key.bits)).collect::<Vec<_>>(), [("ssh-rsa", 1023)]);
    assert_eq!(found.keys_not_read.len(), 1);
    assert!(found.keys_not_read[0].contains("no such key"), "{:?}", found.keys_not_read);
    assert_eq!((found.lines_before, found.host_keys[0].signature.as_str()), (names("welcome"), "rsa-sha2-512"));
    assert!(found.not_agreed.is_some_and(|why| why.contains("no cipher")));
    assert_eq!(found.effort, Effort { connections: 2, busy: 0 });
}

#[tokio::test]
async fn what_is_not_ssh_is_malformed() {
    let port = serve(|mut stream| async move { drop(stream.write_all(b"220 ftp ready\r\n").await) }).await;
    let found = survey(&permit(port)).await;
    assert!(matches!(found, Err(Error::Malformed { .. })), "{found:?}");
    let old = serve(|mut stream| async move { drop(stream.write_all(b"SSH-1.5-old\n").await) }).await;
    let found = survey(&permit(old)).await;
    assert!(matches!(found, Ok(SshSurvey { ref protocol, .. }) if protocol == "1.5"), "{found:?}");
}

mod real;
