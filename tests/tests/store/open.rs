//! Opening a database, and addresses that are none.

use std::os::unix::fs::PermissionsExt as _;

use server::store::{Db, Durability, StoreError};

#[tokio::test]
async fn the_folder_is_made_and_its_owners_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let deep = folder.path().join("deep/er");
    let db = Db::open(&format!("sqlite:{}/atelier.db", deep.display()), Durability::Full).await.expect("it opens");
    db.close().await;
    for made in [&deep, &folder.path().join("deep")] {
        let mode = std::fs::metadata(made).expect("a folder").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", made.display());
    }
}

#[tokio::test]
async fn what_is_no_database_is_said_without_its_password() {
    let error =
        Db::open("mysql://root:secret@localhost/atelier", Durability::Full).await.expect_err("no such database");
    assert!(matches!(error, StoreError::Address(_)));
    assert!(!error.to_string().contains("secret"), "{error}");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("text.db");
    std::fs::write(&file, "not a database, but long enough to look like one, were it not for its first words")
        .expect("a file");
    assert!(Db::open(&format!("sqlite:{}", file.display()), Durability::Full).await.is_err());
}
