//! `/admin/audit`: the record of what was done by right of a role, for owners.

use leptos::prelude::*;
use shared::api::{AuditAct, AuditLine, EraseReason, Page};

use super::{erase, people::encoded};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{avatar, date, empty::empty, load, more::More},
    visit::here,
    words::{self, Texts},
};

/// The record, with the means to look only for what somebody did, or for one act.
pub(super) fn view() -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let (person, act) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let path = move || path(&person.get(), &act.get(), None);
    let first = load::ask::<Page<AuditLine>>(path);
    let options = AuditAct::ALL
        .iter()
        .map(|offered| view! { <option value=offered.as_str()>{move || did(i18n, *offered)}</option> })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="record">
            <h2 class="unseen" id="record">{t!(i18n, audit.title)}</h2>
            <div class="pair">
                <div class="field">
                    <label class="field-label" for="audit-person">{t!(i18n, audit.person)}</label>
                    <input
                        class="input"
                        id="audit-person"
                        type="search"
                        autocomplete="off"
                        placeholder="@"
                        disabled=move || !here.awake.get()
                        on:change=move |event| {
                            person.set(event_target_value(&event).trim().trim_start_matches('@').to_lowercase());
                        }
                    />
                </div>
                <div class="field">
                    <label class="field-label" for="audit-act">{t!(i18n, audit.act)}</label>
                    <select
                        class="input"
                        id="audit-act"
                        disabled=move || !here.awake.get()
                        on:change=move |event| act.set(event_target_value(&event))
                    >
                        <option value="">{t!(i18n, audit.any)}</option>
                        {options}
                    </select>
                </div>
            </div>
            {load::load(first, move |page| lines(page, person, act))}
        </section>
    }
    .into_any()
}

fn path(person: &str, act: &str, cursor: Option<&str>) -> String {
    let part = |name: &str, value: &str| match value {
        "" => String::new(),
        value => format!("&{name}={}", encoded(value)),
    };
    let cursor = cursor.map(|cursor| part("cursor", cursor)).unwrap_or_default();
    format!("/audit?limit=50{}{}{cursor}", part("person", person), part("act", act))
}

fn lines(page: Page<AuditLine>, person: RwSignal<String>, act: RwSignal<String>) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return empty(
            "clipboard-text",
            move || t_string!(i18n, audit.empty),
            move || t_string!(i18n, audit.empty_hint),
            None,
        );
    }
    let more = More::<AuditLine>::after(page.next);
    let ask = move |_| more.ask(i18n, |cursor| path(&person.get_untracked(), &act.get_untracked(), Some(cursor)));
    view! {
        <ol class="lines audit">
            {page.items.iter().map(line).collect_view()}
            <For each=move || more.items() key=|line| line.id let(one)>
                {line(&one)}
            </For>
        </ol>
        <Show when=move || more.is_there()>
            <p><button type="button" class="button" on:click=ask>{t!(i18n, audit.more)}</button></p>
        </Show>
    }
    .into_any()
}

fn line(line: &AuditLine) -> AnyView {
    let i18n = use_i18n();
    let by = line.by.clone().map(|by| avatar::person(&by));
    let act = AuditAct::parse(&line.act);
    let word = line.act.clone();
    let what = move || act.map_or_else(|| word.clone(), |act| did(i18n, act).to_owned());
    let subject = line.subject.clone().map(|subject| view! { <a href=subject.path>{subject.label}</a> });
    let person = line.person.clone().map(|person| {
        view! { <span class="quiet">{t!(i18n, audit.about)} " " {words::name(i18n, &person)}</span> }
    });
    let role = |word: Option<&String>| word.and_then(|word| shared::Role::parse(word));
    let (from, to) = (role(line.from.as_ref()), role(line.to.as_ref()));
    let change = move || match (from, to) {
        (Some(from), Some(to)) => format!("{} → {}", words::role(i18n, from), words::role(i18n, to)),
        (None, Some(to)) => words::role(i18n, to).to_owned(),
        _ => String::new(),
    };
    let said = match EraseReason::parse(&line.words).filter(|_| act == Some(AuditAct::ErasePerson)) {
        Some(reason) => Some(view! { <span class="audit-words">{move || erase::why(i18n, reason)}</span> }.into_any()),
        None => (!line.words.is_empty()).then(|| view! { <q class="audit-words">{line.words.clone()}</q> }.into_any()),
    };
    view! {
        <li>
            <div class="line-main">
                {by}
                <span class="audit-what">{what} " " {subject} " " {person} " " <span class="quiet">{change}</span></span>
                {said}
            </div>
            <span class="quiet">{date::ago(line.at)}</span>
        </li>
    }
    .into_any()
}

