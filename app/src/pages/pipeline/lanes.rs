//! Where the ideas of a pipeline stand as the page shows them: what the server told, and what the person wants meanwhile.

use std::{cmp::Reverse, collections::HashMap};

use shared::{
    StageId,
    api::{IdeaFacts, Millis, Pipeline, PipelineCard, PipelineColumn, StageView},
};

/// What is left to do about something that was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing: it is shown.
    Nothing,
    /// The server has to be asked how things stand.
    Ask,
    /// The stages are others now: the page is drawn anew.
    Redraw,
}

/// A way along the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Back,
    On,
}

/// The columns. A card is in that of the stage it is shown in; the stage within it is where the server knows it.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    pub columns: Vec<PipelineColumn>,
    /// Ideas whose move awaits an answer, with since when and why they stand where the server knows them.
    pending: HashMap<u32, (Millis, String)>,
}

impl Lanes {
    pub fn new(columns: Vec<PipelineColumn>) -> Self {
        Self { columns, pending: HashMap::new() }
    }

    fn place(&self, number: u32) -> Option<(usize, usize)> {
        self.columns.iter().enumerate().find_map(|(column, lane)| {
            lane.items.iter().position(|item| item.card.number == number).map(|at| (column, at))
        })
    }

    fn column(&self, stage: StageId) -> Option<usize> {
        self.columns.iter().position(|column| column.stage.id == stage)
    }

    pub fn card(&self, number: u32) -> Option<&PipelineCard> {
        self.place(number).map(|(column, at)| &self.columns[column].items[at])
    }

    /// Changes what is known of a card.
    pub fn with_card(&mut self, number: u32, change: impl FnOnce(&mut PipelineCard)) {
        if let Some((column, at)) = self.place(number) {
            change(&mut self.columns[column].items[at]);
        }
    }

    /// The stage a card is shown in.
    pub fn stage(&self, number: u32) -> Option<&StageView> {
        self.place(number).map(|(column, _)| &self.columns[column].stage)
    }

    /// The stage a card is to be moved to, where the server knows it in another.
    pub fn wanted(&self, number: u32) -> Option<&StageView> {
        self.stage(number).filter(|shown| self.card(number).is_some_and(|item| item.card.stage.id != shown.id))
    }

    /// The stage beside the one a card is shown in.
    pub fn beside(&self, number: u32, way: Way) -> Option<&StageView> {
        let (column, _) = self.place(number)?;
        let to = match way {
            Way::Back => column.checked_sub(1)?,
            Way::On => column + 1,
        };
        self.columns.get(to).map(|column| &column.stage)
    }

    /// The number of the card that a card would stand before in another column; none at its end.
    #[cfg(any(feature = "hydrate", test))]
    pub fn before(&self, number: u32, to: StageId) -> Option<u32> {
        let (card, column) = (self.card(number)?, self.column(to)?);
        let items = &self.columns[column].items;
        items.get(slot(items, card)).map(|item| item.card.number)
    }

    /// How many ideas there are, and how many of them are in work.
    pub fn counts(&self) -> (u32, u32) {
        let sum = |open: bool| {
            let counted =
                self.columns.iter().filter(|column| !open || column.stage.kind == shared::api::StageKind::Open);
            counted.map(|column| column.ideas).sum()
        };
        (sum(false), sum(true))
    }

    /// Shows a card in another column. Says whether that is another than before.
    fn show(&mut self, number: u32, to: StageId, came: Option<(Millis, String)>) -> bool {
        let (Some((from, at)), Some(to)) = (self.place(number), self.column(to)) else { return false };
        if from == to {
            return false;
        }
        let mut item = self.columns[from].items.remove(at);
        if let Some((since, reason)) = came {
            (item.since, item.reason) = (since, reason);
        }
        let items = &mut self.columns[to].items;
        items.insert(slot(items, &item), item);
        self.columns[from].ideas = self.columns[from].ideas.saturating_sub(1);
        self.columns[to].ideas += 1;
        true
    }

    /// Shows a card where the person wants it, until the server has answered.
    pub fn want(&mut self, number: u32, to: StageId, at: Millis) {
        if let Some(card) = self.card(number) {
            let known = (card.since, card.reason.clone());
            self.pending.entry(number).or_insert(known);
            self.show(number, to, Some((at, String::new())));
        }
    }

    /// The server moved it. Says whether that is where the person wants it by now.
    pub fn agree(&mut self, number: u32, stage: StageView, came: (Millis, String)) -> bool {
        let settled = self.stage(number).is_none_or(|shown| shown.id == stage.id);
        if settled {
            self.pending.remove(&number);
        } else {
            self.pending.insert(number, came.clone());
        }
        self.with_card(number, |item| {
            item.card.stage = stage;
            if settled {
                item.reason = came.1;
            }
        });
        settled
    }

    /// The server refused, or the person thought better of it.
    pub fn back(&mut self, number: u32) {
        let known = self.pending.remove(&number);
        self.rest(number, known);
    }

