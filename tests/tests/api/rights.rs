//! Who may do what, at every address: each operation of the API, asked by each role, on boards of each audience.
//!
//! Columns: visitor, customer, employee, researcher, moderator, owner. `y` they may, `s` they must sign in first,
//! `n` their role does not allow it, `-` there is no such thing for them, `g` the link leads nowhere.

mod of_progress;
mod of_recognition;
mod on_canvases;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use server::domain::comments;
use shared::{
    CommentId, Role,
    api::{
        BoardView, Code, CommentKind, Decided, ExportView, IdeaView, InviteMade, Me, NewComment, Subject, TokenMade,
    },
    rules::EditingRule,
};
use tests::app::{Answer, App, Client, PASSWORD};

use crate::{
    desk::set_aside,
    exports,
    imports::{finished, imported, send},
    mail,
    openapi::{document, operations},
    pictures,
};

/// Rows of a board's table: its audience, and whether the person asking is named a member.
const AUDIENCES: [(&str, bool); 5] =
    [("public", false), ("members", false), ("staff", false), ("invited", false), ("invited", true)];

const READ: [&str; 5] = ["yyyyyy", "-yyyyy", "--yyyy", "----yy", "-yyyyy"];
const TAKE_PART: [&str; 5] = ["syyyyy", "-yyyyy", "--yyyy", "----yy", "-yyyyy"];
const GOVERN: [&str; 5] = ["snnnyy", "-nnnyy", "--nnyy", "----yy", "-nnnyy"];

const STAFF: [&str; 5] = ["snyyyy", "-nyyyy", "--yyyy", "----yy", "-nyyyy"];
const NOBODY: [&str; 5] = ["snnnnn", "-nnnnn", "--nnnn", "----nn", "-nnnnn"];
/// What does not exist but for the staff.
const STAFF_ONLY: [&str; 5] = ["--yyyy", "--yyyy", "--yyyy", "----yy", "--yyyy"];
const RESEARCH: [&str; 5] = ["snnyyy", "-nnyyy", "--nyyy", "----yy", "-nnyyy"];

/// The same, of which only some may do something with what they see.
const RESEARCH_OF_STAFF: [&str; 5] = ["--nyyy", "--nyyy", "--nyyy", "----yy", "--nyyy"];
const GOVERN_OF_STAFF: [&str; 5] = ["--nnyy", "--nnyy", "--nnyy", "----yy", "--nnyy"];
const NOBODY_OF_STAFF: [&str; 5] = ["--nnnn", "--nnnn", "--nnnn", "----nn", "--nnnn"];

/// What does not exist but for the staff, and needs somebody signed in before anything is looked for.
const STAFF_SIGNED: [&str; 5] = ["s-yyyy", "s-yyyy", "s-yyyy", "s---yy", "s-yyyy"];
/// The same for everyone who sees the board.
const REPORT: [&str; 5] = ["syyyyy", "syyyyy", "s-yyyy", "s---yy", "syyyyy"];
/// What is for moderators, before anything is looked for.
const MODERATE: [&str; 5] = ["snnnyy", "snnnyy", "snnnyy", "snnnyy", "snnnyy"];

/// What is for moderators who see the board, and needs somebody signed in before anything is looked for.
const GIVE: [&str; 5] = ["snnnyy", "snnnyy", "s-nnyy", "s---yy", "snnnyy"];
/// What is for owners, before anything is looked for.
const OWN: [&str; 5] = ["snnnny", "snnnny", "snnnny", "snnnny", "snnnny"];

