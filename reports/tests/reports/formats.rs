//! Formats by name.

use assay_reports::{Format, Options, ReportError, render};

use crate::sample;

#[test]
fn every_format_makes_the_files_that_it_names() {
    for format in Format::UNASKED {
        let files = render(format, &sample::conforming(), &Options::default()).expect("files");
        let names: Vec<_> = files.iter().map(|file| file.name).collect();
        // there is no plan of action where nothing is to be done
        let made: Vec<_> = format.file_names().iter().copied().filter(|name| *name != "oscal-poam.json").collect();
        assert_eq!(names, made);
        assert!(files.iter().all(|file| file.contents.len() > 500));
        assert_eq!(format.word().parse(), Ok(format));
    }
}

#[test]
fn a_declaration_is_refused_and_the_rest_is_not() {
    let tried = Format::UNASKED.map(|format| render(format, &sample::mixed(), &Options::default()));
    assert!(tried[0].is_ok() && tried[1].is_ok() && tried[3].as_ref().is_ok_and(|files| files.len() == 3));
    assert!(matches!(&tried[2], Err(ReportError::Refused(refusal)) if refusal.open.len() == 6));
    assert_eq!("pdf\u{1b}".parse::<Format>(), Err("no format `pdf<ESC>`: choose from junit, html, sdoc, oscal, test-report".to_owned()));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for format in Format::UNASKED {
        let made = || render(format, &sample::conforming(), &Options::default()).expect("files");
        assert_eq!(made(), made());
    }
}
