//! What the device tells about its own security, and its log's care: a part of its web API.

use serde_json::{Value, json};

use crate::{
    Fault,
    accounts::Role,
    clock,
    message::{Request, Response},
    sessions::User,
    world::{MODEL, World},
};

/// The answer to a request for one of these, if it is one.
pub(crate) fn answer(world: &World, open: &[User], request: &Request, user: Option<&User>) -> Option<Response> {
    let (verb, path) = (request.verb(), request.path());
    let least = match (verb, path) {
        ("GET", "/api/state") if world.has(Fault::StateOpen) => None,
        ("POST", "/api/log") if world.has(Fault::LogWritable) => Some(Role::Viewer),
        ("GET", "/api/state" | "/api/posture" | "/api/alerts" | "/api/history" | "/api/sessions") | ("POST", "/api/self-check") => {
            Some(Role::Admin)
        }
        _ => return None,
    };
    let Some(user) = user.filter(|user| Some(user.role) >= least) else {
        return Some(match user {
            None if least.is_none() => Response::json(200, &state(world)),
            None => Response::error(401, "log in first"),
            Some(_) => Response::error(403, "not allowed"),
        });
    };
    Some(match path {
        "/api/state" => Response::json(200, &state(world)),
        "/api/posture" => Response::json(200, &report(world, open)),
        "/api/self-check" => Response::json(200, &self_check(world)),
        "/api/alerts" => Response::json(200, &world.notices.alerts()),
        "/api/history" => Response::json(200, &world.notices.changes()),
        "/api/sessions" => Response::json(200, &open_sessions(world, open, user)),
        _ => {
            world.log.append(&String::from_utf8_lossy(&request.body));
            Response::empty(204)
        }
    })
}

fn state(world: &World) -> Value {
    let mut state = json!({
        "version": world.value("version"),
        "updates": { "pending": "none" },
        "security": { "lockout_tries": 5, "minimum_tls": "1.2", "mode": world.value("mode") },
        "time": clock::stamp(&world.faults),
        "condition": if world.notices.is_degraded() { "degraded" } else { "ok" },
        "connections": world.notices.connections(),
    });
    if world.has(Fault::StateIncomplete)
        && let Some(fields) = state.as_object_mut()
    {
        fields.remove("updates");
    }
    state
}

fn report(world: &World, open: &[User]) -> Value {
    let mut report = json!({
        "model": MODEL,
        "version": world.value("version"),
        "accounts": 2,
        "sessions": open.len(),
        "settings": { "viewer-rights": world.value("viewer-rights"), "mode": world.value("mode") },
        "log": { "collector": if world.notices.is_degraded() { "lost" } else { "reached" } },
    });
    if !world.has(Fault::ReportUndated)
        && let Some(fields) = report.as_object_mut()
    {
        fields.insert("time".to_owned(), clock::stamp(&world.faults).into());
    }
    report
}

/// What the device finds of itself: its software, its certificate, its settings.
fn self_check(world: &World) -> Value {
    let checks = [
        ("software", !world.value("version").is_empty()),
        ("certificate", !world.identity.chain.is_empty()),
        ("settings", !world.value("viewer-rights").is_empty()),
    ];
    let result = if checks.iter().all(|(_, good)| *good) { "passed" } else { "failed" };
    let time = if world.has(Fault::SelfCheckStale) { world.started.clone() } else { clock::stamp(&world.faults) };
    json!({ "time": time, "result": result, "checks": checks.map(|(name, good)| json!({ "of": name, "good": good })) })
}

fn open_sessions(world: &World, open: &[User], caller: &User) -> Value {
    let listed = |user: &User| !world.has(Fault::SessionsUnlisted) || user == caller;
    open.iter().filter(|user| listed(user)).map(|user| json!({ "user": user.name, "role": user.role.name() })).collect()
}
