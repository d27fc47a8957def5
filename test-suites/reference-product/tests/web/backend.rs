//! The backend's tokens, certificates, security.txt and update server.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as URL};
use reference_product::Fault;

use crate::client::{Reply, Running, start};

const NAME: &str = "backend.dishwasher.test";

async fn ask(run: &Running, request: &str, token: &str, body: &[u8]) -> Reply {
    let request = if token.is_empty() { request.to_owned() } else { format!("{request}\r\nauthorization: Bearer {token}") };
    run.ask((run.addresses.backend, 9443), NAME, &request, body).await.unwrap()
}

async fn login(run: &Running, user: &str) -> String {
    let password = run.secret(&format!("backend-{user}"));
    let body = format!("{{\"user\":\"{user}\",\"password\":\"{password}\"}}");
    ask(run, "POST /api/v1/login", "", body.as_bytes()).await.json("/token")
}

/// The token with another header or signature.
fn forged(token: &str, header: Option<&str>, signature: &str) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let header = header.map_or_else(|| parts[0].to_owned(), |header| URL.encode(header));
    format!("{header}.{}.{signature}", parts[1])
}

#[tokio::test]
async fn good_tokens_roles_and_logout() {
    let run = start(&[]).await;
    let (admin, viewer) = (login(&run, "admin").await, login(&run, "viewer").await);
    assert_eq!(ask(&run, "GET /api/v1/devices", "", b"").await.status, 401);
    assert_eq!(ask(&run, "GET /api/v1/devices", &viewer, b"").await.status, 200);
    let plan = "/api/v1/devices/DW-0001/plan";
    assert_eq!(ask(&run, &format!("PUT {plan}"), &viewer, b"{\"value\":\"weekly\"}").await.status, 403);
    assert_eq!(ask(&run, &format!("PUT {plan}"), &admin, b"{\"value\":\"hourly\"}").await.status, 400);
    assert_eq!(ask(&run, &format!("PUT {plan}"), &admin, b"{\"value\":\"weekly\"}").await.status, 200);
    assert_eq!(ask(&run, &format!("GET {plan}"), &viewer, b"").await.json("/value"), "weekly");
    for bad in [forged(&admin, Some("{\"alg\":\"none\"}"), ""), forged(&admin, None, &URL.encode([1; 64])), "a.b.c".to_owned()] {
        assert_eq!(ask(&run, "GET /api/v1/devices", &bad, b"").await.status, 401);
    }
    assert_eq!(ask(&run, "POST /api/v1/logout", &admin, b"").await.status, 204);
    assert_eq!(ask(&run, "GET /api/v1/devices", &admin, b"").await.status, 401);
    for _ in 0..5 {
        assert_eq!(ask(&run, "POST /api/v1/login", "", b"{\"user\":\"admin\",\"password\":\"no\"}").await.status, 401);
    }
    assert_eq!(ask(&run, "POST /api/v1/login", "", b"{\"user\":\"admin\",\"password\":\"no\"}").await.status, 429);
}

#[tokio::test]
async fn faulty_tokens() {
    for (fault, none, any) in [(Fault::TokenAlgNone, 200, 401), (Fault::TokenAnySignature, 401, 200)] {
        let run = start(&[fault]).await;
        let token = login(&run, "viewer").await;
        let with_none = forged(&token, Some("{\"alg\":\"none\"}"), "");
        assert_eq!(ask(&run, "GET /api/v1/devices", &with_none, b"").await.status, none, "{fault}");
        let with_any = forged(&token, None, &URL.encode([1; 64]));
        assert_eq!(ask(&run, "GET /api/v1/devices", &with_any, b"").await.status, any, "{fault}");
    }
}

#[tokio::test]
async fn certificates() {
    for (fault, problem) in [
        (Fault::CertificateExpired, "xpired"),
        (Fault::CertificateWrongName, "not valid for name"),
        (Fault::CertificateForeignCa, "UnknownIssuer"),
    ] {
        let run = start(&[fault]).await;
        let refused = run.ask((run.addresses.backend, 9443), NAME, "GET /", b"").await.unwrap_err();
        assert!(refused.to_string().contains(problem), "{fault}: {refused}");
        assert_eq!(run.ask((run.addresses.backend, 9444), NAME, "GET /latest.json", b"").await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn security_txt_and_updates() {
    let path = "GET /.well-known/security.txt";
    let (good, old, none) = tokio::join!(start(&[]), start(&[Fault::SecurityTxtExpired]), start(&[Fault::SecurityTxtMissing]));
    let text = ask(&good, path, "", b"").await;
    assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
    let expires = |text: &str| text.split("Expires: ").nth(1).unwrap()[..10].to_owned();
    assert!(expires(&text.body) > expires(&ask(&old, path, "", b"").await.body));
    assert_eq!(ask(&none, path, "", b"").await.status, 404);
    let at = (good.addresses.backend, 9444);
    let latest = good.ask(at, NAME, "GET /latest.json", b"").await.unwrap();
    assert_eq!(latest.json("/version"), "1.2.0");
    let package = good.ask(at, NAME, "GET /DW-100-1.2.0.pkg", b"").await.unwrap();
    assert_eq!(package.header("content-length"), Some(good.file("updates/genuine.pkg").len().to_string().as_str()));
}
