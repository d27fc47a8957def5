use assay_wire::Permit;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::super::{Connect, Connected, connect, connect_any};
use super::*;
use crate::testing::{permit, serve};

/// A broker that answers each packet it gets with the next of these; it hangs up when none is left.
async fn broker(answers: &'static [&'static [u8]]) -> Permit {
    let port = serve(move |mut stream| async move {
        let mut buffer = [0; 1024];
        for answer in answers {
            if matches!(stream.read(&mut buffer).await, Err(_) | Ok(0)) || stream.write_all(answer).await.is_err() {
                return;
            }
        }
        let _ = stream.read(&mut buffer).await;
    })
    .await;
    permit(port)
}

async fn session(answers: &'static [&'static [u8]]) -> Session {
    match connect(&broker(answers).await, Version::V5, &Connect::anonymous("assay")).await.unwrap() {
        Connected::Accepted(session) => *session,
        other => panic!("{other:?}"),
    }
}

const WELCOME_311: &[u8] = &[0x20, 2, 0, 0];
const WELCOME: &[u8] = &[0x20, 3, 0, 0, 0];

#[tokio::test]
async fn a_broker_that_knows_only_311_is_spoken_to_in_311() {
    let permit = broker(&[&[0x20, 2, 0, 1]]).await;
    let (version, connected) = connect_any(&permit, &Connect::password("assay", "u", "p")).await.unwrap();
    assert!(matches!((version, connected), (Version::V311, Connected::Refused(code)) if code.name == "unacceptable protocol version"));
    assert_eq!(permit.logins_left(), 20, "no log-in was looked at, however many versions were tried");
}

#[tokio::test]
async fn refusals_and_hang_ups_are_told_apart() {
    let refused = connect(&broker(&[&[0x20, 3, 0, 0x87, 0]]).await, Version::V5, &Connect::anonymous("a")).await.unwrap();
    assert!(matches!(refused, Connected::Refused(code) if code.is_about_rights()));
    let closed = connect(&broker(&[]).await, Version::V5, &Connect::anonymous("a")).await;
    assert!(matches!(closed, Ok(Connected::Closed)), "{closed:?}");
    let babble = connect(&broker(&[b"HTTP/1.1 400 Bad Request\r\n\r\n"]).await, Version::V5, &Connect::anonymous("a")).await;
    assert!(babble.is_err());
}

#[tokio::test]
async fn messages_that_come_before_a_reply_are_kept() {
    const PUBLISH: &[u8] = &[0x31, 6, 0, 1, b't', 0, b'h', b'i', 0x90, 4, 0, 1, 0, 1];
    let mut session = session(&[WELCOME, PUBLISH, &[0x40, 3, 0, 2, 0x87]]).await;
    assert!(session.subscribe("t").await.unwrap().is_granted());
    assert_eq!(session.publish("t", b"x", true).await.unwrap(), Reply::Refused(Code::of(0x87)));
    let messages = session.collect(Duration::from_millis(200), |all| !all.is_empty()).await.unwrap().messages;
    assert_eq!((messages[0].topic.as_str(), messages[0].payload.as_slice(), messages[0].retained), ("t", &b"hi"[..], true));
}

#[tokio::test]
async fn silence_is_no_message_and_a_lost_connection_is_an_error() {
    let mut quiet = session(&[WELCOME, &[0x90, 4, 0, 1, 0, 0]]).await;
    quiet.subscribe("t").await.unwrap();
    assert_eq!(quiet.collect(Duration::from_millis(50), |_| false).await.unwrap(), Collected::default());
    let mut lost = session(&[WELCOME, &[0x90, 4, 0, 1, 0, 0, 0xE0, 2, 0x8B, 0]]).await;
    lost.subscribe("t").await.unwrap();
    assert!(matches!(lost.collect(Duration::from_millis(500), |_| false).await, Err(Error::Closed(_))));
    let mut thrown_out = session(&[WELCOME, &[0xE0, 2, 0x87, 0]]).await;
    assert_eq!(thrown_out.subscribe("t").await.unwrap(), Reply::Disconnected(Some(Code::of(0x87))));
}

#[tokio::test]
async fn messages_without_end_are_collected_up_to_a_limit() {
    let port = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 1024]).await;
        // 128 KiB in each message, of which two bytes are its topic's length and one its topic
        let message = [&[0x30, 0x83, 0x80, 0x08, 0, 1, b't'][..], &vec![b'x'; 128 * 1024]].concat();
        let _ = stream.write_all(WELCOME_311).await;
        while stream.write_all(&message).await.is_ok() {}
    })
    .await;
    let connected = connect(&permit(port), Version::V311, &Connect::anonymous("assay")).await.unwrap();
    let Connected::Accepted(mut session) = connected else { panic!("{connected:?}") };
    for _ in 0..2 {
        let found = session.collect(Duration::from_secs(20), |_| false).await.unwrap();
        assert!(found.cut, "that more came is not said");
        let held: usize = found.messages.iter().map(|message| message.topic.len() + message.payload.len()).sum();
        assert!((KEPT_BYTES..KEPT_BYTES + 129 * 1024).contains(&held), "{held} bytes in {} messages", found.messages.len());
    }
}

#[tokio::test]
async fn messages_that_are_lost_while_a_reply_is_waited_for_are_told_of() {
    let port = serve(|mut stream| async move {
        let mut buffer = [0; 1024];
        let _ = stream.read(&mut buffer).await;
        let _ = stream.write_all(WELCOME_311).await;
        let _ = stream.read(&mut buffer).await;
        let many = [0x30, 4, 0, 1, b't', b'x'].repeat(KEPT + 1);
        let _ = stream.write_all(&[&many[..], &[0x90, 3, 0, 1, 0]].concat()).await;
        let _ = stream.read(&mut buffer).await;
    })
    .await;
    let connected = connect(&permit(port), Version::V311, &Connect::anonymous("assay")).await.unwrap();
    let Connected::Accepted(mut session) = connected else { panic!("{connected:?}") };
    assert!(session.subscribe("t").await.unwrap().is_granted());
    let found = session.collect(Duration::from_secs(1), |all| all.len() == KEPT).await.unwrap();
    assert_eq!((found.messages.len(), found.cut), (KEPT, true));
    let after = session.collect(Duration::from_millis(50), |_| false).await.unwrap();
    assert_eq!(after, Collected::default(), "what came later is whole");
}
