//! Can what is refused be reached by writing its path or method in another way?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Subject, Test};
use assay_model::profile::{Interface, Operation};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Answer, Client, Request};

use crate::support::{account_for, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/path-tricks",
    title: "Can what is refused be reached by writing its path or method in another way?",
    shows: &["LA(AUZ).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-3", "OWASP Web Security Testing Guide 4.5.2"],
    limits: "ways of writing that are not tried, operations that write, and callers with an account",
};

/// The most operations that are tried.
const MOST: usize = 6;

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((component, interface)) = subject.interface() else { return Applies::Elsewhere };
    let account = subject.profile().accounts_on(&component.id, &interface.id).next().is_some();
    (interface.speaks.is_http() && interface.login.is_some() && account && restricted(interface).next().is_some()).into()
}

fn restricted(interface: &Interface) -> impl Iterator<Item = &Operation> {
    let reads = |operation: &&Operation| operation.method == "GET" && !operation.is_public() && !operation.allowed.is_empty();
    interface.operations.iter().filter(reads).take(MOST)
}

/// The same request written in other ways.
fn variants(path: &str) -> Vec<Request> {
    let (head, tail) = path.rsplit_once('/').unwrap_or(("", path));
    let cut = tail.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = tail.split_at(cut);
    let first = first.bytes().fold(String::new(), |all, byte| format!("{all}%{byte:02X}"));
    let paths = [
        format!("{path}/"),
        format!("{path}/."),
        format!("{path}."),
        format!("{path}?"),
        format!("{path};x=1"),
        format!("{path}%20"),
        format!("{path}%00"),
        format!("{path}..;/"),
        format!("/{path}"),
        format!("{head}/./{tail}"),
        format!("{head}//{tail}"),
        format!("{head}/x/../{tail}"),
        format!("{head}/x/%2e%2e/{tail}"),
        format!("{head}/{first}{rest}"),
        path.to_uppercase(),
    ];
    let mut all: Vec<_> = paths.iter().map(|path| Request::get(path)).collect();
    for name in ["X-Original-URL", "X-Rewrite-URL"] {
        all.push(Request::get("/").with_header(name, path));
        all.push(Request::get(&format!("{head}/x")).with_header(name, path));
    }
    for (name, value) in [("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1"), ("X-Custom-IP-Authorization", "127.0.0.1")] {
        all.push(Request::get(path).with_header(name, value));
    }
    all.push(Request::new("POST", path).with_header("X-HTTP-Method-Override", "GET"));
    all.extend(["POST", "OPTIONS", "TRACE", "QUERY"].map(|method| Request::new(method, path)));
    all
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (mut found, mut shown, mut tried) = (Vec::new(), 0, 0);
    let mut seen = bench.record("the operations to reach", &restricted(&interface).map(|each| &each.id).collect::<Vec<_>>())?;
    for operation in restricted(&interface) {
        let account = account_for(&bench, &component.id, &interface, operation)?;
        let (mut client, session) = sign_in(&bench, &component.id, &interface, &account).await?;
        let right = http::call(&mut client, operation, Some(&session), None).await?;
        client.close();
        let mut client = Client::new(bench.permit()?);
        let plain = http::call(&mut client, operation, None, None).await?;
        if !Access::of(&right).is_granted() || !Access::of(&plain).is_withheld() || right.body.len() < 2 {
            continue;
        }
        shown += 1;
        for request in variants(&operation.path) {
            tried += 1;
            match client.send(&request).await {
                Ok(answer) if gives(&answer, &right) => found.push(told(&request)),
                Ok(_) | Err(assay_wire::Error::Closed(_) | assay_wire::Error::Reset(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        seen = seen.and(bench.record("an operation written in other ways", &(&operation.id, &found))?);
    }
    judge(&found, (shown, tried), seen)
}

/// Whether an answer gives what somebody who may is given: the same bytes, or the same members.
fn gives(answer: &Answer, right: &Answer) -> bool {
    if !Access::of(answer).is_granted() {
        return false;
    }
    let members = |answer: &Answer| {
        let document = answer.json()?;
        let names: Vec<String> = document.as_object()?.keys().cloned().collect();
        (names.len() > 1).then_some(names)
    };
    answer.body == right.body || members(answer).is_some_and(|names| members(right) == Some(names))
}

fn told(request: &Request) -> String {
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    [format!("{} {}", request.method, request.path)].into_iter().chain(headers).collect::<Vec<_>>().join(", ")
}

fn judge(found: &[String], (shown, tried): (usize, usize), seen: Seen) -> Outcome {
    let finding = |reason: String| Finding {
        reason,
        expected: "no way of writing gives without a log-in what only a log-in gives".to_owned(),
        observed: format!("{tried} requests for {shown} operations; given by: {}", found.join("; ")),
        ..Finding::default()
    };
    if let Some(way) = found.first() {
        return seen.fail(finding(format!("what needs a log-in is given without one by `{way}`: look at rights once the path is settled")));
    }
    if shown == 0 {
        return seen.inconclusive(finding("no operation was given to an account and refused without one: nothing is shown".to_owned()));
    }
    let control = seen.control("each operation was given to an account, which is what was looked for in the other answers");
    seen.pass(control, finding("no other way of writing gave what needs a log-in".to_owned()))
}
