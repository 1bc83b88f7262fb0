//! The words for what the API says in codes. Each function follows the language when called where signals are tracked.

use leptos_i18n::td_string;
use shared::{
    Role,
    api::{
        Code, Colour, ContributionKind, Decide, FieldCode, FieldProblem, GivenView, IdeaSort, Involved, NewsKind,
        NoticeKind, NoticeView, Outcome, PerkKind, PersonView, Phase, Problem, Reason, RecognitionKind, StageKind,
        StageView,
    },
    rules::{Audience, EditingRule},
};

pub use crate::i18n::Texts;
use crate::i18n::{Locale, t_string};

/// What somebody is called: their name; in the language of the moment, that they left.
pub fn name(i18n: Texts, person: &PersonView) -> String {
    name_in(i18n.get_locale_untracked(), person)
}

/// The same in a language.
pub fn name_in(locale: Locale, person: &PersonView) -> String {
    if person.left { td_string!(locale, person.left).to_owned() } else { person.name.clone() }
}

/// What a problem means, for the person who met it.
pub fn problem(i18n: Texts, problem: &Problem) -> &'static str {
    match problem.code {
        Code::BadJson => t_string!(i18n, problem.bad_json),
        Code::BadRequest => t_string!(i18n, problem.bad_request),
        Code::SignIn => t_string!(i18n, problem.sign_in),
        Code::BadCredentials => t_string!(i18n, problem.bad_credentials),
        Code::ForeignOrigin => t_string!(i18n, problem.foreign_origin),
        Code::Role => t_string!(i18n, problem.role),
        Code::EditingRule => t_string!(i18n, problem.editing_rule),
        Code::Away => t_string!(i18n, problem.away),
        Code::Suspended => t_string!(i18n, problem.suspended),
        Code::NotFound => t_string!(i18n, problem.not_found),
        Code::Method => t_string!(i18n, problem.method),
        Code::Conflict => t_string!(i18n, problem.conflict),
        Code::IdempotencyKey => t_string!(i18n, problem.idempotency_key),
        Code::NoVotesLeft => t_string!(i18n, problem.no_votes_left),
        Code::MergedOn => t_string!(i18n, problem.merged_on),
        Code::VoteOn => t_string!(i18n, problem.vote_on),
        Code::VoteEnded => t_string!(i18n, problem.vote_ended),
        Code::NoDotsLeft => t_string!(i18n, problem.no_dots_left),
        Code::NoWords => t_string!(i18n, problem.no_words),
        Code::StagesChanged => t_string!(i18n, problem.stages_changed),
        Code::Concluded => t_string!(i18n, problem.concluded),
        Code::NoPointsLeft => t_string!(i18n, problem.no_points_left),
        Code::PointsSpent => t_string!(i18n, problem.points_spent),
        Code::PerkGone => t_string!(i18n, problem.perk_gone),
        Code::Revoked => t_string!(i18n, problem.revoked),
        Code::LinkExpired => t_string!(i18n, problem.link_expired),
        Code::Gone => t_string!(i18n, problem.gone),
        Code::TooLarge => t_string!(i18n, problem.too_large),
        Code::TooManyPixels => t_string!(i18n, problem.too_many_pixels),
        Code::MediaType => t_string!(i18n, problem.media_type),
        Code::NoPicture => t_string!(i18n, problem.no_picture),
        Code::Invalid => t_string!(i18n, problem.invalid),
        Code::TooMany => t_string!(i18n, problem.too_many),
        Code::Internal => t_string!(i18n, problem.internal),
        Code::Unavailable => t_string!(i18n, problem.unavailable),
        Code::Unreachable => t_string!(i18n, problem.unreachable),
    }
}

/// Why a picture was not taken.
pub fn picture(i18n: Texts, code: Code) -> &'static str {
    match code {
        Code::TooLarge => t_string!(i18n, picture.too_large),
        Code::TooMany => t_string!(i18n, picture.too_many),
        code => problem(i18n, &Problem::new(code, "")),
    }
}

