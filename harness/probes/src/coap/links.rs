//! Discovery: the resources that a product lists (RFC 6690).

use coap_lite::link_format::LinkFormatParser;
use serde::{Deserialize, Serialize};

use super::message::Answer;

/// Links that are read of one list.
const LINKS: usize = 256;
/// Attributes that are read of one link.
const ATTRIBUTES: usize = 32;

/// One resource of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its path; a whole URI where the resource is elsewhere.
    pub path: String,
    /// Its attributes, such as `rt` and `ct`, in order.
    pub attributes: Vec<(String, String)>,
}

impl Link {
    /// Whether it is a resource of the product that was asked.
    pub fn is_local(&self) -> bool {
        self.path.starts_with('/') && !self.path.starts_with("//")
    }
}

/// What `/.well-known/core` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// The answer.
    pub answer: Answer,
    /// The resources it lists, up to 256; none where the answer is no success.
    pub links: Vec<Link>,
}

/// Reads a list of links. What cannot be read ends the list.
pub(crate) fn parse(text: &str) -> Vec<Link> {
    LinkFormatParser::new(text)
        .map_while(Result::ok)
        .take(LINKS)
        .map(|(path, attributes)| Link {
            path: path.to_owned(),
            attributes: attributes.take(ATTRIBUTES).map(|(name, value)| (name.to_owned(), value.to_string())).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read() {
        let links = parse(r#"</>;title="all, of it";ct=0,</time>;if="clock";rt="ticks";obs,<coap://other/x>"#);
        assert_eq!(links.len(), 3);
        assert_eq!(links[0].attributes, [("title".into(), "all, of it".into()), ("ct".into(), "0".into())]);
        assert!(links[1].is_local() && !links[2].is_local());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "([<>,;=\"\\\\a/]|\\PC){0,120}") {
            let _ = parse(&text);
        }
    }
}
