//! `/inbox`: what one is told, and what one would rather not be.

use leptos::prelude::*;
use shared::{
    Role,
    api::{
        Decide, NoticeChoices, NoticeKind, NoticeView, Page, ReadNotices, RulingKind, RulingView, StageKind, Subject,
        Unread, VoteView,
    },
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::{gate, mail},
    ui::{avatar, bell, card, date, empty::empty, head, icon::icon, load, pill, toast},
    visit::here,
    words,
};

/// The page of the inbox.
pub fn view() -> AnyView {
    gate::at_least(Role::Customer, |_| {
        facts::follow(Vec::new());
        let i18n = use_i18n();
        let title = move || t_string!(i18n, inbox.title).to_owned();
        let notices = load::ask::<Page<NoticeView>>(|| "/inbox?limit=25".to_owned());
        let rulings = load::ask::<Page<RulingView>>(|| "/inbox/rulings?limit=25".to_owned());
        let choices = load::ask::<NoticeChoices>(|| "/me/notices".to_owned());
        view! {
            {head::title(title)}
            <div class="page page-middle">
                <header class="page-head">
                    {head::heading(title)} <p class="lead">{t!(i18n, inbox.lead)}</p>
                </header>
                {load::load(rulings, |page| told_by_moderators(&page.items))}
                {load::load(notices, list)}
                {mail::offer()}
                {load::load(choices, |choices| choose(&choices))}
            </div>
        }
        .into_any()
    })
}

/// Notes that something was read, and lets the bell know.
fn read(which: ReadNotices, then: impl FnOnce() + 'static) {
    let i18n = use_i18n();
    let unread = bell::unread();
    leptos::task::spawn_local(async move {
        match api::post::<Unread>("/inbox/read", &which).await {
            Ok(left) => {
                let _ = unread.try_set(left.unread);
                then();
            }
            Err(problem) => toast::warn(words::problem(i18n, &problem)),
        }
    });
}

fn list(page: Page<NoticeView>) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        let (title, hint) = (move || t_string!(i18n, inbox.empty), move || t_string!(i18n, inbox.empty_hint));
        return empty("bell", title, hint, None);
    }
    let all_read = RwSignal::new(false);
    let next = RwSignal::new(page.next);
    let older = RwSignal::new(Vec::<NoticeView>::new());
    let any = page.items.iter().any(|notice| !notice.read);
    let read_all = move |_| read(ReadNotices { id: None }, move || all_read.set(true));
    let more = move |_| {
        let Some(cursor) = next.get_untracked() else { return };
        leptos::task::spawn_local(async move {
            if let Ok(page) = api::get::<Page<NoticeView>>(format!("/inbox?limit=25&cursor={cursor}")).await {
                let _ = older.try_update(|older| older.extend(page.items));
                let _ = next.try_set(page.next);
            }
        });
    };
    view! {
        <section class="panel inbox" aria-labelledby="inbox">
            <h2 class="unseen" id="inbox">{t!(i18n, inbox.title)}</h2>
            <Show when=move || any && !all_read.get()>
                <button type="button" class="button button-small inbox-all" disabled=move || !here().awake.get() on:click=read_all>
                    {t!(i18n, inbox.read_all)}
                </button>
            </Show>
            <ul class="notices">
                {page.items.iter().map(|notice| line(notice, all_read)).collect_view()}
                <For each=move || older.get() key=|notice| notice.id let(notice)>
                    {line(&notice, all_read)}
                </For>
            </ul>
            <Show when=move || next.with(Option::is_some)>
                <button type="button" class="button" on:click=more>{t!(i18n, inbox.more)}</button>
            </Show>
        </section>
    }
    .into_any()
}

