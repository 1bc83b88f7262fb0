//! What the server sends.

use super::{
    ACTOR, DecodeError, PATH, PEER_ID, VERSION,
    client::document,
    read::{Fields, read_bytes, read_map},
    write::Map,
};
use crate::{
    PersonId, Role,
    live::{
        message::{AtelierPeer, FromServer, Known, RejectCode, Who},
        permit::Rights,
    },
};

/// Writes a `sync` frame: what [`encode_server`] gives for [`FromServer::Sync`], without owning its parts.
#[must_use]
pub fn sync_frame(sender: &str, target: &str, document: &str, data: &[u8]) -> Vec<u8> {
    let mut map = Map::new(96 + sender.len() + target.len() + document.len() + data.len());
    map.text("type", "sync")
        .text("senderId", sender)
        .text("targetId", target)
        .text("documentId", document)
        .bytes("data", data);
    map.finish()
}

/// Writes a frame from the server.
#[must_use]
pub fn encode_server(message: &FromServer) -> Vec<u8> {
    let mut map = Map::new(192);
    match message {
        FromServer::Peer { sender, target, atelier } => {
            map.text("type", "peer").text("senderId", sender).text("targetId", target);
            map.map("peerMetadata", |metadata| {
                metadata.boolean("isEphemeral", false);
                if let Some(ours) = atelier {
                    metadata.map("atelier", |map| {
                        map.bytes("actor", &ours.actor).map("who", |map| put_who(map, &ours.who));
                    });
                }
            });
            map.text("selectedProtocolVersion", VERSION);
        }
        FromServer::Sync { sender, target, document, data } => {
            return sync_frame(sender, target, &document.to_string(), data);
        }
        FromServer::Unavailable { sender, target, document } => {
            map.text("type", "doc-unavailable")
                .text("senderId", sender)
                .text("targetId", target)
                .text("documentId", &document.to_string());
        }
        FromServer::Ephemeral { sender, target, document, count, session, data, from } => {
            map.text("type", "ephemeral")
                .text("senderId", sender)
                .text("targetId", target)
                .text("documentId", &document.to_string())
                .count("count", *count)
                .text("sessionId", session)
                .bytes("data", data);
            if let Some(who) = from {
                map.map("from", |map| put_who(map, who));
            }
        }
        FromServer::Error { sender, target, message } => {
            map.text("type", "error").text("senderId", sender).text("targetId", target).text("message", message);
        }
        FromServer::Stored { document, hashes } => {
            map.text("type", "stored").text("documentId", &document.to_string()).byte_strings("hashes", hashes);
        }
        FromServer::Rejected { document, hash, code, path, reason } => {
            map.text("type", "rejected")
                .text("documentId", &document.to_string())
                .bytes("hash", hash)
                .text("code", code.as_str())
                .text("path", path)
                .text("reason", reason);
        }
        FromServer::Present { document, peers } => {
            map.text("type", "present").text("documentId", &document.to_string()).maps("peers", peers, put_who);
        }
        FromServer::Event { topic, kind, data } => {
            map.text("type", "event").text("topic", topic).text("kind", kind).text("data", data);
        }
        FromServer::Access { document, write, arrange, tidy } => {
            map.text("type", "access").text("documentId", &document.to_string());
            map.boolean("write", *write).boolean("arrange", *arrange).boolean("tidy", *tidy);
        }
    }
    map.finish()
}

fn put_who(map: &mut Map, who: &Who) {
    map.text("peer", &who.peer);
    if let Some(Known { id, name, role }) = &who.person {
        map.text("person", &id.to_string()).text("name", name).text("role", role.as_str());
    }
    let Rights { edit, note, arrange, tidy } = who.rights;
    for (key, may) in [("edit", edit), ("note", note), ("arrange", arrange), ("tidy", tidy)] {
        if may {
            map.boolean(key, true);
        }
    }
}

