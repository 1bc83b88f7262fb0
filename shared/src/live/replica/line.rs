//! What every replica is, whatever its document holds: an Automerge document, what of it is not stored yet, and its side of
//! the protocol.

use std::{collections::HashSet, mem};

use automerge::{ActorId, AutoCommit, Change, ChangeHash};

use super::{Refusing, ReplicaError, Saving};
use crate::{
    DocumentId,
    live::{
        change,
        chunk::chunks,
        concept::ENCODING,
        guard::CHANGE,
        message::RejectCode,
        sync::{Flags, Have, SyncMessage, Version},
    },
};

/// A change of ours that is not stored yet.
#[derive(Debug)]
pub(super) struct Pending<M> {
    pub(super) hash: ChangeHash,
    pub(super) deps: Vec<ChangeHash>,
    pub(super) bytes: Vec<u8>,
    actor: ActorId,
    /// What was done in it.
    pub(super) made: M,
    /// It may go out: it lies on the device, or nothing does.
    pub(super) kept: bool,
    /// On this connection.
    sent: bool,
    /// Why the server would refuse it, so that it is not sent.
    refusing: Option<(RejectCode, String)>,
}

/// Bytes of changes that one message carries, at most, if it carries more than one: far less than a frame may have.
const MESSAGE_BYTES: usize = 256 * 1024;
/// Changes that one message carries, at most.
const MESSAGE_CHANGES: usize = 2_000;
/// Actors whose changes one message carries, at most: those of pages that began without a network are claimed by it.
const MESSAGE_ACTORS: usize = 8;

/// A document, and what of it waits to be stored.
#[derive(Debug)]
pub struct Line<M> {
    document: DocumentId,
    pub(super) doc: AutoCommit,
    /// Each behind what it builds on.
    pub(super) pending: Vec<Pending<M>>,
    /// What the open transaction did, once it did something.
    pub(super) open: Option<M>,
    /// Chunks that arrived and are not applied yet.
    inbox: Vec<u8>,
    online: bool,
    /// The server has said on this connection what was missing.
    in_step: bool,
    /// What the document was when something last arrived or was made a change.
    pub(super) heads: Vec<ChangeHash>,
    /// What the server has and this device does not keep yet; nothing is gathered where nothing is kept.
    pub(super) settled: Option<Vec<u8>>,
    /// Changes made here before whose past has not arrived, by their hashes: as they were kept.
    pub(super) early: Vec<(ChangeHash, Vec<u8>, M)>,
    /// Some of them were not looked at yet.
    pub(super) knocks: bool,
    /// Words of before that can stand nowhere.
    pub(super) lost: Vec<String>,
    /// Something was refused, so that its words are kept otherwise: what lies on the device of it goes at once.
    pub(super) took_back: bool,
    /// How many changes were made, and how often something was done.
    pub(super) sealed: u32,
    pub(super) strokes: u64,
}

