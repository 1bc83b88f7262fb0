-- What happens to ideas is about entries too, and of more kinds: which there are, the program knows. What refers to it is
-- made anew with it. Paired with the other database's file of this number.
CREATE TABLE notice_kept AS SELECT * FROM notice;
DROP TABLE notice;
CREATE TABLE happening_kept AS SELECT * FROM happening;
DROP TABLE happening;
CREATE TABLE happening (
    id           BLOB    PRIMARY KEY,
    idea_id      BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL,
    actor_id     BLOB    NOT NULL REFERENCES person (id),
    -- The stage it moved to; the comment that was made; the merge that was made, or undone; the entry it is about.
    stage_id     BLOB    REFERENCES stage (id),
    comment_id   BLOB    REFERENCES comment (id) ON DELETE CASCADE,
    merge_id     BLOB    REFERENCES merge (id) ON DELETE CASCADE,
    entry_id     BLOB    REFERENCES entry (id) ON DELETE CASCADE,
    -- The place of its log at which the concept had become another.
    concept_seq  INTEGER,
    -- The reason of a move or merge.
    words        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    -- Up to whom it was delivered, by id; when everybody was.
    delivered_to BLOB,
    done_at      INTEGER
) STRICT;
INSERT INTO happening (id, idea_id, kind, actor_id, stage_id, comment_id, merge_id, concept_seq, words, created_at,
    delivered_to, done_at)
SELECT id, idea_id, kind, actor_id, stage_id, comment_id, merge_id, concept_seq, words, created_at, delivered_to, done_at
FROM happening_kept;
DROP TABLE happening_kept;
CREATE INDEX happening_waiting ON happening (done_at, created_at);
CREATE INDEX happening_comment ON happening (comment_id);
CREATE INDEX happening_merge ON happening (merge_id);
CREATE INDEX happening_entry ON happening (entry_id);
CREATE INDEX happening_progress ON happening (created_at, id)
    WHERE kind IN ('stage', 'answer', 'update', 'milestone', 'experiment', 'result');

CREATE TABLE notice (
    person_id    BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    happening_id BLOB    NOT NULL REFERENCES happening (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    read_at      INTEGER,
    PRIMARY KEY (person_id, happening_id)
) STRICT;
INSERT INTO notice (person_id, happening_id, created_at, read_at)
SELECT person_id, happening_id, created_at, read_at FROM notice_kept;
DROP TABLE notice_kept;
CREATE INDEX notice_unread ON notice (person_id, read_at);

CREATE TABLE notice_off_kept AS SELECT * FROM notice_off;
DROP TABLE notice_off;
CREATE TABLE notice_off (
    person_id    BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL,
    PRIMARY KEY (person_id, kind)
) STRICT;
INSERT INTO notice_off (person_id, kind) SELECT person_id, kind FROM notice_off_kept;
DROP TABLE notice_off_kept;
