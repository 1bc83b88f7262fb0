//! A canvas as a drawing (SVG 1.1): to be taken away as a file, or seen in a page before its script runs.

use std::fmt::Write as _;

use super::{
    Canvas, ItemKind, ItemRef,
    layout::{
        CARD_HEIGHT, CARD_WIDTH, GAP, GROUP_HEAD, LETTERS, LINE, NOTE_WIDTH, PADDING, Rect, bounds, lines, rect, width,
    },
};
use crate::api::Colour;

/// What the drawing is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A file that stands alone: it names its colours and letters itself.
    File,
    /// A page, whose styles say what it looks like.
    Page,
}

/// What of an idea stands on its card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardWords {
    /// Its title.
    pub title: String,
    /// The name of its stage.
    pub stage: String,
    /// The colour of that.
    pub colour: Colour,
    /// How many want it, in words.
    pub votes: String,
}

/// What a canvas names without holding it.
pub trait Names {
    /// Who made something, by their actor id in hexadecimal.
    fn maker(&self, actor: &str) -> Option<String>;
    /// What stands on the card of an idea; nothing where the idea is not seen.
    fn card(&self, idea: &str) -> Option<CardWords>;
    /// The address, or the data, of a picture.
    fn picture(&self, picture: &str) -> Option<String>;
}

/// The paper of a colour, and the ink on it, in daylight: as the styles have them.
fn paper(colour: Colour) -> (&'static str, &'static str) {
    match colour {
        Colour::Slate => ("#e9e4da", "#48433b"),
        Colour::Amber => ("#ffe69c", "#584200"),
        Colour::Coral => ("#ffd5b8", "#722f08"),
        Colour::Rose => ("#ffd3da", "#7b1a3a"),
        Colour::Plum => ("#e9d9f8", "#522678"),
        Colour::Sky => ("#d2e6fb", "#10446f"),
        Colour::Teal => ("#c6ede6", "#0a4b46"),
        Colour::Leaf => ("#d6f0c3", "#2c5212"),
    }
}

const INK: &str = "#231e19";
const QUIET: &str = "#655b50";
const LETTERS_OF: &str = "'Source Sans 3', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

/// Words as they stand in XML. What XML cannot hold is left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' | '\r' => out.push(c),
            c if (c as u32) < 0x20 || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// How far something reaches, rounded to whole pixels, which are shorter.
fn px(value: f64) -> String {
    format!("{:.0}", value)
}

struct Drawing<'a, N> {
    canvas: &'a Canvas,
    names: &'a N,
    used: Use,
    out: String,
}

/// The drawing of a canvas, called `title`.
#[must_use]
pub fn svg(canvas: &Canvas, names: &impl Names, used: Use, title: &str) -> String {
    let around = bounds(canvas).unwrap_or(Rect::new(0.0, 0.0, 800.0, 480.0)).grown(GAP * 2.0);
    let mut drawing = Drawing { canvas, names, used, out: String::new() };
    let view = format!("{} {} {} {}", px(around.x), px(around.y), px(around.w.ceil()), px(around.h.ceil()));
    let size = match used {
        Use::File => {
            format!(
                " width=\"{}\" height=\"{}\" font-family=\"{LETTERS_OF}\"",
                px(around.w.ceil()),
                px(around.h.ceil())
            )
        }
        Use::Page => " class=\"drawing\" role=\"img\"".to_owned(),
    };
    let title = escape(title);
    let _ = write!(
        drawing.out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{view}\"{size}><title>{title}</title>"
    );
    if used == Use::File {
        let Rect { x, y, w, h } = around;
        let (x, y, w, h) = (px(x), px(y), px(w.ceil()), px(h.ceil()));
        let _ = write!(drawing.out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"#fbf5ea\"/>");
    }
    drawing.draw();
    drawing.out.push_str("</svg>");
    drawing.out
}

