//! Whether a document is about the product of the profile, by the names and the version that it gives.

use assay_model::profile::Product;

/// Words beside a product's name that do not make it another product.
const BESIDE: [&str; 4] = ["firmware", "software", "image", "sbom"];

/// Whether a document's name for its subject is the product's: the words of its name, of its model, or of both, perhaps
/// with its manufacturer's, and none that could make it another product.
pub(crate) fn is_product(product: &Product, name: &str) -> bool {
    let mut rest = words(name);
    let [model, named] = [&product.model, &product.name].map(|part| take(&mut rest, part));
    take(&mut rest, &product.manufacturer);
    (model || named) && rest.iter().all(|word| BESIDE.contains(&word.as_str()))
}

/// Whether a text names the manufacturer.
pub(crate) fn is_manufacturer(product: &Product, text: &str) -> bool {
    take(&mut words(text), &product.manufacturer)
}

/// Whether a version is the one that is assessed; a `v` before it says nothing.
pub(crate) fn is_version(product: &Product, version: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches(['v', 'V']).to_owned();
    !product.version.is_empty() && bare(&product.version) == bare(version)
}

/// Takes the words of `part` out of others, where they stand one after the other.
fn take(rest: &mut Vec<String>, part: &str) -> bool {
    let part = words(part);
    let place = (!part.is_empty()).then(|| rest.windows(part.len()).position(|run| run == part.as_slice())).flatten();
    if let Some(place) = place {
        rest.drain(place..place + part.len());
    }
    place.is_some()
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase().split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_products_are_told_apart() {
        let product = Product {
            manufacturer: "Example Appliances".to_owned(),
            name: "Connected dishwasher".to_owned(),
            model: "DW-100".to_owned(),
            version: "1.1.0".to_owned(),
            identification: None,
        };
        for own in ["DW-100", "dw_100 firmware", "Connected dishwasher DW-100", "Example Appliances DW-100", "connected-dishwasher"] {
            assert!(is_product(&product, own), "{own}");
        }
        for other in ["", "DW-1000", "DW-100 Pro", "DW-200", "dishwasher", "Example Appliances", "firmware", "DW 1 00"] {
            assert!(!is_product(&product, other), "{other}");
        }
        assert!(is_manufacturer(&product, "Example Appliances Ltd.") && !is_manufacturer(&product, "Example Company"));
        assert!(is_version(&product, "v1.1.0") && !is_version(&product, "1.1") && !is_version(&product, "1.1.0-rc1"));
        assert!(!is_manufacturer(&Product { manufacturer: String::new(), ..product }, "anybody"));
    }
}
