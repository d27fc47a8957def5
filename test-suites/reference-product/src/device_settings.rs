//! The device's settings of display, services, updates, cryptography and policy, and what follows from them.

use serde_json::json;

use crate::{
    Fault,
    accounts::Role,
    device_web::{Device, forbidden, not_logged_in},
    events::Kind,
    message::{Request, Response},
    objects::ON_DEVICE,
    sessions::User,
    world::MODEL,
};

/// A setting: its name, its first and secure value, and its values; any short text where none stand here.
pub(crate) const SETTINGS: [(&str, &str, &[&str]); 6] = [
    ("display", "Ready", &[]),
    ("ssh", "on", &["on", "off"]),
    ("minimum-tls", "1.2", &["1.2", "1.3"]),
    ("update-mode", "manual", &["automatic", "manual"]),
    ("update-notice", "on", &["on", "off"]),
    ("remote-start", "permitted", &["permitted", "forbidden"]),
];
/// Where they are, each by its name.
const PLACE: &str = "/api/settings/";
/// The most characters on the display.
const DISPLAY: usize = 40;
/// The newest software that the manufacturer offers, and its number as the device has it after the update.
const NEWEST: &str = "1.2.0";

impl Device {
    /// Answers what is asked of one of these settings, or of what they govern.
    pub(crate) fn configure(&self, request: &Request, user: Option<&User>) -> Option<Response> {
        let (verb, path) = (request.verb(), request.path());
        if let Some(setting) = path.strip_prefix(PLACE).and_then(|name| SETTINGS.iter().find(|(each, ..)| *each == name)) {
            return Some(self.set(request, user, *setting));
        }
        if path == ON_DEVICE {
            return Some(user.map_or_else(not_logged_in, |user| self.objects.answer(request, Some(user.role))));
        }
        let act: fn(&Self, &Request) -> Response = match (verb, path) {
            ("POST", "/api/start") => Self::start,
            ("POST", "/api/restart") => Self::restart,
            ("POST", "/api/keys/web/renew") => Self::renew_key,
            ("POST", "/api/update/check") => Self::check_for_update,
            ("GET", "/api/configuration") => Self::export,
            ("PUT", "/api/configuration") => Self::import,
            ("POST", "/api/configuration/secure") => Self::secure,
            (_, path) if path == "/api/modules" || path.starts_with("/api/modules/") => return Some(self.modules(request, user)),
            _ => return None,
        };
        Some(match user {
            None => not_logged_in(),
            Some(user) if user.role < Role::Admin => forbidden(),
            Some(user) => {
                let response = act(self, request);
                if verb != "GET" {
                    self.world.log.record(Kind::Setting, request.peer, response.is_success(), &user.name, path);
                }
                response
            }
        })
    }

    fn set(&self, request: &Request, user: Option<&User>, (name, _, values): (&'static str, &str, &[&str])) -> Response {
        let Some(user) = user else { return not_logged_in() };
        let open = user.role == Role::Admin || (name == "ssh" && self.world.has(Fault::ServiceForViewer));
        match request.verb() {
            _ if !open => {
                self.world.log.record(Kind::Setting, request.peer, false, &user.name, name);
                forbidden()
            }
            "GET" => Response::json(200, &json!({ "value": self.world.value(name) })),
            "PUT" => {
                let wanted = request.json("value").filter(|wanted| fits(wanted, values));
                let detail = format!("{name} = {}", wanted.as_deref().unwrap_or("?"));
                self.world.log.record(Kind::Setting, request.peer, wanted.is_some(), &user.name, &detail);
                wanted.map_or_else(
                    || Response::error(400, "no such value"),
                    |value| {
                        self.world.set_value(name, &value);
                        self.follow(name, &value);
                        Response::json(200, &json!({ "value": value }))
                    },
                )
            }
            _ => Response::error(405, "method not allowed"),
        }
    }

    /// What follows from a new value.
    pub(crate) fn follow(&self, name: &str, value: &str) {
        match name {
            "ssh" if !self.world.has(Fault::ServiceStaysOpen) => self.world.power.switch("ssh", value == "on"),
            "display" if !self.world.has(Fault::DisplayIgnored) => self.world.set_value("shown", value),
            "update-notice" if value == "off" && !self.world.has(Fault::UpdateNoticeIgnored) => self.world.set_value("announced", ""),
            _ => {}
        }
    }

    fn start(&self, _: &Request) -> Response {
        if self.world.value("remote-start") == "forbidden" && !self.world.has(Fault::PolicyIgnored) {
            return Response::error(403, "forbidden by the policy of this device");
        }
        Response::json(200, &json!({ "started": self.world.value("cycle") }))
    }

    /// Goes down once the answer had its time to leave, and comes back.
    fn restart(&self, _: &Request) -> Response {
        let (world, sessions) = (std::sync::Arc::clone(&self.world), std::sync::Arc::clone(&self.sessions));
        self.world.tasks.spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            sessions.end_all();
            if world.has(Fault::ServiceReturns) {
                world.power.switch("ssh", true);
            }
            world.power.restart().await;
            world.set_value("restarted", "yes");
            world.log.record(Kind::Boot, world.at(0), true, "system", "started");
        });
        Response::json(202, &json!({ "restarting": true }))
    }

    fn renew_key(&self, _: &Request) -> Response {
        self.door
            .renew(&self.world)
            .map_or_else(|_| Response::error(500, "try again"), |()| Response::json(200, &json!({ "renewed": "web" })))
    }

    fn check_for_update(&self, _: &Request) -> Response {
        self.look_for_update();
        let world = std::sync::Arc::clone(&self.world);
        self.world.tasks.spawn(async move { world.outbound.check_for_update().await });
        Response::json(200, &json!({ "newest": NEWEST }))
    }

    /// Looks what the manufacturer offers, and announces what is newer.
    pub(crate) fn look_for_update(&self) {
        self.world.log.record(Kind::UpdateCheck, self.world.at(0), true, "system", &format!("{MODEL} {NEWEST}"));
        let announces = self.world.value("update-notice") == "on" || self.world.has(Fault::UpdateNoticeIgnored);
        if announces && self.world.value("version") != NEWEST {
            self.world.set_value("announced", NEWEST);
        }
    }

    fn modules(&self, request: &Request, user: Option<&User>) -> Response {
        let Some(user) = user else { return not_logged_in() };
        let installed = self.world.value("module");
        let open = user.role == Role::Admin || self.world.has(Fault::ModuleForViewer);
        match (request.verb(), request.path()) {
            ("GET", "/api/modules") => {
                let names: Vec<_> = Some(&installed).filter(|name| !name.is_empty()).into_iter().collect();
                Response::json(200, &json!({ "modules": names }))
            }
            _ if !open => forbidden(),
            ("POST", "/api/modules") => match request.json("name").filter(|name| fits(name, &[])) {
                Some(name) => {
                    self.world.set_value("module", &name);
                    Response::json(200, &json!({ "installed": name }))
                }
                None => Response::error(400, "no module"),
            },
            ("DELETE", path) if !installed.is_empty() && path.strip_prefix("/api/modules/") == Some(installed.as_str()) => {
                self.world.set_value("module", "");
                Response::empty(204)
            }
            ("DELETE", _) => Response::error(404, "no such module"),
            _ => Response::error(405, "method not allowed"),
        }
    }
}

/// Whether a value is one of the values, or a short text where there are none.
pub(crate) fn fits(value: &str, values: &[&str]) -> bool {
    if values.is_empty() { value.chars().count() <= DISPLAY && !value.chars().any(char::is_control) } else { values.contains(&value) }
}
