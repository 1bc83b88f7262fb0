//! Headers of every answer, health, and the end of faults.

use http::{Method, StatusCode};
use shared::{Role, api::Code};
use tests::app::App;

#[tokio::test]
async fn every_answer_keeps_browsers_to_what_we_mean() {
    let app = App::new().await;
    for path in ["/api/v1/me", "/api/v1/nowhere", "/healthz"] {
        let answer = app.visitor().get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers[name], value, "{path}");
        }
        let policy = answer.headers["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; frame-ancestors 'none'"), "{policy}");
        assert!(answer.headers.contains_key("permissions-policy"));
        assert!(!answer.headers.contains_key("strict-transport-security"));
    }
    assert_eq!(app.visitor().get("/api/v1/me").await.headers["cache-control"], "no-store");

    let app = App::configured(|config| config.public_url = "https://atelier.test".parse().ok()).await;
    assert!(app.visitor().get("/api/v1/me").await.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn it_says_whether_it_lives_and_is_ready() {
    let app = App::new().await;
    app.visitor().get("/healthz").await.nothing(StatusCode::OK);
    app.visitor().get("/readyz").await.nothing(StatusCode::OK);
    app.atelier.stop.cancel();
    app.visitor().get("/healthz").await.nothing(StatusCode::OK);
    app.visitor().get("/readyz").await.nothing(StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn without_its_database_it_says_so_and_tells_nothing_else() {
    let app = App::new().await;
    let marie = app.person(Role::Customer).await;
    app.atelier.db.close().await;
    let problem = marie.get("/api/v1/me").await.problem(Code::Unavailable);
    assert!(!problem.detail.to_lowercase().contains("pool"), "{}", problem.detail);
    marie.get("/readyz").await.nothing(StatusCode::SERVICE_UNAVAILABLE);
    marie.get("/healthz").await.nothing(StatusCode::OK);
}

#[tokio::test]
async fn a_fault_is_told_by_its_number_only() {
    let app = App::new().await;
    let marie = app.person(Role::Customer).await;
    app.execute("DROP TABLE session").await;
    let answer = marie.get("/api/v1/me").await;
    let problem = answer.problem(Code::Internal);
    let id = answer.headers["x-request-id"].to_str().expect("text");
    assert_eq!(problem.instance, Some(format!("urn:uuid:{id}")));
    assert!(!String::from_utf8_lossy(&answer.body).contains("session"), "{problem:?}");
}

#[tokio::test]
async fn unknown_addresses_and_methods_of_the_api_are_problems() {
    let app = App::new().await;
    let visitor = app.visitor();
    for path in ["/api/v1/nowhere", "/api/v1/", "/api/v2/me", "/api/"] {
        visitor.get(path).await.problem(Code::NotFound);
    }
    let answer = visitor.send(visitor.request(Method::PUT, "/api/v1/me"), "").await;
    answer.problem(Code::Method);
    assert_eq!(answer.headers["allow"], "GET,HEAD,PATCH");
}
