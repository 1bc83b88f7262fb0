//! The vote box: a chevron over a count, on every card and page of an idea.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::{
    api::{IdeaCard, Problem, VoteView},
    outbox::{Deed, Entry, Thing},
};

use crate::{
    answer, api,
    i18n::{t_string, use_i18n},
    live::facts,
    outbox,
    ui::{icon::icon, toast},
    visit::here,
    words,
};

/// What is known of an idea's votes, and what the person wants.
#[derive(Clone, Copy)]
struct Ballot {
    number: u32,
    /// As the server told last.
    told: RwSignal<(u32, bool)>,
    /// What the person asked for last.
    wanted: RwSignal<bool>,
    /// What the person asked for last, where it waits to be sent or was refused.
    waits: Memo<Option<Entry>>,
    /// The title of the idea.
    title: StoredValue<String>,
    /// Whether a request is under way.
    busy: RwSignal<bool>,
    /// Whether the last one was refused: the box shows that the vote went back.
    refused: RwSignal<bool>,
    /// The slug of the idea's board.
    board: StoredValue<String>,
    /// How many votes the person has left, by board.
    left: RwSignal<HashMap<String, u32>>,
}

impl Ballot {
    /// The count as it will be once the server agrees.
    fn votes(self) -> u32 {
        let (votes, voted) = self.told.get();
        match (voted, self.wanted.get()) {
            (false, true) => votes.saturating_add(1),
            (true, false) => votes.saturating_sub(1),
            _ => votes,
        }
    }

    /// Asks the server for what is wanted, again when that changed meanwhile.
    async fn settle(self) -> Result<(), Problem> {
        let path = format!("/ideas/{}/vote", self.number);
        loop {
            let want = self.wanted.get_untracked();
            if outbox::keeps(Some(Thing::Vote(self.number))) {
                return self.keep(self.deed(want)).await;
            }
            let asked = if want { api::put_for(&path).await } else { api::delete_for(&path).await };
            let vote: VoteView = match asked {
                Err(problem) if outbox::is_out_of_reach(&problem) => {
                    // It may have arrived.
                    return self.keep(Entry { tried: true, ..self.deed(want) }).await.map_err(|_| problem);
                }
                asked => asked?,
            };
            if let (Some(left), Some(board)) = (vote.left, self.board.try_get_value()) {
                let _ = self.left.try_update(|boards| boards.insert(board, left));
            }
            // The card may have left the screen meanwhile.
            if self.told.try_set((vote.votes, vote.voted)).is_some() || self.wanted.get_untracked() == vote.voted {
                return Ok(());
            }
        }
    }

    fn deed(self, on: bool) -> Entry {
        let deed = Deed::Vote { idea: self.number, on };
        let title = self.title.try_get_value().unwrap_or_default();
        let was = self.told.try_get_untracked().is_some_and(|(_, voted)| voted);
        Entry { was, ..Entry::new(outbox::key(), deed, title) }
    }

    /// Keeps what is wanted until the server can be reached, again when that changed meanwhile.
    async fn keep(self, mut entry: Entry) -> Result<(), Problem> {
        loop {
            let kept = entry.deed.toggle().map(|(_, on)| on);
            outbox::keep(entry).await?;
            match self.wanted.try_get_untracked() {
                Some(wanted) if Some(wanted) != kept => entry = self.deed(wanted),
                _ => return Ok(()),
            }
        }
    }

    fn press(self, say: impl Fn(&Problem) + 'static) {
        self.refused.set(false);
        self.wanted.update(|wanted| *wanted = !*wanted);
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            if let Err(problem) = self.settle().await {
                let _ = self.told.try_with_untracked(|(_, voted)| self.wanted.try_set(*voted));
                let _ = self.refused.try_set(true);
                say(&problem);
            }
            let _ = self.busy.try_set(false);
        });
    }
}

