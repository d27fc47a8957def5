//! The devices that the hub knows, and which of them may connect.

use std::sync::PoisonError;

use serde_json::{Value, json};

use crate::{
    Fault,
    accounts::Role,
    events::Kind,
    message::{Request, Response},
    world::{MODEL, World},
};

/// The devices, by identifier.
const DEVICES: [&str; 2] = ["DW-0001", "DW-0002"];
/// Where they are.
pub(crate) const PLACE: &str = "/devices";

impl World {
    /// Whether a device may not connect.
    pub(crate) fn is_expelled(&self, device: &str) -> bool {
        !self.has(Fault::ExpelledStays) && self.expelled.lock().unwrap_or_else(PoisonError::into_inner).contains(device)
    }

    /// The devices that are known here, as a list for people and programs.
    pub(crate) fn device_list(&self) -> Value {
        let (named, version) = (
            |id: &str| if self.has(Fault::DeviceListStale) { format!("OLD-{}", &id[3..]) } else { id.to_owned() },
            if self.has(Fault::DeviceVersionStale) { "0.9.0" } else { "1.1.0" },
        );
        let expelled = self.expelled.lock().unwrap_or_else(PoisonError::into_inner);
        let device = |id: &&str| json!({ "id": named(id), "model": MODEL, "version": version, "admitted": !expelled.contains(*id) });
        DEVICES.iter().map(device).collect()
    }
}

/// Answers what is asked of the hub's devices.
pub(crate) fn answer(world: &World, request: &Request, name: &str, role: Role) -> Response {
    let (verb, rest) = (request.verb(), request.path().strip_prefix(PLACE).unwrap_or_default());
    if (verb, rest) == ("GET", "") {
        return Response::json(200, &json!({ "devices": world.device_list() }));
    }
    let Some((id, act)) = rest.strip_prefix('/').and_then(|rest| rest.split_once('/')) else {
        return Response::error(404, "not found");
    };
    if verb != "POST" || !matches!(act, "expel" | "admit") || !DEVICES.contains(&id) {
        return Response::error(404, "not found");
    }
    world.log.record(Kind::Setting, request.peer, role == Role::Admin, name, &format!("{act} {id}"));
    if role < Role::Admin {
        return Response::error(403, "not allowed");
    }
    let mut expelled = world.expelled.lock().unwrap_or_else(PoisonError::into_inner);
    let _changed = if act == "expel" { expelled.insert(id.to_owned()) } else { expelled.remove(id) };
    Response::json(200, &json!({ "device": id, "admitted": act == "admit" }))
}
