//! Attempts in a row against small web servers.

use std::sync::atomic::{AtomicU32, Ordering};

use super::super::fake::{self, header};
use super::*;
use crate::attempts::Attempts;
use crate::outcome::Accepted;

fn reply(status: u16, headers: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: 0\r\n\r\n")
}

const ASK: &str = "WWW-Authenticate: Basic realm=\"dev\"\r\n";
/// The credential `u:right`.
const RIGHT: &str = "Basic dTpyaWdodA==";

async fn at(server: &fake::Server) -> Attempts {
    let permit = server.permit();
    Attempts::new(permit.clone(), LogIns::at(Client::new(permit), "/x").await.unwrap(), None)
}

#[tokio::test]
async fn all_on_one_connection() {
    let server = fake::serve(|request| match header(&request, "Authorization") {
        Some(RIGHT) => reply(302, "Location: /start\r\n"),
        _ => reply(401, ASK),
    })
    .await;
    let mut attempts = at(&server).await;
    assert_eq!(attempts.certainly_wrong("u").await, Ok(Accepted::Refused));
    assert_eq!(attempts.attempt("u", "wrong").await, Ok(Accepted::Refused));
    assert_eq!(attempts.attempt("u", "right").await, Ok(Accepted::Accepted), "sent elsewhere, where others are refused");
    assert_eq!((server.connections(), attempts.stopped(), attempts.permit().logins_left()), (1, None, 1));
}

#[tokio::test]
async fn a_product_that_asks_to_wait_is_obeyed() {
    for (refusal, why) in [
        (reply(429, "Retry-After: 30\r\n"), "the product asks to wait: answer 429, Retry-After 30"),
        (reply(503, "Retry-After: 9\r\n"), "the product asks to wait: answer 503, Retry-After 9"),
        (reply(403, ""), "answer 403, where a refused log-in was answered with 401 before"),
        (String::new(), "no "),
    ] {
        let count = AtomicU32::new(0);
        let server = fake::serve(move |_| if count.fetch_add(1, Ordering::SeqCst) < 2 { reply(401, ASK) } else { refusal.clone() }).await;
        let mut attempts = at(&server).await;
        assert_eq!(attempts.attempt("u", "a").await, Ok(Accepted::Refused));
        assert!(!attempts.attempt("u", "right").await.unwrap().is_accepted());
        assert!(attempts.stopped().is_some_and(|stopped| stopped.starts_with(why)), "{:?}", attempts.stopped());
    }
}

#[tokio::test]
async fn a_path_that_asks_for_nothing_is_no_log_in() {
    let server = fake::serve(|_| reply(200, "")).await;
    let error = LogIns::at(Client::new(server.permit()), "/x").await.unwrap_err();
    assert!(error.to_string().contains("neither Basic nor Digest"), "{error}");
}
