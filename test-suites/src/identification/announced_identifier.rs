//! Is the identifier of the sample in anything that the product announces to everybody?

use std::collections::BTreeSet;

use assay_capture::{Canary, Form, Search};
use assay_engine::{Applies, Bench, Outcome, Stop, Subject, Test};
use assay_model::profile::Speaks;
use assay_model::safety::{Method, Safety};

use super::announced::Heard;
use crate::traffic::{Judged, Words, word};

pub(super) const TEST: Test = Test {
    id: "identification/announced-identifier",
    title: "The identifier of the sample is in nothing that the product announces to everybody",
    shows: &["DI(AID).1.a"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-3", "EN 303 645 5.6-2", "RFC 6763 sections 6 and 9"],
    limits: "parts of the identifier, the same with other separators, other identifiers such as hardware addresses, services that are \
             missing in the product's own list of kinds, what is sent unasked, the description at the LOCATION of SSDP (also where it lies on \
             the product itself), and other hosts that records name",
};

/// The most places that are told of which nothing was read.
const MOST_NOTES: usize = 4;

fn applies(subject: &Subject<'_>) -> Applies {
    let announces = |speaks| matches!(speaks, Speaks::Mdns | Speaks::Ssdp);
    subject.interface().is_some_and(|(component, interface)| component.identifier.is_some() && announces(interface.speaks)).into()
}

async fn run(bench: Bench) -> Outcome {
    let declared = bench.component()?.identifier.ok_or_else(|| Stop::missing("add `identifier` to the component in the profile"))?;
    let look = Look::of(&declared.expect)?;
    let (first, mut seen) = Heard::now(&bench).await?;
    let mut judged = Judged::with(look.open());
    let mut settled = look.over(&first, &mut judged);
    if !settled {
        let (again, too) = Heard::now(&bench).await?;
        seen = seen.and(too);
        settled = look.over(&again, &mut judged);
        if !settled && again.told != first.told {
            judged.leave_open("it announces other things when asked again, so that there may be more: have it announce the same");
        }
    }
    let planted = look.planted(&first);
    let of = first.places.len() + first.answers.len();
    seen = seen.and(bench.record("planted copies that the search found, and where it would have had to", &(planted, of))?);
    if planted != of {
        judged.leave_open(format!("the search found a planted copy in {planted} of {of} places, so that it shows nothing"));
    }
    let answers = first.answers.len();
    let control = seen.control(format!(
        "the product answered twice, well-formed and the same, and the search found a copy planted in each of the {of} places that it went over"
    ));
    let words = Words {
        met: "the identifier is in nothing that is announced".to_owned(),
        expected: "the identifier in no record and no reply",
        observed: format!("{answers} answers that tell {} different things", first.told.len()),
    };
    let ruling = judged.rule(seen, control, words)?;
    let named = first.elsewhere.iter().take(MOST_NOTES);
    Ok(named.fold(ruling, |ruling, place| ruling.note(format!("the description at {place} was not read"))))
}

/// The search for an identifier, in whatever letter case.
struct Look {
    name: String,
    identifier: String,
    search: Search,
}

impl Look {
    fn of(identifier: &str) -> Result<Self, Stop> {
        let cases = BTreeSet::from([identifier.to_owned(), identifier.to_lowercase(), identifier.to_uppercase()]);
        let name = format!("the identifier `{identifier}`");
        let canaries: Vec<_> = cases.into_iter().map(|case| Canary { id: name.clone(), bytes: case.into_bytes() }).collect();
        let search = Search::new(&canaries).map_err(|why| Stop::Error(why.to_string()))?;
        Ok(Self { name, identifier: identifier.to_owned(), search })
    }

    /// Why it cannot be searched for.
    fn open(&self) -> Vec<String> {
        let too = |name: &String| format!("{name} is too short or too long to be searched for: look for it in the evidence");
        self.search.unsearched.first().map(too).into_iter().collect()
    }

    /// The forms in which it stands in content.
    fn forms(&self, content: &[u8]) -> BTreeSet<Form> {
        let mut forms = BTreeSet::new();
        self.search.alone(content, &mut |_, form, _| _ = forms.insert(form));
        // Base64 in other letters is another value
        let small = String::from_utf8_lossy(content).to_lowercase();
        self.search.alone(small.as_bytes(), &mut |_, form, _| _ = (form != Form::Base64).then(|| forms.insert(form)));
        forms
    }

    /// Notes where the identifier is, and why there may be more; whether there was either.
    fn over(&self, heard: &Heard, judged: &mut Judged) -> bool {
        let hits = |places: &[(String, Vec<u8>)]| -> Vec<String> {
            let hit =
                |(place, form): (&String, Form)| format!("{} is announced ({}) in {place}: leave it out there", self.name, word(&form));
            let all = places.iter().flat_map(|(place, content)| self.forms(content).into_iter().map(move |form| (place, form)));
            all.map(hit).collect()
        };
        let mut found = hits(&heard.places);
        if found.is_empty() {
            found = hits(&heard.answers);
        }
        let settled = !found.is_empty() || !heard.open.is_empty();
        for what in found {
            judged.offend(what);
        }
        for why in &heard.open {
            judged.leave_open(why);
        }
        settled
    }

    /// In how many places the search finds a copy that is put there.
    fn planted(&self, heard: &Heard) -> usize {
        let finds = |(_, content): &&(String, Vec<u8>)| !self.forms(&[content, self.identifier.as_bytes()].concat()).is_empty();
        heard.places.iter().chain(&heard.answers).filter(finds).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identifier_is_found_in_each_case_and_form() {
        let look = Look::of("DW-0001").unwrap();
        for (content, form) in [
            ("id=DW-0001", Form::Plain),
            ("dw-0001.local", Form::Plain),
            ("Dw-0001", Form::Plain),
            ("44572d30303031", Form::Hex),
            ("64772D30303031", Form::Hex),
            ("RFctMDAwMQ==", Form::Base64),
            ("ZHctMDAwMQ==", Form::Base64),
        ] {
            assert_eq!(look.forms(content.as_bytes()), BTreeSet::from([form]), "{content}");
        }
        for content in ["DW-0002", "DW-001", "rfctmdawmq"] {
            assert!(look.forms(content.as_bytes()).is_empty(), "{content}");
        }
        assert!(look.open().is_empty());
        assert_eq!(Look::of("00001").unwrap().open().len(), 1);
    }
}
