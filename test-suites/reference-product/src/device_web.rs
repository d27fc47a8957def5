//! The device's web pages and API at 8443, and at 8080 without TLS if it is faulty.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use crate::{
    Fault,
    accounts::{self, Login, Role},
    clock,
    device_door::Door,
    events::Kind,
    http::{self, Site},
    message::{Request, Response},
    notices::Alarm,
    objects::{self, Objects},
    sessions::{Sessions, User},
    state_api, tls,
    world::{MODEL, World},
};

/// A setting: its path, its name, its values, who may read it.
pub(crate) const SETTINGS: [(&str, &str, [&str; 2], Role); 3] = [
    ("/api/settings/cycle", "cycle", ["eco", "intensive"], Role::Viewer),
    ("/api/settings/viewer-rights", "viewer-rights", ["status", "status-and-history"], Role::Admin),
    ("/api/settings/mode", "mode", ["normal", "safe"], Role::Viewer),
];
/// How often it looks for updates by itself.
const LOOK: Duration = Duration::from_secs(1);
/// How long a client may say nothing.
const IDLE: Duration = Duration::from_secs(3);
const FRONT: &str = "<!doctype html><html lang=\"en\"><title>Dishwasher</title><h1>Dishwasher</h1><ul><li><a href=\"/login\">Log in</a>\
    <li><a href=\"/api/device\">Device</a><li><a href=\"/api/log\">Log</a></ul></html>";
const LOGIN: &str = "<!doctype html><html lang=\"en\"><title>Log in</title><form method=\"post\" action=\"/login\"><label>User <input \
    name=\"user\"></label><label>Password <input name=\"password\" type=\"password\"></label><button>Log in</button></form></html>";

/// Binds the ports and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    let objects = Objects::new(objects::ON_DEVICE, world.faults.clone());
    let site = Arc::new(Device { world: Arc::clone(world), sessions: Arc::default(), door: Door::new(world), objects });
    let own = Arc::clone(&site);
    let secure = move |stream, peer| {
        let site = Arc::clone(&own);
        async move {
            if let Ok(acceptor) = site.door.acceptor(&site.world)
                && let Some(stream) = tls::accept(&acceptor, stream).await
            {
                http::serve(stream, peer, &*site).await;
            }
        }
    };
    world.tasks.listen_while(world.at(8443), world.power.follow("web"), secure).await?;
    world.tasks.spawn(look_for_updates(Arc::clone(&site)));
    if world.has(Fault::HttpPlain) {
        let handler = move |stream, peer| {
            let site = Arc::clone(&site);
            async move { http::serve(stream, peer, &*site).await }
        };
        world.tasks.listen(world.at(8080), handler).await?;
    }
    Ok(())
}

/// Looks for updates as long as it is to do so by itself.
async fn look_for_updates(device: Arc<Device>) {
    loop {
        tokio::time::sleep(LOOK).await;
        if device.world.value("update-mode") == "automatic" || device.world.has(Fault::UpdateModeIgnored) {
            device.look_for_update();
        }
    }
}

/// The device's web site.
pub(crate) struct Device {
    /// The device.
    pub(crate) world: Arc<World>,
    /// Who is logged in.
    pub(crate) sessions: Arc<Sessions>,
    /// What connections are accepted with.
    pub(crate) door: Door,
    /// The report that it keeps.
    pub(crate) objects: Objects,
}

impl Site for Device {
    fn answer(&self, request: &Request) -> Response {
        if self.comes_from_elsewhere(request) {
            return forbidden();
        }
        let user = request.cookie("sid").and_then(|id| self.user(id));
        match (request.verb(), request.path()) {
            ("GET", _) if self.asks_by_header(request) => Response::json(200, &self.identity()),
            ("GET", "/") => self.page(request, FRONT),
            ("GET", "/login") => self.page(request, &self.with_notice(LOGIN)),
            ("POST", "/login") => self.login(request),
            ("POST", "/logout") => self.logout(request, user),
            (_, "/" | "/login" | "/logout") => Response::error(405, "method not allowed"),
            ("GET", "/api/model") if user.is_some() || self.tells_model() => Response::json(200, &json!({ "model": MODEL })),
            ("GET", "/api/model") => not_logged_in(),
            (_, path) if path.starts_with("/api/") => self.api(request, user.as_ref()),
            _ => self.refuse(404, "not found"),
        }
    }

    fn refuse(&self, status: u16, problem: &str) -> Response {
        if self.world.has(Fault::VerboseErrors) {
            return Response::new(
                status,
                "text/plain",
                format!(
                    "Traceback (most recent call last):\n  File \"/opt/dishwasher/web/server.py\", line 214, in dispatch\n    \
                     return self.routes[path](request)\n  File \"/opt/dishwasher/web/routes.py\", line 87, in lookup\n    \
                     raise RouteError(path)\nweb.errors.RouteError: {problem}\n"
                ),
            );
        }
        Response::error(status, problem)
    }