    /// Shows a card where the server knows it.
    fn rest(&mut self, number: u32, came: Option<(Millis, String)>) {
        if let Some(stage) = self.card(number).map(|item| item.card.stage.id) {
            self.show(number, stage, came);
        }
    }

    /// Takes in what was told of an idea. `all` where the page shows the ideas of everybody, and none is left out.
    pub fn hear(&mut self, facts: &IdeaFacts, all: bool) -> Rest {
        if self.column(facts.stage.id).is_none() {
            return Rest::Redraw;
        }
        let came = facts.came.as_ref().map(|came| (came.at, came.reason.clone()));
        let Some((column, at)) = self.place(facts.number) else {
            let Some(came) = &facts.came else { return Rest::Nothing };
            let from = came.from.and_then(|from| self.column(from));
            if let (true, Some(from), Some(to)) = (all, from, self.column(facts.stage.id)) {
                self.columns[from].ideas = self.columns[from].ideas.saturating_sub(1);
                self.columns[to].ideas += 1;
            }
            return Rest::Ask;
        };
        let card = &mut self.columns[column].items[at].card;
        card.stage = facts.stage.clone();
        (card.votes, card.comments) = (facts.votes, facts.comments);
        match (self.pending.get_mut(&facts.number), came) {
            (Some(known), Some(came)) => *known = came,
            (Some(_), None) => {}
            (None, came) => self.rest(facts.number, came),
        }
        Rest::Nothing
    }

    /// Takes in how things stand.
    pub fn merge(&mut self, fresh: Pipeline) -> Rest {
        if !fresh.columns.iter().map(|column| &column.stage).eq(self.columns.iter().map(|column| &column.stage)) {
            return Rest::Redraw;
        }
        let counts: Vec<u32> = fresh.columns.iter().map(|column| column.ideas).collect();
        for column in fresh.columns {
            let stage = column.stage.id;
            let known: Vec<u32> = column.items.iter().map(|item| item.card.number).collect();
            for item in column.items {
                let number = item.card.number;
                let came = (item.since, item.reason.clone());
                match (self.place(number), self.pending.get_mut(&number)) {
                    (Some((at, _)), None) if self.columns[at].stage.id == stage => {
                        self.with_card(number, |shown| shown.card = item.card);
                    }
                    (Some(_), None) => {
                        self.with_card(number, |shown| shown.card = item.card);
                        self.show(number, stage, Some(came));
                    }
                    (Some(_), Some(before)) => {
                        *before = came;
                        self.with_card(number, |shown| shown.card = item.card);
                    }
                    (None, _) => self.insert(stage, item),
                }
            }
            let (pending, Some(at)) = (&self.pending, self.column(stage)) else { continue };
            let lane = &mut self.columns[at];
            if column.next.is_none() {
                // Told of all of them: what is not among them is here no more.
                lane.items.retain(|item| known.contains(&item.card.number) || pending.contains_key(&item.card.number));
                lane.next = None;
            } else if lane.next.is_none() || lane.items.len() <= known.len() {
                let more = u32::try_from(lane.items.len()).is_ok_and(|shown| shown < column.ideas);
                lane.next = column.next.filter(|_| more);
            }
        }
        for (lane, count) in self.columns.iter_mut().zip(counts) {
            lane.ideas = count;
        }
        let wanted: Vec<u32> = self.pending.keys().copied().collect();
        for number in wanted {
            let Some((shown, at)) = self.place(number) else { continue };
            let stands = self.column(self.columns[shown].items[at].card.stage.id);
            if let Some(stands) = stands.filter(|stands| *stands != shown) {
                self.columns[stands].ideas = self.columns[stands].ideas.saturating_sub(1);
                self.columns[shown].ideas += 1;
            }
        }
        Rest::Nothing
    }

    /// Adds more of a column.
    pub fn add(&mut self, more: PipelineColumn) {
        let Some(at) = self.column(more.stage.id) else { return };
        (self.columns[at].ideas, self.columns[at].next) = (more.ideas, more.next);
        for item in more.items {
            if self.place(item.card.number).is_none() {
                self.insert(more.stage.id, item);
            }
        }
    }

    fn insert(&mut self, stage: StageId, item: PipelineCard) {
        if let Some(column) = self.column(stage) {
            let items = &mut self.columns[column].items;
            items.insert(slot(items, &item), item);
        }
    }
}

/// Where a card belongs among others.
fn slot(items: &[PipelineCard], item: &PipelineCard) -> usize {
    let key = |item: &PipelineCard| Reverse((item.rank, item.card.number));
    items.partition_point(|other| key(other) < key(item))
}

/// Where the part of each count begins in a bar of a hundred, and how long it is.
pub(super) fn shares(counts: &[u32]) -> Vec<(f64, f64)> {
    let all = counts.iter().map(|count| f64::from(*count)).sum::<f64>().max(1.0);
    let mut from = 0.0;
    counts
        .iter()
        .map(|count| {
            let share = f64::from(*count) / all * 100.0;
            from += share;
            (from - share, share)
        })
        .collect()
}

#[cfg(test)]
mod tests;
