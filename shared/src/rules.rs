//! Who may do what: the one place where rights are decided, for the API, the live rooms and the screens.
//!
//! The table is that of `docs/rights.md`, and a test goes over each of its cells.

use serde::{Deserialize, Serialize};

use crate::Role;

/// Who may see a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Anyone, signed in or not.
    #[default]
    Public,
    /// Anyone signed in.
    Members,
    /// The company's people.
    Staff,
    /// Those named members of the board, and moderators.
    Invited,
}

/// Who co-edits the concepts of a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum EditingRule {
    /// Everyone signed in who may see the board.
    #[default]
    Everyone,
    /// An idea's co-authors and the company's people.
    Coauthors,
    /// The company's people.
    Staff,
}

/// Why something is not shown as others are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Away {
    /// It is the first that its author wrote, and waits for a moderator.
    Held,
    /// A moderator hid it.
    Hidden,
    /// It lives on in another idea.
    Merged,
}

macro_rules! words {
    ($type:ident: $($variant:ident = $word:literal),*) => {
        impl $type {
            /// Every value, in the order the screens offer them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word the API and the store use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value of that word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
pub(crate) use words;
words!(Audience: Public = "public", Members = "members", Staff = "staff", Invited = "invited");
words!(EditingRule: Everyone = "everyone", Coauthors = "coauthors", Staff = "staff");
words!(Away: Held = "held", Hidden = "hidden", Merged = "merged");

/// What somebody is, seen from one board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Their role; none for a visitor.
    pub role: Option<Role>,
    /// Whether they are named a member of this board.
    pub member: bool,
    /// Whether they are a co-author of the idea at hand.
    pub coauthor: bool,
    /// Whether they proposed the idea at hand.
    pub proposer: bool,
    /// Why the idea at hand is not shown as others are, if it is not.
    pub away: Option<Away>,
    /// Whether they hold a link by which guests follow the canvas of this board.
    pub guest: bool,
}

/// What a board lets people do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardRules {
    /// Who may see it.
    pub audience: Audience,
    /// Who co-edits its concepts.
    pub editing: EditingRule,
}

/// Something done on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoardAct {
    /// See the board, its ideas and their concepts.
    Read,
    /// See the canvas of the board, what lies on it, and who is there.
    Watch,
    /// Propose an idea.
    Propose,
    /// Say that one wants an idea, or no longer.
    Vote,
    /// Be told what happens to an idea, or no longer.
    Follow,
    /// Move an idea to another stage.
    SetStage,
    /// Publish updates, milestones and experiments of an idea, and freeze its concept.
    Publish,
    /// Set the tags of an idea.
    Tag,
    /// Merge an idea into another, and take that back.
    Merge,
    /// Comment on an idea, react to comments, change and delete one's own.
    Comment,
    /// Add a picture, to be put into an idea or a comment.
    AddPicture,
    /// Answer an idea in the company's name.
    Answer,
    /// Read and write the notes that only the company's people see.
    StaffNote,
    /// Delete what others said.
    Hush,
    /// Tell the moderators of something.
    Report,
    /// Hide and show what others wrote, approve it, and decide about reports of it.
    Order,
    /// Change the concept of an idea.
    EditConcept,
    /// Put notes, groups and cards on the canvas; change and remove one's own.
    Note,
    /// Move and group what others put on the canvas.
    Arrange,
    /// Overwrite and remove what others put on the canvas.
    Tidy,
    /// Make an idea of a note somebody else wrote.
    Promote,
    /// Lead a workshop on the canvas: its timer, dot votes, bringing everyone to one's view.
    Facilitate,
    /// Make links by which guests follow the canvas.
    InviteGuests,
    /// Say that a comment somebody else wrote helped.
    MarkHelpful,
    /// Say who else is a co-author of an idea.
    NameCoauthors,
    /// Thank people for what they brought, give them badges, points and perks, and take that back.
    Recognise,
    /// Set its title, purpose, audience, rules, stages and tags; name its members.
    Govern,
}

