//! The files the browser loads: wasm, script, style, fonts, icons.
//!
//! They are compiled into a distributed binary, and otherwise read from the folder `cargo xtask` left them in. Their
//! address carries the build id, a hash of their contents, so they may be kept forever; the few that must stand at the
//! root of the site (the robots file, the favicon) may be kept for an hour.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use app::Chunks;
use axum::{Router, extract::Path as Captured, response::IntoResponse, response::Response, routing::get};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

const FOREVER: &str = "public, max-age=31536000, immutable";
const AN_HOUR: &str = "public, max-age=3600";
/// The file that holds the build id.
const BUILD_ID: &str = "build-id";
/// The folder of what stands at the root of the site.
const ROOT: &str = "public/";
/// What a browser asks for anew each time that it wants to know whether it has changed.
const ASKED_ANEW: &str = "no-cache";
/// The service worker, which the root of the site must hand out: it answers for what lies below its own address.
const WORKER: &str = "sw.js";
/// What the service worker may do: fetch from this site.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";
/// The mark of Atelier.
const MARK: &str = "mark.svg";
/// Which chunks a lazy route needs.
const CHUNKS: &str = "__wasm_split_manifest.json";
/// What a file may be stored compressed as, best first: the ending of its name and the name of the coding.
const CODINGS: [(&str, &str); 2] = [(".br", "br"), (".gz", "gzip")];

/// The files the browser loads and where they are.
#[derive(Debug)]
pub struct Assets {
    build_id: String,
    names: BTreeSet<String>,
    chunks: Chunks,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// Nothing was built: pages still work, without style or script.
    #[cfg(not(feature = "embed"))]
    Nowhere,
    Folder(PathBuf),
    #[cfg(feature = "embed")]
    Embedded,
}

impl Assets {
    /// Opens the files: those in `folder` if one is given, else those in this binary, else those `cargo xtask` built
    /// beside it.
    ///
    /// # Errors
    /// When the folder given cannot be read or holds no build.
    pub fn open(folder: Option<&Path>) -> io::Result<Self> {
        match folder {
            Some(folder) => Self::from_folder(folder),
            None => Self::without_folder(),
        }
    }

    /// Part of every file's address; it changes when any file does.
    #[must_use]
    pub fn build_id(&self) -> &str {
        &self.build_id
    }

    /// The folder part of the files' addresses, without a slash at either end: `pkg/{build id}`.
    #[must_use]
    pub fn folder(&self) -> String {
        format!("pkg/{}", self.build_id)
    }

    /// Which files each chunk is, for the pages to fetch them once they are seen.
    #[must_use]
    pub fn chunks(&self) -> Chunks {
        self.chunks.clone()
    }

