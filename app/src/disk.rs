//! What a person keeps in this browser, in a database of their own (`app/js/disk.js`, over IndexedDB).

use std::{cell::RefCell, rc::Rc};

use js_sys::{Array, Promise, Reflect, Uint8Array};
use shared::PersonId;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::{script, visit::here};

#[wasm_bindgen]
extern "C" {
    /// A database, as `open` gives it.
    #[derive(Clone)]
    type Handle;

    #[wasm_bindgen(method)]
    fn lost(this: &Handle) -> bool;
    #[wasm_bindgen(method)]
    fn all(this: &Handle, store: &str, prefix: &Array) -> Promise;
    #[wasm_bindgen(method)]
    fn keys(this: &Handle, store: &str, prefix: &Array) -> Promise;
    #[wasm_bindgen(method)]
    fn write(this: &Handle, store: &str, puts: &Array, removes: &Array) -> Promise;
}

/// A part of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// Documents, in pieces.
    Chunk,
    /// Deeds that wait to be sent.
    Outbox,
}

impl Store {
    fn as_str(self) -> &'static str {
        match self {
            Self::Chunk => "chunk",
            Self::Outbox => "outbox",
        }
    }
}

/// Where something is kept: a list of words. What begins with the same words belongs together.
pub(crate) type Key = Vec<String>;

/// Why something was not kept, or not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// This device has no room left for it.
    Full,
    /// The database cannot be used: the browser has none, or forgot it.
    Unusable,
}

impl From<JsValue> for Fault {
    fn from(error: JsValue) -> Self {
        let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
        if name.as_deref() == Some("QuotaExceededError") { Self::Full } else { Self::Unusable }
    }
}

/// The database of a person.
#[derive(Clone)]
pub(crate) struct Disk(Handle);

thread_local! {
    /// The one that is open, and whose it is.
    static OPEN: RefCell<Option<(PersonId, Disk)>> = const { RefCell::new(None) };
}

fn address() -> String {
    thread_local!(static ADDRESS: RefCell<Option<Rc<str>>> = const { RefCell::new(None) });
    ADDRESS.with_borrow_mut(|address| address.get_or_insert_with(|| here().asset("disk.js").into()).to_string())
}

/// Calls a function of the script with the person's id.
async fn call(name: &str, person: PersonId) -> Result<JsValue, Fault> {
    let called = script::function(&address(), name).await?.call1(&JsValue::NULL, &person.to_string().into())?;
    Ok(JsFuture::from(called.dyn_into::<Promise>()?).await?)
}

fn words(key: &[String]) -> Array {
    key.iter().map(|word| JsValue::from_str(word)).collect()
}

fn key(value: JsValue) -> Option<Key> {
    value.dyn_into::<Array>().ok()?.iter().map(|word| word.as_string()).collect()
}

impl Disk {
    /// Notes where the script is. To be called where the page's context is at hand, before the first [`open`](Self::open).
    pub(crate) fn prepare() {
        let _ = address();
    }

    /// Opens the database of a person, or answers the one that is open.
    ///
    /// # Errors
    /// [`Fault::Unusable`], also where browsers keep nothing for this site; [`Fault::Full`].
    pub(crate) async fn open(person: PersonId) -> Result<Self, Fault> {
        let open = OPEN.with_borrow(|open| open.clone());
        if let Some((whose, disk)) = open
            && whose == person
            && !disk.0.lost()
        {
            return Ok(disk);
        }
        let disk = Self(call("open", person).await?.unchecked_into());
        OPEN.with_borrow_mut(|open| *open = Some((person, disk.clone())));
        Ok(disk)
    }

    /// Forgets everything that a person keeps in this browser.
    ///
    /// # Errors
    /// [`Fault::Unusable`].
    pub(crate) async fn forget(person: PersonId) -> Result<(), Fault> {
        call("forget", person).await.map(drop)
    }

    /// Forgets the pages that the service worker keeps of a person.
    ///
    /// # Errors
    /// [`Fault::Unusable`].
    pub(crate) async fn forget_pages(person: PersonId) -> Result<(), Fault> {
        call("forgetPages", person).await.map(drop)
    }

    /// Everything whose key begins so, in the order of the keys.
    ///
    /// # Errors
    /// [`Fault::Unusable`].
    pub(crate) async fn all(&self, store: Store, prefix: &[String]) -> Result<Vec<(Key, Vec<u8>)>, Fault> {
        let flat: Array = JsFuture::from(self.0.all(store.as_str(), &words(prefix))).await?.dyn_into()?;
        let pair = |at: u32| {
            let bytes = flat.get(2 * at + 1).dyn_into::<Uint8Array>().ok()?;
            Some((key(flat.get(2 * at))?, bytes.to_vec()))
        };
        Ok((0..flat.length() / 2).filter_map(pair).collect())
    }

    /// The keys that begin so.
    ///
    /// # Errors
    /// [`Fault::Unusable`].
    pub(crate) async fn keys(&self, store: Store, prefix: &[String]) -> Result<Vec<Key>, Fault> {
        let keys: Array = JsFuture::from(self.0.keys(store.as_str(), &words(prefix))).await?.dyn_into()?;
        Ok(keys.iter().filter_map(key).collect())
    }

    /// Keeps all of `puts` and nothing any more of what begins as one of `removes`, in this order: removes, then puts. All
    /// of it or nothing.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) async fn write(&self, store: Store, puts: &[(Key, Vec<u8>)], removes: &[Key]) -> Result<(), Fault> {
        let put = Array::new();
        for (key, bytes) in puts {
            put.push(&words(key));
            put.push(&Uint8Array::from(bytes.as_slice()));
        }
        let removed: Array = removes.iter().map(|prefix| JsValue::from(words(prefix))).collect();
        JsFuture::from(self.0.write(store.as_str(), &put, &removed)).await?;
        Ok(())
    }
}
