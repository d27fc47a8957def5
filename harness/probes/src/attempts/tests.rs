//! Against doors that answer from a list.

use std::collections::VecDeque;

use super::*;
use crate::testing::permit;

struct Scripted {
    answers: VecDeque<Result<Accepted>>,
    hung_up: u32,
}

impl Door for Scripted {
    fn knock<'a>(&'a mut self, _: &'a str, _: &'a str) -> Knock<'a> {
        Box::pin(async move { self.answers.pop_front().unwrap_or(Ok(Accepted::Refused)) })
    }

    fn hang_up(&mut self) {
        self.hung_up += 1;
    }
}

fn attempts(answers: impl IntoIterator<Item = Result<Accepted>>, lock: Option<u32>) -> Attempts {
    Attempts::new(permit(1), Scripted { answers: answers.into_iter().collect(), hung_up: 0 }, lock)
}

fn closed() -> Result<Accepted> {
    Err(Error::Closed("peer".to_owned()))
}

#[tokio::test]
async fn nothing_is_sent_after_a_stop() {
    let stops = [
        Ok(Accepted::Throttled("answer 429".to_owned())),
        Ok(Accepted::Unclear("odd".to_owned())),
        Err(Error::Refused("peer".to_owned())),
        Err(Error::Reset("peer".to_owned())),
        Err(Error::Budget("none".to_owned())),
    ];
    for stop in stops {
        let mut attempts = attempts([Ok(Accepted::Refused), stop.clone(), Ok(Accepted::Accepted)], None);
        assert_eq!(attempts.attempt("a", "x").await, Ok(Accepted::Refused));
        assert_eq!(attempts.stopped(), None);
        assert!(!attempts.attempt("a", "x").await.unwrap().is_accepted());
        let why = attempts.stopped().unwrap_or_default().to_owned();
        assert_eq!(attempts.attempt("a", "x").await, Ok(Accepted::Unclear(format!("not sent: {why}"))), "{stop:?}");
        assert_eq!(attempts.made(), 2);
        attempts.rested(|_| false);
        assert_eq!(attempts.attempt("a", "x").await, Ok(Accepted::Accepted));
    }
}

#[tokio::test]
async fn no_account_fails_more_often_than_locks_it() {
    let mut attempts = attempts([Ok(Accepted::Refused), Ok(Accepted::Refused), Ok(Accepted::Accepted)], Some(2));
    for _ in 0..2 {
        assert_eq!(attempts.attempt("a", "x").await, Ok(Accepted::Refused));
    }
    assert_eq!(attempts.attempt("b", "x").await, Ok(Accepted::Accepted));
    assert_eq!((attempts.failures_of("a"), attempts.failures_in_a_row()), (2, 0));
    assert!(matches!(attempts.attempt("a", "x").await, Ok(Accepted::Unclear(why)) if why.contains("2 times in a row")));
    attempts.rested(|_| false);
    assert_eq!(attempts.attempt("a", "x").await, Ok(Accepted::Refused));
}

#[tokio::test]
async fn a_hang_up_without_a_word_is_tried_once_more() {
    let mut once = attempts([closed(), Ok(Accepted::Accepted)], None);
    assert_eq!(once.attempt("a", "x").await, Ok(Accepted::Accepted));
    let mut twice = attempts([closed(), closed()], None);
    assert!(matches!(twice.attempt("a", "x").await, Ok(Accepted::Unclear(_))));
    assert!(twice.stopped().is_some_and(|why| why.contains("closed")));
}

#[tokio::test]
async fn faults_of_this_machine_are_errors() {
    let mut attempts = attempts([Err(Error::Local("broken".to_owned()))], None);
    assert!(attempts.attempt("a", "x").await.is_err());
}

#[test]
fn a_connection_carries_what_it_is_seen_to_carry() {
    let mut load = Load::of(6);
    load.add();
    assert!(!load.cut_short() && load.left() == 5, "the first on a connection shows nothing");
    load.begin();
    for _ in 0..4 {
        load.add();
    }
    assert!(load.cut_short());
    load.begin();
    assert_eq!(load.left(), 3);
}
