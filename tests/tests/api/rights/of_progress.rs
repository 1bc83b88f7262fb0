//! The operations on what becomes of ideas: progress that is published, and concepts that are frozen.

use serde_json::json;
use server::domain::entries::{self, Said};
use shared::{
    EntryId,
    api::{TimelineEntry, WrittenExperiment, WrittenMilestone, WrittenUpdate},
};
use tests::app::{Answer, App, Client};

use super::Boards;

const KINDS: [&str; 3] = ["updates", "milestones", "experiments"];

/// Whether an operation of the table is one of these.
pub(super) fn is(operation: &str) -> bool {
    let last = operation.rsplit('/').next().unwrap_or_default();
    let named = |kind: &&str| operation.contains(&format!("/{kind}/{{id}}")) || last == *kind;
    KINDS.iter().any(named) || ["timeline", "freeze"].contains(&last) || operation.contains("/progress/")
}

/// The kind of entry that an operation is about, as its address names it.
fn kind(operation: &str) -> &'static str {
    KINDS.into_iter().find(|kind| operation.contains(kind)).unwrap_or("updates")
}

fn said(kind: &str, staff: bool) -> Said {
    let text = String::from("Oui");
    let said = match kind {
        "milestones" => Said::try_from(&WrittenMilestone { title: text, staff, ..WrittenMilestone::default() }),
        "experiments" => {
            let (hypothesis, trial, measure) = (text.clone(), text.clone(), text);
            Said::try_from(&WrittenExperiment { hypothesis, trial, measure, staff })
        }
        _ => Said::try_from(&WrittenUpdate { body: text, staff, ..WrittenUpdate::default() }),
    };
    said.expect("acceptable")
}

impl Boards {
    /// The same of progress.
    pub(super) async fn ask_progress(
        &self,
        app: &App,
        slug: &str,
        who: &Client,
        operation: &str,
        what: &str,
    ) -> Answer {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let kind = kind(operation);
        let number = self.idea(slug).await.card.number;
        let mut path = format!("/api/v1{}", path.replace("{number}", &number.to_string()));
        if path.contains("{id}") {
            path = path.replace("{id}", &self.entry(app, number, who, kind, what).await.to_string());
        }
        if path.ends_with("/freeze") && method != "PUT" {
            self.host.put(&path, &json!({})).await.nothing(http::StatusCode::OK);
        }
        let body = match (path.rsplit('/').next(), kind) {
            (Some("freeze"), _) => json!({"words": "On y va"}),
            (Some("conclusion"), _) => json!({"outcome": "kept", "result": "Oui", "reason": "Oui"}),
            (_, "milestones") => json!({"title": "Autre", "done": true}),
            (_, "experiments") => json!({"hypothesis": "Autre", "trial": "Autre", "measure": "Autre"}),
            _ => json!({"body": "Autre", "percent": 10}),
        };
        match method {
            "GET" => who.get(&path).await,
            "PUT" => who.put(&path, &body).await,
            "POST" => who.post(&path, &body).await,
            _ => who.delete(&path).await,
        }
    }

    /// Progress of an idea, by who asks where it is to be their own and they can publish there.
    async fn entry(&self, app: &App, number: u32, who: &Client, kind: &str, what: &str) -> EntryId {
        let said = said(kind, what == "an unpublished one");
        let own = (what == "one's own" && who.is_signed_in()).then(|| who.person());
        for author in own.into_iter().chain([self.host.person()]) {
            if let Ok((made, _)) = entries::add(&app.atelier.db, Some(author), number, &said, None).await {
                return match made {
                    TimelineEntry::Update(update) => update.head.id,
                    TimelineEntry::Milestone(milestone) => milestone.head.id,
                    TimelineEntry::Experiment(one) => one.head.id,
                    other => panic!("no progress: {other:?}"),
                };
            }
        }
        panic!("nobody could publish anything of idea {number}")
    }
}
