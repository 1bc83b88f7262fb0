//! Any interleaving of edits here and elsewhere, failures of the disk, crashes and reloads keeps every edit made here.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use automerge::{ActorId, Change, sync};
use proptest::prelude::*;

use super::{
    Batch, Due, Keeper, Kept, Replica, Replicated as _, Splice, is_own,
    test_server::{Down, Server},
    units,
};
use crate::{
    DocumentId,
    live::{
        concept::{self, Field, Texts},
        message::RejectCode,
    },
};

/// One page: a replica and what keeps it. What it typed is one letter each, found nowhere else.
struct Page {
    replica: Replica,
    keeper: Option<Keeper>,
    writing: Option<Batch>,
    typed: Vec<char>,
    up: VecDeque<Vec<u8>>,
    down: VecDeque<Down>,
    connected: bool,
    joined: bool,
}

/// A device with two pages, one elsewhere that keeps nothing, and the server.
struct World {
    disk: BTreeMap<Vec<String>, Vec<u8>>,
    server: Server,
    refuse_next: Option<RejectCode>,
    pages: [Page; 3],
    opened: u32,
    tabs: [String; 2],
    letters: u32,
    /// What was kept: on the disk or on the server. It must never go.
    promised: BTreeSet<char>,
    /// What was sent though the disk took nothing.
    risked: BTreeSet<char>,
    /// What was refused and given back to the person.
    given_back: BTreeSet<char>,
}

const DOCUMENT: DocumentId = DocumentId([0; 16]);
const ELSEWHERE: usize = 2;

fn blank(actor: u32) -> Page {
    let mut id = [7; 16];
    id[..4].copy_from_slice(&actor.to_be_bytes());
    Page {
        replica: Replica::new(DOCUMENT, &id),
        keeper: None,
        writing: None,
        typed: Vec::new(),
        up: VecDeque::new(),
        down: VecDeque::new(),
        connected: false,
        joined: false,
    }
}

impl World {
    fn new() -> Self {
        let texts = Texts { title: "Du pain".into(), pitch: String::new(), body: "Parce que.".into() };
        let mut world = Self {
            disk: BTreeMap::new(),
            server: Server::of(&texts),
            refuse_next: None,
            pages: [blank(0), blank(1), blank(2)],
            opened: 3,
            tabs: Default::default(),
            letters: 0,
            promised: BTreeSet::new(),
            risked: BTreeSet::new(),
            given_back: BTreeSet::new(),
        };
        world.open(0, true);
        world.open(1, true);
        for page in 0..3 {
            world.connect(page);
            world.settle(page);
        }
        world
    }

    fn open(&mut self, page: usize, readable: bool) {
        self.opened += 1;
        self.pages[page] = blank(self.opened);
        if page != ELSEWHERE {
            self.tabs[page] = format!("tab{}", self.opened);
        }
        if readable && page != ELSEWHERE {
            let records = self.disk.iter().map(|(key, bytes)| (key.clone(), bytes.clone())).collect();
            let mut kept = Kept::of(records);
            kept.without(|tab| tab == self.tabs[1 - page]);
            let keeper = Keeper::open(&mut self.pages[page].replica, &self.tabs[page], kept);
            self.pages[page].keeper = Some(keeper);
        }
    }

    fn connect(&mut self, page: usize) {
        let page = &mut self.pages[page];
        if !page.connected {
            page.connected = true;
            page.joined = false;
            page.up.push_back(page.replica.hello());
        }
    }

    fn cut(&mut self, page: usize) {
        let page = &mut self.pages[page];
        page.connected = false;
        page.up.clear();
        page.down.clear();
        page.replica.disconnected();
    }

    fn type_one(&mut self, page: usize, place: usize) {
        let page = &mut self.pages[page];
        if !page.replica.is_open() {
            return;
        }
        let letter = char::from_u32(0x4e00 + self.letters).expect("a letter");
        self.letters += 1;
        let at = place % (units(&page.replica.text(Field::Body)) + 1);
        page.replica.splice(Field::Body, &Splice { at, delete: 0, insert: letter.to_string() }).expect("fits");
        page.typed.push(letter);
    }

