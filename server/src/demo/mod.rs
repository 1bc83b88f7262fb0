//! A believable workspace to try Atelier with: a bakery-café on a quay, its people and its customers.

mod canvas;
mod order;
mod progress;
mod recognition;
mod script;
mod talk;

use std::collections::HashMap;

use automerge::{ActorId, AutoCommit, transaction::CommitOptions, transaction::Transactable};
use serde_json::json;
use shared::{
    BoardId, IdeaId, Locale, PersonId, Role, TagId,
    api::{AuditAct, Colour, Millis, PersonView, PromiseView, SignUpRule, TagView},
    live::concept::{ENCODING, Field, Texts},
    rules::{Audience, BoardAct, BoardRules, EditingRule, Standing, may_on_board},
};
use uuid::Uuid;

use crate::{
    Atelier,
    domain::{self, boards as board_use, ideas as idea_use, markdown::Renderer, people::Sought},
    jobs::follow,
    store::{
        Tx, audit, boards, clocks,
        log::{self, NewChange},
        members, people,
        stages::{self as stages_of, Move},
        tags, votes, workspace,
    },
};

const NAME: &str = "Le Fournil du Quai";
/// Everybody's in the demo.
pub const PASSWORD: &str = "levain-et-beurre";
/// The act by which the record knows a demo.
const FILLED: AuditAct = AuditAct::FillDemo;
const HOUR: Millis = 60 * 60 * 1000;

/// Handle, name, role, language, and how many days ago they joined.
const PEOPLE: [(&str, &str, Role, Locale, i64); 14] = [
    ("camille", "Camille Roussel", Role::Owner, Locale::Fr, 190),
    ("nadia", "Nadia Benali", Role::Moderator, Locale::Fr, 188),
    ("hugo", "Hugo Lemaire", Role::Researcher, Locale::Fr, 187),
    ("ines", "Inès Carvalho", Role::Researcher, Locale::Fr, 150),
    ("theo", "Théo Marchand", Role::Employee, Locale::Fr, 186),
    ("jeanne", "Jeanne Le Goff", Role::Employee, Locale::Fr, 186),
    ("lea", "Léa Fontaine", Role::Customer, Locale::Fr, 171),
    ("paul", "Paul Vasseur", Role::Customer, Locale::Fr, 168),
    ("margaux", "Margaux Petit", Role::Customer, Locale::Fr, 149),
    ("karim", "Karim Haddad", Role::Customer, Locale::Fr, 120),
    ("owen", "Owen Price", Role::Customer, Locale::En, 88),
    ("priya", "Priya Raman", Role::Customer, Locale::En, 47),
    ("victor", "Victor Blin", Role::Customer, Locale::Fr, 3),
    ("noe", "Noé Garnier", Role::Customer, Locale::Fr, 1),
];

struct BoardScript {
    slug: &'static str,
    title: &'static str,
    purpose: &'static str,
    rules: BoardRules,
    by: &'static str,
    /// Within how many days an answer is promised there.
    promises: Option<u32>,
    ideas: &'static str,
}

const BOARDS: [BoardScript; 3] = [
    BoardScript {
        slug: "au-comptoir",
        title: "Au comptoir",
        purpose: "Ce que vous aimeriez trouver chez nous, du premier café à la fermeture. Tout le monde propose, tout le monde améliore.",
        rules: BoardRules { audience: Audience::Public, editing: EditingRule::Everyone },
        by: "nadia",
        promises: Some(21),
        ideas: include_str!("../../demo/comptoir.md"),
    },
    BoardScript {
        slug: "le-pain-de-demain",
        title: "Le pain de demain",
        purpose: "Recettes à inventer, à retrouver ou à réparer. Chaque idée est écrite par ses co-auteurs et l’équipe, essais ratés compris.",
        rules: BoardRules { audience: Audience::Public, editing: EditingRule::Coauthors },
        by: "camille",
        promises: None,
        ideas: include_str!("../../demo/pain.md"),
    },
    BoardScript {
        slug: "coulisses",
        title: "Coulisses du fournil",
        purpose: "Entre nous : le travail, les gestes, les machines. Rien d’ici ne sort de l’équipe.",
        rules: BoardRules { audience: Audience::Staff, editing: EditingRule::Staff },
        by: "camille",
        promises: None,
        ideas: include_str!("../../demo/coulisses.md"),
    },
];

/// So many days ago, the boards that promise an answer began to.
const PROMISED: i64 = 62;

