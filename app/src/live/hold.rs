//! Who holds kept words: a tab that lives holds a lock of the browser for what it keeps, so that only the words of tabs
//! that are gone are offered in others.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// The browser's locks, and their `request`. There are none outside of https, nor in old browsers.
fn locks() -> Option<(JsValue, Function)> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let request = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    Some((locks, request))
}

/// Asks for the lock of a key. The browser calls `granted` once it is free, and takes it back when what that gives settles.
fn request(key: &str, granted: impl FnOnce() -> JsValue + 'static) -> Option<()> {
    let (locks, request) = locks()?;
    let granted = Closure::once_into_js(granted);
    let asked = request.call2(&locks, &key.into(), &granted).ok()?;
    // Nobody waits for the end of the lock.
    let ignore = Closure::once_into_js(|_: JsValue| {});
    let _ = asked.dyn_into::<Promise>().ok().map(|asked| {
        let catch = Reflect::get(&asked, &"catch".into()).and_then(JsCast::dyn_into::<Function>);
        catch.and_then(|catch| catch.call1(&asked, &ignore))
    });
    Some(())
}

/// The name of the lock that a tab holds as long as it lives.
pub(crate) fn lock_of_tab(tab: &str) -> String {
    format!("atelier.tab.{tab}")
}

/// Those of these locks that living tabs hold at this moment; none, where that cannot be known.
pub(crate) async fn held(keys: Vec<String>) -> Vec<String> {
    let asked = locks().and_then(|(locks, _)| {
        let query: Function = Reflect::get(&locks, &"query".into()).ok()?.dyn_into().ok()?;
        query.call0(&locks).ok()?.dyn_into::<Promise>().ok()
    });
    let Some(asked) = asked else { return Vec::new() };
    let Ok(state) = JsFuture::from(asked).await else { return Vec::new() };
    let held = Reflect::get(&state, &"held".into()).ok().and_then(|held| held.dyn_into::<js_sys::Array>().ok());
    let names = held.iter().flat_map(|held| held.iter().collect::<Vec<_>>());
    let name = |lock: JsValue| Reflect::get(&lock, &"name".into()).ok()?.as_string();
    names.filter_map(name).filter(|name| keys.contains(name)).collect()
}

/// Holds the words kept under a key until it is dropped, or the tab is gone.
pub(crate) struct Hold(Rc<RefCell<State>>);

enum State {
    Asked,
    /// What lets go.
    Held(Function),
    Dropped,
}

impl Hold {
    pub fn of(key: &str) -> Self {
        let state = Rc::new(RefCell::new(State::Asked));
        let granted = {
            let state = state.clone();
            move || {
                if matches!(*state.borrow(), State::Dropped) {
                    return JsValue::UNDEFINED;
                }
                Promise::new(&mut |done, _| *state.borrow_mut() = State::Held(done)).into()
            }
        };
        request(key, granted);
        Self(state)
    }

    /// Waits until nobody else holds it. Where the browser has no locks, nobody is waited for.
    pub async fn wait(key: &str) -> Self {
        let state = Rc::new(RefCell::new(State::Asked));
        let mine = Promise::new(&mut |tell, _| {
            let (state, told) = (state.clone(), tell.clone());
            let asked = request(key, move || {
                let held = Promise::new(&mut |done, _| *state.borrow_mut() = State::Held(done));
                let _ = told.call0(&JsValue::NULL);
                held.into()
            });
            if asked.is_none() {
                let _ = tell.call0(&JsValue::NULL);
            }
        });
        let _ = JsFuture::from(mine).await;
        Self(state)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let State::Held(done) = self.0.replace(State::Dropped) {
            let _ = done.call0(&JsValue::NULL);
        }
    }
}

/// Does something once no living tab holds a key.
pub(crate) fn once_free(key: &str, act: impl FnOnce() + 'static) {
    let act = Rc::new(RefCell::new(Some(act)));
    let later = act.clone();
    let asked = request(key, move || {
        if let Some(act) = later.take() {
            act();
        }
        JsValue::UNDEFINED
    });
    if asked.is_none()
        && let Some(act) = act.take()
    {
        act();
    }
}