fn line(notice: &NoticeView, all_read: RwSignal<bool>) -> AnyView {
    let i18n = use_i18n();
    let NoticeView { id, own, read: was_read, at, .. } = *notice;
    let is_read = RwSignal::new(was_read);
    let new = move || !is_read.get() && !all_read.get();
    let into = notice.into.as_ref().map(|into| view! { <strong>{into.title.clone()}</strong> });
    let path = card::notice_path(notice);
    let open = move |_| {
        if new() {
            is_read.set(true);
            read(ReadNotices { id: Some(id) }, || ());
        }
    };
    let declined = notice.stage.as_ref().is_some_and(|stage| stage.kind == StageKind::Declined);
    let told = notice.clone();
    let what = move || words::notice(i18n, &told);
    // That time is over, nobody did.
    let by = (!matches!(notice.kind, NoticeKind::Halfway | NoticeKind::Overdue))
        .then(|| view! { <strong>{words::name(i18n, &notice.by)}</strong> " " });
    let stage = notice.stage.as_ref().filter(|_| !declined).map(pill::stage);
    let given = notice.given.clone().map(|given| {
        let given = move || words::given(i18n.get_locale(), &given);
        view! { <strong>{given}</strong> }
    });
    let words = (!notice.words.is_empty()).then(|| view! { <p class="notice-words">{notice.words.clone()}</p> });
    view! {
        <li class="notice" class:is-new=new>
            {avatar::face(&notice.by)}
            <div class="notice-main">
                <p class="notice-what">
                    <Show when=new><span class="unseen">{t!(i18n, inbox.is_new)} ": "</span></Show>
                    {by} {what} " " {stage} {into} {given}
                </p>
                <a class="card-link notice-idea" href=path on:click=open>{notice.title.clone()}</a>
                {words}
                {leave(notice)}
                <p class="quiet">
                    {own.then(|| view! { <span class="notice-own">{t!(i18n, inbox.own)}</span> " · " })}
                    {notice.board_title.clone()} " · " {date::ago(at)}
                </p>
            </div>
        </li>
    }
    .into_any()
}

