//! What the server tells of the ideas on the page, as it happens: their votes, comments and stages.

use std::collections::HashMap;

use leptos::prelude::*;
use shared::api::{IdeaFacts, IdeaName, PlaceHere, StageView, VoteView, Whereabouts};

/// What was told.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    /// The last of each idea, by its number.
    ideas: RwSignal<HashMap<u32, IdeaFacts>>,
    /// What became of the person's own vote, wherever they gave it or took it back, by the number of the idea.
    votes: RwSignal<HashMap<u32, VoteView>>,
    /// Whether the person follows an idea, where that waited to be sent and was, by the number of the idea.
    followed: RwSignal<HashMap<u32, bool>>,
    /// Told each time that what waits in the inbox may have changed.
    inbox: Trigger,
    /// Told each time that something was said on the page of an idea, or could have been while nobody listened.
    talk: Trigger,
    /// Told each time that something became of the idea of the page.
    progress: Trigger,
    /// Who shaped an idea, as it was told last: its number, and what the API says. Only its page reads that.
    credit: RwSignal<Option<(u32, String)>>,
    /// Told each time that the page hears from now on what becomes of its idea.
    listening: Trigger,
    /// In which idea that of the page lives on since it was drawn.
    merged: RwSignal<Option<IdeaName>>,
    /// Told each time that another idea was merged into that of the page, or parted from it.
    twins: Trigger,
    /// How many votes the person has left this month, by board, as far as it was told since.
    left: RwSignal<HashMap<String, u32>>,
    /// Told each time that what waits on the desk of the moderators may have changed.
    desk: Trigger,
    /// Who is where, by the topics that tell it: the boards of the page, or the idea that it reads.
    here: RwSignal<HashMap<String, Whereabouts>>,
}

#[cfg(feature = "hydrate")]
impl Told {
    /// How the votes stand now that the person's own, which waited, was counted.
    pub(crate) fn voted(self, number: u32, vote: VoteView) {
        let _ = self.votes.try_update(|votes| votes.insert(number, vote));
    }

    /// Whether the person follows an idea, now that what waited was sent.
    pub(crate) fn follows(self, number: u32, follows: bool) {
        let _ = self.followed.try_update(|followed| followed.insert(number, follows));
    }

    /// Nobody is known to be anywhere.
    pub(crate) fn nobody_is_known(self) {
        if self.here.try_with_untracked(|topics| !topics.is_empty()) == Some(true) {
            self.here.set(HashMap::new());
        }
    }

    /// Something that waited was said.
    pub(crate) fn said(self) {
        self.talk.notify();
    }

    /// Takes in an event.
    pub(crate) fn hear(self, topic: &str, kind: &str, data: &str) {
        match kind {
            // From now on one is told; what happened since the page was drawn is asked for.
            "access" if topic == "desk" => self.desk.notify(),
            "access" if topic.starts_with("person:") => {
                self.inbox.notify();
                crate::outbox::hurry();
            }
            "access" if topic.starts_with("talk:") => {
                self.listening.notify();
                self.talk.notify();
            }
            "access" if topic.starts_with("board:") => ears::tell(News::Listening),
            "facts" => {
                if let Ok(facts) = serde_json::from_str::<IdeaFacts>(data) {
                    ears::tell(News::Facts(&facts));
                    let _ = self.ideas.try_update(|ideas| ideas.insert(facts.number, facts));
                }
            }
            "vote" => {
                if let Ok(own) = serde_json::from_str::<shared::api::OwnVote>(data) {
                    let _ = self.votes.try_update(|votes| votes.insert(own.number, own.vote));
                    if let Some(left) = own.vote.left {
                        let _ = self.left.try_update(|boards| boards.insert(own.board, left));
                    }
                }
            }
            "inbox" => self.inbox.notify(),
            "talk" => self.talk.notify(),
            "progress" => self.progress.notify(),
            "credit" => {
                let number = topic.split_once(':').and_then(|(_, number)| number.parse().ok());
                let _ = self.credit.try_set(number.map(|number| (number, data.to_owned())));
            }
            "merged" => {
                let _ = self.merged.try_set(serde_json::from_str(data).unwrap_or_default());
            }
            "twins" => self.twins.notify(),
            "desk" => self.desk.notify(),
            "here" => {
                if let Ok(here) = serde_json::from_str(data) {
                    let _ = self.here.try_update(|topics| topics.insert(topic.to_owned(), here));
                }
            }
            _ => {}
        }
    }
}

/// Makes the facts known to every page.
pub fn provide() {
    provide_context(Told {
        ideas: RwSignal::new(HashMap::new()),
        votes: RwSignal::new(HashMap::new()),
        followed: RwSignal::new(HashMap::new()),
        inbox: Trigger::new(),
        talk: Trigger::new(),
        progress: Trigger::new(),
        credit: RwSignal::new(None),
        listening: Trigger::new(),
        merged: RwSignal::new(None),
        twins: Trigger::new(),
        left: RwSignal::new(HashMap::new()),
        desk: Trigger::new(),
        here: RwSignal::new(HashMap::new()),
    });
}

