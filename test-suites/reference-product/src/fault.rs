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
    ShortPasswords "short-passwords" "the device lets users choose passwords of four characters";
    PasswordTruncated "password-truncated" "the device looks at the first 15 characters of a password only";
    PasswordCapped "password-capped" "the device refuses passwords of more than 32 characters";
    PasswordComposition "password-composition" "the device demands a special character in passwords";
    CommonPasswords "common-passwords" "the device has no list of passwords that are too common";
    RemovedUserStays "removed-user-stays" "the device lets the sessions of a removed account go on";
    TemporaryAccountStays "temporary-account-stays" "the device does not end temporary accounts";
    DuplicateAccounts "duplicate-accounts" "the device makes a second account of the same name";
    NewAccountIsAdmin "new-account-is-admin" "the device makes an account without a role an administrator's";
    RoleChangeIgnored "role-change-ignored" "the device takes another role for an account and leaves it as it was";
    SessionNeverIdles "session-never-idles" "the device ends no session, however long it is idle";
    SessionLimitIgnored "session-limit-ignored" "the device lets an account have more sessions than the limit";
    LastLoginStuck "last-login-stuck" "the device tells the same time as the last log-in of everybody";
    LoginHoursIgnored "login-hours-ignored" "the device lets users log in at any hour";
    LockoutFixed "lockout-fixed" "the device takes other settings for its lock-out and leaves it as it was";
    NoticeMissing "notice-missing" "the device's log-in page does not show the notice";
    NoticeMissingSsh "notice-missing-ssh" "the device's SSH does not show the notice";
    NoticeCut "notice-cut" "the device cuts a long notice without a word";
    AnonymousSwitchIgnored "anonymous-switch-ignored" "the device tells its model to anyone, even where that is switched off";
    LogForViewer "log-for-viewer" "the device lets a viewer read the log";
    LogClearedByViewer "log-cleared-by-viewer" "the device lets a viewer clear the log";
    CsrfOpen "csrf-open" "the device takes changes that a page of another site sends, in a cookie that browsers send along";
    OverrideHeader "override-header" "the device takes another path from a header, after it looked at rights";
    UserEnumeration "user-enumeration" "the device's log-in says whether there is such a user";
    TenantLeak "tenant-leak" "the backend gives devices of one tenant to accounts of another";
    AnyDevice "any-device" "the hub's broker lets a device use the name of another";
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
    AnnouncedIdentifier "announced-identifier" "the device announces its identifier in the text of its web service";
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
    ServiceStaysOpen "service-stays-open" "the device's SSH stays open when it is switched off";
    ServiceReturns "service-returns" "the device's SSH is on again after a restart, although it was switched off";
    ServiceForViewer "service-for-viewer" "the device lets a viewer switch SSH on and off";
    DisplayIgnored "display-ignored" "the device's display keeps its text whatever is set";
    MinimumTlsIgnored "minimum-tls-ignored" "the device accepts TLS 1.2 although 1.3 is set as the least version";
    UpdateModeIgnored "update-mode-ignored" "the device looks for updates by itself although that is switched off";
    UpdateNoticeIgnored "update-notice-ignored" "the device announces updates although that is switched off";
    PolicyIgnored "policy-ignored" "the device starts a cycle although its policy forbids it";
    ImportAnyConfiguration "import-any-configuration" "the device imports a configuration that was altered or is of another device";
    ExportShowsSecrets "export-shows-secrets" "the device's exported configuration shows its keys";
    SecureConfigurationIncomplete "secure-configuration-incomplete" "the device leaves one setting as it is when it goes back to the secure configuration";
    RenewKeepsKey "renew-keeps-key" "the device's new certificate is for the old key";
    ModuleForViewer "module-for-viewer" "the device lets a viewer install and remove modules";
    RestartChangesIdentifier "restart-changes-identifier" "the device's identifier is another one after a restart";
    ExpelledStays "expelled-stays" "the hub lets an expelled device connect";
    DeviceListStale "device-list-stale" "the hub and the backend list the device under another identifier";
    DeviceVersionStale "device-version-stale" "the backend lists the device with a version that it does not have";
    ObjectOpen "object-open" "the backend gives a stored report to anyone, without a log-in";
    LinkNeverEnds "link-never-ends" "the backend's links to stored reports never end";
    ObjectSurvivesRemoval "object-survives-removal" "the device and the backend still give a report that was removed";
    PeerAnyCertificate "peer-any-certificate" "the device takes any certificate of its telemetry server";
    PeerAnyCa "peer-any-ca" "the device takes a certificate of its telemetry server from any authority, or from none";
    PeerAnyName "peer-any-name" "the device does not look at the name in the certificate of its telemetry server";
    PeerExpiredAccepted "peer-expired-accepted" "the device does not look at the dates in the certificate of its telemetry server";
    PeerAnyPurpose "peer-any-purpose" "the device takes a certificate of its telemetry server that is not meant for servers";
    PeerWeakKey "peer-weak-key" "the device takes a telemetry server with a 1024-bit RSA key";
    PeerOldTls "peer-old-tls" "the device speaks TLS 1.1 with weak suites to a telemetry server that speaks nothing better";
    PeerFallsBack "peer-falls-back" "the device sends its readings in clear where its telemetry server cannot be reached over TLS";
    PeerRedirectFollowed "peer-redirect-followed" "the device sends its readings in clear where its telemetry server tells it to";
    ClientOffersWeak "client-offers-weak" "the device greets its telemetry server a second time with weak suites";
    UpdateCheckAnyCertificate "update-check-any-certificate" "the device takes any certificate of its update server";
    DnsSamePort "dns-same-port" "the device asks for names from one port, with numbers that count up";
    ClockFollowsJump "clock-follows-jump" "the device's clock follows its time server however far it jumps";
    LogSilentLogout "log-silent-logout" "the device does not log log-outs";
    LogSharedIdentity "log-shared-identity" "the device's log names the same user for everybody";
    LogKeepsFew "log-keeps-few" "the device keeps half as many log records as it says";
    LogWritable "log-writable" "the device lets a viewer write into its log";
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
    TrafficClear "traffic-clear" "the captured device sends telemetry with its password over HTTP";
    TrafficUndeclared "traffic-undeclared" "the captured device talks to a peer that nobody declared";
    TrafficUnclassified "traffic-unclassified" "the captured device talks to an undeclared port in a protocol of its own";
    TrafficOldHello "traffic-old-hello" "the captured device sends its telemetry in TLS 1.0 with 3DES";
    UpdateCheckRare "update-check-rare" "the captured device looks for updates too rarely";
    SharingDespiteOff "sharing-despite-off" "the captured device talks to a third party while sharing is off";
    IdentifierInClear "identifier-in-clear" "the captured device announces its identifier by multicast DNS";
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
