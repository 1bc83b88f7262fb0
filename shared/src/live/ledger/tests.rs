//! Who may do what to the documents, operation by operation, as Automerge writes them.

mod histories;

use automerge::{
    ActorId, AutoCommit, ObjId, ObjType, ROOT, ReadDoc as _, ScalarValue, marks, transaction::Transactable as _,
};

use super::*;
use crate::{
    Role, limits,
    live::{
        canvas,
        chunk::chunks,
        concept::{self, ENCODING, Field, Texts},
        message::RejectCode,
        schema::{DocumentKind, Shape},
    },
    rules::{Audience, BoardRules, EditingRule, Standing},
};

fn person(number: u8) -> PersonId {
    PersonId(uuid::Uuid::from_bytes([number; 16]))
}

fn author(number: u8, role: Role, kind: DocumentKind, editing: EditingRule) -> Author {
    let who = Standing { role: Some(role), ..Standing::default() };
    Author { person: person(number), rights: Rights::of(kind, who, BoardRules { audience: Audience::Public, editing }) }
}

/// A document, and the ledger of it.
struct Desk {
    doc: AutoCommit,
    ledger: Ledger,
    /// A second one, which only ever replays.
    log: Ledger,
    seen: usize,
}

impl Desk {
    fn of(first: automerge::Change) -> Self {
        let mut doc = AutoCommit::new_with_encoding(ENCODING);
        doc.apply_changes([first.clone()]).expect("applies");
        let mut desk = Self { doc, ledger: Ledger::default(), log: Ledger::default(), seen: 1 };
        let chunk = chunks(first.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
        desk.ledger.begin(&Change::parse(&chunk).expect("read")).expect("a first change");
        desk.log.begin(&Change::parse(&chunk).expect("read")).expect("a first change");
        desk
    }

    fn concept() -> Self {
        let texts = Texts { title: "Pain".into(), pitch: "Au levain".into(), body: "Lent 🍞".into() };
        Self::of(concept::first_change(ActorId::from([9; 16].as_slice()), 0, &texts).expect("a first change"))
    }

    fn canvas() -> Self {
        Self::of(canvas::first_change(ActorId::from([9; 16].as_slice()), 0).expect("a first change"))
    }

    /// What becomes of what `author` does; taken in when it may be.
    fn attempt(&mut self, author: &Author, edit: impl FnOnce(&mut AutoCommit)) -> Result<(), (RejectCode, String)> {
        let mut doc = self.doc.fork().with_actor(ActorId::from(author.person.0.as_bytes().as_slice()));
        edit(&mut doc);
        doc.commit();
        let change = doc.get_last_local_change().expect("a change");
        let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
        let read = Change::parse(&chunk).expect("read");
        let fit = self.ledger.check(&read, author).map_err(|unfit| (unfit.code(), unfit.path().to_owned()))?;
        self.ledger.add(fit);
        self.log.replay(&read, author.person).expect("the log replays");
        self.doc.apply_changes([change]).expect("applies");
        self.seen += 1;
        assert_eq!(self.ledger.len() as usize, self.seen);
        assert_eq!(self.ledger.lengths(), self.log.lengths());
        Ok(())
    }
}

fn refused<T>(code: RejectCode, path: &str) -> Result<T, (RejectCode, String)> {
    Err((code, path.to_owned()))
}

fn items(doc: &AutoCommit, kind: &str) -> ObjId {
    doc.get(ROOT, kind).expect("read").expect("there").1
}

fn item(doc: &AutoCommit, kind: &str, id: &str) -> ObjId {
    doc.get(items(doc, kind), id).expect("read").expect("there").1
}

fn add_note(doc: &mut AutoCommit, id: &str, words: &str) {
    let note = doc.put_object(items(doc, "notes"), id, ObjType::Map).expect("put");
    let text = doc.put_object(&note, "text", ObjType::Text).expect("put");
    doc.splice_text(&text, 0, 0, words).expect("spliced");
    doc.put(&note, "x", 12).expect("put");
    doc.put(&note, "y", -3.5).expect("put");
    doc.put(&note, "colour", "amber").expect("put");
}

fn add_group(doc: &mut AutoCommit, id: &str) {
    let group = doc.put_object(items(doc, "groups"), id, ObjType::Map).expect("put");
    doc.put_object(&group, "title", ObjType::Text).expect("put");
    for (key, value) in [("x", 0), ("y", 0), ("w", 300), ("h", 200)] {
        doc.put(&group, key, value).expect("put");
    }
    doc.put(&group, "colour", "teal").expect("put");
}

fn add_card(doc: &mut AutoCommit, id: &str) {
    let card = doc.put_object(items(doc, "cards"), id, ObjType::Map).expect("put");
    doc.put(&card, "x", 1_u64).expect("put");
    doc.put(&card, "y", 2).expect("put");
}

fn add_link(doc: &mut AutoCommit, id: &str, to: &str) {
    let link = doc.put_object(items(doc, "links"), id, ObjType::Map).expect("put");
    doc.put(&link, "from", "notes/n1").expect("put");
    doc.put(&link, "to", to).expect("put");
}

fn add_picture(doc: &mut AutoCommit, id: &str) {
    let picture = doc.put_object(items(doc, "pictures"), id, ObjType::Map).expect("put");
    doc.put(&picture, "picture", format!("/pictures/{IDEA}/640x480")).expect("put");
    doc.put_object(&picture, "alt", ObjType::Text).expect("put");
    for (key, value) in [("x", 0), ("y", 0), ("w", 300), ("h", 200)] {
        doc.put(&picture, key, value).expect("put");
    }
}

const IDEA: &str = "0193b5a0-7c1e-7abc-8def-0123456789ab";

#[test]
fn only_the_texts_of_a_concept_can_be_changed() {
    let mut desk = Desk::concept();
    let owner = author(1, Role::Owner, DocumentKind::Concept, EditingRule::Everyone);
    type Attempt = (fn(&mut AutoCommit), RejectCode, &'static str);
    let attempts: [Attempt; 9] = [
        (|doc| doc.put(ROOT, "schema", 2).expect("put"), RejectCode::Schema, "schema"),
        (|doc| doc.put(ROOT, "title", "replaced").expect("put"), RejectCode::Schema, "title"),
        (|doc| doc.delete(ROOT, "body").expect("deleted"), RejectCode::Schema, "body"),
        (|doc| drop(doc.put_object(ROOT, "body", ObjType::Text).expect("put")), RejectCode::Schema, "body"),
        (|doc| doc.put(ROOT, "extra", 1).expect("put"), RejectCode::Schema, "extra"),
        (
            |doc| {
                let body = Field::Body.object(doc).expect("a body");
                let bold = marks::Mark::new("bold".into(), true, 0, 2);
                doc.mark(&body, bold, marks::ExpandMark::None).expect("marked");
            },
            RejectCode::Schema,
            "body",
        ),
        (
            |doc| {
                let body = Field::Body.object(doc).expect("a body");
                doc.split_block(&body, 1).map(drop).expect("split");
            },
            RejectCode::Schema,
            "body",
        ),
        (|doc| doc.put(Field::Pitch.object(doc).expect("a pitch"), 0, "X").expect("put"), RejectCode::Schema, "pitch"),
        (
            |doc| doc.insert(Field::Title.object(doc).expect("a title"), 0, ScalarValue::Int(3)).expect("inserted"),
            RejectCode::Schema,
            "title",
        ),
    ];
    for (attempt, code, path) in attempts {
        assert_eq!(desk.attempt(&owner, attempt), refused(code, path));
    }
    for (role, editing, expected) in [
        (Role::Customer, EditingRule::Everyone, Ok(())),
        (Role::Customer, EditingRule::Staff, refused(RejectCode::Forbidden, "title")),
        (Role::Employee, EditingRule::Staff, Ok(())),
    ] {
        let author = author(2, role, DocumentKind::Concept, editing);
        let edit = |doc: &mut AutoCommit| {
            let title = Field::Title.object(doc).expect("a title");
            doc.splice_text(&title, 0, 1, "p").expect("spliced");
        };
        assert_eq!(desk.attempt(&author, edit), expected, "{role:?} {editing:?}");
    }
}

#[test]
fn a_text_may_be_as_long_as_its_limit_and_no_longer() {
    let mut desk = Desk::concept();
    let ada = author(1, Role::Customer, DocumentKind::Concept, EditingRule::Everyone);
    let write = |field: Field, at: usize, delete: usize, words: String| {
        move |doc: &mut AutoCommit| {
            let text = field.object(doc).expect("a text");
            doc.splice_text(&text, at, isize::try_from(delete).expect("small"), &words).expect("spliced");
        }
    };
    // Its four letters make way, and two units of UTF-16 are one character.
    let full = "🍞".repeat(limits::TITLE);
    assert_eq!(desk.attempt(&ada, write(Field::Title, 0, 4, full)), Ok(()));
    let one_more = write(Field::Title, 0, 0, "x".into());
    assert_eq!(desk.attempt(&ada, one_more), refused(RejectCode::TooLong, "title"));
    assert_eq!(desk.attempt(&ada, write(Field::Title, 0, 2, "x".into())), Ok(()));
    let pitch = write(Field::Pitch, 0, 9, "x".repeat(limits::PITCH + 1));
    assert_eq!(desk.attempt(&ada, pitch), refused(RejectCode::TooLong, "pitch"));
    assert_eq!(desk.ledger.lengths()[0], limits::TITLE as u64);
    // What two remove at once is not room for twice as much.
    let mut ben = desk.doc.fork().with_actor(ActorId::from(person(2).0.as_bytes().as_slice()));
    let title = Field::Title.object(&ben).expect("a title");
    ben.splice_text(&title, 1, 2, "").expect("spliced");
    let theirs = ben.get_last_local_change().expect("a change");
    assert_eq!(desk.attempt(&ada, write(Field::Title, 1, 2, String::new())), Ok(()));
    let chunk = chunks(theirs.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
    let fit = desk.ledger.check(&Change::parse(&chunk).expect("read"), &ada).expect("fit");
    desk.ledger.add(fit);
    desk.doc.apply_changes([theirs]).expect("applies");
    let texts = concept::read(&desk.doc).expect("a concept");
    assert_eq!(desk.ledger.lengths()[0], texts.title.chars().count() as u64);
    assert_eq!(desk.ledger.lengths()[0], limits::TITLE as u64 - 1);
}

#[test]
fn on_a_canvas_each_adds_and_changes_their_own() {
    let mut desk = Desk::canvas();
    let kind = DocumentKind::Canvas;
    let ada = author(1, Role::Customer, kind, EditingRule::Everyone);
    let eve = author(2, Role::Customer, kind, EditingRule::Everyone);
    let staff_only = author(2, Role::Customer, kind, EditingRule::Staff);
    let moderator = author(3, Role::Moderator, kind, EditingRule::Staff);
    assert_eq!(desk.attempt(&ada, |doc| add_note(doc, "n1", "Du pain")), Ok(()));
    assert_eq!(desk.attempt(&staff_only, |doc| add_note(doc, "n2", "Du beurre")), Ok(()));
    assert_eq!(desk.attempt(&ada, |doc| add_group(doc, "g1")), Ok(()));
    assert_eq!(desk.attempt(&eve, |doc| add_card(doc, IDEA)), Ok(()));
    // There already: in a change that knows, or does not know, of it.
    assert_eq!(desk.attempt(&eve, |doc| add_note(doc, "n1", "à moi")), refused(RejectCode::Taken, "notes/n1"));
    assert_eq!(desk.attempt(&ada, |doc| add_card(doc, IDEA)), refused(RejectCode::Taken, &format!("cards/{IDEA}")));

    let put = |key: &'static str, value: ScalarValue| {
        move |doc: &mut AutoCommit| doc.put(item(doc, "notes", "n1"), key, value).expect("put")
    };
    let write = |doc: &mut AutoCommit| {
        let text = doc.get(item(doc, "notes", "n1"), "text").expect("read").expect("a text").1;
        doc.splice_text(&text, 0, 0, "Bon ").expect("spliced");
    };
    let erase = |doc: &mut AutoCommit| {
        let text = doc.get(item(doc, "notes", "n1"), "text").expect("read").expect("a text").1;
        doc.splice_text(&text, 0, 1, "").expect("spliced");
    };
    let remove = |doc: &mut AutoCommit| doc.delete(items(doc, "notes"), "n1").expect("deleted");
    // Moving is arranging, by the board's rule; the rest is for its maker and moderators.
    assert_eq!(desk.attempt(&eve, put("x", 40.into())), Ok(()));
    assert_eq!(desk.attempt(&eve, put("group", "g1".into())), Ok(()));
    assert_eq!(desk.attempt(&eve, |doc| doc.delete(item(doc, "notes", "n1"), "group").expect("deleted")), Ok(()));
    assert_eq!(desk.attempt(&staff_only, put("x", 50.into())), refused(RejectCode::NotYours, "notes/n1/x"));
    assert_eq!(desk.attempt(&eve, put("colour", "teal".into())), refused(RejectCode::NotYours, "notes/n1/colour"));
    assert_eq!(desk.attempt(&eve, write), refused(RejectCode::NotYours, "notes/n1/text"));
    assert_eq!(desk.attempt(&eve, erase), refused(RejectCode::NotYours, "notes/n1/text"));
    assert_eq!(desk.attempt(&eve, remove), refused(RejectCode::NotYours, "notes/n1"));
    for (author, colour) in [(&ada, "plum"), (&moderator, "teal")] {
        assert_eq!(desk.attempt(author, write), Ok(()));
        assert_eq!(desk.attempt(author, erase), Ok(()));
        assert_eq!(desk.attempt(author, put("colour", colour.into())), Ok(()));
    }
    assert_eq!(desk.attempt(&moderator, remove), Ok(()));
    // Gone, its place is free again to whose it was.
    assert_eq!(desk.attempt(&ada, |doc| add_note(doc, "n1", "à moi")), Ok(()));
    assert_eq!(desk.attempt(&ada, remove), Ok(()));
    assert_eq!(desk.attempt(&eve, |doc| doc.delete(items(doc, "cards"), IDEA).expect("deleted")), Ok(()));
    let reader = Author { person: person(4), rights: Rights::default() };
    assert_eq!(desk.attempt(&reader, |doc| add_note(doc, "n9", "")), refused(RejectCode::Forbidden, "notes/n9"));
}

#[test]
fn a_canvas_holds_only_what_its_schema_knows() {
    let mut desk = Desk::canvas();
    let ada = author(1, Role::Owner, DocumentKind::Canvas, EditingRule::Everyone);
    desk.attempt(&ada, |doc| add_note(doc, "n1", "Du pain")).expect("may");
    let schema = |path: &str| refused::<()>(RejectCode::Schema, path);
    let on = |key: &'static str, value: ScalarValue| {
        move |doc: &mut AutoCommit| doc.put(item(doc, "notes", "n1"), key, value).expect("put")
    };
    assert_eq!(desk.attempt(&ada, |doc| doc.put(ROOT, "schema", 2).expect("put")), schema("schema"));
    assert_eq!(desk.attempt(&ada, |doc| doc.delete(ROOT, "notes").expect("deleted")), schema("notes"));
    assert_eq!(desk.attempt(&ada, |doc| doc.put(items(doc, "notes"), "n2", "no").expect("put")), schema("notes/n2"));
    assert_eq!(desk.attempt(&ada, on("extra", 1.into())), schema("notes/n1/extra"));
    assert_eq!(desk.attempt(&ada, on("x", "left".into())), schema("notes/n1/x"));
    assert_eq!(desk.attempt(&ada, on("x", f64::NAN.into())), schema("notes/n1/x"));
    assert_eq!(desk.attempt(&ada, on("x", 1e9.into())), schema("notes/n1/x"));
    assert_eq!(desk.attempt(&ada, on("w", 3.into())), schema("notes/n1/w"));
    assert_eq!(desk.attempt(&ada, on("colour", "#ff0000".into())), schema("notes/n1/colour"));
    assert_eq!(desk.attempt(&ada, on("text", "flat".into())), schema("notes/n1/text"));
    assert_eq!(desk.attempt(&ada, on("group", "a/b".into())), schema("notes/n1/group"));
    assert_eq!(
        desk.attempt(&ada, |doc| doc.delete(item(doc, "notes", "n1"), "x").expect("deleted")),
        schema("notes/n1/x")
    );
    // A second text would hide the first.
    let hide = |doc: &mut AutoCommit| {
        drop(doc.put_object(item(doc, "notes", "n1"), "text", ObjType::Text).expect("put"));
    };
    assert_eq!(desk.attempt(&ada, hide), schema("notes/n1/text"));
    for to in ["notes", "notes/", "links/l1", "cards/n1", "notes/n 1", "drawings/d1"] {
        assert_eq!(desk.attempt(&ada, |doc| add_link(doc, "l1", to)), schema("links/l1/to"), "{to}");
    }
    assert_eq!(desk.attempt(&ada, |doc| add_link(doc, "l1", &format!("cards/{IDEA}"))), Ok(()));
    assert_eq!(desk.attempt(&ada, |doc| add_picture(doc, "p1")), Ok(()));
    let elsewhere = |doc: &mut AutoCommit| {
        doc.put(item(doc, "pictures", "p1"), "picture", "https://elsewhere.example/p.png").expect("put");
    };
    assert_eq!(desk.attempt(&ada, elsewhere), schema("pictures/p1/picture"));
    assert_eq!(desk.attempt(&ada, on("locked", "yes".into())), schema("notes/n1/locked"));
    assert_eq!(desk.attempt(&ada, |doc| drop(doc.put_object(ROOT, "drawings", ObjType::Map))), schema("drawings"));
    // An item comes whole, under an id that is one.
    let half = |doc: &mut AutoCommit| drop(doc.put_object(items(doc, "notes"), "n2", ObjType::Map).expect("put"));
    assert_eq!(desk.attempt(&ada, half), schema("notes/n2/text"));
    assert_eq!(desk.attempt(&ada, |doc| add_note(doc, "n 2", "")), schema("notes/n 2"));
    assert_eq!(desk.attempt(&ada, |doc| add_card(doc, "n2")), schema("cards/n2"));
    let long = |doc: &mut AutoCommit| add_note(doc, "n2", &"x".repeat(limits::NOTE + 1));
    assert_eq!(desk.attempt(&ada, long), refused(RejectCode::TooLong, "notes/n2/text"));
    assert_eq!(desk.attempt(&ada, |doc| add_note(doc, "n2", &"x".repeat(limits::NOTE))), Ok(()));
}

#[test]
fn what_a_moderator_locks_stays_as_it_is_until_it_is_unlocked() {
    let mut desk = Desk::canvas();
    let kind = DocumentKind::Canvas;
    let ada = author(1, Role::Customer, kind, EditingRule::Everyone);
    let researcher = author(2, Role::Researcher, kind, EditingRule::Everyone);
    let moderator = author(3, Role::Moderator, kind, EditingRule::Everyone);
    desk.attempt(&ada, |doc| add_note(doc, "n1", "Du pain")).expect("may");
    let lock = |on: bool| move |doc: &mut AutoCommit| doc.put(item(doc, "notes", "n1"), "locked", on).expect("put");
    let shift = |doc: &mut AutoCommit| doc.put(item(doc, "notes", "n1"), "x", 40).expect("put");
    let remove = |doc: &mut AutoCommit| doc.delete(items(doc, "notes"), "n1").expect("deleted");
    let write = |doc: &mut AutoCommit| {
        let text = doc.get(item(doc, "notes", "n1"), "text").expect("read").expect("a text").1;
        doc.splice_text(&text, 0, 0, "Bon ").expect("spliced");
    };
    for author in [&ada, &researcher] {
        assert_eq!(desk.attempt(author, lock(true)), refused(RejectCode::Locked, "notes/n1/locked"));
    }
    // Nor does it come locked from anybody else.
    let come = |doc: &mut AutoCommit| {
        add_note(doc, "n2", "");
        doc.put(item(doc, "notes", "n2"), "locked", true).expect("put");
    };
    assert_eq!(desk.attempt(&ada, come), refused(RejectCode::Locked, "notes/n2/locked"));
    assert_eq!(desk.attempt(&moderator, lock(true)), Ok(()));
    for author in [&ada, &researcher] {
        assert_eq!(desk.attempt(author, shift), refused(RejectCode::Locked, "notes/n1/x"));
        assert_eq!(desk.attempt(author, write), refused(RejectCode::Locked, "notes/n1/text"));
        assert_eq!(desk.attempt(author, remove), refused(RejectCode::Locked, "notes/n1"));
        assert_eq!(desk.attempt(author, lock(false)), refused(RejectCode::Locked, "notes/n1/locked"));
    }
    assert_eq!(desk.attempt(&moderator, shift), Ok(()));
    assert_eq!(desk.attempt(&moderator, lock(false)), Ok(()));
    assert_eq!(desk.attempt(&ada, write), Ok(()));
    assert_eq!(desk.attempt(&researcher, |doc| doc.put(item(doc, "notes", "n1"), "x", 80).expect("put")), Ok(()));
    assert_eq!(
        desk.attempt(&moderator, |doc| doc.delete(item(doc, "notes", "n1"), "locked").expect("deleted")),
        Ok(())
    );
    assert_eq!(desk.attempt(&ada, remove), Ok(()));
}

/// What a moderator removed by mistake comes back as whose it was, and nobody's words under another's name.
#[test]
fn what_is_put_back_stays_whose_it_was() {
    let mut desk = Desk::canvas();
    let kind = DocumentKind::Canvas;
    let ada = author(1, Role::Customer, kind, EditingRule::Everyone);
    let eve = author(2, Role::Customer, kind, EditingRule::Everyone);
    let moderator = author(3, Role::Moderator, kind, EditingRule::Everyone);
    let hex = |author: &Author| ActorId::from(author.person.0.as_bytes().as_slice()).to_hex_string();
    let (hers, eves) = (hex(&ada), hex(&eve));
    let back = |id: &'static str, by: &str| {
        let by = by.to_owned();
        move |doc: &mut AutoCommit| {
            add_note(doc, id, "Du pain");
            doc.put(item(doc, "notes", id), "by", by.as_str()).expect("put");
        }
    };
    let remove = |doc: &mut AutoCommit| doc.delete(items(doc, "notes"), "n1").expect("deleted");
    let shift = |doc: &mut AutoCommit| doc.put(item(doc, "notes", "n1"), "colour", "rose").expect("put");
    desk.attempt(&ada, |doc| add_note(doc, "n1", "Du pain")).expect("may");
    desk.attempt(&eve, |doc| add_note(doc, "n9", "Ailleurs")).expect("may");
    for _ in 0..2 {
        assert_eq!(desk.attempt(&moderator, remove), Ok(()));
        // Nobody takes the place of what was another's.
        assert_eq!(desk.attempt(&eve, |doc| add_note(doc, "n1", "à moi")), refused(RejectCode::NotYours, "notes/n1"));
        assert_eq!(desk.attempt(&eve, back("n1", &hers)), refused(RejectCode::NotYours, "notes/n1"));
        // Nor does a moderator give it to who never made it.
        for by in [&eves, "00", "", "no actor"] {
            assert_eq!(desk.attempt(&moderator, back("n1", by)), refused(RejectCode::Schema, "notes/n1/by"));
        }
        assert_eq!(desk.attempt(&moderator, back("n1", &hers)), Ok(()));
        assert_eq!(desk.attempt(&eve, shift), refused(RejectCode::NotYours, "notes/n1/colour"));
        assert_eq!(desk.attempt(&ada, shift), Ok(()));
        assert_eq!(canvas::read(&desk.doc).notes["n1"].maker, hers);
    }
    // It is said when it is put back, or never.
    let say = |by: &str| {
        let by = by.to_owned();
        move |doc: &mut AutoCommit| doc.put(item(doc, "notes", "n9"), "by", by.as_str()).expect("put")
    };
    assert_eq!(desk.attempt(&moderator, say(&hers)), refused(RejectCode::Schema, "notes/n9/by"));
    assert_eq!(desk.attempt(&moderator, back("n7", &hers)), refused(RejectCode::Schema, "notes/n7/by"));
    assert_eq!(desk.attempt(&eve, say(&eves)), refused(RejectCode::Forbidden, "notes/n9/by"));
    // One's own comes back as one likes.
    desk.attempt(&ada, remove).expect("hers");
    assert_eq!(desk.attempt(&ada, |doc| add_note(doc, "n1", "Du pain frais")), Ok(()));
    // An idea is everybody's to put there again.
    desk.attempt(&ada, |doc| add_card(doc, IDEA)).expect("may");
    desk.attempt(&ada, |doc| doc.delete(items(doc, "cards"), IDEA).expect("deleted")).expect("hers");
    assert_eq!(desk.attempt(&eve, |doc| add_card(doc, IDEA)), Ok(()));
}