/// Operations on a board, what is asked of them where there is a choice, and who may.
const ON_BOARDS: [(&str, &str, [&str; 5]); 115] = [
    ("GET /ideas/{number}/recognition", "", READ),
    ("GET /ideas/{number}/recognition/proposal", "", GIVE),
    ("POST /recognition", "an idea", GIVE),
    ("POST /recognition", "a board", GIVE),
    ("PUT /desk/recognise/{number}/pass", "", GIVE),
    ("PUT /recognition/budgets/{board}", "", OWN),
    ("GET /boards/{slug}", "", READ),
    ("PATCH /boards/{slug}", "", GOVERN),
    ("GET /boards/{slug}/ideas", "", READ),
    ("POST /boards/{slug}/ideas", "", TAKE_PART),
    ("GET /boards/{slug}/pipeline", "", READ),
    ("POST /boards/{slug}/pictures", "", TAKE_PART),
    ("GET /boards/{slug}/members", "", GOVERN),
    ("PUT /boards/{slug}/members/{handle}", "", GOVERN),
    ("DELETE /boards/{slug}/members/{handle}", "", GOVERN),
    ("GET /boards/{slug}/answerers", "", STAFF),
    ("PUT /boards/{slug}/answerers/{handle}", "", GOVERN),
    ("DELETE /boards/{slug}/answerers/{handle}", "", GOVERN),
    ("POST /boards/{slug}/imports/preview", "", GOVERN),
    ("POST /boards/{slug}/imports", "", GOVERN),
    ("GET /boards/{slug}/canvas", "", READ),
    ("GET /boards/{slug}/canvas/history", "", READ),
    ("GET /boards/{slug}/canvas/makers", "", READ),
    ("GET /boards/{slug}/canvas/ideas", "", READ),
    ("GET /boards/{slug}/canvas/workshop", "", READ),
    ("PUT /boards/{slug}/canvas/notes/{note}/reactions/{kind}", "", TAKE_PART),
    ("DELETE /boards/{slug}/canvas/notes/{note}/reactions/{kind}", "", TAKE_PART),
    ("POST /boards/{slug}/canvas/notes/{note}/promote", "one's own", TAKE_PART),
    ("POST /boards/{slug}/canvas/notes/{note}/promote", "another's", STAFF),
    ("PUT /boards/{slug}/canvas/timer", "", RESEARCH),
    ("DELETE /boards/{slug}/canvas/timer", "", RESEARCH),
    ("POST /boards/{slug}/canvas/dot-votes", "", RESEARCH),
    ("PUT /boards/{slug}/canvas/dot-votes/{id}/dots", "", TAKE_PART),
    ("POST /boards/{slug}/canvas/dot-votes/{id}/end", "", RESEARCH),
    ("DELETE /boards/{slug}/canvas/dot-votes/{id}", "", RESEARCH),
    ("GET /boards/{slug}/canvas/guests", "", GOVERN),
    ("POST /boards/{slug}/canvas/guests", "", GOVERN),
    ("DELETE /boards/{slug}/canvas/guests/{id}", "", GOVERN),
    ("GET /ideas/{number}", "", READ),
    ("PUT /ideas/{number}/vote", "", TAKE_PART),
    ("DELETE /ideas/{number}/vote", "", TAKE_PART),
    ("PUT /ideas/{number}/follow", "", TAKE_PART),
    ("DELETE /ideas/{number}/follow", "", TAKE_PART),
    ("PUT /ideas/{number}/stage", "", RESEARCH),
    ("DELETE /ideas/{number}/support", "", TAKE_PART),
    ("GET /ideas/{number}/change", "", TAKE_PART),
    ("PUT /ideas/{number}/change", "", TAKE_PART),
    ("PUT /ideas/{number}/tags", "another's idea", STAFF),
    ("PUT /ideas/{number}/tags", "one's own idea", TAKE_PART),
    ("GET /ideas/{number}/merge", "", GOVERN),
    ("PUT /ideas/{number}/merge", "", GOVERN),
    ("DELETE /ideas/{number}/merge", "", GOVERN),
    ("GET /boards/{slug}/stages", "", GOVERN),
    ("PUT /boards/{slug}/stages", "", GOVERN),
    ("POST /boards/{slug}/tags", "", GOVERN),
    ("PUT /boards/{slug}/tags/{tag}", "", GOVERN),
    ("DELETE /boards/{slug}/tags/{tag}", "", GOVERN),
    ("GET /ideas/{number}/comments", "", READ),
    ("GET /ideas/{number}/passages", "", READ),
    ("GET /ideas/{number}/mentionable", "", TAKE_PART),
    ("POST /ideas/{number}/comments", "about a passage", TAKE_PART),
    ("POST /ideas/{number}/comments", "comment", TAKE_PART),
    ("POST /ideas/{number}/comments", "answer", STAFF),
    ("POST /ideas/{number}/comments", "note", STAFF),
    ("POST /ideas/{number}/comments", "question", STAFF),
    ("PATCH /comments/{id}", "one's own", TAKE_PART),
    ("PATCH /comments/{id}", "another's", NOBODY),
    ("DELETE /comments/{id}", "one's own", TAKE_PART),
    ("DELETE /comments/{id}", "another's", GOVERN),
    ("GET /comments/{id}/versions", "", READ),
    ("GET /comments/{id}/versions", "a note's", STAFF_ONLY),
    ("PUT /comments/{id}/reactions/{kind}", "", TAKE_PART),
    ("DELETE /comments/{id}/reactions/{kind}", "", TAKE_PART),
    ("PUT /comments/{id}/helpful", "about another's idea", STAFF),
    ("PUT /comments/{id}/helpful", "about one's own idea", TAKE_PART),
    ("DELETE /comments/{id}/helpful", "about another's idea", STAFF),
    ("GET /ideas/{number}/contributions", "", READ),
    ("GET /ideas/{number}/history", "", READ),
    ("GET /ideas/{number}/since", "", READ),
    ("GET /ideas/{number}/since/texts", "", TAKE_PART),
    ("PUT /ideas/{number}/visit", "", TAKE_PART),
    ("POST /reports", "an idea", REPORT),
    ("POST /reports", "a comment", REPORT),
    ("POST /reports", "a note", STAFF_SIGNED),
    ("POST /desk/decisions", "an idea", MODERATE),
    ("POST /desk/decisions", "a comment", MODERATE),
    ("PUT /ideas/{number}/coauthors/{handle}", "another's idea", GOVERN),
    ("PUT /ideas/{number}/coauthors/{handle}", "one's own idea", TAKE_PART),
    ("DELETE /ideas/{number}/coauthors/{handle}", "another's idea", GOVERN),
    ("DELETE /ideas/{number}/coauthors/{handle}", "oneself", TAKE_PART),
    ("GET /ideas/{number}/timeline", "", READ),
    ("POST /ideas/{number}/updates", "", RESEARCH),
    ("POST /ideas/{number}/milestones", "", RESEARCH),
    ("POST /ideas/{number}/experiments", "", RESEARCH),
    ("PUT /updates/{id}", "one's own", RESEARCH),
    ("PUT /updates/{id}", "another's", NOBODY),
    ("PUT /updates/{id}", "an unpublished one", NOBODY_OF_STAFF),
    ("PUT /milestones/{id}", "another's", RESEARCH),
    ("PUT /milestones/{id}", "an unpublished one", RESEARCH_OF_STAFF),
    ("PUT /experiments/{id}", "another's", RESEARCH),
    ("PUT /experiments/{id}", "an unpublished one", RESEARCH_OF_STAFF),
    ("PUT /experiments/{id}/conclusion", "another's", RESEARCH),
    ("PUT /experiments/{id}/conclusion", "an unpublished one", RESEARCH_OF_STAFF),
    ("DELETE /updates/{id}", "one's own", RESEARCH),
    ("DELETE /updates/{id}", "another's", GOVERN),
    ("DELETE /updates/{id}", "an unpublished one", GOVERN_OF_STAFF),
    ("DELETE /milestones/{id}", "one's own", RESEARCH),
    ("DELETE /milestones/{id}", "another's", GOVERN),
    ("DELETE /experiments/{id}", "one's own", RESEARCH),
    ("DELETE /experiments/{id}", "another's", GOVERN),
    ("GET /progress/{id}/versions", "another's", READ),
    ("GET /progress/{id}/versions", "an unpublished one", STAFF_ONLY),
    ("GET /ideas/{number}/freeze", "", READ),
    ("PUT /ideas/{number}/freeze", "", RESEARCH),
    ("DELETE /ideas/{number}/freeze", "", RESEARCH),
];

