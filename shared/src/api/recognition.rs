//! Recognition: thanks, badges, points and perks, each given with a reason.

use serde::{Deserialize, Serialize};

use super::{IdeaName, Millis, PersonView};
use crate::{BadgeId, FlagId, PerkId, PersonId, RecognitionId, rules::words};

/// What an entry of the ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RecognitionKind {
    /// Words of thanks.
    Thanks,
    /// A badge.
    Badge,
    /// Points.
    Points,
    /// A perk, given directly.
    Perk,
    /// A perk that the person had for points.
    Claim,
    /// That an entry no longer holds.
    Revocation,
}
words!(RecognitionKind: Thanks = "thanks", Badge = "badge", Points = "points", Perk = "perk", Claim = "claim",
    Revocation = "revocation");

/// The picture on a badge: one of those the place has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum BadgeIcon {
    /// A sprout.
    Sprout,
    /// Two pens.
    Pens,
    /// A wave that turns.
    Wave,
    /// A balloon that rises.
    Balloon,
    /// A question.
    Question,
    /// A flask.
    Flask,
    /// A lantern.
    Lantern,
    /// A bridge.
    Bridge,
    /// A heart.
    Heart,
    /// A star.
    Star,
}
words!(BadgeIcon: Sprout = "sprout", Pens = "pens", Wave = "wave", Balloon = "balloon", Question = "question",
    Flask = "flask", Lantern = "lantern", Bridge = "bridge", Heart = "heart", Star = "star");

/// What a perk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PerkKind {
    /// A free coffee, or whatever stands for it there.
    Coffee,
    /// A seat among those who try something first.
    Seat,
    /// A code that takes something off a price.
    Discount,
    /// Something else.
    Other,
}
words!(PerkKind: Coffee = "coffee", Seat = "seat", Discount = "discount", Other = "other");

/// A badge, as owners define it: `GET /api/v1/badges`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BadgeView {
    /// Its id.
    pub id: BadgeId,
    /// Its picture.
    pub icon: BadgeIcon,
    /// Its name in French.
    pub fr: String,
    /// Its name in English.
    pub en: String,
    /// What it means, in French.
    pub meaning_fr: String,
    /// What it means, in English.
    pub meaning_en: String,
    /// Whether it is given no longer. Who has it keeps it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// A badge to be made, or to be otherwise: `POST /api/v1/badges`, `PUT /api/v1/badges/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WrittenBadge {
    /// Its picture.
    pub icon: BadgeIcon,
    /// Its name in French.
    pub fr: String,
    /// Its name in English.
    pub en: String,
    /// What it means, in French.
    pub meaning_fr: String,
    /// What it means, in English.
    pub meaning_en: String,
    /// Whether it is given no longer.
    #[serde(default)]
    pub retired: bool,
}

/// A perk of the catalogue: `GET /api/v1/perks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PerkView {
    /// Its id.
    pub id: PerkId,
    /// What it is.
    pub kind: PerkKind,
    /// Its title in French.
    pub fr: String,
    /// Its title in English.
    pub en: String,
    /// What one gets, in French; may be empty.
    pub about_fr: String,
    /// What one gets, in English; may be empty.
    pub about_en: String,
    /// How many points it costs; absent where only moderators give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<u32>,
    /// How many are left.
    pub stock: u32,
    /// Whether each comes with a code of its own. The codes themselves are shown to nobody but who has one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub coded: bool,
    /// Whether it is given and claimed no longer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// How many the person asking has claimed so far, to tell their next claim from one that is retried.
    #[serde(default)]
    pub claimed: u32,
}

/// A perk to be made, or to be otherwise: `POST /api/v1/perks`, `PUT /api/v1/perks/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WrittenPerk {
    /// What it is.
    pub kind: PerkKind,
    /// Its title in French.
    pub fr: String,
    /// Its title in English.
    pub en: String,
    /// What one gets, in French.
    #[serde(default)]
    pub about_fr: String,
    /// What one gets, in English.
    #[serde(default)]
    pub about_en: String,
    /// How many points it costs; absent where only moderators give it.
    #[serde(default)]
    pub price: Option<u32>,
    /// How many there are to give from now on; of a perk with codes it is left out, as they are counted.
    #[serde(default)]
    pub stock: Option<u32>,
    /// Whether each comes with a code of its own; said once, when it is made.
    #[serde(default)]
    pub coded: bool,
    /// Whether it is given and claimed no longer.
    #[serde(default)]
    pub retired: bool,
}

