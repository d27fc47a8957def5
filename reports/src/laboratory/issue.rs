//! Whether a test report can be issued: what is missing, and what contradicts the run or itself.

use assay_conformity::issuer::Person;
use assay_model::answers::date;
use assay_model::run::Run;
use assay_model::verdict::Basis;
use time::Date;

use super::{Laboratory, SCHEMA};
use crate::page::page_mark;
use crate::visible::visible_line;

/// Why no test report is issued: what is missing or contradicts, each with what to write; safe to print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no test report can be issued; settle these first:\n  {}", open.join("\n  "))]
pub struct Refusal {
    /// The field of the laboratory's file, or the run, and what to do about it.
    pub open: Vec<String>,
}

/// What a laboratory supplied, found whole and in accord with the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<'a>(&'a Laboratory);

impl<'a> Whole<'a> {
    pub(crate) const fn laboratory(self) -> &'a Laboratory {
        self.0
    }
}

impl Laboratory {
    /// Holds what the laboratory supplied against the run; `whole` tells that every step of the run had its turn.
    ///
    /// # Errors
    /// [`Refusal`] with everything that is missing or contradicts.
    pub(crate) fn issue(&self, run: &Run, whole: bool) -> Result<Whole<'_>, Refusal> {
        let mut open = Open::default();
        if !whole {
            open.add("the run", "is not finished: go on with `assay run PROFILE --resume`, or run again");
        }
        if self.schema != SCHEMA {
            open.add("schema", &format!("write `{SCHEMA}`, the format that this version reads"));
        }
        self.need_words(&mut open);
        self.need_parts(&mut open);
        self.need_options(&mut open);
        self.hold_days(run, &mut open);
        self.hold_providers(run, &mut open);
        if open.0.is_empty() { Ok(Whole(self)) } else { Err(Refusal { open: open.0 }) }
    }

    fn need_words(&self, open: &mut Open) {
        let mark = "use at most 80 letters, digits, spaces and - _ . : /, so that it can stand on every page";
        open.need("report.number", &self.report.number, "give the report a number that no other has");
        if !blank(&self.report.number) && page_mark(&self.report.number).is_none() {
            open.add("report.number", mark);
        }
        open.need("laboratory.name", &self.laboratory.name, "name the laboratory");
        open.need("laboratory.address", &self.laboratory.address, "state its address");
        open.need("laboratory.place", &self.laboratory.place, "say where the work was done: there, at the client's, on the road, remotely");
        open.need("client.name", &self.client.name, "name the client");
        open.need("client.contact", &self.client.contact, "state how the client can be reached");
        open.need("item.identification", &self.item.identification, "identify each unit that was tested, by serial number or the like");
        open.need("item.condition", &self.item.condition, "describe the condition of the items when they came");
        open.need(
            "work.environment",
            &self.work.environment,
            "describe the conditions of the test: network, surroundings, whatever bears on results",
        );
        open.need("clock.offset", &self.clock.offset, "state how far the laboratory's clock was off, with sign and unit");
        open.need("clock.reference", &self.clock.reference, "say what the clock was compared with, and how");
        open.need("external.statement", &self.external.statement, "say why results of others are used, or write `none`");
    }

    /// Lists must say something, and every entry must be whole.
    fn need_parts(&self, open: &mut Open) {
        let deviations = &self.work.deviations;
        if deviations.iter().all(|text| blank(text)) {
            open.add("work.deviations", "list deviations from the method, additions and exclusions, or write [\"none\"]");
        } else if deviations.len() > 1 && deviations.iter().any(|text| is_none(text)) {
            open.add("work.deviations", "it says `none` beside others: keep one of the two");
        }
        if self.equipment.is_empty() {
            open.add("equipment", "list what was used: at least the machine that the program ran on");
        }
        for (at, each) in self.equipment.iter().enumerate() {
            open.need(&format!("equipment {}: name", at + 1), &each.name, "say what it is");
            open.need(
                &format!("equipment {}: identification", at + 1),
                &each.identification,
                "give its serial or inventory number, or version",
            );
        }
        if self.authorised.is_empty() {
            open.add("authorised", "name at least one person who authorises the report, with function");
        }
        for (at, person) in self.authorised.iter().enumerate() {
            open.need_person(&format!("authorised {}", at + 1), person);
        }
        for (at, opinion) in self.opinions.iter().enumerate() {
            open.need(&format!("opinion {}: text", at + 1), &opinion.text, "write it down or leave the entry out");
            open.need(&format!("opinion {}: basis", at + 1), &opinion.basis, "say which results it rests on");
            open.need_person(&format!("opinion {}: by", at + 1), &opinion.by);
        }
    }

    /// Parts that may be left out, and are whole where they are there.
    fn need_options(&self, open: &mut Open) {
        if let Some(sampling) = &self.sampling {
            open.need("sampling.plan", &sampling.plan, "describe plan and method, or leave the section out");
        }
        if let Some(amendment) = &self.amendment {
            open.need("amendment.of", &amendment.of, "give the number of the report that is amended");
            open.need("amendment.reason", &amendment.reason, "say why it is amended");
            if amendment.changes.iter().all(|text| blank(text)) {
                open.add("amendment.changes", "list what changed");
            }
            if !blank(&amendment.of) && amendment.of.trim() == self.report.number.trim() {
                open.add("report.number", "an amendment has a number of its own: it cannot be that of the report it amends");
            }
        }
    }

    fn hold_days(&self, run: &Run, open: &mut Open) {
        let received = open.day("item.received", &self.item.received);
        let compared = open.day("clock.compared", &self.clock.compared);
        let issued = open.day("report.issued", &self.report.issued);
        let sampled = self.sampling.as_ref().and_then(|sampling| open.day("sampling.date", &sampling.date));
        let (began, ended) = (open.day_of_run("began", &run.started), open.day_of_run("ended", &run.finished));
        open.in_order("item.received", received, began, "the items came after their test began", "receipt");
        open.in_order("sampling.date", sampled, began, "the items were chosen after their test began", "sampling");
        open.in_order("report.issued", ended, issued, "the report is issued before the work ended", "issue");
        open.in_order("clock.compared", compared, issued, "the clock was compared after the day of issue", "the comparison");
    }

    /// Results that others supplied are marked, and only these.
    fn hold_providers(&self, run: &Run, open: &mut Open) {
        let providers = &self.external.providers;
        let statement = &self.external.statement;
        if is_none(statement) && !providers.is_empty() {
            open.add("external.statement", "it says `none`, and providers are listed: keep one of the two");
        } else if !is_none(statement) && !blank(statement) && providers.is_empty() {
            open.add("external.provider", "list who supplied which results, or state `none`");
        }
        for (at, provider) in providers.iter().enumerate() {
            open.need(&format!("external.provider {}: name", at + 1), &provider.name, "name the provider");
            if provider.tests.is_empty() {
                open.add(&format!("external.provider {}: tests", at + 1), "list the tests by their ids");
            }
            for test in provider.tests.iter().filter(|test| run.results.iter().all(|result| &result.test != *test)) {
                open.add(&format!("external.provider {}: tests", at + 1), &format!("the run has no test `{test}`: `run.json` lists them"));
            }
        }
        for result in run.results.iter().filter(|result| result.basis == Basis::Imported && self.provider_of(result).is_none()) {
            open.add("external.provider", &format!("the result of `{}` is taken over from others: say from whom", result.test));
        }
    }
}

