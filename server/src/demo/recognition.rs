//! Who was thanked in the demo, what there is to be had for points, and who had something.

use std::collections::HashMap;

use shared::{
    BoardId, IdeaId, PerkId,
    api::{Millis, PerkKind, PersonView, RecognitionChoices, RecognitionKind, WrittenPerk},
    calendar::month_of,
};
use uuid::Uuid;

use super::{DemoError, HOUR};
use crate::store::{
    Tx, inbox,
    recognition::{
        self, Act, NewEntry, badges, choices,
        perks::{self, Stock},
        told,
    },
};

/// Something given at once.
struct Gift {
    /// For which idea; where for none, for what was done on the first board.
    idea: Option<&'static str>,
    by: &'static str,
    days_ago: i64,
    words: &'static str,
    /// The badge, as the first set has them.
    badge: Option<usize>,
    to: &'static [(&'static str, u32)],
}

const GIFTS: [Gift; 7] = [
    Gift {
        idea: Some("Un banc au soleil, côté quai"),
        by: "camille",
        days_ago: 61,
        words: "Le banc est là, au soleil dès neuf heures. C’était votre idée : merci d’y avoir pensé pour nous tous.",
        badge: Some(3),
        to: &[("paul", 60)],
    },
    Gift {
        idea: Some("Le pain de la veille à moitié prix, et qu’on le sache"),
        by: "nadia",
        days_ago: 38,
        words: "Le pain de la veille part désormais presque entier. Merci d’avoir insisté pour que cela se sache.",
        badge: Some(3),
        to: &[("margaux", 70), ("jeanne", 0)],
    },
    Gift {
        idea: Some("Une formule du midi qui tient dans la poche du manteau"),
        by: "nadia",
        days_ago: 26,
        words: "Le besoin, les pistes, les essais : cette formule s’est écrite à plusieurs mains. Merci pour les vôtres.",
        badge: Some(1),
        to: &[("lea", 55), ("karim", 40)],
    },
    Gift {
        idea: Some("Un pain de seigle qui ne colle pas au couteau"),
        by: "camille",
        days_ago: 14,
        words: "Merci d’avoir raconté aussi les fournées ratées : c’est grâce à elles que la bonne existe.",
        badge: None,
        to: &[("hugo", 0)],
    },
    Gift {
        idea: Some("Half-size loaves for people who live alone"),
        by: "nadia",
        days_ago: 9,
        words: "You asked the question nobody behind the counter had asked: who eats a whole loaf alone? Thank you.",
        badge: Some(4),
        to: &[("owen", 30)],
    },
    Gift {
        idea: Some("Tell me what is in it, without my having to ask"),
        by: "nadia",
        days_ago: 6,
        words: "Thank you for explaining what a label means when one cannot take the risk.",
        badge: None,
        to: &[("priya", 25)],
    },
    Gift {
        idea: None,
        by: "camille",
        days_ago: 4,
        words: "Fidèle à chaque dégustation du mardi, et toujours franc sur ce qui ne va pas. Merci.",
        badge: Some(5),
        to: &[("karim", 20)],
    },
];

/// Who keeps their recognition private.
const PRIVATE: &str = "priya";
/// Who had which perk, the first being 0, and how many days ago.
const CLAIMED: (&str, usize, i64) = ("lea", 0, 20);

/// Kind, titles, what one gets, price, and how many there are; where that is nothing, the codes.
type Perk = (PerkKind, [&'static str; 2], [&'static str; 2], Option<u32>, Option<u32>);

const PERKS: [Perk; 4] = [
    (
        PerkKind::Coffee,
        ["Un café offert", "A free coffee"],
        ["Le filtre du jour, à table ou à emporter.", "The filter of the day, here or to go."],
        Some(30),
        Some(40),
    ),
    (
        PerkKind::Discount,
        ["10 % sur la commande du samedi", "10 % off Saturday’s order"],
        ["À donner en passant commande, une fois.", "To be given with your order, once."],
        Some(50),
        None,
    ),
    (
        PerkKind::Seat,
        ["Une place à la dégustation du mardi", "A seat at Tuesday’s tasting"],
        [
            "Six personnes, les essais de la semaine, et votre avis.",
            "Six people, the trials of the week, and your opinion.",
        ],
        Some(80),
        Some(6),
    ),
    (
        PerkKind::Other,
        ["Le fournil à cinq heures du matin", "The bakery at five in the morning"],
        ["Une fournée avec Jeanne, tablier compris.", "One batch with Jeanne, apron included."],
        None,
        Some(4),
    ),
];
const CODES: [&str; 5] = ["SAMEDI-4KX2", "SAMEDI-7QPR", "SAMEDI-9MWB", "SAMEDI-C3TL", "SAMEDI-F8ZN"];

