//! What becomes of stored changes some moments later, beside the room's task: the facts follow them, and now and then a
//! snapshot is made.

use std::time::Duration;

use shared::{DocumentId, live::ledger::Index};
use tokio::{sync::oneshot, time::Instant};

use super::{
    Room, Told,
    copy::{Copy, Whole, in_background},
    index,
    mend::Fault,
    recent::Stored,
};
use crate::{
    domain::{
        ideas::{self, Reflected, Shown},
        now,
    },
    live::hub::Hub,
    store::{self, StoreError, Tx, log},
};

/// How long after a change the facts follow.
const FOLLOW: Duration = Duration::from_millis(600);
/// A room rests so many times as long as it took to make of the texts what is shown, but no longer than this: a long
/// text is not made anew as often as a short one.
const REST: u32 = 800;
const LONGEST_REST: Duration = Duration::from_secs(2);
/// While nobody follows a long text from outside the room, its row is left for so many times as long as it took to make, and
/// no longer than this. Who asks for the idea has the room look first.
const QUIET: u32 = 8000;
const LONGEST_QUIET: Duration = Duration::from_secs(30);
/// Bytes of a body and its HTML beyond which a text is long.
const LONG: usize = 64 * 1024;
/// Whoever asks may have it look once it has rested so many times as long as the last look took, or for so long.
const ASKED: u32 = 20;
const LONGEST_ASKED: Duration = Duration::from_millis(300);
/// How long after the database refused the facts are tried again.
const RETRY: Duration = Duration::from_secs(5);
/// How long the texts stay in memory after the last change.
const KEEP: Duration = Duration::from_secs(120);

/// What a room knows of its document's copy.
pub(super) struct Mirror {
    copy: Option<Box<Copy>>,
    /// Bytes of the copy, when it was last looked at.
    weight: usize,
    busy: bool,
    /// The number of changes stored, and of those that the facts reflect.
    stored: Index,
    reflected: Index,
    due: Option<Instant>,
    /// The next look is not before; while nobody follows, not before the second; and when somebody asks, the third.
    rests: Instant,
    quiet: Instant,
    asked: Instant,
    /// Who waits for the facts to reflect so many changes.
    asking: Vec<(Index, oneshot::Sender<()>)>,
    /// Under which name those who only read follow the document.
    topic: Option<String>,
    snapshot: Option<Index>,
}

/// What a look at the document gave.
pub(super) struct Mirrored {
    seen: Result<Seen, StoreError>,
    snapshot: Option<Index>,
}

/// A look that went well.
struct Seen {
    copy: Copy,
    topic: Option<String>,
    /// Whether the texts are long: short ones are never left.
    long: bool,
    /// How long it took to make of the texts what is shown.
    took: Duration,
}

impl Mirror {
    pub(super) fn new(stored: Index) -> Self {
        let now = Instant::now();
        Self {
            copy: None,
            weight: 0,
            busy: false,
            stored,
            reflected: stored,
            due: None,
            rests: now,
            quiet: now,
            asked: now,
            asking: Vec::new(),
            topic: None,
            snapshot: None,
        }
    }

    /// The texts as they were after some of the stored changes. Where it says under which name they are followed, they are
    /// long, and their row is left for a while from now on, as after a look.
    pub(super) fn begin_with(&mut self, copy: Copy, topic: Option<String>) {
        if topic.is_some() {
            self.quiet = Instant::now() + LONGEST_QUIET;
            self.topic = topic;
        }
        self.give(copy);
    }

    fn give(&mut self, copy: Copy) {
        self.weight = copy.weight();
        self.copy = Some(Box::new(copy));
    }

    /// Bytes it holds; also those that a helper has on its behalf.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// Lets go of the copy, which can be read again.
    pub(super) fn let_go(&mut self) {
        self.copy = None;
        self.weight = 0;
    }

    /// So many changes are stored now.
    pub(super) fn stored(&mut self, stored: Index) {
        // What is due later than this is only letting go of the copy.
        let follow = self.rests.max(Instant::now() + FOLLOW);
        self.stored = stored;
        self.due = Some(self.due.map_or(follow, |due| due.min(follow)));
    }

