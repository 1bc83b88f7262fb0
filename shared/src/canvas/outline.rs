//! The same canvas as a text: what is in which group, in the order in which people read.

use super::{Canvas, ItemKind, ItemRef, layout::in_reading_order};

/// A part of the outline: a group with what is in it, or what is in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The group; none for what is in none.
    pub group: Option<String>,
    /// What is in it, in reading order.
    pub items: Vec<ItemRef>,
}

/// The outline of a canvas: first its groups in reading order, then what is in none.
#[must_use]
pub fn outline(canvas: &Canvas) -> Vec<Part> {
    let mut groups: Vec<_> = canvas.groups.keys().map(|id| ItemRef::new(ItemKind::Group, id)).collect();
    in_reading_order(canvas, &mut groups);
    let mut all: Vec<ItemRef> =
        canvas.items().filter(|item| !matches!(item.kind, ItemKind::Group | ItemKind::Link)).collect();
    in_reading_order(canvas, &mut all);
    let within = |group: Option<&str>| all.iter().filter(|item| canvas.group_of(item) == group).cloned().collect();
    let mut parts: Vec<Part> =
        groups.into_iter().map(|group| Part { items: within(Some(&group.id)), group: Some(group.id) }).collect();
    let loose: Vec<ItemRef> = within(None);
    if !loose.is_empty() {
        parts.push(Part { group: None, items: loose });
    }
    parts
}

/// What something is linked to, either way.
#[must_use]
pub fn linked(canvas: &Canvas, item: &ItemRef) -> Vec<ItemRef> {
    let name = item.to_string();
    let ends = canvas.links.values().filter_map(|link| match () {
        () if link.from == name => link.to.parse().ok(),
        () if link.to == name => link.from.parse().ok(),
        () => None,
    });
    ends.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::Colour,
        canvas::{Group, Note, Spot},
    };

    #[test]
    fn groups_come_first_and_rows_are_read_from_left_to_right() {
        let mut canvas = Canvas::default();
        let spot = |x, y| Spot { x, y, z: 0.0 };
        let note = |x, y, group: Option<&str>| Note {
            text: String::new(),
            spot: spot(x, y),
            colour: Colour::Amber,
            group: group.map(Into::into),
            locked: false,
            maker: String::new(),
        };
        for (id, x, y, group) in [
            ("loose", 0.0, 0.0, None),
            ("second", 320.0, 8.0, Some("g")),
            ("first", 60.0, 20.0, Some("g")),
            ("third", 0.0, 300.0, Some("g")),
        ] {
            canvas.notes.insert(id.into(), note(x, y, group));
        }
        let (title, colour, maker) = (String::new(), Colour::Teal, String::new());
        let group = Group { title, spot: spot(500.0, 0.0), w: 9.0, h: 9.0, colour, locked: false, maker };
        canvas.groups.insert("g".into(), group);
        let ids = |part: &Part| part.items.iter().map(|item| item.id.clone()).collect::<Vec<_>>();
        let parts = outline(&canvas);
        assert_eq!(parts.len(), 2);
        assert_eq!(
            (parts[0].group.as_deref(), ids(&parts[0])),
            (Some("g"), vec!["first".into(), "second".into(), "third".into()])
        );
        assert_eq!((parts[1].group.as_deref(), ids(&parts[1])), (None, vec!["loose".into()]));
    }
}
