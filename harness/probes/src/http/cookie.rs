//! Cookies: what a product sets, with the attributes that protect it.

use serde::{Deserialize, Serialize};

use super::message::{Answer, Request};

/// Cookies that are read from one answer.
const MOST: usize = 32;

/// A cookie as `Set-Cookie` gave it (RFC 6265).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cookie {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// `Path`.
    pub path: Option<String>,
    /// `Domain`.
    pub domain: Option<String>,
    /// `Secure` stands there.
    pub secure: bool,
    /// `HttpOnly` stands there.
    pub http_only: bool,
    /// `SameSite`, as it was written.
    pub same_site: Option<String>,
    /// `Max-Age`, in seconds.
    pub max_age: Option<i64>,
    /// `Expires`, as it was written.
    pub expires: Option<String>,
}

impl Cookie {
    /// Reads the value of one `Set-Cookie`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let mut cookie = Self { name: name.trim().to_owned(), value: value.trim().to_owned(), ..Self::default() };
        for part in parts.take(MOST) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().to_owned();
            match key.trim().to_ascii_lowercase().as_str() {
                "path" => cookie.path = Some(value),
                "domain" => cookie.domain = Some(value),
                "secure" => cookie.secure = true,
                "httponly" => cookie.http_only = true,
                "samesite" => cookie.same_site = Some(value),
                "max-age" => cookie.max_age = value.parse().ok(),
                "expires" => cookie.expires = Some(value),
                _ => {}
            }
        }
        (!cookie.name.is_empty()).then_some(cookie)
    }

    /// Whether setting it takes the cookie away.
    pub fn is_removal(&self) -> bool {
        self.value.is_empty() || self.max_age.is_some_and(|age| age <= 0) || self.expires.as_ref().is_some_and(|when| when.contains("1970"))
    }

    /// Whether a browser would send it to this path.
    fn reaches(&self, path: &str) -> bool {
        let Some(scope) = self.path.as_deref().filter(|scope| scope.starts_with('/') && scope.len() > 1) else { return true };
        let path = path.split('?').next().unwrap_or(path);
        path.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || scope.ends_with('/'))
    }
}

/// The cookies that an answer sets.
pub(super) fn set_by(answer: &Answer) -> Vec<Cookie> {
    answer.headers_all("set-cookie").take(MOST).filter_map(Cookie::parse).collect()
}

/// Puts new cookies among those kept.
pub(super) fn keep(jar: &mut Vec<Cookie>, new: Vec<Cookie>) {
    for cookie in new {
        jar.retain(|kept| kept.name != cookie.name);
        if !cookie.is_removal() && jar.len() < MOST {
            jar.push(cookie);
        }
    }
}

/// The request with the cookies that a browser would send.
pub(super) fn add(request: Request, jar: &[Cookie]) -> Request {
    match header(jar, &request.path) {
        Some(cookies) => request.with_header("Cookie", &cookies),
        None => request,
    }
}

/// The value of the `Cookie` header for a path.
pub(crate) fn header(jar: &[Cookie], path: &str) -> Option<String> {
    let pairs: Vec<String> = jar.iter().filter(|cookie| cookie.reaches(path)).map(|each| format!("{}={}", each.name, each.value)).collect();
    (!pairs.is_empty()).then(|| pairs.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_facts() {
        let cookie = Cookie::parse("sid=a=b; Path=/admin; Secure; HTTPonly; SameSite=Lax; Max-Age=60").unwrap();
        assert_eq!((cookie.name.as_str(), cookie.value.as_str()), ("sid", "a=b"));
        assert!(cookie.secure && cookie.http_only && cookie.same_site.as_deref() == Some("Lax") && cookie.max_age == Some(60));
        assert!(Cookie::parse("=x").is_none() && Cookie::parse("").is_none());
        assert_eq!(header(std::slice::from_ref(&cookie), "/admin/x?y").as_deref(), Some("sid=a=b"));
        assert_eq!(header(std::slice::from_ref(&cookie), "/administrator"), None);
        let mut jar = vec![cookie];
        keep(&mut jar, vec![Cookie::parse("sid=; Max-Age=0").unwrap()]);
        assert!(jar.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".*") {
            let _ = Cookie::parse(&text);
        }
    }
}
