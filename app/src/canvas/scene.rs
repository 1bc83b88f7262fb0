//! What the parts of an open canvas share: what is on it, who is there, and what is done by hand just now.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use shared::{
    DocumentId,
    api::{BoardView, CanvasMay, CanvasView, Colour, IdeaCard, PersonView, ReactionCount, Workshop},
    canvas::{
        Canvas, Item, ItemKind, ItemRef, Link,
        layout::{self, Rect},
    },
    live::{
        permit::Rights,
        pointer::Pointer,
        refusal::sentence,
        replica::{Act, Refusal},
        schema::FAR,
    },
};

use super::{camera::Camera, wanted::Wanted};
use crate::{
    i18n::t_string,
    pages::board_list::Wish,
    ui::{dialog::Dialog, toast},
    visit::shared_locale,
    words::Texts,
};

/// What somebody writes in a note, before they keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// What the note said when they began.
    pub base: String,
    pub words: String,
}

impl Draft {
    /// Whether they wrote anything.
    pub fn is_written(&self) -> bool {
        self.words != self.base && !self.words.trim().is_empty()
    }
}

/// When what was done goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// At once: it is a whole gesture.
    Now,
    /// Once the person pauses: more of it follows.
    Later,
}

/// Who keeps the canvas true, once they are there.
pub(crate) trait Painter {
    /// Does these, as far as they may be done, and answers what was refused.
    fn act(&self, acts: Vec<Act>, when: When) -> Vec<Refusal>;
    /// Whether the canvas has arrived, so that something can be done.
    fn is_open(&self) -> bool;
    /// Whether this may be done.
    fn permit(&self, act: &Act) -> Result<(), Refusal>;
    /// What the person does by hand has changed: the others are told.
    fn stir(&self);
    /// What was done goes out, and what follows is another gesture.
    fn commit(&self);
    /// Takes one's last gesture back, or does again what was taken back. Whether there was something.
    fn turn(&self, again: bool) -> bool;
    /// Looks again at what the others do.
    fn look(&self);
    /// Whether something is not stored yet. Sends what was done first.
    fn has_unsaved(&self) -> bool;
    /// Whether something would be lost if the page went now, though all was tried.
    fn is_at_risk(&self) -> bool;
    /// Keeps what is not stored, in case the page does not come back. Says whether there was room.
    fn keep(&self) -> bool;
    /// The canvas leaves the screen. The painter leaves the socket itself, once everything is stored, and says so.
    fn leave(&self, stored: Box<dyn FnOnce()>);
}

/// How it is with what the person did. Before anything is known: nothing to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Saving {
    /// The canvas is on its way.
    #[default]
    Opening,
    /// Everything is stored on the server.
    Saved,
    /// Some of it is on its way.
    Sending,
    /// There is no connection, and nothing that waits for it.
    Offline,
    /// There is no connection; something waits, and is kept on this device.
    OfflineKept,
    /// There is no connection; something waits in this tab.
    OfflineUnsaved,
}

/// Something to tell the person, in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// They may no longer change anything here.
    ReadOnly,
    /// They may now.
    MayNote,
    /// The board is no longer there, or not for them.
    Gone,
    /// Their session ended.
    SignedOut,
    /// The chunk did not load.
    Missing,
}

/// Somebody else who has the canvas open in a tab.
#[derive(Clone)]
pub(crate) struct Peer {
    /// Names the tab.
    pub peer: String,
    /// Who.
    pub person: PersonView,
    /// Their colour, for as long as they are here with these others.
    pub colour: Colour,
    /// What they do.
    pub does: ArcRwSignal<Pointer>,
}

/// What the hand does with what is selected.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Tool {
    /// Selects and moves.
    #[default]
    Hand,
    /// Draws links: the next thing chosen is linked to the last.
    Link,
}

