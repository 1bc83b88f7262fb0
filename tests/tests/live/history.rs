//! Histories hold what was: each version of a recording is what Automerge has at that place.

use std::collections::HashMap;

use automerge::AutoCommit;
use server::live::history::Lives;
use shared::{
    DocumentId, PersonId, Role,
    api::{Extent, History, PersonView},
    field::Field,
    history::text,
    live::concept::{self, ENCODING},
};
use tests::{
    authors::{Stored, changes_of},
    traces,
};

/// Versions that are read by Automerge too: each costs it the whole text.
const LOOKED_AT: usize = 60;

fn person(id: PersonId) -> PersonView {
    let name = format!("p{}", id.0.simple());
    PersonView { id, handle: name.clone(), name, role: Role::Customer, unclaimed: false, left: false }
}

/// The history of changes, each actor a person.
fn told(changes: &[Stored]) -> History {
    let (mut lives, mut people) = (Lives::default(), Vec::new());
    let mut known: HashMap<Vec<u8>, PersonId> = HashMap::new();
    for (change, at) in changes {
        let actor = change.actor_id().to_bytes().to_vec();
        let id = *known.entry(actor).or_insert_with(|| {
            let id = PersonId::new();
            people.push(person(id));
            id
        });
        lives.take(id, change.raw_bytes(), *at).expect("applies");
    }
    lives.told(DocumentId::new(), people)
}

fn holds_what_was(changes: &[Stored]) -> History {
    let history = told(changes);
    let versions = &history.versions;
    assert_eq!(versions.iter().map(|version| version.changes as usize).sum::<usize>(), changes.len());
    assert!(versions.windows(2).all(|two| two[0].ended_at < two[1].ended_at && two[0].ended_at <= two[1].began_at));
    let step = versions.len().div_ceil(LOOKED_AT).max(1);
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    let mut upto = 0;
    for (at, version) in versions.iter().enumerate() {
        let place = usize::try_from(version.place).expect("a place");
        doc.apply_changes(changes[upto..place].iter().map(|(change, _)| change.clone())).expect("applies");
        upto = place;
        if at % step == 0 || at + 1 == versions.len() {
            let texts = concept::read(&doc).expect("a concept");
            let number = u32::try_from(at + 1).expect("few");
            let [title, pitch, body] = Field::ALL.map(|field| text(history.runs(field), number));
            assert_eq!((title, pitch, body), (texts.title, texts.pitch, texts.body), "version {number}");
        }
    }
    assert_eq!(upto, changes.len());
    // What came less what went is what stands.
    for field in Field::ALL {
        let all = versions.iter().fold(Extent::default(), |all, version| {
            let Extent { added, removed } = *version.clone().extent_of(field);
            Extent { added: all.added + added, removed: all.removed + removed }
        });
        let stands = text(history.runs(field), u32::try_from(versions.len()).expect("few")).chars().count();
        assert_eq!((all.added - all.removed) as usize, stands);
    }
    history
}

#[test]
fn two_friends_write_and_each_version_is_what_was() {
    let trace = traces::friends_forever().unwrap_or_else(|| {
        eprintln!("skipped: no editing traces; a made-up session of the same size takes their place");
        traces::made_up()
    });
    let changes = changes_of(&trace);
    let history = holds_what_was(&changes);
    assert!((10..=1000).contains(&history.versions.len()), "{}", history.versions.len());
    let size = serde_json::to_string(&history).expect("JSON").len();
    eprintln!(
        "{} changes, {} versions, {} runs, {size} bytes",
        changes.len(),
        history.versions.len(),
        history.body.len()
    );
}

/// The same all at once: one version, of both.
#[test]
fn what_is_stored_at_once_is_one_version() {
    let trace = traces::made_up();
    let mut changes = changes_of(&trace);
    changes.truncate(500);
    changes.iter_mut().for_each(|(_, at)| *at = 7);
    let history = holds_what_was(&changes);
    assert_eq!(history.versions.len(), 1);
    assert!(history.body.iter().all(|run| run.gone.is_none()), "what came and went within it is not told");
}
