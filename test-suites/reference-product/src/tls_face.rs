//! Just enough bad TLS for a prober, written by hand, where the TLS library refuses to be bad.

use tokio::net::TcpStream;

use crate::{net::Prefixed, state::Identity, world::Faults};

/// What became of an accepted connection.
pub(crate) enum Taken {
    /// A fault applied to what the client offered: it was answered, and the connection is over.
    Handled,
    /// No fault applied: the stream as it was, for the good TLS server.
    Stream(Prefixed<TcpStream>),
}

/// Reads the client's hello and answers it badly, if a fault applies to it.
#[expect(clippy::unused_async, reason = "to be filled in")]
pub(crate) async fn take(stream: TcpStream, _faults: &Faults, _identity: &Identity) -> Taken {
    Taken::Stream(Prefixed::new(Vec::new(), stream))
}
