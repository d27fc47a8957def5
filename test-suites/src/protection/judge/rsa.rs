//! Arithmetic on public RSA keys: what makes the private key easy to compute.
//!
//! The work is bounded by the size of the key: so many steps for each look, whatever the numbers are.

use num_bigint::BigUint;

/// The largest modulus that is looked at, in bits.
pub(super) const LARGEST: u64 = 16_384;
/// Divisors below this are tried.
const DIVISORS: u32 = 1 << 16;
/// Steps of Fermat's method. Primes of n bits each are found in one step when they differ by less than about
/// 2^(n/2), and k times as far takes k * k steps.
const STEPS: u32 = 1 << 16;
/// Squares leave few of the remainders of these, so that hardly any root needs to be taken.
const SIEVE: [u32; 12] = [128, 63, 65, 11, 17, 19, 23, 29, 31, 37, 41, 43];
/// How many primes, from 2 on, the modulus of the flawed method is the product of (for keys of 512 bits; for longer
/// ones it is a multiple of that).
const ROCA_PRIMES: usize = 39;
/// What the flawed method takes the powers of.
const ROCA_BASE: u32 = 65_537;

/// A flaw of one key, or of two together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The exponent is below 3 or even (RFC 8017 section 3.1).
    Exponent,
    /// The modulus has this small divisor.
    Divisor(u32),
    /// Fermat's method finds the primes after so many steps.
    ClosePrimes(u32),
    /// The modulus has the mark of ROCA (CVE-2017-15361).
    Roca,
    /// The modulus shares a prime with another.
    SharedPrime,
}

/// A public RSA key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rsa {
    pub(super) modulus: BigUint,
    pub(super) exponent: BigUint,
}

impl Rsa {
    /// Reads the numbers from hexadecimal; none when they are unreadable or too large to be looked at.
    pub(super) fn read(modulus: &str, exponent: &str) -> Option<Self> {
        let number = |text: &str| BigUint::parse_bytes(text.as_bytes(), 16).filter(|number| number.bits() <= LARGEST);
        Some(Self { modulus: number(modulus)?, exponent: number(exponent)? })
    }

    /// The flaws of this key alone.
    pub(super) fn flaws(&self) -> Vec<Flaw> {
        let exponent = (self.exponent < BigUint::from(3u8) || !self.exponent.bit(0)).then_some(Flaw::Exponent);
        let small = divisor(&self.modulus).map(Flaw::Divisor);
        // a number with small divisors passes every sieve, and is flawed anyway
        let close = if small.is_none() { steps_apart(&self.modulus).map(Flaw::ClosePrimes) } else { None };
        let roca = is_marked(&self.modulus).then_some(Flaw::Roca);
        [exponent, small, close, roca].into_iter().flatten().collect()
    }

    /// Those of the others that share a prime with this key. Equal moduli are the same key.
    pub(super) fn shares_a_prime<'a, T>(&self, others: &'a [(T, Self)]) -> Vec<&'a T> {
        let one = BigUint::from(1u8);
        let shares = |number: &BigUint| {
            let common = common_divisor(&self.modulus, number);
            common > one && common < self.modulus
        };
        if self.modulus <= one {
            return Vec::new();
        }
        let others: Vec<_> = others.iter().filter(|(_, other)| other.modulus != self.modulus).collect();
        // one look at the product of all of them, which is enough where none is shared
        let product = others.iter().fold(one.clone(), |product, (_, other)| product * &other.modulus % &self.modulus);
        if common_divisor(&self.modulus, &product) == one {
            return Vec::new();
        }
        others.into_iter().filter(|(_, other)| shares(&other.modulus)).map(|(what, _)| what).collect()
    }
}

/// The greatest common divisor, by Euclid.
fn common_divisor(one: &BigUint, other: &BigUint) -> BigUint {
    let (mut one, mut other) = (one.clone(), other.clone());
    while other != BigUint::ZERO {
        (one, other) = (other.clone(), one % other);
    }
    one
}

/// The primes below a bound.
fn primes(bound: u32) -> Vec<u32> {
    let mut crossed = vec![false; bound as usize];
    let mut found = Vec::new();
    for number in 2..bound {
        if !crossed[number as usize] {
            found.push(number);
            (number * 2..bound).step_by(number as usize).for_each(|multiple| crossed[multiple as usize] = true);
        }
    }
    found
}

/// The remainder of a division.
fn rest(number: &BigUint, divisor: u32) -> u32 {
    u32::try_from(number % divisor).unwrap_or_default()
}

/// The smallest prime below the bound that divides the number and is not the number itself.
fn divisor(number: &BigUint) -> Option<u32> {
    primes(DIVISORS).into_iter().find(|prime| rest(number, *prime) == 0 && BigUint::from(*prime) != *number)
}