/// Operations on no board.
const IN_THE_WORKSPACE: [(&str, &str, &str); 116] = [
    ("GET /recognition/contributors", "", "yyyyyy"),
    ("GET /recognition", "", "yyyyyy"),
    ("PUT /recognition/{id}/revocation", "", "snnnyy"),
    ("GET /people/{id}/recognition", "", "yyyyyy"),
    ("GET /people/{id}/badges", "", "yyyyyy"),
    ("GET /me/recognition", "", "syyyyy"),
    ("GET /me/recognition/entries", "", "syyyyy"),
    ("GET /me/recognition/fresh", "", "syyyyy"),
    ("POST /me/recognition/seen", "", "syyyyy"),
    ("PUT /me/recognition/choices", "", "syyyyy"),
    ("GET /desk/recognise", "", "snnnyy"),
    ("GET /badges", "", "yyyyyy"),
    ("POST /badges", "", "snnnny"),
    ("PUT /badges/{id}", "", "snnnny"),
    ("GET /perks", "", "syyyyy"),
    ("POST /perks", "", "snnnny"),
    ("PUT /perks/{id}", "", "snnnny"),
    ("POST /perks/{id}/codes", "", "snnnyy"),
    ("POST /perks/{id}/claims", "", "syyyyy"),
    ("GET /recognition/ledger", "", "snnnny"),
    ("GET /recognition/totals", "", "snnnny"),
    ("GET /recognition/ledger.csv", "", "snnnny"),
    ("GET /recognition/budgets", "", "snnnny"),
    ("PUT /recognition/flags/{id}/dismissal", "", "snnnny"),
    ("GET /openapi.json", "", "yyyyyy"),
    ("POST /setup", "a made-up link", "gggggg"),
    ("POST /accounts", "", "yyyyyy"),
    ("POST /session", "", "yyyyyy"),
    ("DELETE /session", "", "yyyyyy"),
    ("GET /sessions", "", "syyyyy"),
    ("DELETE /sessions/{id}", "one's own", "syyyyy"),
    ("DELETE /sessions/{id}", "another's", "s-----"),
    ("GET /me", "", "yyyyyy"),
    ("PATCH /me", "", "syyyyy"),
    ("POST /me/password", "", "syyyyy"),
    ("POST /me/address", "", "syyyyy"),
    ("GET /me/consents", "", "syyyyy"),
    ("POST /me/erasure", "", "syyyyy"),
    ("GET /me/exports", "", "syyyyy"),
    ("POST /me/exports", "", "syyyyy"),
    ("DELETE /me/exports/{id}", "one's own", "syyyyy"),
    ("DELETE /me/exports/{id}", "another's", "s-----"),
    ("GET /me/exports/{id}/file", "another's", "s-----"),
    ("POST /people/{id}/erasure", "", "snnnny"),
    ("GET /me/notices", "", "syyyyy"),
    ("PUT /me/notices", "", "syyyyy"),
    ("GET /inbox", "", "syyyyy"),
    ("GET /inbox/unread", "", "syyyyy"),
    ("POST /inbox/read", "", "syyyyy"),
    ("GET /tokens", "", "syyyyy"),
    ("POST /tokens", "", "syyyyy"),
    ("DELETE /tokens/{id}", "one's own", "syyyyy"),
    ("DELETE /tokens/{id}", "another's", "s-----"),
    ("GET /invites", "", "snnnyy"),
    ("POST /invites", "customer", "snnnyy"),
    ("POST /invites", "employee", "snnnny"),
    ("POST /invites", "researcher", "snnnny"),
    ("POST /invites", "moderator", "snnnny"),
    ("DELETE /invites/{id}", "customer", "snnnyy"),
    ("DELETE /invites/{id}", "moderator", "snnn-y"),
    ("GET /invites/preview/{secret}", "", "yyyyyy"),
    ("GET /invites/preview/{secret}", "a made-up link", "gggggg"),
    ("POST /invites/accept", "", "syyyyy"),
    ("POST /invites/accept", "a made-up link", "sggggg"),
    ("GET /people", "", "snnnny"),
    ("GET /people/{id}", "", "yyyyyy"),
    ("GET /people/{id}/contributions", "", "yyyyyy"),
    ("GET /credit", "", "yyyyyy"),
    ("PUT /credit", "", "snnnny"),
    ("GET /people/{id}/ideas", "", "yyyyyy"),
    ("GET /people/{id}/improved", "", "yyyyyy"),
    ("GET /people/{id}/comments", "", "yyyyyy"),
    ("PATCH /people/{id}", "", "snnnny"),
    ("PATCH /workspace", "", "snnnny"),
    ("PUT /workspace/logo", "", "snnnny"),
    ("DELETE /workspace/logo", "", "snnnny"),
    ("GET /boards", "", "yyyyyy"),
    ("POST /boards", "", "snnnyy"),
    ("GET /ideas", "", "yyyyyy"),
    ("GET /numbers", "", "yyyyyy"),
    ("GET /progress", "", "yyyyyy"),
    ("GET /roadmap", "", "yyyyyy"),
    ("GET /news", "", "yyyyyy"),
    ("GET /me/feed-key", "", "syyyyy"),
    ("POST /me/feed-key", "", "syyyyy"),
    ("DELETE /me/feed-key", "", "syyyyy"),
    ("PUT /people/{id}/suspension", "customer", "snnnyy"),
    ("PUT /people/{id}/suspension", "employee", "snnnny"),
    ("DELETE /people/{id}/suspension", "customer", "snnnyy"),
    ("DELETE /people/{id}/suspension", "employee", "snnnny"),
    ("GET /inbox/rulings", "", "syyyyy"),
    ("GET /me/mail", "", "syyyyy"),
    ("PUT /me/mail", "", "syyyyy"),
    ("POST /me/mail/confirmation", "", "syyyyy"),
    ("GET /mail/links/{secret}", "a made-up link", "gggggg"),
    ("POST /mail/links/{secret}", "a made-up link", "gggggg"),
    ("GET /outbox", "", "snnnny"),
    ("GET /outbox/{id}", "", "snnnny"),
    ("POST /outbox/{id}/again", "", "snnnny"),
    ("GET /audit", "", "snnnny"),
    ("POST /reports", "a person", "syyyyy"),
    ("GET /desk/count", "", "snyyyy"),
    ("GET /desk/answers", "", "snyyyy"),
    ("GET /desk/reports", "", "snnnyy"),
    ("GET /desk/held", "", "snnnyy"),
    ("POST /desk/decisions", "a person", "snnnyy"),
    ("DELETE /desk/decisions/{id}", "", "snnnyy"),
    ("GET /search", "", "yyyyyy"),
    ("GET /ideas/similar", "", "yyyyyy"),
    ("GET /desk/documents", "", "snnnyy"),
    ("PUT /desk/documents/{document}/release", "", "snnnyy"),
    ("GET /imports", "", "snnnyy"),
    ("GET /imports/{id}", "", "snnnyy"),
    ("GET /names", "", "snnnyy"),
    ("PUT /names/{handle}/match", "", "snnnyy"),
    ("DELETE /names/{handle}/match", "", "snnnyy"),
];

