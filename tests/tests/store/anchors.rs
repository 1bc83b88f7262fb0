//! Comments about passages follow the concept, whatever is said and by whom it may be seen.

use automerge::{ActorId, AutoCommit, Change, transaction::Transactable};
use server::{
    domain::{
        Error,
        comments::{self, Place},
        ideas::{self, Shown},
        markdown::Renderer,
        passages,
    },
    live::{anchors, room::Copy},
    store::{
        Db,
        log::{self, NewChange},
    },
};
use shared::{
    PersonId, Role,
    api::{
        CommentKind, CommentView, FieldCode, IdeaView, NewAnchor, NewComment, NewIdea, NewPassage, PassageState,
        PersonView,
    },
    field::Field,
    limits,
    live::concept::{self, ENCODING},
    passage::Span,
    rules::{Audience, Refusal},
};
use tests::on_both_databases;

use crate::workspace::{board, person};

const BODY: &str = "# Flan\n\nUn **bon** flan, bien frais.";

/// Puts a text in place of another in the body, by `who`, and lets the idea follow.
async fn replace(db: &Db, idea: &IdeaView, who: &PersonView, old: &str, new: &str) {
    let mut tx = db.write().await.expect("a transaction");
    let logged = log::changes_after(&mut tx, idea.document, 0, 1000).await.expect("the log");
    let seq = logged.len() as u64 + 1;
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    doc.apply_changes(logged.into_iter().map(|change| Change::from_bytes(change.bytes).expect("a change")))
        .expect("they apply");
    let actor = PersonId::new().0.into_bytes();
    let mut doc = doc.with_actor(ActorId::from(actor.as_slice()));
    let body = Field::Body.object(&doc).expect("a body");
    let text = concept::read(&doc).expect("a concept").body;
    let units = |text: &str| text.encode_utf16().count();
    let at = text.find(old).expect("it stands there");
    // What both have in common stays.
    let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum::<usize>();
    let (at, old, new) = (at + same, &old[same..], &new[same..]);
    let delete = isize::try_from(units(old)).expect("short");
    doc.splice_text(&body, units(&text[..at]), delete, new).expect("a splice");
    doc.commit();
    let change = doc.get_last_local_change().expect("a change");
    log::claim_actor(&mut tx, &actor, who.id, 0).await.expect("an actor");
    let new = NewChange {
        document: idea.document,
        seq,
        hash: change.hash().0,
        actor: actor.to_vec(),
        person: who.id,
        bytes: change.raw_bytes().to_vec().into(),
        stored_at: 0,
    };
    log::append(&mut tx, &[&new]).await.expect("an append");
    tx.commit().await.expect("a commit");
    let copy = Copy::load(db, idea.document).await.expect("the texts");
    let shown = Shown::of(&copy.texts(), &mut Renderer::default());
    ideas::reflect(db, idea.document, seq, shown, &copy).await.expect("an answer").expect("a change");
}

/// A passage as somebody saw it in the page.
fn seen(at: i64, from: u32, to: u32, quote: &str) -> NewAnchor {
    NewAnchor {
        field: Field::Body,
        passage: NewPassage::Shown { seen: at, span: Span { from, to }, quote: quote.to_owned() },
    }
}

async fn say(
    db: &Db,
    who: &PersonView,
    idea: &IdeaView,
    kind: CommentKind,
    anchor: NewAnchor,
) -> Result<CommentView, Error> {
    let about = anchors::find(db, idea.document, &anchor).await?;
    let new = NewComment { body: "Pourquoi ?".into(), kind, anchor: Some(anchor), ..NewComment::default() };
    comments::write(db, Some(who), 1, &new, Some(&about), None).await.map(|(comment, _)| comment)
}

async fn propose(db: &Db, who: &PersonView) -> IdeaView {
    let made = board(db, who, "Goûter", Audience::Public).await;
    let new = NewIdea { title: "Flan".into(), body: BODY.into(), ..NewIdea::default() };
    ideas::propose(db, Some(who), &made.slug, &new, None).await.expect("an idea")
}

/// What a comment is about, as the discussion and the concept say it; of the concept, the letters that are marked.
async fn about(db: &Db, who: Option<&PersonView>) -> (String, PassageState, Option<String>) {
    let threads = comments::list(db, who, 1, Place::START, 9).await.expect("the discussion");
    let anchor = threads[0].comment.anchor.clone().expect("a passage");
    let marked = passages::list(db, who, 1).await.expect("the passages");
    let view = ideas::one(db, who, 1).await.expect("the idea");
    assert_eq!((marked.items.as_slice(), marked.reflects), (view.passages.as_slice(), view.reflects));
    let marks: Vec<_> = marked
        .items
        .iter()
        .map(|passage| shared::passage::Mark {
            span: passage.span,
            id: "p".into(),
            href: "#c".into(),
            count: passage.said,
            label: String::new(),
        })
        .collect();
    let page = shared::passage::mark(&view.body_html, &marks);
    let parts: Vec<_> =
        page.split("<mark class=\"passage\">").skip(1).map(|part| part.split("</mark>").next()).collect();
    let letters = |part: Option<&str>| part.unwrap_or_default().replace(char::is_whitespace, "");
    let marked = (!parts.is_empty()).then(|| parts.into_iter().map(letters).collect());
    (anchor.quote, anchor.state, marked)
}

