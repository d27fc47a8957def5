//! The hub's Digest log-in and pairing.

use aws_lc_rs::digest::{SHA256, digest};
use reference_product::Fault;

use crate::client::{Reply, Running, start};

const AT: (&str, u16) = ("hub.dishwasher.test", 8443);

fn hash(text: &str) -> String {
    let bytes: [u8; 32] = digest(&SHA256, text.as_bytes()).as_ref().try_into().unwrap();
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

async fn ask(run: &Running, request: &str, body: &[u8]) -> Reply {
    run.ask((run.addresses.hub, AT.1), AT.0, request, body).await.unwrap()
}

/// A request with the answer to a challenge.
fn signed(challenge: &Reply, method: &str, path: &str, user: &str, password: &str, count: u32) -> String {
    let header = challenge.header("www-authenticate").unwrap();
    assert!(header.contains("algorithm=sha-256"), "{header}");
    let nonce = header.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
    let (secret, asked) = (hash(&format!("{user}:dishwasher hub:{password}")), hash(&format!("{method}:{path}")));
    let response = hash(&format!("{secret}:{nonce}:{count:08x}:abc:auth:{asked}"));
    format!(
        "{method} {path}\r\nauthorization: Digest username=\"{user}\", realm=\"dishwasher hub\", nonce=\"{nonce}\", uri=\"{path}\", \
         algorithm=SHA-256, qop=auth, nc={count:08x}, cnonce=\"abc\", response=\"{response}\""
    )
}

async fn as_user(run: &Running, method: &str, path: &str, user: &str, password: &str, body: &[u8]) -> Reply {
    let challenge = ask(run, &format!("GET {path}"), b"").await;
    assert_eq!(challenge.status, 401);
    ask(run, &signed(&challenge, method, path, user, password, 1), body).await
}

#[tokio::test]
async fn good_roles_and_pairing() {
    let run = start(&[]).await;
    assert_eq!(ask(&run, "GET /", b"").await.status, 200);
    assert_eq!(ask(&run, "GET /none", b"").await.status, 404);
    let (admin, viewer) = (run.secret("hub-admin"), run.secret("hub-viewer"));
    assert_eq!(as_user(&run, "GET", "/status", "viewer", &viewer, b"").await.status, 200);
    let path = "/settings/pairing";
    assert_eq!(as_user(&run, "PUT", path, "viewer", &viewer, b"open").await.status, 403);
    assert_eq!(as_user(&run, "PUT", path, "admin", &admin, b"ajar").await.status, 400);
    assert_eq!(as_user(&run, "PUT", path, "admin", &admin, b"open").await.body, "open");
    assert_eq!(as_user(&run, "GET", path, "viewer", &viewer, b"").await.body, "open");
    assert_eq!(as_user(&run, "GET", "/status", "admin", "admin", b"").await.status, 401);
}

#[tokio::test]
async fn nonces_are_used_once_per_count() {
    let run = start(&[]).await;
    let challenge = ask(&run, "GET /status", b"").await;
    let admin = run.secret("hub-admin");
    let first = signed(&challenge, "GET", "/status", "admin", &admin, 1);
    assert_eq!(ask(&run, &first, b"").await.status, 200);
    let again = ask(&run, &first, b"").await;
    assert!(again.status == 401 && again.head.contains("stale=true"));
    assert_eq!(ask(&run, &signed(&challenge, "GET", "/status", "admin", &admin, 2), b"").await.status, 200);
}

#[tokio::test]
async fn locks_out_and_default_password() {
    let (good, faulty) = tokio::join!(start(&[]), start(&[Fault::DefaultWeb]));
    for _ in 0..5 {
        assert_eq!(as_user(&good, "GET", "/status", "admin", "wrong", b"").await.status, 401);
    }
    assert_eq!(as_user(&good, "GET", "/status", "admin", &good.secret("hub-admin"), b"").await.status, 429);
    assert_eq!(as_user(&faulty, "GET", "/status", "admin", "admin", b"").await.status, 200);
    assert_eq!(as_user(&faulty, "GET", "/status", "admin", &faulty.secret("hub-admin"), b"").await.status, 200);
}