/// Codes to be handed out, one a line: `POST /api/v1/perks/{id}/codes`. Those it has already count once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PastedCodes {
    /// The lines.
    pub codes: String,
}

/// What became of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodesAdded {
    /// How many were new.
    pub added: u32,
    /// How many were there already, or twice among them.
    pub repeated: u32,
    /// The perk since.
    pub perk: PerkView,
}

/// A perk as an entry names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PerkName {
    /// What it is.
    pub kind: PerkKind,
    /// Its title in French.
    pub fr: String,
    /// Its title in English.
    pub en: String,
}

/// A perk that the person asking has. Nobody else is ever answered its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldPerk {
    /// The entry by which they have it.
    pub entry: RecognitionId,
    /// What it is.
    pub perk: PerkName,
    /// What one gets, in French.
    pub about_fr: String,
    /// What one gets, in English.
    pub about_en: String,
    /// Its code, where it comes with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// How many points it cost; zero where it was given.
    pub price: u32,
    /// Since when.
    pub at: Millis,
}

/// An entry of the ledger, as those see it for whom it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecognitionView {
    /// Its id.
    pub id: RecognitionId,
    /// What it is.
    pub kind: RecognitionKind,
    /// For whom.
    pub person: PersonView,
    /// By whom.
    pub by: PersonView,
    /// Points given; spent or taken back where they are fewer than none.
    pub points: i64,
    /// The badge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge: Option<BadgeView>,
    /// The perk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perk: Option<PerkName>,
    /// For which idea; absent where it is for none, or one that the person asking does not see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idea: Option<IdeaName>,
    /// The title of the board, on the same terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board_title: Option<String>,
    /// Why.
    pub words: String,
    /// Whether it is shown to none but the person, moderators and owners.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// Whether it no longer holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
    /// When.
    pub at: Millis,
}

/// One of those to whom something is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// To whom.
    pub person: PersonId,
    /// How many points.
    #[serde(default)]
    pub points: u32,
}

/// Recognise people, all of them or none: `POST /api/v1/recognition`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Recognise {
    /// The number of the idea it is for.
    #[serde(default)]
    pub idea: Option<u32>,
    /// The board, by the word in its address, where it is for no idea.
    #[serde(default)]
    pub board: Option<String>,
    /// Why: plain words, 1 to 500 characters.
    pub words: String,
    /// Whether it is shown to none but the person, moderators and owners.
    #[serde(default)]
    pub private: bool,
    /// Whether the words are thanks.
    #[serde(default)]
    pub thanks: bool,
    /// A badge for each.
    #[serde(default)]
    pub badge: Option<BadgeId>,
    /// A perk for each.
    #[serde(default)]
    pub perk: Option<PerkId>,
    /// To whom, with how many points.
    pub to: Vec<Recipient>,
}

/// `PUT /api/v1/recognition/{id}/revocation`: why it no longer holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// Why, in 1 to 500 characters. The person reads it.
    pub words: String,
}

/// One of those who shaped an idea, and what is proposed for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proposed {
    /// Who.
    pub person: PersonView,
    /// Their share of the idea, in percent.
    pub percent: u32,
    /// The points proposed for them.
    pub points: u32,
    /// Whether they keep their recognition private.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// What a moderator who recognises those who shaped an idea begins with: `GET /api/v1/ideas/{number}/recognition/proposal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecognitionProposal {
    /// The idea.
    pub idea: IdeaName,
    /// Whether it was launched.
    pub launched: bool,
    /// The milestone it reached last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<String>,
    /// Who shaped it, the most first: those whom the person asking may recognise.
    pub people: Vec<Proposed>,
    /// How many points the board has left to give this month.
    pub left: u32,
    /// The badges that can be given.
    pub badges: Vec<BadgeView>,
    /// The perks that can be given.
    pub perks: Vec<PerkView>,
}

/// An idea of which something became, and whose contributors were not recognised since: `GET /api/v1/desk/recognise`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deserving {
    /// The idea.
    pub idea: IdeaName,
    /// The title of its board.
    pub board_title: String,
    /// Whether it was launched then; else it reached a milestone.
    pub launched: bool,
    /// The milestone it reached last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<String>,
    /// When.
    pub at: Millis,
    /// Who shaped it, the most first.
    pub people: Vec<Proposed>,
}

/// What somebody was given or lost in one act, as they are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GivenView {
    /// Whether they were thanked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub thanks: bool,
    /// Points they were given; taken back where they are fewer than none.
    pub points: i64,
    /// The badge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge: Option<BadgeView>,
    /// The perk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perk: Option<PerkName>,
    /// Whether it was taken back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
}