impl<N: Names> Drawing<'_, N> {
    fn draw(&mut self) {
        let mut groups: Vec<_> = self.canvas.groups.iter().collect();
        groups.sort_by(|(_, a), (_, b)| (b.w * b.h).total_cmp(&(a.w * a.h)));
        for (id, _) in groups {
            self.group(id);
        }
        for link in self.canvas.links.values() {
            self.link(&link.from, &link.to);
        }
        let mut rest: Vec<ItemRef> = self
            .canvas
            .items()
            .filter(|item| matches!(item.kind, ItemKind::Card | ItemKind::Note | ItemKind::Picture))
            .collect();
        let near = |item: &ItemRef| self.canvas.spot(item).map_or(0.0, |spot| spot.z);
        rest.sort_by(|a, b| near(a).total_cmp(&near(b)).then_with(|| a.cmp(b)));
        for item in rest {
            match item.kind {
                ItemKind::Note => self.note(&item),
                ItemKind::Card => self.card(&item),
                _ => self.picture(&item),
            }
        }
    }

    fn fill(&self, colour: Colour) -> String {
        match self.used {
            Use::File => format!("fill=\"{}\"", paper(colour).0),
            Use::Page => format!("class=\"drawing-paper\" data-colour=\"{}\"", colour.as_str()),
        }
    }

    fn rectangle(&mut self, rect: Rect, radius: f64, fill: &str) {
        let (x, y, w, h, r) = (px(rect.x), px(rect.y), px(rect.w), px(rect.h), px(radius));
        let _ = write!(self.out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{r}\" {fill}/>");
    }

    /// Lines of words from a point on, in letters of this size.
    fn words(&mut self, at: (f64, f64), words: &[String], letters: f64, ink: Ink) {
        let ink = match (self.used, ink) {
            (Use::File, Ink::Of(colour)) => format!("fill=\"{}\"", paper(colour).1),
            (Use::File, Ink::Plain) => format!("fill=\"{INK}\""),
            (Use::File, Ink::Quiet) => format!("fill=\"{QUIET}\""),
            (Use::Page, Ink::Of(colour)) => format!("class=\"drawing-ink\" data-colour=\"{}\"", colour.as_str()),
            (Use::Page, Ink::Plain) => "class=\"drawing-words\"".to_owned(),
            (Use::Page, Ink::Quiet) => "class=\"drawing-quiet\"".to_owned(),
        };
        let (x, size) = (px(at.0), px(letters));
        let _ = write!(self.out, "<text x=\"{x}\" y=\"{}\" font-size=\"{size}\" {ink}>", px(at.1 + letters));
        for (n, line) in words.iter().enumerate() {
            let down = if n == 0 { "0".to_owned() } else { px(letters * LINE / LETTERS) };
            // An empty line would not move the next one down.
            let line = if line.is_empty() { "\u{a0}".to_owned() } else { escape(line) };
            let _ = write!(self.out, "<tspan x=\"{x}\" dy=\"{down}\">{line}</tspan>");
        }
        self.out.push_str("</text>");
    }

    fn group(&mut self, id: &str) {
        let Some(group) = self.canvas.groups.get(id) else { return };
        let rect = Rect::new(group.spot.x, group.spot.y, group.w, group.h);
        let look = match self.used {
            Use::File => {
                let (paper, ink) = paper(group.colour);
                format!("fill=\"{paper}\" fill-opacity=\"0.35\" stroke=\"{ink}\" stroke-opacity=\"0.35\"")
            }
            Use::Page => format!("class=\"drawing-group\" data-colour=\"{}\"", group.colour.as_str()),
        };
        self.rectangle(rect, 14.0, &look);
        let title = fitted(&group.title, rect.w - PADDING * 2.0, 20.0);
        self.words((rect.x + PADDING, rect.y + (GROUP_HEAD - 20.0) / 2.0), &[title], 20.0, Ink::Of(group.colour));
    }

    fn note(&mut self, item: &ItemRef) {
        let (Some(rect), Some(note)) = (rect(self.canvas, item), self.canvas.notes.get(&item.id)) else { return };
        let (colour, fill) = (note.colour, self.fill(note.colour));
        let _ = write!(self.out, "<g><title>{}</title>", escape(&note.text));
        self.rectangle(rect, 4.0, &fill);
        let broken = lines(&note.text, NOTE_WIDTH - PADDING * 2.0, LETTERS);
        self.words((rect.x + PADDING, rect.y + PADDING), &broken, LETTERS, Ink::Of(colour));
        if let Some(name) = self.names.maker(&note.maker) {
            let name = fitted(&name, NOTE_WIDTH - PADDING * 2.0, 13.0);
            self.words((rect.x + PADDING, rect.y + rect.h - PADDING - 13.0), &[name], 13.0, Ink::Of(colour));
        }
        self.out.push_str("</g>");
    }

    fn card(&mut self, item: &ItemRef) {
        let (Some(rect), Some(words)) = (rect(self.canvas, item), self.names.card(&item.id)) else { return };
        let look = match self.used {
            Use::File => "fill=\"#fffdf9\" stroke=\"#8d8172\"".to_owned(),
            Use::Page => "class=\"drawing-card\"".to_owned(),
        };
        self.rectangle(rect, 10.0, &look);
        let mut title = lines(&words.title, CARD_WIDTH - PADDING * 2.0, 17.0);
        if title.len() > 3 {
            title.truncate(3);
            if let Some(last) = title.last_mut() {
                last.push('…');
            }
        }
        self.words((rect.x + PADDING, rect.y + PADDING), &title, 17.0, Ink::Plain);
        let foot = format!("{} · {}", words.votes, words.stage);
        let foot = fitted(&foot, CARD_WIDTH - PADDING * 2.0, 14.0);
        self.words((rect.x + PADDING, rect.y + CARD_HEIGHT - PADDING - 14.0), &[foot], 14.0, Ink::Quiet);
    }

    fn picture(&mut self, item: &ItemRef) {
        let (Some(rect), Some(picture)) = (rect(self.canvas, item), self.canvas.pictures.get(&item.id)) else { return };
        let Some(source) = self.names.picture(&picture.picture) else { return };
        let (x, y, w, h) = (px(rect.x), px(rect.y), px(rect.w), px(rect.h));
        let (source, alt) = (escape(&source), escape(&picture.alt));
        let _ = write!(
            self.out,
            "<image x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" preserveAspectRatio=\"xMidYMid slice\" href=\"{source}\"><title>{alt}</title></image>"
        );
    }

    fn link(&mut self, from: &str, to: &str) {
        let at = |end: &str| end.parse().ok().and_then(|item: ItemRef| rect(self.canvas, &item));
        let (Some(from), Some(to)) = (at(from), at(to)) else { return };
        let (start, end) = (from.edge_towards(to.middle()), to.edge_towards(from.middle()));
        let look = match self.used {
            Use::File => format!("stroke=\"{QUIET}\" stroke-width=\"2\""),
            Use::Page => "class=\"drawing-link\"".to_owned(),
        };
        let (x1, y1, x2, y2) = (px(start.0), px(start.1), px(end.0), px(end.1));
        let head = arrow_head(start, end).map(|(x, y)| format!("{} {}", px(x), px(y))).join("L");
        let _ = write!(self.out, "<path d=\"M{x1} {y1}L{x2} {y2}M{head}\" fill=\"none\" {look}/>");
    }
}