/// Nobody fills a canvas alone, and who tidies it always can.
#[test]
fn one_person_fills_no_more_than_their_share() {
    let mut desk = Desk::canvas();
    let kind = DocumentKind::Canvas;
    let eve = author(2, Role::Customer, kind, EditingRule::Everyone);
    let ada = author(1, Role::Customer, kind, EditingRule::Everyone);
    let moderator = author(3, Role::Moderator, kind, EditingRule::Everyone);
    let many = |from: usize, count: usize| {
        move |doc: &mut AutoCommit| (from..from + count).for_each(|n| add_note(doc, &format!("n{n}"), ""))
    };
    let share = limits::CANVAS / SHARE as usize;
    assert_eq!(desk.attempt(&eve, many(0, share)), Ok(()));
    let over = format!("notes/n{share}");
    assert_eq!(desk.attempt(&eve, many(share, 1)), refused(RejectCode::Share, &over));
    assert_eq!(desk.attempt(&ada, many(share, 1)), Ok(()));
    // Room that was made can be used again.
    let remove = |doc: &mut AutoCommit| doc.delete(items(doc, "notes"), "n0").expect("deleted");
    assert_eq!(desk.attempt(&eve, remove), Ok(()));
    assert_eq!(desk.attempt(&eve, many(9_000, 1)), Ok(()));
    assert_eq!(desk.attempt(&moderator, many(10_000, share + 1)), Ok(()));
    // What was written and erased counts, too: the log keeps it.
    for ledger in [&mut desk.ledger, &mut desk.log] {
        ledger.spent.get_mut(&eve.person).expect("spent").ops = OPERATIONS / SHARE - 1;
    }
    assert_eq!(desk.attempt(&eve, |doc| doc.put(item(doc, "notes", "n1"), "x", 1).expect("put")), Ok(()));
    let again = |doc: &mut AutoCommit| doc.put(item(doc, "notes", "n1"), "x", 2).expect("put");
    assert_eq!(desk.attempt(&eve, again), refused(RejectCode::Share, ""));
    assert_eq!(desk.attempt(&moderator, again), Ok(()));
}

