//! Whatever people do on a canvas at the same time, offline or not, refused or not: all end with the same canvas, which is
//! whole, and no words are lost.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use automerge::{ActorId, AutoCommit, Change, ChangeHash};
use proptest::prelude::*;

use super::{Act, CanvasReplica, Replicated as _, Unsaved};
use crate::{
    DocumentId, PersonId, Role,
    api::Colour,
    canvas::{Canvas, ItemKind, ItemRef, Spot},
    live::{
        canvas::{first_change, read},
        change,
        chunk::chunks,
        concept::ENCODING,
        ledger::{Author, Ledger},
        message::RejectCode,
        permit::Rights,
        replica::Splice,
        schema::DocumentKind,
        sync::{SyncMessage, Version},
    },
    rules::{Audience, BoardRules, EditingRule, Standing},
};

enum Down {
    Sync(Vec<u8>),
    Stored([u8; 32]),
    Rejected([u8; 32], RejectCode, String),
}

struct Tab {
    replica: CanvasReplica,
    author: Author,
    /// What the screen shows, brought up to date by what is said to have changed.
    shown: BTreeMap<ItemRef, String>,
    up: VecDeque<Vec<u8>>,
    down: VecDeque<Down>,
    connected: bool,
    joined: bool,
    kept: Vec<String>,
}

/// A server that judges as the real one does.
struct House {
    ledger: Ledger,
    doc: AutoCommit,
    order: Vec<ChangeHash>,
    tabs: Vec<Tab>,
    made: usize,
}

fn person(n: usize) -> PersonId {
    PersonId(uuid::Uuid::from_u128(n as u128 + 1))
}

fn actor(n: usize) -> [u8; 16] {
    [u8::try_from(n).expect("few") + 1; 16]
}

fn message(changes: &[Change]) -> Vec<u8> {
    let changes = changes.iter().map(Change::raw_bytes).collect();
    SyncMessage { version: Version::V1, heads: vec![], need: vec![], have: vec![], changes, flags: None }.encode()
}

fn shows(canvas: &Canvas, item: &ItemRef) -> Option<String> {
    canvas.clone_of(item).map(|item| format!("{item:?}"))
}

impl Tab {
    fn see(&mut self, items: BTreeSet<ItemRef>) {
        for item in items {
            match shows(self.replica.canvas(), &item) {
                Some(look) => self.shown.insert(item, look),
                None => self.shown.remove(&item),
            };
        }
    }

    /// The screen shows what the document has, and that is whole.
    fn check(&self) {
        let canvas = read(&self.replica.line().doc);
        assert_eq!(*self.replica.canvas(), canvas, "act by act it is what it is at once");
        let all: BTreeMap<_, _> =
            canvas.items().filter_map(|item| shows(&canvas, &item).map(|look| (item, look))).collect();
        assert_eq!(self.shown, all, "what changed was said");
        assert!(canvas.clone().settle().is_empty(), "nothing names what is not there");
    }
}