/// What is wrong with a field.
pub fn field(i18n: Texts, problem: &FieldProblem) -> String {
    let limit = problem.limit.unwrap_or_default();
    match problem.code {
        FieldCode::Required => t_string!(i18n, field.required).to_owned(),
        FieldCode::TooShort => t_string!(i18n, field.too_short, limit = limit),
        FieldCode::TooLong => t_string!(i18n, field.too_long, limit = limit),
        FieldCode::NotAnEmail => t_string!(i18n, field.not_an_email).to_owned(),
        FieldCode::Domain => t_string!(i18n, field.domain).to_owned(),
        FieldCode::Characters => t_string!(i18n, field.characters).to_owned(),
        FieldCode::Taken => t_string!(i18n, field.taken).to_owned(),
        FieldCode::Wrong => t_string!(i18n, field.wrong).to_owned(),
        FieldCode::Unknown if problem.limit.is_some() => t_string!(i18n, field.range, limit = limit),
        FieldCode::Unknown => t_string!(i18n, field.unknown).to_owned(),
        FieldCode::Encoding => t_string!(i18n, field.encoding).to_owned(),
        FieldCode::Header => t_string!(i18n, field.header).to_owned(),
        FieldCode::Itself => t_string!(i18n, field.itself).to_owned(),
        FieldCode::Away => t_string!(i18n, field.away).to_owned(),
        FieldCode::Audience => t_string!(i18n, field.audience).to_owned(),
        FieldCode::TooMany => t_string!(i18n, field.too_many, limit = limit),
        FieldCode::Budget => t_string!(i18n, field.budget, limit = limit),
        FieldCode::HasBadge => t_string!(i18n, field.has_badge).to_owned(),
        FieldCode::NotThem => t_string!(i18n, field.not_them).to_owned(),
    }
}

/// A role.
pub fn role(i18n: Texts, role: Role) -> &'static str {
    match role {
        Role::Customer => t_string!(i18n, role.customer),
        Role::Employee => t_string!(i18n, role.employee),
        Role::Researcher => t_string!(i18n, role.researcher),
        Role::Moderator => t_string!(i18n, role.moderator),
        Role::Owner => t_string!(i18n, role.owner),
    }
}

/// What a role is for.
pub fn role_hint(i18n: Texts, role: Role) -> &'static str {
    match role {
        Role::Customer => t_string!(i18n, role_hint.customer),
        Role::Employee => t_string!(i18n, role_hint.employee),
        Role::Researcher => t_string!(i18n, role_hint.researcher),
        Role::Moderator => t_string!(i18n, role_hint.moderator),
        Role::Owner => t_string!(i18n, role_hint.owner),
    }
}

/// Who may see a board.
pub fn audience(i18n: Texts, audience: Audience) -> &'static str {
    match audience {
        Audience::Public => t_string!(i18n, audience.public),
        Audience::Members => t_string!(i18n, audience.members),
        Audience::Staff => t_string!(i18n, audience.staff),
        Audience::Invited => t_string!(i18n, audience.invited),
    }
}

/// The same in a sentence.
pub fn audience_hint(i18n: Texts, audience: Audience) -> &'static str {
    match audience {
        Audience::Public => t_string!(i18n, audience_hint.public),
        Audience::Members => t_string!(i18n, audience_hint.members),
        Audience::Staff => t_string!(i18n, audience_hint.staff),
        Audience::Invited => t_string!(i18n, audience_hint.invited),
    }
}

/// Who writes in a board's ideas.
pub fn editing(i18n: Texts, rule: EditingRule) -> &'static str {
    match rule {
        EditingRule::Everyone => t_string!(i18n, editing.everyone),
        EditingRule::Coauthors => t_string!(i18n, editing.coauthors),
        EditingRule::Staff => t_string!(i18n, editing.staff),
    }
}

/// The same in a sentence.
pub fn editing_hint(i18n: Texts, rule: EditingRule) -> &'static str {
    match rule {
        EditingRule::Everyone => t_string!(i18n, editing_hint.everyone),
        EditingRule::Coauthors => t_string!(i18n, editing_hint.coauthors),
        EditingRule::Staff => t_string!(i18n, editing_hint.staff),
    }
}

