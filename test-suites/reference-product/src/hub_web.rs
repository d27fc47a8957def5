//! The hub's web API at 8443, with Digest log-in.

use std::sync::Arc;

use serde_json::json;

use crate::{
    accounts::Role,
    digest_login::{Answer, DigestLogin},
    events::Kind,
    http::{self, Site},
    hub_devices,
    message::{Request, Response},
    world::World,
};

const FRONT: &str = "<!doctype html><html lang=\"en\"><title>Hub</title><h1>Hub</h1><p><a href=\"/status\">Status</a></html>";
const PAIRING: [&str; 2] = ["open", "closed"];

/// Binds the port and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    let site = Arc::new(Hub { world: Arc::clone(world), login: DigestLogin::default() });
    http::listen_tls(&world.tasks, world.at(8443), &world.identity, site).await
}

struct Hub {
    world: Arc<World>,
    login: DigestLogin,
}

impl Site for Hub {
    fn answer(&self, request: &Request) -> Response {
        match (request.verb(), request.path()) {
            ("GET", "/") => return Response::new(200, "text/html; charset=utf-8", FRONT),
            (_, "/") => return Response::error(405, "method not allowed"),
            (_, "/status" | "/settings/pairing") => {}
            (_, path) if path.starts_with(hub_devices::PLACE) => {}
            _ => return Response::error(404, "not found"),
        }
        match self.login.check(request, &self.world) {
            Answer::User(name, role) => self.known(request, &name, role),
            Answer::Refused(response) => response,
        }
    }
}

impl Hub {
    fn known(&self, request: &Request, name: &str, role: Role) -> Response {
        let text = |status, text: &str| Response::new(status, "text/plain; charset=utf-8", text);
        match (request.verb(), request.path()) {
            ("GET", "/status") => Response::json(200, &json!({ "state": "ok", "devices": ["DW-0001", "DW-0002"] })),
            ("GET", "/settings/pairing") => text(200, &self.world.value("pairing")),
            ("PUT", "/settings/pairing") => {
                let value = PAIRING.iter().find(|value| value.as_bytes() == request.body);
                let outcome = match value {
                    _ if role < Role::Admin => Err(Response::error(403, "not allowed")),
                    Some(value) => Ok(*value),
                    None => Err(Response::error(400, "no such value")),
                };
                self.world.log.record(Kind::Setting, request.peer, outcome.is_ok(), name, "pairing");
                outcome.map_or_else(
                    |refusal| refusal,
                    |value| {
                        self.world.set_value("pairing", value);
                        text(200, value)
                    },
                )
            }
            (_, path) if path.starts_with(hub_devices::PLACE) => hub_devices::answer(&self.world, request, name, role),
            _ => Response::error(405, "method not allowed"),
        }
    }
}