/// The three points of the head of an arrow from one place to another.
fn arrow_head(start: (f64, f64), end: (f64, f64)) -> [(f64, f64); 3] {
    const LONG: f64 = 12.0;
    let way = (end.1 - start.1).atan2(end.0 - start.0);
    let side = |turn: f64| (end.0 - LONG * (way + turn).cos(), end.1 - LONG * (way + turn).sin());
    [side(0.4), end, side(-0.4)]
}

#[derive(Clone, Copy)]
enum Ink {
    Of(Colour),
    Plain,
    Quiet,
}

/// As much of a text as fits a line.
fn fitted(text: &str, room: f64, letters: f64) -> String {
    let text = text.replace('\n', " ");
    if width(&text, letters) <= room {
        return text;
    }
    let mut kept = String::new();
    for c in text.chars() {
        if width(&kept, letters) + width("m…", letters) > room {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::{Card, Group, Link, Note, Picture, Spot};

    struct Known;

    impl Names for Known {
        fn maker(&self, _: &str) -> Option<String> {
            Some("Zoé <b>".into())
        }

        fn card(&self, _: &str) -> Option<CardWords> {
            let (stage, votes) = ("New".into(), "3 votes".into());
            Some(CardWords { title: "Bread & butter ".repeat(20), stage, colour: Colour::Sky, votes })
        }

        fn picture(&self, _: &str) -> Option<String> {
            Some("data:image/png;base64,\"".into())
        }
    }

    fn canvas() -> Canvas {
        let mut canvas = Canvas::default();
        let (spot, maker) = (Spot { x: -40.0, y: 8.5, z: 0.0 }, String::new());
        for (id, text) in [("n1", "Du <pain>\n\n& du beurre"), ("n2", "x".repeat(2_000).as_str()), ("n3", "\u{1}]]>")] {
            let note = Note {
                text: text.into(),
                spot,
                colour: Colour::Amber,
                group: None,
                locked: false,
                maker: maker.clone(),
            };
            canvas.notes.insert(id.into(), note);
        }
        canvas.groups.insert(
            "g".into(),
            Group {
                title: "\"Groupe\"".into(),
                spot,
                w: 300.0,
                h: 200.0,
                colour: Colour::Teal,
                locked: false,
                maker: maker.clone(),
            },
        );
        canvas.cards.insert("c".into(), Card { spot, group: None, locked: false, maker: maker.clone() });
        canvas.pictures.insert(
            "p".into(),
            Picture {
                picture: "p".into(),
                alt: "<script>".into(),
                spot,
                w: 9.0,
                h: 9.0,
                group: None,
                locked: false,
                maker: maker.clone(),
            },
        );
        canvas.links.insert("l".into(), Link { from: "notes/n1".into(), to: "groups/g".into(), maker });
        canvas
    }

    #[test]
    fn a_drawing_holds_every_word_and_nothing_but_words() {
        for used in [Use::File, Use::Page] {
            let drawn = svg(&canvas(), &Known, used, "Le pain & <co>");
            assert!(drawn.contains("<title>Du &lt;pain&gt;\n\n&amp; du beurre</title>"), "{drawn}");
            assert!(drawn.contains("<title>Le pain &amp; &lt;co&gt;</title>"));
            // What is seen, besides what is said.
            let seen: String = drawn.split("<tspan").skip(1).filter_map(|line| line.split(['>', '<']).nth(1)).collect();
            assert_eq!(seen.matches('x').count(), 2_000, "{seen}");
            for words in ["Du &lt;pain&gt;", "&amp; du beurre", "]]&gt;", "Bread &amp; butter", "3 votes · New"] {
                assert!(seen.contains(words), "{words} in {seen}");
            }
            assert!(drawn.contains("<image") && drawn.contains("L"), "a picture and an arrow");
            assert!(!drawn.contains("<script>") && !drawn.contains("<pain>") && !drawn.contains("<b>"));
            assert!(!drawn.contains('\u{1}') && !drawn.contains("style="));
            assert_eq!(drawn.matches("<g>").count(), drawn.matches("</g>").count());
            assert_eq!(drawn.matches("<text").count(), drawn.matches("</text>").count());
        }
    }

    #[test]
    fn an_empty_canvas_is_drawn_too() {
        assert!(svg(&Canvas::default(), &Known, Use::File, "").contains("viewBox=\"-48 -48 896 576\""));
    }
}
