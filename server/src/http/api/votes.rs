//! `/ideas/{number}/vote`, `…/follow`, `…/support` and `…/stage`: what is done with one idea.

use axum::extract::State;
use http::StatusCode;
use shared::api::{IdeaFacts, IdeaView, MoveIdea, OwnVote, VoteView};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Conflicts, Names, TakesJson},
    count,
};
use crate::{
    Atelier,
    domain::{
        stages,
        votes::{self, Following},
    },
    http::{
        extract::{Json, MaybeSigned, Path},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(vote, withdraw))
        .routes(routes!(follow, unfollow))
        .routes(routes!(leave))
        .routes(routes!(set_stage))
}

/// Tells the pages that show the idea, or its board, what everyone may know of it.
pub(super) fn tell(atelier: &Atelier, facts: &IdeaFacts) {
    let data = || serde_json::to_string(facts).ok();
    atelier.hub.publish(&format!("facts:{}", facts.number), "facts", data);
    atelier.hub.publish(&format!("board:{}", facts.board), "facts", data);
}

/// Tells everyone what became of the votes, and the person's other tabs and devices what became of their own.
fn tell_votes(atelier: &Atelier, who: &MaybeSigned, facts: &IdeaFacts, vote: VoteView) {
    tell(atelier, facts);
    if let Some(person) = who.person() {
        let own = || serde_json::to_string(&OwnVote { number: facts.number, board: facts.board.clone(), vote }).ok();
        atelier.hub.publish(&format!("person:{}", person.id), "vote", own);
    }
}

/// Vote for an idea: say that one wants it. A second time changes nothing.
#[utoipa::path(put, path = "/ideas/{number}/vote", tag = "ideas", operation_id = "vote",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = VoteView), Always, Changes, Names, Conflicts))]
async fn vote(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<VoteView>, ApiError> {
    count(&atelier, &who, Writing::Vote)?;
    let (vote, facts) = votes::vote(&atelier.db, who.person(), number).await?;
    tell_votes(&atelier, &who, &facts, vote);
    Ok(Json(vote))
}

/// Take one's vote back. A second time changes nothing.
#[utoipa::path(delete, path = "/ideas/{number}/vote", tag = "ideas", operation_id = "withdraw_vote",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = VoteView), Always, Changes, Names))]
async fn withdraw(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<VoteView>, ApiError> {
    count(&atelier, &who, Writing::Vote)?;
    let (vote, facts) = votes::withdraw(&atelier.db, who.person(), number).await?;
    tell_votes(&atelier, &who, &facts, vote);
    Ok(Json(vote))
}

/// Follow an idea: be told what happens to it. A second time changes nothing.
#[utoipa::path(put, path = "/ideas/{number}/follow", tag = "ideas", operation_id = "follow_idea",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 204, description = "They follow it"), Always, Changes, Names))]
async fn follow(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<StatusCode, ApiError> {
    count(&atelier, &who, Writing::Vote)?;
    votes::follow(&atelier.db, who.person(), number, Following::Yes).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Follow an idea no longer, whatever one does there later. A second time changes nothing.
#[utoipa::path(delete, path = "/ideas/{number}/follow", tag = "ideas", operation_id = "unfollow_idea",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 204, description = "They do not follow it"), Always, Changes, Names))]
async fn unfollow(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<StatusCode, ApiError> {
    count(&atelier, &who, Writing::Vote)?;
    votes::follow(&atelier.db, who.person(), number, Following::No).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take one's vote back and follow the idea no longer, in one. A second time changes nothing.
#[utoipa::path(delete, path = "/ideas/{number}/support", tag = "ideas", operation_id = "leave_idea",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = VoteView), Always, Changes, Names))]
async fn leave(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<VoteView>, ApiError> {
    let (vote, facts) = votes::leave(&atelier.db, who.person(), number).await?;
    tell(&atelier, &facts);
    Ok(Json(vote))
}

/// Move an idea to another stage of its board. For researchers and above.
#[utoipa::path(put, path = "/ideas/{number}/stage", tag = "ideas", operation_id = "move_idea", request_body = MoveIdea,
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = IdeaView), Always, Changes, Names, TakesJson))]
async fn set_stage(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    Json(request): Json<MoveIdea>,
) -> Result<Json<IdeaView>, ApiError> {
    let (idea, facts) = stages::set(&atelier.db, who.person(), number, &request).await?;
    if let Some(facts) = facts {
        atelier.happened.notify_one();
        tell(&atelier, &facts);
    }
    Ok(Json(idea))
}
