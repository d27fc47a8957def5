//! Reading a security.txt (RFC 9116).

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Lines looked at.
const MOST_LINES: usize = 2_000;

/// What stands in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct ContactFile {
    pub(super) utf8: bool,
    pub(super) signed: bool,
    pub(super) contacts: Vec<String>,
    pub(super) expires: Vec<String>,
    pub(super) languages: Vec<String>,
    pub(super) others: Vec<(String, String)>,
}

/// Reads the fields: `Name: value` lines, in any case. Comments and an `OpenPGP` envelope are passed over.
pub(super) fn read(bytes: &[u8]) -> ContactFile {
    let text = String::from_utf8_lossy(bytes);
    let mut file = ContactFile { utf8: std::str::from_utf8(bytes).is_ok(), ..ContactFile::default() };
    for line in text.lines().take(MOST_LINES) {
        if line.starts_with("-----BEGIN PGP SIGNED MESSAGE") {
            file.signed = true;
        }
        if line.starts_with("-----BEGIN PGP SIGNATURE") {
            break;
        }
        let line = line.trim_start_matches("- ");
        let Some((name, value)) = line.split_once(':').filter(|_| !line.starts_with(['#', '-'])) else { continue };
        let value = value.trim().chars().take(500).collect::<String>();
        match name.trim().to_ascii_lowercase().as_str() {
            "contact" => file.contacts.push(value),
            "expires" => file.expires.push(value),
            "preferred-languages" => file.languages.push(value),
            other => file.others.push((other.to_owned(), value)),
        }
    }
    file
}

impl ContactFile {
    /// What RFC 9116 section 2.5 asks for and this file lacks, in words. Otherwise what is advised only.
    pub(super) fn check(&self, now: OffsetDateTime) -> Result<Vec<String>, String> {
        if !self.utf8 {
            return Err("the file is not UTF-8 (section 3)".to_owned());
        }
        let usable = |contact: &String| ["mailto:", "https:", "tel:"].iter().any(|scheme| contact.to_ascii_lowercase().starts_with(scheme));
        if !self.contacts.iter().any(usable) {
            return Err("the file has no Contact with a mailto, https or tel address: add one (section 2.5.3)".to_owned());
        }
        let expires = match self.expires.as_slice() {
            [one] => OffsetDateTime::parse(one, &Rfc3339)
                .map_err(|_| format!("Expires `{one}` is no date and time of RFC 3339 (section 2.5.5)"))?,
            [] => return Err("the file has no Expires: add one (section 2.5.5)".to_owned()),
            many => return Err(format!("the file has {} Expires: keep one (section 2.5.5)", many.len())),
        };
        if expires <= now {
            return Err(format!("the file expired at {expires}: look through it and set a later date (section 2.5.5)"));
        }
        if self.languages.len() > 1 {
            return Err("the file has more than one Preferred-Languages: keep one (section 2.5.8)".to_owned());
        }
        let mut notes = Vec::new();
        if expires - now > time::Duration::days(366) {
            notes.push(format!("Expires lies more than a year ahead, at {expires}; less is advised (section 2.5.5)"));
        }
        notes.extend(
            self.contacts
                .iter()
                .filter(|contact| !usable(contact))
                .map(|contact| format!("Contact `{contact}` is no mailto, https or tel address")),
        );
        if self.signed {
            notes.push("the file carries an OpenPGP signature, which was not verified".to_owned());
        }
        Ok(notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Vec<String>, String> {
        let now = OffsetDateTime::from_unix_timestamp(1_767_323_045).unwrap(); // 2026-01-02
        read(text.as_bytes()).check(now)
    }

    #[test]
    fn good_files() {
        let plain = "# ours\ncontact: mailto:a@b.example\r\nEXPIRES: 2026-06-01T00:00:00Z\nPreferred-Languages: en\n";
        assert_eq!(check(plain), Ok(Vec::new()));
        let signed = format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{plain}-----BEGIN PGP SIGNATURE-----\nExpires: 1999\n");
        assert_eq!(check(&signed).unwrap().len(), 1);
        assert_eq!(check("Contact: tel:+1-1\nExpires: 2036-06-01T00:00:00+02:00").unwrap().len(), 1);
    }

    #[test]
    fn each_lack_is_told() {
        for (text, word) in [
            ("Expires: 2026-06-01T00:00:00Z", "no Contact"),
            ("Contact: a@b.example\nExpires: 2026-06-01T00:00:00Z", "no Contact"),
            ("Contact: https://a.example", "no Expires"),
            ("Contact: https://a.example\nExpires: soon", "no date"),
            ("Contact: https://a.example\nExpires: 2025-06-01T00:00:00Z", "expired"),
            ("Contact: tel:1\nExpires: 2026-06-01T00:00:00Z\nExpires: 2026-06-01T00:00:00Z", "2 Expires"),
            ("Contact: tel:1\nExpires: 2026-06-01T00:00:00Z\nPreferred-Languages: en\nPreferred-Languages: de", "more than one"),
        ] {
            assert!(check(text).unwrap_err().contains(word), "{text}");
        }
        assert!(read(b"\xff").check(OffsetDateTime::UNIX_EPOCH).is_err());
    }
}
