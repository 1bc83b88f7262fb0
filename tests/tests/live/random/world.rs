//! The real program, the people of a plan, and what they do.

use std::{collections::BTreeSet, net::SocketAddr, process::Command, time::Duration};

use automerge::{ActorId, ObjType, ROOT, ReadDoc as _, ScalarValue, marks, transaction::Transactable as _};
use serde_json::json;
use server::store::segment;
use shared::{
    DocumentId, Role,
    live::{
        concept::{Field, Texts},
        sync::Hash,
    },
    rules::{Audience, EditingRule},
};
use tests::{
    live::{Client, PATIENCE},
    process::{self, Server},
    town::{Town, Townsperson},
};
use tokio::time::{Instant, sleep};

use super::{
    hand::Hand,
    ours::Ours,
    plan::{Forgery, Kind, Plan, Step, WORDS},
    stock::Stock,
};

/// How long those who were refused may go on trying before they begin anew.
const INSISTING: Duration = Duration::from_secs(2);

/// Everything there is in a run.
pub struct World {
    pub town: Town,
    pub server: Server,
    pub document: DocumentId,
    pub people: Vec<Person>,
    /// Changes that were tried and may be nowhere.
    pub forged: BTreeSet<Hash>,
    url: String,
    board: String,
    number: u32,
    open: bool,
    http: reqwest::Client,
}

/// Somebody with a client.
pub struct Person {
    pub client: Tab,
    /// Whether there was a time when they might not read or not write.
    lost_rights: bool,
}

/// A client of a kind.
pub enum Tab {
    Ours(Box<Ours>),
    Stock(Box<Stock>),
    Hand(Box<Hand>),
    Forger { who: Townsperson, tries: usize },
}

impl World {
    /// A board for everybody, an idea, and people who may write in it.
    pub async fn new(plan: &Plan, url: &str) -> Self {
        let town = Town::settle(url).await;
        let board = town.board(Audience::Public, EditingRule::Coauthors).await;
        let (number, document) = town.idea(&town.owner, &board, "Un pain 🍞").await;
        let server = start(process::free_address(), url).await;
        let mut world = Self {
            server,
            document,
            people: Vec::new(),
            forged: BTreeSet::new(),
            url: url.to_owned(),
            board,
            number,
            open: true,
            http: reqwest::Client::new(),
            town,
        };
        for (at, kind) in plan.clients.iter().enumerate() {
            let who = world.town.person(Role::Customer).await;
            world.right(&who, true).await;
            let (name, address) = (format!("{kind:?} {at}"), world.server.address);
            let client = match kind {
                Kind::Ours => Tab::Ours(Box::new(Ours::new(who, name, document))),
                Kind::Samod => Tab::Stock(Box::new(Stock::new(who, name, document, address).await)),
                Kind::Hand => Tab::Hand(Box::new(Hand::new(who, name, document))),
                Kind::Forger => Tab::Forger { who, tries: 0 },
            };
            world.people.push(Person { client, lost_rights: false });
            world.act(Step::Connect { client: at }).await;
        }
        if plan.settled {
            world.quiesce().await;
        }
        world
    }

    /// Does a step.
    pub async fn act(&mut self, step: Step) {
        let address = self.server.address;
        match step {
            Step::Type { client, field, at, delete, words, commit } => match &mut self.people[client].client {
                Tab::Ours(ours) => ours.write(field, at, delete, WORDS[words], commit).await,
                Tab::Stock(stock) => stock.write(field, at, delete, WORDS[words]),
                Tab::Hand(hand) => hand.write(field, at, delete, WORDS[words]).await,
                Tab::Forger { .. } => {}
            },
            Step::Burst { client, changes } => match &mut self.people[client].client {
                Tab::Ours(ours) => {
                    for at in 0..changes {
                        ours.write(Field::Body, u16::MAX, 0, WORDS[at % WORDS.len()], true).await;
                    }
                }
                Tab::Stock(stock) => (0..changes).for_each(|_| stock.write(Field::Body, u16::MAX, 0, "o")),
                Tab::Hand(_) | Tab::Forger { .. } => {}
            },
            Step::Listen { client: Some(client), time } => self.listen(client, time).await,
            Step::Listen { client: None, time } => self.listen_all(time).await,
            Step::Forge { client, what } => self.forge(client, what).await,
            Step::Right { client, may } => {
                let who = self.who(client).clone();
                self.people[client].lost_rights |= !may;
                self.right(&who, may).await;
            }
            Step::Audience { open } => self.audience(open).await,
            Step::Cut { client } => self.people[client].client.cut(),
            Step::Connect { client } => match &mut self.people[client].client {
                Tab::Ours(ours) => assert!(ours.connect(address).await, "{step:?}: connects"),
                Tab::Hand(hand) => assert!(hand.connect(address).await, "{step:?}: connects"),
                Tab::Stock(stock) if stock.is_up() => stock.redial(),
                Tab::Stock(stock) => stock.connect(),
                Tab::Forger { .. } => {}
            },
            Step::Twice { client, backwards } => {
                if let Tab::Ours(ours) = &mut self.people[client].client {
                    ours.twice(address, backwards).await;
                }
            }
            Step::Reload { client } => self.people[client].client.reload().await,
            Step::Kill => {
                self.server.kill();
                self.start().await;
            }
            Step::Pack => {
                // As the server itself does every minute.
                let db = &self.town.db;
                while !segment::packable(&mut db.read().await.expect("a transaction"))
                    .await
                    .expect("documents")
                    .is_empty()
                {
                    segment::pack_oldest(db, self.document).await.expect("it is packed");
                }
            }
            Step::Restart => {
                let (status, _) = self.server.stop().await;
                assert!(status.success(), "{status}: {}", self.server.log());
                self.start().await;
            }
            Step::Empty { time } => {
                let were: Vec<bool> = self.people.iter().map(|person| person.client.is_connected()).collect();
                self.people.iter_mut().for_each(|person| person.client.cut());
                sleep(Duration::from_millis(time)).await;
                for (client, was) in were.into_iter().enumerate() {
                    if was {
                        Box::pin(self.act(Step::Connect { client })).await;
                    }
                }
            }
        }
    }

