//! The device's settings for access: how long sessions last, how many there may be, when and how users log in.

use std::time::Duration;

use serde_json::json;
use time::OffsetDateTime;

use crate::{
    Fault,
    accounts::Role,
    device_web::{Device, forbidden, not_logged_in},
    events::Kind,
    message::{Request, Response},
    sessions::User,
};

/// The settings and their first values.
pub(crate) const FIRST: [(&str, &str); 8] = [
    ("idle-seconds", "900"),
    ("session-limit", "200"),
    ("lockout-tries", "5"),
    ("lockout-seconds", "2"),
    ("login-hours", "00:00-24:00"),
    ("notice", "For use by the staff of the kitchen."),
    ("model-open", "on"),
    ("log-detail", "all"),
];
/// Where they are, each by its name.
const PLACE: &str = "/api/access/";
/// The most characters of a notice, and what the faulty product keeps of it.
const NOTICE: usize = 200;
const CUT_NOTICE: usize = 20;
/// How long a session of the faulty product may be idle.
const NEVER_IDLE: Duration = Duration::from_hours(24);

impl Device {
    /// Answers what is asked of a setting for access.
    pub(crate) fn access_setting(&self, request: &Request, user: Option<&User>) -> Option<Response> {
        let name = request.path().strip_prefix(PLACE)?;
        let (name, _) = *FIRST.iter().find(|(each, _)| *each == name)?;
        let Some(user) = user else { return Some(not_logged_in()) };
        Some(match request.verb() {
            _ if user.role < Role::Admin => forbidden(),
            "GET" => Response::json(200, &json!({ "value": self.world.value(name) })),
            "PUT" | "POST" => {
                let wanted = request.json("value").or_else(|| request.form("value"));
                let good = wanted.filter(|value| fits(name, value) || (name == "notice" && self.world.has(Fault::NoticeCut)));
                let detail = format!("{name} = {}", good.as_deref().unwrap_or("?"));
                self.world.log.record(Kind::Setting, request.peer, good.is_some(), &user.name, &detail);
                good.map_or_else(|| Response::error(400, "no such value"), |value| self.take(name, &value))
            }
            _ => Response::error(405, "method not allowed"),
        })
    }

    /// Gives a setting this value, and has it take effect.
    pub(crate) fn take(&self, name: &'static str, value: &str) -> Response {
        let cut = name == "notice" && self.world.has(Fault::NoticeCut);
        let value: String = value.chars().take(if cut { CUT_NOTICE } else { usize::MAX }).collect();
        self.world.set_value(name, &value);
        let number = value.parse().unwrap_or(1);
        match name {
            _ if self.world.has(Fault::LockoutFixed) => {}
            "lockout-tries" => self.world.accounts.set_tries(number),
            "lockout-seconds" => self.world.accounts.set_locked(Duration::from_secs(u64::from(number))),
            _ => {}
        }
        Response::json(200, &json!({ "value": value }))
    }

    /// How long a session may be idle.
    pub(crate) fn idle(&self) -> Duration {
        if self.world.has(Fault::SessionNeverIdles) {
            return NEVER_IDLE;
        }
        Duration::from_secs(self.world.value("idle-seconds").parse().unwrap_or(1))
    }

    /// How many sessions a user may have.
    pub(crate) fn most_sessions(&self) -> usize {
        if self.world.has(Fault::SessionLimitIgnored) {
            return usize::MAX;
        }
        self.world.value("session-limit").parse().unwrap_or(1)
    }

    /// Whether nobody of this role may log in now; administrators may at all hours, so that nobody is shut out for good.
    pub(crate) fn is_closed_to(&self, role: Role) -> bool {
        let now = OffsetDateTime::now_utc();
        let minute = u16::from(now.hour()) * 60 + u16::from(now.minute());
        let open = minutes(&self.world.value("login-hours")).is_none_or(|(from, until)| (from..until).contains(&minute));
        !open && role < Role::Admin && !self.world.has(Fault::LoginHoursIgnored)
    }

    /// Whether the model is told to anyone.
    pub(crate) fn tells_model(&self) -> bool {
        self.world.value("model-open") == "on" || self.world.has(Fault::AnonymousSwitchIgnored)
    }

    /// A page with the notice in front of its form.
    pub(crate) fn with_notice(&self, page: &str) -> String {
        if self.world.has(Fault::NoticeMissing) {
            return page.to_owned();
        }
        let text = self.world.value("notice").replace('&', "&amp;").replace('<', "&lt;");
        page.replacen("<form", &format!("<p>{text}</p><form"), 1)
    }
}

fn fits(name: &str, value: &str) -> bool {
    let number = |most: u32| value.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number));
    match name {
        "idle-seconds" => number(86_400),
        "session-limit" | "lockout-tries" => number(1000),
        "lockout-seconds" => number(3600),
        "login-hours" => minutes(value).is_some(),
        "notice" => value.chars().count() <= NOTICE && !value.contains(char::is_control),
        "model-open" => matches!(value, "on" | "off"),
        _ => matches!(value, "all" | "security"),
    }
}

/// The minutes of the day (UTC) that `HH:MM-HH:MM` begins and ends with.
fn minutes(hours: &str) -> Option<(u16, u16)> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
    };
    let (from, until) = hours.split_once('-')?;
    Some((minute(from)?, minute(until)?)).filter(|(from, until)| from < until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_that_fit_are_taken() {
        for (name, good, bad) in [
            ("idle-seconds", "2", "0"),
            ("login-hours", "03:00-03:01", "03:01-03:00"),
            ("login-hours", "00:00-24:00", "25:00-26:00"),
            ("notice", "", "two\nlines"),
            ("model-open", "off", "maybe"),
        ] {
            assert!(fits(name, good) && !fits(name, bad), "{name}");
        }
        assert!(FIRST.iter().all(|(name, value)| fits(name, value)));
        assert!(fits("notice", &"n".repeat(NOTICE)) && !fits("notice", &"n".repeat(NOTICE + 1)));
    }
}