    fn patience(&self) -> Duration {
        if self.world.has(Fault::IdleConnectionsKept) { Duration::from_hours(1) } else { IDLE }
    }

    fn opened(&self) {
        self.world.notices.opened();
    }

    fn closed(&self) {
        self.world.notices.closed();
    }

    fn strict_transport(&self) -> bool {
        !self.world.has(Fault::NoHsts)
    }
}

impl Device {
    /// A public page; visitors without a session get one.
    fn page(&self, request: &Request, html: &str) -> Response {
        let page = Response::new(200, "text/html; charset=utf-8", html);
        if request.cookie("sid").is_some_and(|id| self.sessions.knows(id)) {
            return page;
        }
        self.with_cookie(page, &self.new_session(None))
    }

    /// A session under a new id.
    fn new_session(&self, user: Option<User>) -> String {
        if self.world.has(Fault::SessionIdsFromClock) {
            let id = clock::id();
            self.sessions.set(&id, user);
            return id;
        }
        self.sessions.start(user)
    }

    fn with_cookie(&self, response: Response, id: &str) -> Response {
        let flags = match () {
            () if self.world.has(Fault::SessionCookieFlags) => "",
            () if self.world.has(Fault::CsrfOpen) => "; Secure; HttpOnly; SameSite=None",
            () => "; Secure; HttpOnly; SameSite=Strict",
        };
        response.with("set-cookie", format!("sid={id}; Path=/{flags}"))
    }

    fn login(&self, request: &Request) -> Response {
        let (Some(name), Some(password)) = (request.form("user"), request.form("password")) else {
            return self.refuse(400, "user and password wanted");
        };
        match self.world.login(accounts::Door::Web, &name, &password, request.peer) {
            Login::Ok(role) if self.is_closed_to(role) => Response::error(403, "log-ins are not possible at this hour"),
            Login::Ok(role) => {
                self.world.accounts.note_log_in(&name, clock::stamp(&self.world.faults));
                let user = Some(User { name: name.clone(), role });
                let before = request.cookie("sid").filter(|id| !id.is_empty());
                let id = match before {
                    Some(id) if self.world.has(Fault::SessionFixation) => {
                        self.sessions.set(id, user);
                        id.to_owned()
                    }
                    before => {
                        before.inspect(|id| self.sessions.end(id));
                        self.new_session(user)
                    }
                };
                self.sessions.keep_newest(&name, self.most_sessions());
                self.with_cookie(Response::empty(303).with("location", "/"), &id)
            }
            Login::Wrong if self.world.has(Fault::UserEnumeration) && self.world.accounts.role_of(&name).is_none() => {
                Response::error(404, "there is no such user")
            }
            Login::Wrong => Response::error(401, "wrong user or password"),
            Login::Locked(left) => Response::locked(left),
        }
    }

    fn logout(&self, request: &Request, user: Option<User>) -> Response {
        let (Some(user), Some(id)) = (user, request.cookie("sid")) else {
            return Response::error(401, "not logged in");
        };
        if !self.world.has(Fault::SessionSurvivesLogout) {
            self.sessions.end(id);
        }
        self.world.log.record(Kind::Logout, request.peer, true, &user.name, "web");
        Response::empty(303).with("location", "/login").with("set-cookie", "sid=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict")
    }