#[tokio::test]
async fn the_table_names_every_operation() {
    let document = document().await;
    let described: BTreeSet<String> =
        operations(&document).into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let tabled: BTreeSet<String> =
        ON_BOARDS.iter().map(|row| row.0).chain(IN_THE_WORKSPACE.iter().map(|row| row.0)).map(str::to_owned).collect();
    assert_eq!(described, tabled, "described left, in the table right");
}

/// The statuses with which an operation succeeds.
fn successes(document: &Value, operation: &str) -> Vec<u16> {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let responses = &document["paths"][path][method.to_lowercase()]["responses"];
    let statuses = responses.as_object().expect("responses").keys();
    statuses.filter(|status| status.starts_with('2')).filter_map(|status| status.parse().ok()).collect()
}

#[track_caller]
fn judge(cell: &str, expected: char, answer: &Answer, successes: &[u16]) {
    let status = answer.status.as_u16();
    let (wanted, code) = match expected {
        'y' => {
            assert!(successes.contains(&status), "{cell}: they may, but {status} {:?}", answer.body);
            return;
        }
        's' => (401, Code::SignIn),
        'n' => (403, Code::Role),
        '-' => (404, Code::NotFound),
        'g' => (410, Code::LinkExpired),
        other => panic!("{cell}: what is `{other}`?"),
    };
    assert_eq!(status, wanted, "{cell}: {:?}", answer.body);
    answer.problem(code);
}

#[tokio::test]
async fn in_the_workspace_each_role_may_what_the_table_says() {
    // Mail goes out, though nobody takes it.
    let app = App::configured(|config| config.mail.smtp_url = "smtp://127.0.0.1:1?tls=none".parse().ok()).await;
    let document = document().await;
    let host = app.person(Role::Owner).await;
    for (operation, what, cells) in IN_THE_WORKSPACE {
        for (role, expected) in Role::ANYONE.into_iter().zip(cells.chars()) {
            let cell = format!("{operation} ({what}) by {role:?}");
            let who = app.somebody(role).await;
            let answer = in_the_workspace(&app, &host, &who, operation, what).await;
            judge(&cell, expected, &answer, &successes(&document, operation));
        }
    }
}

async fn invite(host: &Client, role: &str) -> (String, String) {
    let made: InviteMade = host.post("/api/v1/invites", &json!({ "role": role })).await.created();
    let secret = made.path.rsplit('/').next().expect("a secret").to_owned();
    (made.invite.id.to_string(), secret)
}

/// The id of a mail that failed.
async fn failed_mail(app: &App, host: &Client) -> String {
    let (board, idea) = mail::idea(host, &app.person(Role::Customer).await).await;
    mail::move_to(host, &board, &idea, 1, "").await;
    app.execute("UPDATE mail SET state = 'failed', lease_until = NULL").await;
    mail::outbox(host, "").await.items[0].id.to_string()
}

