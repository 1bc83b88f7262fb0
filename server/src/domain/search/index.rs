//! Keeping the index: what changed is noted by the database and indexed right after, a little at a time.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use shared::api::SearchKind;
use uuid::Uuid;

use super::{
    terms::{self, Kind},
    words,
};
use crate::{
    domain::markdown,
    store::{
        Db, StoreError, Tx,
        search::{self, Source},
    },
};

/// How much is indexed in one transaction: little, so that others may write in between.
const BATCH: u32 = 25;

/// Indexes some of what changed. Whether there was any; then there may be more.
///
/// # Errors
/// When the database fails.
pub async fn some(db: &Db) -> Result<bool, StoreError> {
    if !search::is_behind(&mut db.read().await?).await? {
        return Ok(false);
    }
    let mut tx = db.write().await?;
    let pending = search::pending(&mut tx, BATCH).await?;
    let mut seen = HashSet::new();
    let mut counted = BTreeMap::new();
    for change in &pending {
        if seen.insert(change.thing) {
            index(&mut tx, change.kind, change.thing, &mut counted).await?;
        }
    }
    settle(&mut tx, counted).await?;
    let ids: Vec<i64> = pending.iter().map(|change| change.id).collect();
    search::done(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(!pending.is_empty())
}

/// Indexes all that changed.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &Db) -> Result<(), StoreError> {
    while some(db).await? {}
    Ok(())
}

async fn index(
    tx: &mut Tx,
    kind: SearchKind,
    thing: Uuid,
    counted: &mut BTreeMap<String, i64>,
) -> Result<(), StoreError> {
    let before = search::document(tx, thing).await?;
    let source = search::source(tx, kind, thing).await?;
    let old: BTreeSet<String> = before.iter().flat_map(|(_, terms)| terms.split(' ')).map(str::to_owned).collect();
    let new = source.as_ref().map(|source| terms_of(kind, source)).unwrap_or_default();
    match (&before, &source) {
        (Some((doc, _)), Some(source)) if old != new => search::replace(tx, *doc, source, &joined(&new)).await?,
        (None, Some(source)) => search::add(tx, thing, source, &joined(&new)).await?,
        (Some((doc, _)), None) => search::remove(tx, *doc).await?,
        _ => {}
    }
    for (terms, more) in [(new.difference(&old), 1), (old.difference(&new), -1)] {
        for term in terms.filter_map(|term| term.get(1..)).filter(|term| terms::is_counted(term)) {
            *counted.entry(term.to_owned()).or_default() += more;
        }
    }
    Ok(())
}

fn terms_of(kind: SearchKind, source: &Source) -> BTreeSet<String> {
    let kind = match kind {
        SearchKind::Idea => Kind::Idea,
        SearchKind::Comment if source.note => Kind::Note,
        SearchKind::Comment => Kind::Comment,
        SearchKind::Person => Kind::Person,
        SearchKind::Board => Kind::Board,
    };
    let plain = markdown::to_text(&source.markdown);
    let texts: Vec<&str> = source.others.iter().map(String::as_str).chain([plain.as_str()]).collect();
    terms::of(kind, &source.title, &texts)
}

fn joined(terms: &BTreeSet<String>) -> String {
    terms.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Counts the terms that came and went, and keeps the ways to mistype them.
async fn settle(tx: &mut Tx, mut counted: BTreeMap<String, i64>) -> Result<(), StoreError> {
    counted.retain(|_, more| *more != 0);
    if counted.is_empty() {
        return Ok(());
    }
    let turnover = search::count(tx, &counted).await?;
    let slips = |terms: &[String]| -> search::Slips {
        let words = terms.iter().filter_map(|term| terms::word_of(term));
        words.flat_map(|word| words::slips(word).into_iter().map(|slip| (slip, word.to_owned()))).collect()
    };
    let (new, gone) = (slips(&turnover.new), slips(&turnover.gone));
    if !new.is_empty() {
        search::add_slips(tx, &new).await?;
    }
    if !gone.is_empty() {
        search::remove_slips(tx, &gone).await?;
    }
    Ok(())
}
