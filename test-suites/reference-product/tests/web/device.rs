//! The device's pages, sessions, roles and settings.

use std::time::Duration;

use reference_product::Fault;
use tokio::net::TcpStream;

use crate::client::{exchange, start};

const CYCLE: &str = "/api/settings/cycle";
const RIGHTS: &str = "/api/settings/viewer-rights";

#[tokio::test]
async fn good_pages_roles_and_settings() {
    let run = start(&[]).await;
    let front = run.device("GET /", "", b"").await;
    assert_eq!(front.status, 200);
    assert!(front.head.contains("secure; httponly; samesite=strict"), "{front:?}");
    assert_eq!(front.header("strict-transport-security"), Some("max-age=31536000"));
    assert_eq!(run.device("GET /about", "", b"").await.status, 404);
    assert_eq!(run.device("GET /api/none", "", b"").await.status, 401);
    assert_eq!(run.device("GET /api/model", "", b"").await.json("/model"), "DW-100");
    let (viewer, admin) = (run.login("viewer").await, run.login("admin").await);
    assert_eq!(run.device("GET /api/none", &admin, b"").await.status, 404);
    for (path, anonymous, seen, by_admin) in
        [("/api/device", 401, 200, 200), ("/api/log", 401, 403, 200), (CYCLE, 401, 200, 200), (RIGHTS, 401, 403, 200)]
    {
        let get = format!("GET {path}");
        assert_eq!(run.device(&get, "", b"").await.status, anonymous, "{path}");
        assert_eq!(run.device(&get, &viewer, b"").await.status, seen, "{path}");
        assert_eq!(run.device(&get, &admin, b"").await.status, by_admin, "{path}");
    }
    let put = format!("PUT {CYCLE}");
    assert_eq!(run.device(&put, "", b"{\"value\":\"intensive\"}").await.status, 401);
    assert_eq!(run.device(&put, &viewer, b"{\"value\":\"intensive\"}").await.status, 403);
    assert_eq!(run.device(&put, &admin, b"{\"value\":\"boiling\"}").await.status, 400);
    assert_eq!(run.device(&format!("GET {CYCLE}"), &viewer, b"").await.json("/value"), "eco");
    assert_eq!(run.device(&put, &admin, b"{\"value\":\"intensive\"}").await.json("/value"), "intensive");
    assert_eq!(run.device(&format!("GET {CYCLE}"), &viewer, b"").await.json("/value"), "intensive");
    assert_eq!(run.device(&format!("PUT {RIGHTS}"), &viewer, b"{\"value\":\"status-and-history\"}").await.status, 403);
    assert_eq!(run.device(&format!("PUT {RIGHTS}"), &admin, b"{\"value\":\"status-and-history\"}").await.status, 200);
    let identity = run.device("GET /api/device", &viewer, b"").await;
    assert_eq!((identity.json("/id"), identity.json("/version")), ("DW-0001".to_owned(), "1.1.0".to_owned()));
    assert_eq!(identity.json("/time").len(), "2026-01-01T00:00:00.000Z".len());
    run.product.stop().await;
}

#[tokio::test]
async fn good_sessions_change_at_login_and_end_at_logout() {
    let run = start(&[]).await;
    let before = run.device("GET /login", "", b"").await.sid();
    let after = run.try_login("admin", &run.secret("device-admin"), &before).await;
    assert_eq!((after.status, after.header("location")), (303, Some("/")));
    assert_ne!(after.sid(), before);
    assert_eq!(run.device("GET /api/device", &before, b"").await.status, 401);
    assert_eq!(run.device("GET /api/device", &after.sid(), b"").await.status, 200);
    assert_eq!(run.device("POST /logout", &after.sid(), b"").await.status, 303);
    assert_eq!(run.device("GET /api/device", &after.sid(), b"").await.status, 401);
}

#[tokio::test]
async fn faulty_sessions() {
    let run = start(&[Fault::SessionFixation, Fault::SessionSurvivesLogout, Fault::SessionCookieFlags, Fault::NoHsts]).await;
    let page = run.device("GET /login", "", b"").await;
    assert!(!page.head.contains("httponly") && page.header("strict-transport-security").is_none());
    let before = page.sid();
    assert_eq!(run.try_login("admin", &run.secret("device-admin"), &before).await.sid(), before);
    run.device("POST /logout", &before, b"").await;
    assert_eq!(run.device("GET /api/device", &before, b"").await.status, 200);
}

#[tokio::test]
async fn locks_out_unless_faulty() {
    let (good, faulty) = tokio::join!(start(&[]), start(&[Fault::NoLockout]));
    for _ in 0..5 {
        assert_eq!(good.try_login("admin", "wrong", "").await.status, 401);
        assert_eq!(faulty.try_login("admin", "wrong", "").await.status, 401);
    }
    let locked = good.try_login("admin", &good.secret("device-admin"), "").await;
    assert_eq!((locked.status, locked.header("retry-after")), (429, Some("2")));
    faulty.login("admin").await;
    good.login("viewer").await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    good.login("admin").await;
}