/// The signals of an open canvas.
#[derive(Clone, Copy)]
pub(crate) struct Scene {
    pub i18n: Texts,
    /// Which ideas are looked for: the others step back.
    pub wish: Memo<Wish>,
    pub slug: StoredValue<String>,
    pub title: StoredValue<String>,
    pub document: DocumentId,
    pub me: StoredValue<Option<PersonView>>,
    /// What is on the canvas; [`version`](Self::version) says when it changed.
    pub canvas: StoredValue<Canvas>,
    pub version: RwSignal<u64>,
    /// What stands on it, links left out.
    pub items: RwSignal<Vec<ItemRef>>,
    pub links: RwSignal<Vec<String>>,
    looks: StoredValue<HashMap<ItemRef, ArcRwSignal<Option<Item>>>>,
    /// Where everything is and how large: reckoned once, as each frame asks.
    rects: StoredValue<HashMap<ItemRef, Rect>>,
    /// The links of each thing: which, from where and to where.
    ends: StoredValue<HashMap<ItemRef, Vec<(String, Link)>>>,
    /// Whose an actor id is.
    pub makers: RwSignal<HashMap<String, PersonView>>,
    /// The ideas on it, by their ids.
    pub ideas: RwSignal<HashMap<String, IdeaCard>>,
    /// The numbers of the ideas that notes became.
    pub promoted: RwSignal<HashMap<String, u32>>,
    pub reactions: RwSignal<HashMap<String, Vec<ReactionCount>>>,
    pub workshop: RwSignal<Workshop>,
    /// By how much this clock is behind the server's, in milliseconds.
    pub behind: RwSignal<i64>,
    pub may: RwSignal<CanvasMay>,
    pub may_propose: bool,
    pub saving: RwSignal<Saving>,
    pub notice: RwSignal<Option<Notice>>,
    /// Words that could not be stored.
    pub kept: RwSignal<Vec<String>>,
    /// What is being written in notes beside the stage, by the note.
    pub drafts: RwSignal<BTreeMap<String, Draft>>,
    /// Dots and reactions that are asked for.
    pub dots: Wanted<u32>,
    pub reacts: Wanted<bool>,
    pub peers: RwSignal<Vec<Peer>>,
    /// How many others look on who are nobody known.
    pub guests: RwSignal<usize>,
    pub selected: RwSignal<BTreeSet<ItemRef>>,
    /// What the keyboard is at.
    pub current: RwSignal<Option<ItemRef>>,
    /// What the person writes in.
    pub editing: RwSignal<Option<ItemRef>>,
    pub tool: RwSignal<Tool>,
    pub camera: RwSignal<Camera>,
    /// How large the stage is on the screen.
    pub window: RwSignal<(f64, f64)>,
    /// Where the person points, on the canvas.
    pub pointer: StoredValue<Option<(f64, f64)>>,
    /// How far the selected things are dragged just now.
    pub drag: StoredValue<Option<(f64, f64)>>,
    /// The colour of new notes.
    pub colour: StoredValue<Colour>,
    /// What is dragged then: what is selected and may be moved, and what lies in the groups among it.
    pub held: StoredValue<BTreeSet<ItemRef>>,
    /// A rectangle that is being drawn to select what is in it.
    pub marquee: RwSignal<Option<Rect>>,
    /// The person brings everyone to their view.
    pub leading: RwSignal<bool>,
    /// Whose view this one follows, by the tab.
    pub following: RwSignal<Option<String>>,
    /// Those whose view the person chose not to follow.
    pub declined: RwSignal<Option<String>>,
    /// Where one says what a dot vote is to be, and which idea is put on the canvas.
    pub asks_vote: Dialog,
    pub asks_idea: Dialog,
    /// Told when that dialog opens.
    pub asks_idea_again: Trigger,
    /// What was refused just now, to be shaken.
    pub shaken: RwSignal<Option<ItemRef>>,
    /// Whether something can be taken back, and whether something can be done again.
    pub turns: RwSignal<(bool, bool)>,
    /// What is said to who does not see the canvas.
    pub said: RwSignal<String>,
    /// How far others carry things, or have just let go of them.
    pub carried: StoredValue<HashMap<ItemRef, (f64, f64)>>,
    /// Told when that changes.
    pub frames: Trigger,
    painter: StoredValue<Option<SendWrapper<Rc<dyn Painter>>>>,
    #[cfg(feature = "hydrate")]
    pub elements: StoredValue<HashMap<ItemRef, SendWrapper<web_sys::HtmlElement>>>,
    /// The two paths of each link.
    #[cfg(feature = "hydrate")]
    pub lines: StoredValue<HashMap<String, SendWrapper<[web_sys::Element; 2]>>>,
}

