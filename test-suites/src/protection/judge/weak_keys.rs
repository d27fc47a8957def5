//! Public keys with flaws that are known.

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

use super::known_keys::Listed;
use super::rsa::{Flaw, LARGEST, Rsa};
use super::{Judgement, some_of};

/// Primes of 256 bits that the keys with flaws are made of, so that each look is seen to find what it looks for. The
/// first two are close to each other; the last two were made by the method of ROCA.
const PRIMES: [&str; 6] = [
    "ede149c63d492ce7fcf5c677f7adaa73ad0651ff9e9f16ff4bcddf4d230c62f1",
    "ede149c63d492ce7fcf5c677f7adaab3ad0651ff9e9f16ff4bcddf4d230c64eb",
    "ff5f98dea19e3cb3b046c7e8823779c57e2311c986b41d53895249042c83e2a3",
    "c0b298a05cc2d9525b696ab8326887508b1c8ff195659c03218897f09ccc47ff",
    "d06bb538abcd6e0608ce10267197d3f649571317570df813bf4f6fb290d23215",
    "fa5ba8c58eb7247ba79ce6f00c73de981d7e9ec6840b61915be031bb3328bc9d",
];

/// A public key that a server shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct PublicKey {
    /// Component, interface and sample.
    pub(in super::super) place: String,
    /// What kind of key it is.
    pub(in super::super) kind: String,
    /// The SHA-256 of its `SubjectPublicKeyInfo`, of an SSH key that of its blob, in hexadecimal.
    pub(in super::super) sha256: String,
    /// Modulus and exponent of an RSA key, in hexadecimal.
    pub(in super::super) rsa: Option<(String, String)>,
}

impl PublicKey {
    pub(in super::super) fn is_rsa(&self) -> bool {
        self.kind.starts_with("RSA")
    }

    fn numbers(&self) -> Option<Rsa> {
        self.rsa.as_ref().and_then(|(modulus, exponent)| Rsa::read(modulus, exponent))
    }

    fn named(&self) -> String {
        format!("the key of {} ({}, SHA-256 {}...)", self.place, self.kind, self.sha256.chars().take(16).collect::<String>())
    }
}

/// The kinds of flaw that the looks find in keys made to have them.
///
/// # Errors
/// The flaw that is not found, or found in a sound key.
pub(in super::super) fn looks_find_flaws() -> Result<[&'static str; 5], String> {
    let primes = PRIMES.map(|text| BigUint::parse_bytes(text.as_bytes(), 16).unwrap_or_default());
    let [near, close, one, other, roca, mark] = &primes;
    let key = |modulus: BigUint, exponent: u32| Rsa { modulus, exponent: exponent.into() };
    let sound = key(one * other, 65_537);
    let expect = |what: &'static str, key: &Rsa, flaws: &[Flaw]| match key.flaws() {
        found if found == flaws => Ok(what),
        found => Err(format!("a key with {what} shows {found:?}")),
    };
    let sharing = [("sharing", key(other * near, 65_537)), ("apart", key(near * close, 65_537))];
    if sound.shares_a_prime(&sharing) != [&"sharing"] {
        return Err("a shared prime is not found".to_owned());
    }
    expect("no flaw", &sound, &[])?;
    Ok([
        expect("an exponent of 1", &key(one * other, 1), &[Flaw::Exponent])?,
        expect("a divisor of 65521", &key(one * 65_521u32, 65_537), &[Flaw::Divisor(65_521)])?,
        expect("close primes", &key(near * close, 65_537), &[Flaw::ClosePrimes(551)])?,
        expect("the mark of ROCA", &key(roca * mark, 65_537), &[Flaw::Roca])?,
        "a prime shared with another",
    ])
}

/// Flaws of `keys`, alone, beside the `others` of the run, and in a list.
pub(in super::super) fn weak(keys: &[PublicKey], others: &[PublicKey], listed: Option<&Listed>) -> Judgement {
    let mut judged = Judgement::default();
    let beside: Vec<_> = keys.iter().chain(others).filter_map(|key| Some((key.place.clone(), key.numbers()?))).collect();
    for key in keys {
        if let Some(remark) = listed.and_then(|listed| listed.found.get(&key.sha256)) {
            let remark = if remark.is_empty() { String::new() } else { format!(", which calls it `{remark}`") };
            let what = format!("{} is in the list of known keys{remark}", key.named());
            judged.offend(what, "make a key of its own for each unit", "EN 303 645 5.4-4; CVE-2008-0166");
        }
        match key.numbers() {
            Some(numbers) => flaws(&mut judged, key, &numbers, &beside),
            None if key.is_rsa() => {
                judged
                    .leave_open(format!("{} cannot be looked at: its numbers are unreadable, or longer than {LARGEST} bits", key.named()));
            }
            None => {}
        }
    }
    judged.offences.dedup();
    judged
}

