//! What waits for the moderators of the demo.

use std::collections::HashMap;

use shared::{
    IdeaId,
    api::{CommentKind, Millis, PersonView, Reason, Subject},
    rules::Away,
};

use super::{
    DemoError, HOUR,
    talk::{self, Said},
};
use crate::store::{
    Tx,
    reports::{self, NewReport},
};

/// A comment that waits for a decision.
struct Waiting {
    who: &'static str,
    /// The title of the idea.
    under: &'static str,
    text: &'static str,
    hours_ago: i64,
    /// As a first contribution that nobody else sees yet.
    held: bool,
    /// Who told the moderators, why, and in which words.
    reports: &'static [(&'static str, Reason, &'static str)],
}

const WAITING: [Waiting; 3] = [
    Waiting {
        who: "victor",
        under: "Une formule du midi qui tient dans la poche du manteau",
        text: "Bonjour, je fais des sacs en kraft imprimés à votre logo, dès 500 pièces. **Catalogue et tarifs sur simple demande !**",
        hours_ago: 7,
        held: false,
        reports: &[
            ("margaux", Reason::Spam, ""),
            ("karim", Reason::Spam, "Il a mis la même chose sous trois idées la semaine dernière."),
        ],
    },
    Waiting {
        who: "paul",
        under: "Une baguette sans gluten dont on n’a pas à s’excuser",
        text: "Le sans gluten, c’est surtout une mode pour gens qui s’ennuient.",
        hours_ago: 26,
        held: false,
        reports: &[("margaux", Reason::Unkind, "Ma nièce est malade, ce n’est pas une mode.")],
    },
    Waiting {
        who: "noe",
        under: "Un pain de seigle qui ne colle pas au couteau",
        text: "Première fois que j’écris ici. Chez ma grand-mère on le laissait **un jour entier** dans un torchon avant de le couper : plus rien ne collait.",
        hours_ago: 3,
        held: true,
        reports: &[],
    },
];

/// Writes down what waits, under the ideas of these titles.
pub(super) async fn wait(
    tx: &mut Tx,
    ideas: &HashMap<&str, IdeaId>,
    everybody: &HashMap<&str, PersonView>,
    now: Millis,
) -> Result<(), DemoError> {
    let whose = |handle: &str| everybody.get(handle).ok_or(DemoError::Script("nobody has this handle"));
    for waiting in &WAITING {
        let idea = *ideas.get(waiting.under).ok_or(DemoError::Script("no idea has this title"))?;
        let at = now - waiting.hours_ago * HOUR;
        let away = waiting.held.then_some(Away::Held);
        let said = Said { who: waiting.who, kind: CommentKind::Comment, parent: None, text: waiting.text, away, at };
        let (id, _) = talk::say(tx, idea, &said, everybody).await?;
        for (by, reason, words) in waiting.reports {
            let (subject, by) = (Subject::Comment(id), whose(by)?.id);
            reports::add(tx, &NewReport { subject, by, reason: *reason, words, at: at + HOUR }).await?;
        }
    }
    Ok(())
}
