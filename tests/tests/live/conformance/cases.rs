//! The cases 1 to 7 and 10 of the Autobahn test suite, by its numbers: what a client sends, and what a server must say.

use super::frames::{BINARY, CLOSE, CONTINUATION, Frame, PING, PONG, TEXT, begun, close, frame};

/// How a case must end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The server answers the client's close with this payload.
    Answered(Vec<u8>),
    /// The server closes because of a fault, with this code.
    Failed(u16),
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    pub sends: Vec<Frame>,
    /// In pieces of so many bytes.
    pub piece: usize,
    /// Data and pongs, in order.
    pub hears: Vec<(u8, Vec<u8>)>,
    pub ends: Ends,
}

const WHOLE: usize = usize::MAX;
const PROTOCOL: u16 = 1002;
const NOT_UTF8: u16 = 1007;

/// A case that goes well: the client closes after it.
fn well(id: impl Into<String>, piece: usize, sends: Vec<Frame>, hears: Vec<(u8, Vec<u8>)>) -> Case {
    let mut sends = sends;
    sends.push(close(1000, b""));
    Case { id: id.into(), sends, piece, hears, ends: Ends::Answered(1000_u16.to_be_bytes().into()) }
}

/// A case in which the server must give up.
fn fails(id: impl Into<String>, piece: usize, code: u16, sends: Vec<Frame>, hears: Vec<(u8, Vec<u8>)>) -> Case {
    Case { id: id.into(), sends, piece, hears, ends: Ends::Failed(code) }
}

fn says(opcode: u8, payload: impl Into<Vec<u8>>) -> (u8, Vec<u8>) {
    (opcode, payload.into())
}

/// Every case.
pub fn all() -> Vec<Case> {
    [sizes(), pings(), reserved_bits(), opcodes(), fragments(), texts(), closing(), pieces()].concat()
}

/// 1: messages of each length a frame writes differently.
fn sizes() -> Vec<Case> {
    let mut cases = Vec::new();
    for (group, opcode, byte) in [(1, TEXT, b'*'), (2, BINARY, 0xfe)] {
        let sizes = [0, 125, 126, 127, 128, 65_535, 65_536, 65_536];
        for (size, at) in sizes.into_iter().zip(1..) {
            let (piece, payload) = (if at == 8 { 997 } else { WHOLE }, vec![byte; size]);
            let hears = vec![says(opcode, payload.clone())];
            cases.push(well(format!("1.{group}.{at}"), piece, vec![frame(opcode, payload)], hears));
        }
    }
    cases
}

/// 2: pings and pongs.
fn pings() -> Vec<Case> {
    let ten: Vec<String> = (0..10).map(|at| format!("payload-{at}")).collect();
    let pings = || ten.iter().map(|payload| frame(PING, payload.as_bytes())).collect::<Vec<_>>();
    let pongs = || ten.iter().map(|payload| says(PONG, payload.as_bytes())).collect::<Vec<_>>();
    let bytes = [0, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0, 0xff];
    let one = |id: &str, piece, payload: &[u8]| well(id, piece, vec![frame(PING, payload)], vec![says(PONG, payload)]);
    vec![
        one("2.1", WHOLE, b""),
        one("2.2", WHOLE, b"Hello, world!"),
        one("2.3", WHOLE, &bytes),
        one("2.4", WHOLE, &[0xfe; 125]),
        fails("2.5", WHOLE, PROTOCOL, vec![frame(PING, [0xfe; 126])], vec![]),
        one("2.6", 1, &[0xfe; 125]),
        well("2.7", WHOLE, vec![frame(PONG, "")], vec![]),
        well("2.8", WHOLE, vec![frame(PONG, "unsolicited pong payload")], vec![]),
        well(
            "2.9",
            WHOLE,
            vec![frame(PONG, "unsolicited"), frame(PING, "ping payload")],
            vec![says(PONG, "ping payload")],
        ),
        well("2.10", WHOLE, pings(), pongs()),
        well("2.11", 1, pings(), pongs()),
    ]
}