impl Scene {
    /// The scene of a canvas as the page was drawn with it.
    pub fn new(i18n: Texts, board: &BoardView, view: CanvasView, me: Option<PersonView>, wish: Memo<Wish>) -> Self {
        let CanvasView { document, canvas, makers, ideas, promoted, reactions, workshop, may, .. } = view;
        let scene = Self {
            i18n,
            wish,
            slug: StoredValue::new(board.slug.clone()),
            title: StoredValue::new(board.title.clone()),
            document,
            me: StoredValue::new(me),
            canvas: StoredValue::new(Canvas::default()),
            version: RwSignal::new(0),
            items: RwSignal::new(Vec::new()),
            links: RwSignal::new(Vec::new()),
            looks: StoredValue::new(HashMap::new()),
            rects: StoredValue::new(HashMap::new()),
            ends: StoredValue::new(HashMap::new()),
            makers: RwSignal::new(makers.into_iter().map(|maker| (maker.actor, maker.person)).collect()),
            ideas: RwSignal::new(ideas.into_iter().map(|card| (card.id.to_string(), card)).collect()),
            promoted: RwSignal::new(promoted.into_iter().map(|one| (one.note, one.number)).collect()),
            reactions: RwSignal::new(reactions.into_iter().map(|one| (one.note, one.reactions)).collect()),
            behind: RwSignal::new(0),
            workshop: RwSignal::new(workshop),
            may: RwSignal::new(may),
            may_propose: board.may_propose,
            saving: RwSignal::new(Saving::Opening),
            notice: RwSignal::new(None),
            kept: RwSignal::new(Vec::new()),
            drafts: RwSignal::new(BTreeMap::new()),
            dots: Wanted::new(),
            reacts: Wanted::new(),
            peers: RwSignal::new(Vec::new()),
            guests: RwSignal::new(0),
            selected: RwSignal::new(BTreeSet::new()),
            current: RwSignal::new(None),
            editing: RwSignal::new(None),
            tool: RwSignal::new(Tool::Hand),
            camera: RwSignal::new(Camera::START),
            window: RwSignal::new((0.0, 0.0)),
            pointer: StoredValue::new(None),
            drag: StoredValue::new(None),
            colour: StoredValue::new(Colour::Amber),
            held: StoredValue::new(BTreeSet::new()),
            marquee: RwSignal::new(None),
            leading: RwSignal::new(false),
            following: RwSignal::new(None),
            declined: RwSignal::new(None),
            asks_vote: Dialog::new(),
            asks_idea: Dialog::new(),
            asks_idea_again: Trigger::new(),
            shaken: RwSignal::new(None),
            turns: RwSignal::new((false, false)),
            said: RwSignal::new(String::new()),
            carried: StoredValue::new(HashMap::new()),
            frames: Trigger::new(),
            painter: StoredValue::new(None),
            #[cfg(feature = "hydrate")]
            elements: StoredValue::new(HashMap::new()),
            #[cfg(feature = "hydrate")]
            lines: StoredValue::new(HashMap::new()),
        };
        let all = canvas.items().collect();
        scene.see(&canvas, &all);
        scene
    }

    /// These are otherwise than they were, as the canvas has them.
    pub fn see(self, canvas: &Canvas, changed: &BTreeSet<ItemRef>) {
        self.keep_written(canvas);
        let stored = self.canvas.try_update_value(|now| now.clone_from(canvas));
        if stored.is_none() || changed.is_empty() {
            // The page is gone, or nothing is new.
            return;
        }
        self.rects.update_value(|rects| {
            for item in changed {
                match layout::rect(canvas, item) {
                    Some(rect) => rects.insert(item.clone(), rect),
                    None => rects.remove(item),
                };
            }
        });
        let (mut listed, mut linked) = (false, false);
        self.looks.update_value(|looks| {
            for item in changed {
                let look = canvas.clone_of(item);
                let known = looks.get(item);
                let list = if item.kind == ItemKind::Link { &mut linked } else { &mut listed };
                match (known, look) {
                    (Some(known), Some(look)) => known.set(Some(look)),
                    (None, Some(look)) => {
                        looks.insert(item.clone(), ArcRwSignal::new(Some(look)));
                        *list = true;
                    }
                    (Some(_), None) => {
                        looks.remove(item);
                        *list = true;
                    }
                    (None, None) => {}
                }
            }
        });
        if listed {
            self.items.set(canvas.items().filter(|item| item.kind != ItemKind::Link).collect());
            let gone = |item: &ItemRef| !canvas.has(item);
            if self.selected.with_untracked(|selected| selected.iter().any(gone)) {
                self.selected.update(|selected| selected.retain(|item| canvas.has(item)));
            }
            for one in [self.current, self.editing] {
                if one.with_untracked(|item| item.as_ref().is_some_and(gone)) {
                    one.set(None);
                }
            }
        }
        if changed.iter().any(|item| item.kind == ItemKind::Link) {
            let mut ends: HashMap<ItemRef, Vec<(String, Link)>> = HashMap::new();
            for (id, link) in &canvas.links {
                for end in [&link.from, &link.to] {
                    if let Ok(item) = end.parse() {
                        ends.entry(item).or_default().push((id.clone(), link.clone()));
                    }
                }
            }
            self.ends.set_value(ends);
        }
        if linked {
            self.links.set(canvas.links.keys().cloned().collect());
        }
        self.version.update(|version| *version += 1);
    }

