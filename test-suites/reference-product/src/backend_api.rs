//! The backend's API at 9443, with signed tokens.

use std::sync::Arc;

use serde_json::json;

use crate::{
    Fault,
    accounts::{Door, Login, Role},
    clock,
    events::Kind,
    http::{self, Site},
    message::{Request, Response},
    objects::{self, Objects},
    tls,
    tls_face::{self, Taken},
    token::{Claims, Tokens},
    world::{MODEL, World},
};

const PLANS: [&str; 2] = ["daily", "weekly"];
/// The tenants: the account that is the second one's, where the plan of a device of each is, and its name.
const SOUTH: &str = "south";
const DEVICE_PLANS: [(&str, &str, bool); 2] =
    [("/api/v1/devices/DW-0001/plan", "plan", false), ("/api/v1/devices/DW-9001/plan", "south-plan", true)];
const DAY: i64 = 24 * 3600;

/// Binds the port and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    let objects = Objects::new(objects::IN_BACKEND, world.faults.clone());
    let site = Arc::new(Api { objects, tokens: Tokens::new(world.faults.clone())?, world: Arc::clone(world) });
    let acceptor = tls::acceptor(&world.api_identity, &["http/1.1"])?;
    let handler = move |stream, peer| {
        let (acceptor, site) = (acceptor.clone(), Arc::clone(&site));
        async move {
            if let Taken::Stream(stream) = tls_face::take(stream, &site.world.faults, &site.world.api_identity).await
                && let Some(stream) = tls::accept(&acceptor, stream).await
            {
                http::serve(stream, peer, &*site).await;
            }
        }
    };
    world.tasks.listen(world.at(9443), handler).await
}

struct Api {
    world: Arc<World>,
    tokens: Tokens,
    objects: Objects,
}

impl Site for Api {
    fn answer(&self, request: &Request) -> Response {
        match (request.verb(), request.path()) {
            ("POST", "/api/v1/login") => self.login(request),
            (_, "/api/v1/login") => Response::error(405, "method not allowed"),
            ("GET", "/.well-known/security.txt") => self.security_txt(),
            _ if self.objects.is_open(request) => self.objects.answer(request, None),
            (_, path) if path.starts_with("/api/") => {
                let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
                match token.and_then(|token| self.tokens.check(token)) {
                    Some(claims) => self.known(request, &claims),
                    None => Response::error(401, "log in first").with("www-authenticate", "Bearer"),
                }
            }
            _ => Response::error(404, "not found"),
        }
    }
}

impl Api {
    fn login(&self, request: &Request) -> Response {
        let (Some(user), Some(password)) = (request.json("user"), request.json("password")) else {
            return Response::error(400, "user and password wanted");
        };
        match self.world.login(Door::Web, &user, &password, request.peer) {
            Login::Ok(role) => self
                .tokens
                .issue(&user, role.name(), clock::unix())
                .map_or_else(|_| Response::error(500, "try again"), |token| Response::json(200, &json!({ "token": token }))),
            Login::Wrong => Response::error(401, "wrong user or password"),
            Login::Locked(left) => Response::locked(left),
        }
    }

    fn known(&self, request: &Request, claims: &Claims) -> Response {
        match (request.verb(), request.path()) {
            ("POST", "/api/v1/logout") => {
                self.tokens.revoke(claims);
                Response::empty(204)
            }
            ("GET", "/api/v1/devices") if claims.sub == SOUTH => {
                Response::json(200, &json!({ "devices": [{ "id": "DW-9001", "model": MODEL }] }))
            }
            ("GET", "/api/v1/devices") => Response::json(200, &json!({ "devices": self.world.device_list() })),
            (_, path) if path.starts_with(objects::IN_BACKEND) && claims.sub == SOUTH && !self.world.has(Fault::TenantLeak) => {
                Response::error(403, "not allowed")
            }
            (_, path) if path.starts_with(objects::IN_BACKEND) => {
                let role = if claims.role == Role::Admin.name() { Role::Admin } else { Role::Viewer };
                self.objects.answer(request, Some(role))
            }
            (_, "/api/v1/logout" | "/api/v1/devices") => Response::error(405, "method not allowed"),
            (verb, path) => {
                let Some((_, name, south)) = DEVICE_PLANS.into_iter().find(|(each, ..)| *each == path) else {
                    return Response::error(404, "not found");
                };
                match verb {
                    _ if south != (claims.sub == SOUTH) && !self.world.has(Fault::TenantLeak) => Response::error(403, "not allowed"),
                    "GET" => Response::json(200, &json!({ "value": self.world.value(name) })),
                    "PUT" => self.set_plan(request, claims, name),
                    _ => Response::error(405, "method not allowed"),
                }
            }
        }
    }

    fn set_plan(&self, request: &Request, claims: &Claims, name: &'static str) -> Response {
        let wanted = request.json("value");
        let value = PLANS.iter().find(|value| Some(**value) == wanted.as_deref());
        let outcome = match value {
            _ if claims.role != Role::Admin.name() => Err(Response::error(403, "not allowed")),
            Some(value) => Ok(*value),
            None => Err(Response::error(400, "no such value")),
        };
        self.world.log.record(Kind::Setting, request.peer, outcome.is_ok(), &claims.sub, "plan");
        outcome.map_or_else(
            |refusal| refusal,
            |value| {
                self.world.set_value(name, value);
                Response::json(200, &json!({ "value": value }))
            },
        )
    }

    /// RFC 9116.
    fn security_txt(&self) -> Response {
        if self.world.has(Fault::SecurityTxtMissing) {
            return Response::error(404, "not found");
        }
        let days = if self.world.has(Fault::SecurityTxtExpired) { -1 } else { 300 };
        let text = format!(
            "Contact: mailto:security@dishwasher.test\nContact: https://backend.dishwasher.test:9443/security\n\
             Expires: {}\nPreferred-Languages: en, de\n",
            clock::from_now(days * DAY)
        );
        Response::new(200, "text/plain; charset=utf-8", text)
    }
}
