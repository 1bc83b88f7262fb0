//! The record of what was done by right of a role.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView};

/// Makes the acts and the words for them, which are the words of the store and the API.
macro_rules! acts {
    ($($(#[doc = $doc:literal])* $act:ident = $word:literal;)+) => {
        /// Something done by right of a role.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum AuditAct {$(
            $(#[doc = $doc])*
            #[serde(rename = $word)]
            $act,
        )+}

        crate::rules::words!(AuditAct: $($act = $word),+);
    };
}

acts! {
    /// Set the workspace up, and became its owner.
    SetUp = "workspace.set_up";
    /// Settled the workspace's name, colour, languages, or who may sign up.
    EditWorkspace = "workspace.edit";
    /// Settled what contributions weigh.
    SetWeights = "credit.weights";
    /// Gave the workspace a logo.
    SetLogo = "workspace.logo";
    /// Took the workspace's logo away.
    RemoveLogo = "workspace.logo_removed";
    /// Filled the workspace with the demo.
    FillDemo = "demo.fill";
    /// Opened a board.
    CreateBoard = "board.create";
    /// Changed a board's texts or rules.
    EditBoard = "board.edit";
    /// Brought ideas in from a file.
    Import = "board.import";
    /// Said who a name is that came with an import.
    MatchName = "name.match";
    /// Took that back.
    UnmatchName = "name.unmatch";
    /// Named somebody a member of a board.
    AddMember = "member.add";
    /// Took somebody from the members of a board.
    RemoveMember = "member.remove";
    /// Named a co-author of somebody else's idea.
    AddCoauthor = "coauthor.add";
    /// Took a co-author from somebody else's idea.
    RemoveCoauthor = "coauthor.remove";
    /// Moved an idea to another stage.
    MoveIdea = "idea.stage";
    /// Merged an idea into another.
    Merge = "idea.merge";
    /// Took that back.
    Unmerge = "idea.unmerge";
    /// Set the tags of somebody else's idea.
    TagIdea = "idea.tags";
    /// Made an idea of somebody else's note.
    PromoteNote = "note.promote";
    /// Began a dot vote on the canvas of a board.
    BeginVote = "dots.begin";
    /// Ended it.
    EndVote = "dots.end";
    /// Put away what came of it.
    ClearVote = "dots.clear";
    /// Made a link by which guests follow the canvas of a board.
    MakeGuestLink = "guests.make";
    /// Revoked it.
    RevokeGuestLink = "guests.revoke";
    /// Set the stages of a board.
    SetStages = "board.stages";
    /// Named somebody to answer the ideas of a board.
    AddAnswerer = "answerer.add";
    /// Took that back.
    RemoveAnswerer = "answerer.remove";
    /// Added a tag to a board.
    AddTag = "tag.add";
    /// Changed a tag of a board.
    EditTag = "tag.edit";
    /// Removed a tag from a board.
    RemoveTag = "tag.remove";
    /// Answered an idea in the company's name.
    Answer = "comment.answer";
    /// Published how an idea stands.
    PublishUpdate = "update.publish";
    /// Changed what was published of that.
    EditUpdate = "update.edit";
    /// Added a milestone to an idea.
    AddMilestone = "milestone.add";
    /// Changed a milestone, or said that it is reached.
    EditMilestone = "milestone.edit";
    /// Began an experiment.
    BeginExperiment = "experiment.begin";
    /// Changed what an experiment is.
    EditExperiment = "experiment.edit";
    /// Said what came of an experiment.
    Conclude = "experiment.conclude";
    /// Took a piece of progress away.
    RemoveEntry = "progress.remove";
    /// Froze the concept of an idea.
    Freeze = "idea.freeze";
    /// Let it be frozen no longer.
    Unfreeze = "idea.unfreeze";
    /// Deleted what somebody else said.
    DeleteComment = "comment.delete";
    /// Let a document that was set aside try again.
    ReleaseDocument = "document.release";
    /// Had a mail sent again.
    SendAgain = "mail.again";
    /// Recognised somebody.
    Recognise = "recognition.give";
    /// Took a recognition back.
    Revoke = "recognition.revoke";
    /// Let an idea be whose contributors could have been recognised.
    PassOver = "recognition.pass";
    /// Looked at a recognition that was flagged.
    DismissFlag = "recognition.dismiss";
    /// Took the ledger of recognition along.
    ExportLedger = "recognition.export";
    /// Set how many points a board gives.
    SetBudget = "recognition.budget";
    /// Made a badge.
    AddBadge = "badge.add";
    /// Changed a badge.
    EditBadge = "badge.edit";
    /// Retired a badge.
    RetireBadge = "badge.retire";
    /// Made a perk.
    AddPerk = "perk.add";
    /// Changed a perk.
    EditPerk = "perk.edit";
    /// Retired a perk.
    RetirePerk = "perk.retire";
    /// Added codes to a perk.
    AddCodes = "perk.codes";
    /// Gave somebody another role.
    ChangeRole = "person.role";
    /// Suspended somebody.
    Suspend = "person.suspend";
    /// Let somebody who was suspended come back.
    Unsuspend = "person.unsuspend";
    /// Left, and was forgotten.
    EraseOneself = "person.leave";
    /// Erased somebody.
    ErasePerson = "person.erase";
    /// Made an invite link.
    MakeInvite = "invite.make";
    /// Revoked an invite link.
    RevokeInvite = "invite.revoke";
    /// Joined, or got a role, by an invite link.
    AcceptInvite = "invite.accept";
    /// Let stand what was reported.
    Keep = "report.keep";
    /// Approved a first post.
    Approve = "post.approve";
    /// Hid what somebody wrote.
    Hide = "post.hide";
    /// Showed again what was hidden.
    Show = "post.show";
    /// Warned somebody.
    Warn = "person.warn";
    /// Undid a decision.
    Undo = "decision.undo";
}

/// What a line of the record is about, as it is called now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditSubject {
    /// Its title or name.
    pub label: String,
    /// Its page, as a path of this site.
    pub path: String,
}

/// A line of the record: `GET /api/v1/audit` answers a [`super::Page`] of them, the last first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditLine {
    /// Its id.
    pub id: uuid::Uuid,
    /// When.
    pub at: Millis,
    /// Who did it.
    pub by: Option<PersonView>,
    /// The word for what was done: one of `AuditAct`, or one that a later version wrote.
    pub act: String,
    /// What it was done to, where that has a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<AuditSubject>,
    /// The other person it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonView>,
    /// What was so before, in one word of the API, such as a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What is so since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The reason given; may be empty.
    pub words: String,
}
