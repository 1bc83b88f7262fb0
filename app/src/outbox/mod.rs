//! What somebody did while the server could not be reached: kept in their browser, shown as waiting, sent once.
//!
//! What it decides stands in [`shared::outbox`]; here is what waits, for every page ([`word`], [`marks`]), and what writes
//! and sends it (`post`), which comes in a chunk of its own.

pub mod list;
pub mod marks;
#[cfg(feature = "hydrate")]
mod post;

use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use shared::PersonId;
use shared::{
    api::{Code, Problem},
    outbox::{Entry, Request, Thing},
};

use crate::{api, visit::Here};

/// What waits, in the order in which it was done.
#[derive(Clone, Copy)]
struct Waiting(RwSignal<Vec<Entry>>);

#[cfg(feature = "hydrate")]
thread_local! {
    /// For those who come back from the server when their page's context is gone.
    static WAITING: std::cell::Cell<Option<Waiting>> = const { std::cell::Cell::new(None) };
    /// Sends what waits; nothing before its chunk is here.
    static HURRY: std::cell::RefCell<Option<std::rc::Rc<dyn Fn()>>> = const { std::cell::RefCell::new(None) };
}

/// Makes known to every page what waits, and begins to send it.
pub fn provide(here: Here) {
    let waiting = Waiting(RwSignal::new(Vec::new()));
    provide_context(waiting);
    #[cfg(feature = "hydrate")]
    {
        WAITING.set(Some(waiting));
        let told = crate::live::facts::told();
        Effect::new(move |_| {
            let Some(person) = here.me.with_untracked(|me| me.person.as_ref().map(|me| me.id)) else { return };
            let Some(told) = told else { return };
            leptos::task::spawn_local(async move {
                // Without the chunk nothing can be kept either, and what was kept waits for the next page.
                let _ = begin(post::Start { person, waiting: waiting.0, told }).await;
            });
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = here;
}

fn all() -> RwSignal<Vec<Entry>> {
    use_context::<Waiting>().map_or_else(|| RwSignal::new(Vec::new()), |waiting| waiting.0)
}

/// What the person said last about a thing that the server was not told yet, or refused.
#[must_use]
pub fn word(thing: Thing) -> Memo<Option<Entry>> {
    let all = all();
    Memo::new(move |_| all.with(|all| all.iter().rev().find(|entry| is_about(entry, thing)).cloned()))
}

/// What waits or was refused, as far as it is such.
#[must_use]
pub fn matching(is_such: impl Fn(&Entry) -> bool + Send + Sync + 'static) -> Memo<Vec<Entry>> {
    let all = all();
    Memo::new(move |_| all.with(|all| all.iter().filter(|entry| is_such(entry)).cloned().collect()))
}

fn is_about(entry: &Entry, thing: Thing) -> bool {
    entry.deed.toggle().is_some_and(|(of, _)| of == thing)
}

/// Which way a thing is to be, as the person said last; nothing where that was refused, or nothing waits.
#[must_use]
pub fn wanted(word: Option<&Entry>) -> Option<bool> {
    word.filter(|word| word.refused.is_none()).and_then(|word| word.deed.toggle()).map(|(_, on)| on)
}

/// A fresh key. Later ones sort behind.
#[must_use]
pub fn key() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Whether a deed is not to be sent at once: there is no network, or a word about the same thing waits already.
#[must_use]
pub fn keeps(thing: Option<Thing>) -> bool {
    #[cfg(feature = "hydrate")]
    {
        let waits = |thing| {
            let waiting = WAITING.get().map(|waiting| waiting.0);
            waiting.is_some_and(|all| all.with_untracked(|all| all.iter().any(|entry| is_about(entry, thing))))
        };
        !window().navigator().on_line() || thing.is_some_and(waits)
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = thing;
        false
    }
}

/// Whether a problem says that the server was not reached, so that it may have acted or not.
#[must_use]
pub fn is_out_of_reach(problem: &Problem) -> bool {
    matches!(problem.code, Code::Unreachable | Code::Unavailable)
}

/// Lets a thing be one way or the other: sent at once, or kept where the server cannot be reached. `show` is told at once
/// whether it is as wanted, and again where it is not: what is kept shows by itself.
///
/// # Errors
/// Why it is not as wanted.
pub async fn set(entry: Entry, show: impl Fn(bool)) -> Result<(), Problem> {
    if keeps(entry.deed.toggle().map(|(thing, _)| thing)) {
        return keep(entry).await;
    }
    show(true);
    let Request { method, path, .. } = entry.deed.request();
    let done = if method == "PUT" { api::put(&path).await } else { api::delete(&path).await };
    let Err(problem) = done else { return Ok(()) };
    show(false);
    if is_out_of_reach(&problem) && keep(Entry { tried: true, ..entry }).await.is_ok() {
        return Ok(());
    }
    Err(problem)
}

/// Keeps a deed on this device, until the server can be reached.
///
/// # Errors
/// When there is no room for it, or browsers keep nothing here.
pub async fn keep(entry: Entry) -> Result<(), Problem> {
    let kept = act(Act::Add(entry)).await;
    kept.then_some(()).ok_or_else(|| Problem::new(Code::Unreachable, "It could not be kept on this device."))
}

/// What is done with the outbox.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser keeps anything"))]
pub enum Act {
    /// Something is kept.
    Add(Entry),
    /// A comment says something else.
    Rewrite(String, String),
    /// What was refused, or is old, is sent again.
    Retry(String),
    /// Something is not to be sent.
    Remove(String),
}

/// Does it. Whether that is on this device's disk.
pub async fn act(act: Act) -> bool {
    #[cfg(feature = "hydrate")]
    {
        let Ok(done) = turn(act).await else { return false };
        done.await
    }
    #[cfg(not(feature = "hydrate"))]
    {
        drop(act);
        false
    }
}

/// Sends what waits, now that it may get through.
#[cfg(feature = "hydrate")]
pub fn hurry() {
    if let Some(hurry) = HURRY.with_borrow(Clone::clone) {
        hurry();
    }
}

/// How many things somebody did that the server does not have, whoever is signed in.
#[cfg(feature = "hydrate")]
pub async fn waiting(person: PersonId) -> usize {
    use crate::disk::{Disk, Store};
    let Ok(disk) = Disk::open(person).await else { return 0 };
    disk.keys(Store::Outbox, &[]).await.map_or(0, |keys| keys.len())
}

#[cfg(feature = "hydrate")]
type Done = std::pin::Pin<Box<dyn Future<Output = bool>>>;

#[cfg(feature = "hydrate")]
#[leptos::wasm_split::wasm_split(read, wasm_split_path = leptos::wasm_split, fallible)]
fn begin(start: post::Start) -> Result<(), crate::pages::chunk::Missing> {
    post::begin(start);
    Ok(())
}

#[cfg(feature = "hydrate")]
#[leptos::wasm_split::wasm_split(read, wasm_split_path = leptos::wasm_split, fallible)]
fn turn(act: Act) -> Result<Done, crate::pages::chunk::Missing> {
    Ok(Box::pin(post::act(act)))
}
