//! What a product announces, by multicast DNS or by SSDP: asked of the product alone, place by place.

use std::collections::BTreeSet;

use assay_engine::{Bench, Seen, Stop};
use assay_model::profile::Speaks;
use assay_probes::mdns::{self, Announced, Data, Gap, Record};
use assay_probes::ssdp::{self, Found, Reply};

/// What was heard at one time.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Records, or fields of replies: how each is called, and its content.
    pub(super) places: Vec<(String, Vec<u8>)>,
    /// The answers as they came, which may hold more than the places.
    pub(super) answers: Vec<(String, Vec<u8>)>,
    /// What is announced, without what differs from answer to answer.
    pub(super) told: BTreeSet<String>,
    /// Why there may be more than was heard.
    pub(super) open: Vec<String>,
    /// Where it says that more is to be read, which was not read.
    pub(super) elsewhere: BTreeSet<String>,
}

impl Heard {
    /// Asks for everything, and records what comes.
    pub(super) async fn now(bench: &Bench) -> Result<(Self, Seen), Stop> {
        let permit = bench.permit()?;
        if bench.interface()?.speaks == Speaks::Ssdp {
            let found = ssdp::search(&permit).await?;
            let seen = bench.record("what is announced by SSDP", &found)?;
            return Ok((Self::of_ssdp(found), seen));
        }
        let announced = mdns::announced(&permit).await?;
        let seen = bench.record("what is announced by multicast DNS", &announced)?;
        Ok((Self::of_mdns(announced), seen))
    }

    fn of_mdns(announced: Announced) -> Self {
        let place = |record: &Record| {
            let (kind, said) = words(&record.data);
            (format!("the {kind} record of `{}`", record.name), format!("{}\n{said}", record.name).into_bytes())
        };
        let answer = |(name, bytes)| (format!("an answer about `{name}`"), bytes);
        Self {
            places: announced.records.iter().map(place).collect(),
            // how long a record holds may be counted down
            told: announced.records.iter().map(|record| format!("{} {:?}", record.name, record.data)).collect(),
            answers: announced.messages.into_iter().map(answer).collect(),
            open: announced.gaps.iter().map(why).collect(),
            elsewhere: BTreeSet::new(),
        }
    }

    fn of_ssdp(found: Found) -> Self {
        let mut heard = Self::default();
        for reply in &found.replies {
            let Reply { location, server, search_target, unique_name } = reply;
            let fields = [("LOCATION", location), ("SERVER", server), ("ST", search_target), ("USN", unique_name)];
            let there = fields.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
            heard.places.extend(there.map(|(name, value)| (format!("the field {name} of a reply"), value.clone().into_bytes())));
            heard.told.insert(format!("{reply:?}"));
            heard.elsewhere.extend(location.clone());
            if search_target.is_none() || unique_name.is_none() {
                heard.open.push("a reply lacks ST or USN, so that it does not say what it announces: mend it".to_owned());
            }
        }
        if found.odd > 0 {
            heard.open.push(format!("{} answers are no reply of SSDP: find out what answers there", found.odd));
        }
        if found.cut {
            heard.open.push("more replies may have come than were read: announce less, or capture the traffic".to_owned());
        }
        heard.answers = found.messages.into_iter().map(|bytes| ("a reply".to_owned(), bytes)).collect();
        heard
    }
}

/// The kind of a record and what it says.
fn words(data: &Data) -> (String, String) {
    let (kind, said) = match data {
        Data::Pointer(name) => ("PTR", name.clone()),
        Data::Service { host, .. } => ("SRV", host.clone()),
        Data::Text(strings) => ("TXT", strings.join("\n")),
        Data::Address(address) => ("address", address.clone()),
        Data::Other { kind, content } => return (format!("TYPE{kind}"), content.clone()),
    };
    (kind.to_owned(), said)
}

fn why(gap: &Gap) -> String {
    match gap {
        Gap::CutOff(of) => format!("there are {of}, which were not all read: announce less, or capture the traffic"),
        Gap::Unanswered(name) => format!("not all was told of `{name}`: have the responder answer, without a filter, and run again"),
        Gap::Malformed(name) => format!("an answer about `{name}` cannot be read: find out what answers there"),
    }
}
