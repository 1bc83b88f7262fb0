//! The pipeline as the page holds it: what moves a card, and what the server tells.

use std::{collections::HashSet, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use shared::api::{IdeaView, MoveIdea, Pipeline, PipelineColumn, Problem, StageKind, StageView};

use super::lanes::{Lanes, Rest, Way};
#[cfg(feature = "hydrate")]
use super::motion::{self, Spot};
use crate::{
    api,
    i18n::{t_string, use_i18n},
    live::facts::{self, News},
    pages::reason,
    ui::{dialog::Dialog, load::Loaded, toast},
    visit::{Here, here},
    words::{self, Texts},
};

/// How long news gathers before the server is asked how things stand.
const GATHER: Duration = Duration::from_millis(400);

/// Where a hand holds a card that it lets go.
#[cfg(feature = "hydrate")]
pub(super) type Held = Option<Spot>;
/// On the server nobody holds anything.
#[cfg(not(feature = "hydrate"))]
pub(super) type Held = Option<()>;

/// A move that wants a reason.
#[derive(Clone)]
pub(super) struct Declined {
    pub number: u32,
    pub title: String,
    pub to: StageView,
    /// Where the person wanted it before.
    from: StageView,
}

/// A pipeline on the page.
#[derive(Clone, Copy)]
pub(super) struct Board {
    pub lanes: RwSignal<Lanes>,
    pub may_move: RwSignal<bool>,
    /// What is said to those who do not see the cards move.
    pub said: RwSignal<String>,
    /// What the dialog asks a reason for.
    pub declined: RwSignal<Option<Declined>>,
    pub dialog: Dialog,
    /// The idea whose stages the menu shows.
    pub menu: RwSignal<Option<u32>>,
    /// What the API is asked.
    path: StoredValue<String>,
    /// Whether no filter leaves ideas out.
    all: bool,
    loaded: Loaded<Pipeline>,
    /// How much was told so far, and whether the server is being asked.
    told: StoredValue<(u32, bool)>,
    /// The ideas of whose moves an answer is awaited.
    busy: StoredValue<HashSet<u32>>,
    pub here: Here,
    i18n: Texts,
}

impl Board {
    pub fn new(pipeline: Pipeline, path: String, all: bool, loaded: Loaded<Pipeline>) -> Self {
        let board = Self {
            lanes: RwSignal::new(Lanes::new(pipeline.columns)),
            may_move: RwSignal::new(pipeline.may_move),
            said: RwSignal::new(String::new()),
            declined: RwSignal::new(None),
            dialog: Dialog::new(),
            menu: RwSignal::new(None),
            path: StoredValue::new(path),
            all,
            loaded,
            told: StoredValue::new((0, false)),
            busy: StoredValue::new(HashSet::new()),
            here: here(),
            i18n: use_i18n(),
        };
        facts::each(move |news| board.hear(news));
        board
    }

    /// Changes where cards stand, and lets them be seen to go there.
    fn change<T: 'static>(self, held: Option<(u32, Held)>, change: impl FnOnce(&mut Lanes) -> T) -> Option<T> {
        #[cfg(feature = "hydrate")]
        {
            let held = held.and_then(|(number, held)| Some((number, held?)));
            motion::change(held, || self.lanes.try_update(change))
        }
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = held;
            self.lanes.try_update(change)
        }
    }

    fn hear(self, news: News<'_>) {
        let _ = self.told.try_update_value(|(count, _)| *count += 1);
        let rest = match news {
            News::Listening => Some(Rest::Ask),
            News::Facts(facts) => {
                // A vote moves no card.
                let stays = self.lanes.try_with_untracked(|lanes| lanes.stage(facts.number) == Some(&facts.stage));
                let hear = |lanes: &mut Lanes| lanes.hear(facts, self.all);
                if stays == Some(true) { self.lanes.try_update_untracked(hear) } else { self.change(None, hear) }
            }
        };
        match rest {
            Some(Rest::Ask) => self.ask(),
            Some(Rest::Redraw) => self.loaded.again(),
            _ => {}
        }
    }

    /// Asks the server how things stand, again while more is told meanwhile.
    fn ask(self) {
        if self.told.try_update_value(|(_, asking)| std::mem::replace(asking, true)) != Some(false) {
            return;
        }
        set_timeout(
            move || {
                let Some((count, path)) =
                    self.told.try_get_value().map(|(count, _)| count).zip(self.path.try_get_value())
                else {
                    return;
                };
                spawn_local(async move {
                    let fresh = api::get::<Pipeline>(path).await;
                    let Some((told, _)) = self.told.try_get_value() else { return };
                    let _ = self.told.try_update_value(|(_, asking)| *asking = false);
                    // Without an answer the page shows what it showed.
                    let Ok(fresh) = fresh else { return };
                    if told != count {
                        return self.ask();
                    }
                    let _ = self.may_move.try_set(fresh.may_move);
                    if self.change(None, |lanes| lanes.merge(fresh)) == Some(Rest::Redraw) {
                        self.loaded.again();
                    }
                });
            },
            GATHER,
        );
    }

    /// Fetches more of a column.
    pub fn more(self, stage: StageView, next: String) {
        let path = self.path.with_value(|path| format!("{path}&stage={}&cursor={next}", stage.id));
        spawn_local(async move {
            match api::get::<Pipeline>(path).await {
                Ok(more) => {
                    let _ = self.lanes.try_update(|lanes| {
                        more.columns.into_iter().for_each(|column: PipelineColumn| lanes.add(column));
                    });
                }
                Err(problem) => toast::warn(words::problem(self.i18n, &problem)),
            }
        });
    }

    fn title(self, number: u32) -> String {
        self.lanes.with_untracked(|lanes| lanes.card(number).map(|item| item.card.title.clone())).unwrap_or_default()
    }

    /// Moves a card to another stage: it is there at once; where the stage wants a reason, that is asked for.
    pub fn go(self, number: u32, to: &StageView, held: Held) {
        let from = self.lanes.with_untracked(|lanes| lanes.stage(number).cloned());
        let Some(from) = from.filter(|from| from != to && self.may_move.get_untracked()) else { return };
        let (at, id) = (self.here.now.get_untracked(), to.id);
        self.change(Some((number, held)), |lanes| lanes.want(number, id, at));
        if to.kind == StageKind::Declined {
            self.declined.set(Some(Declined { number, title: self.title(number), to: to.clone(), from }));
            self.dialog.open();
        } else {
            self.say_where(number);
            spawn_local(self.settle(number));
        }
    }

    /// Asks the server for what the person wants of a card, again when that changed meanwhile: one thing at a time.
    async fn settle(self, number: u32) {
        if self.busy.try_update_value(|busy| busy.insert(number)) != Some(true) {
            return;
        }
        let asked = move || {
            let declines =
                self.declined.with_untracked(|asked| asked.as_ref().is_some_and(|asked| asked.number == number));
            self.lanes.try_with_untracked(|lanes| lanes.wanted(number).cloned()).flatten().filter(|_| !declines)
        };
        while let Some(to) = asked() {
            match self.send(number, &to, String::new()).await {
                Ok(true) => break,
                Ok(false) => {}
                Err(problem) => {
                    self.put_back(number);
                    toast::warn(reason::refused(self.i18n, &problem));
                    break;
                }
            }
        }
        let _ = self.busy.try_update_value(|busy| busy.remove(&number));
    }

    /// Moves a card one stage along.
    pub fn shift(self, number: u32, way: Way) {
        match self.lanes.with_untracked(|lanes| lanes.beside(number, way).cloned()) {
            Some(to) => self.go(number, &to, None),
            None => self.said.set(t_string!(self.i18n, pipeline.no_further, title = self.title(number))),
        }
    }

    /// Asks the server for a move. Says whether the card is where the person wants it by now.
    ///
    /// # Errors
    /// The problem document of the answer; the card stays where the person wants it.
    pub async fn send(self, number: u32, to: &StageView, reason: String) -> Result<bool, Problem> {
        let asked = MoveIdea { stage: to.id, reason };
        let idea = api::put_with::<IdeaView>(&format!("/ideas/{number}/stage"), &asked).await?;
        let came =
            idea.moves.into_iter().next().map_or((idea.card.created_at, String::new()), |last| (last.at, last.reason));
        Ok(self.lanes.try_update(|lanes| lanes.agree(number, idea.card.stage, came)).unwrap_or(true))
    }

    /// The person gives no reason: the card goes where they wanted it before, which the server may not know yet.
    pub fn reconsider(self, asked: &Declined) {
        let (number, from, at) = (asked.number, asked.from.id, self.here.now.get_untracked());
        self.change(None, |lanes| {
            lanes.want(number, from, at);
            if lanes.card(number).is_some_and(|item| item.card.stage.id == from) {
                lanes.back(number);
            }
        });
        self.say_where(number);
        spawn_local(self.settle(number));
    }

    /// Puts a card back where the server knows it.
    fn put_back(self, number: u32) {
        if self.change(None, |lanes| lanes.back(number)).is_some() {
            self.say_where(number);
        }
    }

    /// Says in which stage a card is now.
    pub fn say_where(self, number: u32) {
        let Some(stage) = self.lanes.with_untracked(|lanes| lanes.stage(number).cloned()) else { return };
        let stage = words::stage(self.i18n, &stage);
        self.said.set(t_string!(self.i18n, pipeline.moved, title = self.title(number), stage = stage));
    }
}
