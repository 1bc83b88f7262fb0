//! Order: telling the moderators of something, hiding it as one of them, and the mark on what is hidden or waits.

use leptos::prelude::*;
use shared::{
    Role,
    api::{Because, Decide, Decided, NewDecision, NewReport, Reason, Subject},
    rules::Away,
};

use super::{
    dialog::{self, Dialog},
    field::{Choice, choices, field},
    form::{Form, form, submit},
    icon::icon,
    toast,
};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    visit::here,
    words,
};

/// What is done about something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The moderators are told.
    Report,
    /// A moderator hides it.
    Hide,
}

/// Asks why, in a dialog of its own, and does it.
#[derive(Clone, Copy)]
pub struct Asks {
    about: RwSignal<Option<(Subject, Deed)>>,
    dialog: Dialog,
}

impl Asks {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self { about: RwSignal::new(None), dialog: Dialog::new() }
    }

    /// Asks why.
    pub fn open(self, subject: Subject, deed: Deed) {
        self.about.set(Some((subject, deed)));
        self.dialog.open();
    }

    /// The dialog. `done` follows when something was hidden.
    pub fn view(self, name: &'static str, done: impl Fn() + Copy + 'static) -> AnyView {
        let i18n = use_i18n();
        let state = Form::new(name);
        let hides = move || self.about.get().is_some_and(|(_, deed)| deed == Deed::Hide);
        let send = move || {
            let Some((subject, deed)) = self.about.get_untracked() else { return };
            let reason = Reason::parse(&state.value("reason")).unwrap_or(Reason::Other);
            let words = state.value("words");
            let call = async move {
                match deed {
                    Deed::Report => api::post("/reports", &NewReport { subject, reason, words }).await,
                    Deed::Hide => decide(subject, Decide::Hide, Some(reason), words).await.map(drop),
                }
            };
            state.send(call, move |()| {
                state.clear();
                self.dialog.close();
                if deed == Deed::Report {
                    toast::say(t_string!(i18n, order.thanks));
                } else {
                    done();
                }
            });
        };
        let title =
            move || if hides() { t_string!(i18n, order.hide_title) } else { t_string!(i18n, order.report_title) };
        let reasons = Reason::ALL.iter().map(|&reason| Choice {
            value: reason.as_str(),
            label: (move || words::reason(i18n, reason)).into_any(),
            hint: None,
        });
        let fields = view! {
            {choices(state, "reason", t!(i18n, order.reason), Reason::Spam.as_str(), reasons.collect())}
            {field("words", t!(i18n, order.words)).hint(t!(i18n, order.words_hint)).lines(3).optional().place(state)}
        };
        let send_label = move || if hides() { t_string!(i18n, order.hide) } else { t_string!(i18n, order.report_send) };
        let content = form(state, send, fields.into_any(), submit(state, send_label));
        dialog::shown(self.dialog, title, content)
    }
}

impl Default for Asks {
    fn default() -> Self {
        Self::new()
    }
}

/// Decides as a moderator.
///
/// # Errors
/// The problem document of the answer.
pub async fn decide(
    subject: Subject,
    act: Decide,
    reason: Option<Reason>,
    words: String,
) -> Result<Decided, shared::api::Problem> {
    api::post("/desk/decisions", &NewDecision { subject, act, reason, words, waiting: false }).await
}

/// What somebody signed in can do about what another wrote: report it, or as a moderator hide it. A person is only
/// reported: nobody can be hidden.
pub fn acts(
    asks: Asks,
    subject: Subject,
    class: &'static str,
    stands: impl Fn() -> bool + Send + Sync + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let Some(role) = here.role() else { return ().into_any() };
    let hides = role >= Role::Moderator && !matches!(subject, Subject::Person(_));
    let (deed, symbol) = if hides { (Deed::Hide, "eye-slash") } else { (Deed::Report, "flag") };
    view! {
        <button
            type="button"
            class=class
            hidden=move || !stands()
            disabled=move || !here.awake.get()
            on:click=move |_| asks.open(subject, deed)
        >
            {icon(symbol)}
            {move || if deed == Deed::Hide { t_string!(i18n, order.hide) } else { t_string!(i18n, order.report) }}
        </button>
    }
    .into_any()
}

/// Says that something waits, or was hidden and why; to moderators with the means to let it stand.
pub fn mark(away: Away, because: Option<&Because>, subject: Subject, done: impl Fn() + Copy + 'static) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let moderates = here.role() >= Some(Role::Moderator);
    let reason = because.map(|because| because.reason);
    let quoted = because.map(|because| because.words.clone()).filter(|words| !words.is_empty());
    let text = move || match (away, reason) {
        (Away::Held, _) => t_string!(i18n, order.held).to_owned(),
        (Away::Hidden, Some(reason)) => t_string!(i18n, order.hidden, because = words::because(i18n, reason)),
        (Away::Hidden, None) => t_string!(i18n, order.hidden_only).to_owned(),
        (Away::Merged, _) => String::new(),
    };
    let show = move |_| {
        leptos::task::spawn_local(async move {
            match decide(subject, Decide::Keep, None, String::new()).await {
                Ok(_) => done(),
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    let button = moderates.then(|| {
        view! {
            <button type="button" class="button button-small" disabled=move || !here.awake.get() on:click=show>
                {move || if away == Away::Held { t_string!(i18n, order.approve) } else { t_string!(i18n, order.show) }}
            </button>
        }
    });
    view! {
        <div class="note-bar order-mark" data-colour=if away == Away::Held { "amber" } else { "coral" }>
            {icon(if away == Away::Held { "hourglass" } else { "eye-slash" })}
            <p>{text} " " {quoted.map(|words| view! { <q>{words}</q> })}</p>
            {button}
        </div>
    }
    .into_any()
}
