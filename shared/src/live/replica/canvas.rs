//! A canvas as a browser holds it: what is on it, kept current act by act.

use std::collections::{BTreeSet, HashMap};

use automerge::{Change, Patch as DocPatch, PatchAction, Prop, ROOT, ReadDoc as _};
use serde::{Deserialize, Serialize};

use super::{
    Line, ReplicaError, Replicated, Splice, draft,
    line::{Pending, written_in},
    units,
};
use crate::{
    DocumentId,
    canvas::{Canvas, ItemKind, ItemRef},
    live::{
        canvas::{items, read, read_item},
        message::RejectCode,
        permit::{Rights, Whose},
    },
};

mod act;
#[cfg(test)]
mod tests;
mod undo;

pub use act::{Act, Refusal};

/// One canvas's local state.
#[derive(Debug)]
pub struct CanvasReplica {
    line: Line<Vec<Act>>,
    canvas: Canvas,
    open: bool,
    rights: Rights,
    /// Whether an actor id, in hexadecimal, is one of the person's own.
    makers: HashMap<String, bool>,
    steps: undo::Steps,
}

/// What changed on the canvas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What came, went or is otherwise than it was.
    pub items: BTreeSet<ItemRef>,
    /// A sync message to send: what was done meanwhile.
    pub send: Option<Vec<u8>>,
    /// Something is missing that the server did not send: say [`Replicated::hello`] again.
    pub behind: bool,
}

/// What a refusal took back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenBack {
    /// What is otherwise than it was shown.
    pub items: BTreeSet<ItemRef>,
    /// Words that stand nowhere any more, to be kept for the person.
    pub words: Vec<String>,
}

/// A change that is not stored on the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unsaved {
    /// As Automerge writes it.
    pub bytes: Vec<u8>,
    /// What was done in it.
    pub acts: Vec<Act>,
}

impl CanvasReplica {
    /// A replica that has nothing yet. Every change it makes carries `actor`, which no other living replica uses.
    #[must_use]
    pub fn new(document: DocumentId, actor: &[u8]) -> Self {
        Self {
            line: Line::new(document, actor),
            canvas: Canvas::default(),
            open: false,
            rights: Rights::default(),
            makers: HashMap::new(),
            steps: undo::Steps::default(),
        }
    }

    /// Whether the document has arrived and is a canvas.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// What is on it.
    #[must_use]
    pub fn canvas(&self) -> &Canvas {
        &self.canvas
    }

    /// What the person may do from now on, as the server said.
    pub fn may(&mut self, rights: Rights) {
        self.rights = rights;
    }

    /// An actor id, in hexadecimal, is one of the person's own, or is not.
    pub fn know(&mut self, actor: String, own: bool) {
        self.makers.insert(actor, own);
    }

    /// Whose something on the canvas is to the person; nothing while that is not known.
    #[must_use]
    pub fn whose(&self, item: &ItemRef) -> Option<Whose> {
        if self.canvas.is_locked(item) {
            return Some(Whose::Locked);
        }
        self.whose_is(self.canvas.maker(item)?)
    }

    /// Whose the things are that this actor made.
    fn whose_is(&self, maker: &str) -> Option<Whose> {
        if self.line.doc.get_actor().to_hex_string() == maker {
            return Some(Whose::Own);
        }
        self.makers.get(maker).map(|own| if *own { Whose::Own } else { Whose::Other })
    }

    /// Does these, as far as they may be done, in the open transaction: one gesture, which can be taken back as one, with
    /// those that go on with it while it is `open`. Answers with what changed, and with what was refused and why.
    pub fn act(&mut self, acts: Vec<Act>, open: bool) -> (BTreeSet<ItemRef>, Vec<Refusal>) {
        let things: BTreeSet<ItemRef> = acts.iter().map(Act::item).collect();
        let before: Vec<_> = things.into_iter().map(|item| (self.canvas.clone_of(&item), item)).collect();
        let done = self.do_all(acts);
        let changed = before.into_iter().filter_map(|(before, item)| {
            let after = self.canvas.clone_of(&item);
            (before != after).then_some((item, before, after))
        });
        self.steps.note(changed.collect(), open);
        done
    }

