//! Signing in and out.

use http::StatusCode;
use shared::{Role, api::Me};
use tests::on_each_database;

on_each_database! {
    somebody_signs_in_and_out(app) {
        let marie = app.person(Role::Customer).await;
        let me: Me = marie.get("/api/v1/me").await.ok();
        assert_eq!(me.person.as_ref(), Some(marie.person()));
        assert!(me.session.is_some());

        let out = marie.delete("/api/v1/session").await;
        out.nothing(StatusCode::NO_CONTENT);
        assert!(out.set_cookie().is_some_and(|cookie| cookie.starts_with("atelier=; ") && cookie.contains("Max-Age=0")));
        let me: Me = marie.get("/api/v1/me").await.ok();
        assert_eq!(me.person, None, "the old cookie opens nothing");
    }
}
