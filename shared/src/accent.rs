//! The accent colour of a workspace: of any colour somebody chooses, the shades that stay legible in both themes.
//!
//! The hue is kept; how light a shade is follows from what it stands on. Lightness is that of Oklab, where equal steps look
//! equal. A test goes over the whole cube of colours.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A colour as it was chosen. As text, `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct Accent([u8; 3]);

/// A text that is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no colour: #rrggbb is expected")]
pub struct NoColour;

/// Raised whenever the same colour gets other shades: browsers keep the style of an address forever.
const EDITION: u8 = 1;
/// What the address of a style begins with.
pub const STYLES: &str = "/workspace/";
/// What text needs against what it stands on (WCAG 2.2, 1.4.3), and a little more for what rounding takes.
const LEGIBLE: f64 = 4.55;

/// What the accent stands on in the light theme: `--paper`, `--paper-deep`, `--sheet`, `--sheet-deep` of `tokens.css`.
const LIGHT: [[u8; 3]; 4] = [[0xfb, 0xf5, 0xea], [0xf4, 0xea, 0xd8], [0xff, 0xfd, 0xf9], [0xf8, 0xf1, 0xe4]];
/// The same in the dark theme.
const DARK: [[u8; 3]; 4] = [[0x1b, 0x18, 0x15], [0x14, 0x12, 0x10], [0x25, 0x21, 0x1d], [0x2e, 0x29, 0x24]];

/// The shades of an accent in one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shades {
    accent: [u8; 3],
    /// Under a finger.
    deep: [u8; 3],
    /// A background for what is chosen.
    soft: [u8; 3],
    /// Text on the accent.
    on: [u8; 3],
}

impl Accent {
    /// The address of its style.
    #[must_use]
    pub fn style_path(self) -> String {
        format!("{STYLES}{}-{EDITION}.css", &self.to_string()[1..])
    }

    /// The accent whose style has this name, the last part of its address.
    #[must_use]
    pub fn of_style(name: &str) -> Option<Self> {
        let colour = name.strip_suffix(&format!("-{EDITION}.css"))?;
        // One style has one name.
        format!("#{colour}").parse().ok().filter(|accent: &Self| accent.style_path().ends_with(name))
    }

    /// The style that puts its shades in place of those of Atelier.
    #[must_use]
    pub fn style(self) -> String {
        let (light, dark) = (self.light().declared(), self.dark().declared());
        format!(
            ":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n\
             :root[data-theme=dark]{{{dark}}}\n"
        )
    }

    /// Its shade on light paper, on which text of the other stands: for what knows no styles, such as mail.
    #[must_use]
    pub fn on_light(self) -> (Self, Self) {
        let Shades { accent, on, .. } = self.light();
        (Self(accent), Self(on))
    }

    /// The same on dark paper.
    #[must_use]
    pub fn on_dark(self) -> (Self, Self) {
        let Shades { accent, on, .. } = self.dark();
        (Self(accent), Self(on))
    }

    fn light(self) -> Shades {
        let hue = Lab::of(self.0);
        let soft = hue.muted(0.03).at(0.93);
        let accent = hue.until(-0.005, |shade| LIGHT.iter().chain([&soft]).all(|on| contrast(shade, *on) >= LEGIBLE));
        let deep = Lab { l: Lab::of(accent).l - 0.08, ..hue };
        Shades { accent, deep: deep.at(deep.l), soft, on: [0xff, 0xfa, 0xf5] }
    }

    fn dark(self) -> Shades {
        let hue = Lab::of(self.0);
        let soft = hue.muted(0.05).at(0.29);
        let accent = hue.until(0.005, |shade| DARK.iter().chain([&soft]).all(|on| contrast(shade, *on) >= LEGIBLE));
        let deep = Lab { l: Lab::of(accent).l + 0.06, ..hue };
        Shades { accent, deep: deep.at(deep.l), soft, on: hue.muted(0.03).at(0.17) }
    }
}

impl Shades {
    fn declared(self) -> String {
        let Self { accent, deep, soft, on } = self;
        let names = [("accent", accent), ("accent-deep", deep), ("accent-soft", soft), ("on-accent", on)];
        names.map(|(name, colour)| format!("--{name}:{}", Accent(colour))).join(";")
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Accent {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(NoColour)?;
        let number = digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16));
        let [_, red, green, blue] = number.and_then(Result::ok).ok_or(NoColour)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl TryFrom<String> for Accent {
    type Error = NoColour;

    fn try_from(text: String) -> Result<Self, NoColour> {
        text.parse()
    }
}

impl From<Accent> for String {
    fn from(accent: Accent) -> Self {
        accent.to_string()
    }
}

/// The contrast of two colours, from 1 to 21 (WCAG 2.2).
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let light = |colour: [u8; 3]| {
        let [red, green, blue] = colour.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    };
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}

