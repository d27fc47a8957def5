//! `SSLv2`: its own hello, its own records, its own suites.

use assay_wire::Result;

use super::Support;
use super::asker::{Asker, End};
use super::board::Rank;
use super::doubts::control;
use super::findings::Findings;
use super::records::Reader;
use crate::handshake::{Cursor, Suite, alert_name};

const SUITES: [(u32, &str, &[&str]); 7] = [
    (0x01_00_80, "SSL_CK_RC4_128_WITH_MD5", &["static-rsa", "rc4", "md5", "not-aead"]),
    (0x02_00_80, "SSL_CK_RC4_128_EXPORT40_WITH_MD5", &["export", "static-rsa", "rc4", "md5", "not-aead"]),
    (0x03_00_80, "SSL_CK_RC2_128_CBC_WITH_MD5", &["static-rsa", "rc2", "cbc", "md5", "not-aead"]),
    (0x04_00_80, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", &["export", "static-rsa", "rc2", "cbc", "md5", "not-aead"]),
    (0x05_00_80, "SSL_CK_IDEA_128_CBC_WITH_MD5", &["static-rsa", "idea", "cbc", "md5", "not-aead"]),
    (0x06_00_40, "SSL_CK_DES_64_CBC_WITH_MD5", &["static-rsa", "des", "cbc", "md5", "not-aead"]),
    (0x07_00_c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", &["static-rsa", "3des", "cbc", "md5", "not-aead"]),
];
/// How urgent the hello is.
const RANK: Rank = 8;

/// Asks for `SSLv2`: what came of it, and the suites that the server lists.
pub(super) async fn ask(asker: &Asker<'_>, findings: &Findings) -> Result<()> {
    let answer = ask_once(asker).await?;
    findings.change(|state| state.older = Some((answer, asker.notes().spoken)));
    Ok(())
}

/// Asks for `SSLv2`, as one of several.
pub(super) async fn ask_once(asker: &Asker<'_>) -> Result<Answer> {
    let part = asker.crew.enlist(RANK);
    let answer = exchange(asker).await;
    drop(part);
    answer
}

/// The last word, after all else was asked. A connection that ended without a word says no where the server was never
/// busy and answered other hellos afterwards; else it is asked again, with a control right after it.
pub(super) async fn settle(asker: &Asker<'_>, findings: &Findings) -> Result<(Support, Vec<Suite>)> {
    let Some((answer, spoken)) = findings.state().older.clone() else { return Ok(unclear("nothing was asked")) };
    let hung_up = match answer {
        Answer::Choice(suites) => return Ok((Support::Accepted, suites)),
        Answer::Refused(how) => return Ok((Support::Refused { how }, Vec::new())),
        Answer::Odd(what) => return Ok(unclear(&what)),
        Answer::Silent => return Ok(unclear("no answer to the hello")),
        Answer::HungUp(how) => how,
    };
    let refused = |how: &str| Ok((Support::Refused { how: how.to_owned() }, Vec::new()));
    if asker.crew.board().refusals == 0 && asker.notes().spoken > spoken {
        return refused(hung_up);
    }
    match (exchange(asker).await?, control(asker, findings).await?) {
        (Answer::Choice(suites), _) => Ok((Support::Accepted, suites)),
        (Answer::Refused(how), _) => refused(&how),
        (Answer::HungUp(how), Some(true)) => refused(how),
        _ => Ok(unclear("the connection ended without a word, and it is not known that another hello would be answered")),
    }
}

fn unclear(why: &str) -> (Support, Vec<Suite>) {
    (Support::Unclear { why: why.to_owned() }, Vec::new())
}

/// What came after the hello.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Choice(Vec<Suite>),
    Refused(String),
    HungUp(&'static str),
    Silent,
    Odd(String),
}

async fn exchange(asker: &Asker<'_>) -> Result<Answer> {
    let mut reader = Reader::default();
    let (raw, end, _line) = asker.exchange(RANK, &hello(), |raw| read(raw).is_some() || reader.take(raw)).await?;
    let heard = reader.heard();
    let answer = match (read(&raw), heard.alert, end) {
        (Some(suites), ..) => Answer::Choice(suites),
        (None, Some(code), _) => Answer::Refused(alert_name(code)),
        (None, None, End::Closed) if raw.is_empty() => Answer::HungUp("closed"),
        (None, None, End::Reset) => Answer::HungUp("reset"),
        (None, None, End::Late) => Answer::Silent,
        (None, None, _) => Answer::Odd(heard.odd.unwrap_or_default()),
    };
    if matches!(answer, Answer::Choice(_) | Answer::Refused(_)) {
        asker.mark_spoken();
    }
    Ok(answer)
}

/// A client hello of `SSLv2` with every suite.
fn hello() -> Vec<u8> {
    let suites: Vec<u8> = SUITES.iter().flat_map(|(id, ..)| id.to_be_bytes().into_iter().skip(1)).collect();
    let mut body = vec![1, 0, 2];
    body.extend(u16::try_from(suites.len()).unwrap_or_default().to_be_bytes());
    body.extend([0, 0, 0, 16]);
    body.extend(suites);
    body.extend([0x5a; 16]);
    let length = u16::try_from(body.len()).unwrap_or_default() | 0x8000;
    [length.to_be_bytes().to_vec(), body].concat()
}

/// The suites of a server hello of `SSLv2`. `None` when it is none, or has not come whole.
pub(crate) fn read(raw: &[u8]) -> Option<Vec<Suite>> {
    let mut cursor = Cursor::new(raw);
    let first = cursor.u16()?;
    let length = if first & 0x8000 == 0 {
        cursor.u8()?;
        first & 0x3fff
    } else {
        first & 0x7fff
    };
    let mut body = Cursor::new(cursor.take(usize::from(length))?);
    let (kind, _, _, version) = (body.u8()?, body.u8()?, body.u8()?, body.u16()?);
    (kind == 4 && version == 2).then_some(())?;
    let (certificate, suites, _) = (body.u16()?, body.u16()?, body.u16()?);
    body.take(usize::from(certificate))?;
    let listed = body.take(usize::from(suites))?;
    Some(listed.chunks_exact(3).filter_map(|id| Cursor::new(id).number(3)).map(describe).collect())
}

fn describe(id: u32) -> Suite {
    let found = SUITES.iter().find(|(known, ..)| *known == id);
    let (name, traits) =
        found.map_or_else(|| (format!("unknown-{id:06x}"), [].as_slice()), |(_, name, traits)| ((*name).to_owned(), *traits));
    Suite { id, name, traits: traits.iter().map(|each| (*each).to_owned()).collect() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_server_hello_is_read() {
        let body = [&[4, 0, 1, 0, 2, 0, 2, 0, 6, 0, 1][..], &[0xaa, 0xbb], &[1, 0, 0x80, 7, 0, 0xc0], &[9]].concat();
        let raw = [vec![0x80, u8::try_from(body.len()).unwrap()], body].concat();
        let suites = read(&raw).unwrap();
        assert_eq!(suites.iter().map(|suite| suite.name.as_str()).collect::<Vec<_>>(), [SUITES[0].1, SUITES[6].1]);
        assert_eq!(read(&raw[..raw.len() - 1]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(raw in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = read(&raw);
        }
    }
}
