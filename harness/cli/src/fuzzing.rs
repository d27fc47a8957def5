//! Every reader of files takes any bytes; `fuzz/src/drive.rs` tells how.

#[path = "../../../fuzz/src/drive.rs"]
mod drive;
#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets use them from outside")]
mod files;

use std::borrow::Cow;
use std::time::Duration;

use assay_model::form::MAX_BYTES;

use crate::target::Endpoint;

/// The longest that a file of the greatest length may be worked on, in a program built for tests.
const LONGEST: Duration = Duration::from_secs(10);

/// Readers that this program keeps to itself.
const OWN: &[(&str, files::Reader)] = &[("file_campaign", campaign), ("file_lines", lines)];

/// The list of the products of a campaign.
fn campaign(bytes: &[u8]) {
    crate::campaign::read_anything(&text(bytes));
}

/// Lists with one thing a line: endpoints, and pairs of user and password.
fn lines(bytes: &[u8]) {
    let text = text(bytes);
    crate::logins::read_anything(&text);
    for line in text.lines() {
        let _ = Endpoint::read(line);
    }
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[test]
fn every_reader_takes_any_bytes() {
    drive::any_bytes(files::READERS);
    drive::any_bytes(OWN);
}

/// Files as long as they may be: many of what a person writes once, each with a number in the place of `#`.
#[test]
fn the_longest_files_are_soon_read() {
    let product = "[product]\nmanufacturer = \"Example Appliances\"\nmodel = \"DW-100\"\nversion = \"2.4.1\"\n";
    let component = "[[component]]\nid = \"c#\"\nrole = \"device\"\naddress = \"192.0.2.1\"\n";
    let interface = "[[component.interface]]\nid = \"i#\"\nspeaks = \"http\"\nport = 80\n";
    let many: [(&str, &str, &str); 9] = [
        ("file_answers", &format!("schema = \"assay.answers/1\"\n{product}"), "[[answer]]\nquestion = \"family/test/l#\"\n"),
        ("file_gaps", "schema = \"assay.gaps/1\"\nrun = \"x\"\n", "[[gap]]\nrequirement = \"LA(AUN).#\"\n"),
        ("file_issuer", "schema = \"assay.issuer/1\"\n", "[[member]]\nmodel = \"#\"\n"),
        ("file_campaign", "schema = \"assay.campaign/1\"\n", "[[product]]\nid = \"p#\"\nprofile = \"p\"\n"),
        ("file_laboratory", "schema = \"assay.laboratory/1\"\n", "[[equipment]]\nname = \"#\"\n"),
        ("file_profile", "schema = \"assay.profile/1\"\n", component),
        ("file_profile", &format!("schema = \"assay.profile/1\"\n{component}"), interface),
        ("file_profile", "", "role#=1\n"),
        ("file_profile", "role=[", "{id#=1},"),
    ];
    for (name, head, block) in many {
        let mut text = head.to_owned();
        for number in 0.. {
            let next = block.replace('#', &format!("{number}"));
            if text.len() + next.len() > MAX_BYTES {
                break;
            }
            text += &next;
        }
        let (_, read) = files::READERS.iter().chain(OWN).find(|reader| reader.0 == name).unwrap();
        let took = drive::time(*read, text.as_bytes());
        eprintln!("{name}: {} bytes of {block:?} in {took:?}", text.len());
        assert!(took < LONGEST, "{name}: {took:?} for {block}");
    }
}

#[test]
fn no_reader_grows_faster_than_its_input() {
    drive::growth(files::READERS);
    drive::growth(OWN);
}
