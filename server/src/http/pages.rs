//! The pages: the app rendered with what the API answers to this visitor, called in process.

use std::sync::{Arc, Mutex, PoisonError};

use app::{
    answer::Answer,
    api::InProcess,
    visit::{LANGUAGE_COOKIE, Theme, Visit},
};
use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use leptos::{nonce::Nonce, prelude::provide_context};
use shared::{
    Locale,
    api::{Code, Me, Problem},
    outbox::ON_BEHALF,
};
use tower::ServiceExt as _;

use super::{extract::cookie, language, limits::ClientAddress, problem};
use crate::{Atelier, domain};

/// What of the visitor's request goes on to the API: who asks, and nothing about this page.
const CARRIED: [HeaderName; 3] = [header::COOKIE, header::AUTHORIZATION, header::USER_AGENT];
const YEAR: u32 = 31_536_000;
/// Says whose page it is, so that the browser keeps it for nobody else; empty for a visitor's.
const PERSON: HeaderName = HeaderName::from_static(ON_BEHALF);

/// Draws the pages of a workspace.
pub struct Pages {
    atelier: Atelier,
    api: Router,
}

impl Pages {
    /// Draws with what `api`, the router that answers `/api/v1/…`, tells.
    #[must_use]
    pub fn new(atelier: Atelier, api: Router) -> Arc<Self> {
        // Only the first call counts, and there is nothing else it could be.
        let _ = any_spawner::Executor::init_tokio();
        Arc::new(Self { atelier, api })
    }

    /// Answers every address that nothing else answers.
    pub async fn answer(self: Arc<Self>, request: Request) -> Response {
        let path = request.uri().path();
        if path.starts_with("/api/") {
            return problem::no_such_address().await.into_response();
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
        }
        if let Some(language) = asked_language(request.uri().query()) {
            return remember_language(path, language);
        }
        Box::pin(self.draw(request)).await
    }

