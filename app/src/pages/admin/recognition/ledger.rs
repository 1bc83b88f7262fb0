//! The ledger: everything that was given, claimed and taken back, and what stands out.

use leptos::prelude::*;
use shared::api::{
    BoardView, Code, DismissFlag, FlagKind, FlagView, LedgerLine, LedgerTotals, Page, RecognitionKind, Revoke,
};

use super::{super::people::encoded, panel};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        avatar, badge, card, date,
        empty::empty,
        field::field,
        form::{Form, form, submit},
        icon::icon,
        load::{self, Loaded},
        more::More,
        toast,
    },
    visit::here,
    words::{self, Texts},
};

/// What of the ledger is wished for.
#[derive(Clone, Copy)]
struct Wish {
    person: RwSignal<String>,
    board: RwSignal<String>,
    kind: RwSignal<String>,
    flagged: RwSignal<bool>,
}

impl Wish {
    fn query(self) -> String {
        let part = |name: &str, value: String| match value.as_str() {
            "" => String::new(),
            value => format!("&{name}={}", encoded(value)),
        };
        let (person, board) = (part("person", self.person.get()), part("board", self.board.get()));
        let (kind, flagged) = (part("kind", self.kind.get()), self.flagged.get());
        format!("{person}{board}{kind}&flagged={flagged}")
    }
}

/// The section.
pub(super) fn section() -> AnyView {
    let i18n = use_i18n();
    let wish = Wish {
        person: RwSignal::new(String::new()),
        board: RwSignal::new(String::new()),
        kind: RwSignal::new(String::new()),
        flagged: RwSignal::new(false),
    };
    let first = load::ask::<Page<LedgerLine>>(move || format!("/recognition/ledger?limit=10{}", wish.query()));
    let totals = load::ask::<LedgerTotals>(move || format!("/recognition/totals?{}", wish.query()));
    let boards = load::ask::<Vec<BoardView>>(|| "/boards".to_owned());
    let file = move || format!("/api/v1/recognition/ledger.csv?{}", wish.query());
    let content = view! {
        {load::load(boards, move |boards| filters(boards, wish))}
        {load::load(totals, move |sums| {
            let LedgerTotals { entries, given, spent, taken, flags } = sums;
            view! {
                <p class="ledger-totals">
                    {t!(
                        i18n, recognition.totals, entries = entries, given = given, spent = spent, taken = taken,
                        flags = flags
                    )}
                </p>
            }
            .into_any()
        })}
        <p class="row">
            <a class="button button-small" href=file rel="external" download="recognition.csv">
                {icon("download-simple")} {t!(i18n, recognition.ledger_export)}
            </a>
        </p>
        {load::load(first, move |page| lines(page, wish, first))}
    };
    panel(
        "ledger",
        t!(i18n, recognition.ledger).into_any(),
        t!(i18n, recognition.ledger_hint).into_any(),
        content.into_any(),
    )
}

fn filters(boards: Vec<BoardView>, wish: Wish) -> AnyView {
    let i18n = use_i18n();
    let sleeps = move || !here().awake.get();
    let each = boards.into_iter().map(|board| view! { <option value=board.slug>{board.title}</option> }).collect_view();
    let kinds = RecognitionKind::ALL
        .iter()
        .map(|kind| view! { <option value=kind.as_str()>{move || words::recognition(i18n, *kind)}</option> })
        .collect_view();
    view! {
        <div class="pair">
            <div class="field">
                <label class="field-label" for="ledger-person">{t!(i18n, recognition.ledger_person)}</label>
                <input
                    class="input"
                    id="ledger-person"
                    type="search"
                    autocomplete="off"
                    placeholder="@"
                    disabled=sleeps
                    on:change=move |event| {
                        wish.person.set(event_target_value(&event).trim().trim_start_matches('@').to_lowercase());
                    }
                />
            </div>
            <div class="field">
                <label class="field-label" for="ledger-board">{t!(i18n, recognition.ledger_board)}</label>
                <select class="input" id="ledger-board" disabled=sleeps on:change=move |event| wish.board.set(event_target_value(&event))>
                    <option value="">{t!(i18n, recognition.ledger_any_board)}</option>
                    {each}
                </select>
            </div>
            <div class="field">
                <label class="field-label" for="ledger-kind">{t!(i18n, recognition.ledger_kind)}</label>
                <select class="input" id="ledger-kind" disabled=sleeps on:change=move |event| wish.kind.set(event_target_value(&event))>
                    <option value="">{t!(i18n, recognition.ledger_any_kind)}</option>
                    {kinds}
                </select>
            </div>
        </div>
        <label class="tick">
            <input type="checkbox" disabled=sleeps on:change=move |event| wish.flagged.set(event_target_checked(&event)) />
            <span>{t!(i18n, recognition.ledger_flagged)}</span>
        </label>
    }
    .into_any()
}

