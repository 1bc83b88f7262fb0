//! The texts of the editors, in the language of the page.

use js_sys::Object;
use shared::live::concept::Field;

use super::editor::set;
use crate::{i18n::t_string, ui::attach, words::Texts};

/// The texts of the editors.
pub(super) struct Labels {
    /// The name and the hint of each field, in its order.
    fields: [(&'static str, &'static str); 3],
    pairs: [(&'static str, &'static str); 14],
    /// What is said of pictures on their way.
    pictures: Vec<(&'static str, &'static str)>,
}

impl Labels {
    /// In the language of the moment.
    pub fn new(i18n: Texts) -> Self {
        Self {
            fields: [
                (t_string!(i18n, live.title), t_string!(i18n, live.title_hint)),
                (t_string!(i18n, live.pitch), t_string!(i18n, live.pitch_hint)),
                (t_string!(i18n, live.body), t_string!(i18n, live.body_hint)),
            ],
            pairs: [
                ("toolbar", t_string!(i18n, live.toolbar)),
                ("bold", t_string!(i18n, live.bold)),
                ("italic", t_string!(i18n, live.italic)),
                ("heading", t_string!(i18n, live.heading)),
                ("list", t_string!(i18n, live.list)),
                ("numbered", t_string!(i18n, live.numbered)),
                ("checkbox", t_string!(i18n, live.checkbox)),
                ("quote", t_string!(i18n, live.quote)),
                ("link", t_string!(i18n, live.link)),
                ("picture", t_string!(i18n, picture.add)),
                ("comment", t_string!(i18n, passage.comment)),
                ("done", t_string!(i18n, live.done)),
                ("follow", t_string!(i18n, live.follow)),
                ("left", t_string!(i18n, live.left)),
            ],
            pictures: attach::words(i18n),
        }
    }

    /// Those of the editor of a field, as its script takes them.
    pub fn of(&self, field: Field) -> Object {
        let words = Object::new();
        for (key, text) in self.pairs.iter().chain(&self.pictures).copied() {
            set(&words, key, &text.into());
        }
        let (label, placeholder) = self.fields[field as usize];
        let all = Object::new();
        set(&all, "words", &words);
        set(&all, "label", &label.into());
        set(&all, "placeholder", &placeholder.into());
        all
    }
}
