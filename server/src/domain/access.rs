//! Who is asking, what they may do with a document, and the news that this has changed.

use shared::{
    BoardId, DocumentId, GuestLinkId, PersonId, Role, SessionId, TokenId,
    api::PersonView,
    live::{permit::Rights, schema::DocumentKind},
    rules::{Audience, BoardAct, BoardRules, Refusal, Standing, may_on_board},
};
use tokio::sync::broadcast;

use super::Error;
use crate::store::{
    self, StoreError, Tx,
    boards::{Board, Sight},
    ideas::InBoard,
    people::Readers,
};

/// Somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub person: PersonView,
    /// By which credential.
    pub by: Credential,
}

/// What somebody signed in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The cookie of a session.
    Session(SessionId),
    /// An access token.
    Token(TokenId),
}

/// What a person may do with a document they may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentAccess {
    /// The board it belongs to.
    pub board: BoardId,
    /// The board's slug.
    pub slug: String,
    /// The number of the idea whose concept it is; nothing for a canvas.
    pub idea: Option<u32>,
    /// Whether others may be told that somebody is in it: whoever sees the board sees it.
    pub in_sight: bool,
    /// What they may change in it.
    pub rights: Rights,
    /// Whether they may change anything in it, or why not. Its room says whether it takes changes at all: it may be set
    /// aside.
    pub write: Result<(), Refusal>,
}

/// Something that may have taken away or given access. Open sockets look again at what they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessChange {
    /// The session ended.
    Session(SessionId),
    /// The token was revoked.
    Token(TokenId),
    /// The person's role or memberships changed.
    Person(PersonId),
    /// The board's audience, editing rule or members changed.
    Board(BoardId),
    /// The co-authors of the document's idea changed.
    Document(DocumentId),
    /// The link by which guests follow a canvas was revoked.
    Guest(GuestLinkId),
}

/// Carries [`AccessChange`]s from the use cases to the live rooms of this node.
#[derive(Clone, Debug)]
pub struct AccessNews(broadcast::Sender<AccessChange>);

impl Default for AccessNews {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

impl AccessNews {
    /// Tells every listener. Call it after the commit.
    pub fn tell(&self, change: AccessChange) {
        // Without a listener there is no open socket to correct.
        let _ = self.0.send(change);
    }

    /// Listens from now on. One that lagged must look again at everything.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<AccessChange> {
        self.0.subscribe()
    }
}

impl Signed {
    /// Their role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.person.role
    }

    /// Their session, when they signed in with one.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        match self.by {
            Credential::Session(id) => Some(id),
            Credential::Token(_) => None,
        }
    }
}

/// What somebody is, seen from a board they may be a member of.
fn standing(who: Option<&PersonView>, member: bool) -> Standing {
    Standing { role: who.map(|who| who.role), member, ..Standing::default() }
}

/// What somebody is, seen from an idea of a board.
fn idea_standing(who: Option<&PersonView>, place: &InBoard) -> Standing {
    Standing {
        coauthor: place.coauthor,
        away: place.away,
        proposer: who.is_some_and(|who| who.id == place.author),
        ..standing(who, place.member)
    }
}

/// Who looks at a canvas: somebody or nobody, perhaps with a link by which guests follow one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watcher<'a> {
    /// Who; nobody for a visitor.
    pub who: Option<&'a PersonView>,
    /// The board whose canvas their link opens.
    pub guest: Option<BoardId>,
}

impl<'a> From<&'a PersonView> for Watcher<'a> {
    fn from(who: &'a PersonView) -> Self {
        Self { who: Some(who), guest: None }
    }
}

impl Watcher<'_> {
    /// What they are, seen from a board they may be a member of.
    fn standing(&self, board: BoardId, member: bool) -> Standing {
        Standing { guest: self.guest == Some(board), ..standing(self.who, member) }
    }
}