/// An account to sign in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What they are.
    pub role: Role,
    /// Their name.
    pub name: &'static str,
    /// Their e-mail address.
    pub email: String,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Somebody's work is there; the demo never mixes with it.
    #[error(
        "the demo needs a database of its own, and this one holds another workspace. Leave ATELIER_DATABASE_URL unset \
         to use sqlite:data/demo.db, or name an empty database"
    )]
    NotEmpty,
    /// The demo's own texts cannot be read.
    #[error("the demo's texts are not written as they should be: {0}")]
    Script(&'static str),
    /// The database, or what stands before it.
    #[error(transparent)]
    Domain(#[from] domain::Error),
}

impl From<crate::store::StoreError> for DemoError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Domain(error.into())
    }
}

/// Fills an empty database with the demo's workspace, all of it or nothing; one that holds it already stays as it is.
/// Answers with an account of each role.
///
/// # Errors
/// [`DemoError::NotEmpty`] when the database holds another workspace.
pub async fn open(atelier: &Atelier) -> Result<Vec<Account>, DemoError> {
    let mut passwords = Vec::new();
    let mut tx = atelier.db.read().await?;
    let filled = audit::happened(&mut tx, FILLED).await?;
    let empty = people::list(&mut tx, &Sought::default(), None, 1).await?.is_empty();
    drop(tx);
    if !filled {
        if !empty {
            return Err(DemoError::NotEmpty);
        }
        // Before the transaction: hashing takes its time on purpose.
        for _ in PEOPLE {
            passwords.push(atelier.passwords.turn().await?.hash(PASSWORD.to_owned()).await?);
        }
        let mut tx = atelier.db.write().await?;
        fill(&mut tx, passwords, domain::now()).await?;
        tx.commit().await?;
        follow::credit_all(&atelier.db, || false).await?;
    }
    let mut accounts: Vec<Account> = Vec::new();
    for (handle, name, role, _, _) in PEOPLE {
        if accounts.iter().all(|account| account.role != role) {
            accounts.push(Account { role, name, email: email(handle) });
        }
    }
    Ok(accounts)
}

fn email(handle: &str) -> String {
    format!("{handle}@fournilduquai.example")
}

async fn fill(tx: &mut Tx, passwords: Vec<String>, now: Millis) -> Result<(), DemoError> {
    let days_ago = |days: i64| now - days * 24 * HOUR;
    workspace::found(tx, NAME, SignUpRule::Open, days_ago(190)).await?;
    workspace::set_time_zone(tx, "Europe/Paris").await?;
    let mut everybody = HashMap::new();
    for ((handle, name, role, locale, days), password_hash) in PEOPLE.into_iter().zip(passwords) {
        let person = PersonView {
            id: PersonId::new(),
            handle: handle.to_owned(),
            name: name.to_owned(),
            role,
            unclaimed: false,
            left: false,
        };
        let account = people::Account {
            person: person.clone(),
            email: email(handle),
            password_hash,
            locale: Some(locale),
            created_at: days_ago(days),
        };
        people::add(tx, &account).await?;
        everybody.insert(handle, person);
    }
    let whose = |handle: &str| everybody.get(handle).ok_or(DemoError::Script("nobody has this handle"));

    let (mut scripts, mut promises) = (Vec::new(), Vec::new());
    for script in &BOARDS {
        let by = whose(script.by)?.id;
        let new = boards::NewBoard {
            id: BoardId::new(),
            slug: script.slug,
            title: script.title,
            purpose: script.purpose,
            rules: script.rules,
            by,
            at: days_ago(185),
        };
        board_use::write(tx, &new).await?;
        promises.extend(script.promises.map(|days| (new.id, days)));
        let board = boards::by_slug(tx, None, script.slug).await?.ok_or(DemoError::Script("a board is missing"))?;
        let stages = boards::stages(tx, board.id).await?;
        let ideas = script::read(script.ideas).ok_or(DemoError::Script(script.slug))?;
        scripts.extend(ideas.into_iter().map(|idea| (board.clone(), stages.clone(), idea)));
    }
    // Numbers rise with time, as they would have.
    scripts.sort_by_key(|(_, _, idea)| -idea.days_ago);
    let mut by_title = HashMap::new();
    for (place, (board, stages, idea)) in (0..).zip(&scripts) {
        if idea.days_ago <= PROMISED {
            for (board, days) in promises.drain(..) {
                clocks::set_promise(tx, board, Some(PromiseView { days, since: days_ago(PROMISED) })).await?;
            }
        }
        // Not all at the same time of the day.
        let at = days_ago(idea.days_ago) - (place * 37 % 60) * 60_000 - (place % 7) * HOUR;
        let author = whose(idea.author)?;
        let concept = idea_use::Concept::new(idea.texts.clone());
        let written = idea_use::write(tx, board, author, &concept, at).await?;
        for handle in &idea.coauthors {
            members::add_coauthor(tx, written.id, whose(handle)?.id, at + HOUR).await?;
        }
        let stage = stages.get(idea.stage).ok_or(DemoError::Script("there is no such stage"))?;
        if let Some((by, reason)) = idea.moved {
            let by = whose(by)?.id;
            let listening =
                Move { idea: written.id, from: stages[0].id, to: stages[1].id, by, reason: "", at: at + 20 * HOUR };
            // Listening first, and where it stands now after a third of its days.
            let then =
                Move { from: stages[1].id, to: stage.id, reason, at: at + idea.days_ago * 8 * HOUR, ..listening };
            let moves = if idea.stage == 1 { vec![Move { reason, ..listening }] } else { vec![listening, then] };
            for moved in moves {
                stages_of::set(tx, &moved).await?;
                talk::moved(tx, &moved).await?;
            }
        }
        by_title.insert(idea.texts.title.as_str(), written.id);
        tag(tx, board.id, written.id, &idea.tags).await?;
        rewrite(tx, &written, idea, at, &whose).await?;
        talk::hold(tx, &written, idea, at, &everybody).await?;
        support(tx, &written, board.rules, idea, (place, at, now), &everybody).await?;
    }
    let (board, ..) =
        scripts.iter().find(|(board, ..)| board.slug == BOARDS[0].slug).ok_or(DemoError::Script("no board"))?;
    let of_board = scripts.iter().filter(|(of, ..)| of.id == board.id);
    let cards: Vec<IdeaId> =
        of_board.filter_map(|(_, _, idea)| by_title.get(idea.texts.title.as_str()).copied()).take(5).collect();
    progress::publish(tx, &by_title, &everybody, now).await?;
    let boards_of: HashMap<IdeaId, BoardId> = scripts
        .iter()
        .filter_map(|(board, _, idea)| Some((*by_title.get(idea.texts.title.as_str())?, board.id)))
        .collect();
    recognition::give(tx, &by_title, &boards_of, board.id, &everybody, now).await?;
    recognition::offer(tx, &everybody, now).await?;
    canvas::hold(tx, board, &cards, &everybody, days_ago(2)).await?;
    talk::tell(tx, now).await?;
    order::wait(tx, &by_title, &everybody, now).await?;
    let owner = whose(PEOPLE[0].0)?.id;
    Ok(audit::add(tx, owner, FILLED, "workspace", &json!({ "ideas": scripts.len() })).await?)
}