/// The name of a stage.
pub fn stage(i18n: Texts, stage: &StageView) -> String {
    match i18n.get_locale() {
        Locale::en => stage.en.clone(),
        Locale::fr => stage.fr.clone(),
    }
}

/// What being in a stage says of an idea.
pub fn stage_kind(i18n: Texts, kind: StageKind) -> &'static str {
    match kind {
        StageKind::New => t_string!(i18n, stages.kind_new),
        StageKind::Open => t_string!(i18n, stages.kind_open),
        StageKind::Launched => t_string!(i18n, stages.kind_launched),
        StageKind::Declined => t_string!(i18n, stages.kind_declined),
    }
}

/// A heading of the roadmap.
pub fn phase(i18n: Texts, phase: Phase) -> &'static str {
    match phase {
        Phase::Explored => t_string!(i18n, roadmap.explored),
        Phase::Built => t_string!(i18n, roadmap.built),
        Phase::Piloted => t_string!(i18n, roadmap.piloted),
        Phase::Launched => t_string!(i18n, roadmap.launched),
    }
}

/// The same in a sentence.
pub fn phase_hint(i18n: Texts, phase: Phase) -> &'static str {
    match phase {
        Phase::Explored => t_string!(i18n, roadmap.explored_hint),
        Phase::Built => t_string!(i18n, roadmap.built_hint),
        Phase::Piloted => t_string!(i18n, roadmap.piloted_hint),
        Phase::Launched => t_string!(i18n, roadmap.launched_hint),
    }
}

/// A kind of stories, as a choice among them.
pub fn news(i18n: Texts, what: NewsKind) -> &'static str {
    match what {
        NewsKind::Launched => t_string!(i18n, news.launched),
        NewsKind::Answered => t_string!(i18n, news.answered),
        NewsKind::Declined => t_string!(i18n, news.declined),
    }
}

/// A colour of the palette.
pub fn colour(i18n: Texts, colour: Colour) -> &'static str {
    match colour {
        Colour::Slate => t_string!(i18n, colour.slate),
        Colour::Amber => t_string!(i18n, colour.amber),
        Colour::Coral => t_string!(i18n, colour.coral),
        Colour::Rose => t_string!(i18n, colour.rose),
        Colour::Plum => t_string!(i18n, colour.plum),
        Colour::Sky => t_string!(i18n, colour.sky),
        Colour::Teal => t_string!(i18n, colour.teal),
        Colour::Leaf => t_string!(i18n, colour.leaf),
    }
}

/// How many votes one has left this month.
pub fn votes_left(i18n: Texts, count: u32) -> String {
    match count {
        0 => t_string!(i18n, count.left_none).to_owned(),
        1 => t_string!(i18n, count.left_one).to_owned(),
        _ => t_string!(i18n, count.left_many, count = count),
    }
}

/// How many ideas.
pub fn ideas(i18n: Texts, count: u32) -> String {
    match count {
        0 => t_string!(i18n, count.ideas_none).to_owned(),
        1 => t_string!(i18n, count.ideas_one).to_owned(),
        _ => t_string!(i18n, count.ideas_many, count = count),
    }
}

/// How many rows of a file were left out, of one at least.
pub fn rows_left_out(i18n: Texts, count: u32) -> String {
    if count > 1 { t_string!(i18n, count.rows_many, count = count) } else { t_string!(i18n, count.rows_one).to_owned() }
}

/// How many dots something got, which are some.
pub fn dots(i18n: Texts, count: u32) -> String {
    if count > 1 { t_string!(i18n, count.dots_many, count = count) } else { t_string!(i18n, count.dots_one).to_owned() }
}

/// How many votes.
pub fn votes(i18n: Texts, count: u32) -> String {
    match count {
        0 => t_string!(i18n, count.votes_none).to_owned(),
        1 => t_string!(i18n, count.votes_one).to_owned(),
        _ => t_string!(i18n, count.votes_many, count = count),
    }
}