/// The board of this slug and what a watcher is to it, when they see its canvas.
///
/// # Errors
/// The refusal; an unseen board and an unknown one are not told apart.
pub async fn canvas(tx: &mut Tx, watcher: Watcher<'_>, slug: &str) -> Result<(Board, Standing), Error> {
    let board = store::boards::by_slug(tx, watcher.who.map(|who| who.id), slug).await?.ok_or(Refusal::Unseen)?;
    let standing = watcher.standing(board.id, board.member);
    may_on_board(BoardAct::Watch, standing, board.rules)?;
    Ok((board, standing))
}

/// The board of this slug and what somebody is to it, when they may do `act` on it.
///
/// # Errors
/// The refusal; an unseen board and an unknown one are not told apart.
pub async fn board(
    tx: &mut Tx,
    who: Option<&PersonView>,
    slug: &str,
    act: BoardAct,
) -> Result<(Board, Standing), Error> {
    let board = store::boards::by_slug(tx, who.map(|who| who.id), slug).await?.ok_or(Refusal::Unseen)?;
    let standing = standing(who, board.member);
    may_on_board(act, standing, board.rules)?;
    Ok((board, standing))
}

/// Where the idea of this number stands and what somebody is to it, when they may do `act` there.
///
/// # Errors
/// The refusal; an unseen idea and an unknown one are not told apart.
pub async fn idea(
    tx: &mut Tx,
    who: Option<&PersonView>,
    number: u32,
    act: BoardAct,
) -> Result<(InBoard, Standing), Error> {
    let place = store::ideas::place_of_number(tx, who.map(|who| who.id), number).await?.ok_or(Refusal::Unseen)?;
    let standing = idea_standing(who, &place);
    may_on_board(act, standing, place.rules)?;
    Ok((place, standing))
}

/// As [`idea()`], and nobody else changes what the idea counts until this transaction ends.
///
/// # Errors
/// As [`idea()`].
pub async fn idea_to_change(
    tx: &mut Tx,
    who: Option<&PersonView>,
    number: u32,
    act: BoardAct,
) -> Result<(InBoard, Standing), Error> {
    store::ideas::lock(tx, &[number]).await?;
    idea(tx, who, number, act).await
}

/// What a watcher may do with a document; nothing when it is unknown, or unseen by them. Concepts are opened by people only.
///
/// # Errors
/// When the database fails.
pub async fn document_access(
    tx: &mut Tx,
    watcher: impl Into<Watcher<'_>>,
    document: DocumentId,
) -> Result<Option<DocumentAccess>, StoreError> {
    let watcher = watcher.into();
    let person = watcher.who.map(|who| who.id);
    // Most are concepts.
    if person.is_some()
        && let Some(place) = store::ideas::place_of_document(tx, person, document).await?
    {
        let standing = idea_standing(watcher.who, &place);
        let write = may_on_board(BoardAct::EditConcept, standing, place.rules);
        if write == Err(Refusal::Unseen) {
            return Ok(None);
        }
        let rights = Rights::of(DocumentKind::Concept, standing, place.rules);
        let in_sight = place.away.is_none();
        let InBoard { board, slug, number, .. } = place;
        return Ok(Some(DocumentAccess { board, slug, idea: Some(number), in_sight, rights, write }));
    }
    let Some(place) = store::canvases::place(tx, person, document).await? else { return Ok(None) };
    let standing = watcher.standing(place.board, place.member);
    if may_on_board(BoardAct::Watch, standing, place.rules).is_err() {
        return Ok(None);
    }
    let write = may_on_board(BoardAct::Note, standing, place.rules);
    let rights = Rights::of(DocumentKind::Canvas, standing, place.rules);
    Ok(Some(DocumentAccess { board: place.board, slug: place.slug, idea: None, in_sight: true, rights, write }))
}

/// Whether a person may change the concept of the idea of this number just now; nothing when it is unknown, or unseen by them.
///
/// # Errors
/// When the database fails.
pub async fn idea_access(tx: &mut Tx, who: &PersonView, number: u32) -> Result<Option<bool>, StoreError> {
    let Some(place) = store::ideas::place_of_number(tx, Some(who.id), number).await? else { return Ok(None) };
    Ok(match may_on_board(BoardAct::EditConcept, idea_standing(Some(who), &place), place.rules) {
        Err(Refusal::Unseen) => None,
        write => Some(write.is_ok() && !place.set_aside),
    })
}