impl House {
    /// The first two are customers, the third a moderator.
    fn new(know: bool, editing: EditingRule) -> Self {
        let first = first_change(ActorId::from([99; 16].as_slice()), 0).expect("a change");
        let mut ledger = Ledger::default();
        let chunk = chunks(first.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
        ledger.begin(&change::Change::parse(&chunk).expect("read")).expect("begins");
        let mut doc = AutoCommit::new_with_encoding(ENCODING);
        doc.apply_changes([first.clone()]).expect("applies");
        let rules = BoardRules { audience: Audience::Public, editing };
        let tabs = (0..3_usize).map(|n| {
            let role = if n == 2 { Role::Moderator } else { Role::Customer };
            let rights = Rights::of(DocumentKind::Canvas, Standing { role: Some(role), ..Standing::default() }, rules);
            let mut replica = CanvasReplica::new(DocumentId([0; 16]), &actor(n));
            replica.may(rights);
            for other in (0..3).filter(|_| know) {
                replica.know(ActorId::from(actor(other).as_slice()).to_hex_string(), other == n);
            }
            Tab {
                replica,
                author: Author { person: person(n), rights },
                shown: BTreeMap::new(),
                up: VecDeque::new(),
                down: VecDeque::new(),
                connected: false,
                joined: false,
                kept: Vec::new(),
            }
        });
        let mut house = Self { ledger, doc, order: vec![first.hash()], tabs: tabs.collect(), made: 0 };
        for tab in 0..3 {
            house.connect(tab);
            house.settle(tab);
        }
        house
    }

    fn connect(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        if !std::mem::replace(&mut tab.connected, true) {
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

    fn take_up(&mut self, at: usize) {
        let Some(frame) = self.tabs[at].up.pop_front() else { return };
        let received = SyncMessage::decode(&frame).expect("ours can be read");
        let mut fresh = Vec::new();
        for bytes in &received.changes {
            let made = Change::from_bytes(bytes.to_vec()).expect("a change");
            let hash = made.hash();
            if self.order.contains(&hash) {
                self.tabs[at].down.push_back(Down::Stored(hash.0));
                continue;
            }
            let chunk = chunks(made.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
            let read = change::Change::parse(&chunk).expect("read");
            match self.ledger.check(&read, &self.tabs[at].author) {
                Ok(fit) => {
                    self.ledger.add(fit);
                    self.order.push(hash);
                    fresh.push(made);
                    self.tabs[at].down.push_back(Down::Stored(hash.0));
                }
                Err(unfit) => {
                    let down = Down::Rejected(hash.0, unfit.code(), unfit.path().to_owned());
                    self.tabs[at].down.push_back(down);
                }
            }
        }
        self.doc.apply_changes(fresh.clone()).expect("what is fit applies");
        if !fresh.is_empty() {
            let shared = message(&fresh);
            for (n, other) in self.tabs.iter_mut().enumerate() {
                if n != at && other.connected && other.joined {
                    other.down.push_back(Down::Sync(shared.clone()));
                }
            }
        }
        if !std::mem::replace(&mut self.tabs[at].joined, true) {
            let has: Vec<_> =
                received.heads.iter().map(|head| ChangeHash(*head)).filter(|head| self.order.contains(head)).collect();
            let missing = self.doc.get_changes(&has);
            self.tabs[at].down.push_back(Down::Sync(message(&missing)));
        }
    }

    fn take_down(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        match tab.down.pop_front() {
            None => {}
            Some(Down::Sync(data)) => tab.replica.receive(&data).expect("can be read"),
            Some(Down::Stored(hash)) => tab.up.extend(tab.replica.stored(&[hash])),
            Some(Down::Rejected(hash, code, path)) => {
                if let Some(back) = tab.replica.rejected(hash, code, &path) {
                    tab.see(back.items);
                    tab.kept.extend(back.words);
                    tab.up.extend(tab.replica.commit());
                    tab.check();
                }
            }
        }
    }

    fn integrate(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        let seen = tab.replica.integrate().expect("applies");
        assert!(!seen.behind, "the server sends everything in order");
        tab.up.extend(seen.send);
        tab.see(seen.items);
        tab.check();
    }

    fn commit(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        if let Some(data) = tab.replica.commit() {
            tab.up.push_back(data);
        }
    }

    /// Until nothing is under way.
    fn settle(&mut self, tab: usize) {
        self.commit(tab);
        while !self.tabs[tab].up.is_empty() || !self.tabs[tab].down.is_empty() {
            self.take_up(tab);
            self.take_down(tab);
        }
        self.integrate(tab);
    }

    fn act(&mut self, at: usize, acts: Vec<Act>) {
        let tab = &mut self.tabs[at];
        let (seen, _) = tab.replica.act(acts, false);
        tab.see(seen);
        tab.check();
    }

    fn pick(&self, tab: usize, kind: ItemKind, at: usize) -> Option<ItemRef> {
        let all: Vec<_> = self.tabs[tab].replica.canvas().items().filter(|item| item.kind == kind).collect();
        all.get(at % all.len().max(1)).cloned()
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Note(usize, u8),
    Card(usize),
    Group(usize),
    Link(usize, usize, usize),
    Move(usize, ItemKind, usize, u8),
    Gather(usize, ItemKind, usize, usize, bool),
    Write(usize, usize, u8),
    Paint(usize, usize),
    Lock(usize, ItemKind, usize, bool),
    Remove(usize, ItemKind, usize),
    Commit(usize),
    Up(usize),
    Down(usize),
    Integrate(usize),
    Cut(usize),
    Connect(usize),
    Reload(usize),
    Undo(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..3_usize;
    let which = || 0..7_usize;
    let placed = || prop::sample::select(vec![ItemKind::Card, ItemKind::Note, ItemKind::Group]);
    let kind = prop::sample::select(vec![ItemKind::Card, ItemKind::Note, ItemKind::Group, ItemKind::Link]);
    prop_oneof![
        4 => (who(), any::<u8>()).prop_map(|(a, b)| Step::Note(a, b)),
        1 => who().prop_map(Step::Card),
        2 => who().prop_map(Step::Group),
        2 => (who(), which(), which()).prop_map(|(a, b, c)| Step::Link(a, b, c)),
        4 => (who(), placed(), which(), any::<u8>()).prop_map(|(a, b, c, d)| Step::Move(a, b, c, d)),
        3 => (who(), placed(), which(), which(), any::<bool>()).prop_map(|(a, b, c, d, e)| Step::Gather(a, b, c, d, e)),
        3 => (who(), which(), any::<u8>()).prop_map(|(a, b, c)| Step::Write(a, b, c)),
        1 => (who(), which()).prop_map(|(a, b)| Step::Paint(a, b)),
        1 => (who(), placed(), which(), any::<bool>()).prop_map(|(a, b, c, d)| Step::Lock(a, b, c, d)),
        2 => (who(), kind, which()).prop_map(|(a, b, c)| Step::Remove(a, b, c)),
        5 => who().prop_map(Step::Commit),
        6 => who().prop_map(Step::Up),
        6 => who().prop_map(Step::Down),
        4 => who().prop_map(Step::Integrate),
        1 => who().prop_map(Step::Cut),
        1 => who().prop_map(Step::Connect),
        1 => who().prop_map(Step::Reload),
        2 => (who(), any::<bool>()).prop_map(|(a, b)| Step::Undo(a, b)),
    ]
}

fn run(house: &mut House, step: Step) {
    let made = house.made;
    let word = |n: u8| char::from(b'a' + n % 26).to_string();
    match step {
        Step::Note(tab, n) => {
            let spot = Spot { x: f64::from(n), y: f64::from(n), z: f64::from(n % 3) };
            let text = format!("{}{made}", word(n));
            house.act(
                tab,
                vec![Act::AddNote { id: format!("n{made}"), text, spot, colour: Colour::Amber, group: None }],
            );
        }
        Step::Card(tab) => {
            let id = uuid::Uuid::from_u128(made as u128 % 4).to_string();
            house.act(tab, vec![Act::AddCard { id, spot: Spot::default(), group: None }]);
        }
        Step::Group(tab) => {
            let title = format!("Groupe {made}");
            let (spot, colour) = (Spot::default(), Colour::Teal);
            house.act(tab, vec![Act::AddGroup { id: format!("g{made}"), title, spot, w: 300.0, h: 200.0, colour }]);
        }
        Step::Link(tab, a, b) => {
            let ends = house.pick(tab, ItemKind::Note, a).zip(house.pick(tab, ItemKind::Group, b));
            if let Some((from, to)) = ends {
                house.act(tab, vec![Act::AddLink { id: format!("l{made}"), from, to }]);
            }
        }
        Step::Move(tab, kind, at, to) => {
            if let Some(item) = house.pick(tab, kind, at) {
                let z = f64::from(to);
                house.act(tab, vec![Act::Move { item: item.clone(), x: z, y: -z }, Act::Raise { item, z }]);
            }
        }
        Step::Gather(tab, kind, at, into, some) => {
            let group = house.pick(tab, ItemKind::Group, into).filter(|_| some).map(|group| group.id);
            if let Some(item) = house.pick(tab, kind, at).filter(|item| item.kind != ItemKind::Group) {
                house.act(tab, vec![Act::Gather { item, group }]);
            }
        }
        Step::Write(tab, at, n) => {
            if let Some(item) = house.pick(tab, ItemKind::Note, at) {
                let length = house.tabs[tab].replica.canvas().text(&item).map_or(0, |text| text.chars().count());
                let at = usize::from(n) % (length + 1);
                let splice = Splice { at, delete: usize::from(n % 2).min(length - at), insert: word(n) };
                house.act(tab, vec![Act::Write { item, splice }]);
            }
        }
        Step::Paint(tab, at) => {
            if let Some(item) = house.pick(tab, ItemKind::Note, at) {
                house.act(tab, vec![Act::Paint { item, colour: Colour::ALL[made % 8] }]);
            }
        }
        Step::Lock(tab, kind, at, locked) => {
            if let Some(item) = house.pick(tab, kind, at) {
                house.act(tab, vec![Act::Lock { item, locked }]);
            }
        }
        Step::Remove(tab, kind, at) => {
            if let Some(item) = house.pick(tab, kind, at) {
                house.act(tab, vec![Act::Remove(item)]);
            }
        }
        Step::Commit(tab) => house.commit(tab),
        Step::Up(tab) => house.take_up(tab),
        Step::Down(tab) => house.take_down(tab),
        Step::Integrate(tab) => house.integrate(tab),
        Step::Cut(tab) => house.cut(tab),
        Step::Connect(tab) => house.connect(tab),
        Step::Reload(tab) => reload(house, tab),
        Step::Undo(tab, again) => {
            let tab = &mut house.tabs[tab];
            let seen = if again { tab.replica.redo() } else { tab.replica.undo() };
            tab.see(seen);
            tab.check();
        }
    }
    house.made += 1;
}

/// The page goes, with what was not stored kept, and comes back.
fn reload(house: &mut House, at: usize) {
    let kept = serde_json::to_string(&house.tabs[at].replica.unsaved()).expect("it can be kept");
    let kept: Vec<Unsaved> = serde_json::from_str(&kept).expect("and found again");
    house.cut(at);
    let rights = house.tabs[at].author.rights;
    let mut replica = CanvasReplica::new(DocumentId([0; 16]), &actor(at));
    replica.may(rights);
    let tab = &mut house.tabs[at];
    replica.makers.clone_from(&tab.replica.makers);
    tab.replica = replica;
    tab.shown.clear();
    house.connect(at);
    house.settle(at);
    let tab = &mut house.tabs[at];
    let adopted = tab.replica.adopt(kept);
    assert!(adopted.words.is_empty(), "what was kept fits");
    tab.see(adopted.items);
    tab.check();
    tab.up.extend(tab.replica.commit());
}

/// The document itself, read without the reader that is tried.
mod raw {
    use automerge::{ObjType, ROOT, ScalarValue, Value};

    use super::*;
    use crate::live::schema::Part;
    use automerge::ReadDoc as _;

    /// Every item has all its parts, each of its type, in the document itself; and what it is in, or leads to, is there.
    pub(super) fn check(doc: &AutoCommit, canvas: &Canvas) {
        let map = |kind: ItemKind| doc.get(ROOT, kind.key()).expect("readable").expect("there").1;
        let mut count = 0;
        for kind in ItemKind::ALL {
            for id in doc.keys(map(kind)) {
                let (value, object) = doc.get(map(kind), id.as_str()).expect("readable").expect("there");
                assert_eq!(value, Value::Object(ObjType::Map), "{kind:?} {id}");
                let (always, besides) = kind.parts();
                for key in doc.keys(&object) {
                    assert!(always.iter().chain(besides).any(|part| part.key() == key), "{kind:?} {id} has no {key}");
                }
                let value = |part: Part| doc.get(&object, part.key()).expect("readable").map(|(value, _)| value);
                for part in always {
                    let right = match (part, value(*part)) {
                        (Part::Text | Part::Title | Part::Alt, Some(Value::Object(ObjType::Text))) => true,
                        (Part::X | Part::Y | Part::W | Part::H, Some(Value::Scalar(value))) => value.as_f64().is_some(),
                        (Part::Colour | Part::From | Part::To | Part::Picture, Some(Value::Scalar(value))) => {
                            matches!(value.as_ref(), ScalarValue::Str(_))
                        }
                        _ => false,
                    };
                    assert!(right, "{kind:?} {id} has its {part:?}");
                }
                let item = ItemRef::new(kind, &id);
                let word = |part| match value(part) {
                    Some(Value::Scalar(value)) => value.as_str().map(str::to_owned),
                    _ => None,
                };
                let is_there = |kind: ItemKind, id: &str| doc.get(map(kind), id).expect("readable").is_some();
                let named = word(Part::Group).filter(|group| is_there(ItemKind::Group, group));
                assert_eq!(
                    canvas.group_of(&item),
                    named.as_deref(),
                    "{item} is in the group that it names and that is there"
                );
                let leads = |part| {
                    let end: Option<ItemRef> = word(part).and_then(|end| end.parse().ok());
                    end.is_some_and(|end| is_there(end.kind, &end.id))
                };
                let stands = kind != ItemKind::Link || (leads(Part::From) && leads(Part::To));
                assert_eq!(canvas.has(&item), stands, "{item} is shown, unless it leads nowhere");
                count += usize::from(stands);
            }
        }
        assert_eq!(canvas.len(), count, "nothing is shown that is not there");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn everybody_ends_with_the_same_whole_canvas(
        steps in prop::collection::vec(step(), 1..80),
        know in any::<bool>(),
        open in any::<bool>(),
    ) {
        let mut house = House::new(know, if open { EditingRule::Everyone } else { EditingRule::Staff });
        let (mut removed, mut added) = (BTreeSet::new(), BTreeMap::new());
        for step in steps {
            let before: Vec<Vec<ItemRef>> = house.tabs.iter().map(|tab| tab.replica.canvas().items().collect()).collect();
            run(&mut house, step);
            if let Step::Note(tab, _) = step {
                let note = ItemRef::new(ItemKind::Note, format!("n{}", house.made - 1));
                added.extend(house.tabs[tab].replica.canvas().has(&note).then_some((note, tab)));
            }
            if let Step::Remove(tab, ..) | Step::Undo(tab, _) = step {
                removed.extend(before[tab].iter().filter(|item| !house.tabs[tab].replica.canvas().has(item)).cloned());
            }
        }
        for tab in 0..3 {
            house.connect(tab);
            house.settle(tab);
        }
        for tab in 0..3 {
            house.settle(tab);
        }
        let canvas = read(&house.doc);
        prop_assert!(canvas.clone().settle().is_empty());
        for tab in &house.tabs {
            prop_assert_eq!(tab.replica.canvas(), &canvas);
            prop_assert!(!tab.replica.has_unsaved());
        }
        // A note that nobody removed stands: whoever may add one is refused no such thing.
        prop_assert_eq!(house.doc.get_changes(&[]).len(), house.order.len());
        for (note, tab) in added {
            prop_assert!(canvas.has(&note) || removed.contains(&note), "{} of {}", note, tab);
            // Whoever put it back, it stays whose it was.
            let maker = ActorId::from(actor(tab).as_slice()).to_hex_string();
            prop_assert!(!canvas.has(&note) || canvas.maker(&note) == Some(maker.as_str()), "{} is {}'s", note, tab);
        }
        raw::check(&house.doc, &canvas);
    }
}

#[test]
fn what_a_customer_may_not_is_said_before_it_is_done() {
    let mut house = House::new(true, EditingRule::Staff);
    let note = |id: &str| Act::AddNote {
        id: id.into(),
        text: "Du pain".into(),
        spot: Spot::default(),
        colour: Colour::Amber,
        group: None,
    };
    house.act(0, vec![note("n1")]);
    house.settle(0);
    house.settle(1);
    house.settle(2);
    let item = ItemRef::new(ItemKind::Note, "n1");
    let acts = [
        (Act::Move { item: item.clone(), x: 1.0, y: 1.0 }, RejectCode::NotYours, "notes/n1/x"),
        (Act::Remove(item.clone()), RejectCode::NotYours, "notes/n1"),
        (Act::Paint { item: item.clone(), colour: Colour::Rose }, RejectCode::NotYours, "notes/n1/colour"),
        (Act::Lock { item: item.clone(), locked: true }, RejectCode::Locked, "notes/n1/locked"),
        (note("n1"), RejectCode::Taken, "notes/n1"),
    ];
    for (act, code, path) in acts {
        let (seen, refused) = house.tabs[1].replica.act(vec![act], false);
        assert!(seen.is_empty());
        assert_eq!(refused, [super::Refusal { code, path: path.into() }]);
    }
    assert!(!house.tabs[1].replica.has_unsaved());
    let long = Act::Write { item: item.clone(), splice: Splice { at: 0, delete: 0, insert: "x".repeat(2_000) } };
    let (_, refused) = house.tabs[0].replica.act(vec![long], false);
    assert_eq!(refused.iter().map(|refusal| refusal.code).collect::<Vec<_>>(), [RejectCode::TooLong]);
}

/// One thing refused among many: the others are done, and what follows on it.
#[test]
fn a_refusal_takes_back_only_what_it_is_about() {
    // Nobody knows whose anything is, so the server has to say.
    let mut house = House::new(false, EditingRule::Staff);
    let note = |id: &str| Act::AddNote {
        id: id.into(),
        text: id.to_uppercase(),
        spot: Spot::default(),
        colour: Colour::Amber,
        group: None,
    };
    house.act(0, vec![note("hers")]);
    house.settle(0);
    house.act(1, vec![note("his")]);
    house.settle(1);
    let shift = |id: &str| Act::Move { item: ItemRef::new(ItemKind::Note, id), x: 70.0, y: 7.0 };
    house.act(1, vec![shift("hers"), shift("his")]);
    house.commit(1);
    house.act(1, vec![note("later")]);
    house.settle(1);
    house.settle(0);
    let canvas = read(&house.doc);
    assert_eq!(canvas.notes["his"].spot.x.to_bits(), 70.0_f64.to_bits());
    assert_eq!(canvas.notes["hers"].spot.x.to_bits(), 0.0_f64.to_bits());
    assert_eq!(canvas.notes["later"].text, "LATER");
    assert_eq!(*house.tabs[1].replica.canvas(), canvas);
    assert!(house.tabs[1].kept.is_empty());
    // The words of a note that was refused are kept.
    house.tabs[0].author.rights = Rights::default();
    house.act(0, vec![note("nowhere")]);
    house.settle(0);
    assert_eq!(house.tabs[0].kept, ["NOWHERE"]);
    assert_eq!(*house.tabs[0].replica.canvas(), canvas);
}