/// Gives what was given, in the order it was.
pub(super) async fn give(
    tx: &mut Tx,
    ideas: &HashMap<&str, IdeaId>,
    boards: &HashMap<IdeaId, BoardId>,
    board: BoardId,
    everybody: &HashMap<&str, PersonView>,
    now: Millis,
) -> Result<(), DemoError> {
    let whose = |handle: &str| everybody.get(handle).ok_or(DemoError::Script("nobody has this handle"));
    let medals = badges::list(tx).await?;
    for gift in &GIFTS {
        let at = now - gift.days_ago * 24 * HOUR;
        let idea = match gift.idea {
            Some(title) => Some(*ideas.get(title).ok_or(DemoError::Script("there is no such idea"))?),
            None => None,
        };
        let place = idea.and_then(|idea| boards.get(&idea).copied()).unwrap_or(board);
        let act = begin(tx, whose(gift.by)?, at).await?;
        for (handle, points) in gift.to {
            let person = whose(handle)?.id;
            let thanks = NewEntry {
                kind: RecognitionKind::Thanks,
                person,
                board: Some(place),
                idea,
                private: false,
                points: 0,
                badge: None,
                perk: None,
                revokes: None,
                words: gift.words,
            };
            if *points > 0 {
                let points = i64::from(*points);
                recognition::spend(tx, place, month_of(at), points).await?;
                recognition::change_points(tx, person, points).await?;
                let entry = NewEntry { kind: RecognitionKind::Points, points, ..thanks };
                recognition::add(tx, &act, &entry).await?;
            }
            recognition::add(tx, &act, &thanks).await?;
            if let Some(badge) = gift.badge {
                let badge = medals.get(badge).ok_or(DemoError::Script("there is no such badge"))?.id;
                let entry = NewEntry { kind: RecognitionKind::Badge, badge: Some(badge), ..thanks };
                let entry = recognition::add(tx, &act, &entry).await?;
                badges::hand(tx, entry, badge, person, idea).await?;
            }
            told::add(tx, act.id, person, at).await?;
            // Everybody has been here since.
            told::see(tx, person, at, at).await?;
            inbox::recognised(tx, act.id, person, act.by, idea, at).await?;
        }
    }
    let private = RecognitionChoices { private: true, unlisted: false };
    choices::set(tx, whose(PRIVATE)?.id, private, now).await?;
    Ok(())
}

async fn begin(tx: &mut Tx, by: &PersonView, at: Millis) -> Result<Act, DemoError> {
    let id = Uuid::now_v7();
    let act = Act { id, by: by.id, key: format!("demo {id}"), request: Vec::new(), at };
    recognition::begin(tx, &act).await?;
    Ok(act)
}

/// Fills the catalogue, and lets somebody have the first of it.
pub(super) async fn offer(tx: &mut Tx, everybody: &HashMap<&str, PersonView>, now: Millis) -> Result<(), DemoError> {
    let mut ids = Vec::new();
    for (kind, [fr, en], [about_fr, about_en], price, stock) in PERKS {
        let id = PerkId::new();
        let perk = WrittenPerk {
            kind,
            fr: fr.to_owned(),
            en: en.to_owned(),
            about_fr: about_fr.to_owned(),
            about_en: about_en.to_owned(),
            price,
            stock,
            coded: stock.is_none(),
            retired: false,
        };
        let at = now - 90 * 24 * HOUR;
        perks::set(tx, id, &perk, stock.map_or(Stock::AsBefore, Stock::Of), at).await?;
        if stock.is_none() {
            perks::add_codes(tx, id, &CODES, at).await?;
        }
        ids.push((id, price.unwrap_or_default()));
    }
    let (handle, which, days_ago) = CLAIMED;
    let who = everybody.get(handle).ok_or(DemoError::Script("nobody has this handle"))?;
    let (perk, price) = ids.get(which).copied().ok_or(DemoError::Script("there is no such perk"))?;
    let act = begin(tx, who, now - days_ago * 24 * HOUR).await?;
    let points = -i64::from(price);
    if !recognition::change_points(tx, who.id, points).await? || !perks::take(tx, perk).await? {
        return Err(DemoError::Script("a perk cannot be had"));
    }
    let claim = NewEntry {
        kind: RecognitionKind::Claim,
        person: who.id,
        board: None,
        idea: None,
        private: true,
        points,
        badge: None,
        perk: Some(perk),
        revokes: None,
        words: "",
    };
    recognition::add(tx, &act, &claim).await?;
    Ok(())
}
