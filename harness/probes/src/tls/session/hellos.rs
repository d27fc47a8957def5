//! What a whole handshake needs of the two hellos that began it, and hellos that go on with a session.

use crate::handshake::{Cursor, counted};

/// Numbers of extensions that only whole sessions need.
pub(crate) const HEARTBEAT: u16 = 15;
pub(crate) const ENCRYPT_THEN_MAC: u16 = 22;
pub(crate) const TICKET: u16 = 35;

/// The parts of a hello that a session needs; the client's and the server's differ only in the middle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) version: u16,
    pub(crate) random: [u8; 32],
    pub(crate) session: Vec<u8>,
    /// The server's choice; 0 in a client's hello.
    pub(crate) suite: u16,
    /// The suites and compressions as they stand in a client's hello; the compression in the server's.
    middle: Vec<u8>,
    pub(crate) extensions: Vec<(u16, Vec<u8>)>,
}

impl Parts {
    /// Reads a client's hello: the whole message with its header.
    pub(crate) fn of_client(message: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(message);
        (cursor.u8()? == 1).then_some(())?;
        let mut cursor = Cursor::new(cursor.counted(3)?);
        let (version, random, session) = start(&mut cursor)?;
        let before = cursor.rest();
        cursor.counted(2)?;
        cursor.counted(1)?;
        let middle = before.get(..before.len() - cursor.rest().len())?.to_vec();
        Some(Self { version, random, session, suite: 0, middle, extensions: extensions(&mut cursor)? })
    }

    /// Reads the body of a server's hello.
    pub(crate) fn of_server(body: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let (version, random, session) = start(&mut cursor)?;
        let (suite, middle) = (cursor.u16()?, cursor.take(1)?.to_vec());
        Some(Self { version, random, session, suite, middle, extensions: extensions(&mut cursor)? })
    }

    pub(crate) fn extension(&self, number: u16) -> Option<&[u8]> {
        self.extensions.iter().find(|(each, _)| *each == number).map(|(_, content)| content.as_slice())
    }

    pub(crate) fn has(&self, number: u16) -> bool {
        self.extension(number).is_some()
    }

    /// Whether anything but plain bytes would follow: compressed records cannot be read here.
    pub(crate) fn is_compressed(&self) -> bool {
        self.middle != [0]
    }

    /// The same client's hello with this random, session id, and content of some extensions; `None` takes one out.
    pub(crate) fn renewed(&self, random: [u8; 32], session: &[u8], changes: &[(u16, Option<&[u8]>)]) -> Vec<u8> {
        let mut all: Vec<(u16, Vec<u8>)> =
            self.extensions.iter().filter(|(each, _)| !changes.iter().any(|(number, _)| number == each)).cloned().collect();
        all.extend(changes.iter().filter_map(|(number, content)| content.map(|content| (*number, content.to_vec()))));
        // some servers cannot take an empty extension at the end
        all.sort_by_key(|(_, content)| !content.is_empty());
        written(self.version, random, session, &self.middle, &all)
    }
}

/// A client's hello, to be changed and written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) version: u16,
    random: [u8; 32],
    session: Vec<u8>,
    /// The suites, two bytes each.
    pub(crate) suites: Vec<u8>,
    compressions: Vec<u8>,
    pub(crate) extensions: Vec<(u16, Vec<u8>)>,
}

impl Client {
    /// Reads the message with its header.
    pub(crate) fn read(message: &[u8]) -> Option<Self> {
        let parts = Parts::of_client(message)?;
        let mut middle = Cursor::new(&parts.middle);
        let (suites, compressions) = (middle.counted(2)?.to_vec(), middle.counted(1)?.to_vec());
        let Parts { version, random, session, extensions, .. } = parts;
        Some(Self { version, random, session, suites, compressions, extensions })
    }

    /// The message with its header.
    pub(crate) fn write(&self) -> Vec<u8> {
        let middle = [counted(2, &self.suites), counted(1, &self.compressions)].concat();
        written(self.version, self.random, &self.session, &middle, &self.extensions)
    }
}

fn written(version: u16, random: [u8; 32], session: &[u8], middle: &[u8], extensions: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let listed: Vec<u8> =
        extensions.iter().flat_map(|(number, content)| [number.to_be_bytes().to_vec(), counted(2, content)].concat()).collect();
    let mut body = [version.to_be_bytes().as_slice(), &random, &counted(1, session), middle].concat();
    if !extensions.is_empty() {
        body.extend(counted(2, &listed));
    }
    [vec![1], counted(3, &body)].concat()
}

fn start(cursor: &mut Cursor<'_>) -> Option<(u16, [u8; 32], Vec<u8>)> {
    Some((cursor.u16()?, <[u8; 32]>::try_from(cursor.take(32)?).ok()?, cursor.counted(1)?.to_vec()))
}

fn extensions(cursor: &mut Cursor<'_>) -> Option<Vec<(u16, Vec<u8>)>> {
    let mut list = Cursor::new(if cursor.is_empty() { &[] } else { cursor.counted(2)? });
    let mut all = Vec::new();
    while !list.is_empty() {
        all.push((list.u16()?, list.counted(2)?.to_vec()));
    }
    Some(all)
}

/// A client's hello as it goes over the wire. Old servers want the oldest version in its record.
pub(crate) fn wrap(message: &[u8]) -> Vec<u8> {
    let version = if message.get(4..6) == Some(&[3, 0]) { [3, 0] } else { [3, 1] };
    [vec![22], version.to_vec(), counted(2, message)].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::handshake::{Hello, SIGNATURES};

    #[test]
    fn hellos_are_renewed() {
        let hello = Hello::new(0x0303, [7; 32], &[0xc02f]).naming(Some("a.example")).groups(&[29]).signatures(SIGNATURES).safeguards();
        let message = [vec![1], counted(3, &hello.body())].concat();
        let parts = Parts::of_client(&message).unwrap();
        assert!(parts.has(23) && !parts.has(TICKET));
        let renewed = Parts::of_client(&parts.renewed([8; 32], b"id", &[(TICKET, Some(b"ticket")), (23, None)])).unwrap();
        assert_eq!((renewed.random, renewed.session.as_slice(), &renewed.middle), ([8; 32], b"id".as_slice(), &parts.middle));
        assert_eq!(renewed.extension(TICKET), Some(b"ticket".as_slice()));
        assert!(!renewed.has(23) && renewed.has(0));
        assert_eq!(wrap(&message)[..3], [22, 3, 1]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = Parts::of_server(&body);
            let _ = Parts::of_client(&body);
            if let Some(parts) = Parts::of_client(&[vec![1], counted(3, &body)].concat()) {
                let _ = parts.renewed([0; 32], &[], &[(TICKET, None)]);
            }
        }
    }
}
