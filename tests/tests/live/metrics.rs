//! What the live engine counts while people write.

use shared::{
    Role,
    live::concept::Field,
    rules::{Audience, EditingRule},
};
use tests::live::Client;

use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn writing_shows_in_the_metrics() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Employee).await);
    let board = house.town.board(Audience::Public, EditingRule::Staff).await;
    let (_, document) = house.town.idea(&ada, &board, "").await;
    let mut reader = Client::new(house.address, &ada.token, "reader", document);
    let mut writer = Client::new(house.address, &ben.token, "writer", document);
    reader.open().await;
    writer.open().await;
    for _ in 0..3 {
        writer.splice(Field::Body, 0, 0, "mie ").await;
        writer.saved().await;
    }
    reader.splice(Field::Body, 0, 0, "non").await;
    reader.saved().await;
    for (metric, expected) in [
        ("atelier_sockets_open", 2.0),
        ("atelier_documents_open", 2.0),
        ("atelier_edits_stored_total", 3.0),
        ("atelier_refusals_total{code=\"forbidden\"}", 1.0),
        ("atelier_commit_changes_sum", 3.0),
        ("atelier_committer_requests", 0.0),
        ("atelier_outbound_bytes", 0.0),
        ("atelier_sync_answers_total{path=\"at_hand\"}", 2.0),
    ] {
        assert_eq!(house.metric(metric), Some(expected), "{metric}");
    }
    assert!(house.metric("atelier_messages_total") >= Some(7.0));
    drop((reader, writer));
    house.until_metric("atelier_sockets_open", |open| open == 0.0).await;
    house.until_metric("atelier_documents_open", |open| open == 0.0).await;
    house.close().await;
}
