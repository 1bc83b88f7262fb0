//! `/admin`: what moderators and owners manage of the workspace, in parts of their own.

mod audit;
mod boards;
mod erase;
mod import;
mod import_report;
mod invites;
mod names;
mod outbox;
mod people;
mod recognition;
mod workspace;

use leptos::prelude::*;
use shared::Role;

use crate::{
    answer,
    i18n::{t_string, use_i18n},
    pages::gate,
    ui::{head, icon::icon},
    words::Texts,
};

/// A part of the administration, at an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What owners settle for the whole workspace.
    Workspace,
    /// Who is here, what they may do, and the links by which others join.
    People,
    /// Every board.
    Boards,
    /// Ideas from files, and the names that came with them.
    Import,
    /// Budgets, badges, perks and the ledger of recognition.
    Recognition,
    /// The mails that go out.
    Outbox,
    /// What was done by right of a role.
    Audit,
}

impl Part {
    /// Every part, in the order the page offers them.
    const ALL: [Self; 7] =
        [Self::Workspace, Self::People, Self::Boards, Self::Import, Self::Recognition, Self::Outbox, Self::Audit];

    fn path(self) -> &'static str {
        match self {
            Self::Workspace => "/admin",
            Self::People => "/admin/people",
            Self::Boards => "/admin/boards",
            Self::Import => "/admin/import",
            Self::Recognition => "/admin/recognition",
            Self::Outbox => "/admin/outbox",
            Self::Audit => "/admin/audit",
        }
    }

    /// The least role that finds something to do here.
    fn needs(self) -> Role {
        match self {
            Self::Workspace => Role::Owner,
            Self::People | Self::Boards | Self::Import => Role::Moderator,
            Self::Recognition | Self::Outbox | Self::Audit => Role::Owner,
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Self::Workspace => "house-simple",
            Self::People => "users-three",
            Self::Boards => "squares-four",
            Self::Import => "upload-simple",
            Self::Recognition => "hand-heart",
            Self::Outbox => "envelope-simple",
            Self::Audit => "clipboard-text",
        }
    }

    fn title(self, i18n: Texts) -> &'static str {
        match self {
            Self::Workspace => t_string!(i18n, admin.workspace_title),
            Self::People => t_string!(i18n, admin.people_title),
            Self::Boards => t_string!(i18n, admin.boards_title),
            Self::Import => t_string!(i18n, import.title),
            Self::Recognition => t_string!(i18n, recognition.title),
            Self::Outbox => t_string!(i18n, outbox.title),
            Self::Audit => t_string!(i18n, audit.title),
        }
    }

    fn lead(self, i18n: Texts, role: Role) -> &'static str {
        match self {
            Self::Workspace => t_string!(i18n, admin.workspace_lead),
            Self::People if role == Role::Owner => t_string!(i18n, admin.people_lead),
            Self::People => t_string!(i18n, admin.people_lead_moderator),
            Self::Boards => t_string!(i18n, admin.boards_lead),
            Self::Import => t_string!(i18n, import.lead),
            Self::Recognition => t_string!(i18n, recognition.admin_lead),
            Self::Outbox => t_string!(i18n, outbox.lead),
            Self::Audit => t_string!(i18n, audit.lead),
        }
    }
}

/// The first part: of the workspace for owners, of its people for moderators.
pub fn first() -> AnyView {
    gate::at_least(Role::Moderator, |me| {
        if me.role >= Part::Workspace.needs() {
            return view(Part::Workspace);
        }
        answer::go(Part::People.path());
        ().into_any()
    })
}

/// A part, below the way to the others.
pub fn view(part: Part) -> AnyView {
    gate::at_least(part.needs(), move |me| {
        let i18n = use_i18n();
        let title = move || part.title(i18n).to_owned();
        let content = match part {
            Part::Workspace => workspace::view(),
            Part::People => people::view(&me),
            Part::Boards => boards::view(),
            Part::Import => import::view(),
            Part::Recognition => recognition::view(),
            Part::Outbox => outbox::view(),
            Part::Audit => audit::view(),
        };
        view! {
            {head::title(title)}
            <div class="page page-middle">
                {parts(part, me.role)}
                <header class="page-head">
                    {head::heading(title)} <p class="lead">{move || part.lead(i18n, me.role)}</p>
                </header>
                {content}
            </div>
        }
        .into_any()
    })
}

/// The way to the parts that this role may open.
fn parts(here: Part, role: Role) -> AnyView {
    let i18n = use_i18n();
    let link = |part: Part| {
        let current = (part == here).then_some("page");
        view! {
            <li>
                <a class="chip" href=part.path() aria-current=current>{icon(part.icon())} {move || part.title(i18n)}</a>
            </li>
        }
    };
    let open = Part::ALL.into_iter().filter(|part| role >= part.needs());
    let list = NodeRef::new();
    Effect::new(move || show_here(list));
    view! {
        <nav class="tools admin-parts" aria-label=move || t_string!(i18n, admin.parts)>
            <ul class="chips chips-sort" node_ref=list>{open.map(link).collect_view()}</ul>
        </nav>
    }
    .into_any()
}

/// Brings the part where one is into sight, where they stand wider than the screen.
fn show_here(list: NodeRef<leptos::html::Ul>) {
    #[cfg(feature = "hydrate")]
    if let Some(part) = list.get().and_then(|list| list.query_selector("[aria-current]").ok().flatten()) {
        crate::ui::sight::bring(&part, web_sys::ScrollLogicalPosition::Center);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = list;
}
