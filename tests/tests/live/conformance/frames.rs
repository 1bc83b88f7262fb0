//! Frames as a client writes them, byte by byte, and as the server's are read.

use std::io::ErrorKind;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Opcodes.
pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// A frame a client sends.
#[derive(Clone, Debug)]
pub struct Frame {
    pub opcode: u8,
    pub is_final: bool,
    pub reserved: u8,
    pub payload: Vec<u8>,
}

/// A frame that is the last of its message.
pub fn frame(opcode: u8, payload: impl Into<Vec<u8>>) -> Frame {
    Frame { opcode, is_final: true, reserved: 0, payload: payload.into() }
}

/// A frame that more of its message follows.
pub fn begun(opcode: u8, payload: impl Into<Vec<u8>>) -> Frame {
    Frame { is_final: false, ..frame(opcode, payload) }
}

/// A close frame of this code and reason.
pub fn close(code: u16, reason: &[u8]) -> Frame {
    frame(CLOSE, [&code.to_be_bytes(), reason].concat())
}

impl Frame {
    /// With these reserved bits.
    pub fn reserved(self, reserved: u8) -> Self {
        Self { reserved, ..self }
    }

    /// As it goes over the wire: masked.
    pub fn bytes(&self) -> Vec<u8> {
        const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
        let mut bytes = vec![u8::from(self.is_final) << 7 | self.reserved << 4 | self.opcode];
        match (u8::try_from(self.payload.len()), u16::try_from(self.payload.len())) {
            (Ok(length @ ..126), _) => bytes.push(0x80 | length),
            (_, Ok(length)) => {
                bytes.push(0x80 | 126);
                bytes.extend(length.to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 127);
                bytes.extend((self.payload.len() as u64).to_be_bytes());
            }
        }
        bytes.extend(MASK);
        bytes.extend(self.payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }
}

/// Writes bytes in pieces; the server may have hung up meanwhile.
pub async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8], piece: usize) {
    for piece in bytes.chunks(piece) {
        if stream.write_all(piece).await.is_err() {
            return;
        }
    }
}

/// Everything the server says until it hangs up, which it does without breaking the connection.
pub async fn read_all(stream: &mut (impl AsyncRead + Unpin)) -> Result<Vec<(u8, Vec<u8>)>, String> {
    let mut said = Vec::new();
    loop {
        let mut head = [0; 2];
        match stream.read_exact(&mut head).await {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(said),
            Err(error) => return Err(format!("the connection broke: {error}")),
        }
        if head[0] & 0xf0 != 0x80 || head[1] & 0x80 != 0 {
            return Err(format!("a frame that begins with {head:02x?}"));
        }
        let length = match head[1] {
            126 => u64::from(stream.read_u16().await.map_err(|error| error.to_string())?),
            127 => stream.read_u64().await.map_err(|error| error.to_string())?,
            length => u64::from(length),
        };
        let mut payload = vec![0; usize::try_from(length).map_err(|error| error.to_string())?];
        stream.read_exact(&mut payload).await.map_err(|error| error.to_string())?;
        said.push((head[0] & 0x0f, payload));
    }
}
