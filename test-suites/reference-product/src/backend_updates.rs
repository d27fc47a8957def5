//! The backend's update server at 9444.

use std::sync::Arc;

use serde_json::json;

use crate::{
    http::{self, Site},
    message::{Request, Response},
    world::{MODEL, World},
};

/// Binds the port and starts serving.
pub(crate) async fn serve(world: &Arc<World>) -> anyhow::Result<()> {
    http::listen_tls(&world.tasks, world.at(9444), &world.identity, Arc::new(Updates(Arc::clone(world)))).await
}

struct Updates(Arc<World>);

impl Site for Updates {
    fn answer(&self, request: &Request) -> Response {
        match (request.verb(), request.path()) {
            ("GET", "/latest.json") => Response::json(200, &json!({ "model": MODEL, "version": "1.2.0", "package": "/DW-100-1.2.0.pkg" })),
            ("GET", "/DW-100-1.2.0.pkg") => Response::new(200, "application/octet-stream", self.0.updates.genuine.clone()),
            (_, "/latest.json" | "/DW-100-1.2.0.pkg") => Response::error(405, "method not allowed"),
            _ => Response::error(404, "not found"),
        }
    }
}