/// Gives an idea its tags, each new one in the next colour.
async fn tag(tx: &mut Tx, board: BoardId, idea: IdeaId, names: &[&str]) -> Result<(), DemoError> {
    let mut chosen = Vec::new();
    for name in names {
        let known = tags::of_board(tx, board).await?;
        let found = known.iter().find(|tag| tag.name == *name).map(|tag| tag.id);
        let id = match found {
            Some(id) => id,
            None => {
                let colour = Colour::ALL[(known.len() + 1) % Colour::ALL.len()];
                let tag = TagView { id: TagId::new(), name: (*name).to_owned(), colour };
                tags::insert(tx, board, &tag).await?;
                tag.id
            }
        };
        chosen.push(id);
    }
    Ok(tags::set(tx, idea, &chosen).await?)
}

/// Lets those who could see an idea want it or not: the same ones in each demo, some ideas more than others.
async fn support(
    tx: &mut Tx,
    written: &idea_use::Written,
    rules: BoardRules,
    idea: &script::Idea,
    (place, at, now): (i64, Millis, Millis),
    everybody: &HashMap<&str, PersonView>,
) -> Result<(), DemoError> {
    for (turn, (handle, _, role, _, joined)) in (0..).zip(PEOPLE) {
        let voted_at = at + (turn * 29 + place * 13) % 240 * HOUR + turn * 7 * 60_000;
        let sees = may_on_board(BoardAct::Vote, Standing { role: Some(role), ..Standing::default() }, rules).is_ok();
        let was_there = joined * 24 * HOUR > now - voted_at;
        let wants = (turn * 5 + place * 3) % 7 < 1 + place % 5;
        if let Some(person) = everybody.get(handle)
            && sees
            && was_there
            && wants
            && handle != idea.author
            && voted_at < now
        {
            votes::add(tx, written.id, person.id, voted_at).await?;
            votes::take_part(tx, written.id, person.id, voted_at).await?;
        }
    }
    Ok(())
}

