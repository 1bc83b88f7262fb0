//! A document's first change, which the server makes: it makes the root.

use std::collections::HashMap;

use super::{
    Fit, Ledger, Unfit,
    study::Found,
    things::{Object, Slot, push_run},
};
use crate::live::{
    change::{Action, Change, Key},
    message::RejectCode,
    schema::{Shape, at_root},
};

impl Ledger {
    /// Takes in the document's first change.
    ///
    /// # Errors
    /// When it is not the first change of a concept or a canvas.
    pub fn begin(&mut self, change: &Change<'_>) -> Result<(), Unfit> {
        if !self.is_empty() || !change.deps.is_empty() || change.seq != 1 {
            return Err(Unfit::Branch);
        }
        let (start_op, ops) = self.room_for(change, true)?;
        let mut found = Found::default();
        for (op, counter) in change.operations().zip(start_op..) {
            let op = op.map_err(|_| Unfit::Unreadable)?;
            let unknown = || Unfit::refused(RejectCode::Schema, "");
            match (op.action, op.object, op.key) {
                (Action::MakeText | Action::MakeMap, None, Key::Map(key)) => {
                    let shape = at_root(key).ok_or_else(unknown)?;
                    if (op.action == Action::MakeText) != matches!(shape, Shape::Text(_)) {
                        return Err(unknown());
                    }
                    found.objects.push((counter, Object { shape, item: None, chars: 0 }));
                }
                (Action::Set, None, Key::Map("schema")) => {}
                (Action::Set, Some(made), _) if op.insert => {
                    let text = found.objects.iter().position(|(at, _)| u64::from(*at) == made.counter);
                    let text = text.ok_or_else(unknown)?;
                    found.objects[text].1.chars += 1;
                    push_run(&mut found.runs, counter, Slot::Letter(u32::try_from(text).unwrap_or(0)));
                }
                _ => return Err(unknown()),
            }
        }
        let (hash, actor, size) = (change.hash, change.actor().into(), change.size);
        let (person, deps) = (None, Vec::new());
        self.add(Fit { hash, actor, person, start_op, ops, size, deps, outside: HashMap::new(), found });
        Ok(())
    }
}