/// Told each time that what waits in the inbox may have changed.
#[must_use]
pub fn inbox() -> Trigger {
    use_context::<Told>().map_or_else(Trigger::new, |told| told.inbox)
}

/// Told each time that what waits on the desk may have changed.
#[must_use]
pub fn desk() -> Trigger {
    use_context::<Told>().map_or_else(Trigger::new, |told| told.desk)
}

/// Told each time that something may have been said about the idea of this page.
#[must_use]
pub fn talk() -> Trigger {
    use_context::<Told>().map_or_else(Trigger::new, |told| told.talk)
}

/// Told each time that something became of the idea of this page.
#[must_use]
pub fn progress() -> Trigger {
    use_context::<Told>().map_or_else(Trigger::new, |told| told.progress)
}

/// Who shaped an idea, where that was told: what the API says of it.
#[must_use]
pub fn credit(number: u32) -> Memo<Option<String>> {
    let told = use_context::<Told>();
    Memo::new(move |_| {
        told.and_then(|told| {
            told.credit.with(|told| told.clone().filter(|(of, _)| *of == number).map(|(_, data)| data))
        })
    })
}

/// Told each time that this page hears from now on what becomes of its idea; what did before has to be asked for.
#[must_use]
pub fn listening() -> Trigger {
    use_context::<Told>().map_or_else(Trigger::new, |told| told.listening)
}

/// In which idea the one of this page lives on, as far as that was told since it was drawn.
#[must_use]
pub fn merged() -> RwSignal<Option<IdeaName>> {
    let merged = use_context::<Told>().map_or_else(|| RwSignal::new(None), |told| told.merged);
    // What was told belongs to the page before.
    merged.set(None);
    merged
}

/// Told each time that another idea was merged into that of this page, or parted from it.
#[must_use]
pub fn twins() -> Trigger {
    use_context::<Told>().map_or_else(Trigger::new, |told| told.twins)
}

/// How many votes the person has left this month, by board, as far as it was told since the page was drawn.
#[must_use]
pub fn left() -> RwSignal<HashMap<String, u32>> {
    use_context::<Told>().map_or_else(|| RwSignal::new(HashMap::new()), |told| told.left)
}

/// What was told of an idea since the page was drawn; nothing at first.
#[must_use]
pub fn of(number: u32) -> Memo<Option<IdeaFacts>> {
    let told = use_context::<Told>();
    Memo::new(move |_| told.and_then(|told| told.ideas.with(|ideas| ideas.get(&number).cloned())))
}

/// A fact of an idea as it was told last, or as it was drawn at first.
pub fn latest<T: Copy + Send + Sync + 'static>(
    news: Memo<Option<IdeaFacts>>,
    at_first: T,
    fact: impl Fn(&IdeaFacts) -> T + Copy + Send + Sync + 'static,
) -> impl Fn() -> T + Copy + Send + Sync + 'static {
    move || news.with(|news| news.as_ref().map_or(at_first, fact))
}

/// The stage of an idea as it was told last, or as it was drawn at first.
#[must_use]
pub fn stage(news: Memo<Option<IdeaFacts>>, at_first: StageView) -> Memo<StageView> {
    Memo::new(move |_| news.with(|news| news.as_ref().map_or_else(|| at_first.clone(), |facts| facts.stage.clone())))
}

/// What became of the person's own vote for an idea, as it was told last: what is drawn later knows better.
#[must_use]
pub fn own_vote(number: u32) -> Memo<Option<VoteView>> {
    let told = use_context::<Told>();
    Memo::new(move |_| told.and_then(|told| told.votes.with(|votes| votes.get(&number).copied())))
}

/// Whether the person follows an idea, where that waited to be sent and was.
#[must_use]
pub fn followed(number: u32) -> Memo<Option<bool>> {
    let told = use_context::<Told>();
    Memo::new(move |_| told.and_then(|told| told.followed.with(|told| told.get(&number).copied())))
}

/// Who else is on the canvas of a board just now, or in one of its ideas; nothing while nobody is.
#[must_use]
pub fn here(board: &str, idea: Option<u32>) -> Memo<Option<PlaceHere>> {
    place_here(format!("board:{board}"), idea)
}

/// Who else is in an idea just now that this page only reads; nothing while nobody is.
#[must_use]
pub fn here_in(number: u32) -> Memo<Option<PlaceHere>> {
    place_here(format!("idea:{number}"), Some(number))
}

fn place_here(topic: String, idea: Option<u32>) -> Memo<Option<PlaceHere>> {
    let told = use_context::<Told>();
    let me = crate::visit::here().me.with_untracked(|me| me.person.as_ref().map(|me| me.id));
    Memo::new(move |_| {
        let mut place =
            told?.here.with(|topics| topics.get(&topic)?.places.iter().find(|place| place.idea == idea).cloned())?;
        place.people.retain(|person| Some(person.id) != me);
        (!place.people.is_empty()).then_some(place)
    })
}