/// What somebody gave to an idea.
pub fn contribution(i18n: Texts, kind: ContributionKind, count: u32) -> String {
    use ContributionKind as Kind;
    let one = count == 1;
    match kind {
        Kind::Title if one => t_string!(i18n, given.title_one).to_owned(),
        Kind::Title => t_string!(i18n, given.title_many, count = count),
        Kind::Pitch if one => t_string!(i18n, given.pitch_one).to_owned(),
        Kind::Pitch => t_string!(i18n, given.pitch_many, count = count),
        Kind::Body if one => t_string!(i18n, given.body_one).to_owned(),
        Kind::Body => t_string!(i18n, given.body_many, count = count),
        Kind::Improvement if one => t_string!(i18n, given.improvement_one).to_owned(),
        Kind::Improvement => t_string!(i18n, given.improvement_many, count = count),
        Kind::Note if one => t_string!(i18n, given.note_one).to_owned(),
        Kind::Note => t_string!(i18n, given.note_many, count = count),
        Kind::Twin if one => t_string!(i18n, given.twin_one).to_owned(),
        Kind::Twin => t_string!(i18n, given.twin_many, count = count),
        Kind::Helpful if one => t_string!(i18n, given.helpful_one).to_owned(),
        Kind::Helpful => t_string!(i18n, given.helpful_many, count = count),
        Kind::Experiment if one => t_string!(i18n, given.experiment_one).to_owned(),
        Kind::Experiment => t_string!(i18n, given.experiment_many, count = count),
    }
}

/// Points, of which there are hundredths, with at most one figure behind the mark.
pub fn points(i18n: Texts, hundredths: u32) -> String {
    let tenths = hundredths.div_ceil(10);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let mark = if i18n.get_locale() == Locale::fr { ',' } else { '.' };
    let number = if tenth == 0 { whole.to_string() } else { format!("{whole}{mark}{tenth}") };
    if tenths == 10 {
        t_string!(i18n, count.points_one).to_owned()
    } else {
        t_string!(i18n, count.points_many, count = number)
    }
}

/// How many comments.
pub fn comments(i18n: Texts, count: u32) -> String {
    match count {
        0 => t_string!(i18n, count.comments_none).to_owned(),
        1 => t_string!(i18n, count.comments_one).to_owned(),
        _ => t_string!(i18n, count.comments_many, count = count),
    }
}

/// Names, and how many others.
pub fn and_more(i18n: Texts, names: &str, others: u32) -> String {
    match others {
        0 => names.to_owned(),
        _ => format!("{names} {}", t_string!(i18n, ui.and_more, count = others)),
    }
}

/// How many comments came.
pub fn new_comments(i18n: Texts, count: u32) -> String {
    match count {
        1 => t_string!(i18n, since.comments_one).to_owned(),
        _ => t_string!(i18n, since.comments_many, count = count),
    }
}

/// How many people voted.
pub fn new_votes(i18n: Texts, count: u32) -> String {
    match count {
        1 => t_string!(i18n, since.votes_one).to_owned(),
        _ => t_string!(i18n, since.votes_many, count = count),
    }
}

/// An order of ideas.
pub fn sort(i18n: Texts, sort: IdeaSort) -> &'static str {
    match sort {
        IdeaSort::Trending | IdeaSort::Changed => t_string!(i18n, sort.trending),
        IdeaSort::Wanted => t_string!(i18n, sort.wanted),
        IdeaSort::Discussed => t_string!(i18n, sort.discussed),
        IdeaSort::Recent => t_string!(i18n, sort.recent),
        IdeaSort::Unanswered => t_string!(i18n, sort.unanswered),
        IdeaSort::Due => t_string!(i18n, sort.due),
    }
}

/// Within how many days.
pub fn within(i18n: Texts, days: u32) -> String {
    if days > 1 {
        t_string!(i18n, promise.within_many, days = days)
    } else {
        t_string!(i18n, promise.within_one).to_owned()
    }
}

/// How many ideas are late.
pub fn overdue(i18n: Texts, count: u32) -> String {
    if count > 1 {
        t_string!(i18n, promise.overdue_many, count = count)
    } else {
        t_string!(i18n, promise.overdue_one).to_owned()
    }
}

