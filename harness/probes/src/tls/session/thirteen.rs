//! Sessions of TLS 1.3, held by the library: its handshakes are sealed from the server's hello on.

use std::time::Duration;

use assay_wire::{Error, Link, Permit, Result, TlsOptions, TlsSessions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Sessions;

/// The most bytes that are read while tickets are waited for.
const MOST_BYTES: usize = 64 * 1024;

/// Holds sessions of TLS 1.3, one after another.
#[derive(Debug, Clone)]
pub(crate) struct Thirteen {
    options: TlsOptions,
    sessions: TlsSessions,
}

impl Thirteen {
    /// Asks for this name, where there is one.
    pub(crate) fn new(name: Option<&str>) -> Self {
        let sessions = TlsSessions::default();
        let options =
            TlsOptions { name: name.map(str::to_owned), sessions: Some(sessions.clone()), early_data: true, ..TlsOptions::default() };
        Self { options, sessions }
    }

    /// The first session: its chain in DER, leaf first. Tickets are waited for as long as `quiet`, once all else is said.
    ///
    /// # Errors
    /// As [`Permit::tls`]; `Handshake` when another version was agreed on.
    pub(crate) async fn first(&self, permit: &Permit, link: Link, quiet: Duration, found: &mut Sessions) -> Result<Vec<Vec<u8>>> {
        let mut link = permit.start_tls(link, &self.options).await?;
        let chain = agreed(&link)?.0;
        found.finished.push("1.3".to_owned());
        self.hear_tickets(&mut link, quiet).await;
        link.abandon();
        found.tickets_13 = Some(self.sessions.tickets());
        if self.sessions.tickets() == 0 {
            found.psk_resumption_13 = Some(false);
            found.early_data_13 = Some(false);
        }
        Ok(chain)
    }

    /// Whether a second session makes sense.
    pub(crate) fn has_ticket(&self) -> bool {
        self.sessions.tickets() > 0
    }

    /// A second session, with a ticket of the first, and with the offer of early data where the ticket permits it.
    ///
    /// # Errors
    /// As [`Thirteen::first`].
    pub(crate) async fn second(&self, permit: &Permit, link: Link, found: &mut Sessions) -> Result<()> {
        let link = permit.start_tls(link, &self.options).await?;
        let (_, resumed, early) = agreed(&link)?;
        link.abandon();
        found.psk_resumption_13 = Some(resumed);
        found.early_data_13 = Some(early);
        Ok(())
    }

    /// Says goodbye and reads what still comes: tickets are sent right after the handshake.
    async fn hear_tickets(&self, link: &mut Link, quiet: Duration) {
        let mut chunk = vec![0; 4096];
        let reading = async {
            // a connection that is gone brings no ticket
            let _ = link.shutdown().await;
            let mut total = 0;
            while let Ok(count @ 1..) = link.read(&mut chunk).await {
                total += count;
                if total > MOST_BYTES {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(quiet, reading).await;
    }
}

/// The chain of a session, whether it was gone on with, and whether early data was accepted.
fn agreed(link: &Link) -> Result<(Vec<Vec<u8>>, bool, bool)> {
    let session = link.session().filter(|session| session.version == "1.3");
    let session = session.ok_or_else(|| Error::Handshake(link.peer().to_owned(), "TLS 1.3 was not agreed on".to_owned()))?;
    Ok((session.chain.clone(), session.resumed, session.early_data_accepted))
}