    /// The routes under which the files are served.
    pub fn routes<S: Clone + Send + Sync + 'static>(self: Arc<Self>) -> Router<S> {
        let mut router = Router::new();
        let serve = |name: String| {
            let assets = self.clone();
            get(move |headers: HeaderMap| async move { assets.answer(&name, &headers, AN_HOUR).await })
        };
        for name in self.names.iter().filter(|name| name.starts_with(ROOT)) {
            router = router.route(&format!("/{}", &name[ROOT.len()..]), serve(name.clone()));
        }
        // Browsers ask for this name unasked; the picture itself says what it is.
        router = router.route("/favicon.ico", serve(MARK.to_owned()));
        let worker = self.clone();
        router = router.route(
            "/sw.js",
            get(move |headers: HeaderMap| async move {
                let mut answer = worker.answer(WORKER, &headers, ASKED_ANEW).await;
                answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
                answer
            }),
        );
        router.route(
            "/pkg/{build}/{*name}",
            get(|Captured((build, name)): Captured<(String, String)>, headers: HeaderMap| async move {
                if build != self.build_id || name.starts_with(ROOT) {
                    return not_here();
                }
                self.answer(&name, &headers, FOREVER).await
            }),
        )
    }

    #[cfg(not(feature = "embed"))]
    fn nowhere() -> Self {
        Self { build_id: "none".into(), names: BTreeSet::new(), chunks: Chunks::default(), source: Source::Nowhere }
    }

    #[cfg(feature = "embed")]
    fn without_folder() -> io::Result<Self> {
        let read = |name: &str| embedded::read(name).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound));
        Self::new(embedded::names(), read(BUILD_ID)?, read(CHUNKS)?, Source::Embedded)
    }

    #[cfg(not(feature = "embed"))]
    fn without_folder() -> io::Result<Self> {
        let built = std::env::current_exe().ok().and_then(|binary| Some(binary.parent()?.parent()?.join("site")));
        match built.filter(|folder| folder.join(BUILD_ID).is_file()) {
            Some(folder) => Self::from_folder(&folder),
            None => {
                tracing::warn!(
                    "the browser's files are not built (cargo xtask client): pages come without style or script"
                );
                Ok(Self::nowhere())
            }
        }
    }

    fn from_folder(folder: &Path) -> io::Result<Self> {
        let build_id = std::fs::read(folder.join(BUILD_ID))?.into();
        let chunks = std::fs::read(folder.join(CHUNKS))?.into();
        let mut names = BTreeSet::new();
        list(folder, "", &mut names)?;
        Self::new(names, build_id, chunks, Source::Folder(folder.to_path_buf()))
    }

    fn new(names: BTreeSet<String>, build_id: Bytes, chunks: Bytes, source: Source) -> io::Result<Self> {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        let build_id = std::str::from_utf8(&build_id).map_err(|error| invalid(error.to_string()))?.trim().to_owned();
        let chunks = serde_json::from_slice(&chunks).map_err(|error| invalid(error.to_string()))?;
        let chunks = Chunks(Arc::new(chunks));
        Ok(Self { build_id, names, chunks, source })
    }

    async fn answer(&self, name: &str, asked: &HeaderMap, keep: &'static str) -> Response {
        // Only what was there at the start is served, so no name can lead out of the folder.
        if !self.names.contains(name) {
            return not_here();
        }
        let coding = CODINGS
            .into_iter()
            .find(|(ending, coding)| accepts(asked, coding) && self.names.contains(&format!("{name}{ending}")));
        let etag = format!("\"{}{}\"", self.build_id, coding.map_or("", |(ending, _)| ending));
        let Ok(etag) = HeaderValue::try_from(etag) else { return not_here() };
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ETAG, etag.clone());
        if asked.get_all(header::IF_NONE_MATCH).iter().any(|known| known == etag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let Some(body) = self.read(&format!("{name}{}", coding.map_or("", |(ending, _)| ending))).await else {
            return not_here();
        };
        headers.insert(header::CONTENT_TYPE, media_type(name));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some((_, coding)) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        (headers, body).into_response()
    }

    async fn read(&self, name: &str) -> Option<Bytes> {
        match &self.source {
            #[cfg(not(feature = "embed"))]
            Source::Nowhere => None,
            Source::Folder(folder) => tokio::fs::read(folder.join(name)).await.ok().map(Bytes::from),
            #[cfg(feature = "embed")]
            Source::Embedded => embedded::read(name),
        }
    }
}

/// The files as `cargo xtask dist` compiles them in.
#[cfg(feature = "embed")]
mod embedded {
    use super::{BTreeSet, Bytes};

    // Naming the folder here makes cargo compile this again when it changes; its name carries the build id.
    const _: &str = env!("ATELIER_EMBED");

    #[derive(rust_embed::RustEmbed)]
    #[folder = "$ATELIER_EMBED"]
    struct Files;

    pub(super) fn names() -> BTreeSet<String> {
        Files::iter().map(std::borrow::Cow::into_owned).collect()
    }

    pub(super) fn read(name: &str) -> Option<Bytes> {
        Files::get(name).map(|file| match file.data {
            std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            std::borrow::Cow::Owned(bytes) => bytes.into(),
        })
    }
}

fn list(folder: &Path, prefix: &str, names: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.insert(name);
        }
    }
    Ok(())
}

fn not_here() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