    async fn start(&mut self) {
        self.server = start(self.server.address, &self.url).await;
    }

    fn who(&self, client: usize) -> &Townsperson {
        match &self.people[client].client {
            Tab::Ours(ours) => &ours.who,
            Tab::Stock(stock) => &stock.who,
            Tab::Hand(hand) => &hand.who,
            Tab::Forger { who, .. } => who,
        }
    }

    async fn listen(&mut self, client: usize, time: u64) {
        let time = Duration::from_millis(time);
        match &mut self.people[client].client {
            Tab::Ours(ours) => ours.listen(time).await,
            Tab::Hand(hand) => hand.listen(time).await,
            Tab::Stock(_) | Tab::Forger { .. } => sleep(time).await,
        }
    }

    async fn listen_all(&mut self, time: u64) {
        for client in 0..self.people.len() {
            self.listen(client, time).await;
        }
    }

    async fn right(&self, who: &Townsperson, may: bool) {
        let path = format!("ideas/{}/coauthors/{}", self.number, who.person.handle);
        self.ask(if may { reqwest::Method::PUT } else { reqwest::Method::DELETE }, &path, None).await;
    }

    async fn audience(&mut self, open: bool) {
        self.open = open;
        self.people.iter_mut().for_each(|person| person.lost_rights |= !open);
        let audience = if open { Audience::Public } else { Audience::Staff };
        let path = format!("boards/{}", self.board);
        self.ask(reqwest::Method::PATCH, &path, Some(json!({ "audience": audience }))).await;
    }

    async fn ask(&self, method: reqwest::Method, path: &str, body: Option<serde_json::Value>) {
        let mut request = self.http.request(method, format!("http://{}/api/v1/{path}", self.server.address));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.bearer_auth(&self.town.owner.token).send().await.expect("an answer");
        // Nobody is made co-author twice, or withdrawn who is none.
        let fine = answer.status().is_success() || [404, 409].contains(&answer.status().as_u16());
        assert!(fine, "{path}: {} {}", answer.status(), answer.text().await.unwrap_or_default());
    }

    /// Somebody opens the document and does what nobody may; the answer is a refusal, and nothing else.
    async fn forge(&mut self, client: usize, what: Forgery) {
        let (document, address, open) = (self.document, self.server.address, self.open);
        let Tab::Forger { who, tries } = &mut self.people[client].client else { return };
        if !open {
            return;
        }
        *tries += 1;
        let mut forger = Client::new(address, &who.token, &format!("forger {client} {tries}"), document);
        forger.open().await;
        let hash = forger.edit(|doc| forgery(doc, what)).await.expect("it changes something");
        self.forged.insert(hash);
        // What builds on it is refused as well.
        self.forged.extend(forger.splice(Field::Pitch, 0, 0, "forged").await);
        forger.saved().await;
        assert_eq!(forger.rejected.len(), 2, "{what:?}: {:?}", forger.rejected);
    }