/// How many steps of Fermat's method part the number into two factors, within the bound. Each step asks whether
/// a * a - n is a square, for the a that follows.
fn steps_apart(number: &BigUint) -> Option<u32> {
    let one = BigUint::from(1u8);
    let root = number.sqrt();
    let first = if &root * &root < *number { root + &one } else { root };
    let start = &first * &first - number;
    let sieve: Vec<_> = SIEVE.iter().map(|of| (*of, rest(&first, *of), rest(&start, *of), squares(*of))).collect();
    let may_be = |step: u32| {
        // a * a - n, kept as remainders: start + 2 * first * step + step * step
        sieve.iter().all(|(of, first, start, squares)| {
            let step = step % of;
            squares >> ((start + 2 * first * step + step * step) % of) & 1 == 1
        })
    };
    (0..STEPS).filter(|step| may_be(*step)).find(|step| {
        let middle = &first + *step;
        let square = &middle * &middle - number;
        let half = square.sqrt();
        &half * &half == square && middle > half + &one
    })
}

/// The remainders that squares leave, as bits.
fn squares(of: u32) -> u128 {
    (0..of).fold(0, |bits, number| bits | 1 << (number * number % of))
}

/// Whether the number is a power of 65537 modulo the product of the first primes, as the product of two primes made
/// by the flawed method is: it must be one modulo each prime, and the exponents must agree where their periods do.
fn is_marked(number: &BigUint) -> bool {
    let mut exponents: Vec<(u32, u32)> = Vec::new();
    for prime in primes(DIVISORS).into_iter().take(ROCA_PRIMES) {
        let (wanted, base) = (rest(number, prime), ROCA_BASE % prime);
        let powers: Vec<u32> = std::iter::successors(Some(1), |power| Some(power * base % prime).filter(|next| *next != 1)).collect();
        let (Some(exponent), Ok(period)) = (powers.iter().position(|power| *power == wanted), u32::try_from(powers.len())) else {
            return false;
        };
        exponents.push((u32::try_from(exponent).unwrap_or_default(), period));
    }
    let agree = |(one, first): (u32, u32), (other, second): (u32, u32)| {
        let common = small_divisor(first, second);
        one % common == other % common
    };
    exponents.iter().enumerate().all(|(place, one)| exponents[place + 1..].iter().all(|other| agree(*one, *other)))
}

fn small_divisor(one: u32, other: u32) -> u32 {
    if other == 0 { one } else { small_divisor(other, one % other) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(modulus: BigUint) -> Rsa {
        Rsa { modulus, exponent: BigUint::from(65_537u32) }
    }

    #[test]
    fn small_numbers_are_parted_rightly() {
        let flaws = |number: u64| key(number.into()).flaws();
        assert_eq!(flaws(65_537 * 65_539), [Flaw::ClosePrimes(0)]);
        assert_eq!(flaws(65_539 * 65_539), [Flaw::ClosePrimes(0)]);
        assert_eq!(flaws(65_537 * 99_991), [Flaw::ClosePrimes(1812)]);
        assert_eq!(flaws(7 * 65_537), [Flaw::Divisor(7)]);
        // primes, and what is no modulus at all
        for number in [1, 2, 3, 65_521, 4_294_967_291] {
            assert!(!flaws(number).iter().any(|flaw| matches!(flaw, Flaw::ClosePrimes(_) | Flaw::Divisor(_))), "{number}");
        }
    }

    #[test]
    fn exponents_below_three_and_even_ones_offend() {
        let modulus = BigUint::from(4_294_967_291u64);
        for (exponent, offends) in [(0u32, true), (1, true), (2, true), (65_536, true), (3, false), (65_537, false)] {
            let key = Rsa { modulus: modulus.clone(), exponent: exponent.into() };
            assert_eq!(key.flaws().contains(&Flaw::Exponent), offends, "{exponent}");
        }
    }

    #[test]
    fn a_shared_prime_is_found_even_when_both_are_shared() {
        let of = |one: u32, other: u32| key(BigUint::from(one) * other);
        let others = [("a", of(65_537, 65_539)), ("b", of(65_543, 65_551)), ("same", of(65_537, 65_543)), ("none", of(65_557, 65_563))];
        assert_eq!(of(65_537, 65_543).shares_a_prime(&others), [&"a", &"b"]);
        assert!(of(65_557, 65_579).shares_a_prime(&others[..3]).is_empty());
    }

    proptest! {
        #[test]
        fn no_numbers_make_it_panic(modulus in proptest::collection::vec(any::<u8>(), 0..64), exponent in any::<u64>()) {
            let key = Rsa { modulus: BigUint::from_bytes_be(&modulus), exponent: exponent.into() };
            let _ = (key.flaws(), key.shares_a_prime(&[((), key.clone()), ((), Rsa { modulus: 0u32.into(), ..key.clone() })]));
        }
    }
}