impl<M: Default> Line<M> {
    /// One that has nothing yet. Every change it makes carries `actor`, which no other living replica uses.
    pub(super) fn new(document: DocumentId, actor: &[u8]) -> Self {
        Self {
            document,
            doc: AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from(actor)),
            pending: Vec::new(),
            open: None,
            inbox: Vec::new(),
            online: false,
            in_step: false,
            heads: Vec::new(),
            settled: None,
            early: Vec::new(),
            knocks: false,
            lost: Vec::new(),
            took_back: false,
            sealed: 0,
            strokes: 0,
        }
    }

    /// What the open transaction did so far, to add to it.
    pub(super) fn opened(&mut self) -> &mut M {
        self.strokes += 1;
        self.open.get_or_insert_default()
    }

    /// Takes what has arrived, to be applied; nothing when nothing did.
    pub(super) fn take_inbox(&mut self) -> Option<Vec<u8>> {
        if self.inbox.is_empty() && !mem::take(&mut self.knocks) {
            return None;
        }
        let chunks = mem::take(&mut self.inbox);
        if let Some(settled) = &mut self.settled {
            settled.extend_from_slice(&chunks);
        }
        Some(chunks)
    }

    /// Takes a change that waits, and every one that builds on it, out of those that wait; nothing when it is none of them.
    pub(super) fn take(&mut self, hash: [u8; 32]) -> Option<Vec<Pending<M>>> {
        self.pending.iter().find(|change| change.hash.0 == hash)?;
        let mut gone = HashSet::from([ChangeHash(hash)]);
        // Each waits behind what it builds on.
        for change in &self.pending {
            if change.deps.iter().any(|dep| gone.contains(dep)) {
                gone.insert(change.hash);
            }
        }
        let (taken, waits) = mem::take(&mut self.pending).into_iter().partition(|change| gone.contains(&change.hash));
        self.pending = waits;
        Some(taken)
    }

    /// The document without these changes, on which nothing else builds.
    pub(super) fn go_back(&mut self, refused: &[Pending<M>]) {
        self.took_back = true;
        let gone = |hash: ChangeHash| refused.iter().any(|change| change.hash == hash);
        let kept: Vec<_> = self.doc.get_changes(&[]).into_iter().filter(|change| !gone(change.hash())).collect();
        let actor = self.doc.get_actor().clone();
        self.doc = AutoCommit::new_with_encoding(ENCODING).with_actor(actor);
        // They came out of a document that had applied them.
        let _ = self.doc.apply_changes_batch(kept);
        self.heads = self.doc.get_heads();
    }

    /// What the document was before these changes, the last ones made here.
    pub(super) fn before(&self, changes: &[Pending<M>]) -> Vec<ChangeHash> {
        let ours = |hash: &ChangeHash| changes.iter().any(|change| change.hash == *hash);
        let mut base: Vec<_> =
            self.heads.iter().chain(changes.iter().flat_map(|change| &change.deps)).copied().collect();
        base.retain(|hash| !ours(hash));
        base.sort_unstable();
        base.dedup();
        base
    }

    /// Takes a change made here before, by another page: it is applied, and waits to be stored, also where that was done and
    /// only the word of it was lost. False when its past has not arrived; it is forgotten when it cannot be read. `kept` says
    /// that it lies on the device.
    pub(super) fn adopt(&mut self, bytes: Vec<u8>, made: M, kept: bool) -> bool {
        let Ok(change) = Change::from_bytes(bytes.clone()) else { return true };
        let (hash, deps, actor) = (change.hash(), change.deps().to_vec(), change.actor_id().clone());
        if self.pending.iter().any(|change| change.hash == hash) {
            return true;
        }
        let known = self.doc.get_change_by_hash(&hash).is_some();
        let fits = deps.iter().all(|dep| self.doc.get_change_by_hash(dep).is_some());
        if !known && (!fits || self.doc.apply_changes([change]).is_err()) {
            self.early.push((hash, bytes, made));
            return false;
        }
        self.heads = self.doc.get_heads();
        self.pending.push(Pending { hash, deps, bytes, actor, made, kept, sent: false, refusing: None });
        true
    }

    /// Takes those changes made here before whose past has arrived. True when there were some.
    pub(super) fn adopt_early(&mut self) -> bool {
        let mut adopted = false;
        loop {
            let early = mem::take(&mut self.early);
            let before = early.len();
            for (_, bytes, made) in early {
                self.adopt(bytes, made, true);
            }
            if self.early.len() == before {
                return adopted;
            }
            adopted = true;
        }
    }

    /// A message with what waits, or the first part of it: the rest goes once that is stored.
    fn send_pending(&mut self) -> Vec<u8> {
        let (mut unsent, mut bytes, mut actors) = (0, 0, HashSet::new());
        let mut cut = self.fit().count();
        for (at, change) in self.fit().enumerate().filter(|(_, change)| !change.sent) {
            unsent += 1;
            bytes += change.bytes.len();
            actors.insert(&change.actor);
            if unsent > 1 && (bytes > MESSAGE_BYTES || unsent > MESSAGE_CHANGES || actors.len() > MESSAGE_ACTORS) {
                cut = at;
                break;
            }
        }
        let later = self.pending.split_off(cut);
        let heads = if later.is_empty() { self.heads.clone() } else { self.before(&later) };
        let changes = self.pending.iter().filter(|change| !change.sent).map(|change| change.bytes.as_slice()).collect();
        let message = SyncMessage {
            version: Version::V1,
            heads: heads.into_iter().map(|hash| hash.0).collect(),
            need: Vec::new(),
            have: vec![Have::default()],
            changes,
            // Without flags the server would have to send a long history change by change.
            flags: Some(Flags::default()),
        };
        let message = message.encode();
        self.pending.iter_mut().for_each(|change| change.sent = true);
        self.pending.extend(later);
        message
    }

    /// What waits and may go out; what comes after one that may not builds on that.
    fn fit(&self) -> impl Iterator<Item = &Pending<M>> {
        self.pending.iter().take_while(|change| change.kept && change.refusing.is_none())
    }

    /// Lets those of what waits go out.
    pub(super) fn release(&mut self, may: impl Fn(&[u8; 32]) -> bool) {
        self.pending.iter_mut().filter(|change| may(&change.hash.0)).for_each(|change| change.kept = true);
    }
}

