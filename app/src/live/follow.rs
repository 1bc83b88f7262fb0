//! Follows an open concept: opens the socket, keeps the reading view true, and starts the editor for those who may.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use shared::{
    CommentId, PersonId,
    api::{ConceptChanged, IdeaView, Me, NewAnchor, PassageView, Passages},
    live::message::{FromClient, FromServer},
};

use super::{
    desk::{Access, Desk, Mode, Notice, Shown},
    edit, facts,
    labels::Labels,
    page,
    passages::{Quoting, Selected, label},
    restore, select,
    socket::{Heard, Socket},
    storage,
};
use crate::{api, i18n::use_i18n, visit::here, words::Texts};

/// What an editor does when the page goes.
pub(super) trait Writer {
    /// Whether words of the person are not stored yet. Sends what was typed first.
    fn has_unsaved(&self) -> bool;
    /// Whether something would be lost if the page went now, though all was tried.
    fn is_at_risk(&self) -> bool;
    /// Keeps what is not stored, in case the page does not come back. Says whether there was room.
    fn keep(&self) -> bool;
    /// Types kept words again, where they belonged.
    fn put_back(&self, key: &str);
    /// Speaks another language from now on.
    fn speak(&self, labels: Labels);
    /// Marks these passages and no others, each called so.
    fn mark(&self, passages: Vec<(PassageView, String)>);
    /// What is selected in the editors.
    fn passage(&self) -> Option<NewAnchor>;
    /// Takes the person's last step back, whichever text it was in, or does it again.
    fn turn(&self, again: bool);
    /// Leads to the passage that a comment is about.
    fn reveal(&self, comment: CommentId);
    /// Leads to where somebody else writes.
    fn find(&self, person: PersonId);
    /// The concept leaves the screen. The writer leaves the socket itself, once everything is stored, and says so.
    fn leave(&self, stored: Box<dyn FnOnce()>);
}

/// The writer, once there is one.
pub(super) type WriterSlot = Rc<RefCell<Option<Rc<dyn Writer>>>>;

/// Starts when the page is alive.
pub(super) fn start(desk: Desk, quoting: Quoting, selected: Selected) {
    let i18n = use_i18n();
    let script = here().asset("editor.js");
    Effect::new(move |_| untrack(|| open(desk, i18n, script.clone(), quoting, selected)));
}

/// What it takes to begin to write, now or when the person may.
struct Desire {
    desk: Desk,
    socket: Socket,
    writer: WriterSlot,
    i18n: Texts,
    script: String,
    begun: Cell<bool>,
    /// Takes in what is told of votes, comments and stages, and of the inbox.
    told: Option<facts::Told>,
}

impl Desire {
    /// What was told of who is here holds no longer: who reads it is told anew, and who writes hears it with the document.
    fn nobody_is_known(&self) {
        if let Some(told) = self.told {
            told.nobody_is_known();
        }
    }

    /// Opens the editors, unless that was done.
    fn write(&self) {
        if self.begun.replace(true) {
            return;
        }
        let Self { desk, i18n, .. } = *self;
        let (socket, writer, script) = (self.socket.clone(), self.writer.clone(), self.script.clone());
        let labels = untrack(|| Labels::new(i18n));
        spawn_local(async move {
            if edit::edit(edit::Start { desk, socket, writer, labels, script }).await.is_err() {
                desk.notice.try_set(Some(Notice::NoEditor));
            }
        });
    }
}

