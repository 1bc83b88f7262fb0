//! Any interleaving of edits, lost connections, repeated frames and refusals ends in one text everywhere.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::{
    Draft, Patch, Replica, ReplicaError, Replicated as _, Saving, Splice, draft,
    test_server::{Down, Server},
    units,
};
use crate::{
    DocumentId, limits,
    live::{
        concept::{self, Field, Texts},
        message::RejectCode,
        permit::Rights,
    },
};

/// One tab: a replica, what its editors show, and the frames under way.
struct Tab {
    replica: Replica,
    shown: [String; 3],
    up: VecDeque<Vec<u8>>,
    down: VecDeque<Down>,
    connected: bool,
    joined: bool,
    refuse_next: Option<RejectCode>,
}

/// A server, and the tabs that have its document open.
struct House {
    server: Server,
    tabs: Vec<Tab>,
}

/// As an editor does it.
fn show(shown: &mut [String; 3], patches: &[Patch]) {
    for Patch { field, splice } in patches {
        let text = &mut shown[*field as usize];
        let mut units: Vec<u16> = text.encode_utf16().collect();
        units.splice(splice.at..splice.at + splice.delete, splice.insert.encode_utf16());
        *text = String::from_utf16(&units).expect("no character is cut in two");
    }
}

impl House {
    fn new(tabs: usize) -> Self {
        let texts =
            Texts { title: "Du pain".into(), pitch: "Pour tous 🍞".into(), body: "# Pourquoi\n\nParce que.".into() };
        let document = DocumentId([0; 16]);
        let tab = |n: usize| Tab {
            replica: Replica::new(document, &[u8::try_from(n).expect("few") + 1; 16]),
            shown: Default::default(),
            up: VecDeque::new(),
            down: VecDeque::new(),
            connected: false,
            joined: false,
            refuse_next: None,
        };
        let mut house = Self { server: Server::of(&texts), tabs: (0..tabs).map(tab).collect() };
        for tab in 0..tabs {
            house.connect(tab);
            house.settle(tab);
        }
        house
    }

    fn connect(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        if !tab.connected {
            tab.connected = true;
            tab.joined = false;
            tab.up.push_back(tab.replica.hello());
        }
    }

    fn cut(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        tab.connected = false;
        tab.up.clear();
        tab.down.clear();
        tab.replica.disconnected();
    }

    fn take_up(&mut self, tab: usize) {
        let one = &mut self.tabs[tab];
        let Some(frame) = one.up.pop_front() else { return };
        let (answers, shared) = self.server.take(&frame, &mut one.joined, &mut one.refuse_next);
        one.down.extend(answers);
        for (n, other) in self.tabs.iter_mut().enumerate() {
            if n != tab && other.connected && other.joined {
                other.down.extend(shared.clone().map(Down::Sync));
            }
        }
    }

    fn take_down(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        match tab.down.pop_front() {
            None => {}
            Some(Down::Sync(data)) => tab.replica.receive(&data).expect("can be read"),
            Some(Down::Stored(hash)) => tab.up.extend(tab.replica.stored(&[hash])),
            Some(Down::Rejected(hash, code)) => {
                let before = tab.shown.clone();
                let Some(refused) = tab.replica.rejected(hash, code, "body") else { return };
                if code == RejectCode::TooLong {
                    // What else was written stands, and goes out again.
                    assert!(refused.patches.iter().all(|patch| patch.field == Field::Body));
                    tab.up.extend(tab.replica.commit());
                }
                show(&mut tab.shown, &refused.patches);
                // Nothing is lost: put back at once, the words stand as they stood.
                let kept = serde_json::to_string(&refused.words).expect("a draft can be kept");
                let kept: Draft = serde_json::from_str(&kept).expect("and found again");
                let mut again = tab.shown.clone();
                show(&mut again, &tab.replica.put_back(&kept));
                assert_eq!(again, before);
            }
        }
    }

