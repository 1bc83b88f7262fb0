//! A canvas on which a workshop has been held: what people hear at the counter, and what could be tried.

use std::collections::HashMap;

use automerge::Change;
use shared::{
    IdeaId,
    api::{Colour, Millis, PersonView, Reaction},
    canvas::{
        ItemKind, ItemRef, Spot,
        layout::{GAP, GROUP_HEAD, NOTE_WIDTH, note_height},
    },
    live::{
        permit::Rights,
        replica::{Act, CanvasReplica, Replicated as _},
        sync::{SyncMessage, Version},
    },
};
use uuid::Uuid;

use super::{DemoError, HOUR};
use crate::{
    domain,
    store::{
        Tx,
        boards::Board,
        canvases,
        log::{self, NewChange},
        notes,
    },
};

/// A group: its title, its colour, and its notes, each with who wrote it.
type Group = (&'static str, Colour, &'static [(&'static str, &'static str)]);

const GROUPS: [Group; 3] = [
    (
        "Ce qu’on entend au comptoir",
        Colour::Amber,
        &[
            ("theo", "« Vous fermez déjà ? » Presque chaque soir, vers 19 h."),
            ("jeanne", "Les gens seuls demandent souvent une demi-baguette."),
            ("lea", "Le samedi on attend vingt minutes, et personne ne sait pour quoi."),
            ("owen", "Nobody tells you which bread keeps until Monday."),
            ("margaux", "Les enfants veulent voir le four."),
        ],
    ),
    (
        "Ce qu’on pourrait essayer",
        Colour::Leaf,
        &[
            ("karim", "Une file pour ceux qui ont commandé."),
            ("lea", "Écrire sur l’ardoise : « encore bon lundi »."),
            ("priya", "A small loaf with the same crust, baked at four."),
            ("hugo", "Deux soirs jusqu’à 20 h, pendant un mois, et compter."),
        ],
    ),
    (
        "Ce qui nous retient",
        Colour::Plum,
        &[
            ("nadia", "À 19 h il ne reste plus assez de pain pour que cela vaille la peine."),
            ("theo", "Le four du bas n’a qu’une sole."),
            ("ines", "On ne sait pas qui viendrait : à mesurer avant de décider."),
        ],
    ),
];

/// Which note speaks of which: by group and place in it.
const LINKS: [((usize, usize), (usize, usize)); 4] =
    [((0, 0), (1, 3)), ((0, 1), (1, 2)), ((0, 2), (1, 0)), ((0, 3), (1, 1))];

/// Who reacted to which note, and how.
const REACTIONS: [(&str, (usize, usize), Reaction); 9] = [
    ("paul", (0, 0), Reaction::Agree),
    ("margaux", (0, 0), Reaction::Agree),
    ("karim", (0, 2), Reaction::Agree),
    ("nadia", (0, 3), Reaction::Insight),
    ("lea", (1, 2), Reaction::Love),
    ("owen", (1, 2), Reaction::Love),
    ("jeanne", (1, 1), Reaction::Insight),
    ("paul", (1, 3), Reaction::Thanks),
    ("camille", (2, 2), Reaction::Insight),
];

fn id(group: usize, note: usize) -> String {
    format!("note-{group}-{note}")
}

