//! `assay questions`: what people have to answer, as a file to fill in.

use std::fmt::Write as _;
use std::path::PathBuf;

use assay_engine::{Assessment, People};
use assay_model::answers::{About, SCHEMA};
use assay_model::question::{Asked, Visit, Wanted};
use clap::Args;

use crate::failure::Failure;
use crate::files;
use crate::load::{self, Choosing};
use crate::plan::whereabouts;

#[derive(Debug, Args)]
pub(crate) struct Questions {
    /// The profile
    profile: PathBuf,
    #[command(flatten)]
    choosing: Choosing,
    /// Leave out what is answered in this file (may be given several times)
    #[arg(long, value_name = "FILE")]
    answers: Vec<PathBuf>,
    /// Write to this file instead of the standard output; it must not be there yet
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Questions {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let assessment = load::assessment(load::profile(&self.profile)?, self.choosing)?;
        let open = People::of_files(&assessment, &self.answers)?.open_questions(&assessment);
        let live = assay_engine::questions(&assessment).into_iter().filter(|asked| asked.question.live).count();
        let form = form(&assessment, &open);
        match self.out {
            None => say!("{}", form.trim_end()),
            Some(path) => files::write_new(&path, &form)?,
        }
        note!("{} questions are open; {live} more are asked during a run, with --ask", open.len());
        Ok(0)
    }
}

/// The file to fill in, in the order of the visits.
fn form(assessment: &Assessment, open: &[Asked]) -> String {
    let product = &assessment.profile.product;
    let mut text = format!(
        "# Questions about {} {} ({}), version {}.\n#\n\
         # Fill in who answers, and then `value` and `observation` of each question. What is left empty stays open.\n\
         # `observation` says in your own words what was seen or what stands in the document; without it a yes counts as open.\n\
         # `reference` names a document of the profile and the page; `cancelled` says why a question is not answered at all.\n\
         # Then: assay run PROFILE --answers THIS-FILE\n\
         schema = \"{SCHEMA}\"\n\n",
        product.manufacturer, product.name, product.model, product.version
    );
    let about = toml::to_string(&About::from(product)).unwrap_or_default();
    let _ = write!(text, "[product]\n{about}\n# An attestation carries a name, a date and an end. The days are written like 2026-01-31.\n");
    text.push_str("[answered]\nby = \"\"\nof = \"\"\non = \"\"\nuntil = \"\"\n");
    for visit in Visit::ALL {
        let here: Vec<_> = open.iter().filter(|asked| asked.question.visit == visit).collect();
        if !here.is_empty() {
            let _ = write!(text, "\n# == {} ({} questions)\n", visit.place(), here.len());
        }
        for asked in here {
            text.push_str(&entry(asked));
        }
    }
    text
}

fn entry(asked: &Asked) -> String {
    let wanted = asked.question.wanted;
    let mut text = format!("\n# {} ({})\n# Answer: {}\n", asked.question.text, whereabouts(&asked.place), wanted.how());
    let _ = write!(text, "[[answer]]\nquestion = \"{}\"\n", asked.id());
    for (key, id) in [("component", &asked.place.component), ("interface", &asked.place.interface)] {
        if let Some(id) = id {
            let _ = writeln!(text, "{key} = \"{id}\"");
        }
    }
    text.push_str(if wanted.is_file() { "file = \"\"\n" } else { "value = \"\"\n" });
    if wanted == Wanted::Finding {
        text.push_str("observation = \"\"\n#reference = { document = \"\", place = \"\" }\n");
    }
    text
}
