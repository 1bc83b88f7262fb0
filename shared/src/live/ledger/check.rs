//! Whether a change can be part of the document, said before it is stored: afterwards there is no way back.

use std::collections::HashMap;

use crate::live::{
    change::{Action, Change, Key, OpRef},
    concept::Field,
};

use super::{ACTORS, Fit, Growth, Ledger, OPERATIONS, in_runs, push_run};

/// Bytes of a change's note, at most.
const MESSAGE: usize = 1024;
/// The greatest time a change may claim: far beyond any clock, near enough for every number format.
const TIME: i64 = 1 << 52;

/// Why a change cannot be part of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// It does something other than adding characters to, or removing them from, the texts of a concept.
    #[error("only the characters of the title, the pitch and the body may be added and removed")]
    NotText,
    /// An operation names a character that it does not build on.
    #[error("an operation names a character that it does not build on")]
    Element,
    /// An operation cannot be read.
    #[error("an operation cannot be read")]
    Unreadable,
    /// It claims an impossible time, an over-long note, or carries something behind its operations.
    #[error("it carries an impossible time, an over-long note or extra bytes")]
    Extra,
    /// The document has as many changes, operations or authors as it can have.
    #[error("the document is full")]
    Full,
}

impl Ledger {
    /// Whether `change` can be part of the document: that it builds on what is here, comes next from its actor,
    /// and only adds characters to the texts or removes them. The document's first change, made by the server, is taken
    /// as it is.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn check(&self, change: &Change<'_>) -> Result<Fit, Unfit> {
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
        // The actors the change names, by their places in it.
        let mut named = Vec::with_capacity(change.actors.len());
        named.push(own);
        for (at, actor) in change.actors.iter().enumerate().skip(1) {
            let sorted = at == 1 || change.actors[at - 1] < *actor;
            let known =
                self.by_actor.get(*actor).copied().filter(|known| {
                    outside.get(known).is_none_or(|first| *first > self.actors[*known as usize].first_op)
                });
            if !sorted || known.is_none() || *actor == change.actor() {
                return Err(Unfit::Actor);
            }
            named.push(known);
        }
        let mut fit = Fit {
            hash: change.hash,
            actor: change.actor().into(),
            start_op,
            ops,
            deps,
            runs: Vec::new(),
            outside: HashMap::new(),
            growth: Growth::default(),
        };
        for (op, counter) in change.operations().zip(start_op..) {
            let op = op.map_err(|_| Unfit::Unreadable)?;
            let field = op
                .object
                .and_then(|made| Some((named.get(made.actor).copied()??, u32::try_from(made.counter).ok()?)))
                .and_then(|made| self.texts.iter().find(|(text, _)| *text == made))
                .map(|(_, field)| *field)
                .ok_or(Unfit::NotText)?;
            let at = match op.key {
                Key::Head => None,
                Key::Element(element) => {
                    self.find_element(element, &named, &outside, &fit, counter, field)?;
                    Some(element)
                }
                Key::Map(_) => return Err(Unfit::NotText),
            };
            match op.action {
                Action::Set if op.insert => {
                    let text = op.value.text().filter(|text| !text.is_empty()).ok_or(Unfit::NotText)?;
                    if op.predecessors != 0 || op.marks {
                        return Err(Unfit::NotText);
                    }
                    fit.growth.added[field as usize] += u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                    push_run(&mut fit.runs, counter, field);
                }
                Action::Delete if !op.insert => {
                    let removes_it = at.is_some() && op.predecessors == 1 && op.predecessor == at;
                    if !removes_it || op.value.kind != 0 || !op.value.bytes.is_empty() || op.marks {
                        return Err(Unfit::NotText);
                    }
                    fit.growth.removed[field as usize] += 1;
                }
                _ => return Err(Unfit::NotText),
            }
        }
        fit.outside = outside;
        Ok(fit)
    }

    /// The first operation and the number of them, when the document has room for the change.
    pub(super) fn room_for(&self, change: &Change<'_>, new_actor: bool) -> Result<(u32, u32), Unfit> {
        let full = self.len() == u32::MAX || (new_actor && self.actors.len() >= ACTORS);
        let start_op = u32::try_from(change.start_op).map_err(|_| Unfit::Full)?;
        let ops = u32::try_from(change.ops).map_err(|_| Unfit::Full)?;
        let end = start_op.checked_add(ops).ok_or(Unfit::Full)?;
        if full || end > OPERATIONS { Err(Unfit::Full) } else { Ok((start_op, ops)) }
    }

    fn find_element(
        &self,
        element: OpRef,
        named: &[Option<u32>],
        outside: &HashMap<u32, u32>,
        fit: &Fit,
        counter: u32,
        field: Field,
    ) -> Result<(), Unfit> {
        let made = u32::try_from(element.counter).map_err(|_| Unfit::Element)?;
        if element.actor == 0 && made >= fit.start_op {
            let here = made < counter && in_runs(&fit.runs, made) == Some(field);
            return if here { Ok(()) } else { Err(Unfit::Element) };
        }
        let actor = named.get(element.actor).copied().flatten().ok_or(Unfit::Element)?;
        let seen = outside.get(&actor).is_none_or(|first| made < *first);
        if seen && in_runs(&self.actors[actor as usize].runs, made) == Some(field) {
            Ok(())
        } else {
            Err(Unfit::Element)
        }
    }
}
