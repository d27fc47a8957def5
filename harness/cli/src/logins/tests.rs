//! What is read from the command line and the list.

use super::*;

#[test]
fn addresses_are_read() {
    let read = |text: &str| Url::read(text).map(|url| (url.speaks.word(), url.endpoint.to_string(), url.path)).ok();
    let expected = |speaks, endpoint: &str, path: &str| Some((speaks, endpoint.to_owned(), path.to_owned()));
    assert_eq!(read("http://d.example/basic?x=1"), expected("http", "d.example:80", "/basic?x=1"));
    assert_eq!(read("https://[::1]:8443"), expected("https", "[::1]:8443", "/"));
    assert_eq!(read("ssh://[2001:db8::1]"), expected("ssh", "[2001:db8::1]:22", "/"));
    assert_eq!(read("mqtts://10.0.0.9:8884/"), expected("mqtts", "10.0.0.9:8884", "/"));
    for bad in ["d.example", "coap://d", "ssh://u@d", "ssh://d/x", "http://", "http://a b", "ftp://d:0", "ftp://d:x", "http://::1"] {
        assert_eq!(read(bad), None, "{bad}");
    }
}

#[test]
fn pairs_are_read() {
    let pair = |line, user: &str, password: &str| Pair { line, user: user.to_owned(), password: password.to_owned() };
    assert_eq!(read_pairs("a:b\n\nc:d:e\r\n:\n", false), Ok(vec![pair(1, "a", "b"), pair(3, "c", "d:e"), pair(4, "", "")]));
    assert_eq!(read_pairs("a:b\nc\n", false), Err(2));
    assert_eq!(read_pairs("public\na:b\n", true), Ok(vec![pair(1, "", "public"), pair(2, "", "a:b")]));
}