/// Something done in the workspace, outside any board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Create a board.
    CreateBoard,
    /// Invite somebody who will have this role.
    Invite(Role),
    /// See the people and change their roles.
    ManagePeople,
    /// Change the workspace's settings.
    ManageWorkspace,
    /// See which documents are set aside, and let them try again.
    MendDocuments,
    /// See the imports of ideas, and how they go on. Importing to a board is governing it.
    FollowImports,
    /// Say who the names are that came with imports.
    MatchNames,
    /// See how the server fares.
    Observe,
    /// Find people by their names.
    FindPeople,
    /// Tell the moderators of a person.
    ReportPerson(Whom),
    /// See what was reported, and decide about reports of people.
    Moderate,
    /// See which ideas wait for an answer.
    Answer,
    /// Keep somebody from signing in, or let them come back.
    Suspend(Whom),
    /// Take along what one gave and did, correct it, and leave.
    OwnData,
    /// Erase somebody, for good.
    ErasePerson(Whom),
    /// Read the record of what was done by right of a role.
    ReadAudit,
    /// Read the mails that go out, and have one sent again.
    ReadOutbox,
    /// Recognise somebody.
    Recognise(Whom),
    /// Add codes to a perk.
    SupplyPerks,
    /// Define badges and perks, set budgets, read the ledger of recognition and take it along.
    GovernRecognition,
    /// Have a perk for points, and settle what is shown of one's own recognition.
    Claim,
}

/// Whom something is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Oneself.
    Oneself,
    /// Somebody else of this role.
    Other(Role),
}

/// Why something may not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// To this person, the board does not exist: answer as for an unknown one.
    #[error("there is no such thing here")]
    Unseen,
    /// Signing in is needed first.
    #[error("sign in first")]
    SignIn,
    /// Only people of this role or a higher one may.
    #[error("this needs the role {0:?} or a higher one")]
    Role(Role),
    /// Only the proposer of the idea, and moderators, may.
    #[error("this is for the idea's proposer, or a moderator")]
    Proposer,
    /// Nobody may do this to themself.
    #[error("nobody does this to themself")]
    Oneself,
    /// Only who wrote it may.
    #[error("this is for whoever wrote it")]
    Author,
    /// The board's editing rule says who co-edits.
    #[error("this board's editing rule is {0:?}")]
    EditingRule(EditingRule),
    /// It is not shown as others are, and takes nothing.
    #[error("this is {}", match .0 { Away::Held => "waiting for a moderator", Away::Hidden => "hidden", Away::Merged => "merged into another idea" })]
    Away(Away),
}

fn at_least(role: Option<Role>, needed: Role) -> Result<(), Refusal> {
    match role {
        None => Err(Refusal::SignIn),
        Some(role) if role >= needed => Ok(()),
        Some(_) => Err(Refusal::Role(needed)),
    }
}

/// Whether `who` may do `act` on a board with these `rules`.
///
/// # Errors
/// Says why not; [`Refusal::Unseen`] before anything else, so that a hidden board gives nothing away.
pub fn may_on_board(act: BoardAct, who: Standing, rules: BoardRules) -> Result<(), Refusal> {
    let sees = match rules.audience {
        Audience::Public => true,
        Audience::Members => who.role.is_some(),
        Audience::Staff => who.role.is_some_and(Role::is_staff),
        Audience::Invited => who.role.is_some_and(|role| who.member || role >= Role::Moderator),
    };
    if !sees {
        // A guest follows the canvas, and to them the rest of the board is what it is to anybody else.
        return if act == BoardAct::Watch && who.guest { Ok(()) } else { Err(Refusal::Unseen) };
    }
    if let Some(away) = who.away {
        may_with_away(act, away, who)?;
    }
    match act {
        BoardAct::Read | BoardAct::Watch => Ok(()),
        BoardAct::Propose
        | BoardAct::Note
        | BoardAct::Vote
        | BoardAct::Follow
        | BoardAct::Comment
        | BoardAct::Report
        | BoardAct::AddPicture => at_least(who.role, Role::Customer),
        BoardAct::Answer | BoardAct::StaffNote | BoardAct::Promote => at_least(who.role, Role::Employee),
        BoardAct::SetStage | BoardAct::Publish | BoardAct::Facilitate => at_least(who.role, Role::Researcher),
        BoardAct::Govern
        | BoardAct::InviteGuests
        | BoardAct::Tidy
        | BoardAct::Hush
        | BoardAct::Merge
        | BoardAct::Recognise
        | BoardAct::Order => at_least(who.role, Role::Moderator),
        BoardAct::Tag | BoardAct::MarkHelpful => match at_least(who.role, Role::Employee) {
            Err(Refusal::Role(_)) if who.proposer || who.coauthor => Ok(()),
            other => other,
        },
        BoardAct::NameCoauthors => match at_least(who.role, Role::Moderator) {
            Err(Refusal::Role(_)) if who.proposer => Ok(()),
            Err(Refusal::Role(_)) => Err(Refusal::Proposer),
            other => other,
        },
        BoardAct::EditConcept | BoardAct::Arrange => {
            let Some(role) = who.role else {
                return Err(Refusal::SignIn);
            };
            let allowed = match rules.editing {
                EditingRule::Everyone => true,
                // A canvas is the board's, not an idea's: nobody is its co-author.
                EditingRule::Coauthors => (who.coauthor && act == BoardAct::EditConcept) || role.is_staff(),
                EditingRule::Staff => role.is_staff(),
            };
            if allowed { Ok(()) } else { Err(Refusal::EditingRule(rules.editing)) }
        }
    }
}

