//! `/admin`: the workspace's name and look, its languages, and who may join.

use leptos::prelude::*;
use shared::api::{EditWorkspace, Problem, SignUpRule, WorkspaceView};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        chrome,
        field::{Choice, choices, field},
        form::{Form, form, submit},
        icon::icon,
        toast,
    },
    visit::{Here, here, text_locale},
    words::{self, Texts},
};

/// The colours that are offered by name: the empty one is that of Atelier.
const COLOURS: [&str; 7] = ["", "#1d5fb8", "#0f766e", "#2f6b2a", "#6d3a8c", "#b0245a", "#a15c00"];
/// Stands for a colour that is not among them.
const OTHER: &str = "other";
/// The languages that may be offered, the one for those who like none of them first.
const LANGUAGES: [&str; 4] = ["fr,en", "en,fr", "fr", "en"];

/// What owners settle for the workspace.
pub(super) fn view() -> AnyView {
    let workspace = here().me.with_untracked(|me| me.workspace.clone());
    view! { {identity(&workspace)} {logo()} {languages(&workspace)} {time_zone(&workspace)} {joining(&workspace)} }
        .into_any()
}

fn panel(id: &'static str, title: AnyView, hint: Option<AnyView>, content: AnyView) -> AnyView {
    view! {
        <section class="panel" aria-labelledby=id>
            <div class="panel-head">
                <h2 class="panel-title" id=id>{title}</h2>
                {hint.map(|hint| view! { <p class="quiet">{hint}</p> })}
            </div>
            {content}
        </section>
    }
    .into_any()
}

/// Sends what was settled; from then on the page is as it says.
fn settle(state: Form, here: Here, i18n: Texts, edit: EditWorkspace) {
    state.send(async move { api::patch::<WorkspaceView>("/workspace", &edit).await }, move |workspace| {
        show(here, i18n, workspace);
        toast::say(t_string!(i18n, admin.saved));
    });
}

fn show(here: Here, i18n: Texts, workspace: WorkspaceView) {
    chrome::wear_accent(workspace.accent);
    let spoken = i18n.get_locale_untracked();
    if let Some(first) = workspace.languages.first().copied()
        && !workspace.languages.iter().any(|language| text_locale(*language) == spoken)
    {
        chrome::speak(i18n, here, text_locale(first));
    }
    here.me.update(|me| me.workspace = workspace);
}

fn identity(workspace: &WorkspaceView) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let state = Form::new("identity");
    let save = move || {
        let accent = match state.value("accent") {
            other if other == OTHER => state.value("colour"),
            named => named,
        };
        let edit = EditWorkspace { name: Some(state.value("name")), accent: Some(accent), ..EditWorkspace::default() };
        settle(state, here, i18n, edit);
    };
    let chosen = workspace.accent.map(String::from).unwrap_or_default();
    let named = COLOURS.contains(&chosen.as_str());
    let colours = COLOURS.into_iter().map(|colour| Choice {
        value: colour,
        label: swatch(colour, move || colour_name(i18n, colour)),
        hint: None,
    });
    let other = Choice { value: OTHER, label: t!(i18n, admin.accent_own).into_any(), hint: None };
    let selected = if named { chosen.clone() } else { OTHER.to_owned() };
    let own = if named { "#7a4fd0".to_owned() } else { chosen };
    let fields = view! {
        {field("name", t!(i18n, admin.name)).hint(t!(i18n, admin.name_hint)).value(workspace.name.clone()).place(state)}
        {choices(state, "accent", t!(i18n, admin.accent), &selected, colours.chain([other]).collect())}
        <div class="admin-colour">
            {field("colour", t!(i18n, admin.accent_pick)).kind("color").value(own).optional().place(state)}
        </div>
        <p class="quiet">{t!(i18n, admin.accent_hint)}</p>
    };
    let content = form(state, save, fields.into_any(), submit(state, move || t_string!(i18n, settings.save)));
    panel("identity", t!(i18n, admin.identity).into_any(), None, content)
}

