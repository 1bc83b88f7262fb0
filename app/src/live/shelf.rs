//! Keeps an open document on this device: carries what a [`Keeper`] wants written to the person's database.

use std::{cell::RefCell, collections::HashSet, rc::Rc, time::Duration};

use futures_util::future::{Either, select};
use leptos::prelude::{TimeoutHandle, set_timeout_with_handle};
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shared::{
    DocumentId, PersonId,
    live::replica::{Batch, Due, Keeper, Kept, Replicated, is_own},
};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::BroadcastChannel;

use super::hold::{self, lock_of_tab};
use crate::disk::{Disk, Fault, Key, Store};

/// How long what the server has anyway is gathered, in milliseconds.
const GATHER: u64 = 1_000;
/// After how long a failed write is tried again.
const AGAIN: u64 = 10_000;
/// After how long without a write many parts are made one.
const TIDY: u64 = 5_000;
/// How long what is done waits to be kept before it is sent, in milliseconds.
const LATE: u64 = 1_000;
/// How long a document waits for what is kept of it, before it opens without.
const PATIENCE: Duration = Duration::from_secs(4);
/// Documents kept on a device, those aside that hold something not sent.
const DOCUMENTS: usize = 100;
/// The last word of the key of what a document is about.
const ABOUT: &str = "about";

/// What a kept document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Subject {
    /// The concept of the idea of this number.
    Concept(u32),
    /// The canvas of the board of this slug.
    Canvas(String),
}

/// What is noted of a kept document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct About {
    pub subject: Subject,
    /// When it was open last, in milliseconds since 1970.
    pub seen: f64,
}

/// Where an open document is kept.
#[derive(Default)]
pub(crate) struct Shelf(RefCell<State>);

#[derive(Default)]
struct State {
    disk: Option<Disk>,
    keeper: Option<Keeper>,
    document: Option<DocumentId>,
    channel: Option<Channel>,
    timer: Option<TimeoutHandle>,
    tidy: Option<TimeoutHandle>,
    /// What is being done is being kept.
    jotting: bool,
    /// The last write failed.
    fails: bool,
    closed: bool,
}

/// By which the tabs of a person tell each other that something is kept.
struct Channel {
    channel: BroadcastChannel,
    _heard: Closure<dyn FnMut(JsValue)>,
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

/// What is kept on a shelf.
pub(crate) trait Shelved: 'static {
    /// The document.
    type Replica: Replicated<Made: Serialize + DeserializeOwned>;

    /// Where it is kept.
    fn shelf(&self) -> &Shelf;

    /// Does something with the document, if it is open.
    fn with_replica<T>(&self, act: impl FnOnce(&mut Self::Replica) -> T) -> Option<T>;

    /// What is kept has changed: all of it is, or the device has no room.
    fn kept(&self);

    /// Sends a message of the document.
    fn sync(&self, data: Vec<u8>);

    /// Another tab made something that shows with the next frame.
    fn heard(&self);
}

/// What was found of a document on this device.
pub(crate) struct Found {
    disk: Disk,
    kept: Kept,
}

/// Reads what is kept of a document, and notes that it is open.
///
/// # Errors
/// [`Fault`]; then nothing of it is written either.
pub(crate) async fn find(person: PersonId, document: DocumentId, subject: Subject) -> Result<Found, Fault> {
    let reading = async {
        let disk = Disk::open(person).await?;
        let records = disk.all(Store::Chunk, &[document.to_string()]).await?;
        Ok::<_, Fault>(Found { disk, kept: Kept::of(records) })
    };
    let mut found = match select(Box::pin(reading), Box::pin(wait(PATIENCE))).await {
        Either::Left((found, _)) => found?,
        Either::Right(_) => return Err(Fault::Unusable),
    };
    let begun: Vec<String> = found.kept.tabs().map(lock_of_tab).collect();
    if !begun.is_empty() {
        let alive = hold::held(begun).await;
        found.kept.without(|tab| alive.contains(&lock_of_tab(tab)));
    }
    let disk = found.disk.clone();
    spawn_local(async move {
        let about = About { subject, seen: js_sys::Date::now() };
        let Ok(about) = serde_json::to_vec(&about) else { return };
        // It only says what may go first when there are many.
        let _ = disk.write(Store::Chunk, &[(vec![document.to_string(), ABOUT.into()], about)], &[]).await;
        let _ = make_room(&disk, Some(document), DOCUMENTS).await;
    });
    Ok(found)
}