    /// What the person is writing in something that has just gone is kept.
    fn keep_written(self, canvas: &Canvas) {
        let mut words = Vec::new();
        if let Some(item) = self.editing.try_get_untracked().flatten().filter(|item| !canvas.has(item)) {
            words.extend(self.with(|before| before.text(&item).map(str::to_owned)).flatten());
        }
        let gone = |note: &String, _: &mut Draft| !canvas.notes.contains_key(note);
        if self.drafts.try_with_untracked(|drafts| drafts.keys().any(|note| !canvas.notes.contains_key(note)))
            == Some(true)
        {
            let lost = self.drafts.try_update(|drafts| drafts.extract_if(.., gone).collect::<Vec<_>>());
            words.extend(
                lost.into_iter().flatten().filter(|(_, draft)| draft.is_written()).map(|(_, draft)| draft.words),
            );
        }
        self.keep(words);
    }

    /// Keeps words that stand nowhere.
    pub fn keep(self, words: Vec<String>) {
        #[cfg(feature = "hydrate")]
        super::kept::store(self, &super::kept::key(self), words);
        #[cfg(not(feature = "hydrate"))]
        let _ = words;
    }

    /// What something looks like now, and whenever that changes; nothing once it is gone.
    pub fn look(self, item: &ItemRef) -> ArcRwSignal<Option<Item>> {
        let known = self.looks.with_value(|looks| looks.get(item).cloned());
        known.unwrap_or_else(|| ArcRwSignal::new(None))
    }

    /// Something of the canvas as it is now.
    pub fn with<T>(self, read: impl FnOnce(&Canvas) -> T) -> Option<T> {
        self.canvas.try_with_value(read)
    }

    /// Where something is, and how large.
    pub fn rect(self, item: &ItemRef) -> Option<Rect> {
        self.rects.try_with_value(|rects| rects.get(item).copied()).flatten()
    }

    /// The links of something.
    pub fn links_of(self, item: &ItemRef) -> Vec<(String, Link)> {
        self.ends.try_with_value(|ends| ends.get(item).cloned()).flatten().unwrap_or_default()
    }

    /// Whether the idea of this id is none of those that are looked for.
    pub fn steps_back(self, idea: &str) -> bool {
        let me = self.me.with_value(|me| me.as_ref().map(|me| me.id));
        self.wish.with(|wish| {
            let is_for = || self.ideas.with(|ideas| ideas.get(idea).is_some_and(|card| wish.is_for(card, me)));
            wish.is_narrowed() && !is_for()
        })
    }

    /// Where all that is there is, and how large.
    pub fn with_rects<T>(self, read: impl FnOnce(&HashMap<ItemRef, Rect>) -> T) -> Option<T> {
        self.rects.try_with_value(read)
    }

    /// The least rectangle around everything.
    pub fn bounds(self) -> Option<Rect> {
        self.with_rects(|rects| layout::around(rects.values().copied())).flatten()
    }

    /// Who put something there, once that is known.
    pub fn maker(self, item: &ItemRef) -> Option<PersonView> {
        let actor = self.with(|canvas| canvas.maker(item).map(str::to_owned)).flatten()?;
        self.makers.with(|makers| makers.get(&actor).cloned())
    }

    /// Whether the person put it there.
    pub fn is_mine(self, item: &ItemRef) -> bool {
        let me = self.me.with_value(|me| me.as_ref().map(|me| me.id));
        me.is_some() && self.maker(item).map(|maker| maker.id) == me
    }

    /// Whoever keeps the canvas true is there, or gone.
    pub fn give_painter(self, painter: Option<Rc<dyn Painter>>) {
        let _ = self.painter.try_update_value(|slot| *slot = painter.map(SendWrapper::new));
    }

    /// Whoever keeps the canvas true.
    pub fn painter(self) -> Option<Rc<dyn Painter>> {
        self.painter.try_with_value(|painter| painter.as_ref().map(|painter| (**painter).clone())).flatten()
    }

    /// Does these. What may not be done is said, in a sentence, and shown where it is. Whether all of it was done.
    pub fn act(self, acts: Vec<Act>, when: When) -> bool {
        let Some(painter) = self.painter().filter(|painter| painter.is_open()) else {
            self.not_yet();
            return false;
        };
        let refusals = painter.act(acts, when);
        if let Some(first) = refusals.first() {
            self.refuse(first);
        }
        refusals.is_empty()
    }

