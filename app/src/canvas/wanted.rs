//! What somebody wants of the server, thing by thing: one request at a time for each, so that the last word wins whatever
//! order answers come in.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// What is wanted and not yet agreed.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<V: Send + Sync + 'static>(StoredValue<BTreeMap<String, V>>);

impl<V: Clone + PartialEq + Send + Sync + 'static> Wanted<V> {
    pub fn new() -> Self {
        Self(StoredValue::new(BTreeMap::new()))
    }

    /// Notes what is wanted of a thing. Whether somebody has to ask for it: otherwise a request is under way, after which
    /// it is asked for.
    pub fn want(&self, thing: &str, value: V) -> bool {
        self.0.try_update_value(|all| all.insert(thing.to_owned(), value).is_none()).unwrap_or_default()
    }

    /// Asks for this, and then for what else is wanted by then, until nothing is. Answers the last answer.
    ///
    /// # Errors
    /// What was refused, and why: then nothing is wanted of the thing any more.
    pub async fn ask<T, E>(&self, thing: &str, first: V, send: impl AsyncFn(&V) -> Result<T, E>) -> Result<T, (V, E)> {
        let mut asked = first;
        loop {
            match send(&asked).await {
                Ok(answer) => match self.agreed(thing, &asked) {
                    Some(next) => asked = next,
                    None => return Ok(answer),
                },
                Err(why) => {
                    self.refused(thing);
                    return Err((asked, why));
                }
            }
        }
    }

    /// What was asked for was agreed to. Answers with what is wanted by now, when that is something else.
    fn agreed(&self, thing: &str, asked: &V) -> Option<V> {
        let next = self.0.try_update_value(|all| match all.get(thing) {
            Some(wanted) if wanted != asked => Some(wanted.clone()),
            _ => {
                all.remove(thing);
                None
            }
        });
        next.flatten()
    }

    /// It was refused: nothing is wanted of it any more.
    fn refused(&self, thing: &str) {
        let _ = self.0.try_update_value(|all| all.remove(thing));
    }

    /// Whether nothing is wanted of anything.
    pub fn settled(&self) -> bool {
        self.0.try_with_value(BTreeMap::is_empty) != Some(false)
    }
}