/// After so long.
async fn wait(time: Duration) {
    let waited = js_sys::Promise::new(&mut |done, _| {
        let _ = set_timeout_with_handle(move || drop(done.call0(&JsValue::NULL)), time);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(waited).await;
}

fn is_about(key: &Key) -> bool {
    key.get(1).is_some_and(|word| word == ABOUT)
}

/// What the kept documents are about, those open last first, and whether they hold something that is not sent.
///
/// # Errors
/// [`Fault`].
pub(crate) async fn documents(disk: &Disk) -> Result<Vec<(DocumentId, About, bool)>, Fault> {
    let keys = disk.keys(Store::Chunk, &[]).await?;
    let waiting: HashSet<&String> = keys.iter().filter(|key| is_own(key)).filter_map(|key| key.first()).collect();
    let mut found = Vec::new();
    for key in keys.iter().filter(|key| is_about(key)) {
        let Some(document) = key.first().and_then(|id| id.parse::<DocumentId>().ok()) else { continue };
        let record = disk.all(Store::Chunk, key).await?.into_iter().next();
        let Some(about) = record.and_then(|(_, bytes)| serde_json::from_slice::<About>(&bytes).ok()) else { continue };
        found.push((document, about, key.first().is_some_and(|document| waiting.contains(document))));
    }
    found.sort_by(|(_, one, _), (_, other, _)| other.seen.total_cmp(&one.seen));
    Ok(found)
}

/// Forgets documents until there are so many, those first that were not open for longest. What was not sent stays.
async fn make_room(disk: &Disk, open: Option<DocumentId>, many: usize) -> Result<(), Fault> {
    // Mostly there are not so many, which their names alone tell.
    if disk.keys(Store::Chunk, &[]).await?.iter().filter(|key| is_about(key)).count() <= many {
        return Ok(());
    }
    let old =
        documents(disk).await?.into_iter().skip(many).filter(|(document, _, waits)| !waits && Some(*document) != open);
    for (document, ..) in old {
        disk.write(Store::Chunk, &[], &[vec![document.to_string()]]).await?;
    }
    Ok(())
}

thread_local! {
    /// The documents that are open in this page.
    static OPEN: RefCell<Vec<DocumentId>> = const { RefCell::new(Vec::new()) };
}

/// Whether a document is open in this page.
pub(crate) fn is_open(document: DocumentId) -> bool {
    OPEN.with_borrow(|open| open.contains(&document))
}

impl Shelf {
    /// Opens a document from what was found, into a replica that has nothing yet. `tab` is a name no other living tab has.
    pub(crate) fn open<S: Shelved>(this: &Rc<S>, tab: &str, found: Found) {
        let Found { disk, kept } = found;
        let Some((document, keeper)) =
            this.with_replica(|replica| (replica.document(), Keeper::open(replica, tab, kept)))
        else {
            return;
        };
        let channel = Channel::open(this, document);
        OPEN.with_borrow_mut(|open| open.push(document));
        let mut state = this.shelf().0.borrow_mut();
        state.disk = Some(disk);
        state.keeper = Some(keeper);
        state.channel = channel;
        state.document = Some(document);
    }

    /// What has to be written.
    pub(crate) fn due<S: Shelved>(this: &S) -> Due {
        let state = this.shelf().0.borrow();
        let due = |keeper: &Keeper| this.with_replica(|replica| keeper.due(replica));
        state.keeper.as_ref().filter(|_| !state.closed).and_then(due).unwrap_or(Due::Nothing)
    }

    /// Whether everything done in the document lies on this device or on the server.
    pub(crate) fn keeps_all<S: Shelved>(this: &S) -> bool {
        let state = this.shelf().0.borrow();
        let keeps = |keeper: &Keeper| this.with_replica(|replica| keeper.keeps_all(replica));
        state.keeper.as_ref().and_then(keeps).unwrap_or(false)
    }

    /// Whether what is done is kept within a moment: as long as nothing failed.
    pub(crate) fn keeps(&self) -> bool {
        let state = self.0.borrow();
        state.keeper.is_some() && !state.fails && !state.closed
    }

    /// Whether the last write failed, mostly for want of room.
    pub(crate) fn fails(&self) -> bool {
        self.0.borrow().fails
    }

    /// Writes what has to be written: at once what is nowhere else, and otherwise soon.
    pub(crate) fn stir<S: Shelved>(this: &Rc<S>) {
        match Self::due(&**this) {
            Due::Now if !this.shelf().fails() => Self::write(this),
            Due::Now => Self::later(this, AGAIN),
            Due::Sometime => Self::later(this, GATHER),
            Due::Nothing => {}
        }
    }

    fn later<S: Shelved>(this: &Rc<S>, wait: u64) {
        let mut state = this.shelf().0.borrow_mut();
        if state.timer.is_some() {
            return;
        }
        let again = this.clone();
        let write = move || {
            again.shelf().0.borrow_mut().timer = None;
            Self::write(&again);
        };
        state.timer = set_timeout_with_handle(write, Duration::from_millis(wait)).ok();
    }

    fn write<S: Shelved>(this: &Rc<S>) {
        let batch = {
            let mut state = this.shelf().0.borrow_mut();
            if state.closed {
                return;
            }
            let State { keeper: Some(keeper), disk: Some(disk), .. } = &mut *state else { return };
            let batch = this.with_replica(|replica| keeper.next(replica)).flatten();
            batch.map(|batch| (batch, disk.clone()))
        };
        if let Some((batch, disk)) = batch {
            Self::carry(this, batch, disk);
        }
    }

    /// Makes one of the many parts in which the document lies, when that is worth it and nobody waits for the page.
    fn tidy<S: Shelved>(this: &Rc<S>) {
        let batch = {
            let mut state = this.shelf().0.borrow_mut();
            let State { keeper: Some(keeper), disk: Some(disk), closed: false, .. } = &mut *state else { return };
            let batch = this.with_replica(|replica| keeper.merge(replica)).flatten();
            batch.map(|batch| (batch, disk.clone()))
        };
        if let Some((batch, disk)) = batch {
            Self::carry(this, batch, disk);
        }
    }

    fn carry<S: Shelved>(this: &Rc<S>, batch: Batch, disk: Disk) {
        let this = this.clone();
        let late = this.clone();
        let late = set_timeout_with_handle(move || Self::hurry(&*late), Duration::from_millis(LATE)).ok();
        spawn_local(async move {
            let mut done = disk.write(Store::Chunk, &batch.puts, &batch.removes).await;
            if done == Err(Fault::Full) {
                // What others can have again makes room for what is only here.
                let _ = make_room(&disk, this.with_replica(|replica| replica.document()), 1).await;
                done = disk.write(Store::Chunk, &batch.puts, &batch.removes).await;
            }
            if let Some(late) = late {
                late.clear();
            }
            {
                let mut state = this.shelf().0.borrow_mut();
                state.fails = done.is_err();
                let Some(keeper) = &mut state.keeper else { return };
                let begun = this.with_replica(|replica| match done {
                    Ok(()) => {
                        keeper.written(replica);
                        None
                    }
                    Err(_) => {
                        keeper.failed(replica);
                        Some(keeper.begun())
                    }
                });
                if let Some(Some(begun)) = begun {
                    Self::let_go(&this, disk.clone(), begun);
                }
                if let (Ok(()), Some(Channel { channel, .. })) = (done, &state.channel)
                    && batch.puts.iter().any(|(key, _)| is_own(key))
                {
                    let _ = channel.post_message(&JsValue::NULL);
                }
            }
            Self::flush(&*this);
            this.kept();
            Self::stir(&this);
            Self::tidy_later(&this);
        });
    }

    /// What could not be kept goes out all the same, once what was being typed is forgotten, which takes no room: or both
    /// would be found after a crash.
    fn let_go<S: Shelved>(this: &Rc<S>, disk: Disk, begun: Vec<String>) {
        let this = this.clone();
        spawn_local(async move {
            let _ = disk.write(Store::Chunk, &[], &[begun]).await;
            Self::hurry(&*this);
        });
    }

    /// What waits goes out, kept or not.
    pub(crate) fn hurry<S: Shelved>(this: &S) {
        {
            let state = this.shelf().0.borrow();
            let Some(keeper) = &state.keeper else { return };
            this.with_replica(|replica| keeper.hurry(replica));
        }
        Self::flush(this);
    }

    /// Sends what may go out by now.
    fn flush<S: Shelved>(this: &S) {
        if let Some(data) = this.with_replica(Replicated::flush).flatten() {
            this.sync(data);
        }
    }

    /// Keeps what is being done as it is: it is no change yet.
    pub(crate) fn jot<S: Shelved>(this: &Rc<S>) {
        let jot = {
            let mut state = this.shelf().0.borrow_mut();
            if state.jotting || state.closed || state.fails {
                return;
            }
            let State { keeper: Some(keeper), disk: Some(disk), .. } = &*state else { return };
            let jot = this.with_replica(|replica| keeper.jot(replica)).flatten().map(|jot| (jot, disk.clone()));
            state.jotting = jot.is_some();
            jot
        };
        let Some((jot, disk)) = jot else { return Self::stir(this) };
        let this = this.clone();
        spawn_local(async move {
            let done = disk.write(Store::Chunk, &[(jot.key.clone(), jot.bytes.clone())], &[]).await;
            {
                let mut state = this.shelf().0.borrow_mut();
                state.jotting = false;
                if let (Ok(()), Some(keeper)) = (done, &mut state.keeper) {
                    keeper.jotted(&jot);
                }
            }
            if done.is_ok() {
                this.kept();
                Self::jot(&this);
            }
        });
    }

    /// The words of what does not fit are kept otherwise by now.
    pub(crate) fn gave_up(&self) {
        if let Some(keeper) = &mut self.0.borrow_mut().keeper {
            keeper.gave_up();
        }
    }

    /// Once nothing was written for a while.
    fn tidy_later<S: Shelved>(this: &Rc<S>) {
        let again = this.clone();
        let tidy = set_timeout_with_handle(move || Self::tidy(&again), Duration::from_millis(TIDY)).ok();
        if let Some(before) = std::mem::replace(&mut this.shelf().0.borrow_mut().tidy, tidy) {
            before.clear();
        }
    }

    /// Takes in what another tab of the person made, where that can be read.
    fn listen<S: Shelved>(this: &Rc<S>) {
        let this = this.clone();
        spawn_local(async move {
            let disk = this.shelf().0.borrow().disk.clone();
            let (Some(disk), Some(document)) = (disk, this.with_replica(|replica| replica.document())) else { return };
            let Ok(records) = disk.all(Store::Chunk, &[document.to_string(), "own".into()]).await else { return };
            let came = {
                let mut state = this.shelf().0.borrow_mut();
                let Some(keeper) = &mut state.keeper else { return };
                this.with_replica(|replica| keeper.hear(replica, Kept::of(records))).unwrap_or(false)
            };
            if came {
                this.heard();
            }
        });
    }

    /// The document is left: what is due is written at once, and nothing after that.
    pub(crate) fn leave<S: Shelved>(this: &Rc<S>) {
        Self::write(this);
        this.shelf().close();
    }

    /// Nothing more is written. What lies there stays.
    pub(crate) fn close(&self) {
        let mut state = self.0.borrow_mut();
        state.closed = true;
        state.channel = None;
        let document = state.document.take();
        OPEN.with_borrow_mut(|open| {
            if let Some(at) = open.iter().position(|one| Some(*one) == document) {
                open.swap_remove(at);
            }
        });
        for timer in [state.timer.take(), state.tidy.take()].into_iter().flatten() {
            timer.clear();
        }
    }

    /// Forgets the document: it is not the person's to read any more, or was written anew.
    pub(crate) fn forget(&self, document: DocumentId) {
        self.close();
        if let Some(disk) = self.0.borrow_mut().disk.take() {
            spawn_local(async move {
                // If that fails, the next one who opens it hears the same from the server.
                let _ = disk.write(Store::Chunk, &[], &[vec![document.to_string()]]).await;
            });
        }
    }
}

impl Channel {
    fn open<S: Shelved>(this: &Rc<S>, document: DocumentId) -> Option<Self> {
        let channel = BroadcastChannel::new(&format!("atelier.{document}")).ok()?;
        let weak = Rc::downgrade(this);
        let heard = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            if let Some(this) = weak.upgrade() {
                Shelf::listen(&this);
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Some(Self { channel, _heard: heard })
    }
}
