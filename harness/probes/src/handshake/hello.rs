//! The client's hello, built by hand so that it can ask for anything.

use std::net::IpAddr;

use super::cursor::counted;

/// Numbers of extensions.
pub(crate) mod extension {
    pub(crate) const SERVER_NAME: u16 = 0;
    pub(crate) const SUPPORTED_GROUPS: u16 = 10;
    pub(crate) const POINT_FORMATS: u16 = 11;
    pub(crate) const STATUS_REQUEST: u16 = 5;
    pub(crate) const SIGNATURE_ALGORITHMS: u16 = 13;
    pub(crate) const HEARTBEAT: u16 = 15;
    pub(crate) const ALPN: u16 = 16;
    pub(crate) const ENCRYPT_THEN_MAC: u16 = 22;
    pub(crate) const EXTENDED_MASTER_SECRET: u16 = 23;
    pub(crate) const SESSION_TICKET: u16 = 35;
    pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
    pub(crate) const COOKIE: u16 = 44;
    pub(crate) const PSK_MODES: u16 = 45;
    pub(crate) const KEY_SHARE: u16 = 51;
    pub(crate) const RENEGOTIATION_INFO: u16 = 0xff01;
}

/// A client's hello, before it is written.
#[derive(Debug, Clone)]
pub(crate) struct Hello {
    /// The version that stands in the hello itself.
    pub(crate) version: u16,
    pub(crate) random: [u8; 32],
    pub(crate) session: Vec<u8>,
    /// The cookie of DTLS; `None` in TLS.
    pub(crate) cookie: Option<Vec<u8>>,
    pub(crate) suites: Vec<u16>,
    pub(crate) compression: Vec<u8>,
    pub(crate) extensions: Vec<(u16, Vec<u8>)>,
}

impl Hello {
    pub(crate) fn new(version: u16, random: [u8; 32], suites: &[u16]) -> Self {
        let (session, extensions) = (Vec::new(), Vec::new());
        Self { version, random, session, cookie: None, suites: suites.to_vec(), compression: vec![0], extensions }
    }

    pub(crate) fn with(mut self, number: u16, content: Vec<u8>) -> Self {
        self.extensions.push((number, content));
        self
    }

    pub(crate) fn without(mut self, number: u16) -> Self {
        self.extensions.retain(|(each, _)| *each != number);
        self
    }

    /// Asks for a name, unless it is an address: TLS knows names only (RFC 6066 section 3).
    pub(crate) fn naming(self, name: Option<&str>) -> Self {
        let fit = |name: &&str| !name.is_empty() && name.len() <= 255 && name.parse::<IpAddr>().is_err();
        match name.filter(fit) {
            None => self,
            Some(name) => {
                let entry = [vec![0], counted(2, name.as_bytes())].concat();
                self.with(extension::SERVER_NAME, counted(2, &entry))
            }
        }
    }

    pub(crate) fn groups(self, groups: &[u16]) -> Self {
        if groups.is_empty() {
            return self;
        }
        self.with(extension::SUPPORTED_GROUPS, counted(2, &words(groups))).with(extension::POINT_FORMATS, vec![1, 0])
    }

    pub(crate) fn signatures(self, algorithms: &[u16]) -> Self {
        self.with(extension::SIGNATURE_ALGORITHMS, counted(2, &words(algorithms)))
    }

    /// Offers the extended master secret and secure renegotiation.
    pub(crate) fn safeguards(self) -> Self {
        self.with(extension::EXTENDED_MASTER_SECRET, Vec::new()).with(extension::RENEGOTIATION_INFO, vec![0])
    }

    /// Offers heartbeats, a stapled OCSP response, encrypt-then-MAC and a session ticket.
    pub(crate) fn extras(self) -> Self {
        self.with(extension::HEARTBEAT, vec![1])
            .with(extension::STATUS_REQUEST, vec![1, 0, 0, 0, 0])
            .with(extension::ENCRYPT_THEN_MAC, Vec::new())
            .with(extension::SESSION_TICKET, Vec::new())
    }

    /// Offers these application protocols.
    pub(crate) fn protocols(self, names: &[&str]) -> Self {
        if names.is_empty() {
            return self;
        }
        let all: Vec<u8> = names.iter().flat_map(|name| counted(1, name.as_bytes())).collect();
        self.with(extension::ALPN, counted(2, &all))
    }

    /// Offers these versions in the way of TLS 1.3.
    pub(crate) fn versions(self, versions: &[u16]) -> Self {
        self.with(extension::SUPPORTED_VERSIONS, counted(1, &words(versions))).with(extension::PSK_MODES, vec![1, 1])
    }

    /// Sends these public keys ahead; none asks the server to name the group it wants.
    pub(crate) fn key_shares(self, shares: &[(u16, Vec<u8>)]) -> Self {
        let all: Vec<u8> = shares.iter().flat_map(|(group, key)| [group.to_be_bytes().to_vec(), counted(2, key)].concat()).collect();
        self.with(extension::KEY_SHARE, counted(2, &all))
    }

    /// The body of the message, without the handshake header.
    pub(crate) fn body(&self) -> Vec<u8> {
        let mut body = self.version.to_be_bytes().to_vec();
        body.extend_from_slice(&self.random);
        body.extend(counted(1, &self.session));
        if let Some(cookie) = &self.cookie {
            body.extend(counted(1, cookie));
        }
        body.extend(counted(2, &words(&self.suites)));
        body.extend(counted(1, &self.compression));
        if !self.extensions.is_empty() {
            let all = self.extensions.iter().flat_map(|(number, content)| [number.to_be_bytes().to_vec(), counted(2, content)].concat());
            body.extend(counted(2, &all.collect::<Vec<u8>>()));
        }
        body
    }
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_is_read_back_by_a_parser() {
        let hello = Hello::new(0x0303, [7; 32], &[0xc02f, 0x1301])
            .naming(Some("a.example"))
            .groups(&[29])
            .signatures(crate::handshake::SIGNATURES)
            .safeguards();
        let body = hello.versions(&[0x0304]).key_shares(&[(29, vec![9; 32])]).body();
        let message = [vec![1], counted(3, &body)].concat();
        let (rest, parsed) = tls_parser::parse_tls_message_handshake(&message).unwrap();
        assert!(rest.is_empty());
        let tls_parser::TlsMessage::Handshake(tls_parser::TlsMessageHandshake::ClientHello(found)) = parsed else { panic!("{parsed:?}") };
        assert_eq!(found.ciphers.iter().map(|id| id.0).collect::<Vec<_>>(), [0xc02f, 0x1301]);
        let (rest, extensions) = tls_parser::parse_tls_extensions(found.ext.unwrap()).unwrap();
        assert!(rest.is_empty());
        assert_eq!(extensions.len(), 9);
    }

    #[test]
    fn addresses_are_not_asked_for() {
        assert!(Hello::new(0x0303, [0; 32], &[]).naming(Some("::1")).naming(None).extensions.is_empty());
    }
}
