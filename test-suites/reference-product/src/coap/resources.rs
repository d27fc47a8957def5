//! What the device answers over CoAP.

use coap_lite::{CoapOption, ContentFormat, MessageClass, MessageType, Packet, RequestType, ResponseType};
use serde_json::json;

use crate::{Fault, world::World};

const LISTING: &str = r#"</status>;rt="dishwasher.status";ct=50,</settings/cycle>;rt="dishwasher.cycle";ct=0"#;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visitor {
    /// Nobody that is known.
    Stranger,
    /// Who holds the pre-shared key.
    Commissioner,
}

type Answer = (ResponseType, Option<ContentFormat>, String);

/// The answer to a datagram, if it deserves one.
pub(super) fn answer(datagram: &[u8], visitor: Visitor, world: &World) -> Option<Vec<u8>> {
    let request = Packet::from_bytes(datagram).ok()?;
    let confirmable = request.header.get_type() == MessageType::Confirmable;
    let mut response = Packet::new();
    response.header.message_id = request.header.message_id;
    match request.header.code {
        MessageClass::Request(method) if confirmable || request.header.get_type() == MessageType::NonConfirmable => {
            let (code, format, body) = respond(method, &path(&request), visitor, world);
            response.header.set_type(if confirmable { MessageType::Acknowledgement } else { MessageType::NonConfirmable });
            response.header.code = MessageClass::Response(code);
            response.set_token(request.get_token().to_vec());
            if let Some(format) = format {
                response.set_content_format(format);
            }
            response.payload = body.into_bytes();
        }
        _ if confirmable => {
            response.header.set_type(MessageType::Reset);
            response.header.code = MessageClass::Empty;
        }
        _ => return None,
    }
    response.to_bytes().ok()
}

fn path(request: &Packet) -> String {
    let parts = request.get_option(CoapOption::UriPath);
    parts.into_iter().flatten().flat_map(|part| ["/".into(), String::from_utf8_lossy(part)]).collect()
}

fn respond(method: RequestType, path: &str, visitor: Visitor, world: &World) -> Answer {
    let open = path == "/.well-known/core" || (path == "/settings/cycle" && world.has(Fault::CoapOpenSetting));
    let get = method == RequestType::Get;
    if visitor == Visitor::Stranger && !(open && get) {
        return (ResponseType::Unauthorized, None, String::new());
    }
    let found = |format, body| (ResponseType::Content, Some(format), body);
    match path {
        "/.well-known/core" | "/settings/cycle" | "/status" if !get => (ResponseType::MethodNotAllowed, None, String::new()),
        "/.well-known/core" => found(ContentFormat::ApplicationLinkFormat, LISTING.to_owned()),
        "/settings/cycle" => found(ContentFormat::TextPlain, world.value("cycle")),
        "/status" => found(ContentFormat::ApplicationJSON, json!({"state": "idle", "cycle": world.value("cycle")}).to_string()),
        _ => (ResponseType::NotFound, None, String::new()),
    }
}