fn lines(page: Page<LedgerLine>, wish: Wish, all: Loaded<Page<LedgerLine>>) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return empty(
            "clipboard-text",
            move || t_string!(i18n, recognition.ledger_empty),
            move || t_string!(i18n, recognition.ledger_empty_hint),
            None,
        );
    }
    let more = More::<LedgerLine>::after(page.next);
    let ask = move |_| {
        more.ask(i18n, |cursor| format!("/recognition/ledger?limit=25&cursor={cursor}{}", untrack(|| wish.query())));
    };
    view! {
        <ol class="lines ledger">
            {page.items.iter().map(|one| line(one, all)).collect_view()}
            <For each=move || more.items() key=|one| one.entry.id let(one)>
                {line(&one, all)}
            </For>
        </ol>
        <Show when=move || more.is_there()>
            <p><button type="button" class="button" on:click=ask>{t!(i18n, recognition.more)}</button></p>
        </Show>
    }
    .into_any()
}

fn line(line: &LedgerLine, all: Loaded<Page<LedgerLine>>) -> AnyView {
    let i18n = use_i18n();
    let entry = &line.entry;
    let (kind, points, at, id) = (entry.kind, entry.points, entry.at, entry.id);
    let open = RwSignal::new(false);
    let what = match (&entry.badge, &entry.perk) {
        (Some(held), _) => badge::badge(held),
        (None, Some(perk)) => {
            let perk = perk.clone();
            view! { <span>{move || words::either(i18n.get_locale(), &perk.fr, &perk.en)}</span> }.into_any()
        }
        (None, None) => ().into_any(),
    };
    let mark = |text: AnyView| view! { <span class="pill" data-colour="slate">{text}</span> };
    let idea = entry.idea.as_ref().map(|idea| {
        view! { <a href=card::path(idea.number, &idea.slug)>{idea.title.clone()}</a> " · " }
    });
    let board = entry.board_title.clone().map(|title| view! { {title} " · " });
    let from = (kind != RecognitionKind::Claim).then(|| {
        let name = words::name(i18n, &entry.by);
        view! { {t!(i18n, recognition.by_whom, name = name)} " · " }
    });
    let said = (!entry.words.is_empty()).then(|| view! { <q class="entry-words">{entry.words.clone()}</q> });
    let sum = (points != 0).then(|| view! { <span class="entry-points">{format!("{points:+}")}</span> });
    let may_revoke = kind != RecognitionKind::Revocation && !entry.revoked;
    let own = here().me.with_untracked(|me| me.person.as_ref().is_some_and(|me| me.id == entry.person.id));
    let name = StoredValue::new(words::name(i18n, &entry.person));
    let step = (may_revoke && !own).then(|| {
        view! {
            <button
                type="button"
                class="button button-small button-quiet"
                aria-expanded=move || open.get().to_string()
                aria-label=move || t_string!(i18n, recognition.revoke_of, name = name.get_value())
                disabled=move || !here().awake.get()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {t!(i18n, recognition.revoke)}
            </button>
        }
    });
    let flags = line.flags.iter().map(|one| flag(one, all)).collect_view();
    view! {
        <li class="ledger-line">
            <div class="line-main">
                {avatar::person(&entry.person)}
                <span class="row entry-what">
                    <strong>{move || words::recognition(i18n, kind)}</strong>
                    {what}
                    {(entry.private && kind != RecognitionKind::Claim)
                        .then(|| mark(t!(i18n, recognition.private_mark).into_any()))}
                    {entry.revoked.then(|| mark(t!(i18n, recognition.revoked_mark).into_any()))}
                </span>
                {said}
                <span class="quiet">{idea} {board} {from} {date::ago(at)}</span>
                {flags}
                <Show when=move || open.get()>{revoke(id, name, all)}</Show>
            </div>
            {sum}
            {step}
        </li>
    }
    .into_any()
}

