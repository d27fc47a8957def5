//! The file that lists the products of a campaign.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use assay_model::form::read_form;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::failure::Failure;
use crate::files;
use crate::load::Choosing;

/// The schema word that a list must carry.
const SCHEMA: &str = "assay.campaign/1";
/// The most products of one campaign.
const MOST: usize = 1000;
/// The most characters of an id.
const LONGEST: usize = 64;

/// Products to be assessed together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    schema: String,
    /// The folder of the campaign, relative to the list.
    out: Option<PathBuf>,
    #[serde(rename = "product")]
    pub(super) products: Vec<Listed>,
}

/// One product of the list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    /// The name of its folder and of its line in the summary.
    pub(super) id: String,
    /// The profile, relative to the list.
    pub(super) profile: PathBuf,
    /// Files of answers beside those that the profile names, relative to the list.
    #[serde(default)]
    pub(super) answers: Vec<PathBuf>,
    /// What is chosen for it, where that is something else than for all.
    #[serde(default)]
    pub(super) choose: Choosing,
}

impl List {
    /// Reads a list; paths in it are then named from where the program runs.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let mut list = Self::of_text(&path.display().to_string(), &files::text(path)?)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for product in &mut list.products {
            product.profile = folder.join(&product.profile);
            product.answers.iter_mut().for_each(|file| *file = folder.join(&*file));
        }
        list.out = list.out.map(|out| folder.join(out));
        Ok(list)
    }

    pub(super) fn of_text(name: &str, text: &str) -> Result<Self, Failure> {
        let list: Self = read_form(name, text, "a list of products")?;
        list.check().map_err(|what| Failure::usage(format!("{name}: {what}")))?;
        Ok(list)
    }

    fn check(&self) -> Result<(), String> {
        if self.schema != SCHEMA {
            return Err(format!("this is no list that can be read here: write schema = \"{SCHEMA}\""));
        }
        if self.products.is_empty() || self.products.len() > MOST {
            return Err(format!("it lists {} products: a campaign has 1 to {MOST}", self.products.len()));
        }
        let mut seen = BTreeSet::new();
        for id in self.products.iter().map(|product| &product.id) {
            if !is_name(id) {
                return Err(format!("the id {id:?} names a folder: use 1 to {LONGEST} letters, digits, `-` and `_`, the first no sign"));
            }
            // some file systems do not tell letters of different case apart
            if !seen.insert(id.to_ascii_lowercase()) {
                return Err(format!("the id `{id}` is there twice: give each product its own"));
            }
        }
        Ok(())
    }

    /// The folder of the campaign: where the user says, else where the list says, else `campaign`.
    pub(super) fn out(&self, said: Option<PathBuf>) -> PathBuf {
        said.or_else(|| self.out.clone()).unwrap_or_else(|| PathBuf::from("campaign"))
    }
}

fn is_name(id: &str) -> bool {
    id.len() <= LONGEST
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_what_is_wrong_with_it() {
        let good = "schema = \"assay.campaign/1\"\n[[product]]\nid = \"north\"\nprofile = \"a.toml\"\nchoose = { baseline = \"core\", test = [\"access/*\"] }\n";
        assert_eq!(List::of_text("list", good).expect("a list").products.len(), 1);
        for (from, to, said) in [
            ("campaign/1", "campaign/2", "write schema"),
            ("\"north\"", "\"../north\"", "names a folder"),
            ("\"north\"", "\"\"", "names a folder"),
            ("\"north\"", "\"-north\"", "names a folder"),
            ("baseline", "baselin", "`baselin`"),
            ("profile = ", "profil = ", "`profil`"),
        ] {
            let error = List::of_text("list", &good.replace(from, to)).expect_err(from).to_string();
            assert!(error.contains(said), "{error}");
        }
        let twice = format!("{good}[[product]]\nid = \"North\"\nprofile = \"b.toml\"\n");
        assert!(List::of_text("list", &twice).expect_err("the same folder").to_string().contains("twice"));
    }
}
