//! How large things on a canvas are, where they fit, and how they line up.
//!
//! Both sides need it, and neither has a font at hand: texts are measured by the usual width of their characters.

use std::collections::BTreeMap;

use super::{Canvas, ItemKind, ItemRef};

/// How wide a note is, in pixels.
pub const NOTE_WIDTH: f64 = 208.0;
/// How high a note is at least.
pub const NOTE_HEIGHT: f64 = 128.0;
/// How wide the card of an idea is.
pub const CARD_WIDTH: f64 = 264.0;
/// How high the card of an idea is.
pub const CARD_HEIGHT: f64 = 136.0;
/// Room between the edge of something and its words.
pub const PADDING: f64 = 12.0;
/// Room that the title of a group takes above what is in it.
pub const GROUP_HEAD: f64 = 44.0;
/// The least width and height of a group.
pub const GROUP_LEAST: f64 = 120.0;
/// The shorter side of a picture, at least.
pub const PICTURE_LEAST: f64 = 48.0;
/// Room between things that are set side by side.
pub const GAP: f64 = 24.0;
/// The size of the letters of a note.
pub const LETTERS: f64 = 16.0;
/// From line to line of a note.
pub const LINE: f64 = 22.0;

/// A rectangle, in pixels of a canvas that is not zoomed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// How wide it is.
    pub w: f64,
    /// How high it is.
    pub h: f64,
}

impl Rect {
    /// The one of these edges.
    #[must_use]
    pub fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// The one between two corners.
    #[must_use]
    pub fn between(a: (f64, f64), b: (f64, f64)) -> Self {
        Self::new(a.0.min(b.0), a.1.min(b.1), (a.0 - b.0).abs(), (a.1 - b.1).abs())
    }

    /// Its middle.
    #[must_use]
    pub fn middle(self) -> (f64, f64) {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether a point lies in it.
    #[must_use]
    pub fn holds(self, (x, y): (f64, f64)) -> bool {
        (self.x..=self.x + self.w).contains(&x) && (self.y..=self.y + self.h).contains(&y)
    }

    /// Whether they share more than an edge.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }

    /// The least one around both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.w).max(other.x + other.w);
        let bottom = (self.y + self.h).max(other.y + other.h);
        Self::new(x, y, right - x, bottom - y)
    }

    /// With so much room around it.
    #[must_use]
    pub fn grown(self, by: f64) -> Self {
        Self::new(self.x - by, self.y - by, self.w + by * 2.0, self.h + by * 2.0)
    }

    /// Shifted by so much.
    #[must_use]
    pub fn shifted(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// Where a line from its middle towards a point leaves it.
    #[must_use]
    pub fn edge_towards(self, (x, y): (f64, f64)) -> (f64, f64) {
        let (mx, my) = self.middle();
        let (dx, dy) = (x - mx, y - my);
        let across = if dx == 0.0 { f64::INFINITY } else { self.w / 2.0 / dx.abs() };
        let along = if dy == 0.0 { f64::INFINITY } else { self.h / 2.0 / dy.abs() };
        let scale = across.min(along).min(1.0);
        (mx + dx * scale, my + dy * scale)
    }
}

/// The width of a character, in parts of the size of its letters: that of a usual sans serif.
fn width_of(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '’' | '!' | '|' => 0.27,
        ' ' | 't' | 'f' | 'r' | '(' | ')' | '[' | ']' | '-' | '\u{a0}' | '\u{202f}' => 0.33,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | 'œ' | 'Œ' | 'æ' => 0.86,
        'A'..='Z' | 'À'..='Ý' => 0.64,
        c if (c as u32) >= 0x1100 => 1.0,
        _ => 0.52,
    }
}

/// How wide a text is, set in letters of this size.
#[must_use]
pub fn width(text: &str, letters: f64) -> f64 {
    text.chars().map(width_of).sum::<f64>() * letters
}

/// The lines of a text in so much width: broken at spaces, and within words that are wider than a line.
#[must_use]
pub fn lines(text: &str, room: f64, letters: f64) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut used) = (String::new(), 0.0);
        for word in paragraph.split(' ') {
            let wide = width(word, letters);
            let space = if line.is_empty() { 0.0 } else { width(" ", letters) };
            if used + space + wide > room && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            } else if !line.is_empty() {
                line.push(' ');
                used += space;
            }
            for c in word.chars() {
                let wide = width_of(c) * letters;
                if used + wide > room && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(c);
                used += wide;
            }
        }
        lines.push(line);
    }
    lines
}

