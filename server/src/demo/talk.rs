//! What the people of the demo say, and what they were told.

use std::collections::{HashMap, HashSet};

use shared::{
    CommentId, IdeaId, PersonId,
    api::{CommentKind, Millis, NoticeKind, PersonView},
    rules::Away,
};

use super::{
    DemoError, HOUR,
    script::{Idea, Under},
};
use crate::{
    domain::{ideas::Written, markdown, promise},
    store::{
        Tx,
        comments::{self, NewComment, Text},
        inbox::{self, Happening},
        stages::Move,
        votes,
    },
};

/// What happened earlier than this before now, everybody has read.
const READ: Millis = 6 * 24 * HOUR;

/// Something said about an idea.
pub(super) struct Said<'a> {
    pub who: &'a str,
    pub kind: CommentKind,
    pub parent: Option<CommentId>,
    pub text: &'a str,
    pub away: Option<Away>,
    pub at: Millis,
}

/// Writes down something said, by which its author takes part if it stands. Whether it names anybody.
pub(super) async fn say(
    tx: &mut Tx,
    idea: IdeaId,
    said: &Said<'_>,
    everybody: &HashMap<&str, PersonView>,
) -> Result<(CommentId, bool), DemoError> {
    let Said { who, kind, parent, text: body, away, at } = *said;
    let author = everybody.get(who).ok_or(DemoError::Script("nobody has this handle"))?.id;
    let named: HashMap<String, PersonId> = markdown::mentioned(body)
        .into_iter()
        .filter_map(|handle| everybody.get(handle.as_str()).map(|person| (handle, person.id)))
        .collect();
    let html = markdown::comment_to_html(body, |handle| named.contains_key(handle));
    let mentions: HashSet<PersonId> = named.into_values().collect();
    let id = CommentId::new();
    let text = Text { body, html: &html, mentions: &mentions };
    comments::insert(tx, idea, &NewComment { id, parent, author, kind, text, away }, at).await?;
    if away.is_none() {
        votes::take_part(tx, idea, author, at).await?;
    }
    Ok((id, !mentions.is_empty()))
}

/// Writes down what was said about an idea.
pub(super) async fn hold(
    tx: &mut Tx,
    written: &Written,
    idea: &Idea,
    at: Millis,
    everybody: &HashMap<&str, PersonView>,
) -> Result<(), DemoError> {
    let mut thread = None;
    for said in &idea.talk {
        let author = everybody.get(said.who).ok_or(DemoError::Script("nobody has this handle"))?;
        let parent = if said.under == Under::Comment { thread } else { None };
        let at = at + said.hours * HOUR;
        let new = Said { who: said.who, kind: said.kind, parent, text: said.text, away: None, at };
        let (id, names) = say(tx, written.id, &new, everybody).await?;
        if parent.is_none() {
            thread = Some(id);
        }
        if said.kind == CommentKind::Question {
            promise::ask(tx, written.id, id, at).await?;
        }
        let followers = match said.kind {
            CommentKind::Comment => Some(NoticeKind::Comment),
            CommentKind::Answer => Some(NoticeKind::Answer),
            CommentKind::Question => Some(NoticeKind::Question),
            CommentKind::Note => None,
        };
        let named = names.then_some(NoticeKind::Mention);
        for kind in followers.into_iter().chain(named) {
            let (idea, by, comment) = (written.id, author.id, Some(id.0));
            inbox::happen(tx, &Happening { idea, kind, by, stage: None, comment, words: "", at }).await?;
        }
    }
    Ok(())
}

/// Notes that an idea moved.
pub(super) async fn moved(tx: &mut Tx, moved: &Move<'_>) -> Result<(), DemoError> {
    let Move { idea, to, by, reason: words, at, .. } = *moved;
    let told = Happening { idea, kind: NoticeKind::Stage, by, stage: Some(to), comment: None, words, at };
    Ok(inbox::happen(tx, &told).await?)
}

/// Lets everybody be told what happened; what was long ago, they have read.
pub(super) async fn tell(tx: &mut Tx, now: Millis) -> Result<(), DemoError> {
    while inbox::deliver(tx, now).await?.is_some() {}
    Ok(inbox::settle(tx, now - READ, now).await?)
}