/// Asks for an operation on no board, made ready so that only rights can stand against it.
async fn in_the_workspace(app: &App, host: &Client, who: &Client, operation: &str, what: &str) -> Answer {
    let someone = if what == "another's" || !who.is_signed_in() { host } else { who };
    let made_up = "A".repeat(43);
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let plain = format!("/api/v1{path}");
    match (operation, what) {
        ("POST /setup", _) => {
            let body = json!({"token": made_up, "workspace": "W", "name": "N", "email": "n@example.org", "password": PASSWORD});
            who.post(&plain, &body).await
        }
        ("POST /accounts", _) => {
            let body =
                json!({"name": "N", "email": format!("{}@example.org", uuid::Uuid::now_v7()), "password": PASSWORD});
            who.post(&plain, &body).await
        }
        ("POST /session", _) => {
            let (_, email) = app.account(Role::Customer).await;
            who.post(&plain, &json!({"email": email, "password": PASSWORD})).await
        }
        ("DELETE /sessions/{id}", _) => {
            let me: Me = someone.get("/api/v1/me").await.ok();
            who.delete(&format!("/api/v1/sessions/{}", me.session.expect("a session"))).await
        }
        ("PUT /me/notices", _) => who.put(&plain, &json!({"off": ["comment"]})).await,
        ("POST /inbox/read", _) => who.post(&plain, &json!({})).await,
        ("POST /me/feed-key", _) => who.post(&plain, &json!(null)).await,
        ("PATCH /me", _) => who.patch(&plain, &json!({"name": "N"})).await,
        ("POST /me/password", _) => {
            who.post(&plain, &json!({"current": PASSWORD, "new": "un croissant au beurre"})).await
        }
        ("POST /me/address", _) => {
            let email = format!("{}@example.org", uuid::Uuid::now_v7());
            who.post(&plain, &json!({ "email": email, "password": PASSWORD })).await
        }
        ("POST /me/erasure", _) => who.post(&plain, &json!({ "password": PASSWORD, "word": "forget" })).await,
        ("POST /me/exports", _) => who.post(&plain, &json!(null)).await,
        ("DELETE /me/exports/{id}" | "GET /me/exports/{id}/file", _) => {
            let made: ExportView = exports::made(someone).await;
            let path = plain.replace("{id}", &made.id.to_string());
            if method == "GET" { who.get(&path).await } else { who.delete(&path).await }
        }
        ("POST /people/{id}/erasure", _) => {
            let (person, _) = app.account(Role::Employee).await;
            who.post(&format!("/api/v1/people/{}/erasure", person.id), &json!({ "reason": "asked" })).await
        }
        ("POST /tokens", _) => who.post(&plain, &json!({"name": "N"})).await,
        ("DELETE /tokens/{id}", _) => {
            let made: TokenMade = someone.post("/api/v1/tokens", &json!({"name": "N"})).await.created();
            who.delete(&format!("/api/v1/tokens/{}", made.token.id)).await
        }
        ("POST /invites", role) => who.post(&plain, &json!({ "role": role })).await,
        ("DELETE /invites/{id}", role) => who.delete(&format!("/api/v1/invites/{}", invite(host, role).await.0)).await,
        ("GET /invites/preview/{secret}" | "POST /invites/accept", _) => {
            let secret = if what.is_empty() { invite(host, "customer").await.1 } else { made_up };
            if method == "GET" {
                who.get(&format!("/api/v1/invites/preview/{secret}")).await
            } else {
                who.post(&plain, &json!({ "token": secret })).await
            }
        }
        (_, _) if of_recognition::is(operation) => of_recognition::in_the_workspace(app, host, who, operation).await,
        (_, _) if method == "GET" && path.starts_with("/people/{id}") => {
            who.get(&plain.replace("{id}", &host.person().handle)).await
        }
        ("PATCH /people/{id}", _) => {
            let (person, _) = app.account(Role::Customer).await;
            who.patch(&format!("/api/v1/people/{}", person.id), &json!({"role": "employee"})).await
        }
        ("PUT /people/{id}/suspension" | "DELETE /people/{id}/suspension", role) => {
            let (person, _) = app.account(Role::parse(role).expect("a role")).await;
            let path = format!("/api/v1/people/{}/suspension", person.id);
            if method == "PUT" { who.put(&path, &json!({"words": "Non"})).await } else { who.delete(&path).await }
        }
        ("PUT /me/mail", _) => {
            let weekly = json!({"decisions": true, "digest": "weekly", "chosen_in": "settings"});
            who.put(&plain, &weekly).await
        }
        ("POST /me/mail/confirmation", _) => who.post(&plain, &json!(null)).await,
        ("GET /mail/links/{secret}", _) => who.get(&plain.replace("{secret}", &made_up)).await,
        ("POST /mail/links/{secret}", _) => who.post(&plain.replace("{secret}", &made_up), &json!(null)).await,
        ("GET /outbox/{id}", _) => who.get(&plain.replace("{id}", &failed_mail(app, host).await)).await,
        ("POST /outbox/{id}/again", _) => {
            who.post(&plain.replace("{id}", &failed_mail(app, host).await), &json!(null)).await
        }
        ("POST /reports", _) => {
            let (person, _) = app.account(Role::Customer).await;
            let subject = Subject::Person(person.id);
            who.post(&plain, &json!({"subject": subject, "reason": "spam"})).await
        }
        ("POST /desk/decisions", _) => {
            let (person, _) = app.account(Role::Customer).await;
            who.post(&plain, &json!({"subject": Subject::Person(person.id), "act": "keep"})).await
        }
        ("DELETE /desk/decisions/{id}", _) => {
            let (person, _) = app.account(Role::Customer).await;
            let decision = json!({"subject": Subject::Person(person.id), "act": "suspend", "words": "Non"});
            let made: Decided = host.post("/api/v1/desk/decisions", &decision).await.ok();
            who.delete(&format!("/api/v1/desk/decisions/{}", made.id.expect("a decision"))).await
        }
        ("PUT /desk/documents/{document}/release", _) => {
            let board = json!({"title": "T", "audience": "public", "editing": "staff"});
            let board: BoardView = host.post("/api/v1/boards", &board).await.created();
            let idea = host.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({"title": "T"})).await;
            let document = idea.created::<IdeaView>().document;
            set_aside(app, document).await;
            who.put(&format!("/api/v1/desk/documents/{document}/release"), &json!(null)).await
        }
        ("GET /imports/{id}", _) => who.get(&format!("/api/v1/imports/{}", imported(host).await.0)).await,
        ("PUT /names/{handle}/match", _) => {
            let path = format!("/api/v1/names/{}/match", imported(host).await.1);
            who.put(&path, &json!({ "handle": host.person().handle })).await
        }
        ("DELETE /names/{handle}/match", _) => {
            let path = format!("/api/v1/names/{}/match", imported(host).await.1);
            host.put(&path, &json!({ "handle": host.person().handle })).await.nothing(http::StatusCode::OK);
            who.delete(&path).await
        }
        ("PUT /credit", _) => {
            let weights = serde_json::to_value(shared::api::Weights::default()).expect("weights");
            who.put(&plain, &weights).await
        }
        ("PATCH /workspace", _) => who.patch(&plain, &json!({"name": "W"})).await,
        ("PUT /workspace/logo", _) => who.send(who.request(http::Method::PUT, &plain), pictures::png(4, 4)).await,
        ("POST /boards", _) => who.post(&plain, &json!({"title": "T", "audience": "public", "editing": "staff"})).await,
        ("GET /search", _) => who.get("/api/v1/search?q=flan").await,
        ("GET /ideas/similar", _) => who.get("/api/v1/ideas/similar?title=flan").await,
        _ if method == "GET" => who.get(&plain).await,
        _ if method == "DELETE" && !path.contains('{') => who.delete(&plain).await,
        _ => panic!("{operation} is in the table, but nobody knows how to ask for it"),
    }
}