/// What was done, in words that follow a name.
fn did(i18n: Texts, act: AuditAct) -> &'static str {
    match act {
        AuditAct::SetUp => t_string!(i18n, audit.set_up),
        AuditAct::EditWorkspace => t_string!(i18n, audit.edit_workspace),
        AuditAct::SetWeights => t_string!(i18n, audit.set_weights),
        AuditAct::SetLogo => t_string!(i18n, audit.set_logo),
        AuditAct::RemoveLogo => t_string!(i18n, audit.remove_logo),
        AuditAct::FillDemo => t_string!(i18n, audit.fill_demo),
        AuditAct::CreateBoard => t_string!(i18n, audit.create_board),
        AuditAct::EditBoard => t_string!(i18n, audit.edit_board),
        AuditAct::Import => t_string!(i18n, audit.import),
        AuditAct::MatchName => t_string!(i18n, audit.match_name),
        AuditAct::UnmatchName => t_string!(i18n, audit.unmatch_name),
        AuditAct::AddMember => t_string!(i18n, audit.add_member),
        AuditAct::RemoveMember => t_string!(i18n, audit.remove_member),
        AuditAct::AddCoauthor => t_string!(i18n, audit.add_coauthor),
        AuditAct::RemoveCoauthor => t_string!(i18n, audit.remove_coauthor),
        AuditAct::MoveIdea => t_string!(i18n, audit.move_idea),
        AuditAct::Merge => t_string!(i18n, audit.merge),
        AuditAct::Unmerge => t_string!(i18n, audit.unmerge),
        AuditAct::TagIdea => t_string!(i18n, audit.tag_idea),
        AuditAct::PromoteNote => t_string!(i18n, audit.promote_note),
        AuditAct::BeginVote => t_string!(i18n, audit.begin_vote),
        AuditAct::EndVote => t_string!(i18n, audit.end_vote),
        AuditAct::ClearVote => t_string!(i18n, audit.clear_vote),
        AuditAct::MakeGuestLink => t_string!(i18n, audit.make_guest_link),
        AuditAct::RevokeGuestLink => t_string!(i18n, audit.revoke_guest_link),
        AuditAct::AddAnswerer => t_string!(i18n, audit.add_answerer),
        AuditAct::RemoveAnswerer => t_string!(i18n, audit.remove_answerer),
        AuditAct::SetStages => t_string!(i18n, audit.set_stages),
        AuditAct::AddTag => t_string!(i18n, audit.add_tag),
        AuditAct::EditTag => t_string!(i18n, audit.edit_tag),
        AuditAct::RemoveTag => t_string!(i18n, audit.remove_tag),
        AuditAct::Answer => t_string!(i18n, audit.answer),
        AuditAct::PublishUpdate => t_string!(i18n, audit.publish_update),
        AuditAct::EditUpdate => t_string!(i18n, audit.edit_update),
        AuditAct::AddMilestone => t_string!(i18n, audit.add_milestone),
        AuditAct::EditMilestone => t_string!(i18n, audit.edit_milestone),
        AuditAct::BeginExperiment => t_string!(i18n, audit.begin_experiment),
        AuditAct::EditExperiment => t_string!(i18n, audit.edit_experiment),
        AuditAct::Conclude => t_string!(i18n, audit.conclude),
        AuditAct::RemoveEntry => t_string!(i18n, audit.remove_entry),
        AuditAct::Freeze => t_string!(i18n, audit.freeze),
        AuditAct::Unfreeze => t_string!(i18n, audit.unfreeze),
        AuditAct::DeleteComment => t_string!(i18n, audit.delete_comment),
        AuditAct::ReleaseDocument => t_string!(i18n, audit.release_document),
        AuditAct::SendAgain => t_string!(i18n, audit.send_again),
        AuditAct::Recognise => t_string!(i18n, audit.recognise),
        AuditAct::Revoke => t_string!(i18n, audit.revoke),
        AuditAct::PassOver => t_string!(i18n, audit.pass_over),
        AuditAct::DismissFlag => t_string!(i18n, audit.dismiss_flag),
        AuditAct::ExportLedger => t_string!(i18n, audit.export_ledger),
        AuditAct::SetBudget => t_string!(i18n, audit.set_budget),
        AuditAct::AddBadge => t_string!(i18n, audit.add_badge),
        AuditAct::EditBadge => t_string!(i18n, audit.edit_badge),
        AuditAct::RetireBadge => t_string!(i18n, audit.retire_badge),
        AuditAct::AddPerk => t_string!(i18n, audit.add_perk),
        AuditAct::EditPerk => t_string!(i18n, audit.edit_perk),
        AuditAct::RetirePerk => t_string!(i18n, audit.retire_perk),
        AuditAct::AddCodes => t_string!(i18n, audit.add_codes),
        AuditAct::ChangeRole => t_string!(i18n, audit.change_role),
        AuditAct::Suspend => t_string!(i18n, audit.suspend),
        AuditAct::Unsuspend => t_string!(i18n, audit.unsuspend),
        AuditAct::MakeInvite => t_string!(i18n, audit.make_invite),
        AuditAct::RevokeInvite => t_string!(i18n, audit.revoke_invite),
        AuditAct::AcceptInvite => t_string!(i18n, audit.accept_invite),
        AuditAct::Keep => t_string!(i18n, audit.keep),
        AuditAct::Approve => t_string!(i18n, audit.approve),
        AuditAct::Hide => t_string!(i18n, audit.hide),
        AuditAct::Show => t_string!(i18n, audit.show),
        AuditAct::Warn => t_string!(i18n, audit.warn),
        AuditAct::EraseOneself => t_string!(i18n, audit.leave),
        AuditAct::ErasePerson => t_string!(i18n, audit.erase),
        AuditAct::Undo => t_string!(i18n, audit.undo),
    }
}
