//! What a client sends.

use super::{
    ACTOR, DecodeError, EPHEMERAL, PEER_ID, TOPIC, TOPICS,
    read::{Fields, read_text},
    write::Map,
};
use crate::{
    DocumentId,
    live::message::{AtelierJoin, FromClient},
};

/// A frame from a client.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientFrame {
    /// The peer id it says it comes from, if it says so.
    pub sender: Option<String>,
    /// The message.
    pub message: FromClient,
}

/// Reads a frame from a client.
///
/// # Errors
/// Says which part of the frame is wrong.
pub fn decode_client(frame: &[u8]) -> Result<ClientFrame, DecodeError> {
    let fields = Fields::of_frame(frame)?;
    let sender = fields.text("senderId", PEER_ID)?;
    let message = match fields.need_text("type", 64)? {
        "join" => FromClient::Join {
            sender: sender.filter(|id| !id.is_empty()).ok_or(DecodeError::Missing("senderId"))?.to_owned(),
            versions: fields
                .list("supportedProtocolVersions", 16, |value| read_text(value, 16))?
                .ok_or(DecodeError::Missing("supportedProtocolVersions"))?,
            atelier: match fields.map("peerMetadata")? {
                Some(metadata) => match metadata.map("atelier")? {
                    Some(ours) => {
                        let actor = ours.bytes("actor")?;
                        if actor.is_some_and(|actor| actor.is_empty() || actor.len() > ACTOR) {
                            return Err(DecodeError::Wrong("actor"));
                        }
                        Some(AtelierJoin { actor: actor.map(<[u8]>::to_vec) })
                    }
                    None => None,
                },
                None => None,
            },
        },
        "request" | "sync" => {
            FromClient::Sync { document: document(&fields)?, data: fields.need_bytes("data")?.to_vec() }
        }
        "ephemeral" => {
            let data = fields.need_bytes("data")?;
            if data.len() > EPHEMERAL {
                return Err(DecodeError::TooLong("data"));
            }
            FromClient::Ephemeral {
                document: document(&fields)?,
                count: fields.need_count("count")?,
                session: fields.need_text("sessionId", PEER_ID)?.to_owned(),
                data: data.to_vec(),
            }
        }
        "close" => FromClient::Close { document: document(&fields)? },
        "subscribe" => FromClient::Subscribe {
            topics: fields
                .list("topics", TOPICS, |value| read_text(value, TOPIC))?
                .ok_or(DecodeError::Missing("topics"))?,
        },
        "leave" => FromClient::Leave,
        _ => FromClient::Other,
    };
    Ok(ClientFrame { sender: sender.map(str::to_owned), message })
}

pub(super) fn document(fields: &Fields<'_>) -> Result<DocumentId, DecodeError> {
    fields.need_text("documentId", 64)?.parse().map_err(|_| DecodeError::Wrong("documentId"))
}

/// Writes a frame from the peer `sender` to the server `target` (empty until the server has said its name).
#[must_use]
pub fn encode_client(message: &FromClient, sender: &str, target: &str) -> Vec<u8> {
    let mut map = Map::new(192);
    match message {
        FromClient::Join { sender, versions, atelier } => {
            map.text("type", "join").text("senderId", sender).map("peerMetadata", |metadata| {
                metadata.boolean("isEphemeral", true);
                if let Some(ours) = atelier {
                    metadata.map("atelier", |map| {
                        if let Some(actor) = &ours.actor {
                            map.bytes("actor", actor);
                        }
                    });
                }
            });
            map.texts("supportedProtocolVersions", versions);
        }
        FromClient::Sync { document, data } => {
            map.text("type", "sync")
                .text("documentId", &document.to_string())
                .text("senderId", sender)
                .text("targetId", target)
                .bytes("data", data);
        }
        FromClient::Ephemeral { document, count, session, data } => {
            map.text("type", "ephemeral")
                .text("documentId", &document.to_string())
                .text("senderId", sender)
                .text("targetId", target)
                .count("count", *count)
                .text("sessionId", session)
                .bytes("data", data);
        }
        FromClient::Close { document } => {
            map.text("type", "close").text("documentId", &document.to_string()).text("senderId", sender);
        }
        FromClient::Subscribe { topics } => {
            map.text("type", "subscribe").text("senderId", sender).texts("topics", topics);
        }
        FromClient::Leave | FromClient::Other => {
            map.text("type", "leave").text("senderId", sender);
        }
    }
    map.finish()
}