    fn api(&self, request: &Request, user: Option<&User>) -> Response {
        let (verb, path) = (request.verb(), request.path());
        if let Some(response) = self.configure(request, user).or_else(|| self.manage(request, user)) {
            return response;
        }
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.0 == path) {
            return self.setting(request, user, *setting);
        }
        if (verb, path) == ("POST", "/api/update") {
            return self.update(request, user);
        }
        let stored = || self.world.notes.answer(request, user);
        if let Some(answer) = state_api::answer(&self.world, &self.sessions.users(self.idle()), request, user).or_else(stored) {
            return answer;
        }
        let Some(user) = user else {
            if (verb, path) == ("GET", "/api/device") && self.world.has(Fault::VersionOpen) {
                return Response::json(200, &json!({ "model": MODEL, "version": self.version() }));
            }
            return not_logged_in();
        };
        match (verb, path) {
            ("GET", "/api/device") => Response::json(200, &self.identity()),
            ("POST", "/api/connect") if user.role < Role::Admin => forbidden(),
            ("POST", "/api/connect") => self.connect(),
            ("GET", "/api/log") if user.role < Role::Admin && !self.world.has(Fault::LogForViewer) => forbidden(),
            ("GET", "/api/log") => Response::new(200, "application/x-ndjson", self.world.log.text()),
            (_, "/api/device" | "/api/log" | "/api/update" | "/api/model" | "/api/connect") => Response::error(405, "method not allowed"),
            _ => self.refuse(404, "not found"),
        }
    }

    /// Sends the readings now.
    fn connect(&self) -> Response {
        let world = Arc::clone(&self.world);
        self.world.tasks.spawn(async move { world.outbound.report(&world.id(), &world.value("cycle")).await });
        Response::json(202, &json!({ "started": true }))
    }

    fn identity(&self) -> serde_json::Value {
        let (id, time) = (self.world.id(), clock::stamp_ahead(&self.world.faults, self.world.outbound.ahead()));
        json!({ "id": id, "model": MODEL, "version": self.version(), "time": time })
    }

    fn version(&self) -> String {
        if self.world.has(Fault::VersionWrong) { "9.9.9".to_owned() } else { self.world.value("version") }
    }

    fn setting(&self, request: &Request, user: Option<&User>, setting: (&str, &'static str, [&'static str; 2], Role)) -> Response {
        let (_, name, values, readers) = setting;
        let role = user.map(|user| user.role);
        match request.verb() {
            "GET" if role >= Some(readers) || (name == "cycle" && role.is_none() && self.world.has(Fault::OpenResource)) => {
                Response::json(200, &json!({ "value": self.world.value(name) }))
            }
            "PUT" => {
                let (wanted, before) = (request.json("value"), self.world.value(name));
                let outcome = self.change(role, name, wanted.as_deref(), &values);
                let who = user.map_or("anonymous", |user| user.name.as_str());
                let detail = format!("{name} = {}", wanted.as_deref().unwrap_or("?"));
                self.world.log.record(Kind::Setting, request.peer, outcome.is_ok(), who, &detail);
                if let Ok(value) = &outcome {
                    self.world.notices.changed(who, name, &before, value);
                }
                outcome.map_or_else(|refusal| refusal, |value| Response::json(200, &json!({ "value": value })))
            }
            "GET" if role.is_some() => forbidden(),
            _ if role.is_none() => not_logged_in(),
            _ => Response::error(405, "method not allowed"),
        }
    }

    /// Changes a setting if that role may and the value is one of the setting's.
    fn change(
        &self,
        role: Option<Role>,
        name: &'static str,
        wanted: Option<&str>,
        values: &[&'static str],
    ) -> Result<&'static str, Response> {
        let open = match (name, role) {
            (_, Some(Role::Admin)) => true,
            ("cycle", Some(Role::Viewer)) => self.world.has(Fault::RoleConfusion),
            ("cycle", None) => self.world.has(Fault::AnonymousSetting),
            ("viewer-rights", Some(Role::Viewer)) => self.world.has(Fault::PrivilegeForViewer),
            _ => false,
        };
        if !open {
            return Err(if role.is_none() { not_logged_in() } else { forbidden() });
        }
        if name == "cycle" && self.world.value("mode") == "safe" && !self.world.has(Fault::ModeWithoutEffect) {
            return Err(Response::error(403, "not in safe mode"));
        }
        let value = values.iter().find(|value| Some(**value) == wanted).ok_or_else(|| Response::error(400, "no such value"))?;
        self.world.set_value(name, value);
        Ok(value)
    }

    fn update(&self, request: &Request, user: Option<&User>) -> Response {
        let open = match user.map(|user| user.role) {
            Some(Role::Admin) => true,
            Some(Role::Viewer) => self.world.has(Fault::UpdateForViewer),
            None => self.world.has(Fault::UpdateWithoutLogin),
        };
        let outcome = if open {
            self.world.updates.check(&request.body, &self.world.value("version"), &self.world.faults)
        } else {
            Err("not allowed")
        };
        let who = user.map_or("anonymous", |user| user.name.as_str());
        let detail = outcome.as_ref().map_or_else(|problem| (*problem).to_owned(), |version| format!("installed {version}"));
        self.world.log.record(Kind::Update, request.peer, outcome.is_ok(), who, &detail);
        if outcome.is_err() {
            self.world.notices.alarm(Alarm::BadUpdate, &detail);
        }
        match outcome {
            Ok(version) => {
                self.world.set_value("version", &version);
                Response::json(200, &json!({ "installed": version }))
            }
            Err(_) if !open && user.is_none() => not_logged_in(),
            Err(_) if !open => forbidden(),
            Err(problem) => Response::error(400, problem),
        }
    }
}

/// The refusal of a caller without a session.
pub(crate) fn not_logged_in() -> Response {
    Response::error(401, "log in first")
}

/// The refusal of a caller without the right.
pub(crate) fn forbidden() -> Response {
    Response::error(403, "not allowed")
}
