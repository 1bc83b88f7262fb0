//! Taking back what the person wrote, step by step, whichever of the texts each step was in.
//!
//! Each editor knows its own steps, and leaves out what others wrote (`addToHistory` of CodeMirror); which text is next is
//! known here.

use leptos::prelude::*;
use shared::live::concept::Field;

use super::Session;

/// In which text each step was, the last one last.
#[derive(Debug, Default)]
pub(super) struct Turns {
    back: Vec<Field>,
    again: Vec<Field>,
}

impl Turns {
    /// There is one more step in a text.
    fn step(&mut self, field: Field) {
        self.back.push(field);
        self.again.clear();
    }

    /// In which text the next step is that is taken back, or done again.
    fn next(&mut self, again: bool) -> Option<Field> {
        if again { self.again.pop() } else { self.back.pop() }
    }

    /// A step was taken back, or done again.
    fn turned(&mut self, field: Field, again: bool) {
        if again { self.back.push(field) } else { self.again.push(field) }
    }

    /// Whether there is something to take back, and something to do again.
    fn possible(&self) -> (bool, bool) {
        (!self.back.is_empty(), !self.again.is_empty())
    }
}

impl Session {
    /// The person made a step.
    pub(super) fn stepped(&self, field: Field) {
        self.core.borrow_mut().turns.step(field);
        self.tell_turns();
    }

    /// Takes the person's last step back, or does again the last that was taken back. A step of which others have left nothing
    /// is passed over.
    pub(super) fn turn_one(&self, again: bool) {
        loop {
            let next = self.core.borrow_mut().turns.next(again);
            let Some(field) = next else { break };
            let Some(editor) = self.editor(field) else { break };
            if editor.turn(again) {
                self.core.borrow_mut().turns.turned(field, again);
                editor.focus();
                break;
            }
        }
        self.tell_turns();
    }

    fn tell_turns(&self) {
        let possible = self.core.borrow().turns.possible();
        if self.desk.turns.try_get_untracked().is_some_and(|now| now != possible) {
            self.desk.turns.try_set(possible);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_back_across_the_texts_in_their_order() {
        let mut turns = Turns::default();
        [Field::Title, Field::Body, Field::Title].into_iter().for_each(|field| turns.step(field));
        assert_eq!(turns.next(false), Some(Field::Title));
        turns.turned(Field::Title, false);
        assert_eq!(turns.next(false), Some(Field::Body));
        turns.turned(Field::Body, false);
        assert_eq!(turns.possible(), (true, true));
        assert_eq!(turns.next(true), Some(Field::Body));
        turns.turned(Field::Body, true);
        turns.step(Field::Pitch);
        assert_eq!(turns.possible(), (true, false), "a new step leaves nothing to do again");
    }
}