/// Whether the coding may be used; one that is not named, or is named with weight 0, may not.
fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    let offers = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    offers.flat_map(|value| value.split(',')).any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts.filter_map(|part| part.strip_prefix("q=")).any(|weight| weight.parse() == Ok(0.0_f32));
        named && !refused
    })
}

fn media_type(name: &str) -> HeaderValue {
    let guessed = mime_guess::from_path(name).first_or_octet_stream();
    let textual = guessed.type_() == "text" || guessed.subtype() == "json";
    let written = if textual { format!("{guessed}; charset=utf-8") } else { guessed.to_string() };
    HeaderValue::try_from(written).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    fn site() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("public")).expect("a folder");
        for (file, text) in [
            ("build-id", "abc"),
            ("__wasm_split_manifest.json", r#"{"Concept":["chunk_0"]}"#),
            ("app_bg.wasm", "plain"),
            ("app_bg.wasm.br", "small"),
            ("app.css", "a{}"),
            ("public/robots.txt", "User-agent: *"),
            ("mark.svg", "<svg/>"),
            ("sw.js", "self"),
        ] {
            std::fs::write(folder.path().join(file), text).expect("a file");
        }
        folder
    }

    async fn ask(folder: &tempfile::TempDir, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
        let assets = Arc::new(Assets::open(Some(folder.path())).expect("a site"));
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(axum::body::Body::empty()).expect("a request");
        let (head, body) = assets.routes::<()>().oneshot(request).await.expect("an answer").into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        (head.status, head.headers, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_file_comes_compressed_typed_and_to_be_kept() {
        let folder = site();
        let (status, headers, body) = ask(&folder, "/pkg/abc/app_bg.wasm", &[("accept-encoding", "gzip, br")]).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "small"));
        assert_eq!(headers[header::CONTENT_TYPE], "application/wasm");
        assert_eq!(headers[header::CONTENT_ENCODING], "br");
        assert_eq!(headers[header::CACHE_CONTROL], FOREVER);
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let (status, _, body) = ask(&folder, "/pkg/abc/app_bg.wasm", &[("accept-encoding", "br;q=0")]).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "plain"));
        let (_, headers, _) = ask(&folder, "/pkg/abc/app.css", &[]).await;
        assert_eq!(headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    }

    #[tokio::test]
    async fn a_known_file_is_not_sent_again() {
        let folder = site();
        let (_, headers, _) = ask(&folder, "/pkg/abc/app.css", &[]).await;
        let etag = headers[header::ETAG].to_str().expect("text").to_owned();
        let (status, _, body) = ask(&folder, "/pkg/abc/app.css", &[("if-none-match", &etag)]).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    }

    #[tokio::test]
    async fn the_root_has_its_few_files() {
        let folder = site();
        assert_eq!(ask(&folder, "/robots.txt", &[]).await.2, "User-agent: *");
        let (_, headers, _) = ask(&folder, "/favicon.ico", &[]).await;
        assert_eq!(headers[header::CONTENT_TYPE], "image/svg+xml");
        assert_eq!(headers[header::CACHE_CONTROL], AN_HOUR);
    }

    #[tokio::test]
    async fn the_service_worker_stands_at_the_root_and_may_fetch() {
        let folder = site();
        let (_, headers, body) = ask(&folder, "/sw.js", &[]).await;
        assert_eq!(body, "self");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], WORKER_POLICY);
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        let folder = site();
        for path in [
            "/pkg/old/app.css",
            "/pkg/abc/absent.css",
            "/pkg/abc/../build-id",
            "/pkg/abc/%2e%2e/%2e%2e/etc/passwd",
            "/pkg/abc//etc/passwd",
            "/pkg/abc/public/robots.txt",
        ] {
            let (status, headers, _) = ask(&folder, path, &[]).await;
            assert_eq!(
                (status, &headers[header::CACHE_CONTROL]),
                (StatusCode::NOT_FOUND, &HeaderValue::from_static("no-store")),
                "{path}"
            );
        }
    }

    #[test]
    fn a_folder_without_a_build_is_refused() {
        assert!(Assets::open(Some(&std::env::temp_dir().join("atelier-no-such-folder"))).is_err());
    }
}