fn open(desk: Desk, i18n: Texts, script: String, quoting: Quoting, selected: Selected) {
    let socket = Socket::open();
    let writer = WriterSlot::default();
    let desire = Desire {
        desk,
        socket: socket.clone(),
        writer: writer.clone(),
        i18n,
        script,
        begun: Cell::new(false),
        told: facts::told(),
    };
    if desk.access.with_untracked(|access| access.may_edit) {
        desire.write();
    } else {
        storage::show_all(desk);
        if restore::take(desk.number).is_some() {
            desk.notice.set(Some(Notice::NotRestored));
        }
    }
    let told = desire.told;
    socket.listen(move |heard| hear(&desire, heard));
    let (unsaved, risk, keep) = (writer.clone(), writer.clone(), writer.clone());
    let ends = page::mind(
        &socket,
        move || unsaved.borrow().as_ref().is_some_and(|writer| writer.has_unsaved()),
        move || risk.borrow().as_ref().is_some_and(|writer| writer.is_at_risk()),
        move || {
            if let Some(writer) = &*keep.borrow() {
                writer.keep();
            }
        },
    );
    {
        let writer = writer.clone();
        Effect::new(move |_| {
            let labels = Labels::new(i18n);
            if let Some(writer) = &*writer.borrow() {
                writer.speak(labels);
            }
        });
    }
    {
        let writer = writer.clone();
        Effect::new(move |_| {
            if let (Some(key), Some(writer)) = (desk.put_back.get(), &*writer.borrow()) {
                writer.put_back(&key);
            }
        });
    }
    {
        let writer = writer.clone();
        Effect::new(move |_| {
            if let (Some(again), Some(writer)) = (desk.turn.get(), &*writer.borrow()) {
                writer.turn(again);
            }
        });
    }
    {
        let writer = writer.clone();
        Effect::new(move |_| {
            if let (Some(person), Some(writer)) = (desk.find.get(), &*writer.borrow()) {
                writer.find(person);
            }
        });
    }
    follow_passages(desk, i18n, quoting, &writer);
    select::follow(desk, quoting, selected, i18n, &writer);
    let parts = SendWrapper::new((socket, writer, ends));
    on_cleanup(move || {
        let (socket, slot, ends) = parts.take();
        if let Some(told) = told {
            told.nobody_is_known();
        }
        let end = move || ends.into_iter().for_each(WindowListenerHandle::remove);
        let writer = slot.borrow().clone();
        match writer {
            // Until then the page must not go unasked, and the network's return is news.
            Some(writer) => writer.leave(Box::new(move || {
                end();
                slot.take();
            })),
            None => {
                end();
                socket.leave();
                socket.forget_listeners();
            }
        }
    });
}

fn hear(desire: &Desire, heard: &Heard) {
    let desk = desire.desk;
    let reads = !desire.begun.get();
    match heard {
        Heard::Joined(_) => {
            if desk.notice.try_get_untracked().flatten() == Some(Notice::SignedOut) {
                desk.notice.set(None);
            }
            desire.socket.send(&FromClient::Subscribe { topics: topics(desk, reads) });
            if reads {
                // What changed between the page and the connection.
                refresh(desk);
            }
        }
        Heard::Lost => {
            desire.nobody_is_known();
            ask_why(desk);
        }
        Heard::Told(FromServer::Event { topic: of, kind, data }) => {
            let own = *of == topic(desk);
            match kind.as_str() {
                "concept" if own => {
                    if let Ok(news) = serde_json::from_str::<ConceptChanged>(data) {
                        show_news(desk, news);
                    }
                }
                "access" if own && reads && data == "true" => may_write(desire),
                "gone" if own => {
                    desk.notice.try_set(Some(Notice::Gone));
                }
                "moved" if own => draw_anew(),
                _ => {
                    if let Some(told) = desire.told {
                        told.hear(of, kind, data);
                    }
                }
            }
        }
        Heard::Told(_) => {}
    }
}

/// The concept is in another document now, and what is said of it may name somebody else: the page is asked for once more.
pub(super) fn draw_anew() {
    let _ = window().location().reload();
}

/// Somebody who read along may write from now on.
fn may_write(desire: &Desire) {
    let desk = desire.desk;
    if desk.access.try_update(|access| access.may_edit = true).is_none() {
        return;
    }
    desk.notice.set(Some(Notice::MayEdit));
    desire.nobody_is_known();
    desire.socket.send(&FromClient::Subscribe { topics: topics(desk, false) });
    desire.write();
}

