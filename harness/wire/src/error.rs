//! What can go wrong between the harness and a product.

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. Probes use the same words, so that a test sees one kind of trouble only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing listens there, or it says so at once.
    #[error("{0} refused the connection")]
    Refused(String),
    /// The connection was torn down by the other side.
    #[error("{0} reset the connection")]
    Reset(String),
    /// No answer came within the time that the budget allows.
    #[error("no {what} from {peer} within {after_ms} ms")]
    TimedOut {
        /// The other side.
        peer: String,
        /// What was waited for: `connection`, `answer`.
        what: &'static str,
        /// How long.
        after_ms: u64,
    },
    /// The other side closed the connection before it had said enough.
    #[error("{0} closed the connection early")]
    Closed(String),
    /// There is no way to the address.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// The answer is longer than any honest one.
    #[error("the answer of {peer} is longer than {limit} bytes")]
    TooLong {
        /// The other side.
        peer: String,
        /// The limit.
        limit: usize,
    },
    /// The answer does not follow the protocol.
    #[error("the answer of {peer} does not follow the protocol: {what}")]
    Malformed {
        /// The other side.
        peer: String,
        /// What is odd about it.
        what: String,
    },
    /// TLS or DTLS could not be set up.
    #[error("no secure session with {0}: {1}")]
    Handshake(String, String),
    /// The other side refused the credential it was given, where that is not the answer sought.
    #[error("{0} did not accept the credential of {1}")]
    NotAccepted(String, String),
    /// The budget of the component is used up.
    #[error("the budget is used up: {0}")]
    Budget(String),
    /// The profile does not name this address, or lacks what is needed to speak to it.
    #[error("not permitted: {0}")]
    NotPermitted(String),
    /// This machine failed, not the product.
    #[error("this machine failed: {0}")]
    Local(String),
}

impl Error {
    /// Sorts an input or output error on a connection to `peer`.
    pub fn from_io(peer: &str, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        let peer = peer.to_owned();
        match error.kind() {
            Kind::ConnectionRefused => Self::Refused(peer),
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => Self::Reset(peer),
            Kind::UnexpectedEof => Self::Closed(peer),
            Kind::HostUnreachable | Kind::NetworkUnreachable => Self::Unreachable(peer, error.to_string()),
            Kind::InvalidData => Self::Handshake(peer, error.to_string()),
            _ => Self::Local(format!("{error} (speaking to {peer})")),
        }
    }

    /// Whether the fault lies with this machine or this program, not with the product.
    pub const fn is_ours(&self) -> bool {
        matches!(self, Self::Local(_) | Self::NotPermitted(_))
    }

    /// Whether the other side said no to the connection itself.
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Reset(_))
    }
}
