//! `assay gap`: what of a buyer's baseline a declaration covers, without a device.

use std::path::PathBuf;

use assay_conformity::coverage::{Cover, Row, view};
use assay_reports::visible_line;
use assay_seal::PublicKey;
use assay_suites::data;
use clap::{Args, ValueEnum};

use crate::declare;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Gap {
    /// The folder of the declaration
    declaration: PathBuf,
    /// The buyer's baseline: core, consumer, federal-low, network, catalog
    #[arg(long, value_name = "NAME")]
    baseline: String,
    /// A public key that must have signed the declaration (may be given several times)
    #[arg(long = "key", value_name = "FILE")]
    keys: Vec<PathBuf>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Table,
    Json,
}

impl Gap {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let keys = self.keys.iter().map(|path| PublicKey::open(path)).collect::<Result<Vec<_>, _>>()?;
        let (declaration, _) = declare::open(&self.declaration, &keys)?;
        let (catalog, baselines) = (data::catalog()?, data::baselines()?);
        let known = || baselines.iter().map(|each| each.id.as_str()).collect::<Vec<_>>().join(", ");
        let baseline = baselines.iter().find(|each| each.id == self.baseline);
        let baseline =
            baseline.ok_or_else(|| Failure::usage(format!("there is no baseline `{}`: choose one of {}", self.baseline, known())))?;
        if declaration.requirements.catalog_hash != data::catalog_hash() {
            note!("the declaration was made with another edition of the catalog: what its ids mean may differ");
        }
        let rows = view(&declaration, &catalog, &baseline.choose(&catalog));
        match self.format {
            Form::Json => say_json!("{:#}", serde_json::to_value(&rows).map_err(Failure::harness)?),
            Form::Table => table(&rows),
        }
        note!("declaration {} is {}", visible_line(&declaration.issuer.number), declaration.status.word());
        Ok(if rows.iter().all(|row| row.cover.is_covered()) { 0 } else { 3 })
    }
}

fn table(rows: &[Row]) {
    for row in rows {
        say!("{:<14} {:<15} {}", row.id.as_str(), row.cover.word(), visible_line(&row.by.join("; ")));
    }
    let count = |cover: Cover| rows.iter().filter(|row| row.cover == cover).count();
    let counts = Cover::ALL.into_iter().filter(|cover| count(*cover) > 0).map(|cover| format!("{} {}", cover.word(), count(cover)));
    say!("\nof {} requirements: {}", rows.len(), counts.collect::<Vec<_>>().join(", "));
}
