//! Opens the socket of a canvas, starts the session on it, and takes in what is told of the workshop.

use std::{cell::RefCell, rc::Rc};

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use shared::{
    api::{CanvasView, Me, NoteReacted, Promoted, ReactionCount, Workshop},
    live::message::{FromClient, FromServer},
};

use super::{
    kept,
    scene::{Draft, Notice, Scene},
    session::Session,
};
use crate::{
    api,
    live::{
        facts, page,
        socket::{Heard, Socket},
    },
    pages::chunk::Missing,
};

/// Starts when the page is alive.
pub(super) fn start(scene: Scene) {
    Effect::new(move |_| untrack(|| open(scene)));
}

struct Start {
    scene: Scene,
    socket: Socket,
}

/// The chunk with Automerge.
#[leptos::wasm_split::wasm_split(canvas, wasm_split_path = leptos::wasm_split, fallible)]
fn paint(start: Start) -> Result<(), Missing> {
    // The person may have left meanwhile.
    if start.scene.saving.try_get_untracked().is_some() {
        let _ = Session::start(start.scene, &start.socket);
    }
    Ok(())
}

fn open(scene: Scene) {
    let socket = Socket::open();
    let told = facts::told();
    {
        let socket = socket.clone();
        spawn_local(async move {
            if paint(Start { scene, socket }).await.is_err() {
                scene.notice.try_set(Some(Notice::Missing));
            }
        });
    }
    {
        let again = socket.clone();
        let first = RefCell::new(true);
        socket.listen(move |heard| hear(scene, &again, told, &first, heard));
    }
    kept::load(scene);
    let written =
        move || scene.drafts.try_with_untracked(|drafts| drafts.values().any(Draft::is_written)) == Some(true);
    let ends = page::mind(
        &socket,
        move || written() || scene.painter().is_some_and(|painter| painter.has_unsaved()),
        move || written() || scene.painter().is_some_and(|painter| painter.is_at_risk()),
        move || {
            if let Some(painter) = scene.painter() {
                painter.keep();
            }
        },
    );
    let painter = Rc::new(move || scene.painter());
    let parts = SendWrapper::new((socket, ends, painter));
    on_cleanup(move || {
        // What was written beside the stage and not put on it is there again when one comes back. Nothing is told to what
        // is on the screen: it is about to go, and what it would look at goes first.
        let drafts = scene.drafts.try_get_untracked().unwrap_or_default();
        kept::put_by(
            &kept::key(scene),
            drafts.into_values().filter(Draft::is_written).map(|draft| draft.words).collect(),
        );
        let (socket, ends, painter) = parts.take();
        let end = move || ends.into_iter().for_each(WindowListenerHandle::remove);
        match painter() {
            // Until then the page must not go unasked, and the network's return is news.
            Some(painter) => painter.leave(Box::new(end)),
            None => {
                end();
                socket.leave();
                socket.forget_listeners();
            }
        }
    });
}

fn hear(scene: Scene, socket: &Socket, told: Option<facts::Told>, first: &RefCell<bool>, heard: &Heard) {
    match heard {
        Heard::Joined(_) => {
            if scene.notice.try_get_untracked().flatten() == Some(Notice::SignedOut) {
                scene.notice.set(None);
            }
            let Some(slug) = scene.slug.try_get_value() else { return };
            let own = scene.me.try_get_value().flatten().map(|me| facts::own(&me).collect::<Vec<_>>());
            let topics = [format!("canvas:{slug}"), format!("board:{slug}")];
            let topics = topics.into_iter().chain(own.unwrap_or_default()).collect();
            socket.send(&FromClient::Subscribe { topics });
            // What was told while nobody listened.
            if !first.replace(false) {
                refresh(scene);
            }
            ask_workshop(scene);
        }
        Heard::Lost => ask_why(scene),
        Heard::Told(FromServer::Event { topic, kind, data }) => {
            if topic.starts_with("canvas:") {
                hear_canvas(scene, kind, data);
            } else if let Some(told) = told {
                told.hear(topic, kind, data);
            }
        }
        Heard::Told(_) => {}
    }
}

fn hear_canvas(scene: Scene, kind: &str, data: &str) {
    match kind {
        "workshop" => ask_workshop(scene),
        "reaction" => {
            if let Ok(reacted) = serde_json::from_str::<NoteReacted>(data) {
                scene.reactions.try_update(|all| react(all.entry(reacted.note.clone()).or_default(), &reacted));
            }
        }
        "promoted" => {
            if let Ok(promoted) = serde_json::from_str::<Promoted>(data) {
                scene.promoted.try_update(|all| all.insert(promoted.note, promoted.number));
            }
        }
        "gone" => {
            scene.notice.try_set(Some(Notice::Gone));
        }
        _ => {}
    }
}

/// So many reacted in one way now.
fn react(reactions: &mut Vec<ReactionCount>, reacted: &NoteReacted) {
    let mine = reactions.iter().any(|one| one.kind == reacted.kind && one.mine) && reacted.count > 0;
    reactions.retain(|one| one.kind != reacted.kind);
    if reacted.count > 0 {
        reactions.push(ReactionCount { kind: reacted.kind, count: reacted.count, mine });
    }
}

/// Asks what goes on in the workshop.
pub(super) fn ask_workshop(scene: Scene) {
    let Some(slug) = scene.slug.try_get_value() else { return };
    spawn_local(async move {
        if let Ok(workshop) = api::get::<Workshop>(format!("/boards/{slug}/canvas/workshop")).await {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a clock")]
            scene.behind.try_set(workshop.now - js_sys::Date::now() as i64);
            // Of two answers, the one that was given last holds.
            if scene.workshop.try_with_untracked(|known| known.now <= workshop.now) == Some(true) {
                scene.workshop.set(workshop);
            }
        }
    });
}

/// Asks for all that is not in the document.
fn refresh(scene: Scene) {
    let Some(slug) = scene.slug.try_get_value() else { return };
    spawn_local(async move {
        let Ok(view) = api::get::<CanvasView>(format!("/boards/{slug}/canvas")).await else { return };
        let CanvasView { canvas, ideas, promoted, reactions, makers, .. } = view;
        scene.makers.try_update(|known| {
            known.extend(makers.into_iter().map(|maker| (maker.actor, maker.person)));
        });
        scene.ideas.try_update(|known| {
            // What is not seen any more.
            known.retain(|id, _| !canvas.cards.contains_key(id));
            known.extend(ideas.into_iter().map(|card| (card.id.to_string(), card)));
        });
        scene.promoted.try_set(promoted.into_iter().map(|one| (one.note, one.number)).collect());
        scene.reactions.try_set(reactions.into_iter().map(|one| (one.note, one.reactions)).collect());
    });
}

/// A connection that cannot be made may mean that the session ended.
fn ask_why(scene: Scene) {
    if !window().navigator().on_line() || scene.me.try_get_value().flatten().is_none() {
        return;
    }
    spawn_local(async move {
        if let Ok(me) = api::get::<Me>("/me".to_owned()).await
            && me.person.is_none()
        {
            scene.notice.try_set(Some(Notice::SignedOut));
        }
    });
}