/// A document as a browser holds it, whatever is in it.
pub trait Replicated {
    /// What is remembered of what a change did.
    type Made: Default;

    /// The document and what waits.
    fn line(&self) -> &Line<Self::Made>;

    /// The same, to change it.
    fn line_mut(&mut self) -> &mut Line<Self::Made>;

    /// Whether the server would take a change made here just now, as far as can be told.
    ///
    /// # Errors
    /// Why it would not, and where.
    fn examine(&self, made: &Change) -> Result<(), (RejectCode, String)>;

    /// Reads the document anew, which changed otherwise than by what this replica does itself.
    fn look_again(&mut self);

    /// What of what a change did is remembered with it.
    fn remembered(made: Self::Made) -> Self::Made {
        made
    }

    /// Does in the open transaction what was done before, at the same state of the document. False when it does not fit.
    fn do_again(&mut self, made: &Self::Made) -> bool;

    /// The words of what was done.
    fn words_of_made(made: &Self::Made) -> Vec<String>;

    /// The words of what was done here before and can never fit any more; none before all is here that the server has.
    fn give_up_early(&mut self) -> Vec<String> {
        if !self.is_in_step() {
            return Vec::new();
        }
        let line = self.line_mut();
        let early = mem::take(&mut line.early);
        let words = early.iter().filter_map(|(_, bytes, _)| written_in(bytes));
        mem::take(&mut line.lost).into_iter().chain(words).collect()
    }

    /// Whether all that the server has is here.
    fn is_in_step(&self) -> bool {
        self.line().in_step && !self.has_news()
    }

    /// The document's id.
    fn document(&self) -> DocumentId {
        self.line().document
    }

    /// From now on changes carry this actor, leased anew on a reconnect.
    fn lease(&mut self, actor: &[u8]) {
        if self.line().doc.get_actor().to_bytes() != actor {
            self.seal();
            self.line_mut().doc.set_actor(ActorId::from(actor));
        }
    }

    /// The first sync message of a connection: everything not stored yet, and the heads of all we have,
    /// so that the server can answer with exactly what is missing here.
    #[must_use = "the server waits for it"]
    fn hello(&mut self) -> Vec<u8> {
        self.seal();
        let line = self.line_mut();
        line.online = true;
        line.pending.iter_mut().for_each(|change| change.sent = false);
        line.send_pending()
    }

    /// The connection is lost; what was sent and not acknowledged will be sent again.
    fn disconnected(&mut self) {
        let line = self.line_mut();
        (line.online, line.in_step) = (false, false);
    }

