//! Merging twins over the API: who is told, how they leave, and where the twin's addresses lead.

use http::{StatusCode, header};
use serde_json::json;
use shared::api::{Code, CommentView, FieldCode, IdeaView, MergePreview, NoticeKind, Page, Thread, VoteView};
use tests::{app::Client, on_each_database};

use crate::inbox::{scene, told, unread};

on_each_database! {
    supporters_are_told_where_their_vote_counts_and_may_leave(app) {
        let (owner, zoe, ali, board, twin) = scene(&app).await;
        let target: IdeaView =
            owner.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({"title": "Pain de nuit"})).await.created();
        let (number, into) = (twin.card.number, target.card.number);
        ali.put(&format!("/api/v1/ideas/{number}/vote"), &json!(null)).await.nothing(StatusCode::OK);
        let off = json!({"off": ["stage", "answer", "comment", "mention", "merged", "changed"]});
        zoe.put("/api/v1/me/notices", &off).await.nothing(StatusCode::OK);
        let comment: CommentView =
            ali.post(&format!("/api/v1/ideas/{number}/comments"), &json!({"body": "Oui."})).await.created();
        let preview: MergePreview = owner.get(&format!("/api/v1/ideas/{number}/merge?into={into}")).await.ok();
        assert_eq!((preview.votes, preview.comments, preview.into.number), (1, 1, into));
        let request = json!({"into": into, "reason": "C’est la même."});
        let merged: IdeaView = owner.put(&format!("/api/v1/ideas/{number}/merge"), &request).await.ok();
        assert_eq!((merged.card.number, merged.card.votes, merged.twins[0].idea.number), (into, 1, number));

        let of_ali = told(&app, &ali).await;
        let notice = &of_ali[0];
        assert_eq!((notice.kind, notice.number, notice.carried, notice.parted), (NoticeKind::Merged, Some(number), true, false));
        assert_eq!((notice.into.as_ref().expect("where").number, notice.words.as_str()), (into, "C’est la même."));
        let of_zoe = told(&app, &zoe).await;
        assert!(of_zoe.iter().any(|notice| notice.kind == NoticeKind::Merged && notice.own), "one's own idea, whatever one chose");
        assert_eq!(unread(&owner).await, 0, "who did it knows");
        let left: VoteView = ali.delete(&format!("/api/v1/ideas/{into}/support")).await.ok();
        assert_eq!((left.votes, left.voted), (0, false));
        assert!(!told(&app, &ali).await[0].carried);

        let page = ali.get(&format!("/i/{number}/pain-du-soir")).await;
        page.nothing(StatusCode::SEE_OTHER);
        assert_eq!(page.headers[header::LOCATION], format!("/i/{into}/pain-de-nuit?from={number}"));
        let twin: IdeaView = ali.get(&format!("/api/v1/ideas/{number}")).await.ok();
        assert_eq!(twin.merged_into.expect("where").number, into);
        let said: Page<Thread> = ali.get(&format!("/api/v1/ideas/{into}/comments")).await.ok();
        assert_eq!(said.items[0].comment.id, comment.id);
        ali.get(&format!("/api/v1/comments/{}/versions", comment.id)).await.nothing(StatusCode::OK);
        ali.put(&format!("/api/v1/ideas/{number}/vote"), &json!(null)).await.problem(Code::Away);

        let back: IdeaView = owner.delete(&format!("/api/v1/ideas/{number}/merge")).await.ok();
        assert_eq!((back.card.number, back.card.votes, back.merged_into), (number, 0, None));
        let of_zoe = told(&app, &zoe).await;
        assert!(of_zoe[0].parted && of_zoe.iter().filter(|notice| notice.kind == NoticeKind::Merged).count() == 1, "{of_zoe:?}");
        owner.delete(&format!("/api/v1/ideas/{number}/merge")).await.problem(Code::Conflict);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act IN ('idea.merge', 'idea.unmerge')").await, 2);
    }

    an_answer_that_came_along_is_named_after_its_idea_and_not_pinned(app) {
        let (owner, zoe, _, board, twin) = scene(&app).await;
        let target: IdeaView =
            owner.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({"title": "Pain de nuit"})).await.created();
        let (number, into) = (twin.card.number, target.card.number);
        let say = async |who: &Client, to: u32, kind: &str, body: &str| -> CommentView {
            who.post(&format!("/api/v1/ideas/{to}/comments"), &json!({"kind": kind, "body": body})).await.created()
        };
        let question = say(&zoe, into, "comment", "Quand ?").await;
        let no = say(&owner, number, "answer", "Pas cette année.").await;
        let yes = say(&owner, into, "answer", "Dès mars.").await;
        let order = async || -> Vec<_> {
            let said: Page<Thread> = zoe.get(&format!("/api/v1/ideas/{into}/comments")).await.ok();
            said.items.into_iter().map(|thread| (thread.comment.id, thread.comment.from.map(|from| from.number))).collect()
        };
        owner.put(&format!("/api/v1/ideas/{number}/merge"), &json!({"into": into})).await.nothing(StatusCode::OK);
        assert_eq!(order().await, [(yes.id, None), (question.id, None), (no.id, Some(number))]);
        let first: Page<Thread> = zoe.get(&format!("/api/v1/ideas/{into}/comments?limit=2")).await.ok();
        let next = first.next.expect("there is more");
        let rest: Page<Thread> = zoe.get(&format!("/api/v1/ideas/{into}/comments?limit=2&cursor={next}")).await.ok();
        assert_eq!(rest.items.iter().map(|thread| thread.comment.id).collect::<Vec<_>>(), [no.id]);

        // As it was, the twin can be read on.
        let page = zoe.get(&format!("/i/{number}/pain-du-soir?as-it-was")).await;
        page.nothing(StatusCode::OK);
        owner.delete(&format!("/api/v1/ideas/{number}/merge")).await.nothing(StatusCode::OK);
        assert_eq!(order().await, [(yes.id, None), (question.id, None)]);
        let said: Page<Thread> = zoe.get(&format!("/api/v1/ideas/{number}/comments")).await.ok();
        assert_eq!((said.items[0].comment.id, &said.items[0].comment.from), (no.id, &None));
    }

    what_stands_against_a_merge_is_said(app) {
        let (owner, zoe, _, board, twin) = scene(&app).await;
        let path = format!("/api/v1/ideas/{}/merge", twin.card.number);
        for (into, code) in [(twin.card.number, FieldCode::Itself), (999, FieldCode::Unknown)] {
            let problem = owner.put(&path, &json!({ "into": into })).await.invalid(&["into"]);
            assert_eq!(problem.fields["into"].code, code);
            owner.get(&format!("{path}?into={into}")).await.invalid(&["into"]);
        }
        let target: IdeaView =
            zoe.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({"title": "Autre"})).await.created();
        let into = target.card.number;
        zoe.put(&path, &json!({ "into": into })).await.problem(Code::Role);
        owner.put(&path, &json!({ "into": into, "reason": "x".repeat(1_001) })).await.invalid(&["reason"]);
        owner.put(&path, &json!({ "into": into })).await.nothing(StatusCode::OK);
        let third: IdeaView =
            zoe.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({"title": "Fin"})).await.created();
        let further = json!({ "into": third.card.number });
        owner.put(&format!("/api/v1/ideas/{into}/merge"), &further).await.nothing(StatusCode::OK);
        owner.delete(&path).await.problem(Code::MergedOn);
        let page = zoe.get(&format!("/i/{}", twin.card.number)).await;
        assert_eq!(page.headers[header::LOCATION], format!("/i/{}/fin?from={}", third.card.number, twin.card.number));
    }
}
