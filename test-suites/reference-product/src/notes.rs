//! Notes that users leave at the device, up to a quota for all of them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    Fault,
    accounts::Role,
    message::{Request, Response},
    sessions::User,
    world::Faults,
};

/// Where they are kept.
const PLACE: &str = "/api/notes/";
/// Bytes in all.
const QUOTA: usize = 16 * 1024;
/// The longest name.
const NAME: usize = 40;

/// The notes of one device, by their names.
pub(crate) struct Notes {
    faults: Faults,
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Notes {
    /// No notes yet.
    pub(crate) fn new(faults: Faults) -> Self {
        Self { faults, kept: Mutex::default() }
    }

    /// The answer to a request for a note, if it is one.
    pub(crate) fn answer(&self, request: &Request, user: Option<&User>) -> Option<Response> {
        let name = request.path().strip_prefix(PLACE).filter(|name| !name.is_empty() && name.len() <= NAME)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Some(match (user.map(|user| user.role), request.verb()) {
            (None, _) => Response::error(401, "log in first"),
            (Some(Role::Viewer), _) => Response::error(403, "not allowed"),
            (_, "PUT") => {
                let others: usize = kept.iter().filter(|(known, _)| *known != name).map(|(known, note)| known.len() + note.len()).sum();
                if others + name.len() + request.body.len() > QUOTA && !self.faults.has(Fault::QuotaIgnored) {
                    return Some(Response::error(413, "no room for another note"));
                }
                kept.insert(name.to_owned(), request.body.clone());
                Response::empty(204)
            }
            (_, "GET") => {
                kept.get(name).map_or_else(|| Response::error(404, "not found"), |note| Response::new(200, "text/plain", note.clone()))
            }
            (_, "DELETE") => {
                kept.remove(name);
                Response::empty(204)
            }
            _ => Response::error(405, "method not allowed"),
        })
    }
}