/// Whether something that is away is there at all for somebody: for its author (`own`) and for moderators. What was
/// merged is there for everyone, since it leads to what it lives on in.
#[must_use]
pub fn sees_away(away: Away, own: bool, role: Option<Role>) -> bool {
    away == Away::Merged || own || role >= Some(Role::Moderator)
}

/// What is away can be read by those for whom it is there; its concept can be mended while it waits.
fn may_with_away(act: BoardAct, away: Away, who: Standing) -> Result<(), Refusal> {
    match act {
        _ if !sees_away(away, who.proposer, who.role) => Err(Refusal::Unseen),
        BoardAct::Read => Ok(()),
        BoardAct::EditConcept if away == Away::Held => Ok(()),
        // What a moderator did they may undo; a merge is undone as such.
        BoardAct::Order if away != Away::Merged => Ok(()),
        _ => Err(Refusal::Away(away)),
    }
}

/// Whether a person of this role (none: a visitor) may do `act`.
///
/// # Errors
/// Says why not.
pub fn may(act: Act, role: Option<Role>) -> Result<(), Refusal> {
    match act {
        Act::FindPeople | Act::Claim | Act::OwnData => at_least(role, Role::Customer),
        Act::Answer => at_least(role, Role::Employee),
        // Who may not anyway is told that.
        Act::Recognise(Whom::Oneself) => at_least(role, Role::Moderator).and(Err(Refusal::Oneself)),
        Act::ReportPerson(Whom::Oneself) | Act::Suspend(Whom::Oneself) => {
            at_least(role, Role::Customer).and(Err(Refusal::Oneself))
        }
        // One leaves by oneself, with one's password.
        Act::ErasePerson(Whom::Oneself) => at_least(role, Role::Owner).and(Err(Refusal::Oneself)),
        Act::ReportPerson(Whom::Other(_)) => at_least(role, Role::Customer),
        Act::CreateBoard
        | Act::Invite(Role::Customer)
        | Act::MendDocuments
        | Act::FollowImports
        | Act::MatchNames
        | Act::Moderate
        | Act::Recognise(Whom::Other(_))
        | Act::SupplyPerks
        | Act::Suspend(Whom::Other(Role::Customer)) => at_least(role, Role::Moderator),
        Act::Invite(_)
        | Act::ManagePeople
        | Act::ManageWorkspace
        | Act::Observe
        | Act::ReadAudit
        | Act::ReadOutbox
        | Act::GovernRecognition
        | Act::ErasePerson(Whom::Other(_))
        | Act::Suspend(Whom::Other(_)) => at_least(role, Role::Owner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(act: BoardAct, audience: Audience, editing: EditingRule, member: bool, coauthor: bool) -> String {
        Role::ANYONE
            .map(|role| {
                match may_on_board(
                    act,
                    Standing { role, member, coauthor, ..Standing::default() },
                    BoardRules { audience, editing },
                ) {
                    Ok(()) => 'y',
                    Err(Refusal::Unseen) => '-',
                    Err(Refusal::SignIn) => 's',
                    Err(_) => 'n',
                }
            })
            .iter()
            .collect()
    }

    #[test]
    fn each_cell_of_the_table_holds() {
        use {Audience as A, BoardAct::*, EditingRule as E};
        // Columns: visitor, customer, employee, researcher, moderator, owner.
        // y may, n may not, s must sign in, - does not see the board.
        for (act, audience, editing, member, coauthor, expected) in [
            (Read, A::Public, E::Staff, false, false, "yyyyyy"),
            (Read, A::Members, E::Everyone, false, false, "-yyyyy"),
            (Read, A::Staff, E::Everyone, false, false, "--yyyy"),
            (Read, A::Staff, E::Everyone, true, true, "--yyyy"),
            (Read, A::Invited, E::Everyone, false, false, "----yy"),
            (Read, A::Invited, E::Everyone, true, false, "-yyyyy"),
            (Watch, A::Public, E::Staff, false, false, "yyyyyy"),
            (Watch, A::Staff, E::Everyone, true, true, "--yyyy"),
            (Watch, A::Invited, E::Everyone, true, false, "-yyyyy"),
            (Propose, A::Public, E::Staff, false, false, "syyyyy"),
            (Propose, A::Invited, E::Everyone, false, true, "----yy"),
            (Vote, A::Public, E::Staff, false, false, "syyyyy"),
            (Vote, A::Members, E::Everyone, false, false, "-yyyyy"),
            (Vote, A::Invited, E::Everyone, true, false, "-yyyyy"),
            (Follow, A::Staff, E::Everyone, false, true, "--yyyy"),
            (Comment, A::Public, E::Staff, false, false, "syyyyy"),
            (Comment, A::Members, E::Everyone, false, false, "-yyyyy"),
            (Comment, A::Invited, E::Staff, true, false, "-yyyyy"),
            (AddPicture, A::Public, E::Staff, false, false, "syyyyy"),
            (AddPicture, A::Members, E::Everyone, false, false, "-yyyyy"),
            (AddPicture, A::Invited, E::Staff, true, false, "-yyyyy"),
            (AddPicture, A::Staff, E::Everyone, true, true, "--yyyy"),
            (Answer, A::Public, E::Everyone, true, true, "snyyyy"),
            (Answer, A::Staff, E::Everyone, false, false, "--yyyy"),
            (StaffNote, A::Public, E::Everyone, true, true, "snyyyy"),
            (StaffNote, A::Invited, E::Everyone, true, true, "-nyyyy"),
            (Tag, A::Public, E::Staff, false, false, "snyyyy"),
            (Tag, A::Public, E::Staff, false, true, "syyyyy"),
            (Tag, A::Staff, E::Everyone, false, true, "--yyyy"),
            (MarkHelpful, A::Public, E::Staff, false, false, "snyyyy"),
            (MarkHelpful, A::Public, E::Staff, false, true, "syyyyy"),
            (MarkHelpful, A::Invited, E::Everyone, true, false, "-nyyyy"),
            (Merge, A::Public, E::Everyone, true, true, "snnnyy"),
            (Merge, A::Invited, E::Everyone, true, true, "-nnnyy"),
            (Recognise, A::Public, E::Everyone, true, true, "snnnyy"),
            (Recognise, A::Members, E::Everyone, false, false, "-nnnyy"),
            (Recognise, A::Staff, E::Everyone, true, true, "--nnyy"),
            (Recognise, A::Invited, E::Everyone, true, true, "-nnnyy"),
            (Hush, A::Public, E::Everyone, true, true, "snnnyy"),
            (Hush, A::Staff, E::Everyone, false, false, "--nnyy"),
            (Report, A::Public, E::Staff, false, false, "syyyyy"),
            (Report, A::Invited, E::Everyone, true, false, "-yyyyy"),
            (Order, A::Public, E::Everyone, true, true, "snnnyy"),
            (Order, A::Invited, E::Everyone, true, true, "-nnnyy"),
            (Follow, A::Public, E::Everyone, false, false, "syyyyy"),
            (SetStage, A::Public, E::Everyone, true, true, "snnyyy"),
            (SetStage, A::Staff, E::Staff, false, false, "--nyyy"),
            (SetStage, A::Invited, E::Staff, false, false, "----yy"),
            (Publish, A::Public, E::Everyone, true, true, "snnyyy"),
            (Publish, A::Staff, E::Staff, false, false, "--nyyy"),
            (Publish, A::Invited, E::Staff, true, false, "-nnyyy"),
            (EditConcept, A::Public, E::Everyone, false, false, "syyyyy"),
            (EditConcept, A::Public, E::Coauthors, false, false, "snyyyy"),
            (EditConcept, A::Public, E::Coauthors, false, true, "syyyyy"),
            (EditConcept, A::Public, E::Staff, false, true, "snyyyy"),
            (EditConcept, A::Staff, E::Everyone, false, true, "--yyyy"),
            (EditConcept, A::Invited, E::Staff, true, true, "-nyyyy"),
            (Note, A::Public, E::Staff, false, false, "syyyyy"),
            (Note, A::Members, E::Everyone, false, false, "-yyyyy"),
            (Arrange, A::Public, E::Everyone, false, false, "syyyyy"),
            (Arrange, A::Public, E::Coauthors, false, true, "snyyyy"),
            (Arrange, A::Public, E::Staff, false, false, "snyyyy"),
            (Arrange, A::Invited, E::Everyone, true, false, "-yyyyy"),
            (Tidy, A::Public, E::Everyone, true, true, "snnnyy"),
            (Tidy, A::Staff, E::Everyone, false, false, "--nnyy"),
            (Promote, A::Public, E::Everyone, true, true, "snyyyy"),
            (Promote, A::Invited, E::Everyone, true, false, "-nyyyy"),
            (Facilitate, A::Public, E::Everyone, true, true, "snnyyy"),
            (Facilitate, A::Staff, E::Everyone, false, false, "--nyyy"),
            (InviteGuests, A::Public, E::Everyone, true, true, "snnnyy"),
            (InviteGuests, A::Invited, E::Everyone, true, true, "-nnnyy"),
            (Govern, A::Public, E::Everyone, true, true, "snnnyy"),
            (Govern, A::Invited, E::Everyone, false, false, "----yy"),
        ] {
            assert_eq!(
                row(act, audience, editing, member, coauthor),
                expected,
                "{act:?} {audience:?} {editing:?} member {member} coauthor {coauthor}"
            );
        }
    }

    #[test]
    fn a_guest_watches_and_does_nothing_else() {
        use BoardAct as B;
        const ACTS: [BoardAct; 27] = [
            B::Read,
            B::Propose,
            B::Vote,
            B::Follow,
            B::SetStage,
            B::Publish,
            B::Tag,
            B::Merge,
            B::Comment,
            B::AddPicture,
            B::Answer,
            B::StaffNote,
            B::Hush,
            B::Report,
            B::Order,
            B::EditConcept,
            B::Note,
            B::Arrange,
            B::Tidy,
            B::Promote,
            B::Facilitate,
            B::InviteGuests,
            B::MarkHelpful,
            B::NameCoauthors,
            B::Recognise,
            B::Govern,
            B::Watch,
        ];
        for audience in Audience::ALL {
            for role in Role::ANYONE {
                let rules = BoardRules { audience: *audience, ..BoardRules::default() };
                let without = Standing { role, ..Standing::default() };
                let with = Standing { guest: true, ..without };
                assert_eq!(may_on_board(B::Watch, with, rules), Ok(()), "{audience:?} {role:?}");
                for act in ACTS.into_iter().filter(|act| *act != B::Watch) {
                    assert_eq!(
                        may_on_board(act, with, rules),
                        may_on_board(act, without, rules),
                        "{act:?} {audience:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_idea_belongs_to_its_proposer() {
        for role in Role::ANYONE {
            let rules = BoardRules::default();
            let someone = Standing { role, coauthor: true, ..Standing::default() };
            let proposer = Standing { proposer: true, ..someone };
            assert_eq!(may_on_board(BoardAct::NameCoauthors, proposer, rules).is_ok(), role.is_some());
            assert_eq!(may_on_board(BoardAct::NameCoauthors, someone, rules).is_ok(), role >= Some(Role::Moderator));
            let hidden = BoardRules { audience: Audience::Invited, ..rules };
            let sees = may_on_board(BoardAct::Read, proposer, hidden).is_ok();
            assert_eq!(may_on_board(BoardAct::NameCoauthors, proposer, hidden).is_ok(), sees);
        }
    }

    #[test]
    fn what_is_away_is_there_for_its_author_and_for_moderators() {
        use BoardAct::{Comment, EditConcept, Read, Vote};
        for role in Role::ANYONE {
            for proposer in [false, role.is_some()] {
                let may = |act, away| {
                    let who = Standing { role, proposer, away: Some(away), ..Standing::default() };
                    may_on_board(act, who, BoardRules::default())
                };
                let there = proposer || role >= Some(Role::Moderator);
                let read = if there { Ok(()) } else { Err(Refusal::Unseen) };
                assert_eq!(may(Read, Away::Held), read);
                assert_eq!(may(Read, Away::Hidden), read);
                assert_eq!(may(Read, Away::Merged), Ok(()));
                assert_eq!(may(EditConcept, Away::Held), read);
                for act in [Vote, Comment, EditConcept] {
                    let refused = |away| if there { Refusal::Away(away) } else { Refusal::Unseen };
                    assert_eq!(may(act, Away::Hidden), Err(refused(Away::Hidden)));
                    assert_eq!(may(act, Away::Merged), Err(Refusal::Away(Away::Merged)));
                }
                assert_eq!(may(Vote, Away::Held), Err(if there { Refusal::Away(Away::Held) } else { Refusal::Unseen }));
            }
        }
    }

    #[test]
    fn only_owners_invite_staff() {
        for role in Role::ANYONE {
            let moderates = role >= Some(Role::Moderator);
            let owns = role == Some(Role::Owner);
            assert_eq!(may(Act::CreateBoard, role).is_ok(), moderates);
            assert_eq!(may(Act::MendDocuments, role).is_ok(), moderates);
            assert_eq!(may(Act::FollowImports, role).is_ok(), moderates);
            assert_eq!(may(Act::MatchNames, role).is_ok(), moderates);
            assert_eq!(may(Act::Invite(Role::Customer), role).is_ok(), moderates);
            assert_eq!(may(Act::Invite(Role::Employee), role).is_ok(), owns);
            assert_eq!(may(Act::Invite(Role::Owner), role).is_ok(), owns);
            assert_eq!(may(Act::ManagePeople, role).is_ok(), owns);
            assert_eq!(may(Act::ManageWorkspace, role).is_ok(), owns);
            assert_eq!(may(Act::Observe, role).is_ok(), owns);
            assert_eq!(may(Act::FindPeople, role).is_ok(), role.is_some());
            assert_eq!(may(Act::ReadAudit, role).is_ok(), owns);
            assert_eq!(may(Act::Answer, role).is_ok(), role.is_some_and(Role::is_staff));
            assert_eq!(may(Act::ReadOutbox, role).is_ok(), owns);
            for whom in Role::ALL {
                assert_eq!(may(Act::ErasePerson(Whom::Other(whom)), role).is_ok(), owns, "{whom:?}");
            }
            assert!(may(Act::ErasePerson(Whom::Oneself), role).is_err(), "one leaves by oneself");
            assert_eq!(may(Act::OwnData, role).is_ok(), role.is_some());
        }
    }

    #[test]
    fn moderators_recognise_others_and_owners_govern_it() {
        for role in Role::ANYONE {
            let moderates = role >= Some(Role::Moderator);
            for whom in Role::ALL {
                assert_eq!(may(Act::Recognise(Whom::Other(whom)), role).is_ok(), moderates, "{whom:?}");
            }
            let refusal = match role {
                None => Refusal::SignIn,
                Some(_) if moderates => Refusal::Oneself,
                Some(_) => Refusal::Role(Role::Moderator),
            };
            assert_eq!(may(Act::Recognise(Whom::Oneself), role), Err(refusal));
            assert_eq!(may(Act::SupplyPerks, role).is_ok(), moderates);
            assert_eq!(may(Act::GovernRecognition, role).is_ok(), role == Some(Role::Owner));
            assert_eq!(may(Act::Claim, role).is_ok(), role.is_some());
        }
    }

    #[test]
    fn moderators_suspend_customers_owners_everybody_and_nobody_themself() {
        for role in Role::ANYONE {
            assert_eq!(may(Act::Moderate, role).is_ok(), role >= Some(Role::Moderator));
            for whom in Role::ALL {
                let least = if whom == Role::Customer { Role::Moderator } else { Role::Owner };
                assert_eq!(may(Act::Suspend(Whom::Other(whom)), role).is_ok(), role >= Some(least), "{whom:?}");
                assert_eq!(may(Act::ReportPerson(Whom::Other(whom)), role).is_ok(), role.is_some());
            }
            let refusal = if role.is_some() { Refusal::Oneself } else { Refusal::SignIn };
            assert_eq!(may(Act::Suspend(Whom::Oneself), role), Err(refusal));
            assert_eq!(may(Act::ReportPerson(Whom::Oneself), role), Err(refusal));
        }
    }
}