/// How many votes the person has left on a board this month, kept true while the page is open; nothing without a limit.
pub fn left(board: &str, at_first: Option<u32>) -> Option<AnyView> {
    let i18n = use_i18n();
    let (board, told) = (board.to_owned(), facts::left());
    let at_first = at_first?;
    let left = move || told.with(|boards| boards.get(&board).copied()).unwrap_or(at_first);
    Some(view! { <p class="votes-left" role="status">{move || words::votes_left(i18n, left())}</p> }.into_any())
}

/// The box by which one votes for an idea and takes the vote back. It shows at once what it will be, and goes back
/// visibly when the server refuses. Visitors are led to sign in.
pub fn vote(card: &IdeaCard) -> AnyView {
    in_order(card, None)
}

/// The same, where the keyboard stops at the card only, which has a key for it.
pub fn vote_inside(card: &IdeaCard) -> AnyView {
    in_order(card, Some("-1"))
}

fn in_order(card: &IdeaCard, tab: Option<&'static str>) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let number = card.number;
    let (news, own) = (facts::of(number), facts::own_vote(number));
    let title = card.title.clone();
    if here.me.with_untracked(|me| me.person.is_none()) {
        let location = use_location();
        let sign_in = move || {
            let (path, search) = (location.pathname.get(), location.search.get());
            let back = if search.is_empty() { path } else { format!("{path}?{search}") };
            answer::sign_in_to_vote_path(&answer::safe_next(Some(&back)))
        };
        let votes = card.votes;
        let label = move || t_string!(i18n, vote.sign_in, title = title.clone(), votes = words::votes(i18n, votes));
        return view! {
            <a class="vote" href=sign_in aria-label=label tabindex=tab>
                {icon("caret-up")} <span class="vote-count" aria-hidden="true">{votes}</span>
            </a>
        }
        .into_any();
    }
    let ballot = Ballot {
        number,
        told: RwSignal::new((card.votes, card.voted)),
        wanted: RwSignal::new(card.voted),
        waits: outbox::word(Thing::Vote(number)),
        title: StoredValue::new(title.clone()),
        busy: RwSignal::new(false),
        refused: RwSignal::new(false),
        board: StoredValue::new(card.board.clone()),
        left: facts::left(),
    };
    Effect::new(move |_| {
        let Some(facts) = news.get() else { return };
        if !ballot.busy.get_untracked() {
            ballot.told.update(|told| told.0 = facts.votes);
        }
    });
    Effect::new(move |before: Option<()>| {
        let told = own.get();
        // What was told before the box was drawn, it knows; others have voted since.
        let Some(vote) = told.filter(|_| before.is_some()) else { return };
        if !ballot.busy.get_untracked() {
            ballot.told.set((vote.votes, vote.voted));
            ballot.wanted.set(vote.voted);
        }
    });
    Effect::new(move |before: Option<bool>| {
        let (waits, wanted) = ballot.waits.with(|word| (word.is_some(), outbox::wanted(word.as_ref())));
        if (waits || before == Some(true)) && !ballot.busy.get_untracked() {
            ballot.wanted.set(wanted.unwrap_or_else(|| ballot.told.get_untracked().1));
        }
        waits
    });
    let label = move || t_string!(i18n, vote.vote, title = title.clone(), votes = words::votes(i18n, ballot.votes()));
    let press = move |_| ballot.press(move |problem| toast::warn(words::problem(i18n, problem)));
    view! {
        <button
            type="button"
            class="vote"
            tabindex=tab
            class:is-refused=move || ballot.refused.get()
            aria-pressed=move || ballot.wanted.get().to_string()
            aria-label=label
            title=move || if ballot.wanted.get() { t_string!(i18n, vote.withdraw) } else { t_string!(i18n, vote.want) }
            disabled=move || !here.awake.get()
            on:click=press
        >
            {icon("caret-up")} <span class="vote-count" aria-hidden="true">{move || ballot.votes()}</span>
        </button>
    }
    .into_any()
}
