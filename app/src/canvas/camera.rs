//! How the canvas lies under the window.

use shared::canvas::layout::Rect;

/// What the bars take of the stage: at the left, the right, the top and the bottom.
const BARS: (f64, f64, f64, f64) = (120.0, 20.0, 20.0, 76.0);

/// How the canvas lies under the window: a place on it is at `place * zoom + shift` on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Camera {
    /// How far it is shifted to the right, in pixels of the screen.
    pub x: f64,
    /// How far down.
    pub y: f64,
    /// How large it is shown.
    pub zoom: f64,
}

impl Camera {
    /// Not shifted, in its own size.
    pub const START: Self = Self { x: 0.0, y: 0.0, zoom: 1.0 };
    /// The smallest and the largest it is shown.
    pub const ZOOMS: (f64, f64) = (0.08, 3.0);

    /// The place on the canvas that is at this point of the window.
    pub fn place(self, (x, y): (f64, f64)) -> (f64, f64) {
        ((x - self.x) / self.zoom, (y - self.y) / self.zoom)
    }

    /// As much larger, with the same place under this point.
    pub fn zoomed(self, by: f64, (x, y): (f64, f64)) -> Self {
        let zoom = (self.zoom * by).clamp(Self::ZOOMS.0, Self::ZOOMS.1);
        let by = zoom / self.zoom;
        Self { x: x - (x - self.x) * by, y: y - (y - self.y) * by, zoom }
    }

    /// So that a window of this size shows all of that, not larger than `most`.
    pub fn fitting(rect: Rect, (w, h): (f64, f64), most: f64) -> Self {
        let zoom = (w / rect.w.max(1.0)).min(h / rect.h.max(1.0)).min(most).clamp(Self::ZOOMS.0, Self::ZOOMS.1);
        let (mx, my) = rect.middle();
        Self { x: w / 2.0 - mx * zoom, y: h / 2.0 - my * zoom, zoom }
    }

    /// The same below and beside the bars that lie over a window of this size.
    pub fn fitting_clear(rect: Rect, (w, h): (f64, f64), most: f64) -> Self {
        let (left, right, top, bottom) = BARS;
        let room = ((w - left - right).max(120.0), (h - top - bottom).max(120.0));
        let Self { x, y, zoom } = Self::fitting(rect, room, most);
        Self { x: x + left, y: y + top, zoom }
    }

    /// What a window of this size shows.
    pub fn view(self, (w, h): (f64, f64)) -> Rect {
        let (x, y) = self.place((0.0, 0.0));
        Rect::new(x, y, w / self.zoom, h / self.zoom)
    }
}