/// The boards of each audience, and people of each role, named members of the `invited` one or not.
struct Boards {
    host: Client,
    /// In the order of [`AUDIENCES`].
    people: Vec<Vec<Client>>,
}

impl Boards {
    async fn new(app: &App) -> Self {
        let host = app.person(Role::Owner).await;
        for audience in ["public", "members", "staff", "invited"] {
            let new = json!({"title": audience, "audience": audience, "editing": "everyone"});
            let made: BoardView = host.post("/api/v1/boards", &new).await.created();
            assert_eq!(made.slug, audience);
        }
        let mut people = Vec::new();
        for (_, named) in AUDIENCES {
            let mut row = Vec::new();
            for role in Role::ANYONE {
                let who = app.somebody(role).await;
                if named && role.is_some() {
                    let path = format!("/api/v1/boards/invited/members/{}", who.person().handle);
                    host.put(&path, &json!(null)).await.nothing(http::StatusCode::NO_CONTENT);
                }
                row.push(who);
            }
            people.push(row);
        }
        Self { host, people }
    }

    async fn idea(&self, slug: &str) -> IdeaView {
        self.host.post(&format!("/api/v1/boards/{slug}/ideas"), &json!({"title": "Flan"})).await.created()
    }

    /// Asks for an operation on a board, made ready so that only rights can stand against it.
    async fn ask(&self, app: &App, slug: &str, who: &Client, operation: &str, what: &str) -> Answer {
        let (dummy, _) = app.account(Role::Customer).await;
        let board = format!("/api/v1/boards/{slug}");
        match (operation, what) {
            ("GET /boards/{slug}", _) => who.get(&board).await,
            ("PATCH /boards/{slug}", _) => who.patch(&board, &json!({"purpose": "P"})).await,
            ("GET /boards/{slug}/ideas", _) => who.get(&format!("{board}/ideas")).await,
            ("GET /boards/{slug}/pipeline", _) => who.get(&format!("{board}/pipeline")).await,
            ("POST /boards/{slug}/ideas", _) => who.post(&format!("{board}/ideas"), &json!({"title": "T"})).await,
            ("POST /boards/{slug}/imports/preview", _) => send(who, &format!("{board}/imports/preview"), "title").await,
            ("POST /boards/{slug}/imports", _) => loop {
                finished(&self.host).await;
                let answer = send(who, &format!("{board}/imports"), "title").await;
                // Its turn ends a moment after it says that it has finished.
                if answer.status != http::StatusCode::CONFLICT {
                    return answer;
                }
            },
            ("POST /boards/{slug}/pictures", _) => pictures::send(who, slug, pictures::png(4, 4)).await,
            ("GET /boards/{slug}/members", _) => who.get(&format!("{board}/members")).await,
            ("GET /boards/{slug}/answerers", _) => who.get(&format!("{board}/answerers")).await,
            ("PUT /boards/{slug}/answerers/{handle}", _) => {
                who.put(&format!("{board}/answerers/{}", self.host.person().handle), &json!({})).await
            }
            ("DELETE /boards/{slug}/answerers/{handle}", _) => {
                who.delete(&format!("{board}/answerers/{}", self.host.person().handle)).await
            }
            ("PUT /boards/{slug}/members/{handle}", _) => {
                who.put(&format!("{board}/members/{}", dummy.handle), &json!(null)).await
            }
            ("DELETE /boards/{slug}/members/{handle}", _) => {
                let path = format!("{board}/members/{}", dummy.handle);
                self.host.put(&path, &json!(null)).await.nothing(http::StatusCode::NO_CONTENT);
                who.delete(&path).await
            }
            (_, _) if operation.contains("/canvas") => self.ask_canvas(app, slug, who, operation, what).await,
            (_, _) if of_recognition::is(operation) => self.ask_recognition(app, slug, who, operation, what).await,
            (_, _) if of_progress::is(operation) => self.ask_progress(app, slug, who, operation, what).await,
            ("GET /ideas/{number}", _) => {
                who.get(&format!("/api/v1/ideas/{}", self.idea(slug).await.card.number)).await
            }
            ("PUT /ideas/{number}/stage", _) => {
                let idea = self.idea(slug).await;
                let stage = self.host.get(&board).await.ok::<BoardView>().stages[1].id;
                who.put(&format!("/api/v1/ideas/{}/stage", idea.card.number), &json!({ "stage": stage })).await
            }
            (
                "PUT /ideas/{number}/vote"
                | "DELETE /ideas/{number}/vote"
                | "PUT /ideas/{number}/follow"
                | "DELETE /ideas/{number}/follow",
                _,
            ) => {
                let (method, path) = operation.split_once(' ').expect("a method and a path");
                let number = self.idea(slug).await.card.number.to_string();
                let path = format!("/api/v1{}", path.replace("{number}", &number));
                if method == "PUT" { who.put(&path, &json!(null)).await } else { who.delete(&path).await }
            }
            ("DELETE /ideas/{number}/support", _) => {
                who.delete(&format!("/api/v1/ideas/{}/support", self.idea(slug).await.card.number)).await
            }
            ("GET /ideas/{number}/since", _) => {
                who.get(&format!("/api/v1/ideas/{}/since", self.idea(slug).await.card.number)).await
            }
            ("GET /ideas/{number}/since/texts" | "PUT /ideas/{number}/visit", _) => {
                let idea = format!("/api/v1/ideas/{}", self.idea(slug).await.card.number);
                // Whoever may vote has: others have nothing to come back to.
                who.put(&format!("{idea}/vote"), &json!(null)).await;
                if operation.starts_with("GET") {
                    who.get(&format!("{idea}/since/texts")).await
                } else {
                    who.put(&format!("{idea}/visit"), &json!(null)).await
                }
            }
            (_, _) if operation.ends_with("/change") => {
                let idea = format!("/api/v1/ideas/{}", self.idea(slug).await.card.number);
                // Whoever may vote has; to the others it shows no less.
                who.put(&format!("{idea}/vote"), &json!(null)).await;
                let path = format!("{idea}/change");
                if operation.starts_with("GET") {
                    who.get(&path).await
                } else {
                    who.put(&path, &json!({"upto": 1})).await
                }
            }
            ("PUT /ideas/{number}/tags", what) => {
                // Where they cannot propose, no idea is theirs, and another's shows no less.
                let own = who.post(&format!("{board}/ideas"), &json!({"title": "T"})).await;
                let idea: IdeaView = if what == "one's own idea" && own.status.is_success() {
                    own.created()
                } else {
                    self.idea(slug).await
                };
                who.put(&format!("/api/v1/ideas/{}/tags", idea.card.number), &json!({"tags": []})).await
            }
            (_, _) if operation.ends_with("/merge") => {
                let (twin, target) = (self.idea(slug).await.card.number, self.idea(slug).await.card.number);
                let path = format!("/api/v1/ideas/{twin}/merge");
                match operation.split(' ').next() {
                    Some("GET") => who.get(&format!("{path}?into={target}")).await,
                    Some("PUT") => who.put(&path, &json!({ "into": target })).await,
                    _ => {
                        self.host.put(&path, &json!({ "into": target })).await.nothing(http::StatusCode::OK);
                        who.delete(&path).await
                    }
                }
            }
            ("GET /boards/{slug}/stages", _) => who.get(&format!("{board}/stages")).await,
            ("PUT /boards/{slug}/stages", _) => {
                let stages = self.host.get(&board).await.ok::<BoardView>().stages;
                who.put(&format!("{board}/stages"), &json!({ "stages": stages })).await
            }
            (_, _) if operation.contains("/boards/{slug}/tags") => {
                let tags = format!("{board}/tags");
                let new = json!({ "name": CommentId::new().to_string(), "colour": "leaf" });
                if operation.starts_with("POST") {
                    let answer = who.post(&tags, &new).await;
                    for tag in self.host.get(&board).await.ok::<BoardView>().tags {
                        self.host.delete(&format!("{tags}/{}", tag.id)).await;
                    }
                    return answer;
                }
                let made: BoardView = self.host.post(&tags, &new).await.created();
                let tag = made.tags.iter().find(|tag| Some(tag.name.as_str()) == new["name"].as_str()).expect("it").id;
                let path = format!("{tags}/{tag}");
                let answer =
                    if operation.starts_with("PUT") { who.put(&path, &new).await } else { who.delete(&path).await };
                self.host.delete(&path).await;
                answer
            }
            ("PUT /ideas/{number}/coauthors/{handle}", "another's idea") => {
                let number = self.idea(slug).await.card.number;
                who.put(&format!("/api/v1/ideas/{number}/coauthors/{}", dummy.handle), &json!(null)).await
            }
            ("PUT /ideas/{number}/coauthors/{handle}", _) => {
                // Where they cannot propose, no idea is theirs, and another's shows no less.
                let own = who.post(&format!("{board}/ideas"), &json!({"title": "T"})).await;
                let idea: IdeaView = if own.status.is_success() { own.created() } else { self.idea(slug).await };
                who.put(&format!("/api/v1/ideas/{}/coauthors/{}", idea.card.number, dummy.handle), &json!(null)).await
            }
            ("DELETE /ideas/{number}/coauthors/{handle}", _) => {
                let number = self.idea(slug).await.card.number;
                let oneself = what == "oneself" && who.is_signed_in();
                let handle = if oneself { &who.person().handle } else { &dummy.handle };
                let path = format!("/api/v1/ideas/{number}/coauthors/{handle}");
                self.host.put(&path, &json!(null)).await.nothing(http::StatusCode::NO_CONTENT);
                who.delete(&path).await
            }
            ("GET /ideas/{number}/comments", _) => {
                who.get(&format!("/api/v1/ideas/{}/comments", self.idea(slug).await.card.number)).await
            }
            ("GET /ideas/{number}/contributions", _) => {
                who.get(&format!("/api/v1/ideas/{}/contributions", self.idea(slug).await.card.number)).await
            }
            ("GET /ideas/{number}/history", _) => {
                who.get(&format!("/api/v1/ideas/{}/history", self.idea(slug).await.card.number)).await
            }
            ("GET /ideas/{number}/passages", _) => {
                who.get(&format!("/api/v1/ideas/{}/passages", self.idea(slug).await.card.number)).await
            }
            ("GET /ideas/{number}/mentionable", _) => {
                who.get(&format!("/api/v1/ideas/{}/mentionable?letters=a", self.idea(slug).await.card.number)).await
            }
            ("POST /ideas/{number}/comments", "about a passage") => {
                let path = format!("/api/v1/ideas/{}/comments", self.idea(slug).await.card.number);
                let shown = json!({"seen": 1, "span": {"from": 0, "to": 4}, "quote": "Flan"});
                let anchor = json!({"field": "title", "passage": {"shown": shown}});
                who.post(&path, &json!({"body": "Oui", "anchor": anchor})).await
            }
            ("POST /ideas/{number}/comments", kind) => {
                let path = format!("/api/v1/ideas/{}/comments", self.idea(slug).await.card.number);
                who.post(&path, &json!({"body": "Oui", "kind": kind})).await
            }
            (_, _) if operation.contains("/comments/{id}") => {
                let (method, path) = operation.split_once(' ').expect("a method and a path");
                let id = self.comment(app, slug, who, what).await.to_string();
                let path = format!("/api/v1{}", path.replace("{id}", &id).replace("{kind}", "agree"));
                match method {
                    "GET" => who.get(&path).await,
                    "PUT" => who.put(&path, &json!(null)).await,
                    "PATCH" => who.patch(&path, &json!({"body": "Non"})).await,
                    _ => who.delete(&path).await,
                }
            }
            ("POST /reports" | "POST /desk/decisions", _) => {
                let subject = match what {
                    "an idea" => Subject::Idea(self.idea(slug).await.card.id),
                    "a note" => Subject::Comment(self.comment(app, slug, who, "a note's").await),
                    _ => Subject::Comment(self.comment(app, slug, who, "another's").await),
                };
                let plain = operation.replace("POST ", "/api/v1");
                if plain.ends_with("reports") {
                    who.post(&plain, &json!({"subject": subject, "reason": "spam"})).await
                } else {
                    who.post(&plain, &json!({"subject": subject, "act": "keep"})).await
                }
            }
            _ => panic!("{operation} is in the table, but nobody knows how to ask for it"),
        }
    }