/// What is told of the ideas of a board, one after the other.
#[derive(Clone, Copy)]
pub enum News<'a> {
    /// From now on one is told; what happened before has to be asked for.
    Listening,
    /// Something happened to an idea.
    Facts(&'a IdeaFacts),
}

/// Lets `hear` know of each piece of news while the page at hand is there, for what the last of each idea does not tell.
pub fn each(hear: impl Fn(News<'_>) + 'static) {
    #[cfg(feature = "hydrate")]
    ears::add(std::rc::Rc::new(hear));
    #[cfg(not(feature = "hydrate"))]
    drop(hear);
}

#[cfg(feature = "hydrate")]
mod ears {
    use std::{cell::RefCell, rc::Rc};

    use leptos::prelude::on_cleanup;

    use super::News;

    type Ear = Rc<dyn Fn(News<'_>)>;

    thread_local! {
        static EARS: RefCell<(u32, Vec<(u32, Ear)>)> = const { RefCell::new((0, Vec::new())) };
    }

    pub(super) fn add(hear: Ear) {
        let key = EARS.with_borrow_mut(|(last, ears)| {
            *last += 1;
            ears.push((*last, hear));
            *last
        });
        on_cleanup(move || EARS.with_borrow_mut(|(_, ears)| ears.retain(|(of, _)| *of != key)));
    }

    pub(super) fn tell(news: News<'_>) {
        // Whoever hears may come to add or lose ears.
        let ears: Vec<Ear> = EARS.with_borrow(|(_, ears)| ears.iter().map(|(_, hear)| hear.clone()).collect());
        ears.iter().for_each(|hear| hear(news));
    }
}

/// Lets signed-in people see on this page what happens on these boards.
pub fn follow(boards: Vec<String>) {
    #[cfg(feature = "hydrate")]
    if let (Some(me), Some(told)) =
        (crate::visit::here().me.with_untracked(|me| me.person.clone()), use_context::<Told>())
    {
        let topics = boards.into_iter().map(|board| format!("board:{board}")).chain(own(&me)).collect();
        follower::start(topics, told);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = boards;
}

/// The topics of what a person is told wherever they are: their inbox, and to moderators what waits on the desk.
#[cfg(feature = "hydrate")]
pub(crate) fn own(me: &shared::api::PersonView) -> impl Iterator<Item = String> {
    let desk = (me.role >= shared::Role::Moderator).then(|| "desk".to_owned());
    std::iter::once(format!("person:{}", me.id)).chain(desk)
}

/// What takes in the events that a page hears by a socket of its own.
#[cfg(feature = "hydrate")]
pub(crate) fn told() -> Option<Told> {
    use_context()
}

#[cfg(feature = "hydrate")]
mod follower {
    use std::{cell::RefCell, rc::Rc};

    use leptos::prelude::*;
    use send_wrapper::SendWrapper;
    use shared::live::message::{FromClient, FromServer};

    use super::Told;
    use crate::{
        live::socket::{Heard, Socket},
        pages::chunk::Missing,
    };

    /// The socket, once it is open; what came before the person left is not opened any more.
    type Slot = Rc<RefCell<(bool, Option<Socket>)>>;

    pub(crate) fn start(topics: Vec<String>, told: Told) {
        let slot = Slot::default();
        let opened = slot.clone();
        Effect::new(move |_| {
            let (slot, topics) = (opened.clone(), topics.clone());
            leptos::task::spawn_local(async move {
                // Without it, the page shows what it showed.
                let _ = listen(Start { slot, topics, told }).await;
            });
        });
        let slot = SendWrapper::new(slot);
        on_cleanup(move || {
            let mut slot = slot.borrow_mut();
            slot.0 = true;
            told.nobody_is_known();
            if let Some(socket) = slot.1.take() {
                socket.leave();
                socket.forget_listeners();
            }
        });
    }

    struct Start {
        slot: Slot,
        topics: Vec<String>,
        told: Told,
    }

    /// In the chunk of the idea's page, which has the socket and is fetched ahead anyway.
    #[leptos::wasm_split::wasm_split(read, wasm_split_path = leptos::wasm_split, fallible)]
    fn listen(start: Start) -> Result<(), Missing> {
        let Start { slot, topics, told } = start;
        if slot.borrow().0 {
            return Ok(());
        }
        let socket = Socket::open();
        let again = socket.clone();
        socket.listen(move |heard| match heard {
            Heard::Joined(_) => {
                again.send(&FromClient::Subscribe { topics: topics.clone() });
            }
            Heard::Told(FromServer::Event { topic, kind, data }) => told.hear(topic, kind, data),
            Heard::Lost => told.nobody_is_known(),
            _ => {}
        });
        slot.borrow_mut().1 = Some(socket);
        Ok(())
    }
}
