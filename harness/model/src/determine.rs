//! How verdicts add up: from results to determinations to the conclusion.
//!
//! The rule is pessimistic on purpose. Any fail makes a requirement not satisfied; else anything open makes it
//! not determined; else at least one pass makes it satisfied; nothing tested is not assessed, never green.

use crate::verdict::{Conclusion, Determination, Verdict};

/// The rule in words, as reports state it.
pub const DECISION_RULE: &str = "assay.rule/1: any fail makes a requirement not satisfied; otherwise any inconclusive, not-run or error \
     makes it not determined; otherwise at least one pass makes it satisfied; only not-applicable results make it not applicable; \
     no result makes it not assessed. A result on an element counts for the sub-capability too. The product conforms when every \
     requirement of the baseline is satisfied or not applicable.";

/// What the verdicts of one requirement add up to.
pub fn requirement(verdicts: impl IntoIterator<Item = Verdict>) -> Determination {
    let (mut any, mut pass, mut open) = (false, false, false);
    for verdict in verdicts {
        any = true;
        match verdict {
            Verdict::Fail => return Determination::NotSatisfied,
            Verdict::Pass => pass = true,
            Verdict::Inconclusive | Verdict::NotRun | Verdict::Error => open = true,
            Verdict::NotApplicable => {}
        }
    }
    match (any, open, pass) {
        (false, ..) => Determination::NotAssessed,
        (_, true, _) => Determination::NotDetermined,
        (_, _, true) => Determination::Satisfied,
        _ => Determination::NotApplicable,
    }
}

/// What components and the product as a whole add up to for one requirement: the worst counts, and a component on which
/// nothing ruled leaves it open. That nothing ruled on the product as a whole says nothing.
pub fn over(components: impl IntoIterator<Item = Determination>, of_product: Determination) -> Determination {
    let of_product = Some(of_product).filter(|each| *each != Determination::NotAssessed);
    let all: Vec<_> = components.into_iter().chain(of_product).collect();
    let has = |wanted: Determination| all.contains(&wanted);
    if all.iter().all(|each| *each == Determination::NotAssessed) {
        Determination::NotAssessed
    } else if has(Determination::NotSatisfied) {
        Determination::NotSatisfied
    } else if has(Determination::NotDetermined) || has(Determination::NotAssessed) {
        Determination::NotDetermined
    } else if has(Determination::Satisfied) {
        Determination::Satisfied
    } else {
        Determination::NotApplicable
    }
}

/// What the determinations of a baseline add up to. An empty baseline determines nothing.
pub fn conclusion(determinations: impl IntoIterator<Item = Determination>) -> Conclusion {
    let (mut any, mut open) = (false, false);
    for determination in determinations {
        any = true;
        match determination {
            Determination::NotSatisfied => return Conclusion::DoesNotConform,
            Determination::NotDetermined | Determination::NotAssessed => open = true,
            Determination::Satisfied | Determination::SatisfiedByAlternative | Determination::NotApplicable => {}
        }
    }
    if any && !open { Conclusion::Conforms } else { Conclusion::NotDetermined }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Error, Fail, Inconclusive, NotApplicable, NotRun, Pass};

    #[test]
    fn the_worst_verdict_decides() {
        assert_eq!(requirement([Pass, Fail, Inconclusive]), Determination::NotSatisfied);
        for open in [Inconclusive, NotRun, Error] {
            assert_eq!(requirement([Pass, open]), Determination::NotDetermined);
        }
        assert_eq!(requirement([Pass, NotApplicable]), Determination::Satisfied);
    }

    #[test]
    fn nothing_is_never_green() {
        assert_eq!(requirement([]), Determination::NotAssessed);
        assert_eq!(requirement([NotApplicable]), Determination::NotApplicable);
        assert_eq!(conclusion([]), Conclusion::NotDetermined);
        assert_eq!(conclusion([Determination::Satisfied, Determination::NotAssessed]), Conclusion::NotDetermined);
    }

    #[test]
    fn one_unsatisfied_requirement_denies_conformity() {
        assert_eq!(conclusion([Determination::NotDetermined, Determination::NotSatisfied]), Conclusion::DoesNotConform);
        assert_eq!(conclusion([Determination::Satisfied, Determination::NotApplicable]), Conclusion::Conforms);
    }
}
