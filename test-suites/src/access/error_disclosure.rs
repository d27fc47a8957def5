//! Do error answers give internals away?

use assay_engine::{Applies, Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{Answer, Client, Request, Session};
use serde::Serialize;

use crate::support::{accounts, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/error-disclosure",
    title: "Do error answers give internals away?",
    shows: &["LA(IFC).12"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject: &Subject<'_>| Applies::from(subject.interface().is_some_and(|(_, interface)| interface.speaks.is_http())),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SI-11"],
    limits: "errors that these few requests do not provoke",
};

/// Marks of internals in an error answer, and what they are.
const MARKS: [(&str, &str); 18] = [
    ("traceback (most recent call last)", "a Python stack trace"),
    ("stack trace", "a stack trace"),
    ("stacktrace", "a stack trace"),
    ("\n    at ", "a stack trace"),
    ("\tat ", "a Java stack trace"),
    ("exception in thread", "a Java stack trace"),
    ("java.lang.", "a Java exception"),
    ("panicked at", "a Rust panic"),
    ("goroutine ", "a Go panic"),
    ("fatal error:", "a PHP error"),
    ("php on line", "a PHP error"),
    ("on line <b>", "a PHP error"),
    ("sql syntax", "a database error"),
    ("sqlite3.", "a database error"),
    ("/usr/lib/", "a path inside the product"),
    ("/home/", "a path inside the product"),
    ("/opt/", "a path inside the product"),
    ("node_modules", "a path inside the product"),
];

/// Those that no page shows but by accident, so that they count in an answer of any status.
const UNMISTAKABLE: [&str; 4] = ["traceback (most recent call last)", "exception in thread", "on line <b>", "panicked at"];

/// The most characters of an answer that are shown.
const SHOWN: usize = 120;

#[derive(Debug, Serialize)]
struct Provoked {
    request: String,
    status: u16,
    marks: Vec<String>,
    server: Option<String>,
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let mut answers = Vec::new();
    let mut client = Client::new(bench.permit()?);
    provoke(&mut client, None, &mut answers).await?;
    let account = accounts(&bench, &component.id, &interface).into_iter().next();
    if let Some(account) = account.filter(|_| interface.login.as_ref().is_some_and(|login| login.check.is_some())) {
        let (mut client, session) = sign_in(&bench, &component.id, &interface, &account).await?;
        provoke(&mut client, Some(&session), &mut answers).await?;
    }
    let seen = bench.record("error answers", &answers)?;
    let observed = answers.iter().map(|each| format!("{} -> {}", each.request, each.status)).collect::<Vec<_>>().join("; ");
    let expected = "error answers without stack traces and internal paths".to_owned();
    let finding = |reason: String| Finding { reason, expected, observed, ..Finding::default() };
    if let Some(bad) = answers.iter().find(|each| !each.marks.is_empty()) {
        let what = bad.marks.join(", ");
        return seen.fail(finding(format!("the answer to `{}` shows {what}: answer errors with a short text of your own", bad.request)));
    }
    if !answers.iter().any(|each| each.status >= 400) {
        return seen.inconclusive(finding("no request provoked an error: nothing is shown about error answers".to_owned()));
    }
    let control = seen.control("errors were provoked and their answers read to the end");
    let ruling = seen.pass(control, finding("no error answer shows internals".to_owned()))?;
    let versioned = answers.iter().filter_map(|each| each.server.as_deref()).find(|server| server.chars().any(|c| c.is_ascii_digit()));
    Ok(match versioned {
        Some(server) => ruling.note(format!("weakness: the Server header tells a version: `{server}`")),
        None => ruling,
    })
}

async fn provoke(client: &mut Client, session: Option<&Session>, answers: &mut Vec<Provoked>) -> Result<(), Stop> {
    for request in requests() {
        let told = format!("{} {}", request.method, request.path).chars().take(SHOWN).collect();
        let answer = match session {
            Some(session) => session.send(client, request).await,
            None => client.send(&request).await,
        };
        match answer {
            Ok(answer) => answers.push(Provoked {
                request: told,
                status: answer.status,
                marks: marks(&answer),
                server: answer.header("server").map(str::to_owned),
            }),
            // closing the connection is a fair answer to an odd request, so only the first one must be answered
            Err(error) if answers.is_empty() => return Err(error.into()),
            Err(_) => client.close(),
        }
    }
    Ok(())
}

fn requests() -> Vec<Request> {
    vec![
        Request::get("/assay-no-such-page-7f3a"),
        Request::get("/api/assay-no-such-page-7f3a"),
        Request::get("/assay-no-such-page-7f3a.php?id=1'"),
        Request::get(&format!("/{}", "a".repeat(2000))),
        Request::new("ASSAY", "/"),
        Request::new("POST", "/api/assay-no-such-page-7f3a").with_body("application/json", "{\"assay\": [1,"),
        Request::new("POST", "/").with_body("application/json", "{\"assay\": [1,"),
    ]
}

fn marks(answer: &Answer) -> Vec<String> {
    let text = answer.text().to_lowercase();
    let counts = |mark: &str| {
        if answer.status < 400 {
            UNMISTAKABLE.contains(&mark) && text.contains(mark)
        } else {
            text.match_indices(mark).any(|(at, _)| !in_link(&text, at))
        }
    };
    let mut found: Vec<_> = MARKS.iter().filter(|(mark, _)| counts(mark)).map(|(_, what)| (*what).to_owned()).collect();
    found.dedup();
    found
}

/// Whether this place lies in the address of a link: such a path is one of the site, not of the product's files.
fn in_link(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let word = before.rsplit([' ', '\n', '\t', '<', '>', '(']).next().unwrap_or_default();
    ["href=", "src=", "action=", "://"].iter().any(|start| word.contains(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks_of(status: u16, body: &str) -> usize {
        marks(&Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() }).len()
    }

    #[test]
    fn links_are_no_internals_and_some_errors_say_200() {
        assert_eq!(marks_of(404, "<a href=\"/home/\">home</a> <script src=https://x/node_modules/a.js>"), 0);
        assert_eq!(marks_of(500, "{\"file\":\"/home/build/app.py\"}"), 1);
        assert_eq!(marks_of(200, "<b>Fatal error</b>: x in <b>/var/www/a.php</b> on line <b>3</b>"), 1);
        assert_eq!(marks_of(200, "our /home/ page"), 0);
    }
}
