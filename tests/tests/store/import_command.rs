//! `atelier import ideas`, the program itself.

use std::process::{Command, Output};

use server::domain::boards;
use shared::{Role, rules::Audience};
use tests::{database::TestDb, process::binary, real_ideas};

use crate::workspace::{board, person};

/// Runs it on a database, with these arguments.
fn atelier(url: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(binary());
    command.args(["import", "ideas", "--database-url", url]).args(arguments);
    command.output().expect("the program runs")
}

fn said(output: &Output) -> (bool, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

async fn on(test: TestDb) {
    let db = &test.db;
    let owner = person(db, "odile", Role::Owner).await;
    person(db, "marie", Role::Moderator).await;
    person(db, "ali", Role::Customer).await;
    board(db, &owner, "Pains", Audience::Public).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("idées.csv");
    std::fs::write(&file, "title,votes,author,url\nFlan,7,Zoé,x\nÉclair,beaucoup,,x\n,,\n").expect("a file");
    let path = file.to_str().expect("a path");
    let ideas = async || boards::one(db, None, "pains").await.expect("the board").ideas;

    let (well, told, _) = said(&atelier(&test.url, &[path, "--board", "pains", "--dry-run"]));
    assert!(well && told.contains("3 rows: 1 new, 0 known already, 0 repeated in the file, 2 bad"), "{told}");
    assert!(
        told.contains("line 3: votes is no whole number") && told.contains("line 4: the row has 3 fields"),
        "{told}"
    );
    assert!(told.contains("not read: url") && told.contains("Zoé") && told.contains("dry run"), "{told}");
    assert_eq!(ideas().await, 0);

    let (well, told, progress) = said(&atelier(&test.url, &[path, "--board", "pains", "--by", "marie@example.org"]));
    assert!(
        well && told.ends_with("1 ideas came in.\n") && progress.contains("1 of 1 ideas are in"),
        "{told}{progress}"
    );
    let (well, told, _) = said(&atelier(&test.url, &[path, "--board", "pains", "--by", "@marie"]));
    assert!(well && told.contains("0 new, 1 known already") && told.ends_with("0 ideas came in.\n"), "{told}");
    assert_eq!(ideas().await, 1);

    let missing = folder.path().join("none.csv").display().to_string();
    let latin = folder.path().join("utf-16.csv");
    std::fs::write(&latin, b"\xff\xfet\0i\0").expect("a file");
    for (arguments, reason) in [
        (vec![path, "--board", "gâteaux"], "there is no board `gâteaux`"),
        (vec![path, "--board", "pains", "--by", "ali"], "needs the role Moderator"),
        (vec![path, "--board", "pains", "--by", "nobody"], "nobody here has"),
        (vec![missing.as_str(), "--board", "pains"], "cannot be read"),
        (vec![latin.to_str().expect("a path"), "--board", "pains"], "no text in UTF-8 or Windows-1252"),
    ] {
        let (well, _, why) = said(&atelier(&test.url, &arguments));
        assert!(!well && why.contains(reason), "{arguments:?}: {why}");
    }
    assert_eq!(ideas().await, 1);

    let Some(files) = real_ideas::files() else { return };
    for (file, expected) in files.iter().zip([2_966, 665]) {
        let slug = board(db, &owner, &file.file_stem().expect("a name").to_string_lossy(), Audience::Public).await.slug;
        let file = file.to_str().expect("a path");
        let (well, told, _) = said(&atelier(&test.url, &[file, "--board", &slug]));
        assert!(well, "{told}");
        assert_eq!(boards::one(db, None, &slug).await.expect("the board").ideas, expected);
        let (_, told, _) = said(&atelier(&test.url, &[file, "--board", &slug]));
        assert!(told.ends_with("0 ideas came in.\n"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_brings_in_a_file_on_sqlite() {
    on(TestDb::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_brings_in_a_file_on_postgresql() {
    if let Some(test) = TestDb::postgres().await {
        on(test).await;
    }
}
