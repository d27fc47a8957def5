//! What to change in an SSH server, in the words of its own settings where they are known.

/// A list of algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Kex,
    HostKeys,
    Ciphers,
    Macs,
}

/// Settings of Dropbear at build time, and the algorithms that each brings.
const DROPBEAR: [(&str, &[&str]); 14] = [
    ("DROPBEAR_DH_GROUP1", &["diffie-hellman-group1-sha1"]),
    ("DROPBEAR_DH_GROUP14_SHA1", &["diffie-hellman-group14-sha1"]),
    ("DROPBEAR_CURVE25519", &["curve25519-sha256", "curve25519-sha256@libssh.org"]),
    ("DROPBEAR_DSS", &["ssh-dss"]),
    ("DROPBEAR_RSA_SHA1", &["ssh-rsa"]),
    ("DROPBEAR_3DES", &["3des-cbc", "3des-ctr"]),
    ("DROPBEAR_ENABLE_CBC_MODE", &["aes128-cbc", "aes192-cbc", "aes256-cbc"]),
    ("DROPBEAR_BLOWFISH", &["blowfish-cbc"]),
    ("DROPBEAR_TWOFISH256", &["twofish256-cbc", "twofish-cbc", "twofish256-ctr"]),
    ("DROPBEAR_TWOFISH128", &["twofish128-cbc", "twofish128-ctr"]),
    ("DROPBEAR_CHACHA20POLY1305", &["chacha20-poly1305@openssh.com"]),
    ("DROPBEAR_SHA1_96_HMAC", &["hmac-sha1-96"]),
    ("DROPBEAR_MD5_HMAC", &["hmac-md5"]),
    ("DROPBEAR_SNTRUP761", &["sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com"]),
];

impl List {
    /// What stands in it.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Kex => "key exchanges",
            Self::HostKeys => "host-key algorithms",
            Self::Ciphers => "ciphers",
            Self::Macs => "message authentication codes",
        }
    }

    /// Its name in `sshd_config`.
    const fn option(self) -> &'static str {
        match self {
            Self::Kex => "KexAlgorithms",
            Self::HostKeys => "HostKeyAlgorithms",
            Self::Ciphers => "Ciphers",
            Self::Macs => "MACs",
        }
    }
}

/// How to take algorithms out of what is offered.
pub(super) fn take_out(software: &str, list: List, names: &[&String]) -> String {
    let all = names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(",");
    if is_openssh(software) {
        let also = if names.iter().any(|name| name.starts_with("ssh-dss")) { ", and no HostKey of DSA" } else { "" };
        return format!("set `{} -{all}` in sshd_config{also}", list.option());
    }
    if is_dropbear(software) {
        let fits = |known: &[&str]| names.iter().any(|name| known.contains(&name.as_str()));
        let settings: Vec<_> = DROPBEAR.iter().filter(|(_, known)| fits(known)).map(|(setting, _)| format!("`{setting} 0`")).collect();
        if !settings.is_empty() {
            return format!("build Dropbear with {} in localoptions.h", settings.join(", "));
        }
    }
    format!("take {all} out of the {} that the server is configured or built with", list.words())
}

/// How to turn SSH 1 off.
pub(super) fn protocol(software: &str) -> String {
    if is_openssh(software) { "set `Protocol 2` in sshd_config" } else { "turn SSH 1 off and announce 2.0" }.to_owned()
}

/// How to get a larger RSA host key.
pub(super) fn larger_key(software: &str, bits: u32) -> String {
    let bits = bits.max(3072);
    if is_openssh(software) {
        format!("make a new key with `ssh-keygen -t rsa -b {bits}` on each device, or leave RSA out (HostKey in sshd_config)")
    } else if is_dropbear(software) {
        format!("make a new key with `dropbearkey -t rsa -s {bits}` on each device, or start Dropbear without an RSA key")
    } else {
        format!("make a new RSA host key of {bits} bits on each device, or use Ed25519 or ECDSA")
    }
}

/// How to get larger groups.
pub(super) fn larger_groups(software: &str, least: u32) -> String {
    if is_openssh(software) {
        format!("delete the lines of less than {} in the fifth column from the moduli file, or update OpenSSH", least.saturating_sub(1))
    } else {
        format!("take moduli of less than {least} bits out of the server's list, or take diffie-hellman-group-exchange out")
    }
}

/// How to get groups that a standard names.
pub(super) fn named_groups(software: &str) -> String {
    let out = "offer diffie-hellman-group14-sha256, -group16-sha512 or ECDH in place of diffie-hellman-group-exchange";
    if is_openssh(software) { format!("{out} (KexAlgorithms in sshd_config)") } else { out.to_owned() }
}

/// How to close prefix truncation.
pub(super) fn strict(software: &str, open: &[String]) -> String {
    let (ciphers, codes): (Vec<_>, Vec<_>) = open.iter().map(String::as_str).partition(|name| !name.contains("-etm@"));
    if is_openssh(software) {
        let codes = if codes.is_empty() { String::new() } else { format!(" and `MACs -{}`", codes.join(",")) };
        return format!("update OpenSSH to 9.6 or later, or set `Ciphers -{}`{codes} in sshd_config", ciphers.join(","));
    }
    if is_dropbear(software) {
        return "update Dropbear to 2024.84 or later".to_owned();
    }
    format!("update the server to one that signals strict key exchange, or take {} out", ciphers.join(", "))
}

fn is_openssh(software: &str) -> bool {
    software.starts_with("OpenSSH")
}

fn is_dropbear(software: &str) -> bool {
    software.starts_with("dropbear")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_is_told_in_its_own_words() {
        let names = ["3des-cbc".to_owned(), "aes128-cbc".to_owned()];
        let names: Vec<_> = names.iter().collect();
        assert_eq!(take_out("OpenSSH_8", List::Ciphers, &names), "set `Ciphers -3des-cbc,aes128-cbc` in sshd_config");
        assert_eq!(
            take_out("dropbear_2017.75", List::Ciphers, &names),
            "build Dropbear with `DROPBEAR_3DES 0`, `DROPBEAR_ENABLE_CBC_MODE 0` in localoptions.h"
        );
        assert!(take_out("x", List::Macs, &names).contains("message authentication codes"));
        let open = ["aes128-cbc".to_owned(), "hmac-sha1-etm@openssh.com".to_owned()];
        assert!(strict("OpenSSH_8", &open).contains("`Ciphers -aes128-cbc` and `MACs -hmac-sha1-etm@openssh.com`"));
    }
}
