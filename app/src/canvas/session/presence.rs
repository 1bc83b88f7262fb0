//! Who has the canvas open, what they do there, and what they are told of this one.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use leptos::prelude::*;
use shared::{
    Role,
    api::{Colour, PersonView},
    canvas::{ItemRef, layout},
    live::{
        message::{FromClient, Known, Who},
        permit::{Whose, permit},
        pointer::{self, Pointer},
        schema::{Deed, Part},
    },
};

use super::{Session, replace};
use crate::canvas::{
    camera::Camera,
    names::place,
    scene::{Peer, Scene},
};
use crate::visit::elapsed;

/// Between two words about what the person does, in milliseconds.
const TELL: u64 = 80;
/// What is selected is told again with every so many of them: one may have been lost.
const AGAIN: u64 = 12;
/// What somebody let go of stays where it was carried until the change is here, or for so long.
pub(super) const LINGER: f64 = 1_500.0;
/// Whoever carries something says so at least this often, in milliseconds.
const STILL: u64 = 4_000;
/// After this long of nothing said, something is not carried any more.
const QUIET: f64 = 10_000.0;

/// Somebody's tab.
struct Tab {
    who: Who,
    does: ArcRwSignal<Pointer>,
    heard: Option<Pointer>,
    /// When something was heard last.
    at: f64,
}

impl Tab {
    /// Whether this person may carry that: nothing of others is shown to move that the server would not let move.
    fn may_carry(&self, scene: Scene, item: &ItemRef) -> bool {
        let theirs = |person: &Known| scene.maker(item).is_none_or(|maker| maker.id == person.id);
        let whose = match scene.with(|canvas| canvas.is_locked(item)) {
            Some(true) => Whose::Locked,
            _ if self.who.person.as_ref().is_some_and(theirs) => Whose::Own,
            _ => Whose::Other,
        };
        permit(Deed::Put(Part::X), whose, self.who.rights).is_ok()
    }

    /// What this person carries just now: what they say, and what lies in the groups among it.
    fn carries(&self, scene: Scene, clock: f64) -> Vec<(ItemRef, (f64, f64))> {
        let does = self.does.get_untracked();
        let (Some((dx, dy)), Some(items)) = (does.drag, &does.items) else { return Vec::new() };
        // A tab that says nothing any more carries nothing.
        if clock - self.at > QUIET {
            return Vec::new();
        }
        let members = scene.with(|canvas| layout::members_among(canvas, items)).unwrap_or_default();
        let all: BTreeSet<ItemRef> = items.iter().cloned().chain(members).collect();
        let may = all.into_iter().filter(|item| self.may_carry(scene, item));
        may.map(|item| (item, (f64::from(dx), f64::from(dy)))).collect()
    }
}

/// Something carried by somebody.
struct Carried {
    by: (f64, f64),
    /// Where it stood when it was taken up.
    from: (f64, f64),
    /// It stands elsewhere now: it was dropped, and only the word of that is still on its way.
    landed: bool,
    /// Since when it is let go.
    since: Option<f64>,
}

impl Carried {
    /// How far away from where it stands it is shown.
    fn shown(&self) -> (f64, f64) {
        if self.landed { (0.0, 0.0) } else { self.by }
    }
}

/// The others' tabs, and what this one told last.
#[derive(Default)]
pub(super) struct Presence {
    peers: BTreeMap<String, Tab>,
    listed: bool,
    /// Whether the server has said who is here.
    is_set: bool,
    carried: HashMap<ItemRef, Carried>,
    told: u64,
    told_items: Vec<ItemRef>,
    timer: Option<TimeoutHandle>,
    /// Runs while something is held still.
    still: Option<TimeoutHandle>,
}

impl Presence {
    /// These are here. Says whether somebody came who knows of nothing yet.
    pub fn set(&mut self, mine: &str, here: &[Who]) -> bool {
        let mut before = std::mem::take(&mut self.peers);
        let mut somebody_came = false;
        for who in here.iter().filter(|who| who.peer != mine) {
            let known = before.remove(&who.peer).unwrap_or_else(|| {
                somebody_came = true;
                Tab { who: who.clone(), does: ArcRwSignal::new(Pointer::default()), heard: None, at: 0.0 }
            });
            self.peers.insert(who.peer.clone(), Tab { who: who.clone(), ..known });
        }
        self.listed = false;
        self.is_set = true;
        if somebody_came {
            self.told_items = Vec::new();
            self.told = 0;
        }
        somebody_came
    }