/// How high a note is that says this.
#[must_use]
pub fn note_height(text: &str) -> f64 {
    let count = lines(text, NOTE_WIDTH - PADDING * 2.0, LETTERS).len();
    #[expect(clippy::cast_precision_loss, reason = "a note has few lines")]
    let high = count as f64 * LINE;
    // Below the words stands who wrote them.
    (high + PADDING * 2.0 + LINE).max(NOTE_HEIGHT)
}

/// Where something is, and how large; nothing for links, which are between things.
#[must_use]
pub fn rect(canvas: &Canvas, item: &ItemRef) -> Option<Rect> {
    let spot = canvas.spot(item)?;
    let (w, h) = match item.kind {
        ItemKind::Card => (CARD_WIDTH, CARD_HEIGHT),
        ItemKind::Note => (NOTE_WIDTH, note_height(canvas.text(item)?)),
        ItemKind::Group => canvas.groups.get(&item.id).map(|group| (group.w, group.h))?,
        ItemKind::Picture => canvas.pictures.get(&item.id).map(|picture| (picture.w, picture.h))?,
        ItemKind::Link => return None,
    };
    Some(Rect::new(spot.x, spot.y, w, h))
}

/// The least rectangle around all of these.
#[must_use]
pub fn around(rects: impl IntoIterator<Item = Rect>) -> Option<Rect> {
    rects.into_iter().reduce(Rect::with)
}

/// The least rectangle around everything; nothing when there is nothing.
#[must_use]
pub fn bounds(canvas: &Canvas) -> Option<Rect> {
    around(canvas.items().filter_map(|item| rect(canvas, &item)))
}

/// The group on which something lies whose middle is there: the smallest, where several lie one on the other.
#[must_use]
pub fn group_at(canvas: &Canvas, middle: (f64, f64)) -> Option<String> {
    let under =
        canvas.groups.iter().filter(|(_, group)| Rect::new(group.spot.x, group.spot.y, group.w, group.h).holds(middle));
    under.min_by(|(_, a), (_, b)| (a.w * a.h).total_cmp(&(b.w * b.h))).map(|(id, _)| id.clone())
}

/// The things in a group.
#[must_use]
pub fn members(canvas: &Canvas, group: &str) -> Vec<ItemRef> {
    canvas.items().filter(|item| canvas.group_of(item) == Some(group)).collect()
}

/// What lies in the groups among these.
#[must_use]
pub fn members_among(canvas: &Canvas, items: &[ItemRef]) -> Vec<ItemRef> {
    let groups = items.iter().filter(|item| item.kind == ItemKind::Group);
    groups.flat_map(|group| members(canvas, &group.id)).collect()
}

/// How things are lined up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At their left edges.
    Left,
    /// At their middles, one below the other.
    Centre,
    /// At their right edges.
    Right,
    /// At their upper edges.
    Top,
    /// At their middles, side by side.
    Middle,
    /// At their lower edges.
    Bottom,
    /// With equal room between them, from left to right.
    Across,
    /// With equal room between them, from top to bottom.
    Down,
    /// In rows and columns.
    Grid,
}

impl Align {
    /// Each, in the order they are offered.
    pub const ALL: [Self; 9] = [
        Self::Left,
        Self::Centre,
        Self::Right,
        Self::Top,
        Self::Middle,
        Self::Bottom,
        Self::Across,
        Self::Down,
        Self::Grid,
    ];
}

/// Where each of these goes so that they are lined up; in their own order.
#[must_use]
pub fn align(rects: &[Rect], how: Align) -> Vec<(f64, f64)> {
    let Some(all) = around(rects.iter().copied()) else { return Vec::new() };
    let each = |place: &dyn Fn(&Rect) -> (f64, f64)| rects.iter().map(place).collect();
    match how {
        Align::Left => each(&|rect| (all.x, rect.y)),
        Align::Centre => each(&|rect| (all.x + (all.w - rect.w) / 2.0, rect.y)),
        Align::Right => each(&|rect| (all.x + all.w - rect.w, rect.y)),
        Align::Top => each(&|rect| (rect.x, all.y)),
        Align::Middle => each(&|rect| (rect.x, all.y + (all.h - rect.h) / 2.0)),
        Align::Bottom => each(&|rect| (rect.x, all.y + all.h - rect.h)),
        Align::Across => spread(rects, all.x, all.w, |rect| (rect.x, rect.w))
            .into_iter()
            .zip(rects)
            .map(|(x, rect)| (x, rect.y))
            .collect(),
        Align::Down => spread(rects, all.y, all.h, |rect| (rect.y, rect.h))
            .into_iter()
            .zip(rects)
            .map(|(y, rect)| (rect.x, y))
            .collect(),
        Align::Grid => grid(rects, (all.x, all.y)),
    }
}

