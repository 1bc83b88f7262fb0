-- What is held on canvases: which notes became ideas, reactions to notes, timers, dot votes, and the links by which guests
-- follow one. Paired with the other database's file of this number.

-- That a note became an idea: once, whoever asked for it.
CREATE TABLE promotion (
    document_id BLOB    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    note        TEXT    NOT NULL,
    idea_id     BLOB    NOT NULL UNIQUE REFERENCES idea (id) ON DELETE CASCADE,
    -- Who asked for it; the idea is its author's.
    person_id   BLOB    NOT NULL REFERENCES person (id),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (document_id, note)
) STRICT;

CREATE TABLE note_reaction (
    document_id BLOB    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    note        TEXT    NOT NULL,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('agree', 'love', 'insight', 'thanks', 'smile')),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (document_id, note, person_id, kind)
) STRICT;

-- That a canvas holds a picture, or held it: what was taken out can be put back.
CREATE TABLE canvas_picture (
    document_id BLOB    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    picture_id  BLOB    NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    PRIMARY KEY (document_id, picture_id)
) STRICT;
CREATE INDEX canvas_picture_picture ON canvas_picture (picture_id);

-- The timer of a board's canvas. It runs until a moment, or is paused with so many milliseconds left.
CREATE TABLE timer (
    board_id    BLOB    PRIMARY KEY REFERENCES board (id) ON DELETE CASCADE,
    seconds     INTEGER NOT NULL,
    ends_at     INTEGER,
    paused_with INTEGER,
    person_id   BLOB    NOT NULL REFERENCES person (id)
) STRICT;

CREATE TABLE dot_vote (
    id          BLOB    PRIMARY KEY,
    board_id    BLOB    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    question    TEXT    NOT NULL,
    dots        INTEGER NOT NULL,
    -- 1 when nobody may set more than one dot on one thing.
    one_each    INTEGER NOT NULL,
    -- 1 when nobody learns who set which.
    anonymous   INTEGER NOT NULL,
    person_id   BLOB    NOT NULL REFERENCES person (id),
    started_at  INTEGER NOT NULL,
    -- When it ends by itself.
    ends_at     INTEGER,
    ended_at    INTEGER,
    -- How many people had set dots when it ended.
    voters      INTEGER,
    -- When its results were put away.
    cleared_at  INTEGER
) STRICT;
-- One at a time.
CREATE UNIQUE INDEX dot_vote_on ON dot_vote (board_id) WHERE ended_at IS NULL;
CREATE INDEX dot_vote_board ON dot_vote (board_id, started_at);
CREATE INDEX dot_vote_due ON dot_vote (ends_at) WHERE ended_at IS NULL;

-- Who set how many dots on what. Of an anonymous vote that ended there are none: only the sums stay.
CREATE TABLE dot (
    vote_id     BLOB    NOT NULL REFERENCES dot_vote (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    item        TEXT    NOT NULL,
    dots        INTEGER NOT NULL CHECK (dots > 0),
    PRIMARY KEY (vote_id, person_id, item)
) STRICT;

-- How many dots a thing had when the vote ended.
CREATE TABLE dot_sum (
    vote_id     BLOB    NOT NULL REFERENCES dot_vote (id) ON DELETE CASCADE,
    item        TEXT    NOT NULL,
    dots        INTEGER NOT NULL,
    PRIMARY KEY (vote_id, item)
) STRICT;

-- A link by which guests follow the canvas of a board.
CREATE TABLE guest_link (
    id          BLOB    PRIMARY KEY,
    token_hash  BLOB    NOT NULL UNIQUE,
    board_id    BLOB    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    created_by  BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX guest_link_board ON guest_link (board_id, expires_at);

-- What happens to ideas gets one kind more. What refers to it is made anew with it.
CREATE TABLE notice_kept AS SELECT * FROM notice;
DROP TABLE notice;
CREATE TABLE happening_kept AS SELECT * FROM happening;
DROP TABLE happening;
CREATE TABLE happening (
    id           BLOB    PRIMARY KEY,
    idea_id      BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('stage', 'answer', 'comment', 'mention', 'merged', 'changed', 'promoted')),
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
INSERT INTO happening (id, idea_id, kind, actor_id, stage_id, comment_id, merge_id, concept_seq, words, created_at,
    delivered_to, done_at)
SELECT id, idea_id, kind, actor_id, stage_id, comment_id, merge_id, concept_seq, words, created_at, delivered_to, done_at
FROM happening_kept;
DROP TABLE happening_kept;
CREATE INDEX happening_waiting ON happening (done_at, created_at);
CREATE INDEX happening_comment ON happening (comment_id);
CREATE INDEX happening_merge ON happening (merge_id);
CREATE INDEX happening_progress ON happening (created_at, id) WHERE kind IN ('stage', 'answer');

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
    kind         TEXT    NOT NULL CHECK (kind IN ('stage', 'answer', 'comment', 'mention', 'merged', 'changed', 'promoted')),
    PRIMARY KEY (person_id, kind)
) STRICT;
INSERT INTO notice_off (person_id, kind) SELECT person_id, kind FROM notice_off_kept;
DROP TABLE notice_off_kept;
