//! What an operation does for the product's user, so that tests find what they need.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an operation does. A setting among these writes `values` and has a `read_back`. The first value of a switch
/// switches on (automatic, announced, shared, open to everybody, permitted), the second off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Starts the component anew.
    Restart,
    /// Brings it back to the state in which it was delivered.
    FactoryReset,
    /// Has the component check its own integrity or settings, and answers with the result. Parts: `time`, `result`.
    SelfCheck,
    /// Answers with a report of the component on its own security. Parts: `time`, and whatever the report covers.
    PostureReport,
    /// Answers with the state of its security. Parts: `version`, `updates` (pending ones), `settings` (of security), `time`,
    /// `condition` (a word that changes when security is degraded), `connections` (how many are open).
    ReadState,
    /// Makes the component talk to its peers now.
    Connect,
    /// Makes the component look for an update now.
    CheckForUpdate,
    /// Answers with its configuration as a file.
    ExportConfiguration,
    /// Takes such a file as its body.
    ImportConfiguration,
    /// Brings back the configuration that is declared secure.
    SecureConfiguration,
    /// Answers with the changes of its configuration. Parts: `time`, `account`, `old`, `new`.
    ReadHistory,
    /// Answers with the accounts.
    ListAccounts,
    /// Makes an account: `{user}`, `{password}`, `{role}`, and `{seconds}` until it expires.
    CreateAccount,
    /// Removes the account `{user}`.
    RemoveAccount,
    /// Gives the account `{user}` the role `{role}`.
    SetAccountRole,
    /// Changes the caller's password from `{password}` to `{new_password}`.
    ChangePassword,
    /// Answers with the time of the caller's last log-in.
    ReadLastLogin,
    /// Answers with the open sessions. Part: `user`.
    ListSessions,
    /// Answers with the devices that are known here, by identifier.
    ListDevices,
    /// Forbids the device `{device}` to connect.
    ExpelDevice,
    /// Permits the device `{device}` to connect.
    AdmitDevice,
    /// Sets after how many failed log-ins an account is locked.
    SetLockoutTries,
    /// Sets for how many seconds an account is locked.
    SetLockoutSeconds,
    /// Sets after how many idle seconds a session ends.
    SetIdleSeconds,
    /// Sets the shortest password.
    SetPasswordLength,
    /// Sets how many sessions an account may have.
    SetSessionLimit,
    /// Sets the hours at which log-ins are possible.
    SetLoginHours,
    /// Sets the notice that is shown before a log-in: `{value}`.
    SetNotice,
    /// Sets what is shown on the display: `{value}`.
    SetDisplay,
    /// Sets whether updates are installed automatically.
    SetUpdateMode,
    /// Sets whether, or to whom, updates are announced.
    SetUpdateNotice,
    /// Sets the least version of TLS.
    SetMinimumTls,
    /// Switches the interface on and off that `governs` names.
    SetService,
    /// Opens and closes to everybody the operation that `governs` names.
    SetAnonymousAction,
    /// Sets whether the product shares data with others.
    SetSharing,
    /// Sets from where it may be managed.
    SetRemoteAccess,
    /// Sets which traffic is permitted.
    SetTrafficPolicy,
    /// Permits and forbids the function (operation) that `governs` names.
    SetPolicy,
    /// Sets what is logged.
    SetLog,
    /// Sets the mode of operation. The first of `values` is the usual one; the others are more restrictive, and forbid the
    /// operation that `governs` names.
    SetMode,
    /// Removes the records of the log.
    ClearLog,
    /// Sets the clock: `{value}`.
    SetClock,
    /// Makes a new key or certificate for an interface, the one that `governs` names.
    RenewKey,
    /// Installs an app or module that the body holds.
    InstallModule,
    /// Removes the app or module `{module}`.
    RemoveModule,
    /// Stores the object `{object}`, which the body holds.
    StoreObject,
    /// Reads the stored object `{object}`.
    ReadObject,
    /// Removes the stored object `{object}`.
    RemoveObject,
    /// Answers with a link to a stored object, which holds for `{seconds}`.
    ShareObject,
    /// Answers with the name or version of the policy that governs updates.
    ReadUpdatePolicy,
    /// Answers with the alerts that were raised.
    ReadAlerts,
    /// Works an actuator: the function that the product exists for.
    Actuate,
}
