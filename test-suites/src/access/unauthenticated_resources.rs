//! Does anything that is not declared public answer without a credential?

use assay_engine::{Applies, Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::profile::{Component, Interface, Operation};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Answer, Client, Request};
use serde::Serialize;

use super::common_paths::COMMON_PATHS;
use crate::support::{account_for, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/unauthenticated-resources",
    title: "Does anything that is not declared public answer without a credential?",
    shows: &["LA(AUN).1", "LA(AUN).2.a"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    applies: |subject: &Subject<'_>| Applies::from(subject.interface().is_some_and(|(_, interface)| interface.speaks.is_http())),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-3, AC-14, IA-2", "EN 303 645 5.5-5"],
    limits: "resources that are neither declared, linked from public pages, nor at a common path",
};

/// Links followed from public pages, at most.
const MOST_LINKS: usize = 60;

/// A resource as a stranger sees it.
#[derive(Debug, Clone, Serialize)]
struct Resource {
    path: String,
    /// `declared`, `linked`, `common`.
    known: &'static str,
    access: Access,
    /// Answers like a path that cannot exist, so its content says nothing.
    catch_all: bool,
    /// Style sheets, scripts, pictures and fonts: what a log-in page is made of.
    furniture: bool,
}

impl Resource {
    fn is_open(&self) -> bool {
        self.access.is_granted() && !self.catch_all && !self.furniture
    }
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let found = look_around(&bench, &interface).await?;
    let seen = bench.record("resources as a stranger sees them", &found)?;
    let public = |resource: &Resource| interface.operations.iter().any(|each| each.is_public() && same_path(&each.path, &resource.path));
    let open: Vec<_> =
        found.iter().filter(|resource| resource.is_open() && !public(resource)).map(|resource| resource.path.as_str()).collect();
    let finding = |reason: String| Finding {
        reason,
        expected: "only resources that the profile declares public answer with content".to_owned(),
        observed: format!("{} of {} resources answer a stranger", found.iter().filter(|each| each.is_open()).count(), found.len()),
        ..Finding::default()
    };
    if !open.is_empty() {
        let what = open.join(", ");
        return seen.fail(finding(format!("{what} answers without a credential: ask for one, or declare it public in the profile")));
    }
    if let Some(odd) = found.iter().find(|each| each.known == "declared" && !public(each) && !each.access.is_withheld()) {
        return seen
            .inconclusive(finding(format!("{} answers a stranger neither with content nor with a refusal: {:?}", odd.path, odd.access)));
    }
    if found.iter().any(|resource| public(resource) && resource.is_open()) {
        let control = seen.control("a resource that is declared public answered the same stranger with content");
        return seen.pass(control, finding("nothing answers a stranger that is not declared public".to_owned()));
    }
    let seen = seen.and(with_credential(&bench, &component, &interface).await?);
    let control = seen.control("a resource that was refused to the stranger answered a signed-in account with content");
    seen.pass(control, finding("nothing answers a stranger that is not declared public".to_owned()))
}

/// All resources that are declared, linked from public pages, or at a common path.
async fn look_around(bench: &Bench, interface: &Interface) -> Result<Vec<Resource>, Stop> {
    let mut stranger = Client::new(bench.permit()?);
    let nowhere = stranger.send(&Request::get("/assay-no-such-page-7f3a")).await?;
    let mut look = Look { client: &mut stranger, nowhere, found: Vec::new() };
    let mut linked = Vec::new();
    for operation in interface.operations.iter().filter(|operation| operation.method == "GET") {
        let answer = look.at(&operation.path, "declared").await?;
        if operation.is_public() && answer.is_html() {
            linked.extend(http::links(&look.client.permit().authority_text(), &operation.path, &answer.text()));
        }
    }
    linked.truncate(MOST_LINKS);
    for path in linked {
        look.once(&path, "linked").await?;
    }
    for path in COMMON_PATHS {
        look.once(path, "common").await?;
    }
    Ok(look.found)
}

/// Shows that a resource that was refused has content for those who may see it.
async fn with_credential(bench: &Bench, component: &Component, interface: &Interface) -> Result<assay_engine::Seen, Stop> {
    let closed = |operation: &&Operation| operation.method == "GET" && !operation.is_public();
    let operation = interface.operations.iter().find(closed);
    let operation = operation.ok_or_else(|| Stop::missing("no operation is declared: list what this interface serves in the profile"))?;
    let account = account_for(bench, &component.id, interface, operation)?;
    let (mut client, session) = sign_in(bench, &component.id, interface, &account).await?;
    let access = Access::of(&http::call(&mut client, operation, Some(&session), None).await?);
    let seen = bench.record("the same resource with a credential", &(&operation.id, &access))?;
    if access.is_granted() {
        Ok(seen)
    } else {
        Err(Stop::Inconclusive(format!("`{}` answers nobody with content: {access:?}", operation.id)))
    }
}

fn same_path(declared: &str, seen: &str) -> bool {
    declared.split(['?', '#']).next() == seen.split(['?', '#']).next()
}

struct Look<'c> {
    client: &'c mut Client,
    nowhere: Answer,
    found: Vec<Resource>,
}

impl Look<'_> {
    async fn at(&mut self, path: &str, known: &'static str) -> Result<Answer, Stop> {
        let answer = self.client.send(&Request::get(path)).await?;
        let media = answer.media_type().unwrap_or_default();
        let furniture = ["text/css", "image/", "font/"].iter().any(|kind| media.starts_with(kind)) || media.contains("javascript");
        let catch_all = self.nowhere.is_success() && answer.body == self.nowhere.body;
        self.found.push(Resource { path: path.to_owned(), known, access: Access::of(&answer), catch_all, furniture });
        Ok(answer)
    }

    async fn once(&mut self, path: &str, known: &'static str) -> Result<(), Stop> {
        if !self.found.iter().any(|each| same_path(&each.path, path)) {
            self.at(path, known).await?;
        }
        Ok(())
    }
}
