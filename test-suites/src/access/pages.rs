//! Pages held against each other.

use std::collections::BTreeSet;

use assay_probes::http::{Access, Answer};

/// Words that may differ from answer to answer: nonces, tokens, times.
const LONG_WORD: usize = 12;

/// Whether two answers are the same page, but for what changes from request to request.
pub(super) fn alike(one: &Answer, other: &Answer) -> bool {
    let same = || steady(one).is_some_and(|words| Some(words) == steady(other));
    one.status == other.status && one.media_type() == other.media_type() && (one.body == other.body || same())
}

/// The words of an HTML page that stay: no digits in them, none as long as a token, and none of the path asked for.
fn steady(answer: &Answer) -> Option<BTreeSet<String>> {
    if !answer.is_html() {
        return None;
    }
    let text = answer.text();
    let words = text.split(|each: char| !each.is_alphanumeric()).filter(|word| word.len() > 2 && word.len() < LONG_WORD);
    let steady = words.filter(|word| !word.chars().any(|each| each.is_ascii_digit()));
    Some(steady.map(str::to_lowercase).collect())
}

/// Whether a redirect only puts a slash behind the path, as servers do for folders.
pub(super) fn slash_only(path: &str, access: &Access) -> bool {
    let Access::Redirected(to) = access else { return false };
    let target = to.split_once("://").map_or(to.as_str(), |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"));
    !path.contains('?') && target.split('?').next().is_some_and(|target| target.strip_suffix('/') == Some(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Answer {
        let headers = vec![("Content-Type".to_owned(), "text/html".to_owned())];
        Answer { status: 200, headers, body: body.as_bytes().to_vec(), ..Answer::default() }
    }

    #[test]
    fn one_page_with_a_new_nonce_is_the_same_page() {
        let shell = |nonce: &str| page(&format!("<html><title>Washer</title><script nonce=\"{nonce}\" src=app.js></script></html>"));
        assert!(alike(&shell("a8f7c6e5d4b3a2"), &shell("0d1e2f3a4b5c6d")));
        assert!(!alike(&shell("a8f7c6e5d4b3a2"), &page("<html><title>Washer</title>Users: alice, bob</html>")));
        let json = |body: &str| Answer { status: 200, body: body.as_bytes().to_vec(), ..Answer::default() };
        assert!(!alike(&json("{\"a\":1}"), &json("{\"a\":2}")));
    }

    #[test]
    fn a_slash_alone_is_no_refusal() {
        let to = |target: &str| Access::Redirected(target.to_owned());
        assert!(slash_only("/cgi-bin", &to("/cgi-bin/")) && slash_only("/a", &to("http://h:80/a/")));
        assert!(!slash_only("/a", &to("/login")) && !slash_only("/a", &to("https://h/a")) && !slash_only("/a", &Access::Denied));
    }
}