    /// Lets go of the copy; what it was looked at for will not be heard.
    pub(super) fn start_over(&mut self) {
        *self = Self { reflected: self.reflected, rests: self.rests, ..Self::new(self.stored) };
    }

    /// So many changes are in the log that was just read.
    pub(super) fn stored_anew(&mut self, stored: Index) {
        self.reflected = self.reflected.min(stored);
        self.stored(stored);
    }

    /// The number of changes stored that the facts do not reflect.
    pub(super) fn ahead(&self) -> u32 {
        self.stored - self.reflected.min(self.stored)
    }

    /// What is left for later is done soon.
    pub(super) fn hurry(&mut self) {
        self.quiet = self.rests;
    }

    pub(super) fn is_idle(&self) -> bool {
        !self.busy && self.reflected == self.stored
    }
}

impl Room {
    /// When to look at the document next.
    pub(super) fn mirror_due(&self) -> Option<Instant> {
        let mirror = &self.mirror;
        if mirror.busy || self.mend.is_some() || self.aside.is_some() {
            return None;
        }
        let due = mirror.due?;
        if mirror.reflected == mirror.stored {
            return Some(due);
        }
        if !mirror.asking.is_empty() {
            return Some(mirror.asked);
        }
        let is_followed = mirror.topic.as_ref().is_none_or(|topic| self.hub.is_followed(topic));
        Some(if is_followed || self.peers.is_empty() { due } else { due.max(mirror.quiet) })
    }

    /// Somebody wants the facts to follow what is stored by now.
    pub(super) fn look_for(&mut self, answer: oneshot::Sender<()>) {
        if self.mirror.reflected == self.mirror.stored || self.aside.is_some() {
            let _ = answer.send(());
        } else {
            self.mirror.asking.push((self.mirror.stored, answer));
        }
    }

    /// Looks at the document, beside the room's task; or lets go of it, when nothing has changed for long.
    pub(super) fn start_mirror(&mut self) {
        let mirror = &mut self.mirror;
        mirror.due = None;
        if mirror.reflected == mirror.stored {
            mirror.let_go();
            self.save_tip();
            return;
        }
        mirror.busy = true;
        let copy = mirror.copy.take().map(|copy| *copy);
        let news = copy.as_ref().and_then(|copy| self.recent.since(copy.upto()));
        let (hub, document, snapshot) = (self.hub.clone(), self.document, mirror.snapshot);
        let work = async move {
            let (seen, snapshot) = match look(&hub, document, copy.zip(news), snapshot).await {
                Ok((seen, snapshot)) => (Ok(seen), snapshot),
                Err(error) => (Err(error), snapshot),
            };
            Told::Mirror(Box::new(Mirrored { seen, snapshot }))
        };
        self.help(work, |broke| Told::Mirror(Box::new(Mirrored { seen: Err(broke), snapshot: None })));
    }

    pub(super) fn mirrored(&mut self, mirrored: Mirrored) -> Result<(), Fault> {
        let (mirror, now) = (&mut self.mirror, Instant::now());
        mirror.busy = false;
        mirror.snapshot = mirrored.snapshot;
        let asking = std::mem::take(&mut mirror.asking);
        let Seen { copy, topic, took, long } = match mirrored.seen {
            Ok(seen) => seen,
            Err(corrupt @ StoreError::Corrupt(_)) => return Err(corrupt.into()),
            Err(error) => {
                let document = self.document;
                tracing::error!(%document, %error, "the facts do not follow a document just now");
                mirror.due = Some(now + RETRY);
                return Ok(());
            }
        };
        mirror.reflected = copy.upto();
        mirror.give(copy);
        mirror.topic = topic.or(mirror.topic.take());
        mirror.rests = now + (took * REST).min(LONGEST_REST);
        mirror.asked = now + (took * ASKED).min(LONGEST_ASKED);
        mirror.quiet = if long { now + (took * QUIET).min(LONGEST_QUIET) } else { now };
        let next = if mirror.reflected < mirror.stored { mirror.rests.max(now + FOLLOW) } else { now + KEEP };
        mirror.due = Some(next);
        for (wanted, answer) in asking {
            if wanted <= mirror.reflected {
                let _ = answer.send(());
            } else {
                mirror.asking.push((wanted, answer));
            }
        }
        Ok(())
    }
}

