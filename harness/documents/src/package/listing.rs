//! The text of a `sw-description`: libconfig or JSON, read as far as it takes to pair names of files with hashes.

/// The deepest nesting that is followed.
const DEEPEST: usize = 64;
/// The most settings that are read.
const MOST: usize = 100_000;

/// A file that the description names, and the hash that it gives for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) filename: String,
    pub(super) sha256: Option<String>,
}

/// All groups with a `filename` in them, and whether the text is as nested as it should be.
pub(super) fn files(text: &str) -> (Vec<Named>, bool) {
    let (mut groups, mut found, mut key) = (vec![Group::default()], Vec::new(), None);
    let mut balanced = true;
    for token in Tokens(text).take(MOST) {
        match token {
            Token::Open if groups.len() < DEEPEST => groups.push(Group::default()),
            Token::Open => return (found, false),
            Token::Close => {
                if groups.len() == 1 {
                    return (found, false);
                }
                found.extend(groups.pop().and_then(Group::named));
            }
            Token::Word(word) => {
                let group = groups.last_mut();
                match (key.take(), group) {
                    (Some("filename"), Some(group)) => group.filename = Some(word.to_owned()),
                    (Some("sha256"), Some(group)) => group.sha256 = Some(word.to_ascii_lowercase()),
                    (Some(_), _) => {}
                    (None, _) => key = Some(word),
                }
            }
            Token::Is => continue,
            Token::End => key = None,
        }
        if matches!(token, Token::Open | Token::Close) {
            key = None;
        }
        balanced = groups.len() == 1;
    }
    (found, balanced)
}

#[derive(Default)]
struct Group {
    filename: Option<String>,
    sha256: Option<String>,
}

impl Group {
    fn named(self) -> Option<Named> {
        Some(Named { filename: self.filename?, sha256: self.sha256 })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    Word(&'a str),
    Is,
    End,
}

struct Tokens<'a>(&'a str);

impl<'a> Tokens<'a> {
    fn cut(&mut self, at: usize) -> &'a str {
        let (before, after) = self.0.split_at_checked(at).unwrap_or((self.0, ""));
        self.0 = after;
        before
    }

    fn skip_comments(&mut self) {
        loop {
            self.0 = self.0.trim_start();
            let end = match self.0 {
                text if text.starts_with('#') || text.starts_with("//") => text.find('\n').unwrap_or(text.len()),
                text if text.starts_with("/*") => text.find("*/").map_or(text.len(), |end| end + 2),
                _ => return,
            };
            self.cut(end);
        }
    }

    /// A text in quotes, as it stands; escapes do not occur in what is looked for.
    fn quoted(&mut self) -> &'a str {
        let mut escaped = false;
        let end = self.0.char_indices().skip(1).find(|(_, each)| {
            let ends = *each == '"' && !escaped;
            escaped = *each == '\\' && !escaped;
            ends
        });
        let end = end.map_or(self.0.len(), |(end, _)| end);
        let text = self.cut(end).get(1..).unwrap_or_default();
        self.cut(1);
        text
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_comments();
        let token = match self.0.chars().next()? {
            '{' | '(' | '[' => Token::Open,
            '}' | ')' | ']' => Token::Close,
            '=' | ':' => Token::Is,
            ';' | ',' => Token::End,
            '"' => return Some(Token::Word(self.quoted())),
            _ => {
                let end = self.0.find(|each: char| each.is_whitespace() || "{}()[]=:;,\"".contains(each)).unwrap_or(self.0.len());
                return Some(Token::Word(self.cut(end)));
            }
        };
        self.cut(1);
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(filename: &str, sha256: Option<&str>) -> Named {
        Named { filename: filename.to_owned(), sha256: sha256.map(str::to_owned) }
    }

    #[test]
    fn libconfig_and_json() {
        let libconfig = "software = { version = \"1.0\"; # c\n images: ( { filename = \"a.img\"; sha256 = \"AB\"; /* x */ }, { filename = \"b;{\"; } ); }";
        assert_eq!(files(libconfig), (vec![pair("a.img", Some("ab")), pair("b;{", None)], true));
        let json = r#"{"software":{"images":[{"filename":"a","sha256":"ab","properties":{"x":"y"}}]}}"#;
        assert_eq!(files(json), (vec![pair("a", Some("ab"))], true));
        assert!(!files("a = {").1 && !files("}").1 && !files(&"{".repeat(100)).1);
    }

    proptest! {
        #[test]
        fn any_text_does_not_panic(text in "[a-z={}();:\"\\\\#/* \n,é]{0,80}") {
            let _ = files(&text);
        }
    }
}