/// What one has to do with ideas.
pub fn involved(i18n: Texts, involved: Involved) -> &'static str {
    match involved {
        Involved::Mine => t_string!(i18n, filter.mine),
        Involved::Voted => t_string!(i18n, filter.voted),
        Involved::Followed => t_string!(i18n, filter.followed),
    }
}

/// What happened, after the name of who did it. `declined`: it moved to a stage that means it will not be done.
pub fn notice(i18n: Texts, notice: &NoticeView) -> &'static str {
    happened(i18n.get_locale(), notice)
}

/// The same in a language.
pub fn happened(language: Locale, notice: &NoticeView) -> &'static str {
    let declined = notice.stage.as_ref().is_some_and(|stage| stage.kind == StageKind::Declined);
    match notice.kind {
        NoticeKind::Stage if declined => td_string!(language, inbox.declined),
        NoticeKind::Stage => td_string!(language, inbox.moved),
        NoticeKind::Answer => td_string!(language, inbox.answered),
        NoticeKind::Comment => td_string!(language, inbox.commented),
        NoticeKind::Mention => td_string!(language, inbox.mentioned),
        NoticeKind::Merged if notice.parted => td_string!(language, inbox.parted),
        NoticeKind::Merged if notice.into.is_some() => td_string!(language, inbox.merged),
        NoticeKind::Merged => td_string!(language, inbox.merged_elsewhere),
        NoticeKind::Changed => td_string!(language, inbox.changed),
        NoticeKind::Promoted => td_string!(language, inbox.promoted),
        NoticeKind::Update => td_string!(language, inbox.updated),
        NoticeKind::Milestone => td_string!(language, inbox.reached),
        NoticeKind::Experiment => td_string!(language, inbox.tries),
        NoticeKind::Result => match notice.outcome {
            Some(Outcome::Kept) => td_string!(language, inbox.kept),
            Some(Outcome::Reverted) => td_string!(language, inbox.reverted),
            None => td_string!(language, inbox.concluded),
        },
        NoticeKind::Frozen => td_string!(language, inbox.frozen),
        NoticeKind::Question if notice.own => td_string!(language, inbox.asked_you),
        NoticeKind::Question => td_string!(language, inbox.asked),
        NoticeKind::Assigned => td_string!(language, inbox.assigned),
        NoticeKind::Halfway => td_string!(language, inbox.halfway),
        NoticeKind::Overdue => td_string!(language, inbox.overdue),
        NoticeKind::Recognition => match &notice.given {
            Some(given) if given.revoked => td_string!(language, inbox.took_back),
            Some(given) if !given.thanks => td_string!(language, inbox.gave_you),
            _ => td_string!(language, inbox.thanked_you),
        },
    }
}

/// Points that are given whole.
pub fn whole_points(language: Locale, count: u32) -> String {
    if count > 1 {
        td_string!(language, recognition.point_many, count = count)
    } else {
        td_string!(language, recognition.point_one, count = count)
    }
}

/// One of two texts, by the language.
pub fn either(language: Locale, fr: &str, en: &str) -> String {
    match language {
        Locale::fr => fr.to_owned(),
        Locale::en => en.to_owned(),
    }
}

/// What somebody was given beside words of thanks, or lost; nothing where it was words alone.
pub fn given(language: Locale, given: &GivenView) -> Option<String> {
    let badge = given.badge.as_ref().map(|badge| either(language, &badge.fr, &badge.en));
    let perk = given.perk.as_ref().map(|perk| either(language, &perk.fr, &perk.en));
    let count = u32::try_from(given.points.unsigned_abs()).unwrap_or(u32::MAX);
    let points = (count > 0).then(|| whole_points(language, count));
    let all: Vec<String> = badge.into_iter().chain(points).chain(perk).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// What an entry of the ledger is.
pub fn recognition(i18n: Texts, kind: RecognitionKind) -> &'static str {
    match kind {
        RecognitionKind::Thanks => t_string!(i18n, recognition.kind_thanks),
        RecognitionKind::Badge => t_string!(i18n, recognition.kind_badge),
        RecognitionKind::Points => t_string!(i18n, recognition.kind_points),
        RecognitionKind::Perk => t_string!(i18n, recognition.kind_perk),
        RecognitionKind::Claim => t_string!(i18n, recognition.kind_claim),
        RecognitionKind::Revocation => t_string!(i18n, recognition.kind_revocation),
    }
}

