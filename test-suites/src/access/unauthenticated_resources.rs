//! Does anything that is not declared public answer without a credential?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::{Component, Interface, Operation};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Answer, Client, Request};
use serde::Serialize;

use super::common_paths::COMMON_PATHS;
use super::pages::{alike, slash_only};
use crate::support::{account_for, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/unauthenticated-resources",
    title: "Does anything that is not declared public answer without a credential?",
    shows: &["LA(AUN).1", "LA(AUN).2.a"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject: &Subject<'_>| Applies::from(subject.interface().is_some_and(|(_, interface)| interface.speaks.is_http())),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-3, AC-14, IA-2", "EN 303 645 5.5-5"],
    limits: "resources that are neither declared, linked from public pages, nor at a common path, and methods other than GET",
};

/// Links followed from public pages, at most.
const MOST_LINKS: usize = 60;

/// Paths that no product has: what answers there answers everywhere.
const NOWHERE: [&str; 3] = ["/assay-no-such-page-7f3a", "/api/assay-no-such-page-7f3a", "/assay-no-such-page-7f3a.json"];
/// What the target of a redirect to a log-in has in its path.
const LOGIN_WORDS: [&str; 6] = ["login", "logon", "log-in", "signin", "sign-in", "auth"];

/// A resource as a stranger sees it.
#[derive(Debug, Clone, Serialize)]
struct Resource {
    path: String,
    /// `declared`, `linked`, `common`.
    known: &'static str,
    access: Access,
    /// Answers like a path that cannot exist, or with nothing, so its content says nothing.
    catch_all: bool,
    /// Style sheets, scripts, pictures and fonts: what a log-in page is made of.
    furniture: bool,
}

impl Resource {
    fn is_open(&self) -> bool {
        self.access.is_granted() && !self.catch_all && (self.known == "declared" || !self.furniture)
    }

    /// Whether the refusal is the answer that a path that does not exist would get too.
    fn may_not_exist(&self) -> bool {
        match &self.access {
            Access::NotFound => true,
            Access::Redirected(to) => !LOGIN_WORDS.iter().any(|word| to.to_ascii_lowercase().contains(word)),
            _ => false,
        }
    }
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (found, trouble) = look_around(&bench, &interface).await?;
    let seen = bench.record("resources as a stranger sees them", &found)?;
    let login_page =
        |path: &str| interface.login.as_ref().and_then(|login| login.path.as_deref()).is_some_and(|each| same_path(each, path));
    let public = |resource: &Resource| {
        let declared = interface.operations.iter().any(|each| each.is_public() && same_path(&each.path, &resource.path));
        declared || login_page(&resource.path)
    };
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
    if let Some(trouble) = trouble {
        return Err(trouble);
    }
    let private: Vec<_> = found.iter().filter(|each| each.known == "declared" && !public(each)).collect();
    if let Some(odd) = private.iter().find(|each| !each.access.is_withheld()) {
        return seen
            .inconclusive(finding(format!("{} answers a stranger neither with content nor with a refusal: {:?}", odd.path, odd.access)));
    }
    let answered = found.iter().any(|resource| public(resource) && resource.is_open());
    let doubtful = |operation: &&Operation| private.iter().any(|each| each.path == operation.path && each.may_not_exist());
    let (seen, shown) = with_credential(&bench, &component, &interface, seen, doubtful, !answered).await?;
    let control = seen.control(match (answered, shown) {
        (true, 0) => "a resource that is declared public answered the same stranger with content",
        _ => "resources that were refused to the stranger answered a signed-in account with content",
    });
    seen.pass(control, finding("nothing answers a stranger that is not declared public".to_owned()))
}

/// All resources that are declared, linked from public pages, or at a common path; and why it broke off, if it did.
async fn look_around(bench: &Bench, interface: &Interface) -> Result<(Vec<Resource>, Option<Stop>), Stop> {
    let mut stranger = Client::new(bench.permit()?);
    let mut nowhere = Vec::new();
    for path in NOWHERE {
        nowhere.push(stranger.send(&Request::get(path)).await?);
    }
    let mut look = Look { client: &mut stranger, nowhere, found: Vec::new() };
    let trouble = look.everywhere(interface).await.err();
    Ok((look.found, trouble))
}

/// Shows that resources that were refused have content for those who may see them: each doubtful one, and at least
/// one when there is no other control. Also tells how many were shown.
async fn with_credential(
    bench: &Bench,
    component: &Component,
    interface: &Interface,
    mut seen: Seen,
    doubtful: impl Fn(&&Operation) -> bool,
    needed: bool,
) -> Result<(Seen, usize), Stop> {
    let closed = |operation: &&Operation| operation.method == "GET" && !operation.is_public();
    let mut wanted: Vec<_> = interface.operations.iter().filter(closed).filter(doubtful).collect();
    if wanted.is_empty() && needed {
        wanted.extend(interface.operations.iter().find(closed));
        if wanted.is_empty() {
            return Err(Stop::missing("no operation is declared: list what this interface serves in the profile"));
        }
    }
    for operation in &wanted {
        let account = account_for(bench, &component.id, interface, operation)?;
        let (mut client, session) = sign_in(bench, &component.id, interface, &account).await?;
        let access = Access::of(&http::call(&mut client, operation, Some(&session), None).await?);
        seen = seen.and(bench.record("the same resource with a credential", &(&operation.id, &access))?);
        if !access.is_granted() {
            return Err(Stop::Inconclusive(format!("`{}` answers nobody with content: {access:?}", operation.id)));
        }
    }
    Ok((seen, wanted.len()))
}

fn same_path(declared: &str, seen: &str) -> bool {
    let bare = |path: &str| path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned();
    bare(declared) == bare(seen)
}

struct Look<'c> {
    client: &'c mut Client,
    nowhere: Vec<Answer>,
    found: Vec<Resource>,
}

impl Look<'_> {
    async fn everywhere(&mut self, interface: &Interface) -> Result<(), Stop> {
        let mut linked = Vec::new();
        for operation in interface.operations.iter().filter(|operation| operation.method == "GET") {
            let answer = self.at(&operation.path, "declared").await?;
            if operation.is_public() && answer.is_html() {
                linked.extend(http::links(&self.client.permit().authority_text(), &operation.path, &answer.text()));
            }
        }
        linked.truncate(MOST_LINKS);
        for path in linked {
            self.once(&path, "linked").await?;
        }
        for path in COMMON_PATHS {
            self.once(path, "common").await?;
        }
        Ok(())
    }

    /// Asks for a path; for the same one with a slash at its end too, when that is all a redirect wants.
    async fn at(&mut self, path: &str, known: &'static str) -> Result<Answer, Stop> {
        let answer = self.ask(path, known).await?;
        if slash_only(path, &Access::of(&answer)) {
            return self.ask(&format!("{path}/"), known).await;
        }
        Ok(answer)
    }

    async fn ask(&mut self, path: &str, known: &'static str) -> Result<Answer, Stop> {
        let answer = self.client.send(&Request::get(path)).await?;
        let media = answer.media_type().unwrap_or_default();
        let kinds = ["text/css", "image/", "font/", "application/font", "application/manifest", "application/wasm"];
        let furniture = kinds.iter().any(|kind| media.starts_with(kind)) || media.contains("javascript");
        let catch_all = answer.body.is_empty() || self.nowhere.iter().any(|nowhere| nowhere.is_success() && alike(nowhere, &answer));
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