/// What is still open, in the order in which it was found.
#[derive(Default)]
struct Open(Vec<String>);

impl Open {
    fn add(&mut self, whose: &str, what: &str) {
        self.0.push(visible_line(&format!("{whose}: {what}")));
    }

    fn need(&mut self, field: &str, text: &str, what: &str) {
        if blank(text) {
            self.add(field, what);
        }
    }

    fn need_person(&mut self, field: &str, person: &Person) {
        self.need(&format!("{field}: name"), &person.name, "name the person");
        self.need(&format!("{field}: function"), &person.function, "state the function of the person in the laboratory");
    }

    fn day(&mut self, field: &str, text: &str) -> Option<Date> {
        let day = date(text.trim());
        if day.is_none() {
            self.add(field, "give the day as 2026-01-31");
        }
        day
    }

    fn day_of_run(&mut self, what: &str, moment: &str) -> Option<Date> {
        let day = moment.get(..10).and_then(date);
        if day.is_none() {
            self.add("the run", &format!("does not say when it {what}: run again"));
        }
        day
    }

    /// `earlier` may not lie after `later`; what is not known was complained about before.
    fn in_order(&mut self, field: &str, earlier: Option<Date>, later: Option<Date>, contradiction: &str, day_of: &str) {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && earlier > later
        {
            self.add(field, &format!("{contradiction} ({earlier} and {later}): correct the day of {day_of}"));
        }
    }
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn is_none(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("none")
}