    /// The page begins to write, unless it does already.
    fn write(&mut self, page: usize) {
        let Page { replica, keeper: Some(keeper), writing, .. } = &mut self.pages[page] else { return };
        if writing.is_none() {
            *writing = keeper.next(replica).or_else(|| keeper.merge(replica));
        }
    }

    /// What is being typed is kept as it is.
    fn jot(&mut self, page: usize) {
        let Page { replica, keeper: Some(keeper), writing: None, .. } = &mut self.pages[page] else { return };
        if let Some(jot) = keeper.jot(replica) {
            self.disk.insert(jot.key.clone(), jot.bytes.clone());
            keeper.jotted(&jot);
        }
    }

    fn on_disk(&mut self, batch: Batch) {
        for prefix in batch.removes {
            self.disk.retain(|key, _| !key.starts_with(&prefix));
        }
        self.disk.extend(batch.puts);
    }

    fn written(&mut self, page: usize, done: bool) {
        let Some(batch) = self.pages[page].writing.take() else { return };
        let Page { replica, keeper: Some(keeper), .. } = &mut self.pages[page] else { return };
        if done {
            keeper.written(replica);
            self.on_disk(batch);
        } else {
            keeper.failed(replica);
            // Not even what was being typed could be forgotten: should the page crash now, it is there twice.
            keeper.hurry(replica);
            self.risked.extend(&self.pages[page].typed);
        }
        let page = &mut self.pages[page];
        page.up.extend(page.replica.flush());
    }

    /// The page goes, if everything is kept or the person was not told otherwise.
    fn reload(&mut self, page: usize, room: bool, readable: bool) {
        if page == ELSEWHERE {
            return;
        }
        let _ = self.pages[page].replica.commit().map(|data| self.pages[page].up.push_back(data));
        for _ in 0..2 {
            self.write(page);
            self.written(page, room);
        }
        let Page { replica, keeper, .. } = &self.pages[page];
        let safe = !replica.has_unsaved() || keeper.as_ref().is_some_and(|keeper| keeper.keeps_all(replica));
        if safe {
            self.promise();
            self.open(page, readable);
        }
    }

    /// The page is gone; what it was writing is on the disk or not.
    fn crash(&mut self, page: usize, was_written: bool, readable: bool) {
        if page == ELSEWHERE {
            return;
        }
        if let Some(batch) = self.pages[page].writing.take().filter(|_| was_written) {
            self.on_disk(batch);
        }
        self.open(page, readable);
    }

    fn up(&mut self, page: usize) {
        let one = &mut self.pages[page];
        let Some(frame) = one.up.pop_front() else { return };
        let (answers, shared) = self.server.take(&frame, &mut one.joined, &mut self.refuse_next);
        one.down.extend(answers);
        for (n, other) in self.pages.iter_mut().enumerate() {
            if n != page && other.connected && other.joined {
                other.down.extend(shared.clone().map(Down::Sync));
            }
        }
    }

    fn down(&mut self, page: usize) {
        let page = &mut self.pages[page];
        match page.down.pop_front() {
            None => {}
            Some(Down::Sync(data)) => page.replica.receive(&data).expect("can be read"),
            Some(Down::Stored(hash)) => page.up.extend(page.replica.stored(&[hash])),
            Some(Down::Rejected(hash, code)) => {
                if let Some(refused) = page.replica.rejected(hash, code, "") {
                    let letters = refused.words.words(Field::Body).flat_map(str::chars).collect::<Vec<_>>();
                    self.given_back.extend(letters);
                    page.up.extend(page.replica.commit());
                }
            }
        }
    }

    fn integrate(&mut self, page: usize) {
        let page = &mut self.pages[page];
        let done = page.replica.integrate().expect("applies");
        page.up.extend(done.send);
        if done.behind && page.connected {
            page.up.push_back(page.replica.hello());
        }
    }

    fn settle(&mut self, page: usize) {
        for _ in 0..200 {
            self.up(page);
            self.down(page);
            self.integrate(page);
            if self.pages[page].up.is_empty() && self.pages[page].down.is_empty() {
                break;
            }
        }
    }

    fn text(&self) -> String {
        concept::read(&self.server.doc).expect("a concept").body
    }

