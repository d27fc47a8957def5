//! Against small services of lines.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::*;
use crate::attempts::Attempts;
use crate::outcome::Accepted;
use crate::testing::{permit, serve, serve_lines};

fn answer(line: &str) -> String {
    match line {
        "FEAT" => "211-Features:\r\n AUTH TLS\r\n UTF8\r\n211 End\r\n".to_owned(),
        "AUTH TLS" => "234 go on\r\n".to_owned(),
        "USER open" => "230 in\r\n".to_owned(),
        "USER odd" => "503 not now\r\n".to_owned(),
        "PASS right" => "230-Hello\r\n230 in\r\n".to_owned(),
        _ if line.starts_with("USER") => "331 password?\r\n".to_owned(),
        _ => "530 no\r\n".to_owned(),
    }
}

#[tokio::test]
async fn what_is_offered() {
    let fact = features(&permit(serve_lines("220 ready\r\n", answer).await)).await.unwrap();
    assert_eq!((fact.features, fact.auth_tls), (vec!["AUTH TLS".to_owned(), "UTF8".to_owned()], true));
}

#[tokio::test]
async fn log_ins() {
    let permit = permit(serve_lines("220 ready\r\n", answer).await);
    let before = permit.logins_left();
    assert_eq!(log_in(&permit, "a", "right").await.unwrap().accepted, Accepted::Accepted);
    assert!(!log_in(&permit, "open", "").await.unwrap().asked_password);
    assert_eq!(permit.logins_left(), before);
    assert_eq!(log_in(&permit, "a", "wrong").await.unwrap().accepted, Accepted::Refused);
    assert!(matches!(log_in(&permit, "odd", "").await.unwrap().accepted, Accepted::Unclear(_)));
    assert_eq!(permit.logins_left(), before - 2);
    assert!(matches!(log_in(&permit, "a\r\nDELE x", "").await, Err(Error::NotPermitted(_))));
}

/// A server that looks at three passwords on one connection, and then hangs up; how often it was connected to.
async fn three_a_connection() -> (u16, Arc<AtomicU32>) {
    let connections = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&connections);
    let port = serve(move |mut stream| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            let (read, mut write) = stream.split();
            let mut lines = BufReader::new(read).lines();
            let _ = write.write_all(b"220 ready\r\n").await;
            let mut passwords = 0;
            while let Ok(Some(line)) = lines.next_line().await {
                passwords += u32::from(line.starts_with("PASS"));
                if write.write_all(answer(&line).as_bytes()).await.is_err() || passwords == 3 {
                    return;
                }
            }
        }
    })
    .await;
    (port, connections)
}

#[tokio::test]
async fn a_connection_is_used_as_long_as_the_server_allows() {
    let (port, connections) = three_a_connection().await;
    let permit = permit(port);
    let mut attempts = Attempts::new(permit.clone(), LogIns::new(permit), None);
    for _ in 0..8 {
        assert_eq!(attempts.attempt("a", "wrong").await, Ok(Accepted::Refused));
    }
    assert_eq!(attempts.attempt("a", "right").await, Ok(Accepted::Accepted));
    assert_eq!(connections.load(Ordering::SeqCst), 3);
    assert_eq!(attempts.stopped(), None);
}

#[tokio::test]
async fn a_server_that_asks_for_tls_gets_it() {
    let port = serve_lines("220 ready\r\n", |line| match line {
        "AUTH TLS" => "502 not here\r\n".to_owned(),
        _ => "530 encryption is needed\r\n".to_owned(),
    })
    .await;
    let permit = permit(port);
    let before = permit.logins_left();
    let error = log_in(&permit, "a", "b").await.unwrap_err();
    assert!(matches!(&error, Error::Malformed { what, .. } if what.contains("AUTH TLS with 502")), "{error}");
    assert_eq!(permit.logins_left(), before - 1);
}

#[tokio::test]
async fn not_ftp() {
    let port = serve_lines("SSH-2.0-x\r\n", |_| String::new()).await;
    assert!(matches!(features(&permit(port)).await, Err(Error::Malformed { .. })));
}