on_both_databases! {
    async fn a_passage_follows_the_concept_until_nothing_of_it_is_left(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let idea = propose(&db, &owner).await;
        // "bon flan": the sixth letter of the page and those behind it.
        let made = say(&db, &zoe, &idea, CommentKind::Comment, seen(1, 6, 13, "bon\n flan")).await.expect("a comment");
        let anchor = made.anchor.expect("a passage");
        assert_eq!((anchor.quote.as_str(), anchor.state), ("bon flan", PassageState::Stands));
        assert_eq!(about(&db, None).await, ("bon flan".into(), PassageState::Stands, Some("bonflan".into())));
        for (old, new, marked) in [
            ("# Flan", "# Un très grand flan 🍮", Some("bonflan")),
            ("bon", "bon *petit*", Some("bonpetitflan")),
            (", bien", " ! Bien", Some("bonpetitflan")),
            ("bon ", "", Some("petitflan")),
            ("flan ! Bien", "", Some("petit")),
            ("***petit***", "", None),
        ] {
            replace(&db, &idea, &owner, old, new).await;
            let state = if marked.is_some() { PassageState::Stands } else { PassageState::Gone };
            let (quote, now, found) = about(&db, None).await;
            assert_eq!((quote.as_str(), now), ("bon flan", state), "{old} {new}");
            assert_eq!(found.as_deref(), marked, "{old} {new}");
        }
        // Of what was, something can still be said by who saw it so, and not of what is gone.
        let late = say(&db, &zoe, &idea, CommentKind::Comment, seen(1, 0, 4, "Flan")).await;
        assert!(matches!(&late, Err(Error::Invalid(fields)) if fields["anchor"].code == FieldCode::Wrong), "{late:?}");
        let late = say(&db, &zoe, &idea, CommentKind::Comment, seen(1, 18, 23, "frais")).await;
        assert!(late.is_ok(), "{late:?}");
    }

    async fn a_passage_is_what_really_stands_there(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let idea = propose(&db, &owner).await;
        for wrong in [
            seen(1, 6, 13, "mauvais flan"),
            seen(2, 6, 13, "bon flan"),
            seen(0, 6, 13, "bon flan"),
            seen(1, 6, 6, ""),
            seen(1, 13, 6, "bon flan"),
            seen(1, 6, 9_999, "bon flan"),
        ] {
            let refused = say(&db, &owner, &idea, CommentKind::Comment, wrong.clone()).await;
            assert!(matches!(&refused, Err(Error::Invalid(fields)) if fields.contains_key("anchor")), "{wrong:?}");
        }
        let other = propose(&db, &owner).await;
        let copy = Copy::load(&db, other.document).await.expect("the texts");
        let (first, last) = copy.ends(Field::Body, 8..10).expect("letters");
        let foreign = NewAnchor { field: Field::Body, passage: NewPassage::Cursors { first: first.clone(), last: last.clone() } };
        assert!(say(&db, &owner, &idea, CommentKind::Comment, foreign.clone()).await.is_err(), "another document's");
        assert!(anchors::find(&db, other.document, &foreign).await.is_ok());
        let turned = NewAnchor { field: Field::Body, passage: NewPassage::Cursors { first: last, last: first } };
        assert!(anchors::find(&db, other.document, &turned).await.is_err(), "the wrong way round");
        replace(&db, &idea, &owner, "frais", &"très ".repeat(300)).await;
        let copy = Copy::load(&db, idea.document).await.expect("the texts");
        let end = copy.texts().body.len();
        let (first, last) = copy.ends(Field::Body, 0..end).expect("letters");
        let long = NewAnchor { field: Field::Body, passage: NewPassage::Cursors { first, last } };
        let refused = say(&db, &owner, &idea, CommentKind::Comment, long).await;
        let Err(Error::Invalid(fields)) = refused else { panic!("{refused:?}") };
        assert_eq!(fields["anchor"].limit, u32::try_from(limits::QUOTE).ok());
    }

    async fn what_is_said_of_a_passage_is_seen_by_whom_it_is_for(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let idea = propose(&db, &owner).await;
        let note = say(&db, &owner, &idea, CommentKind::Note, seen(1, 6, 9, "bon")).await.expect("a note");
        let marked = async |who| passages::list(&db, who, 1).await.expect("the passages").items.len();
        assert_eq!((marked(None).await, marked(Some(&zoe)).await, marked(Some(&owner)).await), (0, 0, 1));
        comments::delete(&db, Some(&owner), note.id).await.expect("deleted");
        assert_eq!(marked(Some(&owner)).await, 0);
        let moved = say(&db, &zoe, &idea, CommentKind::Comment, seen(1, 6, 9, "bon")).await.expect("a comment");
        let about = anchors::find(&db, idea.document, &seen(1, 6, 9, "bon")).await.expect("it is there");
        replace(&db, &idea, &owner, "Un", "Le").await;
        let new = NewComment { body: "Trop tard".into(), ..NewComment::default() };
        let late = comments::write(&db, Some(&zoe), 1, &new, Some(&about), None).await;
        assert!(matches!(late, Err(Error::MovedOn)), "{late:?}");
        let reply = NewComment { parent: Some(moved.id), ..new };
        assert!(matches!(comments::document(&db, Some(&zoe), 1, &reply).await, Err(Error::Invalid(_))));
        assert!(matches!(comments::document(&db, None, 1, &reply).await, Err(Error::Refused(Refusal::SignIn))));
        let hidden = board(&db, &owner, "Coulisses", Audience::Staff).await;
        ideas::propose(&db, Some(&owner), &hidden.slug, &crate::workspace::titled("Secret"), None).await.expect("an idea");
        for who in [None, Some(&zoe)] {
            assert!(matches!(passages::list(&db, who, 2).await, Err(Error::Refused(Refusal::Unseen))));
            assert!(matches!(comments::document(&db, who, 2, &reply).await, Err(Error::Refused(Refusal::Unseen))));
        }
    }
}
