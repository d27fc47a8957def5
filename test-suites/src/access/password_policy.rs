//! Are passwords that are too short or too common refused, and long ones taken whole?

use assay_engine::{Bench, Control, Finding, Outcome, Seen, Stop, Test};
use assay_model::policy::AccessPolicy;
use assay_model::profile::{Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client, Session};
use serde::Serialize;

use crate::registrar::{Made, Registrar, doing, letters, offers};

pub(super) const TEST: Test = Test {
    id: "access/password-policy",
    title: "Are passwords that are too short or too common refused, and long ones taken whole?",
    shows: &["LA(AUN).2"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, &[Purpose::CreateAccount, Purpose::RemoveAccount, Purpose::ChangePassword]),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-63B-4 3.1.1.2", "SP 800-53 IA-5(1)"],
    limits: "how long the list of common passwords is, passwords at other doors, and how passwords are kept",
};

/// Long passwords that are too common, from published lists of leaked ones and from rows of keys.
const COMMON: [&str; 8] = [
    "passwordpassword",
    "123456789012345",
    "1234567890123456",
    "qwertyuiopasdfgh",
    "qwertyuiopasdfghjkl",
    "iloveyouiloveyou",
    "abcdefghijklmnop",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// What came of the passwords that were tried.
#[derive(Debug, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one for each password, taken or not")]
struct Tried {
    short: bool,
    common_taken: Vec<&'static str>,
    least: bool,
    long: bool,
    long_of_all_kinds: Option<bool>,
    spaces_and_letters_of_others: bool,
    name_of_the_user: bool,
    beginning_lets_in: Option<bool>,
}

/// An account whose password is changed again and again.
struct Chooser<'r> {
    registrar: &'r Registrar,
    change: Operation,
    made: Made,
    client: Client,
    session: Session,
}

impl Chooser<'_> {
    /// Tries to choose this password; signs in with it when it was taken.
    async fn choose(&mut self, new: &str) -> Result<bool, Stop> {
        self.registrar.hide(new);
        let words = [("user", self.made.user.as_str()), ("password", self.made.password.as_str()), ("new_password", new)];
        let answer = http::invoke(&mut self.client, &self.change, Some(&self.session), &words).await?;
        if !Access::of(&answer).is_granted() {
            return Ok(false);
        }
        new.clone_into(&mut self.made.password);
        (self.client, self.session) = self.registrar.entered(&self.made).await?;
        Ok(true)
    }
}

async fn run(bench: Bench) -> Outcome {
    let mut registrar = Registrar::open(&bench).await?;
    let outcome = look(&bench, &mut registrar).await;
    registrar.close(outcome).await
}

async fn look(bench: &Bench, registrar: &mut Registrar) -> Outcome {
    let policy = bench.policy();
    let (least, _) = registrar.roles()?;
    let made = registrar.make_with_role(&least).await?;
    let (client, session) = registrar.entered(&made).await?;
    let change = doing(&registrar.interface, Purpose::ChangePassword)?.clone();
    let mut chooser = Chooser { registrar, change, made, client, session };
    let tried = try_all(&mut chooser, &policy.access).await?;
    let seen = bench.record("the passwords that were tried", &tried)?;
    judge(&tried, seen, &policy.access)
}

async fn try_all(chooser: &mut Chooser<'_>, policy: &AccessPolicy) -> Result<Tried, Stop> {
    let (fewest, most) = (policy.password_min_length.value, policy.password_must_take.value);
    let mut tried = Tried { short: chooser.choose(&letters(fewest.saturating_sub(1))?).await?, ..Tried::default() };
    for common in COMMON.into_iter().filter(|common| common.len() >= fewest) {
        if chooser.choose(common).await? {
            tried.common_taken.push(common);
        }
    }
    let name = chooser.made.user.clone();
    tried.name_of_the_user = chooser.choose(&name).await?;
    tried.least = chooser.choose(&letters(fewest)?).await?;
    tried.spaces_and_letters_of_others = chooser.choose(&format!("{} {} ä ß", letters(8)?, letters(8)?)).await?;
    let long = letters(most)?;
    tried.long = chooser.choose(&long).await?;
    if !tried.long {
        tried.long_of_all_kinds = Some(chooser.choose(&format!("{}A7!", letters(most.saturating_sub(3))?)).await?);
    }
    if tried.long {
        let beginning = long.get(..long.len() - 1).unwrap_or_default();
        chooser.registrar.hide(beginning);
        tried.beginning_lets_in = Some(chooser.registrar.lets_in(&name, beginning).await?);
    }
    Ok(tried)
}

fn judge(tried: &Tried, seen: Seen, policy: &AccessPolicy) -> Outcome {
    let (fewest, most) = (policy.password_min_length.value, policy.password_must_take.value);
    let expected =
        format!("fewer than {fewest} characters and common passwords refused; {most} letters taken whole, without rules on their kinds");
    let finding =
        |reason: String| Finding { reason, expected, observed: format!("{tried:?}"), source: policy.password_min_length.source.clone() };
    let faults = [
        (tried.short, format!("a password of {} letters was taken: demand {fewest} characters", fewest.saturating_sub(1))),
        (tried.common_taken.len() == COMMON.len(), "no common password was refused: hold new passwords against a list of them".to_owned()),
        (tried.long_of_all_kinds == Some(true), "letters alone were refused: do not demand characters of certain kinds".to_owned()),
        (tried.long_of_all_kinds == Some(false), format!("a password of {most} characters was refused: take that many at least")),
        (tried.beginning_lets_in == Some(true), "a password lets in without its last character: look at all of it".to_owned()),
    ];
    let faults: Vec<_> = faults.into_iter().filter(|(there, _)| *there).map(|(_, fault)| fault).collect();
    let ruling = if !faults.is_empty() {
        seen.fail(finding(faults.join("; ")))
    } else if !tried.common_taken.is_empty() {
        let what = format!(
            "{} of {} common passwords were taken: whether the list is long enough is for a person to say",
            tried.common_taken.len(),
            COMMON.len()
        );
        seen.inconclusive(finding(what))
    } else {
        let control: Control = seen.control(format!("by the same request a password of {most} letters was taken, and let in"));
        seen.pass(control, finding("short and common passwords were refused, a long one was taken whole".to_owned()))
    };
    let notes = [
        (!tried.least && tried.long, format!("{fewest} letters were refused: the product demands more")),
        (!tried.spaces_and_letters_of_others, "spaces, or letters that are not ASCII, were refused in a password".to_owned()),
        (tried.name_of_the_user, "the name of the user was taken as the password".to_owned()),
    ];
    Ok(notes.into_iter().filter(|(there, _)| *there).fold(ruling?, |ruling, (_, note)| ruling.note(note)))
}
