//! What becomes of a change that arrived: whether it is fit, known, too early or refused, and how a refusal is told.

use shared::live::{
    change::Change,
    guard::Arrived,
    ledger::{Author, Fit, Ledger, Unfit},
    message::{FromServer, RejectCode},
    refusal::sentence,
};

use super::{Room, mend};
use crate::live::hub::Key;

/// Refused hashes remembered per peer.
const REFUSED: usize = 4096;
/// Changes remembered that a peer has beyond its heads.
const HAS: usize = 64;

/// Why a change is not taken.
pub(super) struct Refused {
    code: RejectCode,
    /// Where in the document, if it is somewhere.
    path: String,
    /// For the log.
    detail: String,
}

impl Refused {
    pub(super) fn new(code: RejectCode, detail: &str) -> Self {
        Self { code, path: String::new(), detail: detail.to_owned() }
    }
}

impl From<Unfit> for Refused {
    fn from(unfit: Unfit) -> Self {
        Self { code: unfit.code(), path: unfit.path().to_owned(), detail: unfit.to_string() }
    }
}

/// What became of a change that arrived.
pub(super) enum Verdict {
    Fit(Box<Fit>),
    Known { stored: bool },
    Early,
    Refused(Refused),
}

/// Whether a change that arrived can be part of the document.
pub(super) fn check(ledger: &Ledger, arrived: &Arrived, author: &Author) -> Result<Fit, Unfit> {
    let chunk = arrived.chunk();
    let change = Change::parse(&chunk).map_err(|_| Unfit::Unreadable)?;
    ledger.check(&change, author)
}

impl Room {
    pub(super) fn judge(&self, key: Key, arrived: &Arrived) -> Verdict {
        if let Some(aside) = &self.aside {
            let stored = aside.known.contains(&arrived.hash);
            return if stored { Verdict::Known { stored } } else { Verdict::Refused(mend::set_aside()) };
        }
        let (Some(peer), Some(ledger)) = (self.peers.get(&key), &self.ledger) else { return Verdict::Early };
        if let Some(index) = ledger.find(&arrived.hash) {
            return Verdict::Known { stored: index < self.stored };
        }
        let refuse = |code, reason: &str| Verdict::Refused(Refused::new(code, reason));
        if peer.refused.contains(&arrived.hash) {
            return refuse(RejectCode::Orphan, "it was refused before");
        }
        if !peer.rights.any() {
            return refuse(RejectCode::Forbidden, "you may read this document, but not change it");
        }
        if !arrived.own {
            return refuse(RejectCode::ForeignActor, "its actor id belongs to somebody else");
        }
        if !arrived.sound {
            return refuse(RejectCode::Malformed, "it is not written as Automerge writes changes");
        }
        if arrived.deps.iter().any(|dep| peer.refused.contains(dep)) {
            return refuse(RejectCode::Orphan, "it builds on a change that was refused");
        }
        let Some(person) = peer.who.person.as_ref().map(|person| person.id) else {
            return refuse(RejectCode::Forbidden, "nobody writes who is not signed in");
        };
        match check(ledger, arrived, &Author { person, rights: peer.rights }) {
            Err(Unfit::UnknownDependency) => Verdict::Early,
            Err(unfit) => Verdict::Refused(unfit.into()),
            Ok(fit) => Verdict::Fit(Box::new(fit)),
        }
    }

    pub(super) fn refuse(&mut self, key: Key, arrived: &Arrived, refused: &Refused) {
        let (document, hash) = (self.document, arrived.hash);
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if peer.refused.len() < REFUSED {
            peer.refused.insert(hash);
        }
        // It has what the refused change builds on, though its heads will not say so.
        if let Some(ledger) = &self.ledger {
            peer.has.extend(arrived.deps.iter().filter_map(|dep| ledger.find(dep)));
            let surplus = peer.has.len().saturating_sub(HAS);
            peer.has.drain(..surplus);
        }
        let Refused { code, path, detail } = refused;
        self.hub.metrics().refused(*code);
        tracing::debug!(%document, peer = peer.who.peer, code = code.as_str(), path, detail, "refused");
        let reason = sentence(*code, path, peer.locale);
        peer.send(&if peer.atelier {
            FromServer::Rejected { document, hash, code: *code, path: path.clone(), reason }
        } else {
            FromServer::Error {
                sender: self.hub.name().to_owned(),
                target: peer.who.peer.clone(),
                message: format!("{document}: {} ({path}): {reason}", code.as_str()),
            }
        });
    }
}
