//! Canvases read again and again: from the beginning of their logs only when they must be, and never in the way of others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use server::{
    domain::canvases::{Canvases, Reading},
    store::Db,
};
use shared::{DocumentId, PersonId, Role, canvas::ItemKind, rules::Audience};
use tests::{
    canvas::{draw, draw_many, note, remove, shift},
    on_both_databases,
};

use crate::workspace::{board, person};

/// More than what lies on the canvas here weighs, and less than all that was ever changed on it.
const LITTLE: usize = 16 << 10;

/// A canvas with a few notes, one of which was moved many times.
async fn worn(db: &Db) -> (DocumentId, PersonId) {
    let owner = person(db, "owner", Role::Owner).await;
    let canvas = board(db, &owner, "Goûter", Audience::Public).await.canvas;
    draw(db, canvas, owner.id, |doc| ["n0", "n1", "n2"].iter().for_each(|id| note(doc, id, "Du pain"))).await;
    draw_many(db, canvas, owner.id, 200, |doc, n| shift(doc, "n0", 20 + n)).await;
    (canvas, owner.id)
}

async fn read(all: &Canvases, canvas: DocumentId) -> Arc<Reading> {
    all.read(canvas).await.expect("a canvas")
}

/// Connections that are with somebody.
fn taken(db: &Db) -> usize {
    match db {
        Db::Sqlite { read, .. } => read.size() as usize - read.num_idle(),
        Db::Postgres(pool) => pool.size() as usize - pool.num_idle(),
    }
}

on_both_databases! {
    async fn what_lies_on_a_canvas_too_large_to_be_kept_is_kept(db: Db) {
        let (canvas, owner) = worn(&db).await;
        let all = Canvases::within(db.clone(), LITTLE);
        let first = read(&all, canvas).await;
        for _ in 0..3 {
            assert!(Arc::ptr_eq(&first, &read(&all, canvas).await), "nothing new, nothing done");
        }
        assert_eq!(all.loaded(), 1);
        draw(&db, canvas, owner, |doc| note(doc, "n3", "Du beurre")).await;
        let second = read(&all, canvas).await;
        assert_eq!((second.seq, second.canvas.notes.len(), all.loaded()), (first.seq + 1, 4, 2));
        assert!(Arc::ptr_eq(&second, &read(&all, canvas).await));
        // One that fits is read on.
        let roomy = Canvases::new(db.clone());
        read(&roomy, canvas).await;
        draw(&db, canvas, owner, |doc| remove(doc, ItemKind::Note, "n3")).await;
        assert_eq!((read(&roomy, canvas).await.canvas.notes.len(), roomy.loaded()), (3, 1));
    }

    async fn what_is_kept_of_canvases_stays_within_its_bounds(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let all = Canvases::within(db.clone(), LITTLE);
        let mut canvases = Vec::new();
        for place in 0..4 {
            let canvas = board(&db, &owner, &format!("T{place}"), Audience::Public).await.canvas;
            // What lies there takes a little less than half of what there is.
            draw(&db, canvas, owner.id, |doc| note(doc, "n0", &"pain ".repeat(1_400))).await;
            read(&all, canvas).await;
            canvases.push(canvas);
        }
        assert_eq!((all.kept(), all.loaded()), (2, 4));
        read(&all, canvases[3]).await;
        read(&all, canvases[2]).await;
        assert_eq!(all.loaded(), 4, "those that were asked for last are kept");
        read(&all, canvases[0]).await;
        assert_eq!((all.kept(), all.loaded()), (2, 5));
    }

    async fn many_who_ask_for_a_canvas_at_once_wait_for_the_same(db: Db) {
        let (canvas, owner) = worn(&db).await;
        let all = Canvases::within(db.clone(), LITTLE);
        let (stop, busy) = (Arc::new(AtomicBool::new(false)), db.clone());
        let ends = stop.clone();
        let writer = tokio::spawn(async move {
            for n in 0.. {
                draw(&busy, canvas, owner, |doc| shift(doc, "n1", 20 + n)).await;
                if ends.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        for round in 1..=3 {
            let readings = join_all((0..12).map(|_| read(&all, canvas))).await;
            assert!(readings.is_sorted_by_key(|reading| reading.seq));
            // The first may have looked before the others asked, on a busy machine the next too.
            assert!(all.loaded() <= round * 3, "{} in round {round}", all.loaded());
        }
        stop.store(true, Ordering::Relaxed);
        writer.await.expect("no panic");
    }

    async fn what_somebody_did_not_wait_for_is_not_begun_again(db: Db) {
        let (canvas, _) = worn(&db).await;
        let all = Canvases::within(db.clone(), LITTLE);
        for _ in 0..5 {
            let (asks, gone) = (all.clone(), canvas);
            let task = tokio::spawn(async move { asks.read(gone).await.map(drop) });
            while all.loaded() == 0 {
                tokio::task::yield_now().await;
            }
            task.abort();
        }
        assert_eq!((read(&all, canvas).await.canvas.notes.len(), all.loaded()), (3, 1));
    }

    async fn no_connection_is_held_while_a_canvas_is_worked_on(db: Db) {
        let (canvas, owner) = worn(&db).await;
        draw(&db, canvas, owner, |doc| (0..100_000).for_each(|n| shift(doc, "n2", n))).await;
        let all = Canvases::new(db.clone());
        let asks = all.clone();
        let task = tokio::spawn(async move { asks.read(canvas).await.expect("a canvas").seq });
        let (mut looked, mut held) = (0, 0);
        while !task.is_finished() {
            looked += 1;
            held += usize::from(taken(&db) > 0);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(task.await.expect("no panic"), 203);
        assert!(looked >= 10 && held * 2 < looked, "{held} of {looked}");
    }
}
