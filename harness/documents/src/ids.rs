//! Names of software that others can look up: package URLs and CPE names.

use std::str::FromStr as _;

use packageurl::PackageUrl;
use serde::{Deserialize, Serialize};

use crate::text::clean;

/// The longest name that is read, in bytes.
const LONGEST: usize = 2_000;

/// A package URL (ECMA-427), taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purl {
    /// The kind of package, in lower case: `deb`, `npm`.
    pub kind: String,
    /// What stands before the name: an owner, a distribution.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<String>,
}

impl Purl {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        let found = PackageUrl::from_str(text).map_err(|why| clean(&why.to_string()))?;
        Ok(Self {
            kind: found.ty().to_ascii_lowercase(),
            namespace: found.namespace().map(str::to_owned),
            name: found.name().to_owned(),
            version: found.version().map(str::to_owned),
        })
    }

    /// Whether both name the same package, whatever the version. Kinds whose names know no case are compared without.
    pub fn same_package(&self, other: &Self) -> bool {
        let fold = |text: &str| match self.kind.as_str() {
            "pypi" => text.to_ascii_lowercase().replace('_', "-"),
            "github" | "bitbucket" | "deb" | "npm" | "composer" | "nuget" => text.to_ascii_lowercase(),
            _ => text.to_owned(),
        };
        let namespace = |purl: &Self| purl.namespace.as_deref().map(fold);
        self.kind == other.kind && fold(&self.name) == fold(&other.name) && namespace(self) == namespace(other)
    }
}

/// A CPE name, taken apart. `*` is any value, `-` none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpe {
    /// `a` (application), `o` (operating system), `h` (hardware), or `*`.
    pub part: String,
    /// Who made it, in lower case.
    pub vendor: String,
    /// What it is, in lower case.
    pub product: String,
    /// Its version.
    pub version: String,
    /// Its update, such as `p1`.
    pub update: String,
}

impl Cpe {
    /// Reads one of version 2.3 (formatted string, NISTIR 7695 section 6.2) or 2.2 (URI, section 6.1).
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST || text.contains(|each: char| each.is_whitespace() || each.is_control()) {
            return None;
        }
        let (fields, most) = match (text.strip_prefix("cpe:2.3:"), text.get(..5)) {
            (Some(rest), _) => (split(rest), 11..=11),
            (None, Some(start)) if start.eq_ignore_ascii_case("cpe:/") => (split_uri(text.get(5..)?), 1..=7),
            _ => return None,
        };
        let field = |index: usize| fields.get(index).filter(|field| !field.is_empty()).cloned().unwrap_or_else(|| "*".to_owned());
        let found = Self {
            part: field(0).to_ascii_lowercase(),
            vendor: field(1).to_ascii_lowercase(),
            product: field(2).to_ascii_lowercase(),
            version: field(3),
            update: field(4),
        };
        (most.contains(&fields.len()) && ["a", "o", "h", "*", "-"].contains(&found.part.as_str())).then_some(found)
    }

    /// Whether both name the same product, whatever the version.
    pub fn same_product(&self, other: &Self) -> bool {
        let fits = |one: &str, two: &str| one == "*" || two == "*" || one == two;
        let exact = |one: &str, two: &str| one == two && one != "*" && one != "-";
        fits(&self.part, &other.part) && exact(&self.vendor, &other.vendor) && exact(&self.product, &other.product)
    }
}

/// Fields of a formatted string; a colon after a backslash belongs to the field.
fn split(text: &str) -> Vec<String> {
    let (mut fields, mut escaped) = (vec![String::new()], false);
    for each in text.chars() {
        match each {
            ':' if !escaped => fields.push(String::new()),
            '\\' if !escaped => {}
            _ => fields.last_mut().into_iter().for_each(|field| field.push(each)),
        }
        escaped = each == '\\' && !escaped;
    }
    fields
}

/// Fields of a URI, with bytes written as `%2b` put back.
fn split_uri(text: &str) -> Vec<String> {
    let unescape = |field: &str| {
        let mut parts = field.split('%');
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(u8::is_ascii);
            match byte {
                Some(byte) => {
                    plain.push(char::from(byte));
                    plain.push_str(part.get(2..).unwrap_or_default());
                }
                None => plain.push_str(part),
            }
        }
        plain
    };
    text.split(':').map(unescape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn package_urls() {
        let found = Purl::read("pkg:deb/debian/openssl@3.0.1-1?arch=amd64").unwrap();
        assert_eq!((found.kind.as_str(), found.namespace.as_deref(), found.version.as_deref()), ("deb", Some("debian"), Some("3.0.1-1")));
        assert!(found.same_package(&Purl::read("pkg:deb/debian/OpenSSL@9").unwrap()));
        assert!(!found.same_package(&Purl::read("pkg:deb/ubuntu/openssl").unwrap()));
        for odd in ["", "pkg:", "pkg:npm", "npm/a@1", "pkg:npm/", "openssl 3.0"] {
            assert!(Purl::read(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn cpe_names() {
        let found = Cpe::read(r"cpe:2.3:a:openssl:openssl:1.0.2\:a:beta1:*:*:*:*:*:*").unwrap();
        assert_eq!((found.version.as_str(), found.update.as_str()), ("1.0.2:a", "beta1"));
        let old = Cpe::read("cpe:/a:OpenSSL:openssl:1.0%2b").unwrap();
        assert!(found.same_product(&old) && old.version == "1.0+" && old.update == "*");
        let any = Cpe::read("cpe:2.3:*:*:*:*:*:*:*:*:*:*:*").unwrap();
        assert!(!any.same_product(&found));
        for odd in ["", "cpe:2.3:a:b", "cpe:/x:a", "cpe:2.3:a:b c:d:*:*:*:*:*:*:*:*"] {
            assert_eq!(Cpe::read(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn any_text_does_not_panic(text in "(pkg:|cpe:2.3:|cpe:/)?[a-z0-9@/:%\\\\?=#é]{0,60}") {
            let _ = (Purl::read(&text), Cpe::read(&text));
        }
    }
}
