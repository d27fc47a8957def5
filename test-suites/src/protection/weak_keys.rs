//! Has no public key a flaw by which its private key is known or can be computed?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::Interface;
use assay_model::safety::{Method, Safety};

use super::judge::{self, Listed, PublicKey, Words};
use super::shown_keys::{Shown, place, read_keys};
use super::unique_keys::{samples, shows_a_key};

/// The kind of document that lists keys known to be shared.
const KIND: &str = "known-keys";

pub(super) const TEST: Test = Test {
    id: "protection/weak-keys",
    title: "Has no public key a flaw by which its private key is known or can be computed?",
    shows: &["DP(KEY).1"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["CVE-2017-15361", "CVE-2022-26320", "CVE-2008-0166", "RFC 8017 3.1", "EN 303 645 5.4-4"],
    limits: "keys that are guessable in other ways, known keys that are not in the list that was supplied, and keys of other kinds than RSA beyond that list",
};

fn applies(subject: &Subject<'_>) -> Applies {
    subject.interface().is_some_and(|(_, interface)| shows_a_key(interface)).into()
}

async fn run(bench: Bench) -> Outcome {
    let (shown, seen) = own(&bench).await?;
    if shown.keys.is_empty() && shown.open.is_empty() {
        let reason = "the server shows no public key: whatever it accepts rests on a pre-shared key".to_owned();
        return seen.not_applicable(Finding { reason, ..Finding::default() });
    }
    let has_rsa = shown.keys.iter().any(PublicKey::is_rsa);
    let (others, unread) = if has_rsa { of_others(&bench).await? } else { (Vec::new(), Vec::new()) };
    let fired = judge::looks_find_flaws().map_err(Stop::Error)?;
    let seen =
        seen.and(bench.record("the keys, those beside them, and flaws that the same looks found elsewhere", &(&shown, &others, fired))?);
    let (list, seen) = List::read(&bench, &shown.keys, seen)?;
    let observed = in_words(&shown.keys);
    if !has_rsa && list.listed.is_none() && shown.open.is_empty() && list.open.is_none() {
        let reason = format!("the server shows no RSA key, which the looks are about, and {}", list.note);
        return seen.not_applicable(Finding { reason, observed, ..Finding::default() });
    }
    let mut judged = judge::weak(&shown.keys, &others, list.listed.as_ref());
    judged.open.extend(shown.open.into_iter().chain(list.open));
    if !unread.is_empty() {
        judged.note(format!("not held against the keys of {}, which could not be read", judge::some_of(&unread)));
    }
    let control = control(shown.keys.len(), others.len(), &fired, list.listed.as_ref());
    judged.note(list.note);
    let words = Words {
        met: "no key that the server shows has one of the known flaws".to_owned(),
        expected: "RSA keys with an odd exponent of 3 or more and two large primes apart, shared with nobody; no key of a list".to_owned(),
        observed,
        source: String::new(),
    };
    judged.rule(seen, control, words)
}

fn control(keys: usize, others: usize, fired: &[&str], listed: Option<&Listed>) -> Option<String> {
    let list = listed.map_or(String::new(), |listed| format!("; the list of {} keys was read to its end", listed.keys));
    let fired = fired.join(", ");
    (keys > 0).then(|| {
        format!("{keys} keys were read from the server and {others} from others, and in the same run the same looks found, in keys made to have them: {fired}{list}")
    })
}

/// The keys of the interface, on all samples.
async fn own(bench: &Bench) -> Result<(Shown, Seen), Stop> {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let samples = samples(&bench.profile(), &component);
    let (mut all, mut seen) = (Shown::default(), bench.record("the samples whose keys are looked at", &samples)?);
    for sample in samples {
        let (shown, read) = read_keys(bench, &component, &interface, &sample).await?;
        all.keys.extend(shown.keys);
        all.open.extend(shown.open);
        seen = seen.and(read);
    }
    Ok((all, seen))
}

/// The keys of all other servers of the product, and the servers whose keys could not be read.
async fn of_others(bench: &Bench) -> Result<(Vec<PublicKey>, Vec<String>), Stop> {
    let (own, but, profile) = (bench.component()?, bench.interface()?, bench.profile());
    let (mut keys, mut unread) = (Vec::new(), Vec::new());
    for component in &profile.components {
        let is_other = |interface: &&Interface| shows_a_key(interface) && (component.id != own.id || interface.id != but.id);
        for interface in component.interfaces.iter().filter(is_other) {
            for sample in samples(&profile, component) {
                match read_keys(bench, component, interface, &sample).await {
                    Ok((shown, _)) => keys.extend(shown.keys),
                    Err(error @ Stop::Error(_)) => return Err(error),
                    Err(_) => unread.push(place(component, interface, &sample)),
                }
            }
        }
    }
    Ok((keys, unread))
}

/// The supplied list of known keys.
struct List {
    /// What it says of the keys.
    listed: Option<Listed>,
    /// Which list it is.
    note: String,
    /// Why it cannot be read.
    open: Option<String>,
}

impl List {
    fn read(bench: &Bench, keys: &[PublicKey], seen: Seen) -> Result<(Self, Seen), Stop> {
        let profile = bench.profile();
        let Some(document) = profile.document(KIND) else {
            let note = format!("no list of known keys was held: add a document of kind {KIND} to the profile");
            return Ok((Self { listed: None, note, open: None }, seen));
        };
        let (name, list) = (&document.file, bench.file(&document.file)?);
        let sought: Vec<_> = keys.iter().map(|key| key.sha256.as_str()).collect();
        let read = judge::seek(&list, &sought);
        let seen = seen.and(bench.record_document(name, &list, &read)?);
        let list = match read {
            Err(why) => {
                let open = format!("the list of known keys cannot be read ({why}): mend {name}");
                Self { listed: None, note: format!("list of known keys: {name}, unreadable"), open: Some(open) }
            }
            Ok(listed) => {
                let date = listed.date.as_deref().map_or("without a date".to_owned(), |date| format!("of {date}"));
                Self { note: format!("list of known keys: {name} {date}, {} keys", listed.keys), listed: Some(listed), open: None }
            }
        };
        Ok((list, seen))
    }
}

fn in_words(keys: &[PublicKey]) -> String {
    let each = keys.iter().map(|key| format!("{}: {} {}...", key.place, key.kind, key.sha256.chars().take(16).collect::<String>()));
    judge::some_of(&each.collect::<Vec<_>>())
}
