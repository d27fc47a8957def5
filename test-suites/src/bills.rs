//! Bills of materials that were supplied: read, recorded, and told apart by whether they are about the product.

use assay_documents::Problem;
use assay_documents::sbom::{self, Component, Format, Minimum, Sbom};
use assay_engine::{Bench, Seen, Stop};
use assay_model::profile::Product;
use serde::Serialize;

use crate::about::{is_manufacturer, is_product, is_version};

/// The kind of these documents.
pub(crate) const KIND: &str = "sbom";

/// Those that are about the product, at least one.
pub(crate) struct Bills {
    /// The name of the document, and what it says.
    pub(crate) own: Vec<(String, Sbom)>,
    /// Why the others are not known to be.
    pub(crate) others: Vec<String>,
    pub(crate) seen: Seen,
}

/// What is recorded of each; the components are in the document.
#[derive(Serialize)]
struct Facts<'s> {
    format: Format,
    version: &'s str,
    id: Option<&'s str>,
    authors: &'s [String],
    tools: &'s [String],
    timestamp: Option<&'s str>,
    top: Option<&'s Component>,
    minimum: &'s Minimum,
    problems: &'s [Problem],
    /// Why it is not known to be about the product.
    stranger: Option<&'s str>,
}

impl Bills {
    /// Reads and records all that were supplied.
    pub(crate) fn read(bench: &Bench) -> Result<Self, Stop> {
        let (product, mut own, mut others, mut all) = (bench.profile().product.clone(), Vec::new(), Vec::new(), None::<Seen>);
        for (document, bytes) in bench.documents(KIND)? {
            let sbom =
                sbom::read(&bytes).map_err(|why| Stop::missing(format!("{}: supply a readable bill of materials: {why}", document.id)))?;
            let stranger = stranger(&product, &sbom);
            let seen = bench.record_document(&document.file, &bytes, &Facts::of(&sbom, stranger.as_deref()))?;
            all = Some(match all {
                Some(before) => before.and(seen),
                None => seen,
            });
            match stranger {
                Some(why) => others.push(format!("{}: {why}", document.id)),
                None => own.push((document.id, sbom)),
            }
        }
        match (all, own.is_empty()) {
            (Some(seen), false) => Ok(Self { own, others, seen }),
            _ => Err(Stop::missing(others.join("; "))),
        }
    }

    /// What shows that they are about the product.
    pub(crate) fn identity(&self) -> String {
        let named = self.own.iter().filter_map(|(id, sbom)| {
            let top = sbom.top.as_ref()?;
            Some(format!("{id} is about {} {}", top.name.as_deref()?, top.version.as_deref()?))
        });
        format!("{}, of this manufacturer, as the profile says", named.collect::<Vec<_>>().join("; "))
    }
}

impl<'s> Facts<'s> {
    fn of(sbom: &'s Sbom, stranger: Option<&'s str>) -> Self {
        Self {
            format: sbom.format,
            version: &sbom.version,
            id: sbom.id.as_deref(),
            authors: &sbom.authors,
            tools: &sbom.tools,
            timestamp: sbom.timestamp.as_deref(),
            top: sbom.top.as_ref(),
            minimum: &sbom.minimum,
            problems: &sbom.problems,
            stranger,
        }
    }
}

/// Why nothing shows that a bill of materials is about the product in the version that is assessed.
fn stranger(product: &Product, sbom: &Sbom) -> Option<String> {
    let Some(top) = &sbom.top else {
        return Some("it does not say what it is about: name the product in it (metadata.component)".to_owned());
    };
    let (name, version) = (top.name.as_deref().unwrap_or_default(), top.version.as_deref().unwrap_or_default());
    let makers = top.supplier.iter().chain(&sbom.authors).map(String::as_str).chain([name]);
    if !is_product(product, name) {
        return Some(format!("it is about `{name}`, not about {} or {}: supply that of the product", product.name, product.model));
    }
    if !is_version(product, version) {
        return Some(format!("it is about version `{version}`, not {}: supply that of the assessed version", product.version));
    }
    let named = makers.into_iter().any(|maker| is_manufacturer(product, maker));
    (!named).then(|| format!("nothing in it names {}: name the supplier of the product in it", product.manufacturer))
}