/// 3: bits that mean nothing.
fn reserved_bits() -> Vec<Case> {
    let hello = || frame(TEXT, "Hello, world!");
    let after = |id: &str, piece, bits| {
        let sends = vec![hello(), hello().reserved(bits), frame(PING, "")];
        fails(id, piece, PROTOCOL, sends, vec![says(TEXT, "Hello, world!")])
    };
    let alone = |id: &str, frame: Frame, bits| fails(id, WHOLE, PROTOCOL, vec![frame.reserved(bits)], vec![]);
    vec![
        alone("3.1", hello(), 1),
        after("3.2", WHOLE, 2),
        after("3.3", 19, 3),
        after("3.4", 1, 4),
        alone("3.5", frame(BINARY, [0, 0xff, 0xfe]), 5),
        alone("3.6", frame(PING, "Hello, world!"), 6),
        alone("3.7", frame(CLOSE, ""), 7),
    ]
}

/// 4: opcodes that mean nothing.
fn opcodes() -> Vec<Case> {
    let mut cases = Vec::new();
    for (group, first) in [(1, 3), (2, 11)] {
        for at in 1..=5_u8 {
            let payload = if matches!(at, 2 | 4 | 5) { "reserved opcode payload" } else { "" };
            let odd = frame(first + at - 1, payload);
            let (sends, hears) = if at < 3 {
                (vec![odd], vec![])
            } else {
                let sends = vec![frame(TEXT, "Hello, world!"), odd, frame(PING, "")];
                (sends, vec![says(TEXT, "Hello, world!")])
            };
            let piece = if at == 5 { 1 } else { WHOLE };
            cases.push(fails(format!("4.{group}.{at}"), piece, PROTOCOL, sends, hears));
        }
    }
    cases
}

/// 5: messages in pieces.
fn fragments() -> Vec<Case> {
    let (one, two) = (|| begun(TEXT, "fragment1"), || frame(CONTINUATION, "fragment2"));
    let both = || vec![says(TEXT, "fragment1fragment2")];
    let around = |id: &str, piece| {
        let hears = vec![says(PONG, "ping payload"), says(TEXT, "fragment1fragment2")];
        well(id, piece, vec![one(), frame(PING, "ping payload"), two()], hears)
    };
    let stray = |id: &str, piece, is_final| {
        let odd = Frame { is_final, ..frame(CONTINUATION, "non-continuation payload") };
        fails(id, piece, PROTOCOL, vec![odd, frame(TEXT, "Hello, world!")], vec![])
    };
    let twice = |id: &str, is_final| {
        let odd = || Frame { is_final, ..frame(CONTINUATION, "fragment1") };
        let round = || [odd(), begun(TEXT, "fragment2"), frame(CONTINUATION, "fragment3")];
        fails(id, WHOLE, PROTOCOL, [round(), round()].concat(), vec![])
    };
    let five = |id: &str, piece| {
        let middle = |payload: &str| begun(CONTINUATION, payload);
        let sends = vec![
            begun(TEXT, "fragment1"),
            middle("fragment2"),
            frame(PING, "pongme 1!"),
            middle("fragment3"),
            middle("fragment4"),
            frame(PING, "pongme 2!"),
            frame(CONTINUATION, "fragment5"),
        ];
        let text = "fragment1fragment2fragment3fragment4fragment5";
        well(id, piece, sends, vec![says(PONG, "pongme 1!"), says(PONG, "pongme 2!"), says(TEXT, text)])
    };
    vec![
        fails("5.1", WHOLE, PROTOCOL, vec![begun(PING, "fragment1"), two()], vec![]),
        fails("5.2", WHOLE, PROTOCOL, vec![begun(PONG, "fragment1"), two()], vec![]),
        well("5.3", 15, vec![one(), two()], both()),
        well("5.4", WHOLE, vec![one(), two()], both()),
        well("5.5", 1, vec![one(), two()], both()),
        around("5.6", 15),
        around("5.7", WHOLE),
        around("5.8", 1),
        stray("5.9", 30, true),
        stray("5.10", WHOLE, true),
        stray("5.11", 1, true),
        stray("5.12", 30, false),
        stray("5.13", WHOLE, false),
        stray("5.14", 1, false),
        fails(
            "5.15",
            WHOLE,
            PROTOCOL,
            vec![one(), two(), begun(CONTINUATION, "fragment3"), frame(TEXT, "fragment4")],
            both(),
        ),
        twice("5.16", false),
        twice("5.17", true),
        fails("5.18", WHOLE, PROTOCOL, vec![one(), frame(TEXT, "fragment2")], vec![]),
        five("5.19", 15),
        five("5.20", WHOLE),
    ]
}

const COSMOS: &str = "κ\u{1f79}σμε";
const LONG: &str = "Hello-µ@ßöäüàá-UTF-8!!";