/// Canvases made before there were links and pictures get the maps for them, in a change that is the server's.
#[test]
fn an_older_canvas_is_completed_by_the_log_alone() {
    let mut old = AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from([9; 16].as_slice()));
    old.put(ROOT, "schema", 1).expect("put");
    for key in ["cards", "notes", "groups"] {
        old.put_object(ROOT, key, ObjType::Map).expect("put");
    }
    old.commit();
    let mut desk = Desk::of(old.get_last_local_change().expect("a change"));
    let ada = author(1, Role::Owner, DocumentKind::Canvas, EditingRule::Everyone);
    let own = |doc: &mut AutoCommit| drop(doc.put_object(ROOT, "links", ObjType::Map).expect("put"));
    assert_eq!(desk.attempt(&ada, own), refused(RejectCode::Schema, "links"));
    let change = canvas::completing_change(&mut desk.doc.fork(), ActorId::from([8; 16].as_slice()), 0);
    let change = change.expect("made").expect("something is missing");
    let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
    let read = Change::parse(&chunk).expect("read");
    for ledger in [&mut desk.ledger, &mut desk.log] {
        ledger.replay(&read, person(9)).expect("the log replays");
    }
    desk.doc.apply_changes([change.clone()]).expect("applies");
    desk.seen += 1;
    assert_eq!(canvas::completing_change(&mut desk.doc.fork(), ActorId::from([7; 16].as_slice()), 0), Ok(None));
    desk.attempt(&ada, |doc| add_note(doc, "n1", "Du pain")).expect("may");
    assert_eq!(desk.attempt(&ada, |doc| add_link(doc, "l1", "notes/n1")), Ok(()));
    assert_eq!(canvas::read(&desk.doc).links.len(), 1);
}

/// A change that comes from behind, not knowing of what it would hide.
#[test]
fn what_others_made_meanwhile_is_not_hidden() {
    let mut desk = Desk::canvas();
    let kind = DocumentKind::Canvas;
    let ada = author(1, Role::Customer, kind, EditingRule::Everyone);
    let eve = author(2, Role::Customer, kind, EditingRule::Everyone);
    let mut behind = desk.doc.fork().with_actor(ActorId::from(eve.person.0.as_bytes().as_slice()));
    desk.attempt(&ada, |doc| add_note(doc, "n1", "Du pain")).expect("may");
    add_note(&mut behind, "n1", "à moi");
    behind.commit();
    let change = behind.get_last_local_change().expect("a change");
    let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
    let unfit = desk.ledger.check(&Change::parse(&chunk).expect("read"), &eve).expect_err("refused");
    assert_eq!((unfit.code(), unfit.path()), (RejectCode::Taken, "notes/n1"));
}