fn swatch(colour: &'static str, name: impl Fn() -> &'static str + Send + Sync + 'static) -> AnyView {
    let of = if colour.is_empty() { "own" } else { &colour[1..] };
    view! { <span class="swatch" data-accent=of aria-hidden="true"></span> {name} }.into_any()
}

fn colour_name(i18n: Texts, colour: &str) -> &'static str {
    match colour {
        "#1d5fb8" => t_string!(i18n, admin.ocean),
        "#0f766e" => t_string!(i18n, admin.lagoon),
        "#2f6b2a" => t_string!(i18n, admin.meadow),
        "#6d3a8c" => t_string!(i18n, admin.fig),
        "#b0245a" => t_string!(i18n, admin.raspberry),
        "#a15c00" => t_string!(i18n, admin.honey),
        _ => t_string!(i18n, admin.terracotta),
    }
}

fn logo() -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let pending = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let done = move |answer: Result<WorkspaceView, Problem>, said: &'static str| {
        let _ = pending.try_set(false);
        match answer {
            Ok(workspace) => {
                show(here, i18n, workspace);
                toast::say(said);
            }
            Err(why) => {
                let _ = problem.try_set(Some(why));
            }
        }
    };
    let begin = move || {
        pending.set(true);
        problem.set(None);
    };
    let remove = move |_| {
        begin();
        leptos::task::spawn_local(async move {
            done(api::delete_for("/workspace/logo").await, t_string!(i18n, admin.logo_removed));
        });
    };
    let chosen = move |event: leptos::ev::Event| {
        #[cfg(feature = "hydrate")]
        if let Some(file) = take_file(&event) {
            begin();
            leptos::task::spawn_local(async move {
                done(api::put_file("/workspace/logo", file).await, t_string!(i18n, admin.logo_saved));
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    let shown = move || {
        here.me.with(|me| me.workspace.logo.clone()).map(|logo| {
            let label = move || t_string!(i18n, admin.logo_now);
            view! { <img class="admin-logo" src=logo.path.clone() alt=label width=logo.width height=logo.height /> }
        })
    };
    let removable = move || here.me.with(|me| me.workspace.logo.is_some());
    let content = view! {
        {shown}
        {move || {
            problem.get().map(|problem| {
                view! { <p class="alert" role="alert">{icon("warning")} <span>{move || words::picture(i18n, problem.code)}</span></p> }
            })
        }}
        <div class="row">
            <label class="button file-button" aria-busy=move || pending.get().then_some("true")>
                {icon("image")}
                <span>{t!(i18n, admin.logo_choose)}</span>
                <input
                    type="file"
                    class="unseen"
                    accept="image/jpeg,image/png,image/webp,image/gif"
                    disabled=move || !here.awake.get() || pending.get()
                    on:change=chosen
                />
            </label>
            <Show when=removable>
                <button type="button" class="button" disabled=move || !here.awake.get() || pending.get() on:click=remove>
                    {t!(i18n, admin.logo_remove)}
                </button>
            </Show>
        </div>
    };
    panel("logo", t!(i18n, admin.logo).into_any(), Some(t!(i18n, admin.logo_hint).into_any()), content.into_any())
}

/// The file that was chosen; the same one may be chosen again.
#[cfg(feature = "hydrate")]
fn take_file(event: &leptos::ev::Event) -> Option<web_sys::File> {
    let input: web_sys::HtmlInputElement = event_target(event);
    let file = input.files()?.get(0);
    input.set_value("");
    file
}

fn languages(workspace: &WorkspaceView) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let state = Form::new("languages");
    let save = move || {
        let chosen = state.value("languages");
        let languages = chosen.split(',').filter_map(shared::Locale::from_tag).collect();
        settle(state, here, i18n, EditWorkspace { languages: Some(languages), ..EditWorkspace::default() });
    };
    let now = workspace.languages.iter().map(|language| language.tag()).collect::<Vec<_>>().join(",");
    let offered = LANGUAGES.into_iter().map(|value| {
        let (label, hint) = match value {
            "fr,en" => {
                (t!(i18n, admin.languages_fr_en).into_any(), Some(t!(i18n, admin.languages_fr_en_hint).into_any()))
            }
            "en,fr" => {
                (t!(i18n, admin.languages_en_fr).into_any(), Some(t!(i18n, admin.languages_en_fr_hint).into_any()))
            }
            "fr" => (t!(i18n, admin.languages_fr).into_any(), None),
            _ => (t!(i18n, admin.languages_en).into_any(), None),
        };
        Choice { value, label, hint }
    });
    let content = form(
        state,
        save,
        choices(state, "languages", t!(i18n, admin.languages_hint), &now, offered.collect()),
        submit(state, move || t_string!(i18n, settings.save)),
    );
    panel("languages", t!(i18n, admin.languages).into_any(), None, content)
}

/// In which time zone days are counted: those of promised answers, and the hour of the digests.
fn time_zone(workspace: &WorkspaceView) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let state = Form::new("time-zone");
    let save = move || {
        let zone = state.value("time_zone");
        settle(state, here, i18n, EditWorkspace { time_zone: Some(zone), ..EditWorkspace::default() });
    };
    let zone = field("time_zone", t!(i18n, admin.time_zone_name))
        .hint(t!(i18n, admin.time_zone_example))
        .value(workspace.time_zone.clone())
        .place(state);
    let content = form(state, save, zone, submit(state, move || t_string!(i18n, settings.save)));
    panel("time-zone", t!(i18n, admin.time_zone).into_any(), Some(t!(i18n, admin.time_zone_hint).into_any()), content)
}

fn joining(workspace: &WorkspaceView) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let state = Form::new("joining");
    let save = move || {
        let rule = SignUpRule::parse(&state.value("sign_up")).unwrap_or_default();
        let named = state.value("domains");
        let domains = named.split([',', ';', ' ', '\n']).filter(|name| !name.trim().is_empty());
        // What stands under another rule is kept for when it is chosen again.
        let domains = (rule == SignUpRule::Domain).then(|| domains.map(|name| name.trim().to_owned()).collect());
        settle(state, here, i18n, EditWorkspace { sign_up: Some(rule), domains, ..EditWorkspace::default() });
    };
    let rules = SignUpRule::ALL.iter().map(|rule| {
        let (label, hint) = match rule {
            SignUpRule::Open => (t!(i18n, admin.joining_open).into_any(), t!(i18n, admin.joining_open_hint).into_any()),
            SignUpRule::Domain => {
                (t!(i18n, admin.joining_domain).into_any(), t!(i18n, admin.joining_domain_hint).into_any())
            }
            SignUpRule::Invite => {
                (t!(i18n, admin.joining_invite).into_any(), t!(i18n, admin.joining_invite_hint).into_any())
            }
        };
        Choice { value: rule.as_str(), label, hint: Some(hint) }
    });
    let fields = view! {
        <div class="joining">
            {choices(state, "sign_up", t!(i18n, admin.joining), workspace.sign_up.as_str(), rules.collect())}
            <div class="joining-domains">
                {field("domains", t!(i18n, admin.domains))
                    .hint(t!(i18n, admin.domains_hint))
                    .value(workspace.domains.join("\n"))
                    .lines(3)
                    .optional()
                    .place(state)}
                <p class="note-bar" data-colour="amber">{icon("info")} <span>{t!(i18n, admin.domains_honest)}</span></p>
            </div>
        </div>
    };
    let content = form(state, save, fields.into_any(), submit(state, move || t_string!(i18n, settings.save)));
    panel("joining", t!(i18n, admin.joining).into_any(), None, content)
}
