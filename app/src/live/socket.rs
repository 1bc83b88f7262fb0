//! The one WebSocket of an open concept: joins, reconnects, carries frames.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::{TimeoutHandle, set_timeout_with_handle, window};
use shared::{
    backoff,
    live::{
        codec::{decode_server, encode_client},
        message::{AtelierJoin, AtelierPeer, FromClient, FromServer},
    },
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// What the socket has to say.
pub(crate) enum Heard {
    /// The connection stands.
    Joined(AtelierPeer),
    /// The connection is lost, or could not be made.
    Lost,
    /// A message.
    Told(FromServer),
}

type Listener = Rc<dyn Fn(&Heard)>;

/// A connection that comes back.
#[derive(Clone)]
pub(crate) struct Socket(Rc<Inner>);

struct Inner {
    peer: String,
    server: RefCell<String>,
    actor: RefCell<Option<Vec<u8>>>,
    lease: RefCell<Option<AtelierPeer>>,
    line: RefCell<Option<Line>>,
    attempts: Cell<u32>,
    retry: Cell<Option<TimeoutHandle>>,
    left: Cell<bool>,
    listeners: RefCell<Vec<Listener>>,
}

/// A WebSocket with the closures it calls, which live as long.
struct Line {
    socket: WebSocket,
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

impl Socket {
    /// Connects, and keeps connected.
    pub fn open() -> Self {
        let socket = Self(Rc::new(Inner {
            peer: uuid::Uuid::now_v7().to_string(),
            server: RefCell::default(),
            actor: RefCell::default(),
            lease: RefCell::default(),
            line: RefCell::default(),
            attempts: Cell::default(),
            retry: Cell::default(),
            left: Cell::default(),
            listeners: RefCell::default(),
        }));
        socket.connect();
        socket
    }

    /// Calls `listener` with everything heard from now on.
    pub fn listen(&self, listener: impl Fn(&Heard) + 'static) {
        self.0.listeners.borrow_mut().push(Rc::new(listener));
    }

    /// This tab's peer id.
    pub fn peer(&self) -> &str {
        &self.0.peer
    }

    /// What the server said when it let us in, while the connection stands.
    pub fn joined(&self) -> Option<AtelierPeer> {
        self.0.lease.borrow().clone()
    }

    /// Sends a message, if the connection stands: what matters is said again after a reconnect.
    pub fn send(&self, message: &FromClient) {
        if self.0.lease.borrow().is_some() {
            self.put(message);
        }
    }

    /// Connects now rather than after the wait, if there is no connection.
    pub fn hurry(&self) {
        if !self.0.left.get() && self.0.lease.borrow().is_none() {
            self.0.attempts.set(0);
            self.connect();
        }
    }

    /// Gives the connection up as dead and makes another.
    pub fn renew(&self) {
        if !self.0.left.get() {
            self.lost();
            self.connect();
        }
    }

    /// Forgets the leased actor id and joins anew with another one.
    pub fn lease_another(&self) {
        self.0.actor.take();
        self.renew();
    }

    /// The network is gone: no use in waiting for the connection to notice.
    pub fn unplug(&self) {
        if !self.0.left.get() {
            self.lost();
            self.retry_later();
        }
    }

    /// Leaves for good, with nothing unsent: the actor id may be leased again.
    pub fn leave(&self) {
        self.send(&FromClient::Leave);
        self.0.actor.take();
        self.end();
    }

    /// Ends without a word.
    pub fn end(&self) {
        self.0.left.set(true);
        self.0.lease.take();
        if let Some(retry) = self.0.retry.take() {
            retry.clear();
        }
        self.0.line.take();
    }

    /// Comes back after [`leave`](Self::leave) or [`end`](Self::end), when the browser shows a page again that it had put aside.
    pub fn resume(&self) {
        if self.0.left.replace(false) {
            self.connect();
        }
    }

    /// No more listeners: breaks the circle of references.
    pub fn forget_listeners(&self) {
        self.0.listeners.borrow_mut().clear();
    }

    fn put(&self, message: &FromClient) {
        if let Some(line) = &*self.0.line.borrow()
            && line.socket.ready_state() == WebSocket::OPEN
        {
            let frame = encode_client(message, &self.0.peer, &self.0.server.borrow());
            // A socket that closes just now says so by its close event.
            let _ = line.socket.send_with_u8_array(&frame);
        }
    }

    fn tell(&self, heard: &Heard) {
        let listeners = self.0.listeners.borrow().clone();
        listeners.iter().for_each(|listener| listener(heard));
    }

    fn connect(&self) {
        if let Some(retry) = self.0.retry.take() {
            retry.clear();
        }
        self.0.line.take();
        let location = window().location();
        let (Ok(protocol), Ok(host)) = (location.protocol(), location.host()) else { return };
        let scheme = if protocol == "https:" { "wss" } else { "ws" };
        let Ok(socket) = WebSocket::new(&format!("{scheme}://{host}/live")) else { return };
        socket.set_binary_type(BinaryType::Arraybuffer);

        let this = self.clone();
        let open = Closure::<dyn FnMut()>::new(move || {
            let actor = this.0.actor.borrow().clone();
            this.put(&FromClient::Join {
                sender: this.0.peer.clone(),
                versions: vec!["1".to_owned()],
                atelier: Some(AtelierJoin { actor }),
            });
        });
        let this = self.clone();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(buffer) = event.data().dyn_into::<js_sys::ArrayBuffer>() {
                this.hear(&js_sys::Uint8Array::new(&buffer).to_vec());
            }
        });
        let this = self.clone();
        let close = Closure::<dyn FnMut(CloseEvent)>::new(move |_| {
            this.lost();
            this.retry_later();
        });
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        *self.0.line.borrow_mut() = Some(Line { socket, _open: open, _message: message, _close: close });
    }

    fn hear(&self, frame: &[u8]) {
        // A message of a later version is none of ours.
        let Ok(message) = decode_server(frame) else { return };
        let FromServer::Peer { sender, atelier, .. } = message else {
            self.tell(&Heard::Told(message));
            return;
        };
        let Some(lease) = atelier else { return };
        *self.0.server.borrow_mut() = sender;
        *self.0.actor.borrow_mut() = Some(lease.actor.clone());
        *self.0.lease.borrow_mut() = Some(lease.clone());
        self.0.attempts.set(0);
        self.tell(&Heard::Joined(lease));
    }

    fn lost(&self) {
        self.0.lease.take();
        if let Some(line) = &*self.0.line.borrow() {
            line.socket.set_onopen(None);
            line.socket.set_onmessage(None);
            line.socket.set_onclose(None);
            let _ = line.socket.close();
        }
        self.tell(&Heard::Lost);
    }

    fn retry_later(&self) {
        if self.0.left.get() {
            return;
        }
        let attempts = self.0.attempts.get();
        self.0.attempts.set(attempts.saturating_add(1));
        let wait = backoff::wait(attempts, js_sys::Math::random());
        let this = self.clone();
        let handle = set_timeout_with_handle(move || this.connect(), wait).ok();
        if let Some(before) = self.0.retry.replace(handle) {
            before.clear();
        }
    }
}