    /// Everybody connects and listens until all have the same: those heads and texts.
    pub async fn quiesce(&mut self) -> (Vec<Hash>, Texts) {
        if !self.open {
            self.audience(true).await;
        }
        for person in &mut self.people {
            match &mut person.client {
                // It was told that the document is gone, and asks for it again only on a new connection.
                Tab::Stock(stock) if person.lost_rights => stock.redial(),
                Tab::Ours(ours) => ours.commit().await,
                _ => {}
            }
        }
        let began = Instant::now();
        let mut renewed = false;
        loop {
            for client in 0..self.people.len() {
                if !self.people[client].client.is_connected() {
                    self.act(Step::Connect { client }).await;
                }
            }
            self.listen_all(3).await;
            let all: Vec<_> = self.people.iter_mut().filter_map(|person| person.client.state()).collect();
            let first = all.first().cloned().unwrap_or_default();
            if all.iter().all(|state| state.is_some() && *state == first)
                && let Some(agreed) = first
            {
                return agreed;
            }
            if !renewed && began.elapsed() > INSISTING {
                // Who holds words that were refused has to let go of them; the protocol has no other way.
                renewed = true;
                for person in self.people.iter_mut().filter(|person| person.lost_rights) {
                    if matches!(person.client, Tab::Stock(_) | Tab::Hand(_)) {
                        person.client.reload().await;
                    }
                }
            }
            if began.elapsed() > PATIENCE {
                for (person, state) in self.people.iter().zip(&all) {
                    let heads = state.as_ref().map(|(heads, _)| heads.len());
                    eprintln!("{}: {heads:?} heads", person.client.describe());
                }
                panic!("they never agree: {all:?}\n{}", self.server.log());
            }
        }
    }
}

impl Tab {
    fn describe(&self) -> String {
        match self {
            Self::Ours(ours) => format!("ours, {}", ours.describe()),
            Self::Stock(stock) => format!("samod, {} connections", stock.connections()),
            Self::Hand(hand) => format!("hand, {} errors", hand.errors),
            Self::Forger { .. } => "forger".to_owned(),
        }
    }

    fn is_connected(&self) -> bool {
        match self {
            Self::Ours(ours) => ours.is_connected(),
            Self::Stock(stock) => stock.is_up(),
            Self::Hand(hand) => hand.is_connected(),
            Self::Forger { .. } => true,
        }
    }

    fn cut(&mut self) {
        match self {
            Self::Ours(ours) => ours.cut(),
            Self::Stock(stock) => stock.cut(),
            Self::Hand(hand) => hand.cut(),
            Self::Forger { .. } => {}
        }
    }

    async fn reload(&mut self) {
        match self {
            Self::Ours(ours) => ours.reload(),
            Self::Stock(stock) => stock.reload().await,
            Self::Hand(hand) => hand.reload(),
            Self::Forger { .. } => {}
        }
    }

    /// What it has, if it has the document and nothing is on its way; nothing at all from who keeps nothing.
    fn state(&mut self) -> Option<Option<(Vec<Hash>, Texts)>> {
        Some(match self {
            Self::Ours(ours) => ours.is_saved().then(|| (ours.heads(), ours.texts())),
            Self::Stock(stock) => stock.texts().map(|texts| (stock.heads(), texts)),
            Self::Hand(hand) => shared::live::concept::read(&hand.doc).ok().map(|texts| (hand.heads(), texts)),
            Self::Forger { .. } => return None,
        })
    }
}

/// A server that makes snapshots often and keeps as little in memory as it can.
async fn start(address: SocketAddr, url: &str) -> Server {
    let mut command = Command::new(process::binary());
    command.env("ATELIER_LIVE_SNAPSHOT_CHANGES", "10").env("ATELIER_LIVE_ROOM_BYTES", (1 << 20).to_string());
    Server::start_at(address, url, &mut command).await
}

fn forgery(doc: &mut automerge::AutoCommit, what: Forgery) {
    let body = Field::Body.object(doc).expect("a body");
    let title = Field::Title.object(doc).expect("a title");
    let done = match what {
        Forgery::Overwrite => doc.put(ROOT, "title", "replaced"),
        Forgery::Delete => doc.delete(ROOT, "body"),
        Forgery::UnknownKey => doc.put_object(ROOT, "extra", ObjType::Map).map(drop),
        Forgery::OtherSchema => doc.put(ROOT, "schema", 2),
        Forgery::Mark => {
            doc.splice_text(&body, 0, 0, "ab").expect("at the beginning");
            let bold = marks::Mark::new("bold".into(), true, 0, 2);
            doc.mark(&body, bold, marks::ExpandMark::None)
        }
        Forgery::Number => doc.insert(&body, 0, ScalarValue::Int(3)),
        Forgery::TooLong => doc.splice_text(&title, 0, 0, &"x".repeat(5001)),
        Forgery::ForeignActor => {
            let theirs = doc.get_changes(&[]).last().map(|change| change.actor_id().clone());
            doc.set_actor(theirs.unwrap_or_else(ActorId::random));
            doc.splice_text(&body, doc.length(&body), 0, "in another's name")
        }
    };
    done.expect("the document takes it");
}
