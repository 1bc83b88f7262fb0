//! What lay on a canvas after each version of its history.

use super::{Canvas, ItemKind, ItemRef};
use crate::api::CanvasVersion;

impl Canvas {
    /// Puts what lies on another here, in place of what has the same name.
    pub fn put(&mut self, other: &Self) {
        let Self { cards, notes, groups, links, pictures } = other.clone();
        self.cards.extend(cards);
        self.notes.extend(notes);
        self.groups.extend(groups);
        self.links.extend(links);
        self.pictures.extend(pictures);
    }

    /// Takes something away.
    pub fn take(&mut self, item: &ItemRef) {
        let id = &item.id;
        match item.kind {
            ItemKind::Card => drop(self.cards.remove(id)),
            ItemKind::Note => drop(self.notes.remove(id)),
            ItemKind::Group => drop(self.groups.remove(id)),
            ItemKind::Link => drop(self.links.remove(id)),
            ItemKind::Picture => drop(self.pictures.remove(id)),
        }
    }
}

/// So many versions are gone through from one that is kept.
const STEP: usize = 16;

/// What lay on a canvas, version by version.
#[derive(Clone, Debug)]
pub struct Past {
    versions: Vec<CanvasVersion>,
    /// What lay there before every [`STEP`]th version.
    kept: Vec<Canvas>,
}

impl Past {
    /// By these versions.
    #[must_use]
    pub fn of(versions: Vec<CanvasVersion>) -> Self {
        let (mut kept, mut now) = (Vec::new(), Canvas::default());
        for (at, version) in versions.iter().enumerate() {
            if at % STEP == 0 {
                kept.push(now.clone());
            }
            apply(&mut now, version);
        }
        Self { versions, kept }
    }

    /// What lay there after so many versions; fit to be shown.
    #[must_use]
    pub fn at(&self, count: u32) -> Canvas {
        let count = (count as usize).min(self.versions.len());
        let from = (count / STEP).min(self.kept.len().saturating_sub(1));
        let mut canvas = self.kept.get(from).cloned().unwrap_or_default();
        self.versions[(from * STEP).min(count)..count].iter().for_each(|version| apply(&mut canvas, version));
        canvas.settle();
        canvas
    }

    /// Everything that lay there at any time, as it was last.
    #[must_use]
    pub fn ever(&self) -> Canvas {
        let mut all = Canvas::default();
        self.versions.iter().for_each(|version| all.put(&version.put));
        all
    }
}

fn apply(canvas: &mut Canvas, version: &CanvasVersion) {
    version.gone.iter().for_each(|item| canvas.take(item));
    canvas.put(&version.put);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Link;

    fn version(put: &[(&str, &str)], gone: &[&str]) -> CanvasVersion {
        let link = |(id, from): &(&str, &str)| {
            let link = Link { from: (*from).into(), to: (*from).into(), maker: String::new() };
            ((*id).to_owned(), link)
        };
        CanvasVersion {
            by: vec![0],
            began_at: 0,
            ended_at: 0,
            changes: 1,
            place: 1,
            put: Canvas { links: put.iter().map(link).collect(), ..Canvas::default() },
            gone: gone.iter().map(|id| ItemRef::new(ItemKind::Link, *id)).collect(),
        }
    }

    #[test]
    fn each_version_is_what_was_put_and_not_taken_away() {
        let versions: Vec<CanvasVersion> = (0..50)
            .map(|at| {
                let (id, before) = (format!("l{at}"), format!("l{}", at - 2));
                version(&[(id.as_str(), "notes/n")], &[before.as_str()])
            })
            .collect();
        let past = Past::of(versions);
        assert_eq!(past.ever().links.len(), 50);
        for count in 0..=50_usize {
            let mut plain = Canvas::default();
            past.versions[..count].iter().for_each(|version| apply(&mut plain, version));
            assert_eq!(plain.links.len(), count.min(2));
            // Loose ends are not shown.
            plain.settle();
            assert_eq!(past.at(u32::try_from(count).expect("few")), plain);
        }
    }
}