/// Holds the workshop, by the people of the demo, on the canvas of a board; some of its ideas lie there too.
pub(super) async fn hold(
    tx: &mut Tx,
    board: &Board,
    ideas: &[IdeaId],
    everybody: &HashMap<&str, PersonView>,
    at: Millis,
) -> Result<(), DemoError> {
    let whose = |handle: &str| everybody.get(handle).ok_or(DemoError::Script("nobody has this handle"));
    let fault = |why: &str| DemoError::Domain(domain::Error::Fault(why.to_owned()));
    let document = canvases::of(tx, board.id).await?.ok_or(DemoError::Script("a board has no canvas"))?;
    let first = log::changes_after(tx, document, 0, 10).await?;
    let mut replica = CanvasReplica::new(document, Uuid::now_v7().as_bytes());
    replica.may(Rights { note: true, arrange: true, tidy: true, edit: false });
    let changes = first.iter().map(|change| change.bytes.as_slice()).collect();
    let known = SyncMessage { version: Version::V1, heads: vec![], need: vec![], have: vec![], changes, flags: None };
    replica.receive(&known.encode()).map_err(|error| fault(&error.to_string()))?;
    replica.integrate().map_err(|error| fault(&error.to_string()))?;

    let mut actors: HashMap<&str, Uuid> = HashMap::new();
    let mut hands = Vec::new();
    for (who, acts) in script(ideas) {
        let actor = *actors.entry(who).or_insert_with(Uuid::now_v7);
        replica.lease(actor.as_bytes());
        let (_, refused) = replica.act(acts, false);
        replica.seal();
        if !refused.is_empty() {
            return Err(DemoError::Script("the canvas does not take what is put there"));
        }
        hands.push(who);
    }
    let made = replica.unsaved();
    if made.len() != hands.len() {
        return Err(DemoError::Script("each hand makes one change"));
    }
    let next = first.last().map_or(0, |change| change.seq) + 1;
    for ((seq, stored_at), (change, who)) in (next..).zip((at..).step_by(60_000)).zip(made.into_iter().zip(hands)) {
        let person = whose(who)?.id;
        let change = Change::from_bytes(change.bytes).map_err(|error| fault(&error.to_string()))?;
        let actor = change.actor_id().to_bytes().to_vec();
        log::claim_actor(tx, &actor, person, stored_at).await?;
        let (hash, bytes) = (change.hash().0, change.raw_bytes().to_vec().into());
        log::append(tx, &[&NewChange { document, seq, hash, actor, person, bytes, stored_at }]).await?;
    }
    for (handle, (group, note), kind) in REACTIONS {
        notes::react(tx, (document, &id(group, note)), whose(handle)?.id, kind, Some(at + HOUR)).await?;
    }
    Ok(())
}

/// What each hand does, one after the other.
fn script(ideas: &[IdeaId]) -> Vec<(&'static str, Vec<Act>)> {
    const COLUMNS: usize = 2;
    let mut done = Vec::new();
    let (mut left, mut groups) = (0.0, Vec::new());
    for (at, (title, colour, said)) in GROUPS.iter().enumerate() {
        let mut columns = [GROUP_HEAD + GAP / 2.0; COLUMNS];
        let mut notes = Vec::new();
        for (n, (who, text)) in said.iter().enumerate() {
            let column = n % COLUMNS;
            #[expect(clippy::cast_precision_loss, reason = "two columns")]
            let x = left + GAP + (NOTE_WIDTH + GAP) * column as f64;
            let spot = Spot { x, y: columns[column], z: 1.0 };
            columns[column] += note_height(text) + GAP;
            let (id, text, group) = (id(at, n), (*text).to_owned(), Some(format!("group-{at}")));
            notes.push((*who, vec![Act::AddNote { id, text, spot, colour: *colour, group }]));
        }
        let (w, h) = (GAP + (NOTE_WIDTH + GAP) * 2.0, columns.into_iter().fold(0.0, f64::max) + GAP / 2.0);
        let (id, spot, title) = (format!("group-{at}"), Spot { x: left, y: 0.0, z: 0.0 }, (*title).to_owned());
        groups.push(Act::AddGroup { id, title, spot, w, h, colour: *colour });
        left += w + GAP * 2.0;
        done.extend(notes);
    }
    done.insert(0, ("hugo", groups));
    let links = LINKS.iter().enumerate().map(|(at, ((a, b), (c, d)))| {
        let note = |group: usize, note: usize| ItemRef::new(ItemKind::Note, id(group, note));
        Act::AddLink { id: format!("link-{at}"), from: note(*a, *b), to: note(*c, *d) }
    });
    done.push(("hugo", links.collect()));
    let cards = (0_u32..).zip(ideas).map(|(at, idea)| {
        let spot = Spot { x: f64::from(at) * 300.0, y: 660.0, z: 1.0 };
        Act::AddCard { id: idea.to_string(), spot, group: None }
    });
    done.push(("nadia", cards.collect()));
    done
}
