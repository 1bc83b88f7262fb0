//! Ideas that say what a title says, shown under it while it is typed: one may be there already.

use std::time::Duration;

use leptos::prelude::*;
use shared::api::IdeaCard;

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    ui::{card, pill, vote},
};

/// Letters from which on a title says something.
const ENOUGH: usize = 5;
/// How long nothing is typed before it is asked.
const PAUSE: Duration = Duration::from_millis(400);

/// The title as it is typed, and what is like it.
#[derive(Clone, Copy)]
pub struct Similar {
    title: RwSignal<String>,
    cards: RwSignal<Vec<IdeaCard>>,
    board: StoredValue<String>,
}

impl Similar {
    /// For a title of an idea of this board. Nothing is typed yet.
    #[must_use]
    pub fn new(board: String) -> Self {
        Self { title: RwSignal::new(String::new()), cards: RwSignal::new(Vec::new()), board: StoredValue::new(board) }
    }

    /// The title is this now. What was shown stays until there is something else to show.
    pub fn typed(self, title: &str) {
        let title = title.trim().to_owned();
        if self.is_now(&title) {
            return;
        }
        self.title.set(title.clone());
        if title.chars().count() < ENOUGH {
            self.cards.set(Vec::new());
            return;
        }
        set_timeout(
            move || {
                if self.is_now(&title) {
                    self.ask(title);
                }
            },
            PAUSE,
        );
    }

    fn is_now(self, title: &str) -> bool {
        self.title.try_with_untracked(|now| now == title).unwrap_or_default()
    }

    fn ask(self, title: String) {
        let board = self.board.get_value();
        let path = format!("/ideas/similar?title={}&board={}", answer::encode(&title), answer::encode(&board));
        leptos::task::spawn_local(async move {
            // Without an answer one proposes as before.
            if let Ok(cards) = api::get::<Vec<IdeaCard>>(path).await
                && self.is_now(&title)
            {
                self.cards.set(cards);
            }
        });
    }

    /// What is shown.
    pub fn view(self) -> AnyView {
        let i18n = use_i18n();
        let status = move || match self.cards.with(Vec::len) {
            0 => String::new(),
            1 => t_string!(i18n, propose.similar_one).to_owned(),
            count => t_string!(i18n, propose.similar_many, count = count),
        };
        view! {
            <p class="unseen" role="status">{status}</p>
            <Show when=move || self.cards.with(|cards| !cards.is_empty())>
                <section class="similar" aria-labelledby="similar">
                    <h2 class="similar-title" id="similar">{t!(i18n, propose.similar)}</h2>
                    <p class="field-hint">{t!(i18n, propose.similar_hint)}</p>
                    <ul class="similar-list">
                        <For each=move || self.cards.get() key=|card| card.id let(card)>
                            <li class="similar-idea">{self.line(&card)}</li>
                        </For>
                    </ul>
                </section>
            </Show>
        }
        .into_any()
    }

    fn line(self, card: &IdeaCard) -> AnyView {
        let i18n = use_i18n();
        let elsewhere = self.board.with_value(|board| *board != card.board).then(|| card.board_title.clone());
        view! {
            {vote::vote(card)}
            <div class="similar-main">
                <a href=card::idea_path(card) target="_blank" rel="noopener">
                    {card.title.clone()} <span class="unseen">" ("{t!(i18n, propose.new_tab)}")"</span>
                </a>
                <p class="similar-foot quiet">{pill::stage(&card.stage)} {elsewhere}</p>
            </div>
        }
        .into_any()
    }
}
