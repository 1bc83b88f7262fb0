//! Pictures: kept whole, and only noted where they may be.

use server::store::{
    Db,
    pictures::{self, Kept, MediaType, NewPicture, Place},
};
use shared::{BoardId, PersonId, PictureId, Role, api::NewComment, rules::Audience};
use tests::on_both_databases;

use crate::workspace::{board, idea, person};

async fn keep(db: &Db, id: u8, board: Option<BoardId>, by: PersonId, small: Option<&[u8]>) -> PictureId {
    let id = PictureId::from_random([id; 16]);
    let new = NewPicture {
        id,
        board,
        by,
        media_type: MediaType::Jpeg,
        width: 3,
        height: 2,
        large: &[0, 1, 255],
        small,
        at: 1_000,
    };
    let mut tx = db.write().await.expect("a transaction");
    pictures::insert(&mut tx, &new).await.expect("kept");
    tx.commit().await.expect("committed");
    id
}

on_both_databases! {
    async fn a_picture_is_kept_as_it_came(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let with = keep(&db, 1, Some(made.id), owner.id, Some(&[7])).await;
        let without = keep(&db, 2, None, owner.id, None).await;
        let mut tx = db.read().await.expect("a transaction");
        let kept = Kept { board: Some(made.slug), by: owner.id, media_type: MediaType::Jpeg, width: 3, height: 2 };
        assert_eq!(pictures::one(&mut tx, with).await.expect("an answer"), Some(kept.clone()));
        assert_eq!(pictures::one(&mut tx, without).await.expect("an answer"), Some(Kept { board: None, ..kept }));
        assert_eq!(pictures::large(&mut tx, with).await.expect("bytes"), [0, 1, 255]);
        assert_eq!(pictures::small(&mut tx, with).await.expect("bytes"), [7]);
        assert_eq!(pictures::small(&mut tx, without).await.expect("bytes"), [0, 1, 255]);
    }

    async fn a_picture_is_noted_on_its_own_board_only(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let (here, there) = (board(&db, &owner, "Ici", Audience::Public).await, board(&db, &owner, "Là", Audience::Public).await);
        let picture = keep(&db, 1, Some(here.id), owner.id, None).await;
        let (own, other) = (idea(&db, &owner, &here, "Flan").await, idea(&db, &owner, &there, "Tarte").await);
        let mut comments = Vec::new();
        for number in [own.card.number, other.card.number] {
            let new = NewComment { body: "oui".into(), ..NewComment::default() };
            comments.push(server::domain::comments::write(&db, Some(&owner), number, &new, None, None).await.expect("a comment").0.id);
        }
        let mut tx = db.write().await.expect("a transaction");
        for _ in 0..2 {
            for idea in [&own, &other] {
                pictures::put_in_idea(&mut tx, idea.card.id, picture).await.expect("noted");
            }
            for comment in &comments {
                pictures::put_in_comment(&mut tx, *comment, picture).await.expect("noted");
            }
        }
        let places = pictures::places(&mut tx, picture, 10).await.expect("places");
        assert_eq!(places, [Place::Idea(own.card.number), Place::Comment(comments[0])]);
    }

    async fn the_workspaces_own_are_not_swept_out(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        keep(&db, 1, Some(made.id), owner.id, None).await;
        let own = keep(&db, 2, None, owner.id, None).await;
        let mut tx = db.write().await.expect("a transaction");
        assert_eq!(pictures::sweep(&mut tx, 1_000).await.expect("swept"), 0);
        assert_eq!(pictures::sweep(&mut tx, 1_001).await.expect("swept"), 1);
        assert!(pictures::one(&mut tx, own).await.expect("an answer").is_some());
        pictures::remove(&mut tx, own).await.expect("removed");
        assert!(pictures::one(&mut tx, own).await.expect("an answer").is_none());
    }
}