/// The form in which one says why something is taken back.
fn revoke(id: shared::RecognitionId, name: StoredValue<String>, all: Loaded<Page<LedgerLine>>) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("revoke");
    let send = move || {
        let request = Revoke { words: state.value("words") };
        let call = async move {
            let done = api::put_with::<()>(&format!("/recognition/{id}/revocation"), &request).await;
            if let Err(problem) = &done
                && problem.code == Code::PointsSpent
            {
                let left = problem.left.unwrap_or_default();
                toast::warn(t_string!(i18n, recognition.points_spent, left = left));
            }
            done
        };
        state.send(call, move |()| {
            toast::say(t_string!(i18n, recognition.revoked));
            all.again();
        });
    };
    let why = move || t_string!(i18n, recognition.revoke_why, name = name.get_value());
    let content = field("words", why.into_any()).lines(2).place(state);
    form(state, send, content, submit(state, move || t_string!(i18n, recognition.revoke)))
}

fn explained(i18n: Texts, kind: FlagKind, value: u32, usual: u32) -> String {
    match kind {
        FlagKind::Size => t_string!(i18n, recognition.flag_size, value = value, usual = usual),
        FlagKind::Share => t_string!(i18n, recognition.flag_share, value = value, usual = usual),
        FlagKind::Pair => t_string!(i18n, recognition.flag_pair, value = value, usual = usual),
        FlagKind::Mutual => t_string!(i18n, recognition.flag_mutual, value = value, usual = usual),
        FlagKind::Frequency => t_string!(i18n, recognition.flag_frequency, value = value, usual = usual),
    }
}

/// Why an entry stands out, and the step by which an owner says that they have looked.
fn flag(one: &FlagView, all: Loaded<Page<LedgerLine>>) -> AnyView {
    let i18n = use_i18n();
    let FlagView { id, kind, value, usual, .. } = *one;
    let why = move || explained(i18n, kind, value, usual);
    if let Some(words) = one.dismissed.clone() {
        return view! {
            <p class="quiet">{why} " " {t!(i18n, recognition.flag_dismissed, words = words)}</p>
        }
        .into_any();
    }
    let open = RwSignal::new(false);
    let write = move || {
        let state = Form::new("flag");
        let send = move || {
            let request = DismissFlag { words: state.value("words") };
            let call =
                async move { api::put_with::<()>(&format!("/recognition/flags/{id}/dismissal"), &request).await };
            state.send(call, move |()| all.again());
        };
        let content = field("words", t!(i18n, recognition.flag_word)).place(state);
        form(state, send, content, submit(state, move || t_string!(i18n, recognition.flag_dismiss)))
    };
    view! {
        <div class="note-bar note-bar-tall" data-colour="amber">
            <p class="marked">{icon("flag")} <span>{why}</span></p>
            <Show
                when=move || open.get()
                fallback=move || view! {
                    <p>
                        <button
                            type="button"
                            class="button button-small"
                            disabled=move || !here().awake.get()
                            on:click=move |_| open.set(true)
                        >
                            {t!(i18n, recognition.flag_dismiss)}
                        </button>
                    </p>
                }
            >
                {write()}
            </Show>
        </div>
    }
    .into_any()
}
