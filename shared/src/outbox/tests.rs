//! Any order of deeds, failures, reloads and tabs: each comment exists once, the last word stands, nothing goes unsaid.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::api::{Code, NewComment};

const NOW: Millis = 1_700_000_000_000;

fn vote(key: &str, on: bool) -> Entry {
    Entry { was: !on, ..Entry::new(key.to_owned(), Deed::Vote { idea: 7, on }, "Flan".to_owned()) }
}

fn comment(key: &str, body: &str) -> Entry {
    let new = NewComment { body: body.to_owned(), ..NewComment::default() };
    Entry::new(key.to_owned(), Deed::Comment { idea: 7, new }, "Flan".to_owned())
}

fn refusal() -> Problem {
    Problem::new(Code::Away, "it is hidden")
}

#[test]
fn a_vote_given_and_taken_back_leaves_nothing_to_send() {
    let mut outbox = Outbox::default();
    outbox.add(vote("a", true), NOW);
    assert_eq!(outbox.next(NOW, &[]).map(|entry| entry.key.as_str()), Some("a"));
    assert_eq!(outbox.add(vote("b", false), NOW), [Change::Remove("a".to_owned())]);
    assert_eq!(outbox, Outbox::default());
}

#[test]
fn a_vote_that_may_have_arrived_is_taken_back_on_the_server_too() {
    let mut outbox = Outbox::default();
    outbox.add(vote("a", true), NOW);
    outbox.begin("a");
    outbox.add(vote("b", false), NOW);
    assert_eq!(outbox.next(NOW, &[]).map(|entry| entry.key.as_str()), Some("b"));
    outbox.begin("b");
    assert_eq!(outbox.entries().len(), 1, "the last word is all there is to say");
}

#[test]
fn a_refusal_stays_until_another_word_or_none() {
    let mut outbox = Outbox::default();
    outbox.add(vote("a", true), NOW);
    outbox.add(comment("c", "Oui"), NOW);
    outbox.begin("a");
    outbox.answered("a", &Answer::Refused(refusal()));
    assert_eq!(outbox.word(Thing::Vote(7)).and_then(|entry| entry.refused.clone()), Some(refusal()));
    assert_eq!(outbox.next(NOW, &[]).map(|entry| entry.key.as_str()), Some("c"), "others are sent all the same");
    outbox.retry("a", NOW);
    assert!(outbox.word(Thing::Vote(7)).is_some_and(|entry| entry.waits(NOW)));
    outbox.answered("a", &Answer::Refused(refusal()));
    outbox.add(vote("b", false), NOW);
    assert_eq!(outbox.word(Thing::Vote(7)), None, "it stands as it stood before");
}

#[test]
fn what_is_old_is_not_sent_by_itself() {
    let mut outbox = Outbox::default();
    outbox.add(comment("a", "Oui"), NOW);
    assert!(outbox.next(NOW + OLD, &[]).is_some() && outbox.next(NOW + OLD + 1, &[]).is_none());
    outbox.retry("a", NOW + OLD + 1);
    assert!(outbox.next(NOW + OLD + 1, &[]).is_some());
    const { assert!(OLD < REMEMBERED) };
}

