//! Reading of answers: lenient, bounded, and honest about what was odd.

use super::message::Answer;

/// Bytes of a head that are read.
const HEAD: usize = 64 * 1024;
/// Bytes of a body that are read.
const BODY: usize = 1024 * 1024;
/// All bytes of one answer that are read, chunking and interim answers included.
pub(super) const WHOLE: usize = 2 * BODY;
/// Header fields that are kept.
const FIELDS: usize = 256;
/// Interim (1xx) answers that are passed over.
const INTERIM: usize = 8;

/// Reads one answer from bytes that come piece by piece.
#[derive(Debug)]
pub(crate) struct Reader {
    bodiless: bool,
    interim: usize,
    start: usize,
    /// Where the search for the end of the head goes on: bytes that were searched, where the line at hand begins, and
    /// whether a line of the head was not empty. Bytes that come one by one are searched once.
    searched: usize,
    line: usize,
    begun: bool,
    answer: Option<Answer>,
    framing: Framing,
    at: usize,
    state: State,
}

/// How the end of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
    Close,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Head,
    Body,
    Trailer,
    Done,
    Failed(&'static str),
    TooLong(usize),
}

/// How an answer came out.
pub(crate) enum Read {
    /// An answer, and whether the connection can carry the next.
    Answer(Box<Answer>, bool),
    /// Not HTTP.
    Malformed(&'static str),
    /// Longer than the limit.
    TooLong(usize),
}

impl Reader {
    /// A reader for the answer to a request of this method.
    pub(crate) fn new(method: &str) -> Self {
        Self {
            bodiless: method == "HEAD",
            interim: 0,
            start: 0,
            searched: 0,
            line: 0,
            begun: false,
            answer: None,
            framing: Framing::Close,
            at: 0,
            state: State::Head,
        }
    }

    /// Whether the answer is complete (or beyond repair), given all bytes so far.
    pub(crate) fn enough(&mut self, all: &[u8]) -> bool {
        loop {
            let before = (self.state, self.at);
            match self.state {
                State::Head => self.head(all),
                State::Body => self.body(all),
                State::Trailer => self.trailer(all),
                State::Done | State::Failed(_) | State::TooLong(_) => return true,
            }
            if (self.state, self.at) == before {
                return false;
            }
        }
    }

    /// What came of it, once there is enough, or no more comes.
    pub(crate) fn finish(mut self, all: &[u8]) -> Read {
        match self.state {
            State::Failed(why) => return Read::Malformed(why),
            State::TooLong(limit) => return Read::TooLong(limit),
            _ => {}
        }
        let Some(mut answer) = self.answer.take() else {
            return Read::Malformed("the connection closed within the head of the answer");
        };
        let done = self.state == State::Done;
        if self.framing == Framing::Close {
            answer.body = all.get(self.at..).unwrap_or_default().to_vec();
        } else if !done {
            if let Framing::Length(_) = self.framing {
                answer.body = all.get(self.at..).unwrap_or_default().to_vec();
            }
            answer.oddities.push("the connection closed before the end of the body".to_owned());
        }
        if done && all.len() > self.at {
            answer.oddities.push(format!("{} bytes follow the answer", all.len() - self.at));
        }
        let reusable = done && all.len() == self.at && self.framing != Framing::Close && stays_open(&answer);
        Read::Answer(Box::new(answer), reusable)
    }

    fn head(&mut self, all: &[u8]) {
        let rest = all.get(self.start..).unwrap_or_default();
        if !plausible(rest) {
            self.state = State::Failed("it does not begin with an HTTP status line");
            return;
        }
        let Some(length) = self.head_end(rest) else {
            if rest.len() > HEAD {
                self.state = State::TooLong(HEAD);
            }
            return;
        };
        let Some(answer) = rest.get(..length).and_then(parse_head) else {
            self.state = State::Failed("its status line cannot be read");
            return;
        };
        self.at = self.start + length;
        if (100..200).contains(&answer.status) && answer.status != 101 {
            self.interim += 1;
            self.start = self.at;
            (self.searched, self.line, self.begun) = (0, 0, false);
            if self.interim > INTERIM {
                self.state = State::Failed("interim answers do not end");
            }
            return;
        }
        self.frame(answer);
    }