/// A text message, each byte of it a frame.
fn in_bytes(text: &[u8]) -> Vec<Frame> {
    let mut frames = vec![begun(TEXT, "")];
    frames.extend(text.iter().map(|byte| begun(CONTINUATION, [*byte])));
    frames.push(frame(CONTINUATION, ""));
    frames
}

/// 6: texts.
fn texts() -> Vec<Case> {
    let broken = [COSMOS.as_bytes(), &[0xed, 0xa0, 0x80], b"edited"].concat();
    let late = |id: &str, piece, rest: [&[u8]; 3]| {
        let sends = vec![begun(TEXT, rest[0]), begun(CONTINUATION, rest[1]), frame(CONTINUATION, rest[2])];
        fails(id, piece, NOT_UTF8, sends, vec![])
    };
    let beyond: &[u8] = &[0xf4, 0x90, 0x80, 0x80];
    let (first, cut) = (COSMOS.as_bytes(), &[0xf4][..]);
    let whole = [first, beyond, b"edited"].concat();
    let mut cases = vec![
        well("6.1.1", WHOLE, vec![frame(TEXT, "")], vec![says(TEXT, "")]),
        well(
            "6.1.2",
            WHOLE,
            vec![begun(TEXT, ""), begun(CONTINUATION, ""), frame(CONTINUATION, "")],
            vec![says(TEXT, "")],
        ),
        well(
            "6.1.3",
            WHOLE,
            vec![begun(TEXT, ""), begun(CONTINUATION, "middle frame payload"), frame(CONTINUATION, "")],
            vec![says(TEXT, "middle frame payload")],
        ),
        well("6.2.1", WHOLE, vec![frame(TEXT, LONG)], vec![says(TEXT, LONG)]),
        well(
            "6.2.2",
            WHOLE,
            vec![begun(TEXT, &LONG.as_bytes()[..12]), frame(CONTINUATION, &LONG.as_bytes()[12..])],
            vec![says(TEXT, LONG)],
        ),
        well("6.2.3", WHOLE, in_bytes(LONG.as_bytes()), vec![says(TEXT, LONG)]),
        well("6.2.4", WHOLE, in_bytes(COSMOS.as_bytes()), vec![says(TEXT, COSMOS)]),
        fails("6.3.1", WHOLE, NOT_UTF8, vec![frame(TEXT, broken.clone())], vec![]),
        fails("6.3.2", WHOLE, NOT_UTF8, in_bytes(&broken), vec![]),
        late("6.4.1", WHOLE, [first, beyond, b"edited"]),
        late("6.4.2", WHOLE, [&[first, cut].concat(), &beyond[1..], b"edited"]),
        fails("6.4.3", 13, NOT_UTF8, vec![frame(TEXT, whole.clone())], vec![]),
        fails("6.4.4", 1, NOT_UTF8, vec![frame(TEXT, whole)], vec![]),
    ];
    for (group, sequences) in (5..).zip(sequences()) {
        for (at, (valid, bytes)) in (1..).zip(sequences) {
            let id = format!("6.{group}.{at}");
            let sends = vec![frame(TEXT, bytes.clone())];
            cases.push(if valid {
                well(id, WHOLE, sends, vec![says(TEXT, bytes)])
            } else {
                fails(id, WHOLE, NOT_UTF8, sends, vec![])
            });
        }
    }
    cases
}

type Sequences = Vec<(bool, Vec<u8>)>;

