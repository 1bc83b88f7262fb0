//! Whether a change can be part of the document, said before it is stored: afterwards there is no way back.

use super::{ACTORS, Author, Fit, Index, Ledger, OPERATIONS, SHARE};
use crate::{
    limits,
    live::{change::Change, message::RejectCode},
};

/// Bytes of a change's note, at most.
const MESSAGE: usize = 1024;
/// The greatest time a change may claim: far beyond any clock, near enough for every number format.
const TIME: i64 = 1 << 52;

/// Why a change cannot be part of the document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It builds on a change that is not here.
    #[error("it builds on a change that is not here")]
    UnknownDependency,
    /// It builds on nothing.
    #[error("it builds on nothing")]
    NoDependency,
    /// Its sequence number is not the next of its actor.
    #[error("its sequence number is not the next of its actor")]
    Sequence,
    /// It does not build on its actor's last change.
    #[error("it does not build on its actor's last change")]
    Branch,
    /// Its first operation does not follow those it builds on, or leaves a gap behind all there are.
    #[error("its first operation does not follow those before it")]
    StartOp,
    /// It names an actor that it does not build on.
    #[error("it names an actor that it does not build on")]
    Actor,
    /// An operation names another that it does not build on, or that put nothing there.
    #[error("an operation names another that it does not build on")]
    Element,
    /// An operation cannot be read.
    #[error("an operation cannot be read")]
    Unreadable,
    /// It claims an impossible time, an over-long note, or carries something behind its operations.
    #[error("it carries an impossible time, an over-long note or extra bytes")]
    Extra,
    /// The document has as many changes, operations, bytes, items or authors as it can have.
    #[error("the document is full")]
    Full,
    /// Its author may not do that, or the document cannot hold it.
    #[error("{path}: {}", code.as_str())]
    Refused {
        /// Why.
        code: RejectCode,
        /// Where in the document, such as `notes/n1/text`.
        path: String,
    },
}

impl Unfit {
    pub(super) fn refused(code: RejectCode, path: impl Into<String>) -> Self {
        Self::Refused { code, path: path.into() }
    }

    /// As the peer is told.
    #[must_use]
    pub fn code(&self) -> RejectCode {
        match self {
            Self::UnknownDependency => RejectCode::Orphan,
            Self::Full => RejectCode::TooLarge,
            Self::Refused { code, .. } => *code,
            _ => RejectCode::Malformed,
        }
    }

    /// Where in the document; nothing when it is no place in it.
    #[must_use]
    pub fn path(&self) -> &str {
        if let Self::Refused { path, .. } = self { path } else { "" }
    }
}

impl Ledger {
    /// Whether `change` can be part of the document: that it builds on what is here, comes next from its actor, does
    /// only what the document's schema knows and its author may do, and keeps every text within its length.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn check(&self, change: &Change<'_>, author: &Author) -> Result<Fit, Unfit> {
        if change.time.abs() > TIME || change.message.len() > MESSAGE || !change.extra.is_empty() {
            return Err(Unfit::Extra);
        }
        if change.deps.is_empty() {
            return Err(Unfit::NoDependency);
        }
        let mut deps = Vec::with_capacity(change.deps.len());
        for dep in &change.deps {
            deps.push(self.find(dep).ok_or(Unfit::UnknownDependency)?);
        }
        deps.sort_unstable();
        let outside = self.graph.first_ops_outside(&deps);
        let own = self.by_actor.get(change.actor()).copied();
        let changes = own.map_or(0, |own| self.actors[own as usize].changes);
        if change.seq != changes + 1 {
            return Err(Unfit::Sequence);
        }
        if own.is_some_and(|own| outside.contains_key(&own)) {
            return Err(Unfit::Branch);
        }
        let last = deps.iter().map(|dep| self.graph.max_op(*dep)).max().unwrap_or(0);
        // It counts on from all its author had, which may be more than it builds on; but not from nowhere.
        if change.start_op <= u64::from(last) || change.start_op > u64::from(self.max_op) + 1 {
            return Err(Unfit::StartOp);
        }
        let (start_op, ops) = self.room_for(change, own.is_none())?;
        let named = self.named(change, own);
        for (at, actor) in change.actors.iter().enumerate().skip(1) {
            let sorted = at == 1 || change.actors[at - 1] < *actor;
            let known = named[at].is_some_and(|known| {
                outside.get(&known).is_none_or(|first| *first > self.actors[known as usize].first_op)
            });
            if !sorted || !known || *actor == change.actor() {
                return Err(Unfit::Actor);
            }
        }
        let found = self.examine(change, &named, start_op, &outside, author)?;
        self.share(author, ops, change.size)?;
        let (hash, actor, size) = (change.hash, change.actor().into(), change.size);
        let person = Some(author.person);
        Ok(Fit { hash, actor, person, start_op, ops, size, deps, outside, found })
    }

    /// Whether somebody may put in so much more: nobody fills a canvas alone, unless they tidy it.
    fn share(&self, author: &Author, ops: u32, size: usize) -> Result<(), Unfit> {
        let spent = self.spent.get(&author.person).copied().unwrap_or_default();
        let within = spent.ops.saturating_add(ops) <= OPERATIONS / SHARE
            && spent.bytes + size as u64 <= limits::DOCUMENT / u64::from(SHARE);
        let shares = author.rights.note && !author.rights.tidy;
        if within || !shares { Ok(()) } else { Err(Unfit::refused(RejectCode::Share, "")) }
    }

    /// The first operation and the number of them, when the document has room for the change.
    pub(super) fn room_for(&self, change: &Change<'_>, new_actor: bool) -> Result<(u32, u32), Unfit> {
        let full = self.len() == Index::MAX
            || (new_actor && self.actors.len() >= ACTORS)
            || self.bytes + change.size as u64 > limits::DOCUMENT;
        let start_op = u32::try_from(change.start_op).map_err(|_| Unfit::Full)?;
        let ops = u32::try_from(change.ops).map_err(|_| Unfit::Full)?;
        let end = start_op.checked_add(ops).ok_or(Unfit::Full)?;
        if full || end > OPERATIONS { Err(Unfit::Full) } else { Ok((start_op, ops)) }
    }
}