/// The step by which one leaves an idea that one's support came to by a merge.
fn leave(notice: &NoticeView) -> Option<AnyView> {
    let i18n = use_i18n();
    let number = notice.into.as_ref().filter(|_| notice.carried)?.number;
    let left = RwSignal::new(false);
    let press = move |_| {
        leptos::task::spawn_local(async move {
            match api::delete_for::<VoteView>(&format!("/ideas/{number}/support")).await {
                Ok(_) => {
                    let _ = left.try_set(true);
                    toast::say(t_string!(i18n, inbox.left));
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    Some(
        view! {
            <div class="notice-act">
                <Show
                    when=move || !left.get()
                    fallback=move || view! { <span class="quiet">{t!(i18n, inbox.left)}</span> }
                >
                    <span class="quiet">{t!(i18n, inbox.carried)}</span>
                    <button type="button" class="button button-small" disabled=move || !here().awake.get() on:click=press>
                        {t!(i18n, inbox.leave)}
                    </button>
                </Show>
            </div>
        }
        .into_any(),
    )
}

/// What the moderators decided that concerns the person.
fn told_by_moderators(rulings: &[RulingView]) -> AnyView {
    let i18n = use_i18n();
    if rulings.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="panel" aria-labelledby="rulings">
            <h2 class="panel-title" id="rulings">{t!(i18n, inbox.rulings)}</h2>
            <ul class="notices">{rulings.iter().map(ruling).collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn ruling(ruling: &RulingView) -> AnyView {
    let i18n = use_i18n();
    let RulingView { id, kind, act, subject, reason, at, read: was_read, .. } = *ruling;
    let is_read = RwSignal::new(was_read);
    let because = move || reason.map(|reason| words::because(i18n, reason)).unwrap_or_default();
    let what = move || match (kind, act) {
        (RulingKind::Approved, _) => t_string!(i18n, inbox.approved).to_owned(),
        (RulingKind::Hidden, _) => t_string!(i18n, inbox.hidden, because = because()),
        (RulingKind::Shown, _) => t_string!(i18n, inbox.shown).to_owned(),
        (RulingKind::Warned, _) => t_string!(i18n, inbox.warned).to_owned(),
        (RulingKind::Reported, Decide::Keep) => t_string!(i18n, inbox.report_kept).to_owned(),
        (RulingKind::Reported, Decide::Hide) => t_string!(i18n, inbox.report_hidden).to_owned(),
        (RulingKind::Reported, Decide::Warn | Decide::Suspend) => t_string!(i18n, inbox.report_acted).to_owned(),
    };
    let about = move || match subject {
        Subject::Idea(_) => t_string!(i18n, inbox.about_idea),
        Subject::Comment(_) => t_string!(i18n, inbox.about_comment),
        Subject::Person(_) => t_string!(i18n, inbox.about_person),
    };
    let link = ruling.path.clone().zip(ruling.title.clone()).map(|(path, title)| {
        view! { <a class="notice-idea" href=path>{title}</a> }
    });
    let said = (!ruling.words.is_empty()).then(|| view! { <p class="notice-words">{ruling.words.clone()}</p> });
    let note = move |_| {
        is_read.set(true);
        read(ReadNotices { id: Some(id) }, || ());
    };
    view! {
        <li class="notice" class:is-new=move || !is_read.get()>
            <span class="face face-team" aria-hidden="true">{icon("megaphone")}</span>
            <div class="notice-main">
                <p class="notice-what">
                    <Show when=move || !is_read.get()><span class="unseen">{t!(i18n, inbox.is_new)} ": "</span></Show>
                    {what}
                </p>
                {link}
                {said}
                <p class="quiet">{about} " · " {date::ago(at)}</p>
                <Show when=move || !is_read.get()>
                    <button type="button" class="button button-small" disabled=move || !here().awake.get() on:click=note>
                        {t!(i18n, inbox.understood)}
                    </button>
                </Show>
            </div>
        </li>
    }
    .into_any()
}

/// What one is told, by kind.
fn choose(choices: &NoticeChoices) -> AnyView {
    let i18n = use_i18n();
    let off = RwSignal::new(choices.off.clone());
    let row = move |kind: NoticeKind| {
        let label = move || match kind {
            NoticeKind::Stage => t_string!(i18n, inbox.kind_stage),
            NoticeKind::Answer => t_string!(i18n, inbox.kind_answer),
            NoticeKind::Mention => t_string!(i18n, inbox.kind_mention),
            NoticeKind::Comment => t_string!(i18n, inbox.kind_comment),
            NoticeKind::Merged => t_string!(i18n, inbox.kind_merged),
            NoticeKind::Changed => t_string!(i18n, inbox.kind_changed),
            NoticeKind::Promoted => t_string!(i18n, inbox.kind_promoted),
            NoticeKind::Update => t_string!(i18n, inbox.kind_update),
            NoticeKind::Milestone => t_string!(i18n, inbox.kind_milestone),
            NoticeKind::Experiment => t_string!(i18n, inbox.kind_experiment),
            NoticeKind::Result => t_string!(i18n, inbox.kind_result),
            NoticeKind::Frozen => t_string!(i18n, inbox.kind_frozen),
            NoticeKind::Question => t_string!(i18n, inbox.kind_question),
            NoticeKind::Assigned => t_string!(i18n, inbox.kind_assigned),
            NoticeKind::Halfway => t_string!(i18n, inbox.kind_halfway),
            NoticeKind::Overdue => t_string!(i18n, inbox.kind_overdue),
            NoticeKind::Recognition => t_string!(i18n, inbox.kind_recognition),
        };
        let wanted = !off.with_untracked(|off| off.contains(&kind));
        let flip = move |event| {
            let before = off.get_untracked();
            let wanted = event_target_checked(&event);
            off.update(|off| {
                off.retain(|other| *other != kind);
                if !wanted {
                    off.push(kind);
                }
            });
            let choices = NoticeChoices { off: off.get_untracked() };
            leptos::task::spawn_local(async move {
                match api::put_with::<NoticeChoices>("/me/notices", &choices).await {
                    Ok(_) => toast::say(t_string!(i18n, inbox.saved)),
                    Err(problem) => {
                        let _ = off.try_set(before);
                        toast::warn(words::problem(i18n, &problem));
                    }
                }
            });
        };
        view! {
            <label class="tick">
                <input
                    type="checkbox"
                    checked=wanted
                    prop:checked=move || !off.with(|off| off.contains(&kind))
                    disabled=move || !here().awake.get()
                    on:change=flip
                />
                <span>{label}</span>
            </label>
        }
    };
    let staff = here().me.with_untracked(|me| me.person.as_ref().is_some_and(|me| me.role.is_staff()));
    let offered = NoticeKind::ALL.into_iter().filter(|kind| staff || !kind.calls());
    view! {
        <section class="panel" aria-labelledby="choices">
            <div class="panel-head">
                <h2 class="panel-title" id="choices">{t!(i18n, inbox.choices)}</h2>
                <p class="quiet">{t!(i18n, inbox.choices_hint)}</p>
            </div>
            <div class="ticks">{offered.map(row).collect_view()}</div>
        </section>
    }
    .into_any()
}
