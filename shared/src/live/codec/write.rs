//! Writing a CBOR map, entry by entry.

/// A CBOR map under construction.
pub(super) struct Map {
    out: Vec<u8>,
    /// Where the map's own head is; it is filled in at the end.
    heads: Vec<(usize, u8)>,
}

impl Map {
    /// An empty map with room for `capacity` bytes.
    pub(super) fn new(capacity: usize) -> Self {
        let mut map = Self { out: Vec::with_capacity(capacity), heads: Vec::new() };
        map.open();
        map
    }

    fn open(&mut self) {
        self.heads.push((self.out.len(), 0));
        self.out.push(0);
    }

    fn close(&mut self) {
        if let Some((at, entries)) = self.heads.pop() {
            debug_assert!(entries < 24, "a map this large needs a longer head");
            self.out[at] = 0xa0 | entries;
        }
    }

    /// The finished bytes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.close();
        self.out
    }

    fn head(&mut self, major: u8, length: u64) {
        let major = major << 5;
        match length {
            #[allow(clippy::cast_possible_truncation, reason = "below 24")]
            0..24 => self.out.push(major | length as u8),
            24..=0xff => self.out.extend([major | 24, length.to_be_bytes()[7]]),
            0x100..=0xffff => {
                self.out.push(major | 25);
                self.out.extend(&length.to_be_bytes()[6..]);
            }
            0x1_0000..=0xffff_ffff => {
                self.out.push(major | 26);
                self.out.extend(&length.to_be_bytes()[4..]);
            }
            _ => {
                self.out.push(major | 27);
                self.out.extend(length.to_be_bytes());
            }
        }
    }

    fn key(&mut self, key: &str) {
        if let Some((_, entries)) = self.heads.last_mut() {
            *entries += 1;
        }
        self.put_text(key);
    }

    fn put_text(&mut self, text: &str) {
        self.head(3, text.len() as u64);
        self.out.extend(text.as_bytes());
    }

    fn put_bytes(&mut self, bytes: &[u8]) {
        self.head(2, bytes.len() as u64);
        self.out.extend(bytes);
    }

    pub(super) fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        self.put_text(value);
        self
    }

    pub(super) fn bytes(&mut self, key: &str, value: &[u8]) -> &mut Self {
        self.key(key);
        self.put_bytes(value);
        self
    }

    pub(super) fn count(&mut self, key: &str, value: u64) -> &mut Self {
        self.key(key);
        self.head(0, value);
        self
    }

    pub(super) fn boolean(&mut self, key: &str, value: bool) -> &mut Self {
        self.key(key);
        self.out.push(if value { 0xf5 } else { 0xf4 });
        self
    }

    pub(super) fn texts<T: AsRef<str>>(&mut self, key: &str, values: &[T]) -> &mut Self {
        self.key(key);
        self.head(4, values.len() as u64);
        for value in values {
            self.put_text(value.as_ref());
        }
        self
    }

    pub(super) fn byte_strings<T: AsRef<[u8]>>(&mut self, key: &str, values: &[T]) -> &mut Self {
        self.key(key);
        self.head(4, values.len() as u64);
        for value in values {
            self.put_bytes(value.as_ref());
        }
        self
    }

    pub(super) fn map(&mut self, key: &str, fill: impl FnOnce(&mut Self)) -> &mut Self {
        self.key(key);
        self.open();
        fill(self);
        self.close();
        self
    }

    pub(super) fn maps<T>(&mut self, key: &str, values: &[T], mut fill: impl FnMut(&mut Self, &T)) -> &mut Self {
        self.key(key);
        self.head(4, values.len() as u64);
        for value in values {
            self.open();
            fill(self, value);
            self.close();
        }
        self
    }
}
