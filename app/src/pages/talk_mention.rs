//! Mentioning somebody while one writes: whom the letters behind an `@` may mean is offered below the text.

use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};
use shared::{api::PersonView, limits};

use crate::{
    answer::encode,
    api,
    i18n::{t_string, use_i18n},
    ui::avatar,
};

/// Whom the person who writes may mean.
#[derive(Clone, Copy)]
pub(super) struct Mention {
    number: u32,
    text: NodeRef<html::Textarea>,
    offered: RwSignal<Vec<PersonView>>,
    /// Which of them the keys are on.
    at: RwSignal<usize>,
    /// The letters that were asked for last.
    asked: StoredValue<String>,
}

/// The letters behind the `@` that a text ends with; nothing where nobody is being mentioned.
fn letters(before: &str) -> Option<&str> {
    let (text, letters) = before.rsplit_once('@')?;
    let begins = text.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    let fits = !letters.is_empty()
        && letters.chars().count() <= limits::NAME
        && letters.chars().all(|c| c.is_alphanumeric() || c == '-');
    (begins && fits).then_some(letters)
}

impl Mention {
    pub(super) fn new(number: u32, text: NodeRef<html::Textarea>) -> Self {
        let (offered, at, asked) = (RwSignal::new(Vec::new()), RwSignal::new(0), StoredValue::new(String::new()));
        Self { number, text, offered, at, asked }
    }

    /// The text before the caret and behind it.
    fn parts(self) -> Option<(String, String)> {
        #[cfg(feature = "hydrate")]
        {
            let text = self.text.get_untracked()?;
            let units: Vec<u16> = text.value().encode_utf16().collect();
            let caret = text.selection_start().ok().flatten()? as usize;
            let (before, after) = units.split_at_checked(caret)?;
            Some((String::from_utf16_lossy(before), String::from_utf16_lossy(after)))
        }
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = self.text;
            None
        }
    }

    /// Looks whom the text at the caret begins to mention.
    pub(super) fn look(self) {
        let wanted = self.parts().and_then(|(before, _)| letters(&before).map(str::to_lowercase)).unwrap_or_default();
        self.asked.set_value(wanted.clone());
        if wanted.is_empty() {
            self.close();
            return;
        }
        spawn_local(async move {
            let path = format!("/ideas/{}/mentionable?letters={}", self.number, encode(&wanted));
            let found = api::get::<Vec<PersonView>>(path).await.unwrap_or_default();
            // What was typed meanwhile asks for itself.
            if self.asked.try_with_value(|asked| *asked == wanted) == Some(true) {
                let _ = self.at.try_set(0);
                let _ = self.offered.try_set(found);
            }
        });
    }

    pub(super) fn close(self) {
        // A field that goes while it has the focus leaves it last of all.
        let _ = self.asked.try_set_value(String::new());
        if self.offered.try_with_untracked(|offered| !offered.is_empty()) == Some(true) {
            let _ = self.offered.try_set(Vec::new());
        }
    }

    /// Does what a key means for the offer; whether it meant anything.
    pub(super) fn key(self, event: &KeyboardEvent) -> bool {
        let count = self.offered.with_untracked(Vec::len);
        if count == 0 || event.ctrl_key() || event.meta_key() {
            return false;
        }
        match event.key().as_str() {
            "ArrowDown" => self.at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => self.at.update(|at| *at = (*at + count - 1) % count),
            "Enter" | "Tab" => self.take(self.at.get_untracked()),
            "Escape" => self.close(),
            _ => return false,
        }
        event.prevent_default();
        true
    }

    /// Mentions one of those offered.
    fn take(self, at: usize) {
        let handle = self.offered.with_untracked(|offered| offered.get(at).map(|person| person.handle.clone()));
        self.close();
        #[cfg(feature = "hydrate")]
        if let (Some(handle), Some((before, after)), Some(text)) = (handle, self.parts(), self.text.get_untracked())
            && let Some(begun) = letters(&before)
        {
            let kept = &before[..before.len() - begun.len()];
            let before = format!("{kept}{handle} ");
            let caret = u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX);
            text.set_value(&format!("{before}{}", after.strip_prefix(' ').unwrap_or(&after)));
            let _ = text.set_selection_range(caret, caret);
            let _ = text.focus();
            if let Ok(event) = web_sys::Event::new("input") {
                let _ = text.dispatch_event(&event);
            }
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = handle;
    }

    /// The name of the one that the keys are on, among the elements of the list of this name.
    pub(super) fn active(self, list: &str) -> Option<String> {
        let at = self.at.get();
        self.offered.with(|offered| at < offered.len()).then(|| format!("{list}-{at}"))
    }

    /// Those offered.
    pub(super) fn list(self, id: String) -> AnyView {
        let i18n = use_i18n();
        let name = id.clone();
        let row = move |(at, person): (usize, PersonView)| {
            view! {
                <li
                    role="option"
                    id=format!("{name}-{at}")
                    aria-selected=move || (self.at.get() == at).to_string()
                    on:mousedown=move |event| {
                        event.prevent_default();
                        self.take(at);
                    }
                >
                    {avatar::face(&person)}
                    <span class="person-name">{person.name.clone()}</span>
                    <span class="quiet">"@" {person.handle.clone()}</span>
                </li>
            }
        };
        view! {
            <p class="unseen" role="status">
                {move || {
                    let count = self.offered.with(Vec::len);
                    (count > 0).then(|| t_string!(i18n, talk.offered, count = count))
                }}
            </p>
            <ul
                class="mentions"
                role="listbox"
                id=id
                aria-label=move || t_string!(i18n, talk.mention)
                hidden=move || self.offered.with(Vec::is_empty)
            >
                {move || self.offered.get().into_iter().enumerate().map(row.clone()).collect_view()}
            </ul>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn a_mention_begins_behind_an_at() {
        assert_eq!(letters("Merci @zo"), Some("zo"));
        assert_eq!(letters("(@Zoé-b"), Some("Zoé-b"));
        for none in ["Merci @", "zoe@example", "@zoe said", "", "@a.b"] {
            assert_eq!(letters(none), None, "{none}");
        }
    }
}