/// Where each begins so that equal room is between them.
fn spread(rects: &[Rect], from: f64, room: f64, along: impl Fn(&Rect) -> (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..rects.len()).collect();
    order.sort_by(|a, b| along(&rects[*a]).0.total_cmp(&along(&rects[*b]).0));
    let taken: f64 = rects.iter().map(|rect| along(rect).1).sum();
    #[expect(clippy::cast_precision_loss, reason = "nobody lines up so many")]
    let between = (rects.len().max(2) - 1) as f64;
    // Things that overlap are drawn apart.
    let gap = ((room - taken) / between).max(GAP / 2.0);
    let mut places = vec![from; rects.len()];
    let mut next = from;
    for at in order {
        places[at] = next;
        next += along(&rects[at]).1 + gap;
    }
    places
}

/// Rows and columns from this corner on, about as wide as high, in reading order.
#[must_use]
pub fn grid(rects: &[Rect], (left, top): (f64, f64)) -> Vec<(f64, f64)> {
    let mut order: Vec<usize> = (0..rects.len()).collect();
    order.sort_by(|a, b| reading(rects[*a]).cmp(&reading(rects[*b])).then(rects[*a].x.total_cmp(&rects[*b].x)));
    let columns = (1..).find(|columns| columns * columns >= rects.len()).unwrap_or(1);
    let mut places = vec![(left, top); rects.len()];
    let wide = rects.iter().map(|rect| rect.w).fold(0.0, f64::max) + GAP;
    let mut y = top;
    for row in order.chunks(columns) {
        let mut x = left;
        for at in row {
            places[*at] = (x, y);
            x += wide;
        }
        y += row.iter().map(|at| rects[*at].h).fold(0.0, f64::max) + GAP;
    }
    places
}

/// In which row something is read: what begins about as high is read from left to right.
#[expect(clippy::cast_possible_truncation, reason = "places are bounded to a million")]
fn reading(rect: Rect) -> i64 {
    (rect.y / (NOTE_HEIGHT / 2.0)).round() as i64
}

/// These in the order in which people read: row by row.
pub fn in_reading_order(canvas: &Canvas, items: &mut [ItemRef]) {
    let rects: BTreeMap<ItemRef, Rect> =
        items.iter().filter_map(|item| Some((item.clone(), rect(canvas, item)?))).collect();
    let key = |item: &ItemRef| rects.get(item).copied().unwrap_or_default();
    items.sort_by(|a, b| {
        let (left, right) = (key(a), key(b));
        reading(left).cmp(&reading(right)).then(left.x.total_cmp(&right.x)).then_with(|| a.cmp(b))
    });
}

/// A place for something of this size near that point, clear of what is there: the nearest on a spiral around it.
#[must_use]
pub fn free_spot(canvas: &Canvas, near: (f64, f64), size: (f64, f64)) -> (f64, f64) {
    let taken: Vec<Rect> =
        canvas.items().filter(|item| item.kind != ItemKind::Group).filter_map(|item| rect(canvas, &item)).collect();
    let at = |x: f64, y: f64| Rect::new(x - size.0 / 2.0, y - size.1 / 2.0, size.0, size.1);
    let clear = |rect: Rect| taken.iter().all(|other| !other.meets(rect.grown(GAP / 4.0)));
    let (step_x, step_y) = (size.0 + GAP / 2.0, size.1 + GAP / 2.0);
    for ring in 0..40_i32 {
        for row in -ring..=ring {
            for column in -ring..=ring {
                let rect = at(near.0 + f64::from(column) * step_x, near.1 + f64::from(row) * step_y);
                if row.abs().max(column.abs()) == ring && clear(rect) {
                    return (rect.x, rect.y);
                }
            }
        }
    }
    let rect = at(near.0, near.1);
    (rect.x, rect.y)
}

