//! Answers that say 200 and mean no: short JSON documents that tell of an error.

use serde_json::{Map, Value};

use super::message::Answer;

/// The longest body, and the most members, of a document that is taken for a message rather than for content.
const LONGEST: usize = 2048;
const MOST_MEMBERS: usize = 6;
/// Members in which products tell how a request went.
const TELLING: &[&str] = &[
    "error",
    "errors",
    "err",
    "code",
    "errcode",
    "err_code",
    "error_code",
    "errno",
    "status",
    "statuscode",
    "message",
    "msg",
    "detail",
    "reason",
    "title",
    "result",
    "error_description",
    "error_msg",
];
/// What stands there when a right or a credential is lacking.
const NO_RIGHT: &[&str] = &[
    "unauthorized",
    "unauthorised",
    "not authorized",
    "not authorised",
    "unauthenticated",
    "not authenticated",
    "authentication required",
    "authentication failed",
    "forbidden",
    "access denied",
    "permission denied",
    "no permission",
    "not permitted",
    "not logged in",
    "login required",
    "log in required",
    "please log in",
    "please login",
    "invalid token",
    "invalid session",
    "session expired",
    "token expired",
    "missing token",
];

/// What a short document says in place of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// That a right or a credential is lacking.
    NoRight,
    /// That something went wrong.
    Error,
}

/// Reads the body of an answer as a message; `None` when it is content.
pub(crate) fn of(answer: &Answer) -> Option<Said> {
    if answer.body.len() > LONGEST {
        return None;
    }
    let Value::Object(document) = answer.json()? else { return None };
    if document.len() > MOST_MEMBERS {
        return None;
    }
    let inner = ["error", "err"].iter().filter_map(|name| document.get(*name)).filter_map(Value::as_object);
    let all: Vec<_> = std::iter::once(&document).chain(inner).collect();
    if all.iter().any(|each| lacks_right(each)) {
        return Some(Said::NoRight);
    }
    tells_error(&document).then_some(Said::Error)
}

fn lacks_right(document: &Map<String, Value>) -> bool {
    let told = |name: &String| TELLING.iter().any(|each| name.eq_ignore_ascii_case(each));
    document.iter().filter(|(name, _)| told(name)).any(|(_, value)| match value {
        Value::Number(number) => matches!(number.as_u64(), Some(401 | 403)),
        Value::String(text) => {
            let text = text.to_ascii_lowercase().replace('_', " ");
            matches!(text.trim(), "401" | "403") || NO_RIGHT.iter().any(|words| text.contains(words))
        }
        _ => false,
    })
}

fn tells_error(document: &Map<String, Value>) -> bool {
    let error = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => !text.is_empty() && !matches!(text.to_ascii_lowercase().as_str(), "0" | "ok" | "none" | "no"),
        Value::Array(list) => !list.is_empty(),
        Value::Bool(true) | Value::Object(_) => true,
    };
    let failed = |value: &Value| {
        value.as_str().is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "error" | "fail" | "failed" | "failure"))
    };
    ["error", "errors", "err"].iter().any(|name| document.get(*name).is_some_and(error))
        || ["success", "ok"].iter().any(|name| document.get(*name) == Some(&Value::Bool(false)))
        || ["status", "result"].iter().any(|name| document.get(*name).is_some_and(failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Option<Said> {
        of(&Answer { status: 200, body: body.as_bytes().to_vec(), ..Answer::default() })
    }

    #[test]
    fn messages_are_told_from_content() {
        for no in [
            r#"{"error":"Unauthorized"}"#,
            r#"{"code":401,"message":"x"}"#,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"Access denied"}}"#,
            r#"{"status":"403"}"#,
            r#"{"msg":"LOGIN_REQUIRED"}"#,
        ] {
            assert_eq!(said(no), Some(Said::NoRight), "{no}");
        }
        for odd in [r#"{"error":"busy"}"#, r#"{"success":false}"#, r#"{"status":"error","x":1}"#, r#"{"errors":["x"]}"#] {
            assert_eq!(said(odd), Some(Said::Error), "{odd}");
        }
        for content in [
            "",
            "ok",
            "[401]",
            r#"{"value":"eco"}"#,
            r#"{"error":null,"status":"ok"}"#,
            r#"{"error":0,"code":200}"#,
            r#"{"failed_logins":403,"note":"forbidden words"}"#,
            r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"error":"E04","door":"open"}"#,
        ] {
            assert_eq!(said(content), None, "{content}");
        }
    }
}
