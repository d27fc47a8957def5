//! The faults that the product can be given.

use std::{fmt, str::FromStr};

macro_rules! faults {
    ($($variant:ident $name:literal $text:literal;)*) => {
        /// One thing that is wrong with the product; everything else stays good.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $(#[doc = $text] $variant,)*
        }

        impl Fault {
            /// All faults.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The fault's name, in kebab-case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What is wrong with the product, in one line.
            pub fn describe(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

faults! {
    OpenResource "open-resource" "the device gives its cycle setting to anyone, without a log-in";
    DefaultWeb "default-web" "the hub's web log-in also accepts admin/admin";
    DefaultSsh "default-ssh" "the device's SSH log-in accepts root/root";
    DefaultMqtt "default-mqtt" "the hub's broker accepts admin/admin";
    Telnet "telnet" "the device offers a Telnet log-in at port 2323";
    DefaultTelnet "default-telnet" "the device offers a Telnet log-in at port 2323 that accepts root/root";
    Ftp "ftp" "the device offers an FTP log-in at port 2121";
    DefaultFtp "default-ftp" "the device offers an FTP log-in at port 2121 that accepts admin/admin";
    FtpAnonymous "ftp-anonymous" "the device offers FTP at port 2121 to anonymous users";
    SnmpPublic "snmp-public" "the device answers SNMP v1 and v2c with the community public";
    SessionCookieFlags "session-cookie-flags" "the device's session cookie lacks its protecting flags";
    SessionFixation "session-fixation" "the device keeps the visitor's session id over the log-in";
    SessionSurvivesLogout "session-survives-logout" "the device accepts a session after its log-out";
    DebugShell "debug-shell" "the device gives a root shell at port 9999 without a log-in";
    MqttAnonymous "mqtt-anonymous" "the hub's broker accepts clients without credentials";
    CoapOpenSetting "coap-open-setting" "the device gives its cycle setting over plain CoAP";
    NoLockout "no-lockout" "the device's web log-in never locks an account";
    RoleConfusion "role-confusion" "the device lets a viewer change the cycle";
    TokenAlgNone "token-alg-none" "the backend accepts tokens with the algorithm none";
    TokenAnySignature "token-any-signature" "the backend does not check the signature of a token";
    TokenIgnoresExpiry "token-ignores-expiry" "the backend accepts expired tokens";
    MqttNoAcl "mqtt-no-acl" "the hub's broker lets every account use every topic";
    UndeclaredPort "undeclared-port" "the device echoes at the undeclared port 9998";
    VerboseErrors "verbose-errors" "the device's error pages show stack traces and file paths";
    Tls10 "tls-1-0" "the backend's API accepts TLS 1.0";
    Tls11 "tls-1-1" "the backend's API accepts TLS 1.1";
    Tls3des "tls-3des" "the backend's API accepts TLS suites with 3DES and CBC under RSA key transport";
    TlsDh1024 "tls-dh-1024" "the backend's API agrees keys in a 1024-bit Diffie-Hellman group";
    CertificateRsa1024 "certificate-rsa-1024" "the backend's API shows a certificate with a 1024-bit RSA key";
    CertificateClosePrimes "certificate-close-primes" "the backend's API shows an RSA key whose primes are close to each other";
    CertificateRoca "certificate-roca" "the backend's API shows an RSA key made by the method of ROCA";
    CertificateKnownKey "certificate-known-key" "the backend's API shows an RSA key that is in the list of known keys";
    CertificateSha1 "certificate-sha1" "the backend's API shows a certificate signed with SHA-1";
    CertificateExpired "certificate-expired" "the certificate of the backend's API ended yesterday";
    CertificateWrongName "certificate-wrong-name" "the certificate of the backend's API names another host";
    CertificateForeignCa "certificate-foreign-ca" "the certificate of the backend's API comes from an unknown authority";
    TlsNoEms "tls-no-ems" "the backend's API lacks extended master secret and secure renegotiation in TLS 1.2";
    TlsEarlyChange "tls-early-change" "the backend's API takes a change of cipher in TLS 1.2 before keys are agreed on";
    Dtls10 "dtls-1-0" "the device's secure CoAP accepts DTLS 1.0";
    DtlsNoCookie "dtls-no-cookie" "the device's secure CoAP does not verify the client's address with a cookie";
    SshWeak "ssh-weak" "the device's SSH offers outdated key exchanges, ciphers and MACs";
    SharedKeys "shared-keys" "both samples of the device have the same web and SSH keys";
    SameIdentifier "same-identifier" "both samples of the device have the same identifier";
    NoIdentifier "no-identifier" "the device's identifier is empty";
    UnstableIdentifier "unstable-identifier" "the device's identifier is another one at each read";
    HttpPlain "http-plain" "the device offers its web pages and log-in at port 8080 without TLS";
    NoHsts "no-hsts" "the device does not send Strict-Transport-Security";
    MqttPlain "mqtt-plain" "the hub offers its broker at port 1883 without TLS";
    AnonymousSetting "anonymous-setting" "the device lets anyone change the cycle, without a log-in";
    PrivilegeForViewer "privilege-for-viewer" "the device lets a viewer change what viewers may do";
    UpdateWithoutLogin "update-without-login" "the device takes an update from anyone, without a log-in";
    UpdateForViewer "update-for-viewer" "the device takes an update from a viewer";
    UpdateUnsigned "update-unsigned" "the device does not check the signature of an update";
    UpdateAnyKey "update-any-key" "the device takes an update signed with any key";
    UpdateAnyModel "update-any-model" "the device takes an update made for another model";
    UpdateAltered "update-altered" "the device does not notice an altered payload of an update";
    UpdateRollback "update-rollback" "the device takes an older version as an update";
    VersionOpen "version-open" "the device shows its version to anyone, without a log-in";
    VersionWrong "version-wrong" "the device reports a version that it does not have";
    PackageWeakSignature "package-weak-signature" "the update packages are described as signed with 1024-bit RSA";
    LogSilentLogin "log-silent-login" "the device does not log log-ins";
    LogSilentSetting "log-silent-setting" "the device does not log changed settings";
    LogSilentUpdate "log-silent-update" "the device does not log updates";
    LogWithoutIdentity "log-without-identity" "the device's log does not say who";
    LogWithoutSource "log-without-source" "the device's log does not say from where";
    LogWithoutOutcome "log-without-outcome" "the device's log does not say whether it succeeded";
    LogPlain "log-plain" "the device sends its log to the collector without TLS";
    LogAnyCollector "log-any-collector" "the device sends its log to any collector, without verifying its certificate";
    LogSilentLogout "log-silent-logout" "the device does not log log-outs";
    LogSharedIdentity "log-shared-identity" "the device's log names the same user for everybody";
    LogKeepsFew "log-keeps-few" "the device keeps half as many log records as it says";
    LogForViewer "log-for-viewer" "the device shows its log to a viewer";
    LogWritable "log-writable" "the device lets a viewer write into its log";
    LogClearForViewer "log-clear-for-viewer" "the device lets a viewer clear its log";
    LogClearSilent "log-clear-silent" "the device does not log that its log was cleared";
    CollectorOutageLoses "collector-outage-loses" "the device drops events while its collector is away";
    AlertSilentLockout "alert-silent-lockout" "the device raises no alert when an account is locked";
    AlertSilentUpdate "alert-silent-update" "the device raises no alert when an update is refused";
    AlertSilentCollector "alert-silent-collector" "the device raises no alert when its collector is away";
    AlertSilentLogFull "alert-silent-log-full" "the device raises no alert when its log is nearly full";
    HistoryMissing "history-missing" "the device keeps no history of its configuration";
    HistoryWithoutAccount "history-without-account" "the device's history of its configuration does not say who";
    StateOpen "state-open" "the device shows the state of its security to anyone, without a log-in";
    StateIncomplete "state-incomplete" "the device's state does not tell of pending updates";
    StateFrozen "state-frozen" "the device says that its state is well whatever happens";
    ReportUndated "report-undated" "the device's report on its security has no date";
    SelfCheckStale "self-check-stale" "the device's self-check answers with what it found at its start";
    SessionsUnlisted "sessions-unlisted" "the device lists the caller's own sessions only";
    SessionIdsFromClock "session-ids-from-clock" "the device's session ids are the time at which they were made";
    IdleConnectionsKept "idle-connections-kept" "the device's web server never ends an idle connection";
    ConnectionsLeak "connections-leak" "the device never gives back what a connection takes";
    QuotaIgnored "quota-ignored" "the device keeps notes beyond their quota";
    ModeWithoutEffect "mode-without-effect" "the device's safe mode forbids nothing";
    ClockOff "clock-off" "the device's clock is one hour ahead";
    ClockLocal "clock-local" "the device's time stamps have no offset from UTC";
    ClockCoarse "clock-coarse" "the device's time stamps have no seconds";
    SecurityTxtExpired "security-txt-expired" "the backend's security.txt has expired";
    SecurityTxtMissing "security-txt-missing" "the backend has no security.txt";
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no fault's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no fault is called {:?}: see --list-faults", self.0)
    }
}

impl std::error::Error for UnknownFault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name).ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        for fault in Fault::ALL {
            assert_eq!(fault.name().parse(), Ok(*fault));
        }
        let names: std::collections::BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        assert_eq!(names.len(), Fault::ALL.len());
        assert!("no-such".parse::<Fault>().is_err());
    }
}