    async fn draw(self: Arc<Self>, request: Request) -> Response {
        let in_process = self.in_process(&request);
        let me = ask_me(&in_process).await;
        let visit = self.visit(request.headers(), me);
        let signed_in = visit.me.person.is_some();
        let person = visit.me.person.as_ref().map(|person| person.id.to_string()).unwrap_or_default();
        let nonce = Nonce::new();
        let policy = policy(&nonce, &visit.origin);

        let said = Arc::new(Mutex::new((StatusCode::OK, None)));
        let answer = Answer(Arc::new({
            let said = said.clone();
            move |status, place: Option<&str>| {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                // Where to go counts more than what would be shown, and the first word more than a later one.
                if said.1.is_none() && (place.is_some() || said.0 == StatusCode::OK) {
                    *said = (StatusCode::from_u16(status).unwrap_or(StatusCode::OK), place.map(str::to_owned));
                }
            }
        }));
        let chunks = self.atelier.assets.chunks();
        let context = move || {
            provide_context(in_process.clone());
            provide_context(answer.clone());
            provide_context(nonce.clone());
            provide_context(chunks.clone());
        };
        let draw = leptos_axum::render_app_async_with_context(context, move || app::shell(visit.clone()));
        let drawn = draw(request).await;

        let (status, place) = said.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut response = match place.and_then(|place| HeaderValue::try_from(place).ok()) {
            Some(place) => (status, [(header::LOCATION, place)]).into_response(),
            None => drawn,
        };
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        if let Ok(person) = HeaderValue::try_from(person) {
            headers.insert(PERSON, person);
        }
        let keep = if signed_in { "private, no-store" } else { "private, no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
        headers.insert(header::VARY, HeaderValue::from_static("cookie, accept-language"));
        response
    }

    /// The API with this visitor's credentials and address.
    fn in_process(&self, visitor: &Request) -> InProcess {
        let api = self.api.clone();
        let address = visitor.extensions().get::<ClientAddress>().copied();
        let mut carried = HeaderMap::new();
        for name in CARRIED {
            for value in visitor.headers().get_all(&name) {
                carried.append(&name, value.clone());
            }
        }
        InProcess(Arc::new(move |request: http::Request<Bytes>| {
            let mut request = request.map(Body::from);
            for (name, value) in &carried {
                request.headers_mut().append(name, value.clone());
            }
            if let Some(address) = address {
                request.extensions_mut().insert(address);
            }
            let api = api.clone();
            Box::pin(async move {
                let Ok(answer) = api.oneshot(request).await;
                let (head, body) = answer.into_parts();
                let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
                http::Response::from_parts(head, body)
            })
        }))
    }

    fn visit(&self, headers: &HeaderMap, me: Result<Me, Problem>) -> Visit {
        let (me, broken) = match me {
            Ok(me) => (me, None),
            Err(problem) => (Visit::default().me, Some(problem)),
        };
        let origin = origin(&self.atelier, headers);
        let language = language::spoken(headers, me.locale, &me.workspace.languages);
        Visit {
            me,
            language,
            theme: cookie(headers, Theme::COOKIE).and_then(Theme::parse).unwrap_or_default(),
            origin,
            assets: format!("/{}", self.atelier.assets.folder()),
            at: domain::now(),
            broken,
        }
    }
}

/// Scheme and host of this site, without a final slash: as configured, or as it was asked for.
pub(super) fn origin(atelier: &Atelier, headers: &HeaderMap) -> String {
    atelier.config.public_url.as_ref().map_or_else(
        || {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
            format!("http://{}", host.unwrap_or("localhost"))
        },
        ToString::to_string,
    )
}

async fn ask_me(api: &InProcess) -> Result<Me, Problem> {
    let fault = |why: String| Problem::new(Code::Internal, why);
    let request = http::Request::get("/api/v1/me").body(Bytes::new()).map_err(|error| fault(error.to_string()))?;
    let answer = api.0(request).await;
    if answer.status().is_success() {
        serde_json::from_slice(answer.body()).map_err(|error| fault(error.to_string()))
    } else {
        Err(serde_json::from_slice(answer.body()).unwrap_or_else(|error| fault(error.to_string())))
    }
}

/// What a page may load and run: what this server sends, and of inline scripts and styles those with the nonce.
fn policy(nonce: &Nonce, origin: &str) -> HeaderValue {
    // Safari before 15.4 does not count a socket to the same host as `'self'`.
    let socket = origin.replacen("http", "ws", 1);
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self' {socket}; object-src 'none'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// Whether a Host header is a host and perhaps a port, and so may stand in a policy and in a page.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

fn asked_language(query: Option<&str>) -> Option<Locale> {
    query?.split('&').find_map(|pair| pair.strip_prefix("language=")).and_then(Locale::from_tag)
}

/// The language link without scripts: keeps the choice, and shows the page again.
fn remember_language(path: &str, language: Locale) -> Response {
    let kept = format!("{LANGUAGE_COOKIE}={}; Path=/; Max-Age={YEAR}; SameSite=Lax", language.tag());
    // Two slashes would lead to another host.
    let path = format!("/{}", path.trim_start_matches(['/', '\\']));
    let headers =
        [(header::LOCATION, path), (header::SET_COOKIE, kept), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_link_stays_on_this_site() {
        let response = remember_language("//evil.example/", Locale::Fr);
        assert_eq!(response.headers()[header::LOCATION], "/evil.example/");
        assert_eq!(asked_language(Some("a=b&language=fr")), Some(Locale::Fr));
        assert_eq!(asked_language(Some("language=xx")), None);
    }

    #[test]
    fn the_policy_lets_no_inline_script_run_without_the_nonce() {
        let policy = policy(&Nonce::from_value("abc"), "https://ideas.example");
        let policy = policy.to_str().expect("text");
        assert!(!policy.contains("unsafe-inline") && policy.contains("'nonce-abc'"));
        assert!(policy.contains("connect-src 'self' wss://ideas.example;"));
    }
}