/// The nearest of these in a direction (to the right and down are positive), seen from the middle of the first.
#[must_use]
pub fn towards(from: Rect, others: &[(ItemRef, Rect)], (dx, dy): (f64, f64)) -> Option<ItemRef> {
    let (x, y) = from.middle();
    let score = |rect: &Rect| {
        let (ox, oy) = rect.middle();
        let (along, aside) = if dx == 0.0 { ((oy - y) * dy, (ox - x).abs()) } else { ((ox - x) * dx, (oy - y).abs()) };
        // What lies more aside than ahead is in another direction.
        (along > 1.0 && aside <= along * 2.0).then_some(along + aside * 2.0)
    };
    let scored = others.iter().filter_map(|(item, rect)| Some((item, score(rect)?)));
    scored.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(item, _)| item.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::Colour,
        canvas::{Group, Note, Spot},
    };

    fn note(x: f64, y: f64) -> Note {
        let spot = Spot { x, y, z: 0.0 };
        Note { text: "Du pain".into(), spot, colour: Colour::Amber, group: None, locked: false, maker: String::new() }
    }

    #[test]
    fn lines_are_no_wider_than_their_room_and_lose_nothing() {
        for text in
            ["", "Du pain", "un mot très très long: anticonstitutionnellementissime", "a\n\nb", "  two  spaces "]
        {
            let broken = lines(text, 100.0, LETTERS);
            assert!(broken.iter().all(|line| width(line, LETTERS) <= 100.5), "{broken:?}");
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(letters(&broken.concat()), letters(text));
        }
        assert_eq!(lines("a\n\nb", 100.0, LETTERS), ["a", "", "b"]);
    }

    #[test]
    fn things_line_up() {
        let rects =
            [Rect::new(0.0, 0.0, 100.0, 50.0), Rect::new(300.0, 80.0, 50.0, 50.0), Rect::new(110.0, 10.0, 20.0, 20.0)];
        let bits = |places: Vec<(f64, f64)>| places.into_iter().map(|(x, y)| (x as i64, y as i64)).collect::<Vec<_>>();
        assert_eq!(bits(align(&rects, Align::Right)), [(250, 0), (300, 80), (330, 10)]);
        assert_eq!(bits(align(&rects, Align::Middle)), [(0, 40), (300, 40), (110, 55)]);
        assert_eq!(bits(align(&rects, Align::Across)), [(0, 0), (300, 80), (190, 10)]);
        let placed = align(&rects, Align::Grid);
        for (a, rect_a) in placed.iter().zip(&rects) {
            for (b, rect_b) in placed.iter().zip(&rects).filter(|(b, _)| a != *b) {
                assert!(!Rect { x: a.0, y: a.1, ..*rect_a }.meets(Rect { x: b.0, y: b.1, ..*rect_b }));
            }
        }
        assert!(align(&[], Align::Grid).is_empty());
    }

    #[test]
    fn a_new_note_lies_on_no_other() {
        let mut canvas = Canvas::default();
        for n in 0..60 {
            let (x, y) = free_spot(&canvas, (0.0, 0.0), (NOTE_WIDTH, NOTE_HEIGHT));
            let fresh = Rect::new(x, y, NOTE_WIDTH, NOTE_HEIGHT);
            for item in canvas.items() {
                assert!(!rect(&canvas, &item).expect("a note").meets(fresh));
            }
            canvas.notes.insert(format!("n{n}"), note(x, y));
        }
    }

    #[test]
    fn arrows_lead_to_the_next_and_back() {
        let here = Rect::new(0.0, 0.0, 100.0, 100.0);
        let named = |id: &str, x, y| (ItemRef::new(ItemKind::Note, id), Rect::new(x, y, 100.0, 100.0));
        let others = [named("right", 150.0, 10.0), named("far", 400.0, 0.0), named("below", 20.0, 200.0)];
        let id = |direction| towards(here, &others, direction).map(|item| item.id);
        assert_eq!(id((1.0, 0.0)).as_deref(), Some("right"));
        assert_eq!(id((0.0, 1.0)).as_deref(), Some("below"));
        assert_eq!(id((-1.0, 0.0)), None);
    }

    #[test]
    fn the_smallest_group_under_something_is_its_group() {
        let mut canvas = Canvas::default();
        let group = |w| Group {
            title: String::new(),
            spot: Spot::default(),
            w,
            h: w,
            colour: Colour::Teal,
            locked: false,
            maker: String::new(),
        };
        canvas.groups.insert("large".into(), group(500.0));
        canvas.groups.insert("small".into(), group(200.0));
        assert_eq!(group_at(&canvas, (100.0, 100.0)).as_deref(), Some("small"));
        assert_eq!(group_at(&canvas, (300.0, 100.0)).as_deref(), Some("large"));
        assert_eq!(group_at(&canvas, (501.0, 100.0)), None);
    }
}
