//! When what others wrote is taken in while the person types: not in the way of a letter.

/// Decides when what has arrived is applied. That takes the longer the longer a document is, and a key that is pressed
/// meanwhile waits; so while somebody types, it is gathered, and takes a small share of the time. Times are milliseconds of any
/// clock that does not go back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ease {
    typed: Option<u64>,
    /// Since when something waits.
    since: Option<u64>,
    /// So much of the time was taken by then.
    rests_until: u64,
}

impl Ease {
    /// Who pressed a key this lately is typing.
    pub const TYPING: u64 = 1_000;
    /// By then a letter is painted.
    pub const PAINT: u64 = 25;
    /// Of the time in which somebody types, one part in so many is taken.
    pub const SHARE: u64 = 20;
    /// What has arrived waits no longer, whatever it takes.
    pub const PATIENCE: u64 = 1_000;

    /// Something was typed.
    pub fn typed(&mut self, now: u64) {
        self.typed = Some(now);
    }

    /// In how many milliseconds what has arrived is to be applied: 0 is now.
    pub fn due_in(&mut self, now: u64) -> u64 {
        let since = *self.since.get_or_insert(now);
        let Some(typed) = self.typed.filter(|typed| now < typed.saturating_add(Self::TYPING)) else { return 0 };
        let due = self.rests_until.max(typed.saturating_add(Self::PAINT));
        due.min(since.saturating_add(Self::PATIENCE)).saturating_sub(now)
    }

    /// It was applied.
    pub fn took(&mut self, began: u64, ended: u64) {
        self.since = None;
        self.rests_until = ended.saturating_add(ended.saturating_sub(began).saturating_mul(Self::SHARE - 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_sees_it_at_once() {
        let mut ease = Ease::default();
        assert_eq!(ease.due_in(5_000), 0);
        ease.took(5_000, 5_040);
        assert_eq!(ease.due_in(5_041), 0);
        ease.typed(6_000);
        assert_eq!(ease.due_in(7_000), 0, "they type no more");
    }

    #[test]
    fn a_letter_is_painted_first() {
        let mut ease = Ease::default();
        ease.typed(1_000);
        assert_eq!(ease.due_in(1_010), 15);
        assert_eq!(ease.due_in(1_025), 0);
    }

    #[test]
    fn it_takes_a_small_share_of_the_time() {
        let mut ease = Ease::default();
        ease.typed(1_000);
        ease.took(1_030, 1_040);
        assert_eq!(ease.due_in(1_041), 189);
        let mut taken = 0;
        ease.typed(2_000);
        for now in 2_000..12_000 {
            if now % 110 == 0 {
                ease.typed(now);
            }
            if ease.due_in(now) == 0 {
                ease.took(now, now + 10);
                taken += 10;
            }
        }
        assert!((400..=500).contains(&taken), "{taken} ms of 10,000");
    }

    #[test]
    fn it_waits_no_longer_than_a_second() {
        let mut ease = Ease::default();
        ease.took(0, 400);
        for now in (1_000..2_000).step_by(10) {
            ease.typed(now);
            assert!(ease.due_in(now) > 0);
        }
        ease.typed(2_000);
        assert_eq!(ease.due_in(2_000), 0);
    }
}
