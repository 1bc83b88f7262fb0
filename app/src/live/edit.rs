//! The `edit` chunk: what only those who may edit load.

use std::rc::Rc;

use leptos::prelude::*;
use shared::PersonId;

use crate::pages::chunk::Missing;

use super::{
    courier,
    desk::{Desk, Notice},
    editor::Script,
    follow::WriterSlot,
    labels::Labels,
    session::Session,
    shelf::Subject,
    socket::Socket,
};

/// What an editing session starts from.
pub(super) struct Start {
    pub desk: Desk,
    pub socket: Socket,
    pub writer: WriterSlot,
    pub labels: Labels,
    /// The address of the editor's script.
    pub script: String,
}

/// Opens the concept for writing, as soon as the script is here too.
#[leptos::wasm_split::wasm_split(edit, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn edit(start: Start) -> Result<(), Missing> {
    leptos::task::spawn_local(open(start));
    Ok(())
}

/// Carries what waits on this device to the server. `told` hears of each document of which all was taken.
#[leptos::wasm_split::wasm_split(edit, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn carry(person: PersonId, told: Rc<dyn Fn(Subject)>) -> Result<(), Missing> {
    leptos::task::spawn_local(courier::carry_all(person, told));
    Ok(())
}

async fn open(start: Start) {
    let Start { desk, socket, writer, labels, script } = start;
    let Ok(script) = Script::load(&script).await else {
        desk.notice.try_set(Some(Notice::NoEditor));
        return;
    };
    // The person may have left meanwhile.
    if desk.mode.try_get_untracked().is_some() {
        let session = Session::start(desk, socket, script, labels);
        *writer.borrow_mut() = Some(session);
    }
}
