//! What becomes of everything that is kept of people, table by table: when they leave, and when they take along what they
//! gave and did.
//!
//! A test goes over the schemas of both databases and fails for each column that is not here and that names a person, or
//! holds words or bytes: whoever adds one says here what becomes of it, does that in [`super`], and puts it into the export.

use Export::{As, Not};
use Fate::{Blanked, Choice, Gone, Kept, Nothing, Shell};

/// What becomes of a column when somebody leaves of whom it says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its row goes.
    Gone,
    /// Its row stays, and it is emptied.
    Blanked,
    /// It names them, and stays: by then that is somebody who left.
    Shell,
    /// It goes, or stays without a name, as they choose.
    Choice,
    /// It stays as it is, for this reason.
    Kept(&'static str),
    /// It says nothing of a person.
    Nothing,
}

/// How a column comes into what somebody takes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// In this part of the file.
    As(&'static str),
    /// It does not, for this reason.
    Not(&'static str),
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What becomes of it.
    pub fate: Fate,
    /// How it is taken along.
    pub export: Export,
}

/// A table, and those of its columns that name a person, or hold words or bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns.
    pub columns: &'static [Column],
}

const fn table(name: &'static str, columns: &'static [Column]) -> Table {
    Table { name, columns }
}

const fn column(name: &'static str, fate: Fate, export: Export) -> Column {
    Column { name, fate, export }
}

const fn nothing(name: &'static str) -> Column {
    column(name, Nothing, Not("it says nothing of a person"))
}

