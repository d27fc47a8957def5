use super::super::fake::{self, header};
use super::super::session::log_out;
use super::*;

fn login(json: &str) -> Login {
    serde_json::from_str(json).unwrap()
}

fn check() -> Operation {
    serde_json::from_str(r#"{"id":"status","method":"GET","path":"/status"}"#).unwrap()
}

fn reply(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn basic_and_its_budget() {
    let server = fake::serve(|request| match header(&request, "Authorization") {
        Some("Basic YWRtaW46cmlnaHQgb25l") => reply(200, "", "{}"),
        _ => reply(401, "WWW-Authenticate: Basic realm=\"dev\"\r\n", ""),
    })
    .await;
    let mut client = Client::new(server.permit());
    let login = login(r#"{"kind":"basic"}"#);
    let good = log_in(&mut client, &login, &check(), "admin", "right one").await.unwrap();
    assert_eq!((&good.accepted, &good.without, client.permit().logins_left()), (&Accepted::Accepted, &Access::Denied, 3));
    assert_eq!(good.challenges[0].parameter("realm"), Some("dev"));
    assert_eq!(call(&mut client, &check(), good.session.as_ref(), None).await.unwrap().status, 200);
    for _ in 0..3 {
        let bad = log_in(&mut client, &login, &check(), "admin", "admin").await.unwrap();
        assert_eq!((bad.accepted, bad.session), (Accepted::Refused, None));
    }
    assert!(matches!(log_in(&mut client, &login, &check(), "a", "b").await, Err(Error::Budget(_))));
    assert!(!server.transcript().contains("YWRtaW46cmlnaHQgb25l"));
}

#[tokio::test]
async fn digest_answers_the_challenge() {
    let server = fake::serve(|request| {
        let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n";
        let Some(given) = header(&request, "Authorization") else { return reply(401, challenge, "") };
        let part = |name: &str| given.split(&format!("{name}=")).nth(1).unwrap().split([',', '"']).find(|part| !part.is_empty()).unwrap();
        let md5 = |text: String| format!("{:x}", md5::compute(text));
        let (secret, asked) = (md5("admin:r:right".into()), md5("GET:/status".into()));
        let expected = md5(format!("{secret}:n1:00000001:{}:auth:{asked}", part("cnonce")));
        if part("response") == expected { reply(200, "", "{}") } else { reply(401, challenge, "") }
    })
    .await;
    let mut client = Client::new(server.permit());
    let login = login(r#"{"kind":"digest"}"#);
    assert_eq!(log_in(&mut client, &login, &check(), "admin", "right").await.unwrap().accepted, Accepted::Accepted);
    assert_eq!(log_in(&mut client, &login, &check(), "admin", "wrong").await.unwrap().accepted, Accepted::Refused);
}

#[tokio::test]
async fn a_form_gets_its_hidden_fields_back_and_a_new_session() {
    let server = fake::serve(|request| {
        let cookies = header(&request, "Cookie").unwrap_or_default().to_owned();
        let body = String::from_utf8(request.body).unwrap();
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/login") => reply(
                200,
                "Content-Type: text/html\r\nSet-Cookie: sid=before00\r\n",
                "<input type=hidden name=csrf value=c1><input type=password>",
            ),
            ("POST", "/login") if cookies == "sid=before00" && body == "csrf=c1&user=admin&pw=a+bcd" => {
                reply(302, "Location: /\r\nSet-Cookie: sid=after000; HttpOnly; SameSite=Strict\r\n", "")
            }
            ("POST", "/login") => reply(200, "Content-Type: text/html\r\n", "<input type=password>"),
            ("POST", "/logout") => reply(204, "", ""),
            _ if cookies == "sid=after000" => reply(200, "", "ok"),
            _ => reply(302, "Location: /login\r\n", ""),
        }
    })
    .await;
    let mut client = Client::new(server.permit());
    let login = login(r#"{"kind":"form","path":"/login","password_field":"pw","cookie":"sid","logout":"/logout"}"#);
    let good = log_in(&mut client, &login, &check(), "admin", "a bcd").await.unwrap();
    assert_eq!((&good.accepted, &good.without), (&Accepted::Accepted, &Access::Redirected("/login".into())));
    assert_eq!((good.cookies_before[0].value.as_str(), good.cookies_after[0].value.as_str()), ("before00", "after000"));
    assert!(good.cookies_after[0].http_only && !good.cookies_after[0].secure);
    assert_eq!(log_out(&mut client, &login, good.session.as_ref().unwrap()).await.unwrap().status, 204);
    assert_eq!(log_in(&mut client, &login, &check(), "admin", "x").await.unwrap().accepted, Accepted::Refused);
    let transcript = server.transcript();
    assert!(!transcript.contains("after000") && !transcript.contains("pw=a+bcd"), "{transcript}");
}

#[tokio::test]
async fn json_takes_a_token_and_sees_throttling() {
    let server = fake::serve(|request| match request.path.as_str() {
        "/login" if request.body == br#"{"password":"right","user":"admin"}"# => reply(200, "", r#"{"data":{"t":"tok-1234"}}"#),
        "/login" if request.body.ends_with(br#""lock"}"#) => reply(429, "Retry-After: 30\r\n", ""),
        "/login" => reply(200, "", r#"{"error":"no"}"#),
        _ if header(&request, "Authorization") == Some("Bearer tok-1234") => reply(200, "", "ok"),
        _ => reply(403, "", ""),
    })
    .await;
    let mut client = Client::new(server.permit());
    let login = login(r#"{"kind":"json","path":"/login","token":"/data/t"}"#);
    assert_eq!(log_in(&mut client, &login, &check(), "admin", "right").await.unwrap().accepted, Accepted::Accepted);
    let locked = log_in(&mut client, &login, &check(), "lock", "admin").await.unwrap().accepted;
    assert!(matches!(locked, Accepted::Throttled(_)), "{locked:?}");
    assert_eq!(log_in(&mut client, &login, &check(), "admin", "no").await.unwrap().accepted, Accepted::Refused);
    assert!(!server.transcript().contains("tok-1234"));
}

#[tokio::test]
async fn a_check_that_needs_no_login_decides_nothing() {
    let server = fake::serve(|_| reply(200, "", "ok")).await;
    let mut client = Client::new(server.permit());
    let attempt = log_in(&mut client, &login(r#"{"kind":"basic"}"#), &check(), "a", "b").await.unwrap();
    assert!(matches!(attempt.accepted, Accepted::Unclear(_)));
}