    /// Notes what is kept by now.
    fn promise(&mut self) {
        self.promised.extend(self.text().chars().filter(|letter| *letter >= '\u{4e00}'));
        for Page { replica, keeper, typed, .. } in &self.pages {
            if keeper.as_ref().is_some_and(|keeper| keeper.keeps_all(replica)) {
                self.promised.extend(typed);
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Type(usize),
    Commit,
    Jot,
    Write,
    Written(bool),
    Up,
    Down,
    Integrate,
    Cut,
    Connect,
    RefuseNext,
    Reload { room: bool, readable: bool },
    Crash { was_written: bool, readable: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let mostly = || prop::bool::weighted(0.9);
    prop_oneof![
        8 => (0..60usize).prop_map(Step::Type),
        5 => Just(Step::Commit),
        5 => Just(Step::Jot),
        6 => Just(Step::Write),
        6 => prop::bool::weighted(0.7).prop_map(Step::Written),
        6 => Just(Step::Up),
        6 => Just(Step::Down),
        4 => Just(Step::Integrate),
        2 => Just(Step::Cut),
        2 => Just(Step::Connect),
        1 => Just(Step::RefuseNext),
        2 => (mostly(), mostly()).prop_map(|(room, readable)| Step::Reload { room, readable }),
        2 => (any::<bool>(), mostly()).prop_map(|(was_written, readable)| Step::Crash { was_written, readable }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_was_kept_is_never_lost(plan in prop::collection::vec((0..3usize, step()), 1..160)) {
        let mut world = World::new();
        for (page, step) in plan {
            match step {
                Step::Type(place) => world.type_one(page, place),
                Step::Commit => {
                    let data = world.pages[page].replica.commit();
                    world.pages[page].up.extend(data);
                }
                Step::Jot => world.jot(page),
                Step::Write => world.write(page),
                Step::Written(done) => world.written(page, done),
                Step::Up => world.up(page),
                Step::Down => world.down(page),
                Step::Integrate => world.integrate(page),
                Step::Cut => world.cut(page),
                Step::Connect => world.connect(page),
                Step::RefuseNext => world.refuse_next = Some(RejectCode::Orphan),
                Step::Reload { room, readable } => world.reload(page, room, readable),
                Step::Crash { was_written, readable } => world.crash(page, was_written, readable),
            }
            world.promise();
        }
        // Everybody comes back, in pages that can read what is kept.
        world.refuse_next = None;
        for page in 0..3 {
            if world.pages[page].keeper.is_none() {
                world.open(page, true);
            }
            world.written(page, true);
            let data = world.pages[page].replica.commit();
            world.pages[page].up.extend(data);
            world.write(page);
            world.written(page, true);
        }
        world.promise();
        for page in 0..2 {
            world.open(page, true);
        }
        for _ in 0..4 {
            for page in 0..3 {
                world.connect(page);
                world.settle(page);
            }
        }
        for page in 0..2 {
            // All that the server has is here: what does not fit by now builds on something refused.
            let words = world.pages[page].replica.give_up_early();
            world.given_back.extend(words.iter().flat_map(|words| words.chars()));
            world.pages[page].keeper.as_mut().expect("one").gave_up();
        }
        let text = world.text();
        for letter in &world.promised {
            let stands = text.chars().filter(|each| each == letter).count();
            let fine = match stands {
                0 => world.given_back.contains(letter),
                1 => true,
                _ => world.risked.contains(letter),
            };
            prop_assert!(fine, "{letter} {stands} times");
        }
        for page in 0..2 {
            for _ in 0..3 {
                world.write(page);
                world.written(page, true);
            }
            let Page { replica, keeper, .. } = &world.pages[page];
            prop_assert_eq!(replica.text(Field::Body), text.clone());
            prop_assert_eq!(keeper.as_ref().expect("one").due(replica), Due::Nothing);
        }
        prop_assert!(world.disk.keys().all(|key| !is_own(key)), "nothing waits any more");
        // And without a network it all opens again.
        world.open(0, true);
        prop_assert_eq!(world.pages[0].replica.text(Field::Body), text);
    }
}

#[test]
fn what_waits_goes_out_in_several_messages() {
    let mut world = World::new();
    world.cut(0);
    // As many pages that began without a network as a device opens in a week.
    for _ in 0..18 {
        world.write(0);
        world.written(0, true);
        world.open(0, true);
        world.type_one(0, 5);
        let _ = world.pages[0].replica.commit();
    }
    // And a long text, of which nothing could be pressed together.
    let mut letter = 1_u32;
    let mut long = || {
        let letters = std::iter::repeat_with(|| {
            letter = letter.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            char::from_u32(0xac00 + (letter >> 8) % 11_000).expect("a letter")
        });
        letters.take(8_000).collect::<String>()
    };
    for _ in 0..16 {
        let splice = Splice { at: 0, delete: 0, insert: long() };
        world.pages[0].replica.splice(Field::Body, &splice).expect("fits");
        let _ = world.pages[0].replica.commit();
    }
    world.write(0);
    world.written(0, true);
    world.open(0, true);
    world.connect(0);
    let mut frames = 0;
    while !world.pages[0].up.is_empty() {
        let frame = world.pages[0].up.front().expect("one").clone();
        let message = sync::Message::decode(&frame).expect("ours");
        let changes = message.changes.iter().map(|change| Change::from_bytes(change.to_vec()).expect("a change"));
        let actors: HashSet<ActorId> = changes.map(|change| change.actor_id().clone()).collect();
        assert!(actors.len() <= 16 && frame.len() < 1_000_000, "{} actors, {} bytes", actors.len(), frame.len());
        frames += 1;
        world.up(0);
        while !world.pages[0].down.is_empty() {
            world.down(0);
        }
    }
    assert!(frames > 3, "{frames}");
    world.integrate(0);
    assert_eq!(world.pages[0].replica.text(Field::Body), world.text());
    assert!(!world.pages[0].replica.has_unsaved());
    assert!(world.server.refused.is_empty());
}

#[test]
fn many_parts_become_one() {
    let mut world = World::new();
    for n in 0..60 {
        world.type_one(ELSEWHERE, n);
        let data = world.pages[ELSEWHERE].replica.commit();
        world.pages[ELSEWHERE].up.extend(data);
        world.settle(ELSEWHERE);
        world.settle(0);
        let Page { replica, keeper: Some(keeper), .. } = &mut world.pages[0] else { panic!("a keeper") };
        if let Some(batch) = keeper.next(replica) {
            keeper.written(replica);
            world.on_disk(batch);
        }
    }
    assert!(world.disk.len() > 40);
    world.write(0);
    world.written(0, true);
    assert_eq!(world.disk.len(), 1);
    world.open(0, true);
    assert_eq!(world.pages[0].replica.text(Field::Body), world.text());
}

#[test]
fn a_broken_record_costs_nothing_but_a_network() {
    let mut world = World::new();
    world.write(0);
    world.written(0, true);
    world.cut(0);
    world.type_one(0, 3);
    let _ = world.pages[0].replica.commit();
    world.write(0);
    world.written(0, true);
    let part = world.disk.iter_mut().find(|(key, _)| !is_own(key)).expect("a part");
    part.1.truncate(20);
    world.open(0, true);
    assert!(!world.pages[0].replica.is_open());
    world.connect(0);
    world.settle(0);
    assert!(!world.pages[0].replica.has_unsaved());
    assert!(world.text().contains('\u{4e00}'));
}

#[test]
fn what_was_refused_leaves_the_device_at_once() {
    let mut world = World::new();
    world.connect(0);
    world.settle(0);
    world.type_one(0, 3);
    let data = world.pages[0].replica.commit();
    world.pages[0].up.extend(data);
    world.write(0);
    world.written(0, true);
    world.refuse_next = Some(RejectCode::Forbidden);
    world.settle(0);
    assert_eq!(world.given_back.len(), 1);
    assert!(world.disk.keys().any(|key| is_own(key)));
    let due = |world: &World| {
        let Page { replica, keeper: Some(keeper), .. } = &world.pages[0] else { panic!("a keeper") };
        keeper.due(replica)
    };
    assert_eq!(due(&world), Due::Now);
    world.write(0);
    world.written(0, false);
    assert_eq!(due(&world), Due::Now);
    world.write(0);
    world.written(0, true);
    assert_ne!(due(&world), Due::Now);
    assert!(!world.disk.keys().any(|key| is_own(key)));
}