/// Whether a person reads the staff notes of the idea of this number; nothing when it is unknown, or unseen by them.
///
/// # Errors
/// When the database fails.
pub async fn talk_access(tx: &mut Tx, who: &PersonView, number: u32) -> Result<Option<bool>, StoreError> {
    let Some(place) = store::ideas::place_of_number(tx, Some(who.id), number).await? else { return Ok(None) };
    Ok(match may_on_board(BoardAct::StaffNote, idea_standing(Some(who), &place), place.rules) {
        Err(Refusal::Unseen) => None,
        notes => Some(notes.is_ok()),
    })
}

/// Whether a person sees the board of this slug.
///
/// # Errors
/// When the database fails.
pub async fn sees_board(tx: &mut Tx, who: &PersonView, slug: &str) -> Result<bool, StoreError> {
    match board(tx, Some(who), slug, BoardAct::Read).await {
        Ok(_) => Ok(true),
        Err(Error::Store(error)) => Err(error),
        Err(_) => Ok(false),
    }
}

/// Whether a watcher may put anything on the canvas of the board of this slug; nothing when it is unknown, or unseen by them.
///
/// # Errors
/// When the database fails.
pub async fn canvas_access(tx: &mut Tx, watcher: Watcher<'_>, slug: &str) -> Result<Option<bool>, StoreError> {
    match canvas(tx, watcher, slug).await {
        Ok((board, standing)) => Ok(Some(may_on_board(BoardAct::Note, standing, board.rules).is_ok())),
        Err(Error::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Who sees a board, as the store asks for them in lists.
#[must_use]
pub fn readers(board: BoardId, rules: BoardRules) -> Readers {
    let seeing = |member: bool| {
        let sees = |role: &Role| {
            let who = Standing { role: Some(*role), member, ..Standing::default() };
            may_on_board(BoardAct::Read, who, rules).is_ok()
        };
        Role::ALL.iter().filter(|role| sees(role)).fold(String::from(","), |words, role| words + role.as_str() + ",")
    };
    Readers { board, roles: seeing(false), as_members: seeing(true) }
}

/// Which boards somebody sees, as the store asks for them in lists.
#[must_use]
pub fn sight(who: Option<&PersonView>) -> Sight {
    let seen = |member: bool| {
        Audience::ALL
            .iter()
            .filter(|audience| {
                let rules = BoardRules { audience: **audience, ..BoardRules::default() };
                may_on_board(BoardAct::Read, standing(who, member), rules).is_ok()
            })
            .fold(String::from(","), |words, audience| words + audience.as_str() + ",")
    };
    Sight { audiences: seen(false), as_member: seen(true), person: who.map_or_else(uuid::Uuid::nil, |who| who.id.0) }
}

/// Whether somebody reads the notes of the staff on the boards they see.
#[must_use]
pub fn reads_notes(who: Option<&PersonView>) -> bool {
    may_on_board(BoardAct::StaffNote, standing(who, false), BoardRules::default()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_see_what_the_rules_let_see() {
        let person = |role| PersonView {
            id: PersonId::new(),
            handle: "zoe".into(),
            name: "Zoé".into(),
            role,
            unclaimed: false,
            left: false,
        };
        let visitor = sight(None);
        assert_eq!((visitor.audiences.as_str(), visitor.as_member.as_str()), (",public,", ",public,"));
        let customer = sight(Some(&person(Role::Customer)));
        assert_eq!(customer.audiences, ",public,members,");
        assert_eq!(customer.as_member, ",public,members,invited,");
        assert_eq!(sight(Some(&person(Role::Employee))).audiences, ",public,members,staff,");
        assert_eq!(sight(Some(&person(Role::Moderator))).audiences, ",public,members,staff,invited,");
    }
}
