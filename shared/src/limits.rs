//! How long texts may be. Lengths of texts count Unicode scalar values, not bytes.

/// A concept's title.
pub const TITLE: usize = 200;
/// A concept's pitch.
pub const PITCH: usize = 600;
/// A concept's body.
pub const BODY: usize = 200_000;
/// A comment on an idea.
pub const COMMENT: usize = 10_000;
/// The passage of a concept that a comment is about.
pub const QUOTE: usize = 1_000;
/// What a person says about themself on their page.
pub const ABOUT: usize = 300;
/// A note on a canvas.
pub const NOTE: usize = 2_000;
/// The title of a group on a canvas.
pub const GROUP_TITLE: usize = 120;
/// Notes, groups and cards that stand on one canvas.
pub const CANVAS: usize = 5_000;
/// What a dot vote asks.
pub const QUESTION: usize = 200;
/// Dots that each person has in a dot vote, at most.
pub const DOTS: u32 = 20;
/// The name of something on a canvas, such as `notes/n1`: its kind and its id.
pub const ITEM: usize = 45;
/// What a picture on a canvas shows, in words.
pub const ALT: usize = 300;
/// Bytes of all the changes of one document.
pub const DOCUMENT: u64 = 64 * 1024 * 1024;
/// A person's displayed name.
pub const NAME: usize = 80;
/// An e-mail address (RFC 5321 §4.5.3.1.3, less the angle brackets).
pub const EMAIL: usize = 254;
/// The shortest password accepted.
pub const PASSWORD_MIN: usize = 10;
/// The longest password accepted; beyond it hashing would cost an attacker nothing and us much.
pub const PASSWORD_MAX: usize = 200;
/// The workspace's name.
pub const WORKSPACE: usize = 80;
/// A board's title.
pub const BOARD_TITLE: usize = 80;
/// A board's purpose.
pub const PURPOSE: usize = 400;
/// Why an idea moved to another stage.
pub const REASON: usize = 1_000;
/// An update: a published piece of progress.
pub const UPDATE: usize = 20_000;
/// The title of a milestone.
pub const MILESTONE: usize = 120;
/// A day of the calendar, as in `2027-03-31`.
pub const DAY: usize = 10;
/// Milestones that an idea has.
pub const MILESTONES: usize = 40;
/// Each of the texts of an experiment: its hypothesis, what will be done, its measure, why it was kept or reverted.
pub const EXPERIMENT: usize = 2_000;
/// What came of an experiment.
pub const RESULT: usize = 10_000;
/// Why somebody is recognised, or no longer.
pub const WORDS: usize = 500;
/// People recognised at once.
pub const RECOGNISED: usize = 50;
/// Points given to one person at once, and what a perk costs.
pub const POINTS: u32 = 100_000;
/// Points that a board gives in a month, at most.
pub const BUDGET: u32 = 1_000_000;
/// The name of a badge, and the title of a perk.
pub const BADGE: usize = 60;
/// What a badge means, and what one gets with a perk.
pub const MEANING: usize = 300;
/// Badges that a workspace has, and perks.
pub const CATALOGUE: usize = 100;
/// How many of a perk there are.
pub const STOCK: u32 = 100_000;
/// The code of a perk.
pub const CODE: usize = 200;
/// Codes that a perk takes at once.
pub const CODES: usize = 5_000;
/// The text in which they are pasted.
pub const CODES_TEXT: usize = 500_000;
/// What somebody says about what they report, and what a moderator says to the person concerned.
pub const ORDER: usize = 1_000;
/// A tag.
pub const TAG: usize = 80;
/// Tags that a board has.
pub const TAGS: usize = 50;
/// Tags that an idea has.
pub const TAGS_OF_IDEA: usize = 5;
/// The name of a stage.
pub const STAGE: usize = 40;
/// Stages that a board has.
pub const STAGES: usize = 12;
/// Votes that a board may give each person a month, at most.
pub const VOTES_PER_MONTH: u32 = 1_000;
/// Days within which a board promises an answer, at most.
pub const PROMISE_DAYS: u32 = 365;
/// The name of a time zone.
pub const TIME_ZONE: usize = 60;
/// Those who answer the ideas of a board, each counted once for each of its tags.
pub const ANSWERERS: usize = 100;
/// The name a person gives an access token.
pub const TOKEN_NAME: usize = 60;
/// What is searched for.
pub const QUERY: usize = 200;
/// Things of one kind that a search finds, at most.
pub const FOUND: u32 = 50;
/// Items on one page of a list, at most.
pub const PAGE: u32 = 100;
/// Bytes of a picture, as it is sent.
pub const PICTURE: usize = 15 * 1024 * 1024;
/// Pixels of a picture, as it is sent: what the best of telephones take.
pub const PIXELS: u64 = 50_000_000;
/// The longer side of a picture, as it is kept.
pub const PICTURE_SIDE: u32 = 1_600;
/// The longer side of its small form, for narrow screens.
pub const SMALL_PICTURE_SIDE: u32 = 640;
/// The longer side of a logo, as it is kept, and that of its small form.
pub const LOGO_SIDES: (u32, u32) = (512, 96);
/// Domains of e-mail addresses that may sign up.
pub const DOMAINS: usize = 50;
/// Bytes of a JSON request body.
pub const REQUEST: usize = 1024 * 1024;
/// Bytes of a file of ideas.
pub const IMPORT: usize = 20 * 1024 * 1024;
/// Rows of a file of ideas.
pub const IMPORT_ROWS: u32 = 100_000;
/// The status of an idea in a file.
pub const STATUS: usize = 80;
