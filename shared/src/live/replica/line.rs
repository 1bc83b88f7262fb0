//! What every replica is, whatever its document holds: an Automerge document, what of it is not stored yet, and its side of
//! the protocol.

use std::mem;

use automerge::{ActorId, AutoCommit, Change, ChangeHash};

use super::{Refusing, ReplicaError, Saving};
use crate::{
    DocumentId,
    live::{
        concept::ENCODING,
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
    /// What was done in it.
    pub(super) made: M,
    /// On this connection.
    sent: bool,
    /// Why the server would refuse it, so that it is not sent.
    refusing: Option<(RejectCode, String)>,
}

/// A document, and what of it waits to be stored.
#[derive(Debug)]
pub struct Line<M> {
    document: DocumentId,
    pub(super) doc: AutoCommit,
    /// In the order they were made; each builds on those before it.
    pub(super) pending: Vec<Pending<M>>,
    /// What the open transaction did, once it did something.
    pub(super) open: Option<M>,
    /// Chunks that arrived and are not applied yet.
    inbox: Vec<u8>,
    online: bool,
    /// What the document was when something last arrived or was made a change.
    pub(super) heads: Vec<ChangeHash>,
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
            heads: Vec::new(),
        }
    }

    /// What the open transaction did so far, to add to it.
    pub(super) fn opened(&mut self) -> &mut M {
        self.open.get_or_insert_default()
    }

    /// Takes what has arrived, to be applied.
    pub(super) fn take_inbox(&mut self) -> Vec<u8> {
        mem::take(&mut self.inbox)
    }

    /// The document without the changes from this one on, which it gives back.
    pub(super) fn go_back(&mut self, first: usize) -> Vec<Pending<M>> {
        let refused = self.pending.split_off(first);
        let gone = |hash: ChangeHash| refused.iter().any(|change| change.hash == hash);
        let kept: Vec<_> = self.doc.get_changes(&[]).into_iter().filter(|change| !gone(change.hash())).collect();
        let actor = self.doc.get_actor().clone();
        self.doc = AutoCommit::new_with_encoding(ENCODING).with_actor(actor);
        // They came out of a document that had applied them.
        let _ = self.doc.apply_changes_batch(kept);
        self.heads = self.doc.get_heads();
        refused
    }

    /// What the document was before these changes, the last ones made here.
    pub(super) fn before(&mut self, changes: &[Pending<M>]) -> Vec<ChangeHash> {
        let ours = |hash: &ChangeHash| changes.iter().any(|change| change.hash == *hash);
        let now = self.doc.get_heads();
        let mut base: Vec<_> = now.iter().chain(changes.iter().flat_map(|change| &change.deps)).copied().collect();
        base.retain(|hash| !ours(hash));
        base.sort_unstable();
        base.dedup();
        base
    }

    /// Takes a change made here before, by a page that is gone: it is applied, and waits to be stored. False when it does not
    /// fit.
    pub(super) fn adopt(&mut self, bytes: &[u8], made: M) -> bool {
        let Ok(change) = Change::from_bytes(bytes.to_vec()) else { return false };
        let (hash, deps) = (change.hash(), change.deps().to_vec());
        if self.doc.get_change_by_hash(&hash).is_some() {
            // It was stored after all.
            return true;
        }
        if deps.iter().any(|dep| self.doc.get_change_by_hash(dep).is_none()) {
            return false;
        }
        if self.doc.apply_changes([change]).is_err() || self.doc.get_change_by_hash(&hash).is_none() {
            return false;
        }
        self.heads = self.doc.get_heads();
        self.pending.push(Pending { hash, deps, bytes: bytes.to_vec(), made, sent: false, refusing: None });
        true
    }

    fn send_pending(&mut self) -> Vec<u8> {
        let heads = self.doc.get_heads().into_iter().map(|hash| hash.0).collect();
        let changes = self.fit().filter(|change| !change.sent).map(|change| change.bytes.as_slice()).collect();
        let message = SyncMessage {
            version: Version::V1,
            heads,
            need: Vec::new(),
            have: vec![Have::default()],
            changes,
            // Without flags the server would have to send a long history change by change.
            flags: Some(Flags::default()),
        };
        let bytes = message.encode();
        let fit = self.fit().count();
        self.pending[..fit].iter_mut().for_each(|change| change.sent = true);
        bytes
    }

    /// What waits and may go out; what comes after one that may not builds on that.
    fn fit(&self) -> impl Iterator<Item = &Pending<M>> {
        self.pending.iter().take_while(|change| change.refusing.is_none())
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
        self.line_mut().online = false;
    }

    /// Ends the open transaction: a sync message that carries it, if there is one and somebody to send it to.
    fn commit(&mut self) -> Option<Vec<u8>> {
        self.seal();
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
        let refusing = self.examine(&change).err();
        let (hash, deps) = (change.hash(), change.deps().to_vec());
        let bytes = change.raw_bytes().to_vec();
        self.line_mut().pending.push(Pending { hash, deps, bytes, made, sent: false, refusing });
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
        for chunk in message.changes {
            self.line_mut().inbox.extend_from_slice(chunk);
        }
        Ok(())
    }

    /// Whether something received waits to be integrated.
    fn has_news(&self) -> bool {
        !self.line().inbox.is_empty()
    }

    /// These changes are stored.
    fn stored(&mut self, hashes: &[[u8; 32]]) {
        self.line_mut().pending.retain(|change| !hashes.contains(&change.hash.0));
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