/// The topics of the page: the facts of the idea, what is said about it, and what the person is told; and of the concept
/// for who only reads it, since to others that comes with the document.
pub(super) fn topics(desk: Desk, reads: bool) -> Vec<String> {
    // A page that was left while words wait to go out wants to be told of nothing else.
    let Some(me) = desk.me.try_get_value() else { return Vec::new() };
    let own = me.as_ref().map(|me| facts::own(me).collect::<Vec<_>>()).unwrap_or_default();
    let concept = reads.then(|| topic(desk));
    [format!("facts:{}", desk.number), format!("talk:{}", desk.number)].into_iter().chain(concept).chain(own).collect()
}

/// The topic of what others write in the concept.
fn topic(desk: Desk) -> String {
    format!("idea:{}", desk.number)
}

fn show(desk: Desk, shown: Shown) {
    let newer = desk.shown.try_with_untracked(|now| shown.reflects >= now.reflects && shown != *now);
    if newer == Some(true) {
        desk.shown.set(shown);
    }
}

/// Shows what a concept says now, with its passages where they are in that.
fn show_news(desk: Desk, news: ConceptChanged) {
    if desk.shown.try_with_untracked(|shown| shown.passages.is_empty()) == Some(true) {
        show(desk, Shown::new(news, Vec::new()));
        return;
    }
    spawn_local(async move {
        match api::get::<Passages>(format!("/ideas/{}/passages", desk.number)).await {
            Ok(now) if now.reflects == news.reflects => show(desk, Shown::new(news, now.items)),
            Ok(_) => refresh(desk),
            Err(_) => show(desk, Shown::new(news, Vec::new())),
        }
    });
}

/// Keeps the marks true: while things are said, while the language changes, and in the editors.
fn follow_passages(desk: Desk, i18n: Texts, quoting: Quoting, writer: &WriterSlot) {
    let talk = facts::talk();
    Effect::new(move |before: Option<()>| {
        talk.track();
        if before.is_some() {
            spawn_local(ask_passages(desk));
        }
    });
    let slot = SendWrapper::new(writer.clone());
    let named = Memo::new(move |_| {
        let label = |passage: &PassageView| (passage.clone(), label(i18n, passage));
        desk.shown.with(|shown| shown.passages.iter().map(label).collect::<Vec<_>>())
    });
    Effect::new(move |_| {
        // The editors may have come just now.
        quoting.in_editors.set(desk.mode.get() == Mode::Editing);
        let passages = named.get();
        if let Some(writer) = &*slot.borrow() {
            writer.mark(passages);
        }
    });
    let slot = SendWrapper::new(writer.clone());
    Effect::new(move |_| {
        if let (Some(comment), Some(writer)) = (quoting.sought.get(), &*slot.borrow()) {
            writer.reveal(comment);
        }
    });
}

/// Asks anew which passages comments are about.
async fn ask_passages(desk: Desk) {
    let Ok(now) = api::get::<Passages>(format!("/ideas/{}/passages", desk.number)).await else { return };
    let editing = desk.mode.try_get_untracked() == Some(Mode::Editing);
    let known = desk.shown.try_with_untracked(|shown| (shown.reflects, shown.passages == now.items));
    let Some((reflects, same)) = known else { return };
    if !editing && reflects != now.reflects {
        refresh(desk);
    } else if !same {
        desk.shown.try_update(|shown| shown.passages = now.items);
    }
}

/// Asks anew for the texts, and for what the person may do.
pub(super) fn refresh(desk: Desk) {
    spawn_local(async move {
        if let Ok(idea) = api::get::<IdeaView>(format!("/ideas/{}", desk.number)).await {
            show(desk, Shown::from(&idea));
            let access = Access::from(&idea);
            if desk.access.try_with_untracked(|now| now.may_edit == access.may_edit && *now != access) == Some(true) {
                desk.access.set(access);
            }
        }
    });
}

/// A connection that cannot be made may mean that the session ended.
fn ask_why(desk: Desk) {
    if !window().navigator().on_line() {
        return;
    }
    spawn_local(async move {
        if let Ok(me) = api::get::<Me>("/me".to_owned()).await
            && me.person.is_none()
        {
            desk.notice.try_set(Some(Notice::SignedOut));
        }
    });
}