    /// Where the head ends: after its first empty line that follows anything.
    fn head_end(&mut self, head: &[u8]) -> Option<usize> {
        while let Some(more) = head.get(self.searched..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')) {
            let end = self.searched + more;
            let is_empty = matches!(head.get(self.line..end), Some([] | [b'\r']));
            (self.searched, self.line) = (end + 1, end + 1);
            if is_empty && self.begun {
                return Some(self.line);
            }
            self.begun |= !is_empty;
        }
        self.searched = head.len();
        None
    }

    fn frame(&mut self, mut answer: Answer) {
        let chunked = answer.headers_all("transfer-encoding").any(|value| value.to_ascii_lowercase().contains("chunked"));
        let lengths: Vec<&str> = answer.headers_all("content-length").map(str::trim).collect();
        let length = lengths.first().and_then(|text| text.parse().ok());
        let mut odd = Vec::new();
        if lengths.iter().any(|each| Some(each) != lengths.first()) {
            odd.push("several content lengths that differ".to_owned());
        }
        if !lengths.is_empty() && length.is_none() {
            odd.push("the content length is not a number".to_owned());
        }
        if chunked && !lengths.is_empty() {
            odd.push("both a content length and chunks".to_owned());
        }
        self.framing = match (self.bodiless || matches!(answer.status, 101 | 204 | 304), chunked, length) {
            (true, _, _) => Framing::Length(0),
            (_, true, _) => Framing::Chunked,
            (_, _, Some(length)) => Framing::Length(length),
            _ => Framing::Close,
        };
        answer.oddities.extend(odd);
        self.answer = Some(answer);
        self.state = State::Body;
    }

    fn body(&mut self, all: &[u8]) {
        let rest = all.get(self.at..).unwrap_or_default();
        match self.framing {
            Framing::Length(length) if length > BODY => self.state = State::TooLong(BODY),
            Framing::Close if rest.len() > BODY => self.state = State::TooLong(BODY),
            Framing::Close => {}
            Framing::Length(length) => {
                let (Some(body), Some(answer)) = (rest.get(..length), &mut self.answer) else { return };
                answer.body = body.to_vec();
                self.at += length;
                self.state = State::Done;
            }
            Framing::Chunked => self.chunk(rest),
        }
    }

    fn chunk(&mut self, rest: &[u8]) {
        let Some((line, used)) = line(rest) else {
            if rest.len() > 1024 {
                self.state = State::Failed("a chunk has no size");
            }
            return;
        };
        let text = String::from_utf8_lossy(line);
        let digits = text.split(';').next().unwrap_or_default().trim();
        let Some(answer) = &mut self.answer else { return };
        let Ok(size) = usize::from_str_radix(digits, 16) else {
            self.state = State::Failed("the size of a chunk is not a number");
            return;
        };
        if size == 0 {
            self.at += used;
            self.state = State::Trailer;
            return;
        }
        if size > BODY || answer.body.len() + size > BODY {
            self.state = State::TooLong(BODY);
            return;
        }
        let Some(data) = rest.get(used..used + size) else { return };
        let after = rest.get(used + size..).unwrap_or_default();
        let end = match after {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            [] | [b'\r'] => return,
            _ => {
                answer.oddities.push("a chunk does not end where it says".to_owned());
                0
            }
        };
        answer.body.extend_from_slice(data);
        answer.oddities.truncate(16);
        self.at += used + size + end;
    }

    fn trailer(&mut self, all: &[u8]) {
        let rest = all.get(self.at..).unwrap_or_default();
        match line(rest) {
            Some((line, used)) => {
                self.at += used;
                if line.is_empty() {
                    self.state = State::Done;
                }
            }
            None if rest.len() > HEAD => self.state = State::TooLong(HEAD),
            None => {}
        }
    }
}

/// Whether these may be the first bytes of an answer.
fn plausible(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    let begins = |word: &[u8]| text.iter().zip(word).all(|(byte, wanted)| byte == wanted);
    begins(b"HTTP/") || begins(b"ICY ")
}

/// The next line without its end, and the bytes it takes.
fn line(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = bytes.get(..end)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), end + 1))
}