#[test]
fn only_the_api_answers() {
    let said = |status, body: &str| Reply { status, body: body.to_owned(), retry_after: Some(9) };
    let problem = |code: Code| {
        let problem = Problem::new(code, "");
        said(problem.status, &serde_json::to_string(&problem).expect("JSON"))
    };
    let nine = Answer::Later(Some(Duration::from_secs(9)));
    let (voted, reply) = (vote("a", true).deed, said(200, r#"{"votes":3,"voted":true}"#));
    assert_eq!(voted.judge(Some(&reply)), Answer::Done(Made::Vote(VoteView { votes: 3, voted: true, left: None })));
    assert_eq!(voted.judge(None), Answer::Later(None));
    assert_eq!(voted.judge(Some(&problem(Code::TooMany))), nine);
    assert_eq!(voted.judge(Some(&problem(Code::Unavailable))), nine);
    assert_eq!(voted.judge(Some(&problem(Code::SignIn))), Answer::SignIn);
    assert_eq!(voted.judge(Some(&problem(Code::Internal))), Answer::Aside);
    assert!(matches!(voted.judge(Some(&problem(Code::NoVotesLeft))), Answer::Refused(_)));
    // The page of a hotel's network, a proxy in the way.
    for (status, body) in [(200, "<html>"), (204, ""), (404, "<html>"), (403, ""), (502, "<html>"), (302, ""), (0, "")]
    {
        assert_eq!(voted.judge(Some(&said(status, body))), Answer::Later(None), "{status}");
    }
    let follow = Deed::Follow { idea: 7, on: true };
    assert_eq!(follow.judge(Some(&said(204, ""))), Answer::Done(Made::Nothing));
    assert_eq!(follow.judge(Some(&said(200, "<html>"))), Answer::Later(None));
}

#[test]
fn what_is_kept_reads_back() {
    let mut entry = comment("a", "Oui");
    entry.refused = Some(refusal());
    entry.words = Some("Non".to_owned());
    let text = serde_json::to_string(&entry).expect("JSON");
    assert_eq!(serde_json::from_str::<Entry>(&text).expect("an entry"), entry);
    let old = r#"{"key":"k","at":1,"deed":{"vote":{"idea":7,"on":true}},"about":"Flan"}"#;
    assert!(serde_json::from_str::<Entry>(old).is_ok(), "what was kept by the first that kept anything");
}

/// What happens, in any order.
#[derive(Clone, Debug)]
enum Event {
    /// Somebody presses: one way becomes the other.
    Press(u32),
    Say,
    Rewrite(usize),
    Discard(usize),
    Retry(usize),
    /// The next is sent, unless something is.
    Send,
    /// What is sent arrives, and is done or refused.
    Arrive(bool),
    /// The answer arrives, if there is one.
    Answer,
    /// The answer never arrives: the network broke, the tab was closed, the browser crashed.
    Break,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..2_u32).prop_map(Event::Press),
        3 => Just(Event::Say),
        1 => (0..8_usize).prop_map(Event::Rewrite),
        1 => (0..8_usize).prop_map(Event::Discard),
        1 => (0..8_usize).prop_map(Event::Retry),
        6 => Just(Event::Send),
        6 => prop::bool::weighted(0.2).prop_map(Event::Arrive),
        5 => Just(Event::Answer),
        3 => Just(Event::Break),
    ]
}

/// A server, a disk, and the person before them. Each event reads the disk anew, as another tab would.
#[derive(Debug, Default)]
struct World {
    disk: BTreeMap<String, Entry>,
    votes: BTreeMap<u32, bool>,
    /// What was made, by its key.
    said: BTreeMap<String, (CommentId, String)>,
    made: u32,
    /// What is being sent, and what the server answered.
    flight: Option<(Entry, Option<Answer>)>,
    keys: u32,
    /// What the person wants.
    wants: BTreeMap<u32, bool>,
    /// What they said, and want it to say.
    wrote: BTreeMap<String, String>,
    discarded: Vec<String>,
}

impl World {
    fn outbox(&self) -> Outbox {
        Outbox::new(self.disk.values().cloned())
    }

