//! The columns in which a change keeps its operations, read within bounds.

use super::leb::Input;

/// A value of a run-length encoded column.
pub(super) trait Cell<'a>: Copy {
    fn read(input: &mut Input<'a>) -> Option<Self>;
}

impl Cell<'_> for u64 {
    fn read(input: &mut Input<'_>) -> Option<Self> {
        input.unsigned()
    }
}

impl Cell<'_> for i64 {
    fn read(input: &mut Input<'_>) -> Option<Self> {
        input.signed()
    }
}

impl<'a> Cell<'a> for &'a str {
    fn read(input: &mut Input<'a>) -> Option<Self> {
        std::str::from_utf8(input.prefixed()?).ok()
    }
}

#[derive(Clone, Copy, Debug)]
enum Run<T> {
    /// The same value again and again; or no value.
    Same(Option<T>),
    /// Values one after the other.
    Different,
}

/// A run-length encoded column; past its end it has no values.
#[derive(Clone, Debug)]
pub(super) struct Runs<'a, T> {
    input: Input<'a>,
    run: Run<T>,
    left: u64,
}

impl<'a, T: Cell<'a>> Runs<'a, T> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { input: Input(bytes), run: Run::Same(None), left: 0 }
    }

    fn open(&mut self) -> Option<()> {
        match self.input.signed()? {
            0 => {
                self.left = self.input.unsigned()?;
                self.run = Run::Same(None);
            }
            length @ 1.. => {
                self.left = length.unsigned_abs();
                self.run = Run::Same(Some(T::read(&mut self.input)?));
            }
            length => {
                self.left = length.unsigned_abs();
                self.run = Run::Different;
            }
        }
        (self.left > 0).then_some(())
    }

    /// The next value, which may be none; `None` outside when it cannot be read.
    pub(super) fn next(&mut self) -> Option<Option<T>> {
        if self.left == 0 {
            if self.input.is_empty() {
                return Some(None);
            }
            self.open()?;
        }
        self.left -= 1;
        match self.run {
            Run::Same(value) => Some(value),
            Run::Different => T::read(&mut self.input).map(Some),
        }
    }

    /// How many values there are, when that is no more than `most`.
    pub(super) fn count(mut self, most: u64) -> Option<u64> {
        let mut count = 0_u64;
        while !self.input.is_empty() {
            self.open()?;
            count = count.checked_add(self.left).filter(|count| *count <= most)?;
            if let Run::Different = self.run {
                for _ in 0..self.left {
                    T::read(&mut self.input)?;
                }
            }
        }
        Some(count)
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.left == 0 && self.input.is_empty()
    }
}

impl Runs<'_, u64> {
    /// The sum of the values, when it is no more than `most`.
    pub(super) fn sum(mut self, most: u64) -> Option<u64> {
        let mut sum = 0_u64;
        while !self.input.is_empty() {
            self.open()?;
            let times = std::mem::take(&mut self.left);
            let more = match self.run {
                Run::Same(value) => value.unwrap_or(0).checked_mul(times)?,
                Run::Different => {
                    let mut more = 0_u64;
                    for _ in 0..times {
                        more = more.checked_add(u64::read(&mut self.input)?)?;
                    }
                    more
                }
            };
            sum = sum.checked_add(more).filter(|sum| *sum <= most)?;
        }
        Some(sum)
    }
}

/// A column of differences.
#[derive(Clone, Debug)]
pub(super) struct Deltas<'a>(Runs<'a, i64>, i64);

impl<'a> Deltas<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(Runs::new(bytes), 0)
    }

    pub(super) fn next(&mut self) -> Option<Option<i64>> {
        match self.0.next()? {
            None => Some(None),
            Some(delta) => {
                self.1 = self.1.checked_add(delta)?;
                Some(Some(self.1))
            }
        }
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.0.is_used_up()
    }
}

/// A column of alternating runs of false and true; past its end it is false.
#[derive(Clone, Debug)]
pub(super) struct Booleans<'a> {
    input: Input<'a>,
    value: bool,
    left: u64,
}

impl<'a> Booleans<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { input: Input(bytes), value: true, left: 0 }
    }

    /// How many values there are, when that is no more than `most`.
    pub(super) fn count(mut self, most: u64) -> Option<u64> {
        let mut count = 0_u64;
        while !self.input.is_empty() {
            count = count.checked_add(self.input.unsigned()?).filter(|count| *count <= most)?;
        }
        Some(count)
    }

    pub(super) fn next(&mut self) -> Option<bool> {
        while self.left == 0 {
            if self.input.is_empty() {
                return Some(false);
            }
            self.left = self.input.unsigned()?;
            self.value = !self.value;
        }
        self.left -= 1;
        Some(self.value)
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.left == 0 && self.input.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_too_many_operations_is_refused() {
        // An action column of one run of 2^60 values.
        let mut bytes = Vec::new();
        for shift in 0..9 {
            bytes.push(if shift == 8 { 0x10 } else { 0x80 });
        }
        bytes.push(1);
        assert_eq!(Runs::<u64>::new(&bytes).count(1000), None);
        assert_eq!(Runs::<u64>::new(&[3, 1, 0x7e, 5, 6]).count(1000), Some(5));
        assert_eq!(Runs::<u64>::new(&[0, 0]).count(1000), None);
    }
}
