//! LEB128 numbers and length-prefixed bytes, read within bounds: the alphabet of Automerge's binary forms.

/// What is still to be read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// So many bytes.
    pub fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// An unsigned number in its shortest form.
    pub fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..).step_by(7) {
            let byte = self.byte()?;
            if (shift == 63 && byte > 1) || (shift > 0 && byte == 0) {
                return None;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
            if shift == 63 {
                return None;
            }
        }
        None
    }

    /// A signed number in its shortest form.
    pub fn signed(&mut self) -> Option<i64> {
        let mut value = 0_i64;
        let mut previous = 0_u8;
        for shift in (0..=63).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte != 0 && byte != 0x7f {
                return None;
            }
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let overlong = (byte == 0 && previous & 0x40 == 0) || (byte == 0x7f && previous & 0x40 != 0);
                if shift > 0 && overlong {
                    return None;
                }
                if shift < 57 && byte & 0x40 != 0 {
                    value |= -1 << (shift + 7);
                }
                return Some(value);
            }
            previous = byte;
        }
        None
    }

    /// A count of things that take at least `each` bytes each.
    pub fn count(&mut self, each: usize) -> Option<usize> {
        let count = usize::try_from(self.unsigned()?).ok()?;
        (count.checked_mul(each)? <= self.0.len()).then_some(count)
    }

    /// As many bytes as the number before them says.
    pub fn prefixed(&mut self) -> Option<&'a [u8]> {
        let length = self.unsigned()?;
        self.take(length)
    }
}

/// Appends an unsigned number.
pub fn put_unsigned(out: &mut Vec<u8>, mut value: u64) {
    loop {
        #[allow(clippy::cast_possible_truncation, reason = "seven bits")]
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_signed(out: &mut Vec<u8>, mut value: i64) {
        loop {
            let byte = (value & 0x7f) as u8;
            value >>= 7;
            if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
                return out.push(byte);
            }
            out.push(byte | 0x80);
        }
    }

    proptest::proptest! {
        #[test]
        fn numbers_read_back(unsigned: u64, signed: i64, small in -200_i64..200) {
            let mut out = Vec::new();
            put_unsigned(&mut out, unsigned);
            put_signed(&mut out, signed);
            put_signed(&mut out, small);
            let mut input = Input(&out);
            assert_eq!(input.unsigned(), Some(unsigned));
            assert_eq!(input.signed(), Some(signed));
            assert_eq!(input.signed(), Some(small));
            assert!(input.is_empty());
        }
    }

    #[test]
    fn extremes_read_back_and_longer_forms_are_refused() {
        for value in [0, 127, 128, u64::MAX - 1, u64::MAX] {
            let mut out = Vec::new();
            put_unsigned(&mut out, value);
            assert_eq!(Input(&out).unsigned(), Some(value));
        }
        for value in [0, 63, 64, -64, -65, i64::MIN, i64::MAX] {
            let mut out = Vec::new();
            put_signed(&mut out, value);
            assert_eq!(Input(&out).signed(), Some(value), "{value}");
        }
        assert_eq!(Input(&[0x80, 0x00]).unsigned(), None);
        assert_eq!(Input(&[0xff; 11]).unsigned(), None);
        assert_eq!(Input(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]).unsigned(), None);
        assert_eq!(Input(&[0xff, 0x7f]).signed(), None);
        assert_eq!(Input(&[0x81, 0x00]).signed(), None);
        assert_eq!(Input(&[0x80]).signed(), None);
    }
}
