//! The fixed fields of RFC 2409 and RFC 3526, worked out from their definition: all bits set at both ends, the digits
//! of pi in between.

use num_bigint::BigUint;

/// The prime of so many bits, where SSH has a group for it.
pub(super) fn prime(bits: u32) -> Option<BigUint> {
    let offset: u32 = match bits {
        1024 => 129_093,
        2048 => 124_476,
        3072 => 1_690_314,
        4096 => 240_904,
        6144 => 929_484,
        8192 => 4_743_158,
        _ => return None,
    };
    let power = |exponent: u32| BigUint::from(1u32) << exponent;
    let middle = (pi(bits - 130) + offset) << 64;
    Some(power(bits) - power(bits - 64) - 1u32 + middle)
}

/// Pi times two to the power of `bits`, rounded down, by the formula of Machin.
fn pi(bits: u32) -> BigUint {
    const SPARE: u32 = 64;
    let one = BigUint::from(1u32) << (bits + SPARE);
    (arcus_tangent(&one, 5) * 16u32 - arcus_tangent(&one, 239) * 4u32) >> SPARE
}

/// The arcus tangent of `1 / inverse`, times `one`.
fn arcus_tangent(one: &BigUint, inverse: u32) -> BigUint {
    let zero = BigUint::ZERO;
    let (mut plus, mut minus) = (zero.clone(), zero.clone());
    let mut power = one / inverse;
    let mut odd = 1u32;
    while power != zero {
        let term = &power / odd;
        if odd % 4 == 1 {
            plus += term;
        } else {
            minus += term;
        }
        power /= inverse * inverse;
        odd += 2;
    }
    plus - minus
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::finite_field;

    #[test]
    fn the_primes_are_those_of_the_standards() {
        for bits in [1024, 2048, 3072, 4096, 6144, 8192] {
            assert_eq!(finite_field(&prime(bits).unwrap().to_bytes_be()).name, format!("modp{bits}"));
        }
        assert_eq!(prime(5), None);
    }
}