/// 6.5 to 6.23: sequences of bytes, and whether each is UTF-8.
fn sequences() -> Vec<Sequences> {
    fn all(valid: bool, hex: &str) -> Sequences {
        let byte = |pair: &[u8]| {
            let digits = std::str::from_utf8(pair).expect("digits");
            u8::from_str_radix(digits, 16).expect("hexadecimal")
        };
        hex.split(' ').map(|one| (valid, one.as_bytes().chunks(2).map(byte).collect())).collect()
    }
    let lonely = |from: u8, to: u8| (false, (from..=to).flat_map(|byte| [byte, b' ']).collect::<Vec<u8>>());
    let words = [COSMOS, "hello$world", "hello¢world", "hello€world", "hello𤭢world"];
    let prefixes =
        (1..=COSMOS.len()).map(|length| (COSMOS.is_char_boundary(length), COSMOS.as_bytes()[..length].into()));
    let cut = all(false, "c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf");
    let cut_together = cut.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let mut continuations = all(false, "80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf");
    continuations.push((false, (0x80..=0xbf).collect()));
    // The last two code points of each plane are no characters, and may be sent all the same.
    let planes = (0..=16_u32).flat_map(|plane| [plane << 16 | 0xfffe, plane << 16 | 0xffff]);
    let text = |code| char::from_u32(code).map(|c| (true, c.to_string().into_bytes()));
    vec![
        words.into_iter().map(|word| (true, word.into())).collect(),
        prefixes.collect(),
        all(true, "00 c280 e0a080 f0908080"),
        all(false, "f888808080 fc8480808080"),
        all(true, "7f dfbf efbfbf f48fbfbf"),
        all(false, "f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf"),
        [all(true, "ed9fbf ee8080 efbfbd f48fbfbf"), all(false, "f4908080")].concat(),
        continuations,
        vec![lonely(0xc0, 0xdf), lonely(0xe0, 0xef), lonely(0xf0, 0xf7), lonely(0xf8, 0xfb), lonely(0xfc, 0xfd)],
        cut,
        vec![(false, cut_together)],
        all(false, "fe ff fefeffff"),
        all(false, "c0af e080af f08080af f8808080af fc80808080af"),
        all(false, "c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf"),
        all(false, "c080 e08080 f0808080 f880808080 fc8080808080"),
        all(false, "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf"),
        all(
            false,
            "eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf",
        ),
        planes.filter_map(text).collect(),
        (0xfff9..=0xffff).filter_map(text).collect(),
    ]
}

/// 7: closing.
fn closing() -> Vec<Case> {
    let hello = || frame(TEXT, "Hello World!");
    let bye = || close(1000, b"");
    let answered = |id: &str, sends: Vec<Frame>, hears, payload: &[u8]| Case {
        id: id.into(),
        sends,
        piece: WHOLE,
        hears,
        ends: Ends::Answered(payload.into()),
    };
    let normal = 1000_u16.to_be_bytes();
    let reason = |length: usize| close(1000, &vec![b'*'; length]);
    let large = || frame(TEXT, vec![b'B'; 256 * 1024]);
    let mut cases = vec![
        answered("7.1.1", vec![hello(), bye()], vec![says(TEXT, "Hello World!")], &normal),
        answered("7.1.2", vec![bye(), bye()], vec![], &normal),
        answered("7.1.3", vec![bye(), frame(PING, "")], vec![], &normal),
        answered("7.1.4", vec![bye(), hello()], vec![], &normal),
        answered("7.1.5", vec![begun(TEXT, "fragment1"), bye(), frame(CONTINUATION, "fragment2")], vec![], &normal),
        answered(
            "7.1.6",
            vec![large(), hello(), bye(), frame(PING, "")],
            vec![says(TEXT, vec![b'B'; 256 * 1024]), says(TEXT, "Hello World!")],
            &normal,
        ),
        answered("7.3.1", vec![frame(CLOSE, "")], vec![], b""),
        fails("7.3.2", WHOLE, PROTOCOL, vec![frame(CLOSE, "a")], vec![]),
        answered("7.3.3", vec![bye()], vec![], &normal),
        answered("7.3.4", vec![close(1000, b"Hello World!")], vec![], b"\x03\xe8Hello World!"),
        answered("7.3.5", vec![reason(123)], vec![], &reason(123).payload),
        fails("7.3.6", WHOLE, PROTOCOL, vec![reason(124)], vec![]),
        fails(
            "7.5.1",
            WHOLE,
            NOT_UTF8,
            vec![close(1000, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited")],
            vec![],
        ),
    ];
    let good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    for (code, at) in good.into_iter().zip(1..) {
        cases.push(answered(&format!("7.7.{at}"), vec![close(code, b"")], vec![], &code.to_be_bytes()));
    }
    let bad = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
    let bad = bad.into_iter().zip(1..).map(|(code, at)| (code, format!("7.9.{at}")));
    for (code, id) in bad.chain([(5000, "7.13.1".to_owned()), (65_535, "7.13.2".to_owned())]) {
        cases.push(fails(id, WHOLE, PROTOCOL, vec![close(code, b"")], vec![]));
    }
    cases
}

/// 10: one large message in many frames.
fn pieces() -> Vec<Case> {
    let text = vec![b'*'; 65_536];
    let mut sends: Vec<Frame> = text.chunks(1300).map(|piece| begun(CONTINUATION, piece)).collect();
    if let Some(first) = sends.first_mut() {
        first.opcode = TEXT;
    }
    if let Some(last) = sends.last_mut() {
        last.is_final = true;
    }
    vec![well("10.1.1", WHOLE, sends, vec![says(TEXT, text)])]
}