/// How much light a channel of sRGB gives, from 0 to 1.
fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// The contrary; nothing for light that no screen gives.
fn channel(light: f64) -> Option<u8> {
    let value = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    let value = (value * 255.0).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 to 255")]
    (0.0..=255.0).contains(&value).then_some(value as u8)
}

/// A colour in Oklab: how light it is, and its place on two axes of colour.
#[derive(Clone, Copy, Debug)]
struct Lab {
    l: f64,
    a: f64,
    b: f64,
}

impl Lab {
    fn of(colour: [u8; 3]) -> Self {
        let [r, g, b] = colour.map(linear);
        let long = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let middle = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let short = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        Self {
            l: 0.210_454_255_3 * long + 0.793_617_785 * middle - 0.004_072_046_8 * short,
            a: 1.977_998_495_1 * long - 2.428_592_205 * middle + 0.450_593_709_9 * short,
            b: 0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766 * short,
        }
    }

    /// The same hue, no stronger than this.
    fn muted(self, most: f64) -> Self {
        let strength = self.a.hypot(self.b);
        let keep = if strength > most { most / strength } else { 1.0 };
        Self { a: self.a * keep, b: self.b * keep, ..self }
    }

    /// The colour of this hue at a lightness; as strong as a screen can show it there.
    fn at(self, l: f64) -> [u8; 3] {
        let l = l.clamp(0.0, 1.0);
        for step in 0..=50 {
            let keep = 1.0 - f64::from(step) / 50.0;
            if let Some(colour) = (Self { l, a: self.a * keep, b: self.b * keep }).shown() {
                return colour;
            }
        }
        let grey = channel(l.powi(3).clamp(0.0, 1.0)).unwrap_or_default();
        [grey; 3]
    }

    fn shown(self) -> Option<[u8; 3]> {
        let Self { l, a, b } = self;
        let long = (l + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let middle = (l - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (l - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        Some([
            channel(4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short)?,
            channel(-1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short)?,
            channel(-0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701 * short)?,
        ])
    }

    /// The colour of this hue that fits, reached from its own lightness by steps of this size.
    fn until(self, step: f64, fits: impl Fn([u8; 3]) -> bool) -> [u8; 3] {
        let mut l = self.l;
        loop {
            let colour = self.at(l);
            if fits(colour) || !(0.0..=1.0).contains(&l) {
                return colour;
            }
            l += step;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_becomes_legible_in_both_themes() {
        let steps: Vec<u8> = (0..=15).map(|step| step * 17).collect();
        for red in &steps {
            for green in &steps {
                for blue in &steps {
                    let chosen = Accent([*red, *green, *blue]);
                    for (shades, papers) in [(chosen.light(), LIGHT), (chosen.dark(), DARK)] {
                        let Shades { accent, deep, soft, on } = shades;
                        for paper in papers.into_iter().chain([soft]) {
                            assert!(contrast(accent, paper) >= 4.5, "{chosen}: {shades:?} on {paper:?}");
                            assert!(contrast(deep, paper) >= 4.5, "{chosen}: deep of {shades:?} on {paper:?}");
                        }
                        assert!(contrast(on, accent) >= 4.5, "{chosen}: on {shades:?}");
                        assert!(contrast(on, deep) >= 4.5, "{chosen}: on the deep of {shades:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_colour_that_fits_stays_as_it_was_chosen() {
        let ocean: Accent = "#1d5fb8".parse().expect("a colour");
        assert_eq!(ocean.light().accent, [0x1d, 0x5f, 0xb8]);
        let mint: Accent = "#8bdccf".parse().expect("a colour");
        assert_eq!(mint.dark().accent, [0x8b, 0xdc, 0xcf]);
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        assert!((contrast([0x77; 3], [255; 3]) - 4.478).abs() < 1e-3);
    }

    #[test]
    fn a_style_has_one_address() {
        let accent: Accent = "#1D5fb8".parse().expect("a colour");
        assert_eq!(accent.style_path(), "/workspace/1d5fb8-1.css");
        assert_eq!(Accent::of_style("1d5fb8-1.css"), Some(accent));
        for name in
            ["1D5fb8-1.css", "1d5fb8-0.css", "1d5fb8.css", "1d5fb-1.css", "-1.css", "+d5fb8-1.css", "é5fb8-1.css"]
        {
            assert_eq!(Accent::of_style(name), None, "{name}");
        }
        for text in ["", "#", "1d5fb8", "#1d5fb", "#1d5fb8f", "#1d5fbg", "#+d5fb8", "#éé5f", "red"] {
            assert_eq!(text.parse::<Accent>(), Err(NoColour), "{text}");
        }
        assert!(accent.style().starts_with(":root{--accent:#1d5fb8;--accent-deep:#"), "{}", accent.style());
    }
}