/// Every table, by its name.
pub const MAP: &[Table] = &[
    table(
        "access_token",
        &[
            column("token_hash", Gone, Not("it is a secret, or the hash of one")),
            column("person_id", Gone, As("tokens")),
            column("name", Gone, As("tokens")),
        ],
    ),
    table(
        "actor",
        &[nothing("id"), column("person_id", Shell, Not("it says nothing but that a tab wrote")), nothing("origin")],
    ),
    table(
        "anchor",
        &[nothing("field"), nothing("first_letter"), nothing("last_letter"), column("quote", Choice, As("comments"))],
    ),
    table("answerer", &[column("person_id", Gone, As("roles"))]),
    table(
        "audit",
        &[
            column("person_id", Shell, As("record")),
            column("act", Kept("the record is only added to, and holds no names"), As("record")),
            column("subject", Kept("the record is only added to, and holds ids only"), As("record")),
            column(
                "detail",
                Kept("the record is only added to, and holds ids and words of the API only"),
                Not("it may name others by their ids"),
            ),
        ],
    ),
    table(
        "badge",
        &[nothing("icon"), nothing("name_fr"), nothing("name_en"), nothing("meaning_fr"), nothing("meaning_en")],
    ),
    table("badge_held", &[column("person_id", Shell, As("recognition")), nothing("idea_id")]),
    table(
        "board",
        &[
            nothing("slug"),
            column("title", Kept("it is the workspace's"), Not("it is the workspace's")),
            column("purpose", Kept("it is the workspace's"), Not("it is the workspace's")),
            nothing("audience"),
            nothing("editing"),
            column("created_by", Shell, As("roles")),
        ],
    ),
    table("board_member", &[column("person_id", Gone, As("roles"))]),
    table(
        "change",
        &[
            nothing("hash"),
            nothing("actor_id"),
            column("person_id", Shell, As("texts")),
            column("bytes", Choice, As("texts")),
        ],
    ),
    table("coauthor", &[column("person_id", Gone, As("ideas"))]),
    table(
        "comment",
        &[
            column("author_id", Shell, As("comments")),
            nothing("kind"),
            column("body", Choice, As("comments")),
            column("body_html", Choice, Not("it is what `body` says")),
            column("deleted_by", Shell, Not("it says what others did, or what `deleted_at` says")),
            nothing("away"),
        ],
    ),
    table("comment_version", &[column("body", Choice, As("comments"))]),
    table(
        "conclusion",
        &[
            column("person_id", Shell, As("progress")),
            nothing("outcome"),
            column("result", Kept("the company published it"), As("progress")),
            column("result_html", Kept("the company published it"), Not("it is what `result` says")),
            column("reason", Kept("the company published it"), As("progress")),
        ],
    ),
    table(
        "consent",
        &[
            column("person_id", Gone, As("mail")),
            column("kind", Gone, As("mail")),
            column("answer", Gone, As("mail")),
            column("wording", Gone, As("mail")),
            column("given_in", Gone, As("mail")),
        ],
    ),
    table("counter", &[nothing("name")]),
    table("credit_weight", &[nothing("kind")]),
    table(
        "decision",
        &[
            nothing("kind"),
            nothing("subject_id"),
            column("person_id", Shell, As("decisions")),
            nothing("act"),
            nothing("reason"),
            column("words", Blanked, As("decisions")),
            nothing("was"),
            column("by_id", Shell, Not("who decided is theirs to say")),
        ],
    ),
    table("document", &[nothing("kind"), nothing("tip_heads")]),
    table("dot", &[column("person_id", Gone, As("dots")), column("item", Gone, As("dots"))]),
    table("dot_sum", &[nothing("item")]),
    table(
        "dot_vote",
        &[
            column("question", Kept("everybody at the workshop was asked it"), As("roles")),
            column("person_id", Shell, As("roles")),
        ],
    ),
    table(
        "entry",
        &[
            nothing("kind"),
            column("person_id", Shell, As("progress")),
            column("removed_by", Shell, Not("it is what was done to a piece of progress, not what they gave")),
        ],
    ),
    table(
        "entry_experiment",
        &[
            column("hypothesis", Kept("the company published it"), As("progress")),
            column("trial", Kept("the company published it"), As("progress")),
            column("measure", Kept("the company published it"), As("progress")),
        ],
    ),
    table(
        "entry_milestone",
        &[
            column("title", Kept("the company published it"), As("progress")),
            nothing("due_on"),
            column("done_by", Shell, As("progress")),
        ],
    ),
    table(
        "entry_update",
        &[
            column("body", Kept("the company published it"), As("progress")),
            column("body_html", Kept("the company published it"), Not("it is what `body` says")),
        ],
    ),
    table(
        "entry_version",
        &[
            column("person_id", Shell, As("progress")),
            column("said", Kept("the company published it"), Not("it is what a piece of progress said before")),
        ],
    ),
    table("erasure", &[column("person_id", Shell, Not("they have left")), nothing("comments"), nothing("texts")]),
    table(
        "export",
        &[
            column("person_id", Gone, As("exports")),
            nothing("language"),
            column("bytes", Gone, Not("a file does not hold others")),
        ],
    ),
    table(
        "feed_key",
        &[column("person_id", Gone, As("tokens")), column("key_hash", Gone, Not("it is a secret, or the hash of one"))],
    ),
    table("follow", &[column("person_id", Gone, As("follows"))]),
    table("former_document", &[nothing("document_id")]),
    table(
        "frozen_concept",
        &[
            column("person_id", Shell, As("progress")),
            column("title", Choice, Not("it repeats a concept")),
            column("pitch", Choice, Not("it repeats a concept")),
            column("body", Choice, Not("it repeats a concept")),
            column("body_html", Choice, Not("it repeats a concept")),
            column("words", Kept("the company published it"), As("progress")),
            column("lifted_by", Shell, As("progress")),
        ],
    ),
    table(
        "guest_link",
        &[
            column("token_hash", Gone, Not("it is a secret, or the hash of one")),
            column("created_by", Gone, As("roles")),
        ],
    ),
    table(
        "happening",
        &[
            nothing("kind"),
            column("actor_id", Shell, Not("it repeats what is said elsewhere")),
            column("person_id", Gone, Not("it repeats what is said elsewhere")),
            column(
                "words",
                Kept("it is the reason of a move or merge, which the company gave"),
                Not("it repeats the reason of a move or merge"),
            ),
            nothing("delivered_to"),
        ],
    ),
    table("helpful", &[column("person_id", Shell, As("reactions"))]),
    table(
        "idea",
        &[
            column("author_id", Shell, As("ideas")),
            column("title", Choice, As("ideas")),
            column("pitch", Choice, As("ideas")),
            column("body", Choice, As("texts")),
            column("body_html", Choice, Not("it is what `body` says")),
            nothing("away"),
        ],
    ),
    table(
        "idempotency",
        &[
            column("person_id", Gone, Not("it is gone after 90 days")),
            column("key", Gone, Not("it is gone after 90 days")),
            column("request", Gone, Not("it is gone after 90 days")),
            column("made", Gone, Not("it is gone after 90 days")),
        ],
    ),
    table("import", &[column("person_id", Shell, As("roles")), column("file", Blanked, As("roles"))]),
    table(
        "imported_name",
        &[
            column("name", Gone, Not("it is what a file called them, which the moderators were told")),
            column("person_id", Gone, Not("it is what a file called them")),
        ],
    ),
    table(
        "invite",
        &[
            column("token_hash", Gone, Not("it is a secret, or the hash of one")),
            nothing("role"),
            column("created_by", Gone, As("roles")),
        ],
    ),
    table(
        "mail",
        &[
            column("cause", Gone, Not("it is what the mail is known by")),
            column("person_id", Gone, As("mail")),
            column("kind", Gone, As("mail")),
            column("state", Gone, As("mail")),
            column("error", Gone, Not("it is what a mail server said to the workspace")),
            column("language", Gone, Not("it is that of the profile")),
            column("subject", Gone, As("mail")),
            column("text", Gone, Not("they were sent it")),
            column("html", Gone, Not("they were sent it")),
        ],
    ),
    table(
        "mail_address",
        &[
            column("person_id", Gone, As("mail")),
            column("address", Gone, As("mail")),
            column("token_hash", Gone, Not("it is a secret, or the hash of one")),
        ],
    ),
    table(
        "mail_choice",
        &[
            column("person_id", Gone, As("mail")),
            column("digest", Gone, As("mail")),
            column("chosen_in", Gone, As("mail")),
        ],
    ),
    table("mail_key", &[nothing("key")]),
    table(
        "mail_link",
        &[
            column("token_hash", Gone, Not("it is a secret, or the hash of one")),
            column("person_id", Gone, Not("it is a way out of the mails")),
            nothing("kind"),
        ],
    ),
    table("matched_idea", &[column("name_id", Gone, Not("it is how a match is undone"))]),
    table("mention", &[column("person_id", Gone, As("mentions"))]),
    table(
        "merge",
        &[
            column("person_id", Shell, As("roles")),
            column("reason", Kept("it is why the company did something"), As("roles")),
            column("undone_by", Shell, Not("it is why the company did something")),
        ],
    ),
    table("merge_shaper", &[column("person_id", Choice, Not("it repeats what they shaped"))]),
    table(
        "name_match",
        &[
            column("name_id", Gone, Not("it is how a match is undone")),
            column("person_id", Gone, Not("it is how a match is undone")),
            column("matched_by", Shell, Not("it is what the record says")),
        ],
    ),
    table(
        "new_address",
        &[
            column("person_id", Gone, As("mail")),
            column("address", Gone, As("mail")),
            column("before", Gone, Not("it is the address of the profile")),
            column("token_hash", Gone, Not("it is a secret, or the hash of one")),
        ],
    ),
    table(
        "note_reaction",
        &[nothing("note"), column("person_id", Gone, As("reactions")), column("kind", Gone, As("reactions"))],
    ),
    table("notice", &[column("person_id", Gone, As("inbox"))]),
    table("notice_off", &[column("person_id", Gone, As("inbox")), column("kind", Gone, As("inbox"))]),
    table("origin", &[nothing("key")]),
    table(
        "perk",
        &[nothing("kind"), nothing("title_fr"), nothing("title_en"), nothing("about_fr"), nothing("about_en")],
    ),
    table("perk_code", &[column("code", Kept("it was handed out, and is never handed out again"), As("recognition"))]),
    table(
        "person",
        &[
            column("handle", Blanked, As("profile")),
            column("name", Blanked, As("profile")),
            column("email", Blanked, As("profile")),
            column("password_hash", Blanked, Not("it is a secret, or the hash of one")),
            column("role", Blanked, As("profile")),
            column("locale", Blanked, As("profile")),
            column("suspended_for", Blanked, As("profile")),
            column("about", Blanked, As("profile")),
        ],
    ),
    table(
        "picture",
        &[
            column("person_id", Choice, As("pictures")),
            nothing("media_type"),
            column("small", Choice, Not("it is the same picture")),
            column("large", Choice, As("pictures")),
        ],
    ),
    table("promotion", &[nothing("note"), column("person_id", Shell, As("roles"))]),
    table("quarantine", &[nothing("reason")]),
    table("reaction", &[column("person_id", Gone, As("reactions")), column("kind", Gone, As("reactions"))]),
    table(
        "recognition",
        &[
            nothing("kind"),
            column("person_id", Shell, As("recognition")),
            column("by_id", Shell, As("recognition")),
            nothing("idea_id"),
        ],
    ),
    table("recognition_act", &[column("by_id", Shell, As("recognition")), nothing("key"), nothing("request")]),
    table("recognition_balance", &[column("person_id", Shell, As("recognition"))]),
    table("recognition_choice", &[column("person_id", Gone, As("recognition"))]),
    table(
        "recognition_flag",
        &[
            nothing("kind"),
            column("dismissed_by", Shell, Not("it is what owners look after")),
            column(
                "words",
                Kept("it is what an owner said of what they looked at; names are taken out"),
                Not("it is what owners look after"),
            ),
        ],
    ),
    table("recognition_pass", &[column("person_id", Shell, Not("it is that nobody was to be thanked just then"))]),
    table(
        "recognition_told",
        &[column("person_id", Gone, Not("it is whether a page showed them what they were given"))],
    ),
    table("recognition_words", &[column("words", Gone, As("recognition"))]),
    table(
        "report",
        &[
            nothing("kind"),
            nothing("subject_id"),
            column("reporter_id", Shell, As("reports")),
            column("reason", Kept("it counts, and is a word of the API"), As("reports")),
            column("words", Blanked, As("reports")),
        ],
    ),
    table("ruling", &[column("person_id", Gone, As("decisions")), column("kind", Gone, As("decisions"))]),
    table("search_doc", &[nothing("thing"), nothing("board_id")]),
    table("search_pending", &[nothing("kind"), nothing("thing")]),
    table(
        "search_slip",
        &[
            column("slip", Kept("it follows from what is found by it"), Not("it repeats what is found by it")),
            column("word", Kept("it follows from what is found by it"), Not("it repeats what is found by it")),
        ],
    ),
    table(
        "search_term",
        &[column("term", Kept("it follows from what is found by it"), Not("it repeats what is found by it"))],
    ),
    table("segment", &[column("bytes", Choice, As("texts"))]),
    table(
        "session",
        &[
            column("token_hash", Gone, Not("it is a secret, or the hash of one")),
            column("person_id", Gone, As("sessions")),
            column("device", Gone, As("sessions")),
        ],
    ),
    table("setup_link", &[nothing("token_hash")]),
    table("shaper", &[column("person_id", Choice, As("texts"))]),
    table("snapshot", &[column("bytes", Choice, Not("it is made of the log"))]),
    table("stage", &[nothing("name_fr"), nothing("name_en"), nothing("colour"), nothing("kind"), nothing("phase")]),
    table(
        "stage_move",
        &[
            column("person_id", Shell, As("roles")),
            column("reason", Kept("it is why the company did something"), As("roles")),
        ],
    ),
    table("tag", &[nothing("name"), nothing("colour")]),
    table("timer", &[column("person_id", Shell, Not("it is on for minutes"))]),
    table("visit", &[column("person_id", Gone, As("follows"))]),
    table("vote", &[column("person_id", Gone, As("votes"))]),
    table(
        "workspace",
        &[
            nothing("name"),
            nothing("accent"),
            nothing("languages"),
            nothing("domains"),
            nothing("sign_up"),
            nothing("time_zone"),
        ],
    ),
];
