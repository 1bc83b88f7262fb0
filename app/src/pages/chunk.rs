//! The pages that the first ones, home and boards, do not need, in chunks of wasm of their own. The server draws them
//! like any other page; their chunk is fetched once that is seen, and those likely to be wanted next after it.
//!
//! A chunk that does not load (no network, a newer build) is said, and the page stays what it is: `leptos`' own `lazy`
//! panics then, which ends the whole client.

use leptos::prelude::*;
use leptos_router::LazyRoute;

use super::{
    admin::{self, Part},
    board_form, board_settings, canvas, canvas_history, credit, desk, history, idea, inbox, join, mail_link, news,
    person, pipeline, privacy, problem, propose, recognition, roadmap, search, search_dialog, settings, setup,
    shortcuts, sign_in, sign_up,
};
use crate::ui::finder;

/// A chunk of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// An idea and how it came to be, a person, the roadmap, the news, who was recognised, how credit is computed, and what is kept about people.
    Idea,
    /// Sign in and up, the two links by which people come, those in mails, and proposing an idea.
    Enter,
    /// A person's, a board's and the workspace's settings, the desk and the inbox.
    Manage,
    /// Search, as a page and as a dialog, and the list of keys.
    Search,
    /// The views of a board in which ideas are moved about.
    Arrange,
}

impl Chunk {
    /// The chunk which the page at `path` comes in, unless it comes with the first.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        match path.trim_matches('/').split('/').collect::<Vec<_>>()[..] {
            ["i" | "people", _]
            | ["i", _, _]
            | ["i", _, _, "history"]
            | ["roadmap" | "news" | "recognition" | "credit" | "privacy"] => Some(Self::Idea),
            ["sign-in" | "sign-up"] | ["setup" | "join", _] | ["mail", "off" | "confirm", _] | ["b", _, "propose"] => {
                Some(Self::Enter)
            }
            ["settings" | "admin" | "desk" | "inbox"]
            | ["admin", "people" | "boards" | "import" | "recognition" | "outbox" | "audit"]
            | ["recognition", "mine"]
            | ["settings", "data"]
            | ["i", _, _, "recognise"]
            | ["b", "new"]
            | ["b", _, "settings"] => Some(Self::Manage),
            ["search"] => Some(Self::Search),
            ["b", _, "pipeline" | "canvas"] | ["b", _, "canvas", "history"] => Some(Self::Arrange),
            _ => None,
        }
    }

    /// The name it has in the manifest.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Idea => "read",
            Self::Enter => "enter",
            Self::Manage => "manage",
            Self::Search => "seek",
            Self::Arrange => "arrange",
        }
    }

    /// Fetches it, so that its pages open at once.
    ///
    /// # Errors
    /// [`Missing`].
    pub async fn fetch(self) -> Result<(), Missing> {
        #[cfg(feature = "hydrate")]
        match self {
            Self::Idea => fetch_idea().await?,
            Self::Enter => fetch_enter().await?,
            Self::Manage => fetch_manage().await?,
            Self::Search => fetch_seek().await?,
            Self::Arrange => fetch_arrange().await?,
        }
        Ok(())
    }
}

/// A chunk did not load.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

#[cfg(feature = "hydrate")]
impl From<leptos::wasm_split::SplitLoaderError> for Missing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// A function that in the browser stands in the chunk of its name, and fetches that when called.
macro_rules! chunk {
    ($chunk:ident, fetched by $fetch:ident: $page:ident of $pages:ty => $view:expr) => {
        #[cfg(feature = "hydrate")]
        #[leptos::wasm_split::wasm_split($chunk, wasm_split_path = leptos::wasm_split, preload($fetch), fallible)]
        fn $chunk($page: $pages) -> Result<AnyView, Missing> {
            Ok($view)
        }

        #[cfg(not(feature = "hydrate"))]
        async fn $chunk($page: $pages) -> Result<AnyView, Missing> {
            Ok($view)
        }
    };
}

enum Reading {
    Idea,
    History,
    Person,
    Roadmap,
    News,
    Recognition,
    Joy,
    Credit,
    Privacy,
}

chunk!(read, fetched by fetch_idea: page of Reading => match page {
    Reading::Idea => idea::view(),
    Reading::History => history::view(),
    Reading::Person => person::view(),
    Reading::Roadmap => roadmap::view(),
    Reading::News => news::view(),
    Reading::Recognition => recognition::view(),
    Reading::Joy => recognition::joy::view(),
    Reading::Credit => credit::view(),
    Reading::Privacy => privacy::view(),
});

enum Entering {
    SignIn,
    SignUp,
    Setup,
    Join,
    MailLink,
    Propose,
}

chunk!(enter, fetched by fetch_enter: page of Entering => match page {
    Entering::SignIn => sign_in::view(),
    Entering::SignUp => sign_up::view(),
    Entering::Setup => setup::view(),
    Entering::Join => join::view(),
    Entering::MailLink => mail_link::view(),
    Entering::Propose => propose::view(),
});

enum Managing {
    Settings,
    Data,
    Admin,
    AdminPart(Part),
    Desk,
    Inbox,
    NewBoard,
    BoardSettings,
    Recognise,
    OwnRecognition,
}

chunk!(manage, fetched by fetch_manage: page of Managing => match page {
    Managing::Settings => settings::view(),
    Managing::Data => settings::data::view(),
    Managing::Admin => admin::first(),
    Managing::AdminPart(part) => admin::view(part),
    Managing::Desk => desk::view(),
    Managing::Inbox => inbox::view(),
    Managing::NewBoard => board_form::view(),
    Managing::BoardSettings => board_settings::view(),
    Managing::Recognise => recognition::give(),
    Managing::OwnRecognition => recognition::mine(),
});

enum Searching {
    Page,
    Dialog(finder::Part),
}

