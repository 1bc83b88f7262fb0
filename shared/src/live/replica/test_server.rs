//! A server for the tests of replicas: it takes changes in order, and refuses some.

use std::collections::HashSet;

use automerge::{ActorId, AutoCommit, Change, ChangeHash, sync};

use crate::live::{
    concept::{self, ENCODING, Texts},
    message::RejectCode,
};

/// What the server sends.
#[derive(Clone, Debug)]
pub enum Down {
    Sync(Vec<u8>),
    Stored([u8; 32]),
    Rejected([u8; 32], RejectCode),
}

/// What it has.
pub struct Server {
    pub doc: AutoCommit,
    pub known: HashSet<ChangeHash>,
    pub refused: HashSet<ChangeHash>,
}

fn message(heads: Vec<ChangeHash>, changes: &[Change]) -> Vec<u8> {
    let changes: Vec<Vec<u8>> = changes.iter().map(|change| change.raw_bytes().to_vec()).collect();
    let have = vec![sync::Have { last_sync: heads.clone(), bloom: sync::BloomFilter::default() }];
    let version = sync::MessageVersion::V1;
    sync::Message { heads, need: Vec::new(), have, changes: changes.into(), flags: None, version }.encode()
}

impl Server {
    /// One that has a concept with these texts.
    pub fn of(texts: &Texts) -> Self {
        let first = concept::first_change(ActorId::from([9; 16].as_slice()), 0, texts).expect("a change");
        let mut doc = AutoCommit::new_with_encoding(ENCODING);
        doc.apply_changes([first.clone()]).expect("applies");
        Self { doc, known: HashSet::from([first.hash()]), refused: HashSet::new() }
    }

    /// Takes what a tab sends, which is its hello unless it has `joined`; the first change that could be taken is refused
    /// where that is wished for. Answers what the tab is told, and what all others are.
    pub fn take(
        &mut self,
        frame: &[u8],
        joined: &mut bool,
        refuse_next: &mut Option<RejectCode>,
    ) -> (Vec<Down>, Option<Vec<u8>>) {
        let received = sync::Message::decode(frame).expect("ours can be read");
        let (mut answers, mut fresh) = (Vec::new(), Vec::new());
        for blob in received.changes.iter() {
            let change = Change::from_bytes(blob.to_vec()).expect("a change");
            let hash = change.hash();
            answers.push(if self.known.contains(&hash) {
                Down::Stored(hash.0)
            } else if self.refused.contains(&hash) || !change.deps().iter().all(|dep| self.known.contains(dep)) {
                self.refused.insert(hash);
                Down::Rejected(hash.0, RejectCode::Orphan)
            } else if let Some(code) = refuse_next.take() {
                self.refused.insert(hash);
                Down::Rejected(hash.0, code)
            } else {
                self.known.insert(hash);
                fresh.push(change);
                Down::Stored(hash.0)
            });
        }
        self.doc.apply_changes(fresh.clone()).expect("applies, and no actor counts twice");
        let heads = self.doc.get_heads();
        let shared = (!fresh.is_empty()).then(|| message(heads.clone(), &fresh));
        if !std::mem::replace(joined, true) {
            let has: Vec<_> = received.heads.iter().filter(|head| self.known.contains(head)).copied().collect();
            let missing = self.doc.get_changes(&has);
            answers.push(Down::Sync(message(heads, &missing)));
        }
        (answers, shared)
    }
}
