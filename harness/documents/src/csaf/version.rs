//! Versions of documents: whole numbers, or semantic versions.

use std::cmp::Ordering;

/// A version of a document (CSAF 2.0 section 3.1.11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Version {
    Integer(u64),
    /// Major, minor, patch, and the pre-release part. What follows a `+` is left out.
    Semantic([u64; 3], Option<String>),
}

impl Version {
    pub(super) fn read(text: &str) -> Option<Self> {
        let number = |text: &str| {
            let plain = !text.is_empty() && text.bytes().all(|each| each.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
            plain.then(|| text.parse().ok()).flatten()
        };
        if let Some(number) = number(text) {
            return Some(Self::Integer(number));
        }
        let bare = text.split('+').next().unwrap_or_default();
        let (core, pre) = bare.split_once('-').map_or((bare, None), |(core, pre)| (core, Some(pre)));
        let parts: Vec<u64> = core.split('.').map(number).collect::<Option<_>>()?;
        let identifier = |text: &str| !text.is_empty() && text.bytes().all(|each| each.is_ascii_alphanumeric() || each == b'-');
        let right = pre.is_none_or(|pre| pre.split('.').all(identifier));
        Some(Self::Semantic(parts.try_into().ok().filter(|_| right)?, pre.map(str::to_owned)))
    }

    pub(super) fn major(&self) -> u64 {
        match self {
            Self::Integer(number) | Self::Semantic([number, ..], _) => *number,
        }
    }

    pub(super) fn is_integer(&self) -> bool {
        matches!(self, Self::Integer(_))
    }

    pub(super) fn is_prerelease(&self) -> bool {
        matches!(self, Self::Semantic(_, Some(_)))
    }

    /// The version without its pre-release part.
    pub(super) fn released(&self) -> Self {
        match self {
            Self::Integer(number) => Self::Integer(*number),
            Self::Semantic(numbers, _) => Self::Semantic(*numbers, None),
        }
    }

    /// The order of semantic versioning (section 11 of it). The two kinds are not to be mixed.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Semantic(one, first), Self::Semantic(two, second)) => {
                one.cmp(two).then_with(|| prerelease(first.as_deref(), second.as_deref()))
            }
            _ => self.major().cmp(&other.major()),
        }
    }
}

/// The order of pre-release parts: none is the highest; numbers are lower than words.
pub(crate) fn prerelease(one: Option<&str>, two: Option<&str>) -> Ordering {
    let (Some(one), Some(two)) = (one, two) else { return one.is_none().cmp(&two.is_none()) };
    let (mut ones, mut twos) = (one.split('.'), two.split('.'));
    loop {
        let order = match (ones.next(), twos.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(one), Some(two)) => match (one.parse::<u64>(), two.parse::<u64>()) {
                (Ok(one), Ok(two)) => one.cmp(&two),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => one.cmp(two),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}