    /// Those of these that may be done. Why the first may not is said when none may.
    pub fn permitted(self, acts: Vec<Act>) -> Vec<Act> {
        let Some(painter) = self.painter().filter(|painter| painter.is_open()) else {
            self.not_yet();
            return Vec::new();
        };
        let mut refusal = None;
        let may = |act: &Act| painter.permit(act).map_err(|why| refusal.get_or_insert(why).clone()).is_ok();
        let may: Vec<Act> = acts.into_iter().filter(may).collect();
        if let Some(why) = refusal.filter(|_| may.is_empty()) {
            self.refuse(&why);
        }
        may
    }

    fn not_yet(self) {
        toast::warn(t_string!(self.i18n, canvas.not_yet));
    }

    /// Says why something was not done, and shows where.
    pub fn refuse(self, refusal: &Refusal) {
        let why = sentence(refusal.code, &refusal.path, shared_locale(self.i18n.get_locale_untracked()));
        toast::warn(why);
        let item = refusal.path.split('/').take(2).collect::<Vec<_>>().join("/").parse::<ItemRef>().ok();
        self.shaken.set(None);
        self.shaken.set(item);
    }

    /// Tells the others what the person does, if anybody is there to be told.
    pub fn stir(self) {
        if let Some(painter) = self.painter() {
            painter.stir();
        }
    }

    /// Takes one's last gesture back, or does it again, and says so.
    pub fn turn(self, again: bool) {
        let done = self.painter().is_some_and(|painter| painter.turn(again));
        let i18n = self.i18n;
        self.say(match (done, again) {
            (false, _) => t_string!(i18n, canvas.nothing_to_turn),
            (true, false) => t_string!(i18n, canvas.undone),
            (true, true) => t_string!(i18n, canvas.redone),
        });
    }

    /// The rights that the screens know of.
    pub fn rights(self) -> Rights {
        let may = self.may.get_untracked();
        Rights { edit: false, note: may.note, arrange: may.arrange, tidy: may.tidy }
    }

    /// Says something to who does not see the canvas.
    pub fn say(self, words: impl Into<String>) {
        self.said.set(words.into());
    }

    /// Selects these and nothing else.
    pub fn select(self, items: impl IntoIterator<Item = ItemRef>) {
        let items: BTreeSet<ItemRef> = items.into_iter().collect();
        if self.selected.with_untracked(|now| *now != items) {
            self.selected.set(items);
            self.stir();
        }
    }

    /// Shows all of this.
    pub fn show(self, rect: Rect, most: f64) {
        let window = self.window.get_untracked();
        self.leave_view();
        self.camera.set(Camera::fitting_clear(rect, window, most));
    }

    /// Shows everything.
    pub fn fit(self) {
        match self.bounds() {
            Some(bounds) => self.show(bounds.grown(8.0), 1.0),
            None => {
                let (w, h) = self.window.get_untracked();
                self.camera.set(Camera { x: w / 2.0, y: h / 2.0, zoom: 1.0 });
            }
        }
    }

    /// The person looks where they want: they follow nobody any more.
    pub fn leave_view(self) {
        if let Some(peer) = self.following.get_untracked() {
            self.declined.set(Some(peer));
            self.following.set(None);
        }
    }

    /// Brings a place of the canvas to the middle of the stage.
    pub fn look_at(self, (x, y): (f64, f64)) {
        let (w, h) = self.window.get_untracked();
        let zoom = self.camera.get_untracked().zoom;
        self.leave_view();
        self.camera.set(Camera { x: w / 2.0 - x * zoom, y: h / 2.0 - y * zoom, zoom });
    }

    /// The middle of what is seen, on the canvas.
    pub fn middle(self) -> (f64, f64) {
        let (w, h) = self.window.get_untracked();
        if w < 1.0 {
            // There is no stage: beside what is there.
            return self.bounds().map_or((0.0, 0.0), Rect::middle);
        }
        self.camera.get_untracked().place((w / 2.0, h / 2.0))
    }

    /// A name that nothing on the canvas has: short, as each drag of it tells it.
    pub fn new_id() -> String {
        const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut left = u128::from_be_bytes(*uuid::Uuid::new_v4().as_bytes());
        let mut id = String::with_capacity(12);
        for _ in 0..12 {
            let at = usize::try_from(left % 62).unwrap_or_default();
            id.push(char::from(LETTERS[at]));
            left /= 62;
        }
        id
    }

    /// The greatest nearness of anything, and one more.
    pub fn top(self) -> f64 {
        let top = |canvas: &Canvas| {
            let spots =
                canvas.items().filter(|item| item.kind != ItemKind::Group).filter_map(|item| canvas.spot(&item));
            spots.map(|spot| spot.z).fold(0.0, f64::max)
        };
        (self.with(top).unwrap_or_default() + 1.0).min(FAR)
    }
}
