//! Recognising people: all whom a request names, or none.

use std::collections::BTreeMap;

use serde_json::json;
use shared::{
    BadgeId, BoardId, IdeaId, PerkId, PersonId, RecognitionId,
    api::{AuditAct, FieldCode, FieldProblem, PersonView, Recognise, RecognitionKind, RecognitionView},
    calendar::month_of,
    limits,
    rules::{Act, BoardAct, may},
};
use uuid::Uuid;

use super::{
    super::{
        Error,
        access::{self, Signed},
        fields::{self, Fields},
        now,
        suspension::whom_of,
    },
    again_if_taken, before, flags, key, not_them, words,
};
use crate::store::{
    Db, StoreError, Tx, audit, idempotency, inbox, people,
    recognition::{self, NewEntry, badges, perks, read, told},
};

/// What a request asks for, brought into one form.
struct Asked {
    words: String,
    private: bool,
    thanks: bool,
    badge: Option<BadgeId>,
    perk: Option<PerkId>,
    /// By their ids, so that no two requests wait for each other.
    to: BTreeMap<PersonId, u32>,
}

impl Asked {
    fn points(&self) -> u32 {
        self.to.values().sum()
    }
}

impl TryFrom<&Recognise> for Asked {
    type Error = Error;

    fn try_from(request: &Recognise) -> Result<Self, Error> {
        let mut fields = Fields::default();
        let words = fields.check("words", words(&request.words));
        let to: BTreeMap<_, _> = request.to.iter().map(|one| (one.person, one.points)).collect();
        let people = match request.to.len() {
            0 => Err(FieldProblem::new(FieldCode::Required, "name somebody")),
            count if count > limits::RECOGNISED => Err(FieldProblem::too_many(limits::RECOGNISED)),
            count if count > to.len() => Err(FieldProblem::new(FieldCode::Taken, "somebody is named twice")),
            _ => Ok(()),
        };
        fields.check("to", people);
        for points in to.values() {
            fields.check("points", fields::number(*points, 0, limits::POINTS));
        }
        let nothing = !request.thanks && request.badge.is_none() && request.perk.is_none();
        if nothing && to.values().any(|points| *points == 0) {
            fields.check::<()>("points", Err(FieldProblem::new(FieldCode::Required, "somebody is given nothing")));
        }
        fields.done()?;
        let Recognise { private, thanks, badge, perk, .. } = *request;
        Ok(Self { words: words.unwrap_or_default(), private, thanks, badge, perk, to })
    }
}

/// Where something is given.
struct Place {
    board: BoardId,
    idea: Option<IdeaId>,
}

async fn place(tx: &mut Tx, who: &PersonView, request: &Recognise) -> Result<Place, Error> {
    match (request.idea, &request.board) {
        (Some(number), _) => {
            let (place, _) = access::idea(tx, Some(who), number, BoardAct::Recognise).await?;
            Ok(Place { board: place.board, idea: Some(place.idea) })
        }
        (None, Some(slug)) => {
            let (board, _) = access::board(tx, Some(who), slug, BoardAct::Recognise).await?;
            Ok(Place { board: board.id, idea: None })
        }
        (None, None) => Err(Error::field("board", FieldProblem::new(FieldCode::Required, "name an idea or a board"))),
    }
}

/// Recognises people: thanks them, gives them a badge, points, a perk, all of it or nothing. The same `key` again, with the
/// same request, answers with what it gave the first time.
///
/// # Errors
/// When the person may not, somebody cannot be recognised, the board has not as many points left this month, somebody
/// has the badge already, no perk is left, or the key came with another request.
pub async fn give(
    db: &Db,
    signed: &Signed,
    request: &Recognise,
    given: Option<&str>,
) -> Result<Vec<RecognitionView>, Error> {
    let key = key(given);
    again_if_taken!(attempt(db, signed, request, &key))
}

async fn attempt(db: &Db, signed: &Signed, request: &Recognise, key: &str) -> Result<Vec<RecognitionView>, Error> {
    let mut tx = db.write().await?;
    let who = &signed.person;
    let place = place(&mut tx, who, request).await?;
    let digest = idempotency::digest(["give", &json!(request).to_string()]);
    if let Some(act) = before(&mut tx, who.id, key, &digest).await? {
        return Ok(read::of_act(&mut tx, &access::sight(Some(who)), act).await?);
    }
    let asked = Asked::try_from(request)?;
    may_be_given(&mut tx, signed, &asked, &place).await?;
    let at = now();
    let act = recognition::Act { id: Uuid::now_v7(), by: who.id, key: key.to_owned(), request: digest, at };
    recognition::begin(&mut tx, &act).await?;
    pay(&mut tx, &asked, &place, &act).await?;
    let mut first = Vec::with_capacity(asked.to.len());
    for (person, points) in &asked.to {
        let entry = enter(&mut tx, &act, &asked, &place, *person, *points).await?;
        first.push((entry, *person, *points));
        told::add(&mut tx, act.id, *person, at).await?;
        inbox::recognised(&mut tx, act.id, *person, who.id, place.idea, at).await?;
        let subject = match place.idea {
            Some(idea) => format!("idea:{idea}"),
            None => format!("board:{}", place.board),
        };
        audit::add(&mut tx, who.id, AuditAct::Recognise, &subject, &json!({ "person": person, "act": act.id })).await?;
    }
    flags::look(&mut tx, &act, place.board, &first).await?;
    let made = read::of_act(&mut tx, &access::sight(Some(who)), act.id).await?;
    tx.commit().await?;
    Ok(made)
}

