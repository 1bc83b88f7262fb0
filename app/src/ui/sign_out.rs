//! Signing out: asked about where something on this device was not sent yet, and nothing of the person stays behind.

use leptos::prelude::*;

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    outbox,
    ui::{chrome::leave_to, dialog::Dialog, icon::icon, toast},
    visit::Here,
    words::Texts,
};

/// What becomes of what was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unsent {
    /// It stays on this device until the person signs in again.
    Kept,
    /// It goes.
    Forgotten,
}

/// What signing out takes.
#[derive(Clone, Copy)]
pub(super) struct SignOut {
    dialog: Dialog,
    /// What waits, as the person knows it.
    waits: RwSignal<Vec<String>>,
}

impl SignOut {
    /// Nothing is asked yet.
    pub fn new() -> Self {
        Self { dialog: Dialog::new(), waits: RwSignal::new(Vec::new()) }
    }

    /// Signs out, or asks first.
    pub fn begin(self, here: Here, i18n: Texts) {
        #[cfg(feature = "hydrate")]
        leptos::task::spawn_local(async move {
            let Some(me) = here.me.with_untracked(|me| me.person.clone()) else { return leave_to("/") };
            let waits = crate::live::waiting::subjects(me.id).await;
            let words = crate::live::waiting::words(me.id).then(|| t_string!(i18n, sign_out.words).to_owned());
            let deeds = match outbox::waiting(me.id).await {
                0 => None,
                count => Some(t_string!(i18n, waits.deeds, count = count)),
            };
            if waits.is_empty() && words.is_none() && deeds.is_none() {
                return go(here, i18n, Unsent::Forgotten).await;
            }
            let name = |subject| match subject {
                crate::live::shelf::Subject::Concept(number) => t_string!(i18n, sign_out.idea, number = number),
                crate::live::shelf::Subject::Canvas(slug) => t_string!(i18n, sign_out.canvas, board = slug),
            };
            self.waits.set(waits.into_iter().map(name).chain(deeds).chain(words).collect());
            self.dialog.open();
        });
        #[cfg(not(feature = "hydrate"))]
        let _ = (here, i18n);
    }

    /// The question.
    pub fn view(self, here: Here) -> AnyView {
        let i18n = use_i18n();
        let dialog = self.dialog;
        let leave = move |unsent| {
            move |_| {
                dialog.close();
                leptos::task::spawn_local(go(here, i18n, unsent));
            }
        };
        view! {
            <dialog class="dialog" aria-labelledby="sign-out-title" node_ref=dialog.node()>
                <h2 class="dialog-title" id="sign-out-title">{t!(i18n, sign_out.title)}</h2>
                <p>{t!(i18n, sign_out.hint)}</p>
                <ul class="lines">
                    {move || self.waits.get().into_iter().map(|what| view! { <li><span class="marked">{icon("cloud-slash")} <span>{what}</span></span></li> }).collect_view()}
                </ul>
                <div class="sign-out-ways">
                    <button type="button" class="button button-strong" on:click=move |_| dialog.close()>
                        {t!(i18n, sign_out.stay)}
                    </button>
                    <button type="button" class="button" on:click=leave(Unsent::Kept)>{t!(i18n, sign_out.keep)}</button>
                    <button type="button" class="button button-danger" on:click=leave(Unsent::Forgotten)>
                        {t!(i18n, sign_out.discard)}
                    </button>
                </div>
            </dialog>
        }
        .into_any()
    }
}

async fn go(here: Here, i18n: Texts, unsent: Unsent) {
    let gone = api::delete("/session").await;
    // A session that is gone already is what was wished for; one that the server was not told of is not.
    if gone.is_err_and(|problem| outbox::is_out_of_reach(&problem)) {
        return toast::warn(t_string!(i18n, sign_out.offline));
    }
    #[cfg(feature = "hydrate")]
    if let Some(me) = here.me.with_untracked(|me| me.person.clone()) {
        match unsent {
            Unsent::Forgotten => crate::live::waiting::forget(me.id).await,
            Unsent::Kept => drop(crate::disk::Disk::forget_pages(me.id).await),
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (here, unsent);
    leave_to("/");
}
