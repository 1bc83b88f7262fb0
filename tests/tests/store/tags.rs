//! Tags: a board's own, set by those whose idea it is, and found by.

use server::domain::{
    Error, boards,
    ideas::{self, Place, Wanted},
    tags,
};
use shared::{
    Role, TagId,
    api::{Colour, FieldCode, NewIdea, SetTag, SetTags},
    limits,
    rules::{Audience, Refusal},
};
use tests::on_both_databases;

use crate::workspace::{board, cards, idea, person, titled};

fn tag(name: &str) -> SetTag {
    SetTag { name: name.into(), colour: Colour::Leaf }
}

on_both_databases! {
    async fn a_board_has_its_tags_and_no_two_of_a_name(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Employee).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let other = board(&db, &owner, "Ailleurs", Audience::Public).await;
        tags::add(&db, Some(&owner), &made.slug, &tag("Seigle")).await.expect("a tag");
        let two = tags::add(&db, Some(&owner), &made.slug, &tag(" Bio ")).await.expect("a tag");
        assert_eq!(two.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["Bio", "Seigle"]);
        for (name, code) in [("Bio", FieldCode::Taken), ("bío", FieldCode::Taken), ("", FieldCode::Required), ("x\ny", FieldCode::Characters)] {
            let Err(Error::Invalid(fields)) = tags::add(&db, Some(&owner), &made.slug, &tag(name)).await else { panic!("{name}") };
            assert_eq!(fields["name"].code, code);
        }
        let three = tags::add(&db, Some(&owner), &made.slug, &tag("À manger")).await.expect("a tag");
        assert_eq!(three.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["À manger", "Bio", "Seigle"]);
        tags::remove(&db, Some(&owner), &made.slug, three.tags[0].id).await.expect("removed");
        let bio = two.tags[0].id;
        let renamed = tags::edit(&db, Some(&owner), &made.slug, bio, &tag("Biologique")).await.expect("renamed");
        assert_eq!(renamed.tags[0].name, "Biologique");
        assert!(matches!(tags::edit(&db, Some(&owner), &other.slug, bio, &tag("X")).await, Err(Error::NotFound(_))));
        assert!(matches!(tags::remove(&db, Some(&owner), &other.slug, bio).await, Err(Error::NotFound(_))));
        assert!(matches!(tags::add(&db, Some(&zoe), &made.slug, &tag("Z")).await, Err(Error::Refused(Refusal::Role(Role::Moderator)))));
        let less = tags::remove(&db, Some(&owner), &made.slug, bio).await.expect("removed");
        assert_eq!(less.tags.len(), 1);
        assert_eq!(boards::list(&db, None).await.expect("boards").iter().map(|board| board.tags.len()).sum::<usize>(), 1);
        for place in 1..limits::TAGS {
            tags::add(&db, Some(&owner), &made.slug, &tag(&format!("t{place}"))).await.expect("a tag");
        }
        let Err(Error::Invalid(fields)) = tags::add(&db, Some(&owner), &made.slug, &tag("one more")).await else { panic!("too many") };
        assert_eq!(fields["name"].code, FieldCode::TooMany);
    }

    async fn ideas_are_tagged_by_those_they_belong_to_and_found_by_it(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let ali = person(&db, "ali", Role::Customer).await;
        let staff = person(&db, "staff", Role::Employee).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let other = board(&db, &owner, "Ailleurs", Audience::Public).await;
        let mut ids = Vec::new();
        for name in ["a", "b", "c", "d", "e", "f"] {
            let after = tags::add(&db, Some(&owner), &made.slug, &tag(name)).await.expect("a tag");
            ids.push(after.tags.iter().find(|tag| tag.name == name).expect("it").id);
        }
        let foreign = tags::add(&db, Some(&owner), &other.slug, &tag("x")).await.expect("a tag").tags[0].id;
        let new = NewIdea { tags: vec![ids[1], ids[0], ids[1]], ..titled("Flan") };
        let flan = ideas::propose(&db, Some(&zoe), &made.slug, &new, None).await.expect("an idea").card;
        assert_eq!(flan.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let plain = idea(&db, &ali, &made, "Tarte").await.card;
        let set = async |who, number, tags: &[TagId]| tags::set(&db, Some(who), number, &SetTags { tags: tags.to_vec() }).await;
        for who in [&zoe, &staff, &owner] {
            let after = set(who, flan.number, &[ids[2]]).await.expect("set");
            assert_eq!(after.card.tags.iter().map(|tag| tag.id).collect::<Vec<_>>(), [ids[2]]);
        }
        assert!(matches!(set(&ali, flan.number, &[]).await, Err(Error::Refused(Refusal::Role(Role::Employee)))));
        for (tags, code) in [(vec![foreign], FieldCode::Unknown), (ids.clone(), FieldCode::TooMany)] {
            let Err(Error::Invalid(fields)) = set(&zoe, flan.number, &tags).await else { panic!("{tags:?}") };
            assert_eq!(fields["tags"].code, code);
        }
        let by = |tag| Wanted { tag: Some(tag), ..Wanted::default() };
        let found = cards(ideas::list(&db, None, Some(&made.slug), &by(ids[2]), Place::START, 9).await);
        assert_eq!(found.iter().map(|card| card.number).collect::<Vec<_>>(), [flan.number]);
        assert_eq!(cards(ideas::list(&db, None, None, &by(ids[0]), Place::START, 9).await), []);
        let all = cards(ideas::list(&db, None, None, &Wanted::default(), Place::START, 9).await);
        assert_eq!(all.iter().map(|card| (card.number, card.tags.len())).collect::<Vec<_>>(), [(plain.number, 0), (flan.number, 1)]);
        tags::remove(&db, Some(&owner), &made.slug, ids[2]).await.expect("removed");
        assert_eq!(ideas::one(&db, None, flan.number).await.expect("the idea").card.tags, []);
    }
}