/// Makes the edits of an idea, each a change of its person, and lets the idea follow.
async fn rewrite<'a>(
    tx: &mut Tx,
    written: &idea_use::Written,
    idea: &script::Idea,
    at: Millis,
    whose: &impl Fn(&str) -> Result<&'a PersonView, DemoError>,
) -> Result<(), DemoError> {
    let fault = |error: automerge::AutomergeError| DemoError::Domain(domain::Error::Fault(error.to_string()));
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    doc.apply_changes([written.first.clone()]).map_err(fault)?;
    let mut actors: HashMap<&str, Uuid> = HashMap::new();
    let mut texts: Texts = idea.texts.clone();
    let mut changes = Vec::new();
    for (seq, edit) in (2_u64..).zip(&idea.edits) {
        let person = whose(edit.who)?.id;
        let stored_at = at + edit.hours * HOUR;
        let actor = *actors.entry(edit.who).or_insert_with(Uuid::now_v7);
        log::claim_actor(tx, actor.as_bytes(), person, stored_at).await?;
        doc.set_actor(ActorId::from(actor.as_bytes().as_slice()));
        let object = edit.field.object(&doc).map_err(|_| DemoError::Script("a concept lacks a text"))?;
        doc.update_text(&object, &edit.text).map_err(fault)?;
        doc.commit_with(CommitOptions::default().with_time(stored_at / 1000));
        let change = doc.get_last_local_change().ok_or(DemoError::Script("an edit changes nothing"))?;
        let bytes = change.raw_bytes().to_vec().into();
        let actor = actor.as_bytes().to_vec();
        changes.push(NewChange {
            document: written.document,
            seq,
            hash: change.hash().0,
            actor,
            person,
            bytes,
            stored_at,
        });
        match edit.field {
            Field::Title => texts.title.clone_from(&edit.text),
            Field::Pitch => texts.pitch.clone_from(&edit.text),
            Field::Body => texts.body.clone_from(&edit.text),
        }
    }
    if !changes.is_empty() {
        log::append(tx, &changes.iter().collect::<Vec<_>>()).await?;
        let seq = 1 + changes.len() as u64;
        let shown = idea_use::Shown::of(&texts, &mut Renderer::default());
        // Nobody has said anything about a passage yet.
        idea_use::reflect_in(tx, written.document, seq, shown, &()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use shared::{api::CommentKind, limits};

    use super::*;

    #[test]
    fn the_script_keeps_to_the_rules_and_the_calendar() {
        let role = |handle: &str| PEOPLE.iter().find(|person| person.0 == handle).map(|person| (person.2, person.4));
        let mut ideas = 0;
        let mut shaped_by_three = 0;
        for board in &BOARDS {
            for idea in script::read(board.ideas).expect(board.slug) {
                let title = &idea.texts.title;
                ideas += 1;
                assert!(title.chars().count() <= limits::TITLE, "{title}");
                assert!((20..=limits::PITCH).contains(&idea.texts.pitch.chars().count()), "{title}");
                let (of_author, joined) = role(idea.author).expect(idea.author);
                assert!(joined > idea.days_ago, "{} proposed before joining: {title}", idea.author);
                let author = Standing { role: Some(of_author), ..Standing::default() };
                assert_eq!(may_on_board(BoardAct::Propose, author, board.rules), Ok(()), "{title}");
                let mut last = 0;
                let mut hands = vec![idea.author];
                for edit in &idea.edits {
                    let (of_editor, joined) = role(edit.who).expect(edit.who);
                    let standing = Standing {
                        role: Some(of_editor),
                        coauthor: edit.who == idea.author || idea.coauthors.contains(&edit.who),
                        ..Standing::default()
                    };
                    assert_eq!(
                        may_on_board(BoardAct::EditConcept, standing, board.rules),
                        Ok(()),
                        "{title}: {}",
                        edit.who
                    );
                    assert!(edit.hours > last && edit.hours < idea.days_ago * 24, "{title}: {}", edit.hours);
                    assert!(joined * 24 > idea.days_ago * 24 - edit.hours, "{title}: {} had not joined", edit.who);
                    last = edit.hours;
                    hands.push(edit.who);
                }
                assert_eq!(idea.stage > 0, idea.moved.is_some(), "{title}: nobody moved it, or to where it was");
                let moved = idea.moved.map(|(by, _)| (by, BoardAct::SetStage));
                let act = |kind| match kind {
                    CommentKind::Comment => BoardAct::Comment,
                    CommentKind::Answer | CommentKind::Question => BoardAct::Answer,
                    CommentKind::Note => BoardAct::StaffNote,
                };
                for (who, act) in idea.talk.iter().map(|said| (said.who, act(said.kind))).chain(moved) {
                    let standing = Standing { role: role(who).map(|(role, _)| role), ..Standing::default() };
                    assert_eq!(may_on_board(act, standing, board.rules), Ok(()), "{title}: {who}");
                }
                for said in &idea.talk {
                    let (_, joined) = role(said.who).expect(said.who);
                    assert!(said.hours < (idea.days_ago - 1) * 24 + 12, "{title}: {} h", said.hours);
                    assert!(joined * 24 > idea.days_ago * 24 - said.hours, "{title}: {} had not joined", said.who);
                }
                hands.sort_unstable();
                hands.dedup();
                shaped_by_three += usize::from(hands.len() >= 3);
            }
        }
        assert_eq!(ideas, 31);
        assert!(shaped_by_three >= 10, "{shaped_by_three}");
    }
}