fn flaws(judged: &mut Judgement, key: &PublicKey, numbers: &Rsa, beside: &[(String, Rsa)]) {
    let places: Vec<String> = numbers.shares_a_prime(beside).into_iter().cloned().collect();
    let shared = (!places.is_empty()).then_some(Flaw::SharedPrime);
    for flaw in numbers.flaws().into_iter().chain(shared) {
        let named = key.named();
        let (what, change, source) = match flaw {
            Flaw::Exponent => {
                (format!("{named} has an exponent that is below 3 or even"), "make a new key with the exponent 65537", "RFC 8017 3.1")
            }
            Flaw::Divisor(divisor) => (
                format!("{named} is divisible by {divisor}"),
                "make a new key with a library that tests primes; see whether storage damages keys",
                "RFC 8017 3.1",
            ),
            Flaw::ClosePrimes(steps) => (
                format!("the primes of {named} are so close that they are found in {} steps of Fermat's method", steps + 1),
                "make a new key with a library that draws the two primes apart",
                "CVE-2022-26320",
            ),
            Flaw::Roca => (
                format!("{named} has the mark of ROCA: its primes can be computed"),
                "make a new key outside the chip, or update the chip's library and make a new key",
                "CVE-2017-15361",
            ),
            Flaw::SharedPrime => (
                format!("{named} shares a prime with that of {}: both private keys can be computed", some_of(&places)),
                "make new keys only once the random number generator is seeded",
                "EN 303 645 5.4-4",
            ),
        };
        judged.offend(what, change, source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(place: &str, modulus: &BigUint, exponent: &str) -> PublicKey {
        let rsa = Some((format!("{modulus:x}"), exponent.to_owned()));
        PublicKey { place: place.to_owned(), kind: "RSA of 512 bits".to_owned(), sha256: format!("{modulus:064x}"), rsa }
    }

    fn prime(place: usize) -> BigUint {
        BigUint::parse_bytes(PRIMES[place].as_bytes(), 16).unwrap()
    }

    #[test]
    fn the_looks_find_the_flaws_of_their_examples() {
        assert_eq!(looks_find_flaws().map(|found| found.len()), Ok(5));
    }

    #[test]
    fn each_flaw_offends_in_its_own_words() {
        let sound = key("device", &(prime(2) * prime(3)), "10001");
        assert_eq!(weak(std::slice::from_ref(&sound), &[], None), Judgement::default());
        let cases = [
            (key("x", &(prime(2) * prime(3)), "1"), "below 3 or even"),
            (key("x", &(prime(2) * 3u32), "10001"), "divisible by 3"),
            (key("x", &(prime(0) * prime(1)), "10001"), "in 552 steps of Fermat's method"),
            (key("x", &(prime(4) * prime(5)), "10001"), "the mark of ROCA"),
        ];
        for (key, words) in cases {
            let whats = weak(&[key], &[], None);
            assert!(matches!(whats.whats()[..], [what] if what.contains(words)), "{words}: {whats:?}");
        }
        let judged = weak(&[sound], &[key("backend", &(prime(3) * prime(4)), "10001")], None);
        assert!(matches!(judged.whats()[..], [what] if what.contains("shares a prime with that of backend")), "{judged:?}");
    }

    #[test]
    fn listed_keys_offend_and_unreadable_ones_stay_open() {
        let listed = |sha256: &str| Listed { found: [(sha256.to_owned(), "router".to_owned())].into(), ..Listed::default() };
        let ec = PublicKey { place: "x".to_owned(), kind: "EC P-256".to_owned(), sha256: "ab".to_owned(), rsa: None };
        assert!(weak(std::slice::from_ref(&ec), &[], Some(&listed("ab"))).offends());
        assert_eq!(weak(std::slice::from_ref(&ec), &[], Some(&listed("cd"))), Judgement::default());
        let odd = PublicKey { kind: "RSA of 0 bits".to_owned(), ..ec };
        assert_eq!(weak(&[odd], &[], None).open.len(), 1);
    }
}
