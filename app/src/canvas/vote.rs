//! Dots on notes and ideas: one's own while a vote is on, everybody's at its end.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{DotVoteView, Dots, Workshop},
    canvas::{ItemKind, ItemRef},
};

use super::{names, scene::Scene};
use crate::{
    api,
    i18n::t_string,
    ui::{icon::icon, toast},
    words,
};

/// The vote that is on.
pub(super) fn on(scene: Scene) -> Option<DotVoteView> {
    scene.workshop.with(|workshop| workshop.vote.clone()).filter(|vote| vote.ended_at.is_none())
}

/// How many dots of theirs the person has left.
pub(super) fn left(vote: &DotVoteView) -> u32 {
    vote.dots.saturating_sub(vote.mine.iter().map(|dots| dots.dots).sum())
}

fn mine(vote: &DotVoteView, item: &str) -> u32 {
    vote.mine.iter().find(|dots| dots.item == item).map_or(0, |dots| dots.dots)
}

/// What dots something has, in words.
pub(super) fn said(scene: Scene, item: &ItemRef) -> Option<String> {
    let vote = scene.workshop.with(|workshop| workshop.vote.clone())?;
    let name = item.to_string();
    if vote.ended_at.is_some() {
        let dots = vote.results.iter().find(|result| result.item == name)?.dots;
        return Some(t_string!(scene.i18n, canvas.got_dots, count = dots));
    }
    let mine = mine(&vote, &name);
    (mine > 0).then(|| t_string!(scene.i18n, canvas.my_dots, count = mine))
}

/// The dots of something, with the means to set one's own.
pub(super) fn dots(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let shown = move || {
        let vote = scene.workshop.with(|workshop| workshop.vote.clone())?;
        let name = of.with_value(ToString::to_string);
        if vote.ended_at.is_some() {
            let result = vote.results.iter().find(|result| result.item == name)?;
            let (dots, people) = (result.dots, names::people(scene.i18n, &result.people));
            return Some(
                view! { <span class="canvas-dots is-result" title=people aria-hidden="true">{icon("circle")} {dots}</span> }
                    .into_any(),
            );
        }
        if !scene.may.with(|may| may.note) {
            return None;
        }
        let (own, left) = (mine(&vote, &name), left(&vote));
        let full = left == 0 || (vote.one_each && own > 0);
        let by = move |by: i32| move |_| change(scene, of.get_value(), by);
        let label = move || of.with_value(|item| names::name(scene, item));
        Some(
            view! {
                <span class="canvas-dots">
                    {(own > 0)
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    tabindex="-1"
                                    aria-label=move || t_string!(scene.i18n, canvas.take_dot, name = label())
                                    on:click=by(-1)
                                >
                                    {icon("minus")}
                                </button>
                            }
                        })}
                    <span class="canvas-dots-mine" aria-hidden="true">
                        {(0..own).map(|_| view! { <i class="canvas-dot"></i> }).collect_view()}
                    </span>
                    <button
                        type="button"
                        tabindex="-1"
                        disabled=full
                        aria-label=move || t_string!(scene.i18n, canvas.give_dot, name = label())
                        on:click=by(1)
                    >
                        {icon("plus")}
                    </button>
                </span>
            }
            .into_any(),
        )
    };
    view! { {shown} }.into_any()
}

/// Sets a dot on what the keyboard is at, or takes one back. Whether there is a vote.
#[cfg(feature = "hydrate")]
pub(super) fn set(scene: Scene, by: i32) -> bool {
    let item = scene.current.get_untracked().filter(|item| matches!(item.kind, ItemKind::Note | ItemKind::Card));
    let Some(item) = item.filter(|_| untrack(|| on(scene)).is_some()) else { return false };
    change(scene, item, by);
    true
}

/// Sets one dot more, or one less, on something.
pub(super) fn change(scene: Scene, item: ItemRef, by: i32) {
    if !matches!(item.kind, ItemKind::Note | ItemKind::Card) {
        return;
    }
    let Some(vote) = untrack(|| on(scene)) else { return };
    let name = item.to_string();
    let own = mine(&vote, &name);
    let Some(wanted) = own.checked_add_signed(by) else { return };
    if by > 0 && (left(&vote) == 0 || (vote.one_each && own > 0)) {
        let why = if left(&vote) == 0 {
            t_string!(scene.i18n, canvas.no_dots_left)
        } else {
            t_string!(scene.i18n, canvas.one_dot_each)
        };
        return toast::warn(why);
    }
    show_own(scene, &name, wanted);
    let left = untrack(|| on(scene)).map_or(0, |vote| left(&vote));
    scene.say(t_string!(scene.i18n, canvas.dots_left, count = left));
    let path = format!("/boards/{}/canvas/dot-votes/{}/dots", scene.slug.get_value(), vote.id);
    if !scene.dots.want(&name, wanted) {
        return;
    }
    spawn_local(async move {
        let send =
            async |dots: &u32| api::put_with::<DotVoteView>(&path, &Dots { item: name.clone(), dots: *dots }).await;
        match scene.dots.ask(&name, wanted, send).await {
            Ok(vote) => agreed(scene, vote),
            Err((_, problem)) => {
                show_own(scene, &name, own);
                toast::warn(words::problem(scene.i18n, &problem));
            }
        }
    });
}

/// Shows that the person has so many dots on something.
fn show_own(scene: Scene, item: &str, dots: u32) {
    scene.workshop.try_update(|workshop| {
        if let Some(vote) = &mut workshop.vote {
            vote.mine.retain(|mine| mine.item != item);
            if dots > 0 {
                vote.mine.push(Dots { item: item.to_owned(), dots });
            }
        }
    });
}

/// The server says how the vote stands. An answer that comes late, when other dots are asked for or the vote is over, says
/// nothing new.
fn agreed(scene: Scene, vote: DotVoteView) {
    let is_on =
        |workshop: &Workshop| workshop.vote.as_ref().is_some_and(|now| now.id == vote.id && now.ended_at.is_none());
    if scene.dots.settled() && scene.workshop.try_with_untracked(is_on) == Some(true) {
        scene.workshop.try_update(|workshop| workshop.vote = Some(vote));
    }
}
