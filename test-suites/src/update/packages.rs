//! Packages made from the genuine one by spoiling it.

use std::ops::Range;

use assay_engine::{Bench, Stop};
use assay_model::profile::{SignaturePlace, Update};
use serde::{Deserialize, Serialize};

/// What kind of package is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// As the manufacturer made it.
    Genuine,
    /// One bit of the payload is another.
    Altered,
    /// Without its signature.
    Stripped,
    /// Signed with a key that the product must not accept.
    OtherKey,
    /// Genuine, for another model.
    OtherModel,
    /// Cut off in the middle.
    Truncated,
    /// Genuine and older than what is installed.
    Older,
}

impl Kind {
    /// In words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Genuine => "the genuine package",
            Self::Altered => "the package with one altered bit in its payload",
            Self::Stripped => "the package without its signature",
            Self::OtherKey => "the package signed with another key",
            Self::OtherModel => "the package for another model",
            Self::Truncated => "the truncated package",
            Self::Older => "the older package",
        }
    }
}

/// A package to offer.
pub(super) struct Package {
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
}

/// The bytes of the signature in a file of this length, if they lie within it.
pub(super) fn signature_range(place: SignaturePlace, length: usize) -> Option<Range<usize>> {
    let offset = usize::try_from(place.offset.unsigned_abs()).ok()?;
    let start = if place.offset < 0 { length.checked_sub(offset)? } else { offset };
    let end = start.checked_add(usize::try_from(place.length).ok()?)?;
    (end <= length && start < end).then_some(start..end)
}

/// The spoiled packages that can be had, and what each missing one would need.
pub(super) fn spoiled(bench: &Bench, update: &Update, genuine: &[u8]) -> Result<(Vec<Package>, Vec<String>), Stop> {
    let (mut packages, mut missing) = (vec![Package { kind: Kind::Altered, bytes: altered(update, genuine)? }], Vec::new());
    let mut add = |kind, bytes: Option<Vec<u8>>, how: &str| match bytes {
        Some(bytes) => packages.push(Package { kind, bytes }),
        None => missing.push(format!("{} was not offered: {how} in the profile", kind.words())),
    };
    let file = |name: &Option<String>| name.as_deref().map(|name| bench.file(name)).transpose();
    let cut = update.signature.and_then(|place| signature_range(place, genuine.len()));
    let without =
        cut.map(|range| [genuine.get(..range.start), genuine.get(range.end..)].into_iter().flatten().flatten().copied().collect());
    add(Kind::Stripped, file(&update.stripped)?.or(without), "set update.signature or update.stripped");
    add(Kind::OtherKey, file(&update.other_key)?, "set update.other_key");
    add(Kind::OtherModel, file(&update.other_model)?, "set update.other_model");
    add(Kind::Truncated, genuine.get(..genuine.len() / 2).map(<[u8]>::to_vec), "");
    Ok((packages, missing))
}

fn altered(update: &Update, genuine: &[u8]) -> Result<Vec<u8>, Stop> {
    let middle = u64::try_from(genuine.len() / 2).unwrap_or_default();
    let offset = usize::try_from(update.payload_offset.unwrap_or(middle)).unwrap_or(usize::MAX);
    let mut bytes = genuine.to_vec();
    let byte = bytes.get_mut(offset).ok_or_else(|| Stop::missing("update.payload_offset lies beyond the genuine package: mend it"))?;
    *byte ^= 1;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_signatures() {
        let place = |offset, length| SignaturePlace { offset, length };
        assert_eq!(signature_range(place(-64, 64), 100), Some(36..100));
        assert_eq!(signature_range(place(8, 4), 100), Some(8..12));
        for (offset, length) in [(-64, 65), (-101, 1), (100, 1), (i64::MIN, 1), (i64::MAX, u64::MAX), (0, 0)] {
            assert_eq!(signature_range(place(offset, length), 100), None);
        }
    }
}
