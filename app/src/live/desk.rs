//! What the parts of an open concept share: its signals.

use leptos::{html, prelude::*};
use shared::{
    DocumentId, PersonId,
    api::{Colour, ConceptChanged, IdeaView, PassageView, PersonView},
    field::Field,
    rules::EditingRule,
};

/// Whether the person at the page may write in the concept, which may change while they look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The rule of the board.
    pub editing: EditingRule,
    /// Whether they may write.
    pub may_edit: bool,
    /// Whether nobody may, until a moderator has looked at it.
    pub set_aside: bool,
}

impl From<&IdeaView> for Access {
    fn from(idea: &IdeaView) -> Self {
        Self { editing: idea.editing, may_edit: idea.may_edit, set_aside: idea.set_aside }
    }
}

/// What is shown of the concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The reading view.
    Reading,
    /// The editors.
    Editing,
}

/// How it is with the person's words. Before anything is known: nothing to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Saving {
    /// The document is on its way.
    #[default]
    Opening,
    /// Everything is stored on the server.
    Saved,
    /// Some words are on their way.
    Sending,
    /// There is no connection, and nothing that waits for it.
    Offline,
    /// There is no connection; words wait, and are kept on this device.
    OfflineKept,
    /// There is no connection; words wait in this tab.
    OfflineUnsaved,
}

/// Something to tell the person, in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// They may no longer edit this concept.
    ReadOnly,
    /// They may edit now.
    MayEdit,
    /// The idea is no longer there, or not for them.
    Gone,
    /// Their session ended.
    SignedOut,
    /// The editor did not load.
    NoEditor,
    /// A version of the history is back.
    Restored,
    /// It is not, as they may not edit this concept, or others write in it just now.
    NotRestored,
}

/// The texts of the reading view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub title: String,
    pub pitch: String,
    pub body_html: String,
    /// The passages that comments are about.
    pub passages: Vec<PassageView>,
    /// The place in the document's log they reflect.
    pub reflects: i64,
}

/// Somebody who has the document open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Here {
    pub person: PersonView,
    /// The colour of their caret, for as long as they are here with these others.
    pub colour: Colour,
    /// The text their caret is in; nothing while they read.
    pub writes: Option<Field>,
    pub is_me: bool,
}

/// The signals of an open concept, and where its editors go.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub number: u32,
    /// The slug of its board.
    pub board: StoredValue<String>,
    pub document: DocumentId,
    /// The documents it was in before.
    pub former: StoredValue<Vec<DocumentId>>,
    pub me: StoredValue<Option<PersonView>>,
    pub mode: RwSignal<Mode>,
    pub access: RwSignal<Access>,
    pub saving: RwSignal<Saving>,
    /// The browser has no room for words that are not stored yet.
    pub no_room: RwSignal<bool>,
    pub notice: RwSignal<Option<Notice>>,
    pub shown: RwSignal<Shown>,
    pub here: RwSignal<Vec<Here>>,
    pub kept: RwSignal<Vec<super::kept::Kept>>,
    /// The person asks to have kept words put back (by their key).
    pub put_back: RwSignal<Option<String>>,
    /// Whether the person has something to take back, and something to do again.
    pub turns: RwSignal<(bool, bool)>,
    /// They ask to take the last step back (false), or to do it again.
    pub turn: RwSignal<Option<bool>>,
    /// They ask to be led to the caret of somebody else.
    pub find: RwSignal<Option<PersonId>>,
    pub title: NodeRef<html::Div>,
    pub pitch: NodeRef<html::Div>,
    pub body: NodeRef<html::Div>,
}

impl Desk {
    pub fn new(idea: &IdeaView, me: Option<PersonView>, access: RwSignal<Access>) -> Self {
        Self {
            number: idea.card.number,
            board: StoredValue::new(idea.card.board.clone()),
            document: idea.document,
            former: StoredValue::new(idea.former.clone()),
            me: StoredValue::new(me),
            mode: RwSignal::new(Mode::Reading),
            access,
            saving: RwSignal::new(Saving::Opening),
            no_room: RwSignal::new(false),
            notice: RwSignal::new(None),
            shown: RwSignal::new(Shown::from(idea)),
            here: RwSignal::new(Vec::new()),
            kept: RwSignal::new(Vec::new()),
            put_back: RwSignal::new(None),
            turns: RwSignal::new((false, false)),
            turn: RwSignal::new(None),
            find: RwSignal::new(None),
            title: NodeRef::new(),
            pitch: NodeRef::new(),
            body: NodeRef::new(),
        }
    }
}

impl From<&IdeaView> for Shown {
    fn from(idea: &IdeaView) -> Self {
        Self {
            title: idea.card.title.clone(),
            pitch: idea.card.pitch.clone(),
            body_html: idea.body_html.clone(),
            passages: idea.passages.clone(),
            reflects: idea.reflects,
        }
    }
}

impl Shown {
    /// What a concept shows now, in which these passages stand.
    pub fn new(news: ConceptChanged, passages: Vec<PassageView>) -> Self {
        let ConceptChanged { title, pitch, body_html, reflects, .. } = news;
        Self { title, pitch, body_html, passages, reflects }
    }
}
