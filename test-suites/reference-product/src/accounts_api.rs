//! The device's accounts over the web: made, listed, changed and removed; and where its requests come from.

use std::time::Duration;

use serde_json::json;

use crate::{
    Fault,
    accounts::Role,
    device_web::{Device, forbidden, not_logged_in},
    events::Kind,
    message::{Request, Response},
    sessions::User,
};

/// Where the accounts are, and what stands behind the name of one for its role.
const ACCOUNTS: &str = "/api/accounts";
const ROLE: &str = "/role";
/// What the faulty product tells as the last log-in of everybody.
const STUCK: &str = "2026-01-01T00:00:00.000Z";
/// The longest life of a temporary account, in seconds.
const LONGEST_LIFE: u64 = 30 * 24 * 3600;

impl Device {
    /// Who is logged in under this id, with the role that the account has now.
    pub(crate) fn user(&self, id: &str) -> Option<User> {
        let user = self.sessions.user(id, self.idle())?;
        match self.world.accounts.role_of(&user.name) {
            Some(role) => Some(User { role, ..user }),
            None if self.world.has(Fault::RemovedUserStays) => Some(user),
            None => None,
        }
    }

    /// Whether a page of another site has a browser send this request.
    pub(crate) fn comes_from_elsewhere(&self, request: &Request) -> bool {
        let own = request.header("host").map(|host| format!("https://{host}"));
        let other = request.header("origin").is_some_and(|origin| Some(origin) != own.as_deref());
        other && request.verb() != "GET" && !self.world.has(Fault::CsrfOpen)
    }

    /// Whether the faulty product takes the path of what needs a log-in from a header, once it let the caller pass.
    pub(crate) fn asks_by_header(&self, request: &Request) -> bool {
        self.world.has(Fault::OverrideHeader) && request.header("x-original-url") == Some("/api/device")
    }

    /// Answers what is asked of accounts, sessions, the log's records and the settings for access.
    pub(crate) fn manage(&self, request: &Request, user: Option<&User>) -> Option<Response> {
        let (verb, path) = (request.verb(), request.path());
        let known = path == ACCOUNTS
            || path.starts_with("/api/accounts/")
            || matches!(path, "/api/password" | "/api/last-login")
            || (verb, path) == ("DELETE", "/api/log");
        if !known {
            return self.access_setting(request, user);
        }
        let Some(user) = user else { return Some(not_logged_in()) };
        Some(match (verb, path) {
            ("PUT", "/api/password") => self.change_password(request, user),
            ("GET", "/api/last-login") => self.last_login(user),
            ("DELETE", "/api/log") if user.role == Role::Admin || self.world.has(Fault::LogClearedByViewer) => {
                self.world.log.clear();
                self.world.log.record(Kind::Clear, request.peer, true, &user.name, "log");
                Response::empty(204)
            }
            _ if user.role < Role::Admin => forbidden(),
            ("GET", ACCOUNTS) => self.accounts(),
            ("POST", ACCOUNTS) => self.account_event(request, user, self.create(request)),
            ("PUT", _) => self.account_event(request, user, self.set_role(request)),
            ("DELETE", _) => self.account_event(request, user, self.remove(request)),
            _ => Response::error(405, "method not allowed"),
        })
    }

    fn accounts(&self) -> Response {
        let told = self.world.accounts.listed().into_iter();
        let told: Vec<_> = told.map(|each| json!({ "user": each.user, "role": each.role.name(), "last_login": each.last })).collect();
        Response::json(200, &json!({ "accounts": told }))
    }

    fn create(&self, request: &Request) -> Result<(), &'static str> {
        let (user, password) = (request.json("user").ok_or("user wanted")?, request.json("password").ok_or("password wanted")?);
        let role = match request.json("role").as_deref() {
            None if self.world.has(Fault::NewAccountIsAdmin) => Role::Admin,
            None => Role::Viewer,
            Some(role) => role_named(role)?,
        };
        let seconds = request.json("seconds").map(|text| text.parse::<u64>().ok().filter(|seconds| (1..=LONGEST_LIFE).contains(seconds)));
        let life = seconds.map(|seconds| seconds.ok_or("no such time")).transpose()?;
        self.world.accounts.add(&user, &password, role, life.map(Duration::from_secs))
    }

    fn set_role(&self, request: &Request) -> Result<(), &'static str> {
        let user = named_in(request).and_then(|rest| rest.strip_suffix(ROLE)).ok_or("no such account")?;
        let role = role_named(&request.json("role").ok_or("role wanted")?)?;
        self.world.accounts.set_role(user, role).then_some(()).ok_or("no such account")
    }

    fn remove(&self, request: &Request) -> Result<(), &'static str> {
        let user = named_in(request).ok_or("no such account")?;
        self.world.accounts.remove(user).then_some(()).ok_or("no such account")
    }

    fn account_event(&self, request: &Request, by: &User, outcome: Result<(), &'static str>) -> Response {
        let detail = outcome.err().unwrap_or("done");
        self.world.log.record(Kind::Account, request.peer, outcome.is_ok(), &by.name, &format!("{} {detail}", request.path()));
        match outcome {
            Ok(()) if request.verb() == "POST" => Response::json(201, &json!({ "done": true })),
            Ok(()) => Response::empty(204),
            Err(problem) => Response::error(400, problem),
        }
    }

    fn change_password(&self, request: &Request, user: &User) -> Response {
        let (Some(old), Some(new)) = (request.json("old"), request.json("new")) else {
            return Response::error(400, "old and new wanted");
        };
        let outcome = self.world.accounts.change_password(&user.name, &old, &new);
        self.world.log.record(Kind::Account, request.peer, outcome.is_ok(), &user.name, "password");
        outcome.map_or_else(|problem| Response::error(400, problem), |()| Response::empty(204))
    }

    fn last_login(&self, user: &User) -> Response {
        let stuck = self.world.has(Fault::LastLoginStuck).then(|| STUCK.to_owned());
        Response::json(200, &json!({ "last_login": stuck.or_else(|| self.world.accounts.log_in_before(&user.name)) }))
    }
}

fn named_in(request: &Request) -> Option<&str> {
    request.path().strip_prefix("/api/accounts/")
}

fn role_named(name: &str) -> Result<Role, &'static str> {
    [Role::Viewer, Role::Admin].into_iter().find(|role| role.name() == name).ok_or("no such role")
}
