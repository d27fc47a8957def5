//! Which of two versions is the later, by the rules of the kind of package that they belong to.

use std::cmp::Ordering;

use crate::csaf::prerelease;

/// The order of two versions; `kind` is that of a package URL, or `cpe`. None where the rules of the kind are not known
/// here and the versions are not plain numbers.
pub fn order(kind: &str, one: &str, two: &str) -> Option<Ordering> {
    if one == two {
        return Some(Ordering::Equal);
    }
    match kind {
        "deb" => Some(debian(one, two)),
        "rpm" => Some(rpm(one, two)),
        "npm" | "cargo" | "golang" | "hex" | "pub" | "swift" | "conan" => semantic(one, two),
        _ => plain(one, two),
    }
}

fn numbers(text: &str) -> Option<Vec<u64>> {
    let mut numbers = text.split('.').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<_>>>()?;
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    Some(numbers)
}

/// Dotted numbers, of which the last may carry one letter: `1.0.2k`.
fn plain(one: &str, two: &str) -> Option<Ordering> {
    let split = |text: &str| {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let letter = text.chars().last().filter(char::is_ascii_lowercase);
        let core = letter.map_or(text, |_| text.get(..text.len() - 1).unwrap_or_default());
        Some((numbers(core)?, letter))
    };
    Some(split(one)?.cmp(&split(two)?))
}

/// Semantic versions (2.0.0 section 11), also with fewer or more than three numbers.
fn semantic(one: &str, two: &str) -> Option<Ordering> {
    let split = |text| {
        let bare = str::split(text, '+').next().unwrap_or_default().trim_start_matches('v');
        let (core, pre) = bare.split_once('-').map_or((bare, None), |(core, pre)| (core, Some(pre.to_owned())));
        Some((numbers(core)?, pre))
    };
    let ((first, before), (second, after)) = (split(one)?, split(two)?);
    Some(first.cmp(&second).then_with(|| prerelease(before.as_deref(), after.as_deref())))
}

/// The rules of dpkg (deb-version(7)): epoch, upstream version, revision.
fn debian(one: &str, two: &str) -> Ordering {
    let split = |text: &'_ str| {
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
        (epoch.parse::<u64>().unwrap_or_default(), upstream.to_owned(), revision.to_owned())
    };
    let ((epoch, upstream, revision), (other_epoch, other_upstream, other_revision)) = (split(one), split(two));
    epoch.cmp(&other_epoch).then_with(|| dpkg_part(&upstream, &other_upstream)).then_with(|| dpkg_part(&revision, &other_revision))
}

/// Parts without digits by a table in which `~` is before the end, and letters before all else; then numbers.
fn dpkg_part(one: &str, two: &str) -> Ordering {
    let weight = |each: Option<&u8>| match each {
        None => 0_i32,
        Some(b'~') => -1,
        Some(letter) if letter.is_ascii_alphabetic() => i32::from(*letter),
        Some(other) if other.is_ascii_digit() => 0,
        Some(other) => i32::from(*other) + 256,
    };
    let (mut one, mut two) = (one.as_bytes(), two.as_bytes());
    while !one.is_empty() || !two.is_empty() {
        while one.first().is_some_and(|each| !each.is_ascii_digit()) || two.first().is_some_and(|each| !each.is_ascii_digit()) {
            let order = weight(one.first()).cmp(&weight(two.first()));
            if order != Ordering::Equal {
                return order;
            }
            (one, two) = (one.get(1..).unwrap_or_default(), two.get(1..).unwrap_or_default());
        }
        let (first, second) = (digits(&mut one), digits(&mut two));
        let order = first.len().cmp(&second.len()).then_with(|| first.cmp(second));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// The digits at the beginning, without leading zeros.
fn digits<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|each| !each.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    *text = rest;
    let start = number.iter().position(|each| *each != b'0').unwrap_or(number.len());
    number.get(start..).unwrap_or_default()
}

/// The rules of rpm: epoch, version, release; each in runs of digits and of letters.
fn rpm(one: &str, two: &str) -> Ordering {
    let split = |text: &str| {
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let (version, release) = rest.split_once('-').unwrap_or((rest, ""));
        (epoch.parse::<u64>().unwrap_or_default(), version.to_owned(), release.to_owned())
    };
    let ((epoch, version, release), (other_epoch, other_version, other_release)) = (split(one), split(two));
    // a release that is not told says nothing
    let released = || if release.is_empty() || other_release.is_empty() { Ordering::Equal } else { rpm_part(&release, &other_release) };
    epoch.cmp(&other_epoch).then_with(|| rpm_part(&version, &other_version)).then_with(released)
}

fn rpm_part(one: &str, two: &str) -> Ordering {
    let (mut one, mut two) = (one.as_bytes(), two.as_bytes());
    loop {
        let skip = |text: &mut &[u8]| {
            let start = text.iter().position(|each| each.is_ascii_alphanumeric() || b"~^".contains(each)).unwrap_or(text.len());
            *text = text.get(start..).unwrap_or_default();
        };
        skip(&mut one);
        skip(&mut two);
        for (mark, end_is) in [(b'~', Ordering::Greater), (b'^', Ordering::Less)] {
            match (one.first() == Some(&mark), two.first() == Some(&mark)) {
                (true, true) => (one, two) = (one.get(1..).unwrap_or_default(), two.get(1..).unwrap_or_default()),
                // a caret is after the end, but before anything else
                (true, false) => return if mark == b'^' && !two.is_empty() { Ordering::Less } else { end_is.reverse() },
                (false, true) => return if mark == b'^' && !one.is_empty() { Ordering::Greater } else { end_is },
                (false, false) => {}
            }
        }
        let (Some(first), Some(second)) = (one.first(), two.first()) else { return one.len().cmp(&two.len()) };
        let order = match (first.is_ascii_digit(), second.is_ascii_digit()) {
            (true, true) => {
                let (first, second) = (digits(&mut one), digits(&mut two));
                first.len().cmp(&second.len()).then_with(|| first.cmp(second))
            }
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (false, false) => letters(&mut one).cmp(letters(&mut two)),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn letters<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|each| !each.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    *text = rest;
    word
}
