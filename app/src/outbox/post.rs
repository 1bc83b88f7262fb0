//! Keeps what waits on the disk, and sends it: one thing after the other, by one tab at a time.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::prelude::{RwSignal, Set as _, TimeoutHandle, set_timeout_with_handle, window};
use shared::{
    PersonId,
    api::Millis,
    backoff,
    outbox::{Answer, Change, Deed, Entry, Made, Outbox},
};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use super::{Act, HURRY};
use crate::{
    api,
    disk::{Disk, Fault, Store},
    live::{facts::Told, hold::Hold},
};

/// What it begins with.
pub(super) struct Start {
    pub person: PersonId,
    pub waiting: RwSignal<Vec<Entry>>,
    pub told: Told,
}

struct Post {
    start: Start,
    attempts: Cell<u32>,
    retry: Cell<Option<TimeoutHandle>>,
    /// Whether it is sending, and whether something came meanwhile.
    busy: Cell<bool>,
    again: Cell<bool>,
    /// The person's other tabs.
    others: Option<BroadcastChannel>,
}

thread_local! {
    static POST: RefCell<Option<Rc<Post>>> = const { RefCell::new(None) };
}

fn now() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date are whole and small")]
    let now = js_sys::Date::now() as Millis;
    now
}

/// Shows what waits, and sends it now and whenever it may get through.
pub(super) fn begin(start: Start) {
    let others = BroadcastChannel::new(&format!("atelier.outbox.{}", start.person)).ok();
    let post = Rc::new(Post {
        start,
        attempts: Cell::default(),
        retry: Cell::default(),
        busy: Cell::default(),
        again: Cell::default(),
        others,
    });
    POST.set(Some(post.clone()));
    let hurried = post.clone();
    HURRY.set(Some(Rc::new(move || hurried.hurry())));
    // It lives as long as the page.
    let hurried = post.clone();
    let online = Closure::<dyn Fn()>::new(move || hurried.hurry());
    let _ = window().add_event_listener_with_callback("online", online.as_ref().unchecked_ref());
    online.forget();
    if let Some(others) = &post.others {
        let hears = post.clone();
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |_| {
            let hears = hears.clone();
            leptos::task::spawn_local(async move {
                let _ = hears.load().await;
            });
        });
        others.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        heard.forget();
    }
    post.send();
}

/// Does what somebody wants done with the outbox. Whether it is on the disk.
pub(super) async fn act(act: Act) -> bool {
    let Some(post) = POST.with_borrow(Clone::clone) else { return false };
    let done = post.edit(|outbox| match act {
        Act::Add(entry) => outbox.add(entry, now()),
        Act::Rewrite(key, body) => outbox.rewrite(&key, body),
        Act::Retry(key) => outbox.retry(&key, now()),
        Act::Remove(key) => outbox.remove(&key),
    });
    let kept = done.await.is_ok();
    post.send();
    kept
}

impl Post {
    async fn disk(&self) -> Result<Disk, Fault> {
        Disk::open(self.start.person).await
    }

    /// What is on the disk, which is shown.
    async fn load(&self) -> Result<Outbox, Fault> {
        let kept = self.disk().await?.all(Store::Outbox, &[]).await?;
        // What a later version kept is left to it.
        let outbox = Outbox::new(kept.iter().filter_map(|(_, bytes)| serde_json::from_slice(bytes).ok()));
        self.show(&outbox);
        Ok(outbox)
    }

    fn show(&self, outbox: &Outbox) {
        let _ = self.start.waiting.try_set(outbox.entries().to_vec());
    }

    /// Reads what is on the disk, changes it and writes that, while no other tab does.
    async fn edit(&self, change: impl FnOnce(&mut Outbox) -> Vec<Change>) -> Result<Outbox, Fault> {
        let _alone = Hold::wait(&format!("atelier.outbox.{}.disk", self.start.person)).await;
        let mut outbox = self.load().await?;
        let (mut puts, mut removes) = (Vec::new(), Vec::new());
        for change in change(&mut outbox) {
            match change {
                Change::Put(entry) => {
                    let bytes = serde_json::to_vec(&entry).map_err(|_| Fault::Unusable)?;
                    puts.push((vec![entry.key], bytes));
                }
                Change::Remove(key) => removes.push(vec![key]),
            }
        }
        self.disk().await?.write(Store::Outbox, &puts, &removes).await?;
        self.show(&outbox);
        if let Some(others) = &self.others {
            let _ = others.post_message(&JsValue::NULL);
        }
        Ok(outbox)
    }

    /// Sends now rather than after the wait.
    fn hurry(self: &Rc<Self>) {
        self.attempts.set(0);
        self.send();
    }

    fn send(self: &Rc<Self>) {
        if let Some(retry) = self.retry.take() {
            retry.clear();
        }
        if self.busy.replace(true) {
            self.again.set(true);
            return;
        }
        let post = self.clone();
        leptos::task::spawn_local(async move {
            let wait = post.send_all().await;
            post.busy.set(false);
            if post.again.take() {
                post.send();
            } else if let Some(wait) = wait {
                let later = post.clone();
                post.retry.set(set_timeout_with_handle(move || later.send(), wait).ok());
            }
        });
    }

    /// Sends one after the other, as long as they get through. Answers how long to wait with the rest; nothing where there
    /// is none, or waiting is of no use.
    async fn send_all(&self) -> Option<Duration> {
        if self.load().await.is_ok_and(|outbox| outbox.next(now(), &[]).is_none()) {
            return None;
        }
        // The person's other tabs wait here, and find nothing left.
        let _turn = Hold::wait(&format!("atelier.outbox.{}.send", self.start.person)).await;
        let mut aside = Vec::new();
        loop {
            // The browser says when there is a network again.
            if !window().navigator().on_line() {
                return None;
            }
            let Ok(outbox) = self.load().await else { return Some(self.later()) };
            let Some(key) = outbox.next(now(), &aside).map(|entry| entry.key.clone()) else {
                return (!aside.is_empty()).then(|| self.later());
            };
            let Ok(outbox) = self.edit(|outbox| outbox.begin(&key)).await else { return Some(self.later()) };
            let Some(entry) = outbox.get(&key) else { continue };
            let reply = api::reply(&entry.deed.request(), &key, self.start.person).await;
            let answer = entry.deed.judge(reply.as_ref());
            if let Answer::Done(made) = answer {
                self.attempts.set(0);
                self.tell(entry, made);
            }
            if self.edit(|outbox| outbox.answered(&key, &answer)).await.is_err() {
                aside.push(key.clone());
            }
            match answer {
                Answer::Done(_) | Answer::Refused(_) => {}
                Answer::Aside => aside.push(key),
                // The page that comes after signing in sends it.
                Answer::SignIn => return None,
                Answer::Later(after) => return Some(after.unwrap_or_default().max(self.later())),
            }
        }
    }

    fn later(&self) -> Duration {
        let attempts = self.attempts.get();
        self.attempts.set(attempts.saturating_add(1));
        backoff::wait(attempts, js_sys::Math::random())
    }

    /// Lets the page show what became of it.
    fn tell(&self, entry: &Entry, made: Made) {
        let told = self.start.told;
        match (made, &entry.deed) {
            (Made::Vote(vote), deed) => told.voted(deed.idea(), vote),
            (_, Deed::Follow { idea, on }) => told.follows(*idea, *on),
            (Made::Comment(_) | Made::Nothing, _) => told.said(),
        }
    }
}
