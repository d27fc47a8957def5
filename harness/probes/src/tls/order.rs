//! Whose order of suites counts, told from what was chosen.

use super::Order;

/// Choices that fit the client's order by chance are less likely than one in a hundred from this number on.
const ENOUGH: usize = 5;

/// Tells whose order counts. `base` is the order in which suites are offered; each choice is a suite, and whether the
/// base was turned round for it. `None` when one more hello is needed.
pub(super) fn infer(base: &[u16], choices: &[(u16, bool)]) -> Option<Order> {
    let mut left: Vec<u16> = base.iter().copied().filter(|suite| choices.iter().any(|(chosen, _)| chosen == suite)).collect();
    let mut fitting = 0;
    for (chosen, reversed) in choices {
        if left.len() < 2 {
            break;
        }
        let first = if *reversed { left.last() } else { left.first() };
        if first != Some(chosen) {
            return Some(Order::Server);
        }
        fitting += 1;
        left.retain(|each| each != chosen);
    }
    match fitting {
        0 => Some(Order::Unclear),
        ENOUGH.. => Some(Order::Client),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn choices(base: &[u16], accepted: &[u16], client: bool) -> Vec<(u16, bool)> {
        let mut left = accepted.to_vec();
        let mut all = Vec::new();
        while !left.is_empty() {
            let reversed = all.len() % 2 == 1;
            let mut offered: Vec<u16> = base.to_vec();
            if reversed {
                offered.reverse();
            }
            let order = if client { &offered } else { accepted };
            let chosen = *order.iter().find(|suite| left.contains(suite)).unwrap();
            left.retain(|each| *each != chosen);
            all.push((chosen, reversed));
        }
        all
    }

    #[test]
    fn orders_are_told() {
        let base: Vec<u16> = (1..20).collect();
        assert_eq!(infer(&base, &choices(&base, &[2, 4, 6, 8, 10, 12], true)), Some(Order::Client));
        assert_eq!(infer(&base, &choices(&base, &[2, 4, 6, 8, 10, 12], false)), Some(Order::Server));
        assert_eq!(infer(&base, &choices(&base, &[4, 2], false)), Some(Order::Server));
        assert_eq!(infer(&base, &choices(&base, &[2, 4], false)), None);
        assert_eq!(infer(&base, &choices(&base, &[2], true)), Some(Order::Unclear));
    }

    proptest! {
        #[test]
        fn a_clients_order_is_never_taken_for_a_servers(accepted in proptest::sample::subsequence((1u16..40).collect::<Vec<_>>(), 0..20)) {
            let base: Vec<u16> = (1..40).collect();
            prop_assert_ne!(infer(&base, &choices(&base, &accepted, true)), Some(Order::Server));
        }
    }
}