/// A kind of perk.
pub fn perk(i18n: Texts, kind: PerkKind) -> &'static str {
    match kind {
        PerkKind::Coffee => t_string!(i18n, recognition.perk_coffee),
        PerkKind::Seat => t_string!(i18n, recognition.perk_seat),
        PerkKind::Discount => t_string!(i18n, recognition.perk_discount),
        PerkKind::Other => t_string!(i18n, recognition.perk_other),
    }
}

/// A reason to report or hide something.
pub fn reason(i18n: Texts, reason: Reason) -> &'static str {
    match reason {
        Reason::Spam => t_string!(i18n, reason.spam),
        Reason::Unkind => t_string!(i18n, reason.unkind),
        Reason::Private => t_string!(i18n, reason.private),
        Reason::OffTopic => t_string!(i18n, reason.off_topic),
        Reason::Other => t_string!(i18n, reason.other),
    }
}

/// The same in a sentence, after *because*.
pub fn because(i18n: Texts, reason: Reason) -> &'static str {
    match reason {
        Reason::Spam => t_string!(i18n, because.spam),
        Reason::Unkind => t_string!(i18n, because.unkind),
        Reason::Private => t_string!(i18n, because.private),
        Reason::OffTopic => t_string!(i18n, because.off_topic),
        Reason::Other => t_string!(i18n, because.other),
    }
}

/// What a moderator does about something.
pub fn decide(i18n: Texts, act: Decide) -> &'static str {
    match act {
        Decide::Keep => t_string!(i18n, desk.keep),
        Decide::Hide => t_string!(i18n, desk.hide),
        Decide::Warn => t_string!(i18n, desk.warn),
        Decide::Suspend => t_string!(i18n, desk.suspend),
    }
}

/// How many reports.
pub fn reports(i18n: Texts, count: u32) -> String {
    if count > 1 {
        t_string!(i18n, count.reports_many, count = count)
    } else {
        t_string!(i18n, count.reports_one).to_owned()
    }
}

/// How many may still join by a link.
pub fn uses(i18n: Texts, count: u32) -> String {
    if count > 1 { t_string!(i18n, count.uses_many, count = count) } else { t_string!(i18n, count.uses_one).to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    const ENGLISH: &str = include_str!("../locales/en.json");
    const FRENCH: &str = include_str!("../locales/fr.json");

    /// Every text by its full key.
    fn texts(json: &str) -> BTreeMap<String, String> {
        let sections: BTreeMap<String, BTreeMap<String, Value>> =
            serde_json::from_str(json).expect("two levels of keys");
        sections
            .into_iter()
            .flat_map(|(section, texts)| {
                texts
                    .into_iter()
                    .map(move |(key, text)| (format!("{section}.{key}"), text.as_str().unwrap_or_default().to_owned()))
            })
            .collect()
    }

    /// What a text leaves open, such as `{{ name }}`.
    fn holes(text: &str) -> Vec<&str> {
        let mut holes: Vec<_> =
            text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).map(str::trim).collect();
        holes.sort_unstable();
        holes
    }

    #[test]
    fn both_languages_say_everything() {
        let (english, french) = (texts(ENGLISH), texts(FRENCH));
        assert_eq!(english.keys().collect::<Vec<_>>(), french.keys().collect::<Vec<_>>());
        for (key, text) in &english {
            assert!(!text.trim().is_empty() && !french[key].trim().is_empty(), "{key} says nothing");
            assert_eq!(holes(text), holes(&french[key]), "{key}");
        }
    }

    #[test]
    fn french_is_set_as_the_french_set_it() {
        for (key, text) in texts(FRENCH) {
            assert!(!text.contains('\''), "{key}: a straight apostrophe");
            for mark in [" :", " ;", " !", " ?", "« ", " »"] {
                assert!(!text.contains(mark), "{key}: {mark:?} may break the line");
            }
        }
    }
}
