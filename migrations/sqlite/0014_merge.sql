-- Ideas that live on in others, concepts that change after support, and stages that go. Paired with the other
-- database's file of this number.

-- That an idea, the twin, was merged into another. See docs/merging.md.
CREATE TABLE merge (
    id           BLOB    PRIMARY KEY,
    twin_id      BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    target_id    BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id    BLOB    NOT NULL REFERENCES person (id),
    reason       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    -- The twin's votes from before an import, which the target has besides its own.
    votes_before INTEGER NOT NULL,
    -- 1 when the twin's answers are the first that the target has.
    answers      INTEGER NOT NULL,
    undone_at    INTEGER,
    undone_by    BLOB    REFERENCES person (id)
) STRICT;
-- An idea lives on in one other at a time.
CREATE UNIQUE INDEX merge_twin ON merge (twin_id) WHERE undone_at IS NULL;
CREATE INDEX merge_target ON merge (target_id, created_at);

-- By which merge somebody's mark came to an idea; nothing where they set it there.
ALTER TABLE vote ADD COLUMN merge_id BLOB REFERENCES merge (id) ON DELETE CASCADE;
ALTER TABLE follow ADD COLUMN merge_id BLOB REFERENCES merge (id) ON DELETE CASCADE;
ALTER TABLE coauthor ADD COLUMN merge_id BLOB REFERENCES merge (id) ON DELETE CASCADE;

-- The comments that a merge moved.
CREATE TABLE merge_comment (
    merge_id     BLOB    NOT NULL REFERENCES merge (id) ON DELETE CASCADE,
    comment_id   BLOB    NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    PRIMARY KEY (merge_id, comment_id)
) STRICT;
CREATE INDEX merge_comment_comment ON merge_comment (comment_id);

-- The credit that a merge added to what its target's shapers have there.
CREATE TABLE merge_shaper (
    merge_id     BLOB    NOT NULL REFERENCES merge (id) ON DELETE CASCADE,
    person_id    BLOB    NOT NULL REFERENCES person (id),
    changes      INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    PRIMARY KEY (merge_id, person_id)
) STRICT;

-- Up to which place of its log a concept was compared with what those who voted for it saw: see docs/material-change.md.
ALTER TABLE idea ADD COLUMN judged_seq INTEGER NOT NULL DEFAULT 0;
UPDATE idea SET judged_seq = concept_seq;
CREATE INDEX idea_unjudged ON idea (updated_at) WHERE judged_seq < concept_seq;
-- The place of which somebody was told that the concept had become another.
ALTER TABLE vote ADD COLUMN told_seq INTEGER NOT NULL DEFAULT 0;

-- When a stage was taken away. It keeps its row, for the moves that name it.
ALTER TABLE stage ADD COLUMN removed_at INTEGER;

-- What happens to ideas gets two kinds more. What refers to it is made anew with it.
CREATE TABLE notice_kept AS SELECT * FROM notice;
DROP TABLE notice;
CREATE TABLE happening_kept AS SELECT * FROM happening;
DROP TABLE happening;
CREATE TABLE happening (
    id           BLOB    PRIMARY KEY,
    idea_id      BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('stage', 'answer', 'comment', 'mention', 'merged', 'changed')),
    actor_id     BLOB    NOT NULL REFERENCES person (id),
    -- The stage it moved to; the comment that was made; the merge that was made, or undone.
    stage_id     BLOB    REFERENCES stage (id),
    comment_id   BLOB    REFERENCES comment (id) ON DELETE CASCADE,
    merge_id     BLOB    REFERENCES merge (id) ON DELETE CASCADE,
    -- The place of its log at which the concept had become another.
    concept_seq  INTEGER,
    -- The reason of a move or merge.
    words        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    -- Up to whom it was delivered, by id; when everybody was.
    delivered_to BLOB,
    done_at      INTEGER
) STRICT;
INSERT INTO happening (id, idea_id, kind, actor_id, stage_id, comment_id, words, created_at, delivered_to, done_at)
SELECT id, idea_id, kind, actor_id, stage_id, comment_id, words, created_at, delivered_to, done_at FROM happening_kept;
DROP TABLE happening_kept;
CREATE INDEX happening_waiting ON happening (done_at, created_at);
CREATE INDEX happening_comment ON happening (comment_id);
CREATE INDEX happening_merge ON happening (merge_id);

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
    kind         TEXT    NOT NULL CHECK (kind IN ('stage', 'answer', 'comment', 'mention', 'merged', 'changed')),
    PRIMARY KEY (person_id, kind)
) STRICT;
INSERT INTO notice_off (person_id, kind) SELECT person_id, kind FROM notice_off_kept;
DROP TABLE notice_off_kept;
