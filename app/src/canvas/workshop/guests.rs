//! Links by which guests follow the canvas: made, listed and withdrawn by who may.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{GuestLinkView, NewGuestLink};

use crate::{
    api,
    canvas::scene::Scene,
    i18n::{t, t_string},
    ui::{copy::copy_field, date, dialog::Dialog, icon::icon, toast},
    visit::here,
    words,
};

/// For how many hours a link is offered.
const HOURS: [u32; 4] = [2, 24, 168, 720];

/// Opens the dialog of links, for who may make some.
pub(super) fn button(scene: Scene) -> AnyView {
    let dialog = Dialog::new();
    let may = move || scene.may.with(|may| may.invite_guests);
    let links = RwSignal::new(Vec::<GuestLinkView>::new());
    let path = move || format!("/boards/{}/canvas/guests", scene.slug.get_value());
    let open = move |_| {
        dialog.open();
        spawn_local(async move {
            match api::get::<Vec<GuestLinkView>>(path()).await {
                Ok(found) => {
                    let _ = links.try_set(found);
                }
                Err(problem) => toast::warn(words::problem(scene.i18n, &problem)),
            }
        });
    };
    view! {
        <Show when=may>
            <button type="button" class="button button-small" on:click=open>
                {icon("link-simple")} {t!(scene.i18n, guests.button)}
            </button>
            {body(scene, dialog, links, path)}
        </Show>
    }
    .into_any()
}

fn body(
    scene: Scene,
    dialog: Dialog,
    links: RwSignal<Vec<GuestLinkView>>,
    path: impl Fn() -> String + Copy + Send + Sync + 'static,
) -> AnyView {
    let hours = RwSignal::new(HOURS[1]);
    let made = RwSignal::new(None::<String>);
    let make = move |_| {
        spawn_local(async move {
            match api::post::<GuestLinkView>(&path(), &NewGuestLink { hours: hours.get_untracked() }).await {
                Ok(link) => {
                    let _ = made.try_set(link.path.clone().map(|path| format!("{}{path}", here().origin())));
                    let _ = links.try_update(|links| links.insert(0, link));
                }
                Err(problem) => toast::warn(words::problem(scene.i18n, &problem)),
            }
        });
    };
    let withdraw = move |link: &GuestLinkView| {
        let id = link.id;
        spawn_local(async move {
            match api::delete(&format!("{}/{id}", path())).await {
                Ok(()) => {
                    let _ = links.try_update(|links| links.retain(|link| link.id != id));
                    let _ = made.try_set(None);
                }
                Err(problem) => toast::warn(words::problem(scene.i18n, &problem)),
            }
        });
    };
    let row = move |link: GuestLinkView| {
        let (by, until) = (words::name(scene.i18n, &link.by), link.expires_at);
        view! {
            <li class="workshop-link">
                <span>{by} " · " {t!(scene.i18n, guests.until, when = move || date::ago(until))}</span>
                <button type="button" class="button-plain" on:click=move |_| withdraw(&link)>
                    {t!(scene.i18n, guests.withdraw)}
                </button>
            </li>
        }
    };
    let option = move |count: u32| {
        let word = move || match count {
            2 => t_string!(scene.i18n, guests.two_hours),
            24 => t_string!(scene.i18n, guests.a_day),
            168 => t_string!(scene.i18n, guests.a_week),
            _ => t_string!(scene.i18n, guests.a_month),
        };
        view! { <option value=count selected=count == HOURS[1]>{word}</option> }
    };
    view! {
        <dialog class="dialog dialog-wide" aria-labelledby="guests-title" node_ref=dialog.node()>
            <p class="dialog-title" id="guests-title">{t!(scene.i18n, guests.title)}</p>
            <p>{t!(scene.i18n, guests.hint)}</p>
            <div class="row">
                <label class="field">
                    <span class="field-label">{t!(scene.i18n, guests.lasts)}</span>
                    <select
                        class="input"
                        on:change=move |event| {
                            if let Ok(chosen) = event_target_value(&event).parse() {
                                hours.set(chosen);
                            }
                        }
                    >
                        {HOURS.map(option).collect_view()}
                    </select>
                </label>
                <button type="button" class="button button-strong" on:click=make>
                    {t!(scene.i18n, guests.make)}
                </button>
            </div>
            {move || {
                made.get().map(|link| copy_field("guest-link", move || t_string!(scene.i18n, guests.link), link))
            }}
            <Show when=move || links.with(|links| !links.is_empty())>
                <h3 class="workshop-links">{t!(scene.i18n, guests.open)}</h3>
            </Show>
            <ul class="workshop-links-list">
                <For each=move || links.get() key=|link| link.id let:link>
                    {row(link)}
                </For>
            </ul>
            <div class="row row-end">
                <button type="button" class="button" on:click=move |_| dialog.close()>
                    {t!(scene.i18n, ui.close)}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}
