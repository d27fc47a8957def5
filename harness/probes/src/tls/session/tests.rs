//! Whole sessions with real servers.

use super::begin::{Wish, begin, hello};
use super::handshake::{Resumed, Saved, finish, resume};
use super::hellos::wrap;
use crate::tls::peers::Server;

/// A session in this suite, and what is needed to go on with it; its link is closed, for servers that take one at a time.
async fn saved(server: &Server, version: u16, suite: u16, wish: Wish<'_>) -> (Saved, bool) {
    let begun = begin(server.permit.tcp().await.unwrap(), hello(version, &[suite], wish).unwrap()).await.unwrap();
    let open = finish(begun).await.unwrap_or_else(|error| panic!("{version:04x} {suite:04x}: {error}"));
    open.channel.link.abandon();
    (open.saved, open.tied)
}

async fn offered(server: &Server, saved: &Saved, id: &[u8], by_ticket: bool) -> Resumed {
    let hello = saved.offer(id, by_ticket).unwrap();
    resume(server.permit.tcp().await.unwrap(), saved, &hello, &wrap(&hello)).await.unwrap()
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn every_kind_of_suite_is_finished() {
    let server = Server::openssl("-tls1_2 -no_ticket").await;
    let suites =
        [0x002f, 0x0035, 0x003c, 0x003d, 0x009c, 0x009d, 0x0033, 0x009e, 0xc013, 0xc028, 0xc02f, 0xc030, 0xcca8, 0xccaa, 0xc018, 0x0034];
    for suite in suites {
        for outside in [false, true] {
            let (saved, tied) = saved(&server, 0x0303, suite, Wish { outside, ..Wish::default() }).await;
            assert!(saved.extended && tied && !saved.id.is_empty());
            let resumed = offered(&server, &saved, &saved.id, false).await;
            assert!(matches!(&resumed, Resumed::Yes(again) if again.echoed == saved.id), "{suite:04x}");
        }
    }
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn old_versions_are_finished_and_gone_on_with_by_tickets() {
    let server = Server::openssl("-min_protocol TLSv1").await;
    for version in [0x0301, 0x0302, 0x0303] {
        for suite in [0x002f, 0x0035, 0xc014, 0x0039] {
            let (saved, _) = saved(&server, version, suite, Wish { ticket: true, ..Wish::default() }).await;
            assert!(saved.ticket.is_some());
            let resumed = offered(&server, &saved, &[7], true).await;
            assert!(matches!(&resumed, Resumed::Yes(again) if again.echoed == [7]), "{version:04x} {suite:04x}");
        }
    }
}