chunk!(seek, fetched by fetch_seek: page of Searching => match page {
    Searching::Page => search::view(),
    Searching::Dialog(finder::Part::Search) => search_dialog::view(),
    Searching::Dialog(finder::Part::Keys) => shortcuts::view(),
});

enum Arranging {
    Pipeline,
    Canvas,
    CanvasHistory,
}

chunk!(arrange, fetched by fetch_arrange: page of Arranging => match page {
    Arranging::Pipeline => pipeline::view(),
    Arranging::Canvas => canvas::view(),
    Arranging::CanvasHistory => canvas_history::view(),
});

/// What the dialog of search shows.
///
/// # Errors
/// [`Missing`].
pub async fn find(part: finder::Part) -> Result<AnyView, Missing> {
    seek(Searching::Dialog(part)).await
}

/// What tells somebody that they were recognised.
///
/// # Errors
/// [`Missing`].
pub async fn joy() -> Result<AnyView, Missing> {
    read(Reading::Joy).await
}

/// The routes of these pages.
macro_rules! routes {
    ($($route:ident: $chunk:ident($page:expr) in $in:expr;)+) => {$(
        #[doc = concat!("The route of a page in [`", stringify!($in), "`].")]
        pub struct $route;

        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                $chunk($page).await.unwrap_or_else(|Missing| problem::missing())
            }

            async fn preload() {
                // If it is missing, the view says so.
                let _ = $in.fetch().await;
            }
        }
    )+};
}

routes! {
    Idea: read(Reading::Idea) in Chunk::Idea;
    History: read(Reading::History) in Chunk::Idea;
    Person: read(Reading::Person) in Chunk::Idea;
    Roadmap: read(Reading::Roadmap) in Chunk::Idea;
    Credit: read(Reading::Credit) in Chunk::Idea;
    News: read(Reading::News) in Chunk::Idea;
    Recognition: read(Reading::Recognition) in Chunk::Idea;
    Privacy: read(Reading::Privacy) in Chunk::Idea;
    SignIn: enter(Entering::SignIn) in Chunk::Enter;
    SignUp: enter(Entering::SignUp) in Chunk::Enter;
    Setup: enter(Entering::Setup) in Chunk::Enter;
    Join: enter(Entering::Join) in Chunk::Enter;
    MailLink: enter(Entering::MailLink) in Chunk::Enter;
    Propose: enter(Entering::Propose) in Chunk::Enter;
    Settings: manage(Managing::Settings) in Chunk::Manage;
    Data: manage(Managing::Data) in Chunk::Manage;
    Admin: manage(Managing::Admin) in Chunk::Manage;
    AdminPeople: manage(Managing::AdminPart(Part::People)) in Chunk::Manage;
    AdminBoards: manage(Managing::AdminPart(Part::Boards)) in Chunk::Manage;
    AdminImport: manage(Managing::AdminPart(Part::Import)) in Chunk::Manage;
    AdminRecognition: manage(Managing::AdminPart(Part::Recognition)) in Chunk::Manage;
    AdminOutbox: manage(Managing::AdminPart(Part::Outbox)) in Chunk::Manage;
    AdminAudit: manage(Managing::AdminPart(Part::Audit)) in Chunk::Manage;
    Desk: manage(Managing::Desk) in Chunk::Manage;
    Inbox: manage(Managing::Inbox) in Chunk::Manage;
    NewBoard: manage(Managing::NewBoard) in Chunk::Manage;
    BoardSettings: manage(Managing::BoardSettings) in Chunk::Manage;
    Recognise: manage(Managing::Recognise) in Chunk::Manage;
    OwnRecognition: manage(Managing::OwnRecognition) in Chunk::Manage;
    Search: seek(Searching::Page) in Chunk::Search;
    Pipeline: arrange(Arranging::Pipeline) in Chunk::Arrange;
    Canvas: arrange(Arranging::Canvas) in Chunk::Arrange;
    CanvasHistory: arrange(Arranging::CanvasHistory) in Chunk::Arrange;
}

#[cfg(test)]
mod tests {
    use super::Chunk;

    #[test]
    fn a_path_leads_to_its_chunk() {
        for path in ["/", "/b/bread", "/b", "/i", "/settings/else"] {
            assert_eq!(Chunk::of(path), None, "{path}");
        }
        for path in [
            "/i/7/more-rye",
            "/i/7/more-rye/history",
            "/i/7",
            "/i/7/",
            "/people/zoe",
            "/roadmap",
            "/news",
            "/recognition",
            "/privacy",
        ] {
            assert_eq!(Chunk::of(path), Some(Chunk::Idea), "{path}");
        }
        for path in ["/sign-in", "/sign-up/", "/setup/abc", "/join/abc", "/mail/off/abc", "/b/bread/propose"] {
            assert_eq!(Chunk::of(path), Some(Chunk::Enter), "{path}");
        }
        for path in [
            "/settings",
            "/settings/data",
            "/admin",
            "/admin/people",
            "/admin/boards",
            "/admin/import",
            "/admin/recognition",
            "/recognition/mine",
            "/i/7/more-rye/recognise",
            "/admin/outbox",
            "/admin/audit",
            "/desk",
            "/inbox",
            "/b/new",
            "/b/bread/settings",
        ] {
            assert_eq!(Chunk::of(path), Some(Chunk::Manage), "{path}");
        }
        assert_eq!(Chunk::of("/search"), Some(Chunk::Search));
        assert_eq!(Chunk::of("/b/bread/pipeline"), Some(Chunk::Arrange));
        assert_eq!(Chunk::of("/b/bread/canvas"), Some(Chunk::Arrange));
        assert_eq!(Chunk::of("/b/bread/canvas/history"), Some(Chunk::Arrange));
    }
}