/// Whether each of those named may be recognised by whoever asks, and what is to be given is there to be.
async fn may_be_given(tx: &mut Tx, signed: &Signed, asked: &Asked, place: &Place) -> Result<(), Error> {
    for person in asked.to.keys() {
        let Some(person) = people::person(tx, *person).await? else {
            return Err(not_them("there is nobody of this id"));
        };
        may(Act::Recognise(whom_of(signed, &person)), Some(signed.role()))?;
        if !recognition::takes(tx, person.id).await? {
            return Err(not_them("who is not here, or suspended, is given nothing"));
        }
    }
    if let Some(id) = asked.badge {
        if badges::one(tx, id).await?.is_none_or(|badge| badge.retired) {
            return Err(Error::unknown_field("badge", "is no badge that is given"));
        }
        for person in asked.to.keys() {
            if badges::has(tx, id, *person, place.idea).await? {
                let message = "somebody has this badge already";
                return Err(Error::field("badge", FieldProblem::new(FieldCode::HasBadge, message)));
            }
        }
    }
    if let Some(id) = asked.perk
        && perks::one(tx, signed.person.id, id).await?.is_none_or(|perk| perk.retired)
    {
        return Err(Error::unknown_field("perk", "is no perk that is given"));
    }
    Ok(())
}

/// Takes what is given from where it comes, and adds the points to those who get them: first the board's month, then people
/// by their ids, then the perk.
async fn pay(tx: &mut Tx, asked: &Asked, place: &Place, act: &recognition::Act) -> Result<(), Error> {
    let points = asked.points();
    if points > 0 {
        let month = month_of(act.at);
        if !recognition::spend(tx, place.board, month, i64::from(points)).await? {
            let (monthly, spent) = recognition::budget(tx, place.board, month).await?;
            let left = monthly.saturating_sub(spent);
            let message = format!("the board has {left} points left this month");
            return Err(Error::field("points", FieldProblem::limited(FieldCode::Budget, left, message)));
        }
        for (person, points) in asked.to.iter().filter(|(_, points)| **points > 0) {
            if !recognition::change_points(tx, *person, i64::from(*points)).await? {
                return Err(StoreError::Corrupt(format!("points of {person}")).into());
            }
        }
    }
    if let Some(perk) = asked.perk {
        for _ in &asked.to {
            if !perks::take(tx, perk).await? {
                return Err(Error::PerkGone);
            }
        }
    }
    Ok(())
}

/// Enters what a person is given, each as an entry with the same words. Answers the first.
async fn enter(
    tx: &mut Tx,
    act: &recognition::Act,
    asked: &Asked,
    place: &Place,
    person: PersonId,
    points: u32,
) -> Result<RecognitionId, Error> {
    let plain = NewEntry {
        kind: RecognitionKind::Thanks,
        person,
        board: Some(place.board),
        idea: place.idea,
        private: asked.private,
        points: 0,
        badge: None,
        perk: None,
        revokes: None,
        words: &asked.words,
    };
    let mut first = None;
    // Points come first: it is they that may stand out.
    if points > 0 {
        let entry = NewEntry { kind: RecognitionKind::Points, points: i64::from(points), ..plain };
        first = Some(recognition::add(tx, act, &entry).await?);
    }
    if asked.thanks {
        let id = recognition::add(tx, act, &plain).await?;
        first = first.or(Some(id));
    }
    if let Some(badge) = asked.badge {
        let entry = NewEntry { kind: RecognitionKind::Badge, badge: Some(badge), ..plain };
        let id = recognition::add(tx, act, &entry).await?;
        badges::hand(tx, id, badge, person, place.idea).await?;
        first = first.or(Some(id));
    }
    if let Some(perk) = asked.perk {
        let entry = NewEntry { kind: RecognitionKind::Perk, perk: Some(perk), ..plain };
        let id = recognition::add(tx, act, &entry).await?;
        super::claim::hand(tx, perk, id, act.by).await?;
        first = first.or(Some(id));
    }
    first.ok_or_else(|| Error::Fault("somebody was given nothing".to_owned()))
}
