//! What the server tells of the ideas on the page, as it happens: their votes, comments and stages.

use std::collections::HashMap;

use leptos::prelude::*;
use shared::api::IdeaFacts;

/// The last told of each idea, by its number.
#[derive(Clone, Copy)]
struct Told(RwSignal<HashMap<u32, IdeaFacts>>);

/// Makes the facts known to every page.
pub fn provide() {
    provide_context(Told(RwSignal::new(HashMap::new())));
}

/// What was told of an idea since the page was drawn; nothing at first.
#[must_use]
pub fn of(number: u32) -> Memo<Option<IdeaFacts>> {
    let told = use_context::<Told>();
    Memo::new(move |_| told.and_then(|Told(told)| told.with(|told| told.get(&number).cloned())))
}

/// Lets signed-in people see on this page what happens on these boards.
pub fn follow(boards: Vec<String>) {
    #[cfg(feature = "hydrate")]
    if crate::visit::here().me.with_untracked(|me| me.person.is_some())
        && let Some(Told(told)) = use_context::<Told>()
    {
        follower::start(boards, told);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = boards;
}

/// Takes in what a `facts` event says.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn hearer() -> impl Fn(&str) + Clone + 'static {
    let told = use_context::<Told>();
    move |data| {
        if let (Some(Told(told)), Ok(facts)) = (told, serde_json::from_str::<IdeaFacts>(data)) {
            let _ = told.try_update(|told| told.insert(facts.number, facts));
        }
    }
}

#[cfg(feature = "hydrate")]
mod follower {
    use std::{cell::RefCell, rc::Rc};

    use leptos::prelude::*;
    use send_wrapper::SendWrapper;
    use shared::live::message::{FromClient, FromServer};

    use super::{HashMap, IdeaFacts};
    use crate::{
        live::socket::{Heard, Socket},
        pages::chunk::Missing,
    };

    /// The socket, once it is open; what came before the person left is not opened any more.
    type Slot = Rc<RefCell<(bool, Option<Socket>)>>;

    pub(super) fn start(boards: Vec<String>, told: RwSignal<HashMap<u32, IdeaFacts>>) {
        let slot = Slot::default();
        let opened = slot.clone();
        Effect::new(move |_| {
            let (slot, boards) = (opened.clone(), boards.clone());
            leptos::task::spawn_local(async move {
                // Without it, the page shows what it showed.
                let _ = listen(Start { slot, boards, told }).await;
            });
        });
        let slot = SendWrapper::new(slot);
        on_cleanup(move || {
            let mut slot = slot.borrow_mut();
            slot.0 = true;
            if let Some(socket) = slot.1.take() {
                socket.leave();
                socket.forget_listeners();
            }
        });
    }

    struct Start {
        slot: Slot,
        boards: Vec<String>,
        told: RwSignal<HashMap<u32, IdeaFacts>>,
    }

    /// In the chunk of the idea's page, which has the socket and is fetched ahead anyway.
    #[leptos::wasm_split::wasm_split(read, wasm_split_path = leptos::wasm_split, fallible)]
    fn listen(start: Start) -> Result<(), Missing> {
        let Start { slot, boards, told } = start;
        if slot.borrow().0 {
            return Ok(());
        }
        let socket = Socket::open();
        let again = socket.clone();
        socket.listen(move |heard| match heard {
            Heard::Joined(_) => {
                let topics = boards.iter().map(|board| format!("board:{board}")).collect();
                again.send(&FromClient::Subscribe { topics });
            }
            Heard::Told(FromServer::Event { kind, data, .. }) if kind == "facts" => {
                if let Ok(facts) = serde_json::from_str::<IdeaFacts>(data) {
                    let _ = told.try_update(|told| told.insert(facts.number, facts));
                }
            }
            _ => {}
        });
        slot.borrow_mut().1 = Some(socket);
        Ok(())
    }
}