#[tokio::test]
async fn faulty_access() {
    let run = start(&[Fault::OpenResource, Fault::AnonymousSetting, Fault::VersionOpen, Fault::VersionWrong]).await;
    assert_eq!(run.device(&format!("GET {CYCLE}"), "", b"").await.json("/value"), "eco");
    assert_eq!(run.device(&format!("GET {RIGHTS}"), "", b"").await.status, 401);
    assert_eq!(run.device(&format!("PUT {CYCLE}"), "", b"{\"value\":\"intensive\"}").await.status, 200);
    assert_eq!(run.device(&format!("PUT {RIGHTS}"), "", b"{\"value\":\"status\"}").await.status, 401);
    assert_eq!(run.device("GET /api/device", "", b"").await.json("/version"), "9.9.9");

    let run = start(&[Fault::RoleConfusion, Fault::PrivilegeForViewer]).await;
    let viewer = run.login("viewer").await;
    assert_eq!(run.device(&format!("PUT {CYCLE}"), &viewer, b"{\"value\":\"intensive\"}").await.status, 200);
    assert_eq!(run.device(&format!("PUT {RIGHTS}"), &viewer, b"{\"value\":\"status\"}").await.status, 200);
    assert_eq!(run.device(&format!("PUT {CYCLE}"), "", b"{\"value\":\"eco\"}").await.status, 401);
}

#[tokio::test]
async fn faulty_identifiers_and_clocks() {
    for (fault, id) in [(Fault::NoIdentifier, ""), (Fault::SameIdentifier, "DW-0001")] {
        let run = start(&[fault]).await;
        assert_eq!(run.device("GET /api/device", &run.login("viewer").await, b"").await.json("/id"), id);
    }
    let run = start(&[Fault::UnstableIdentifier, Fault::ClockLocal]).await;
    let viewer = run.login("viewer").await;
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let identity = run.device("GET /api/device", &viewer, b"").await;
        assert_eq!(identity.json("/time").len(), "2026-11-21 10:00:00".len());
        ids.insert(identity.json("/id"));
    }
    assert!(ids.len() > 1);
    let (ahead, right) = tokio::join!(start(&[Fault::ClockOff]), start(&[Fault::ClockCoarse]));
    let ahead = ahead.device("GET /api/device", &ahead.login("viewer").await, b"").await.json("/time");
    let right = right.device("GET /api/device", &right.login("viewer").await, b"").await.json("/time");
    assert_eq!(right.len(), "2026-11-21T10:00Z".len());
    assert!(ahead[..16] > right[..16]);
}

#[tokio::test]
async fn the_second_sample_is_another_one_unless_faulty() {
    for (fault, id, same_key) in
        [(None, "DW-0002", false), (Some(Fault::SameIdentifier), "DW-0001", false), (Some(Fault::SharedKeys), "DW-0002", true)]
    {
        let run = start(fault.as_slice()).await;
        let at = (run.addresses.second_device, 8443);
        let login = format!("user=viewer&password={}", run.secret("device-viewer"));
        let sid = run.ask(at, "dishwasher.test", "POST /login", login.as_bytes()).await.unwrap().sid();
        let reply = run.ask(at, "dishwasher.test", &format!("GET /api/device\r\ncookie: sid={sid}"), b"").await.unwrap();
        assert_eq!(reply.json("/id"), id);
        let key = |name| std::fs::read(run.state.path().join(name)).unwrap_or_default();
        assert_eq!(key("private/second-device.key").is_empty(), same_key);
    }
}

#[tokio::test]
async fn hostile_requests_are_refused_in_few_words() {
    let (good, verbose) = tokio::join!(start(&[]), start(&[Fault::VerboseErrors, Fault::HttpPlain]));
    for (request, status) in [
        ("GET /\r\ncontent-length: 5", 400),
        ("GET nothing", 400),
        ("POST /login\r\ntransfer-encoding: chunked", 411),
        ("PUT /", 405),
        ("GET /\r\nbad name: 1", 400),
    ] {
        let reply = good.device(request, "", b"").await;
        assert_eq!(reply.status, status, "{request}");
        assert!(!reply.body.contains("/opt/"));
    }
    assert_eq!(good.device("POST /login", "", &vec![b'a'; 2_000_000]).await.status, 413);
    assert!(verbose.device("GET /about", "", b"").await.body.contains("/opt/dishwasher/web/server.py"));
    assert!(TcpStream::connect((good.addresses.device, 8080)).await.is_err());
    let plain = TcpStream::connect((verbose.addresses.device, 8080)).await.unwrap();
    let login = format!("user=admin&password={}", verbose.secret("device-admin"));
    assert_eq!(exchange(plain, "POST /login", login.as_bytes()).await.unwrap().status, 303);
}