/// Looks at the texts after these changes, and says up to where the snapshot goes then.
async fn look(
    hub: &Hub,
    document: DocumentId,
    copy: Option<(Copy, Vec<Stored>)>,
    snapshot: Option<Index>,
) -> Result<(Seen, Option<Index>), StoreError> {
    let (mut copy, news) = match copy {
        Some(both) => both,
        None => (Copy::load(hub.db(), document).await?, Vec::new()),
    };
    copy.bring_twins(hub.db(), document).await?;
    let (copy, shown, took) = in_background(move || {
        let began = Instant::now();
        let mut copy = copy.applied(&news)?;
        let shown = copy.shown();
        copy.work_out_credit();
        Ok::<_, StoreError>((copy, shown, began.elapsed()))
    })
    .await??;
    let upto = copy.upto();
    let long = shown.bytes() > LONG;
    let topic = reflect(hub, document, &copy, shown).await?;
    let snapshot = match snapshot {
        Some(snapshot) => snapshot,
        None => index(log::snapshot_seq(&mut hub.db().read().await?, document).await?)?,
    };
    let since = upto - snapshot;
    let due = since >= hub.limits().snapshot_changes && since >= upto / 8 && copy.is_worth_saving();
    let snapshot = if due { save(hub, document).await? } else { snapshot };
    Ok((Seen { copy, topic, took, long }, Some(snapshot)))
}

/// Saves a document whole, and says up to where.
async fn save(hub: &Hub, document: DocumentId) -> Result<Index, StoreError> {
    let _alone = hub.may_snapshot().await;
    let whole = Whole::load(hub.db(), document).await?;
    let (upto, saved) = in_background(move || (whole.upto(), whole.save())).await?;
    if let Some(saved) = saved {
        let mut tx = hub.db().write().await?;
        log::save_snapshot(&mut tx, document, &saved, now()).await?;
        tx.commit().await?;
        hub.metrics().snapshots_made.increment(1);
    }
    // One that cannot be saved is not tried again at once.
    Ok(upto)
}

/// Gives the facts the texts of a document, and tells who listens: under the name it answers, if that is news.
async fn reflect(hub: &Hub, document: DocumentId, copy: &Copy, shown: Shown) -> Result<Option<String>, StoreError> {
    let changed = ideas::reflect(hub.db(), document, u64::from(copy.upto()), shown, copy).await?;
    Ok(changed.map(|Reflected { changed, passages_turned, contributions }| {
        let topic = topic_of(changed.number);
        hub.publish(&topic, "concept", || serde_json::to_string(&changed).ok());
        if let Some(contributions) = contributions {
            hub.publish(&format!("talk:{}", changed.number), "credit", || serde_json::to_string(&contributions).ok());
        }
        if passages_turned {
            // What is said about a passage says whether that is still there.
            for talk in ["talk", "notes"] {
                hub.publish(&format!("{talk}:{}", changed.number), "talk", || Some("null".to_owned()));
            }
        }
        topic
    }))
}

fn topic_of(number: u32) -> String {
    format!("idea:{number}")
}

/// Under which name a document is followed, if its texts are long.
pub(super) async fn topic_of_long(
    tx: &mut Tx,
    document: DocumentId,
    copy: &Copy,
) -> Result<Option<String>, StoreError> {
    // Its HTML is about as long again.
    if copy.texts().body.len() * 2 <= LONG {
        return Ok(None);
    }
    let place = store::ideas::place_of_document(tx, None, document).await?;
    Ok(place.map(|place| topic_of(place.number)))
}

/// Lets the facts follow a document whose room was not open when they should have.
///
/// # Errors
/// When the database fails, or the document cannot be read.
pub async fn catch_up(hub: &Hub, document: DocumentId) -> Result<(), StoreError> {
    let mut copy = Copy::load(hub.db(), document).await?;
    copy.bring_twins(hub.db(), document).await?;
    let (copy, shown) = in_background(move || {
        let shown = copy.shown();
        copy.work_out_credit();
        (copy, shown)
    })
    .await?;
    reflect(hub, document, &copy, shown).await.map(drop)
}