/// Reads a frame from the server.
///
/// # Errors
/// Says which part of the frame is wrong; [`DecodeError::UnknownType`] may be ignored.
pub fn decode_server(frame: &[u8]) -> Result<FromServer, DecodeError> {
    let fields = Fields::of_frame(frame)?;
    let peer = |key| -> Result<String, DecodeError> { Ok(fields.text(key, PEER_ID)?.unwrap_or_default().to_owned()) };
    let text = |key| -> Result<String, DecodeError> { Ok(fields.need_text(key, usize::MAX)?.to_owned()) };
    Ok(match fields.need_text("type", 64)? {
        "peer" => {
            if fields.text("selectedProtocolVersion", 16)?.is_some_and(|version| version != VERSION) {
                return Err(DecodeError::Wrong("selectedProtocolVersion"));
            }
            let ours = match fields.map("peerMetadata")? {
                Some(metadata) => metadata.map("atelier")?,
                None => None,
            };
            let atelier = match ours {
                Some(map) => Some(AtelierPeer {
                    actor: Some(map.need_bytes("actor")?)
                        .filter(|actor| (1..=ACTOR).contains(&actor.len()))
                        .ok_or(DecodeError::Wrong("actor"))?
                        .to_vec(),
                    who: get_who(&map.map("who")?.ok_or(DecodeError::Missing("who"))?)?,
                }),
                None => None,
            };
            FromServer::Peer { sender: peer("senderId")?, target: peer("targetId")?, atelier }
        }
        "sync" | "request" => FromServer::Sync {
            sender: peer("senderId")?,
            target: peer("targetId")?,
            document: document(&fields)?,
            data: fields.need_bytes("data")?.to_vec(),
        },
        "doc-unavailable" => FromServer::Unavailable {
            sender: peer("senderId")?,
            target: peer("targetId")?,
            document: document(&fields)?,
        },
        "ephemeral" => FromServer::Ephemeral {
            sender: peer("senderId")?,
            target: peer("targetId")?,
            document: document(&fields)?,
            count: fields.need_count("count")?,
            session: fields.need_text("sessionId", PEER_ID)?.to_owned(),
            data: fields.need_bytes("data")?.to_vec(),
            from: fields.map("from")?.map(|map| get_who(&map)).transpose()?,
        },
        "error" => {
            FromServer::Error { sender: peer("senderId")?, target: peer("targetId")?, message: text("message")? }
        }
        "stored" => FromServer::Stored {
            document: document(&fields)?,
            hashes: fields
                .list("hashes", frame.len() / 32, |value| read_bytes(value)?.try_into().ok())?
                .ok_or(DecodeError::Missing("hashes"))?,
        },
        "rejected" => FromServer::Rejected {
            document: document(&fields)?,
            hash: fields.need_bytes("hash")?.try_into().map_err(|_| DecodeError::Wrong("hash"))?,
            code: RejectCode::parse(fields.need_text("code", 64)?).ok_or(DecodeError::Wrong("code"))?,
            path: fields.text("path", PATH)?.unwrap_or_default().to_owned(),
            reason: text("reason")?,
        },
        "present" => FromServer::Present {
            document: document(&fields)?,
            peers: fields
                .list("peers", frame.len(), |value| get_who(&read_map(value)?).ok())?
                .ok_or(DecodeError::Missing("peers"))?,
        },
        "event" => FromServer::Event { topic: text("topic")?, kind: text("kind")?, data: text("data")? },
        "access" => FromServer::Access {
            document: document(&fields)?,
            write: fields.boolean("write")?.ok_or(DecodeError::Missing("write"))?,
            arrange: fields.boolean("arrange")?.unwrap_or_default(),
            tidy: fields.boolean("tidy")?.unwrap_or_default(),
        },
        _ => return Err(DecodeError::UnknownType),
    })
}

fn get_who(map: &Fields<'_>) -> Result<Who, DecodeError> {
    let person = match map.text("person", 64)? {
        Some(id) => Some(Known {
            id: id.parse::<PersonId>().map_err(|_| DecodeError::Wrong("person"))?,
            name: map.need_text("name", 4096)?.to_owned(),
            role: Role::parse(map.need_text("role", 64)?).ok_or(DecodeError::Wrong("role"))?,
        }),
        None => None,
    };
    let may = |key| -> Result<bool, DecodeError> { Ok(map.boolean(key)?.unwrap_or_default()) };
    let rights = Rights { edit: may("edit")?, note: may("note")?, arrange: may("arrange")?, tidy: may("tidy")? };
    Ok(Who { peer: map.need_text("peer", PEER_ID)?.to_owned(), person, rights })
}
