//! A part of a page that needs something from the API first.
//!
//! What the API answers travels as the text it is, from the server's page to the browser's and up to where it is drawn:
//! one kind of resource carries them all, where one for each type would cost the browser tens of kilobytes.

use std::{convert::Infallible, fmt, marker::PhantomData, pin::Pin, str::FromStr, sync::Arc};

use leptos::{prelude::*, server::codee::string::FromToStringCodec};
use serde::de::DeserializeOwned;
use shared::api::{Code, Problem};

use crate::{api, pages::problem};

/// What the API said: JSON of what was asked for, or of the problem document.
#[derive(Clone)]
struct Heard {
    well: bool,
    json: String,
}

impl From<Result<String, Problem>> for Heard {
    fn from(answer: Result<String, Problem>) -> Self {
        match answer {
            Ok(json) => Self { well: true, json },
            Err(problem) => Self { well: false, json: serde_json::to_string(&problem).unwrap_or_default() },
        }
    }
}

impl Heard {
    fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let unread = |error: serde_json::Error| Problem::new(Code::Internal, error.to_string());
        if self.well {
            serde_json::from_str(&self.json).map_err(unread)
        } else {
            Err(serde_json::from_str(&self.json).unwrap_or_else(unread))
        }
    }
}

/// A sign for how it went, then the JSON.
impl fmt::Display for Heard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.well { "+" } else { "-" })?;
        out.write_str(&self.json)
    }
}

impl FromStr for Heard {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let well = text.starts_with('+');
        Ok(Self { well, json: text.get(1..).unwrap_or_default().to_owned() })
    }
}

/// What [`load`] waits for.
pub struct Loaded<T> {
    heard: Resource<Heard, FromToStringCodec>,
    thing: PhantomData<fn() -> T>,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loaded<T> {}

impl<T> Loaded<T> {
    /// Asks once more: something was changed.
    pub fn again(self) {
        self.heard.refetch();
    }
}

/// The answer of a call that is under way.
pub type Call = Pin<Box<dyn Future<Output = Result<String, Problem>> + Send>>;

/// Asks for the path, again whenever it changes.
pub fn ask<T>(path: impl Fn() -> String + Send + Sync + 'static) -> Loaded<T> {
    ask_by(path, |path| Box::pin(api::text(path)))
}

/// Asks by a call of one's own for what `key` names, again whenever that changes.
pub fn ask_by<T>(key: impl Fn() -> String + Send + Sync + 'static, call: fn(String) -> Call) -> Loaded<T> {
    Loaded { heard: hear(Box::new(key), call), thing: PhantomData }
}

fn hear(key: Box<dyn Fn() -> String + Send + Sync>, call: fn(String) -> Call) -> Resource<Heard, FromToStringCodec> {
    Resource::new_str(key, move |key| {
        let call = call(key);
        async move { Heard::from(call.await) }
    })
}

/// Shows `draw` of what was loaded; a skeleton before, the problem instead when there is one.
pub fn load<T>(loaded: Loaded<T>, draw: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView
where
    T: DeserializeOwned + 'static,
{
    show(
        loaded.heard,
        skeleton,
        Arc::new(move |heard| match heard.read() {
            Ok(thing) => draw(thing),
            Err(problem) => {
                if problem.code == Code::Unreachable {
                    once_online(move || loaded.again());
                }
                problem::view(problem)
            }
        }),
    )
}

/// Shows `draw` of what was loaded where the page is whole without it: nothing before, and nothing where it cannot be had.
pub fn aside<T>(loaded: Loaded<T>, draw: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView
where
    T: DeserializeOwned + 'static,
{
    let draw = move |heard: &Heard| heard.read().map_or_else(|_: Problem| ().into_any(), &draw);
    show(loaded.heard, || ().into_any(), Arc::new(draw))
}

fn show(
    heard: Resource<Heard, FromToStringCodec>,
    before: fn() -> AnyView,
    draw: Arc<dyn Fn(&Heard) -> AnyView + Send + Sync>,
) -> AnyView {
    view! {
        <Transition fallback=before>
            {move || {
                let draw = draw.clone();
                Suspend::new(async move { draw(&heard.await) })
            }}
        </Transition>
    }
    .into_any()
}

/// Calls `again` when the network is back. The page itself stays: it may hold words that still have to go out.
fn once_online(again: impl Fn() + 'static) {
    #[cfg(feature = "hydrate")]
    {
        let online = window_event_listener_untyped("online", move |_| again());
        let online = send_wrapper::SendWrapper::new(online);
        on_cleanup(move || online.take().remove());
    }
    #[cfg(not(feature = "hydrate"))]
    drop(again);
}

/// Quiet shapes where the content will be.
pub fn skeleton() -> AnyView {
    view! {
        <div class="skeleton" aria-busy="true">
            <div class="skeleton-line skeleton-title"></div>
            <div class="skeleton-line"></div>
            <div class="skeleton-line"></div>
            <div class="skeleton-line skeleton-short"></div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_survives_the_page() {
        for answer in [Ok("{\"title\":\"Été\"}".to_owned()), Ok(String::new()), Err(Problem::new(Code::NotFound, "no"))]
        {
            let heard = Heard::from(answer);
            let again: Heard = heard.to_string().parse().expect("infallible");
            assert_eq!((again.well, again.json), (heard.well, heard.json));
        }
    }

    #[test]
    fn what_cannot_be_read_is_a_problem() {
        let heard: Heard = "".parse().expect("infallible");
        assert_eq!(heard.read::<u32>().expect_err("nothing was said").code, Code::Internal);
        assert_eq!(Heard::from(Ok("7".to_owned())).read::<u32>().expect("a number"), 7);
        let refused = Heard::from(Err(Problem::new(Code::Role, "no")));
        assert_eq!(refused.read::<u32>().expect_err("refused").code, Code::Role);
    }
}
