//! The corpus of the fuzz targets, tried again: what was once found stays found.

#[path = "../../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;

#[test]
fn what_fuzzing_found_stays_found() {
    for (name, target) in targets::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        let mut tried = 0;
        for file in std::fs::read_dir(&folder).expect("a corpus") {
            let file = file.expect("a file").path();
            let data = std::fs::read(&file).expect("readable");
            let well = std::panic::catch_unwind(|| target(&data)).is_ok();
            assert!(well, "{}", file.display());
            tried += 1;
        }
        assert!(tried >= 10, "{name}: {tried} files");
    }
}
