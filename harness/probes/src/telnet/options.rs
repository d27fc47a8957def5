//! Telnet commands in the byte stream (RFC 854): every option is refused.

const IAC: u8 = 255;
const DONT: u8 = 254;
const DO: u8 = 253;
const WONT: u8 = 252;
const WILL: u8 = 251;
const SUB: u8 = 250;
const SUB_END: u8 = 240;

/// Takes Telnet commands out of a stream, and says how to answer them.
#[derive(Debug)]
pub(crate) struct Options {
    state: State,
    answered: [[bool; 256]; 2],
    seen: bool,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Text,
    Command,
    Option(u8),
    Sub,
    SubCommand,
}

impl Default for Options {
    fn default() -> Self {
        Self { state: State::Text, answered: [[false; 256]; 2], seen: false }
    }
}

impl Options {
    /// Whether any option was negotiated.
    pub(super) fn seen(&self) -> bool {
        self.seen
    }

    /// Text goes to `text`, refusals to `reply`. Each option is refused once, so that no loop can come about.
    pub(crate) fn take(&mut self, bytes: &[u8], text: &mut Vec<u8>, reply: &mut Vec<u8>) {
        for byte in bytes {
            self.state = match (self.state, *byte) {
                (State::Text, IAC) => State::Command,
                (State::Text, 0) | (State::Command, ..=SUB_END) | (State::SubCommand, SUB_END) => State::Text,
                (State::Text, other) | (State::Command, other @ IAC) => {
                    text.push(other);
                    State::Text
                }
                (State::Command, SUB) => State::Sub,
                (State::Command, command @ WILL..=DONT) => State::Option(command),
                (State::Command, _) => State::Text,
                (State::Option(command), option) => {
                    self.refuse(command, option, reply);
                    State::Text
                }
                (State::Sub, IAC) => State::SubCommand,
                (State::Sub | State::SubCommand, _) => State::Sub,
            };
        }
    }

    fn refuse(&mut self, command: u8, option: u8, reply: &mut Vec<u8>) {
        self.seen = true;
        let (side, refusal) = match command {
            DO => (0, WONT),
            WILL => (1, DONT),
            _ => return,
        };
        if !std::mem::replace(&mut self.answered[side][usize::from(option)], true) {
            reply.extend_from_slice(&[IAC, refusal, option]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commands_are_taken_out_and_refused_once() {
        let (mut options, mut text, mut reply) = (Options::default(), Vec::new(), Vec::new());
        options.take(b"\xff\xfd\x18a\xff\xfa\x18\x01\xff\xf0b\xff\xffc\xff\xfb\x01\xff\xfd\x18\xff", &mut text, &mut reply);
        options.take(b"\xfd\x1f", &mut text, &mut reply);
        assert_eq!(text, b"ab\xffc");
        assert_eq!(reply, b"\xff\xfc\x18\xff\xfe\x01\xff\xfc\x1f");
        assert!(options.seen());
    }

    proptest! {
        #[test]
        fn replies_are_bounded(bytes in proptest::collection::vec(prop_oneof![Just(255u8), 240..=255u8, any::<u8>()], 0..3000)) {
            let (mut options, mut text, mut reply) = (Options::default(), Vec::new(), Vec::new());
            options.take(&bytes, &mut text, &mut reply);
            prop_assert!(text.len() <= bytes.len() && reply.len() <= 2 * 256 * 3);
        }
    }
}
