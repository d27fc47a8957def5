//! Against small services of lines.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use super::*;
use crate::attempts::Attempts;
use crate::testing::{permit, serve, serve_lines};

/// A device with a log-in: `root` and `right` lead to a shell that can multiply.
async fn device() -> u16 {
    serve_lines("\u{00}device login: ", |line| match line {
        "root" => "Password: ".to_owned(),
        "right" => "\r\nBusyBox v1.36\r\n# ".to_owned(),
        _ if line.starts_with("echo") => multiply(line),
        _ => "\r\nLogin incorrect\r\ndevice login: ".to_owned(),
    })
    .await
}

fn multiply(line: &str) -> String {
    let numbers: Vec<u32> = line.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    format!("{line}\r\n{}\r\n# ", numbers.iter().product::<u32>())
}

#[tokio::test]
async fn right_and_wrong_passwords() {
    let permit = permit(device().await);
    let before = permit.logins_left();
    let right = log_in(&permit, Some("root"), "right").await.unwrap();
    assert_eq!((&right.accepted, right.shell_proven, right.shell_without_login), (&Accepted::Accepted, true, false));
    assert_eq!(right.prompts, ["device login:", "Password:", "#"]);
    assert_eq!(permit.logins_left(), before);
    let wrong = log_in(&permit, Some("root"), "wrong").await.unwrap();
    assert_eq!((wrong.accepted, wrong.shell_proven), (Accepted::Refused, false));
    assert_eq!(permit.logins_left(), before - 1);
    assert!(matches!(log_in(&permit, None, "right").await.unwrap().accepted, Accepted::Unclear(_)));
}

#[tokio::test]
async fn a_shell_without_login() {
    let port = serve_lines("\r\n/ # ", |line| if line.starts_with("echo") { multiply(line) } else { "/ # ".to_owned() }).await;
    let attempt = log_in(&permit(port), Some("root"), "x").await.unwrap();
    assert_eq!((attempt.accepted, attempt.shell_without_login, attempt.shell_proven), (Accepted::Accepted, true, true));
}

#[tokio::test]
async fn a_command_line_that_is_no_shell() {
    let port = serve_lines("Password:", |line| if line == "right" { "\r\nrouter> " } else { "?\r\nrouter> " }.to_owned()).await;
    let attempt = log_in(&permit(port), None, "right").await.unwrap();
    assert_eq!((attempt.accepted, attempt.shell_proven, attempt.shell_without_login), (Accepted::Accepted, false, false));
}

#[tokio::test]
async fn an_echo_is_no_shell() {
    let port = serve_lines("login: ", |line| format!("{line}\r\n")).await;
    let attempt = log_in(&permit(port), Some("root"), "x").await.unwrap();
    assert!(matches!(attempt.accepted, Accepted::Unclear(_)), "{attempt:?}");
}

#[tokio::test]
async fn throttled_mute_and_gone() {
    let locked = serve_lines("login: ", |line| if line == "a" { "Password: " } else { "Account locked\r\n" }.to_owned()).await;
    assert_eq!(log_in(&permit(locked), Some("a"), "x").await.unwrap().accepted, Accepted::Throttled("it says `Account locked`".into()));
    let mute = serve_lines("", |_| String::new()).await;
    assert!(matches!(log_in(&permit(mute), Some("a"), "x").await.unwrap().accepted, Accepted::Unclear(_)));
    let gone = serve(|stream| async move { drop(stream) }).await;
    assert!(log_in(&permit(gone), Some("a"), "x").await.is_err());
}

#[tokio::test]
async fn words_of_failure_before_a_shell_are_no_failure() {
    let port = serve_lines("Password: ", |line| match line {
        "right" => "Last failed login: yesterday\r\n$ ".to_owned(),
        _ => multiply(line),
    })
    .await;
    assert_eq!(log_in(&permit(port), None, "right").await.unwrap().accepted, Accepted::Accepted);
}

#[tokio::test]
async fn a_service_that_hangs_up_on_the_password() {
    let port = serve(|mut stream| async move {
        let _ = stream.write_all(b"Password: ").await;
        let _ = stream.read(&mut [0; 64]).await;
    })
    .await;
    assert!(matches!(log_in(&permit(port), None, "x").await.unwrap().accepted, Accepted::Unclear(_)));
}

#[tokio::test]
async fn a_service_that_asks_again_is_answered_on_the_same_connection() {
    let connections = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&connections);
    let port = serve(move |mut stream| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            let (read, mut write) = stream.split();
            let mut lines = BufReader::new(read).lines();
            let _ = write.write_all(b"login: ").await;
            for round in 0..5 {
                let Ok(Some(_)) = lines.next_line().await else { return };
                let _ = write.write_all(b"Password: ").await;
                let Ok(Some(password)) = lines.next_line().await else { return };
                match (password.trim_matches(['\r', '\0']), round) {
                    ("right", _) => break,
                    // hangs up at the third without a word
                    (_, 2) => return,
                    _ => drop(write.write_all(b"\r\nLogin incorrect\r\nlogin: ").await),
                }
            }
            let _ = write.write_all(b"\r\n$ ").await;
            while let Ok(Some(line)) = lines.next_line().await {
                let _ = write.write_all(multiply(&line).as_bytes()).await;
            }
        }
    })
    .await;
    let permit = permit(port);
    let before = permit.logins_left();
    let mut attempts = Attempts::new(permit.clone(), LogIns::new(permit.clone()), None);
    for _ in 0..4 {
        assert_eq!(attempts.attempt("root", "wrong").await, Ok(Accepted::Refused));
    }
    assert_eq!(attempts.attempt("root", "right").await, Ok(Accepted::Accepted));
    assert_eq!((connections.load(Ordering::SeqCst), before - permit.logins_left()), (3, 5), "one was tried again");
}