/// What somebody was given while they were away, or just now, and was not shown yet: `GET /api/v1/me/recognition/fresh`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreshView {
    /// By whom.
    pub by: PersonView,
    /// For which idea, where it is for one that they see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idea: Option<IdeaName>,
    /// What.
    pub given: GivenView,
    /// Why.
    pub words: String,
    /// When.
    pub at: Millis,
}

/// Until when what was given was shown: `POST /api/v1/me/recognition/seen`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SeenUntil {
    /// The moment of the last that was shown.
    pub at: Millis,
}

/// What somebody has: `GET /api/v1/me/recognition`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnRecognition {
    /// The points they have.
    pub points: u32,
    /// The perks they have, the last first, with their codes.
    pub perks: Vec<HeldPerk>,
    /// What they want of it.
    pub choices: RecognitionChoices,
}

/// What somebody wants of recognition: `PUT /api/v1/me/recognition/choices`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecognitionChoices {
    /// Whether what they are given is shown to none but them, moderators and owners; what they were given before, too.
    pub private: bool,
    /// Whether they are left out where contributors are listed.
    pub unlisted: bool,
}

/// A badge somebody has, and for how many ideas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BadgeHeld {
    /// Which.
    pub badge: BadgeView,
    /// How often, as far as whoever asks may see.
    pub times: u32,
}

/// The order of contributors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ContributorsBy {
    /// By what they brought to ideas.
    #[default]
    Contribution,
    /// By what they said that helped.
    Helpfulness,
}
words!(ContributorsBy: Contribution = "contribution", Helpfulness = "helpfulness");

/// Since when contributors are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ContributorsSince {
    /// Since this month began.
    #[default]
    Month,
    /// Since ever.
    Ever,
}
words!(ContributorsSince: Month = "month", Ever = "ever");

/// A customer among the contributors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contributor {
    /// Who.
    pub person: PersonView,
    /// Hundredths of a point.
    pub points: u32,
}

/// Who contributes: `GET /api/v1/recognition/contributors`. Customers and the company's people are never ranked against each
/// other: the latter are not ranked at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contributors {
    /// Customers, the most first.
    pub customers: Vec<Contributor>,
    /// The company's people who took part, by their names.
    pub team: Vec<PersonView>,
}

/// Why owners may want to look at an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum FlagKind {
    /// Far more points than usual: `value` points, where half of all are given `usual` or fewer.
    Size,
    /// A large part of what the board gives in a month: `value` points of `usual`.
    Share,
    /// The same person by the same moderator, again: the `value`th time within `usual` days.
    Pair,
    /// Two who recognise each other: the other did `value` times within `usual` days.
    Mutual,
    /// Much in a short time: the `value`th time within an hour, where `usual` is the bound.
    Frequency,
}
words!(FlagKind: Size = "size", Share = "share", Pair = "pair", Mutual = "mutual", Frequency = "frequency");

/// A flag on an entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlagView {
    /// Its id.
    pub id: FlagId,
    /// Why.
    pub kind: FlagKind,
    /// The number that stands out.
    pub value: u32,
    /// What it is held against.
    pub usual: u32,
    /// What an owner said who looked at it; absent as long as nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dismissed: Option<String>,
}

/// `PUT /api/v1/recognition/flags/{id}/dismissal`: that one has looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DismissFlag {
    /// What came of it, in 1 to 500 characters.
    pub words: String,
}

/// An entry of the ledger as owners see it: `GET /api/v1/recognition/ledger`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerLine {
    /// The entry.
    #[serde(flatten)]
    pub entry: RecognitionView,
    /// Which entry it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revokes: Option<RecognitionId>,
    /// Why owners may want to look at it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<FlagView>,
}

/// The sums of what the ledger holds, of all that was asked for: `GET /api/v1/recognition/totals`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerTotals {
    /// Entries.
    pub entries: u32,
    /// Points given.
    pub given: u32,
    /// Points spent.
    pub spent: u32,
    /// Points taken back.
    pub taken: u32,
    /// Flags that nobody looked at.
    pub flags: u32,
}

/// The points that a board gives: `GET /api/v1/recognition/budgets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BudgetView {
    /// The board, by the word in its address.
    pub board: String,
    /// Its title.
    pub board_title: String,
    /// How many in a calendar month (UTC), at most.
    pub monthly: u32,
    /// How many of this month's are given.
    pub spent: u32,
}

/// `PUT /api/v1/recognition/budgets/{board}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetBudget {
    /// How many points in a calendar month, at most.
    pub monthly: u32,
}