    /// A comment on a new idea, by who asks where it is to be their own and they can write there.
    async fn comment(&self, app: &App, slug: &str, who: &Client, what: &str) -> CommentId {
        let own_idea = what == "about one's own idea" && who.is_signed_in();
        let number = match own_idea {
            // Where they cannot propose, no idea is theirs, and another's shows no less.
            true => match who.post(&format!("/api/v1/boards/{slug}/ideas"), &json!({"title": "T"})).await {
                own if own.status.is_success() => own.created::<IdeaView>().card.number,
                _ => self.idea(slug).await.card.number,
            },
            false => self.idea(slug).await.card.number,
        };
        let kind = if what == "a note's" { CommentKind::Note } else { CommentKind::Comment };
        let new = NewComment { body: "Oui".into(), kind, ..NewComment::default() };
        let own = (what == "one's own" && who.is_signed_in()).then(|| who.person());
        for author in own.into_iter().chain([self.host.person()]) {
            if let Ok((made, _)) = comments::write(&app.atelier.db, Some(author), number, &new, None, None).await {
                return made.id;
            }
        }
        panic!("nobody could comment on {slug}")
    }
}

#[tokio::test]
async fn on_boards_of_each_audience_each_role_may_what_the_table_says() {
    let app = App::new().await;
    let document = document().await;
    let boards = Boards::new(&app).await;
    for (operation, what, table) in ON_BOARDS {
        let successes = successes(&document, operation);
        for (((audience, named), cells), people) in AUDIENCES.into_iter().zip(table).zip(&boards.people) {
            for ((who, role), expected) in people.iter().zip(Role::ANYONE).zip(cells.chars()) {
                let cell = format!("{operation} ({what}) on {audience} by {role:?}, named: {named}");
                let answer = boards.ask(&app, audience, who, operation, what).await;
                judge(&cell, expected, &answer, &successes);
            }
        }
    }
}