    fn write(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Put(entry) => drop(self.disk.insert(entry.key.clone(), entry)),
                Change::Remove(key) => drop(self.disk.remove(&key)),
            }
        }
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("{:04}", self.keys)
    }

    /// The key of some comment that waits.
    fn pick(&self, at: usize) -> Option<String> {
        let comments: Vec<&String> =
            self.disk.values().filter(|entry| entry.text().is_some()).map(|entry| &entry.key).collect();
        (!comments.is_empty()).then(|| comments[at % comments.len()].clone())
    }

    fn first(key: &str) -> String {
        key.trim_end_matches(".words").to_owned()
    }

    fn happens(&mut self, event: &Event) {
        let mut outbox = self.outbox();
        let changes = match event {
            Event::Press(idea) => {
                let key = self.key();
                // What the box shows: the last word, or what the server said last.
                let stood = self.votes.get(idea).copied().unwrap_or_default();
                let shown = match outbox.word(Thing::Vote(*idea)) {
                    Some(word) if word.refused.is_some() => word.was,
                    Some(word) => word.deed.toggle().is_some_and(|(_, on)| on),
                    None => stood,
                };
                self.wants.insert(*idea, !shown);
                let entry =
                    Entry { was: shown, ..Entry::new(key, Deed::Vote { idea: *idea, on: !shown }, String::new()) };
                outbox.add(entry, NOW)
            }
            Event::Say => {
                let key = self.key();
                self.wrote.insert(key.clone(), key.clone());
                outbox.add(comment(&key, &key), NOW)
            }
            Event::Rewrite(at) => {
                let Some(key) = self.pick(*at) else { return };
                let body = self.key();
                self.wrote.insert(Self::first(&key), body.clone());
                outbox.rewrite(&key, body)
            }
            Event::Discard(at) => {
                let Some(key) = self.pick(*at) else { return };
                self.discarded.push(Self::first(&key));
                outbox.remove(&key)
            }
            Event::Retry(at) => {
                let Some(key) = self.pick(*at) else { return };
                outbox.retry(&key, NOW)
            }
            Event::Send => {
                if self.flight.is_some() {
                    return;
                }
                let Some(key) = outbox.next(NOW, &[]).map(|entry| entry.key.clone()) else { return };
                let changes = outbox.begin(&key);
                self.flight = outbox.get(&key).cloned().map(|entry| (entry, None));
                changes
            }
            Event::Arrive(refuses) => {
                let Some((entry, None)) = self.flight.clone() else { return };
                let answer = self.act(&entry, *refuses);
                self.flight = Some((entry, Some(answer)));
                return;
            }
            Event::Answer => {
                let Some((entry, Some(answer))) = self.flight.take() else { return };
                outbox.answered(&entry.key, &answer)
            }
            Event::Break => {
                self.flight = None;
                return;
            }
        };
        self.write(changes);
        assert_eq!(outbox, self.outbox(), "the disk has what the outbox has");
    }

    /// What the server does. It knows a comment by its key, whatever else is so.
    fn act(&mut self, entry: &Entry, refuses: bool) -> Answer {
        match &entry.deed {
            Deed::Comment { new, .. } => {
                if let Some((id, body)) = self.said.get(&entry.key) {
                    let first = self.wrote.contains_key(&entry.key) && new.body == *body || entry.words.is_some();
                    assert!(first || self.disk.values().all(|other| other.key != entry.key || other.tried));
                    return Answer::Done(Made::Comment(*id));
                }
                if refuses {
                    return Answer::Refused(refusal());
                }
                let id = CommentId::new();
                self.made += 1;
                self.said.insert(entry.key.clone(), (id, new.body.clone()));
                Answer::Done(Made::Comment(id))
            }
            _ if refuses => Answer::Refused(refusal()),
            Deed::Edit { comment, body, .. } => {
                let said = self.said.values_mut().find(|(id, _)| id == comment).expect("it was made");
                said.1.clone_from(body);
                Answer::Done(Made::Comment(*comment))
            }
            Deed::Vote { idea, on } => {
                self.votes.insert(*idea, *on);
                Answer::Done(Made::Vote(VoteView { votes: 1, voted: *on, left: None }))
            }
            Deed::Follow { .. } | Deed::React { .. } => Answer::Done(Made::Nothing),
        }
    }

    fn settle(&mut self) {
        self.happens(&Event::Break);
        for _ in 0..200 {
            self.happens(&Event::Send);
            self.happens(&Event::Arrive(false));
            self.happens(&Event::Answer);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_breaks_everything_is_done_once_and_nothing_is_lost(events in vec(event(), 0..60)) {
        let mut world = World::default();
        for event in &events {
            world.happens(event);
        }
        world.settle();
        prop_assert!(world.disk.values().all(|entry| entry.refused.is_some()), "only what was refused is left: {world:?}");
        for (idea, wanted) in &world.wants {
            let stands = world.votes.get(idea).copied().unwrap_or_default();
            let word = world.outbox().word(Thing::Vote(*idea)).cloned();
            match word {
                Some(word) => prop_assert_eq!(word.deed.toggle(), Some((Thing::Vote(*idea), *wanted))),
                None => prop_assert_eq!(stands, *wanted, "idea {}: {:?}", idea, world),
            }
        }
        for (key, wanted) in &world.wrote {
            if world.discarded.contains(key) {
                continue;
            }
            let said = world.said.get(key).map(|(_, body)| body.as_str());
            let kept = world.disk.values().find(|entry| World::first(&entry.key) == *key);
            match kept {
                Some(kept) => prop_assert_eq!(kept.text(), Some(wanted.as_str()), "{} is kept as it was written", key),
                None => prop_assert_eq!(said, Some(wanted.as_str()), "{} is said", key),
            }
        }
        prop_assert_eq!(usize::try_from(world.made).ok(), Some(world.said.len()));
    }
}
