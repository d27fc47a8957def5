//! The device's configuration as a whole: exported and imported with a message authentication code, and brought back to the
//! secure one.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Fault, access_settings,
    device_settings::{SETTINGS, fits},
    device_web::{self, Device},
    message::{Request, Response},
    state::hex,
    world::MODEL,
};

/// What a file of configuration holds.
#[derive(Serialize, Deserialize)]
struct Configuration {
    device: String,
    model: String,
    settings: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    secrets: BTreeMap<String, String>,
}

/// The file: the configuration, and the code that shows that this device wrote it.
#[derive(Serialize, Deserialize)]
struct Signed {
    configuration: Configuration,
    #[serde(default)]
    mac: String,
}

/// Every setting with its secure value and its values.
fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static [&'static str])> {
    device_web::SETTINGS.iter().map(|(_, name, values, _)| (*name, values[0], &values[..])).chain(SETTINGS)
}

impl Device {
    /// The configuration as a file.
    pub(crate) fn export(&self, _: &Request) -> Response {
        let settings = all().map(|(name, ..)| (name.to_owned(), self.world.value(name))).collect();
        let mut secrets = BTreeMap::new();
        if self.world.has(Fault::ExportShowsSecrets) {
            secrets.insert("commissioner".to_owned(), hex(&self.world.psk));
            secrets.insert("web-key".to_owned(), STANDARD.encode(self.world.identity.key.secret_der()));
        }
        let configuration = Configuration { device: self.world.id(), model: MODEL.to_owned(), settings, secrets };
        let mac = self.code(&configuration);
        Response::json(200, &json!(Signed { configuration, mac }))
    }

    fn code(&self, configuration: &Configuration) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.world.seed("configuration"));
        hex(hmac::sign(&key, json!(configuration).to_string().as_bytes()).as_ref())
    }

    /// Takes a file that this device wrote, as it wrote it.
    pub(crate) fn import(&self, request: &Request) -> Response {
        let Ok(Signed { configuration, mac }) = serde_json::from_slice(&request.body) else {
            return Response::error(400, "no configuration");
        };
        let own = configuration.device == self.world.id() && mac == self.code(&configuration);
        if !own && !self.world.has(Fault::ImportAnyConfiguration) {
            return Response::error(400, "not a configuration of this device, or altered");
        }
        let known = all().filter_map(|(name, _, values)| {
            let value = configuration.settings.get(name).filter(|value| fits(value, values))?;
            Some((name, value.clone()))
        });
        known.for_each(|(name, value)| self.take_over(name, &value));
        Response::json(200, &json!({ "imported": true }))
    }

    /// The secure configuration.
    pub(crate) fn secure(&self, _: &Request) -> Response {
        let left = |name: &str| name == "update-notice" && self.world.has(Fault::SecureConfigurationIncomplete);
        all().filter(|(name, ..)| !left(name)).for_each(|(name, first, _)| self.take_over(name, first));
        for (name, first) in access_settings::FIRST {
            let _taken = self.take(name, first);
        }
        Response::json(200, &json!({ "secure": true }))
    }

    fn take_over(&self, name: &'static str, value: &str) {
        self.world.set_value(name, value);
        self.follow(name, value);
    }
}