fn parse_head(bytes: &[u8]) -> Option<Answer> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).skip_while(|line| line.is_empty());
    let mut words = lines.next()?.trim_start().splitn(3, ' ');
    let version = words.next()?;
    let status = words.next()?.trim().parse().ok().filter(|status| (100..1000).contains(status))?;
    let reason = words.next().unwrap_or_default().to_owned();
    let version = version.strip_prefix("HTTP/").unwrap_or(version).to_owned();
    let mut answer = Answer { status, reason, version, ..Answer::default() };
    let bare = bytes.iter().enumerate().any(|(at, byte)| *byte == b'\n' && at.checked_sub(1).and_then(|at| bytes.get(at)) != Some(&b'\r'));
    if bare {
        answer.oddities.push("lines end without a carriage return".to_owned());
    }
    for line in lines.take_while(|line| !line.is_empty()) {
        field(line, &mut answer);
    }
    Some(answer)
}

fn field(line: &str, answer: &mut Answer) {
    if line.starts_with([' ', '\t']) {
        answer.oddities.push("a header field is folded".to_owned());
        if let Some((_, value)) = answer.headers.last_mut() {
            value.push(' ');
            value.push_str(line.trim());
        }
    } else if answer.headers.len() >= FIELDS {
        answer.oddities.push(format!("more than {FIELDS} header fields"));
    } else if let Some((name, value)) = line.split_once(':') {
        if name.ends_with([' ', '\t']) {
            answer.oddities.push("a space stands before a colon".to_owned());
        }
        answer.headers.push((name.trim().to_owned(), value.trim().to_owned()));
    } else {
        answer.oddities.push("a header field has no colon".to_owned());
    }
    answer.oddities.dedup();
    answer.oddities.truncate(16);
}

fn stays_open(answer: &Answer) -> bool {
    let says = |word: &str| answer.headers_all("connection").any(|value| value.to_ascii_lowercase().contains(word));
    answer.status != 101 && !says("close") && (answer.version == "1.1" || says("keep-alive"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(method: &str, bytes: &[u8]) -> Read {
        let mut reader = Reader::new(method);
        let _ = (0..=bytes.len()).any(|end| reader.enough(&bytes[..end]));
        reader.finish(bytes)
    }

    fn answer(bytes: &[u8]) -> (Answer, bool) {
        match read("GET", bytes) {
            Read::Answer(answer, open) => (*answer, open),
            Read::Malformed(why) => panic!("{why}"),
            Read::TooLong(limit) => panic!("longer than {limit}"),
        }
    }

    #[test]
    fn bodies_end_where_they_say() {
        let (plain, open) = answer(b"HTTP/1.1 200 OK\r\nX-A: b\r\ncontent-length: 2\r\n\r\nhi");
        assert_eq!((plain.status, plain.body.as_slice(), plain.header("x-a"), open), (200, &b"hi"[..], Some("b"), true));
        let (chunked, open) = answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3;x\r\n yo\r\n0\r\nT: r\r\n\r\n");
        assert_eq!((chunked.body.as_slice(), open), (&b"hi yo"[..], true));
        let (closed, open) = answer(b"HTTP/1.0 404 Not Found\n\nnone");
        assert_eq!((closed.body.as_slice(), open, closed.oddities.len()), (&b"none"[..], false, 1));
        let (interim, _) = answer(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
        assert_eq!(interim.status, 204);
    }

    #[test]
    fn odd_answers_are_kept_and_named() {
        let (odd, open) = answer(b"HTTP/1.1 200\r\nA : b\r\n c\r\nnonsense\r\nContent-Length: 9\r\n\r\nshort");
        assert_eq!((odd.body.as_slice(), odd.header("a"), open), (&b"short"[..], Some("b c"), false));
        assert_eq!(odd.oddities.len(), 4, "{:?}", odd.oddities);
        assert!(matches!(read("GET", b"220 ftp ready\r\n"), Read::Malformed(_)));
        assert!(matches!(read("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"), Read::TooLong(_)));
        assert!(matches!(read("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"), Read::Answer(_, true)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(head in "(HTTP/1\\.[01] [0-9]{1,4}[ -~]{0,20}\r?\n([ -~]{0,30}\r?\n){0,5}(Transfer-Encoding: chunked\r\n)?\r\n)?", tail: Vec<u8>) {
            let bytes = [head.as_bytes(), &tail].concat();
            let _ = read("GET", &bytes);
        }
    }
}