    /// Ends the open transaction: a sync message that carries it, if there is one and somebody to send it to.
    fn commit(&mut self) -> Option<Vec<u8>> {
        self.seal();
        self.flush()
    }

    /// A sync message that carries what waits and was not sent, if there is somebody to send it to.
    fn flush(&mut self) -> Option<Vec<u8>> {
        let line = self.line_mut();
        let unsent = line.online && line.fit().any(|change| !change.sent);
        unsent.then(|| line.send_pending())
    }

    /// Makes a change of what was done since the last.
    fn seal(&mut self) {
        let line = self.line_mut();
        let Some(made) = line.open.take() else { return };
        let Some(change) = line.doc.commit().and_then(|hash| line.doc.get_change_by_hash(&hash)) else { return };
        line.heads = line.doc.get_heads();
        line.sealed += 1;
        let (refusing, made) = (self.examine(&change).err(), Self::remembered(made));
        let (hash, deps, actor) = (change.hash(), change.deps().to_vec(), change.actor_id().clone());
        let bytes = change.raw_bytes().to_vec();
        let line = self.line_mut();
        let kept = line.settled.is_none();
        line.pending.push(Pending { hash, deps, bytes, actor, made, kept, sent: false, refusing });
    }

    /// Whether something done waits for [`commit`](Self::commit).
    fn is_typing(&self) -> bool {
        self.line().open.is_some()
    }

    /// Takes a sync message of the server; it shows once it is integrated.
    ///
    /// # Errors
    /// When it cannot be read.
    fn receive(&mut self, message: &[u8]) -> Result<(), ReplicaError> {
        let message = SyncMessage::decode(message).map_err(|_| ReplicaError::Malformed)?;
        let line = self.line_mut();
        line.in_step = true;
        for chunk in message.changes {
            line.inbox.extend_from_slice(chunk);
        }
        Ok(())
    }

    /// Whether something received waits to be integrated.
    fn has_news(&self) -> bool {
        !self.line().inbox.is_empty() || self.line().knocks
    }

    /// These changes are stored. Answers with a message that carries what had to wait for that.
    #[must_use = "the server waits for it"]
    fn stored(&mut self, hashes: &[[u8; 32]]) -> Option<Vec<u8>> {
        let line = self.line_mut();
        let is_stored = |change: &Pending<Self::Made>| hashes.contains(&change.hash.0);
        if let Some(settled) = &mut line.settled {
            let stored = line.pending.iter().filter(|change| is_stored(change));
            stored.for_each(|change| settled.extend_from_slice(&change.bytes));
        }
        line.pending.retain(|change| !is_stored(change));
        self.flush()
    }

    /// Where the person's work is.
    fn saving(&self) -> Saving {
        match (self.line().online, self.has_unsaved()) {
            (false, _) => Saving::Offline,
            (true, true) => Saving::Saving,
            (true, false) => Saving::Saved,
        }
    }

    /// Whether anything done here is not stored on the server.
    fn has_unsaved(&self) -> bool {
        self.line().open.is_some() || !self.line().pending.is_empty()
    }

    /// The first change made here that the server would refuse, and which therefore is not sent: to be taken back as if it
    /// had been.
    fn refusing(&self) -> Option<Refusing> {
        self.line().pending.iter().find_map(|change| {
            let (code, path) = change.refusing.clone()?;
            Some(Refusing { hash: change.hash.0, code, path })
        })
    }
}

/// The words that a change writes; nothing when it writes none.
pub(super) fn written_in(bytes: &[u8]) -> Option<String> {
    let chunk = chunks(bytes, CHANGE).next()?.ok()?;
    let read = change::Change::parse(&chunk).ok()?;
    let written = read.operations().filter_map(Result::ok).filter(|op| op.insert);
    let words: String = written.filter_map(|op| op.value.text().map(str::to_owned)).collect();
    (!words.trim().is_empty()).then_some(words)
}