#[tokio::test]
async fn lists_hold_what_each_may_read() {
    let app = App::new().await;
    let boards = Boards::new(&app).await;
    for audience in ["public", "members", "staff", "invited"] {
        boards.idea(audience).await;
    }
    for (row, people) in boards.people.iter().enumerate() {
        for (column, who) in people.iter().enumerate() {
            let listed: Vec<BoardView> = who.get("/api/v1/boards").await.ok();
            let cards: Value = who.get("/api/v1/ideas").await.ok();
            let cards: BTreeSet<&str> =
                cards["items"].as_array().expect("items").iter().filter_map(|card| card["board"].as_str()).collect();
            // The row of `invited` that holds for this person; the other audiences do not ask who is named.
            let invited = if row == 4 { READ[4] } else { READ[3] };
            let table = [("public", READ[0]), ("members", READ[1]), ("staff", READ[2]), ("invited", invited)];
            for (slug, cells) in table {
                let reads = cells.as_bytes()[column] == b'y';
                assert_eq!(listed.iter().any(|board| board.slug == slug), reads, "{slug} {row} {column}");
                assert_eq!(cards.contains(slug), reads, "{slug} {row} {column}");
            }
        }
    }
}

#[tokio::test]
async fn the_editing_rule_says_who_may_edit() {
    let app = App::new().await;
    let boards = Boards::new(&app).await;
    // For each rule: of those who are no co-authors, and of co-authors.
    for (rule, others, coauthors) in [
        (EditingRule::Everyone, "nyyyyy", "nyyyyy"),
        (EditingRule::Coauthors, "nnyyyy", "nyyyyy"),
        (EditingRule::Staff, "nnyyyy", "nnyyyy"),
    ] {
        let change = json!({ "editing": rule });
        boards.host.patch("/api/v1/boards/public", &change).await.nothing(http::StatusCode::OK);
        let number = boards.idea("public").await.card.number;
        for (who, expected) in boards.people[0].iter().zip(others.chars()) {
            let idea: IdeaView = who.get(&format!("/api/v1/ideas/{number}")).await.ok();
            assert_eq!(idea.may_edit, expected == 'y', "{rule:?}");
        }
        for (who, expected) in boards.people[0].iter().zip(coauthors.chars()).skip(1) {
            let path = format!("/api/v1/ideas/{number}/coauthors/{}", who.person().handle);
            boards.host.put(&path, &json!(null)).await.nothing(http::StatusCode::NO_CONTENT);
            let idea: IdeaView = who.get(&format!("/api/v1/ideas/{number}")).await.ok();
            assert_eq!(idea.may_edit, expected == 'y', "{rule:?}, co-author");
        }
    }
}
