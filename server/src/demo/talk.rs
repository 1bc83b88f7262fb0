//! What the people of the demo say, and what they were told.

use std::collections::{HashMap, HashSet};

use shared::{
    CommentId, PersonId,
    api::{CommentKind, Millis, NoticeKind, PersonView},
};

use super::{
    DemoError, HOUR,
    script::{Idea, Under},
};
use crate::{
    domain::{ideas::Written, markdown},
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
        let named: HashMap<String, PersonId> = markdown::mentioned(said.text)
            .into_iter()
            .filter_map(|handle| everybody.get(handle.as_str()).map(|person| (handle, person.id)))
            .collect();
        let html = markdown::comment_to_html(said.text, |handle| named.contains_key(handle));
        let mentions: HashSet<PersonId> = named.into_values().collect();
        let id = CommentId::new();
        let parent = if said.under == Under::Comment { thread } else { None };
        let text = Text { body: said.text, html: &html, mentions: &mentions };
        let at = at + said.hours * HOUR;
        comments::insert(
            tx,
            written.id,
            &NewComment { id, parent, author: author.id, kind: said.kind, text, away: None },
            at,
        )
        .await?;
        votes::take_part(tx, written.id, author.id, at).await?;
        if parent.is_none() {
            thread = Some(id);
        }
        let followers = match said.kind {
            CommentKind::Comment => Some(NoticeKind::Comment),
            CommentKind::Answer => Some(NoticeKind::Answer),
            CommentKind::Note => None,
        };
        let named = (!mentions.is_empty()).then_some(NoticeKind::Mention);
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
