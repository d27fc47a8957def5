//! A report that the device and the backend keep, each its own, and links to it that end.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    Fault,
    accounts::Role,
    message::{Request, Response},
    state,
    world::Faults,
};

/// Where the report of the backend is, and that of the device.
pub(crate) const IN_BACKEND: &str = "/api/v1/devices/DW-0001/report";
pub(crate) const ON_DEVICE: &str = "/api/report";
/// Where links lead to.
pub(crate) const SHARED: &str = "/shared/";
/// The longest report, in bytes.
const LONGEST: usize = 64 * 1024;
/// The longest time that a link holds, in seconds.
const LONGEST_LINK: u64 = 24 * 3600;
/// How many links there are at a time.
const LINKS: usize = 1000;

/// The report and the links.
pub(crate) struct Objects {
    place: &'static str,
    faults: Faults,
    kept: Mutex<Kept>,
}

struct Kept {
    report: Option<Vec<u8>>,
    links: HashMap<String, Instant>,
}

impl Objects {
    /// The report of last month.
    pub(crate) fn new(place: &'static str, faults: Faults) -> Self {
        let report = Some(br#"{"cycles":31,"water_l":310}"#.to_vec());
        Self { place, faults, kept: Mutex::new(Kept { report, links: HashMap::new() }) }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anyone may ask for this.
    pub(crate) fn is_open(&self, request: &Request) -> bool {
        let read = (request.verb(), request.path()) == ("GET", IN_BACKEND);
        request.path().starts_with(SHARED) || (read && self.faults.has(Fault::ObjectOpen))
    }

    /// Answers somebody of this role, or anybody.
    pub(crate) fn answer(&self, request: &Request, role: Option<Role>) -> Response {
        let path = request.path();
        if let Some(link) = path.strip_prefix(SHARED) {
            return self.shared(link);
        }
        match (request.verb(), path.strip_prefix(self.place)) {
            ("GET", Some("")) if role != Some(Role::Viewer) => self.report(),
            (_, Some("" | "/link")) if role != Some(Role::Admin) => Response::error(403, "not allowed"),
            ("PUT", Some("")) if request.body.len() <= LONGEST => {
                self.lock().report = Some(request.body.clone());
                Response::empty(204)
            }
            ("DELETE", Some("")) => {
                if !self.faults.has(Fault::ObjectSurvivesRemoval) {
                    self.lock().report = None;
                }
                Response::empty(204)
            }
            ("POST", Some("/link")) => self.link(request),
            (_, Some("" | "/link")) => Response::error(405, "method not allowed"),
            _ => Response::error(404, "not found"),
        }
    }

    fn report(&self) -> Response {
        let report = self.lock().report.clone();
        report.map_or_else(|| Response::error(404, "not found"), |report| Response::new(200, "application/octet-stream", report))
    }

    fn link(&self, request: &Request) -> Response {
        let seconds = request.json("seconds").and_then(|text| text.parse().ok()).filter(|seconds| (1..=LONGEST_LINK).contains(seconds));
        let Some(seconds) = seconds else { return Response::error(400, "seconds wanted") };
        let name = state::hex(&state::random().unwrap_or_default()[..16]);
        let mut kept = self.lock();
        kept.links.retain(|_, end| *end > Instant::now());
        if kept.links.len() >= LINKS {
            return Response::error(429, "too many links");
        }
        kept.links.insert(name.clone(), Instant::now() + Duration::from_secs(seconds));
        Response::json(200, &json!({ "link": format!("{SHARED}{name}") }))
    }

    fn shared(&self, link: &str) -> Response {
        let end = self.lock().links.get(link).copied();
        match end {
            Some(end) if end > Instant::now() || self.faults.has(Fault::LinkNeverEnds) => self.report(),
            _ => Response::error(404, "not found"),
        }
    }
}