    fn do_all(&mut self, acts: Vec<Act>) -> (BTreeSet<ItemRef>, Vec<Refusal>) {
        let (mut touched, mut refusals) = (BTreeSet::new(), Vec::new());
        for act in acts {
            match self.permit(&act).and_then(|()| act.apply(&mut self.line.doc)) {
                Ok(()) => {
                    // What follows is judged by what this made.
                    let item = act.item();
                    self.read_one(&item, &mut touched);
                    self.line.opened().push(act);
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        self.settle(&mut touched);
        (touched, refusals)
    }

    /// Applies everything received. What was done meanwhile becomes a change of its own first; [`Seen::send`] carries it.
    ///
    /// # Errors
    /// When what was received cannot be applied; the connection should then begin anew.
    pub fn integrate(&mut self) -> Result<Seen, ReplicaError> {
        let Some(chunks) = self.line.take_inbox() else {
            return Ok(Seen::default());
        };
        let send = self.commit();
        let was_open = self.open;
        self.line.doc.update_diff_cursor();
        let applied = self.line.doc.load_incremental(&chunks);
        let came = self.line.adopt_early();
        let changed = self.line.doc.diff_incremental();
        self.line.heads = self.line.doc.get_heads();
        self.open = items(&self.line.doc, ItemKind::Note).is_some();
        let mut seen = BTreeSet::new();
        match touched(&changed) {
            Some(items) if was_open => {
                for item in items {
                    self.read_one(&item, &mut seen);
                }
                self.settle(&mut seen);
            }
            _ => seen = self.read_all(),
        }
        match applied {
            Ok(_) => {
                let behind = came || !self.line.doc.get_missing_deps(&[]).is_empty();
                Ok(Seen { items: seen, send, behind })
            }
            Err(_) if seen.is_empty() && send.is_none() => Err(ReplicaError::Malformed),
            Err(_) => Ok(Seen { items: seen, send, behind: true }),
        }
    }

    /// This change was refused, and with it every change that builds on it: goes back to what the server has, and does again
    /// what the refusal is not about. Nothing, when it is not one of ours that wait.
    pub fn rejected(&mut self, hash: [u8; 32], code: RejectCode, path: &str) -> Option<TakenBack> {
        self.seal();
        let refused = self.line.take(hash)?;
        let shown = self.canvas.clone();
        self.line.go_back(&refused);
        let mut changed = self.read_all();
        let of_item = path.split('/').take(2).collect::<Vec<_>>().join("/").parse::<ItemRef>().ok();
        let is_of_one = matches!(
            code,
            RejectCode::NotYours
                | RejectCode::Locked
                | RejectCode::TooLong
                | RejectCode::Taken
                | RejectCode::Schema
                | RejectCode::Share
        );
        if let Some(about) = of_item.filter(|_| is_of_one) {
            for Pending { made, .. } in refused {
                let again = made.into_iter().filter(|act| act.item() != about).collect();
                changed.extend(self.do_all(again).0);
                self.seal();
            }
        }
        // What was shown and is no longer, or otherwise.
        changed.retain(|item| !same(&shown, &self.canvas, item));
        let lost = |item: ItemRef| {
            let before = shown.text(&item)?;
            (self.canvas.text(&item) != Some(before) && !before.trim().is_empty()).then(|| before.to_owned())
        };
        let words = shown.items().filter_map(lost).collect();
        Some(TakenBack { items: changed, words })
    }

    /// The changes that are not stored on the server, to be kept where the tab cannot be trusted to live on.
    pub fn unsaved(&mut self) -> Vec<Unsaved> {
        self.seal();
        let kept = |change: &Pending<Vec<Act>>| Unsaved { bytes: change.bytes.clone(), acts: change.made.clone() };
        self.line.pending.iter().map(kept).collect()
    }

    /// The words of what is not stored, for somebody whose canvas is in another document by now.
    pub fn unsaved_words(&mut self) -> Vec<String> {
        self.unsaved().iter().flat_map(|change| written_in(&change.bytes)).collect()
    }

    /// Takes changes that a page which is gone had not stored. Answers with what they changed, and with the words of those
    /// that do not fit any more.
    pub fn adopt(&mut self, changes: Vec<Unsaved>) -> TakenBack {
        self.seal();
        for Unsaved { bytes, acts } in changes {
            self.line.adopt(bytes, acts, true);
        }
        self.line.adopt_early();
        let words = self.give_up_early();
        TakenBack { items: self.read_all(), words }
    }

    /// How the text of an item is otherwise than somebody shows it.
    #[must_use]
    pub fn difference(shown: &str, now: &str) -> Option<Splice> {
        draft::difference(shown, now)
    }

    /// What does to the text as it is now what somebody did to it as it was, with nothing removed that came meanwhile.
    #[must_use]
    pub fn rebase(was: &str, mine: &str, now: &str) -> Option<Splice> {
        draft::rebase(was, mine, now)
    }

    /// Reads one item anew.
    fn read_one(&mut self, item: &ItemRef, seen: &mut BTreeSet<ItemRef>) {
        let stood = self.canvas.has(item);
        read_item(&self.line.doc, item, &mut self.canvas);
        seen.insert(item.clone());
        if stood || !self.canvas.has(item) {
            return;
        }
        // What named it while it was not there names it again.
        let again: &[ItemKind] = match item.kind {
            ItemKind::Group => &[ItemKind::Card, ItemKind::Note, ItemKind::Picture, ItemKind::Link],
            ItemKind::Link => &[],
            _ => &[ItemKind::Link],
        };
        for kind in again {
            let Some(map) = items(&self.line.doc, *kind) else { continue };
            let all: Vec<String> = self.line.doc.keys(&map).collect();
            for id in all {
                let item = ItemRef::new(*kind, id);
                let before = self.canvas.clone_of(&item);
                read_item(&self.line.doc, &item, &mut self.canvas);
                if before != self.canvas.clone_of(&item) {
                    seen.insert(item);
                }
            }
        }
    }

    fn settle(&mut self, seen: &mut BTreeSet<ItemRef>) {
        seen.extend(self.canvas.settle());
    }

    /// Reads everything anew. Answers with what is otherwise than it was.
    fn read_all(&mut self) -> BTreeSet<ItemRef> {
        let before = std::mem::replace(&mut self.canvas, read(&self.line.doc));
        let all = before.items().chain(self.canvas.items());
        let mut changed: BTreeSet<ItemRef> = all.collect();
        changed.retain(|item| !same(&before, &self.canvas, item));
        changed
    }
}

impl Replicated for CanvasReplica {
    type Made = Vec<Act>;

    fn line(&self) -> &Line<Vec<Act>> {
        &self.line
    }

    fn line_mut(&mut self) -> &mut Line<Vec<Act>> {
        &mut self.line
    }

    fn do_again(&mut self, made: &Vec<Act>) -> bool {
        let line = &mut self.line;
        line.opened().extend(made.iter().cloned());
        made.iter().all(|act| act.apply(&mut line.doc).is_ok())
    }

    fn words_of_made(made: &Vec<Act>) -> Vec<String> {
        made.iter().filter_map(Act::words).map(str::to_owned).collect()
    }

    fn look_again(&mut self) {
        self.open = items(&self.line.doc, ItemKind::Note).is_some();
        self.read_all();
    }

    /// Each act was judged before it was done.
    fn examine(&self, _: &Change) -> Result<(), (RejectCode, String)> {
        Ok(())
    }
}

fn same(a: &Canvas, b: &Canvas, item: &ItemRef) -> bool {
    a.clone_of(item) == b.clone_of(item)
}

/// The items that these patches are about; nothing when they are about more than items.
#[must_use]
pub fn touched(patches: &[DocPatch]) -> Option<BTreeSet<ItemRef>> {
    let key = |prop: &Prop| if let Prop::Map(key) = prop { Some(key.clone()) } else { None };
    let mut touched = BTreeSet::new();
    for patch in patches {
        if patch.obj == ROOT {
            return None;
        }
        let kind = patch.path.first().and_then(|(_, prop)| key(prop)).and_then(|key| ItemKind::parse(&key))?;
        let id = match patch.path.get(1) {
            Some((_, prop)) => key(prop)?,
            None => match &patch.action {
                PatchAction::PutMap { key, .. } | PatchAction::DeleteMap { key } => key.clone(),
                PatchAction::Conflict { prop } => key(prop)?,
                _ => return None,
            },
        };
        touched.insert(ItemRef::new(kind, id));
    }
    Some(touched)
}

/// Whether a splice lies within a text of this length.
fn fits_in(splice: &Splice, length: usize) -> bool {
    splice.at.checked_add(splice.delete).is_some_and(|end| end <= length) && units(&splice.insert) < usize::MAX / 2
}