    fn edit(&mut self, tab: usize, field: Field, place: usize, delete: usize, insert: &str) {
        let tab = &mut self.tabs[tab];
        let text: Vec<char> = tab.shown[field as usize].chars().collect();
        let at = place % (text.len() + 1);
        let end = (at + delete).min(text.len());
        let width = |chars: &[char]| chars.iter().map(|c| c.len_utf16()).sum();
        let splice = Splice { at: width(&text[..at]), delete: width(&text[at..end]), insert: insert.to_owned() };
        tab.replica.splice(field, &splice).expect("fits");
        show(&mut tab.shown, &[Patch { field, splice }]);
    }

    fn commit(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        if let Some(data) = tab.replica.commit() {
            tab.up.push_back(data);
        }
    }

    fn integrate(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        let done = tab.replica.integrate().expect("applies");
        assert!(!done.behind, "the server sends everything in order");
        tab.up.extend(done.send);
        show(&mut tab.shown, &done.patches);
    }

    fn settle(&mut self, tab: usize) {
        while !self.tabs[tab].up.is_empty() || !self.tabs[tab].down.is_empty() {
            self.take_up(tab);
            self.take_down(tab);
        }
        self.integrate(tab);
    }

    fn check(&self) {
        for tab in self.tabs.iter().filter(|tab| tab.replica.is_open()) {
            for field in Field::ALL {
                assert_eq!(tab.replica.text(field), tab.shown[field as usize], "{field:?}");
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Edit { field: usize, place: usize, delete: usize, insert: String },
    Commit,
    Up,
    Down,
    Integrate,
    Cut,
    Connect,
    RepeatUp,
    RepeatDown,
    RefuseNext(RejectCode),
    Lease(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let insert = prop_oneof![Just(String::new()), "[a-zé🍞\n]{1,6}"];
    prop_oneof![
        8 => (0..3usize, 0..40usize, 0..4usize, insert)
            .prop_map(|(field, place, delete, insert)| Step::Edit { field, place, delete, insert }),
        4 => Just(Step::Commit),
        6 => Just(Step::Up),
        6 => Just(Step::Down),
        4 => Just(Step::Integrate),
        1 => Just(Step::Cut),
        2 => Just(Step::Connect),
        1 => Just(Step::RepeatUp),
        1 => Just(Step::RepeatDown),
        1 => prop_oneof![Just(RejectCode::Forbidden), Just(RejectCode::TooLong)].prop_map(Step::RefuseNext),
        1 => (100..110u8).prop_map(Step::Lease),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn everything_converges(plan in prop::collection::vec((0..3usize, step()), 1..150)) {
        let mut house = House::new(3);
        for (tab, step) in plan {
            match step {
                Step::Edit { field, place, delete, insert } => house.edit(tab, Field::ALL[field], place, delete, &insert),
                Step::Commit => house.commit(tab),
                Step::Up => house.take_up(tab),
                Step::Down => house.take_down(tab),
                Step::Integrate => house.integrate(tab),
                Step::Cut => house.cut(tab),
                Step::Connect => house.connect(tab),
                Step::RefuseNext(code) => house.tabs[tab].refuse_next = Some(code),
                Step::RepeatUp => {
                    let again = house.tabs[tab].up.front().cloned();
                    house.tabs[tab].up.extend(again);
                }
                Step::RepeatDown => {
                    let again = house.tabs[tab].down.front().cloned();
                    house.tabs[tab].down.extend(again);
                }
                Step::Lease(actor) => {
                    let mut actor = [actor; 16];
                    actor[0] = u8::try_from(tab).expect("few");
                    if !house.tabs[tab].connected {
                        house.tabs[tab].replica.lease(&actor);
                    }
                }
            }
            house.check();
        }
        for tab in 0..3 {
            house.tabs[tab].refuse_next = None;
            house.connect(tab);
            house.commit(tab);
        }
        while house.tabs.iter().any(|tab| !tab.up.is_empty() || !tab.down.is_empty() || tab.replica.has_news()) {
            (0..3).for_each(|tab| house.settle(tab));
        }
        house.check();
        let texts = concept::read(&house.server.doc).expect("a concept");
        for tab in &mut house.tabs {
            prop_assert_eq!(&tab.shown, &[texts.title.clone(), texts.pitch.clone(), texts.body.clone()]);
            prop_assert_eq!(tab.replica.saving(), Saving::Saved);
            prop_assert_eq!(tab.replica.line.doc.get_heads(), house.server.doc.get_heads());
        }
    }

    #[test]
    fn a_difference_makes_one_text_of_another(before in "[ab🍞é]{0,12}", after in "[ab🍞é]{0,12}") {
        let mut shown = [before.clone(), String::new(), String::new()];
        if let Some(splice) = draft::difference(&before, &after) {
            show(&mut shown, &[Patch { field: Field::Title, splice }]);
        }
        prop_assert_eq!(&shown[0], &after);
    }
}

#[test]
fn a_caret_keeps_its_place_while_others_write() {
    let mut house = House::new(2);
    let caret = house.tabs[0].replica.cursor(Field::Title, 3).expect("a cursor");
    let end = house.tabs[0].replica.cursor(Field::Title, 7).expect("a cursor");
    house.edit(1, Field::Title, 0, 0, "🍞 ");
    house.commit(1);
    house.settle(1);
    house.settle(0);
    assert_eq!(house.tabs[0].replica.text(Field::Title), "🍞 Du pain");
    assert_eq!(house.tabs[0].replica.resolve(Field::Title, &caret), Some(6));
    assert_eq!(house.tabs[0].replica.resolve(Field::Title, &end), Some(10));
}

#[test]
fn what_is_chosen_with_the_space_around_it_is_without() {
    let mut house = House::new(1);
    let text = house.tabs[0].replica.text(Field::Body);
    house.edit(0, Field::Body, text.chars().count(), 0, " 🍞 deux\n\nmots\n");
    let begin = text.encode_utf16().count();
    let chosen = |range: std::ops::Range<usize>| {
        let found = house.tabs[0].replica.without_margins(Field::Body, begin + range.start..begin + range.end);
        found.start - begin..found.end - begin
    };
    assert_eq!(chosen(0..10), 1..8);
    assert_eq!(chosen(8..10), 10..10);
    assert_eq!(chosen(1..8), 1..8);
    assert_eq!(chosen(4..99), 4..99, "what is not there is left to who asks for it");
}

#[test]
fn a_caret_that_makes_no_sense_is_nowhere() {
    let house = House::new(1);
    for hostile in
        [&[][..], &[1], &[0, 255, 255, 255, 255, 15], &[1, 3, 255, 255, 255, 255, 255, 255, 255, 255, 1], &[1; 80]]
    {
        assert_eq!(house.tabs[0].replica.resolve(Field::Title, hostile), None);
    }
    // A letter of another text, and one that the person has typed and not sent yet.
    let mut house = house;
    let foreign = house.tabs[0].replica.cursor(Field::Title, 3).expect("a cursor");
    assert_eq!(house.tabs[0].replica.resolve(Field::Title, &foreign), Some(3));
    assert_eq!(house.tabs[0].replica.resolve(Field::Body, &foreign), None);
    house.edit(0, Field::Title, 0, 0, "x");
    assert_eq!(house.tabs[0].replica.resolve(Field::Title, &foreign), Some(4));
    assert_eq!(house.tabs[0].replica.resolve(Field::Pitch, &foreign), None);
    let mut elsewhere = Replica::new(DocumentId([1; 16]), &[77; 16]);
    assert_eq!(elsewhere.cursor(Field::Title, 0), None);
    assert_eq!(elsewhere.receive(b"nonsense"), Err(ReplicaError::Malformed));
}

#[test]
fn positions_that_do_not_fit_are_refused() {
    let mut house = House::new(1);
    let replica = &mut house.tabs[0].replica;
    for (at, delete) in [(8, 0), (0, 8), (usize::MAX, 1)] {
        let splice = Splice { at, delete, insert: "x".into() };
        assert_eq!(replica.splice(Field::Title, &splice), Err(ReplicaError::Drift), "{at} {delete}");
    }
    // In the middle of the bread.
    let splice = Splice { at: units("Pour tous ") + 1, delete: 1, insert: String::new() };
    assert_eq!(replica.splice(Field::Pitch, &splice), Err(ReplicaError::Drift));
}

#[test]
fn words_typed_offline_wait_and_are_told() {
    let mut house = House::new(2);
    house.cut(0);
    house.edit(0, Field::Body, 0, 2, "## ");
    house.edit(0, Field::Body, 23, 0, " Et voilà.");
    house.edit(1, Field::Body, 5, 0, "!");
    house.commit(1);
    house.settle(1);
    let replica = &mut house.tabs[0].replica;
    assert_eq!(replica.saving(), Saving::Offline);
    assert_eq!(replica.commit(), None);
    let draft = replica.unsaved();
    let found: Vec<_> = draft.passages.iter().map(|p| (p.removed.as_str(), p.inserted.as_str())).collect();
    assert_eq!(found, [("# ", "## "), ("", " Et voilà.")]);
    // After a reload, in a tab that never had them.
    let mut shown = house.tabs[1].shown.clone();
    show(&mut shown, &house.tabs[1].replica.put_back(&draft));
    assert_eq!(shown[2], "## Pou!rquoi\n\nParce que. Et voilà.");
    house.connect(0);
    house.settle(0);
    assert_eq!(house.tabs[0].replica.saving(), Saving::Saved);
    assert_eq!(house.tabs[0].shown[2], shown[2]);
    assert!(house.tabs[0].replica.unsaved().is_empty());
    assert!(house.tabs[0].replica.holds(&draft));
    assert!(!house.tabs[1].replica.holds(&draft));
}

/// The judgement is the server's own, so most refusals are foreseen, and nothing is sent in vain.
#[test]
fn what_the_server_would_refuse_is_kept_here_and_the_rest_goes_out() {
    let mut house = House::new(1);
    let long = "x".repeat(limits::TITLE);
    house.edit(0, Field::Title, 0, 0, &long);
    house.edit(0, Field::Body, 0, 0, "Lisez : ");
    let tab = &mut house.tabs[0];
    assert_eq!(tab.replica.commit(), None, "it waits for a decision");
    let refusing = tab.replica.refusing().expect("a refusal");
    assert_eq!((refusing.code, refusing.path.as_str()), (RejectCode::TooLong, "title"));
    let refused = tab.replica.rejected(refusing.hash, refusing.code, &refusing.path).expect("taken back");
    show(&mut tab.shown, &refused.patches);
    assert_eq!(refused.words.words(Field::Title).collect::<String>(), long);
    assert_eq!(refused.words.passages.len(), 1);
    assert_eq!(tab.replica.refusing(), None);
    house.commit(0);
    house.settle(0);
    assert_eq!(house.tabs[0].shown[0], "Du pain");
    assert!(house.tabs[0].shown[2].starts_with("Lisez : # "));
    assert_eq!(house.tabs[0].replica.saving(), Saving::Saved);
    assert_eq!(house.server.refused.len(), 0, "the server was not asked in vain");

    house.tabs[0].replica.may(Rights::default());
    house.edit(0, Field::Pitch, 0, 0, "Non ");
    let tab = &mut house.tabs[0];
    assert_eq!(tab.replica.commit(), None);
    let refusing = tab.replica.refusing().expect("a refusal");
    assert_eq!((refusing.code, refusing.path.as_str()), (RejectCode::Forbidden, "pitch"));
    let refused = tab.replica.rejected(refusing.hash, refusing.code, &refusing.path).expect("taken back");
    show(&mut tab.shown, &refused.patches);
    assert_eq!(refused.words.words(Field::Pitch).collect::<String>(), "Non ");
    house.check();
}
