//! Bytes of a product as text that is safe to show.

/// The first `limit` bytes, with everything but printable ASCII escaped (`\n`, `\xff`).
pub(crate) fn escaped(bytes: &[u8], limit: usize) -> String {
    let shown = bytes.get(..limit).unwrap_or(bytes);
    shown.escape_ascii().to_string().replace("\\\"", "\"").replace("\\'", "'")
}

/// Text of at most `limit` characters, bytes that are not UTF-8 replaced and control characters dropped.
pub(crate) fn clean(bytes: &[u8], limit: usize) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shown_is_escaped() {
        assert_eq!(escaped(b"a'b\r\n\xff\"", 256), "a'b\\r\\n\\xff\"");
        assert_eq!(escaped(b"abcdef", 3), "abc");
        assert_eq!(clean(b"a\x1b[0m\xffz", 4), "a[0m");
    }
}