    /// Nobody is known to be here.
    pub fn clear(&mut self) {
        self.peers.clear();
        self.listed = false;
        self.is_set = false;
    }

    /// The names of those who are here; nothing while that is not known.
    pub fn names(&self) -> Option<BTreeSet<String>> {
        let people = self.peers.values().filter_map(|tab| tab.who.person.as_ref());
        self.is_set.then(|| people.map(|person| person.name.clone()).collect())
    }

    /// Whether anybody else is here.
    pub fn is_watched(&self) -> bool {
        !self.peers.is_empty()
    }

    /// Somebody did something, by a message the server vouches for.
    pub fn heard(&mut self, from: &Who, data: &[u8]) {
        if let (Some(mut does), Some(known)) = (pointer::decode(data), self.peers.get_mut(&from.peer)) {
            if does.items.is_none() {
                let before = known.heard.take().or_else(|| known.does.try_get_untracked());
                does.items = before.and_then(|before| before.items);
            }
            known.heard = Some(does);
            known.at = elapsed();
        }
    }

    /// Shows it. Answers after how many milliseconds it is to be looked at again, if at all: something was let go of, or may
    /// have been.
    pub fn show(&mut self, scene: Scene) -> Option<f64> {
        if !std::mem::replace(&mut self.listed, true) {
            self.list(scene);
        }
        let mut carried: HashMap<ItemRef, (f64, f64)> = HashMap::new();
        let clock = elapsed();
        for known in self.peers.values_mut() {
            if let Some(does) = known.heard.take() {
                known.does.set(does);
            }
            carried.extend(known.carries(scene, clock));
        }
        let is_carried = !carried.is_empty();
        self.carry(scene, carried);
        self.follow(scene);
        let lingers = self.carried.values().any(|carried| carried.since.is_some());
        lingers.then_some(LINGER).or(is_carried.then_some(QUIET)).map(|after| after + 20.0)
    }

    fn list(&self, scene: Scene) {
        let me = scene.me.try_get_value().flatten();
        let people = self.peers.values().filter_map(|known| known.who.person.as_ref()).map(|person| person.id);
        let colours = Colour::of_people(people.chain(me.map(|me| me.id)));
        let peers = self.peers.values().filter_map(|known| {
            let Known { id, name, role } = known.who.person.clone()?;
            let colour = colours.get(&id).copied().unwrap_or_else(|| Colour::of_person(id));
            let person = PersonView::here(id, name, role);
            Some(Peer { peer: known.who.peer.clone(), person, colour, does: known.does.clone() })
        });
        scene.peers.try_set(peers.collect());
        let guests = self.peers.values().filter(|known| known.who.person.is_none()).count();
        scene.guests.try_set(guests);
    }

    /// What others carry is shown where they carry it; what they let go of stays there until the change is here.
    fn carry(&mut self, scene: Scene, now: HashMap<ItemRef, (f64, f64)>) {
        let spot = |item: &ItemRef| scene.rect(item).map(|rect| (rect.x, rect.y));
        let clock = elapsed();
        let mut moved: Vec<ItemRef> = Vec::new();
        for (item, by) in &now {
            let Some(at) = spot(item) else { continue };
            // Taken up anew after it was let go of, it is carried from where it stands.
            let known = self.carried.remove(item).filter(|known| known.since.is_none());
            let (from, before) = known.map_or((at, None), |known| (known.from, Some(known.shown())));
            let carried = Carried { by: *by, from, landed: at != from, since: None };
            if before != Some(carried.shown()) {
                moved.push(item.clone());
            }
            self.carried.insert(item.clone(), carried);
        }
        self.carried.retain(|item, carried| {
            if now.contains_key(item) {
                return true;
            }
            let since = *carried.since.get_or_insert(clock);
            let stays = !carried.landed && clock - since < LINGER && spot(item) == Some(carried.from);
            if !stays {
                moved.push(item.clone());
            }
            stays
        });
        if moved.is_empty() {
            return;
        }
        let all = self.carried.iter().map(|(item, carried)| (item.clone(), carried.shown())).collect();
        if scene.carried.try_update_value(|carried| *carried = all).is_some() {
            moved.iter().for_each(|item| place(scene, item));
            scene.frames.notify();
        }
    }

    /// Whoever leads shows everyone what they see, except to those who chose to stay.
    fn follow(&self, scene: Scene) {
        let (Some(following), Some(declined)) =
            (scene.following.try_get_untracked(), scene.declined.try_get_untracked())
        else {
            return;
        };
        let leads = |tab: &Tab| {
            tab.who.person.as_ref().is_some_and(|person| person.role >= Role::Researcher)
                && tab.does.get_untracked().view.is_some()
        };
        let leader = match &following {
            Some(peer) => self.peers.get(peer).filter(|known| leads(known)),
            None => None,
        };
        let leader = leader.or_else(|| self.peers.values().find(|known| leads(known)));
        let Some(leader) = leader else {
            if following.is_some() {
                scene.following.set(None);
            }
            if declined.is_some() {
                scene.declined.set(None);
            }
            return;
        };
        let peer = leader.who.peer.clone();
        if declined.as_ref() == Some(&peer) || scene.leading.get_untracked() {
            return;
        }
        if following.as_ref() != Some(&peer) {
            scene.following.set(Some(peer));
        }
        let Some([x, y, w, h]) = leader.does.get_untracked().view.map(|view| view.map(f64::from)) else { return };
        let view = shared::canvas::layout::Rect::new(x, y, w, h);
        let window = scene.window.get_untracked();
        let camera = Camera::fitting(view, window, Camera::ZOOMS.1);
        if window.0 > 0.0 && scene.camera.get_untracked() != camera {
            scene.camera.set(camera);
        }
    }
}

impl Session {
    /// Tells the others soon what the person does.
    pub(super) fn schedule_presence(&self) {
        let mut core = self.core.borrow_mut();
        if core.presence.timer.is_none()
            && core.presence.is_watched()
            && core.rights.any()
            && let Some(this) = self.this.upgrade()
        {
            let timer = set_timeout_with_handle(move || this.send_presence(), Duration::from_millis(TELL)).ok();
            core.presence.timer = timer;
        }
    }

    fn send_presence(&self) {
        let scene = self.scene;
        let (Some(selected), Some(at), Some(drag)) =
            (scene.selected.try_get_untracked(), scene.pointer.try_get_value(), scene.drag.try_get_value())
        else {
            return;
        };
        let view = scene.leading.get_untracked().then(|| {
            let view = scene.camera.get_untracked().view(scene.window.get_untracked());
            [view.x, view.y, view.w, view.h].map(whole)
        });
        let message = {
            let mut core = self.core.borrow_mut();
            let presence = &mut core.presence;
            replace(&mut presence.timer, None);
            // What is in the hand; what is selected besides may not be moved.
            let held = drag.and_then(|_| scene.held.try_get_value());
            let shown = selected.into_iter().filter(|item| held.as_ref().is_none_or(|held| held.contains(item)));
            let items: Vec<ItemRef> = shown.take(pointer::SELECTED).collect();
            let again = presence.told.is_multiple_of(AGAIN);
            let items = (again || items != presence.told_items).then(|| {
                presence.told_items.clone_from(&items);
                items
            });
            presence.told += 1;
            let data = pointer::encode(&Pointer {
                at: at.map(|(x, y)| (whole(x), whole(y))),
                items,
                drag: drag.map(|(x, y)| (whole(x), whole(y))),
                typing: scene.editing.get_untracked().is_some(),
                view,
            });
            let session = self.socket.peer().to_owned();
            FromClient::Ephemeral { document: scene.document, count: presence.told, session, data }
        };
        self.socket.send(&message);
        if drag.is_some() {
            self.tell_again();
        }
    }

    /// Who holds something still says again that they do.
    fn tell_again(&self) {
        let mut core = self.core.borrow_mut();
        if core.presence.timer.is_none()
            && let Some(this) = self.this.upgrade()
        {
            let again = move || {
                replace(&mut this.core.borrow_mut().presence.still, None);
                if this.scene.drag.try_get_value().flatten().is_some() {
                    this.schedule_presence();
                }
            };
            let timer = set_timeout_with_handle(again, Duration::from_millis(STILL)).ok();
            replace(&mut core.presence.still, timer);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a canvas is a million pixels wide")]
fn whole(value: f64) -> i32 {
    value.clamp(-1e6, 1e6).round() as i32
}
