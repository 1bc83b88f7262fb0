-- What is held on canvases: which notes became ideas, reactions to notes, timers, dot votes, and the links by which guests
-- follow one. Paired with the other database's file of this number.

-- That a note became an idea: once, whoever asked for it.
CREATE TABLE promotion (
    document_id UUID    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    note        TEXT    NOT NULL,
    idea_id     UUID    NOT NULL UNIQUE REFERENCES idea (id) ON DELETE CASCADE,
    -- Who asked for it; the idea is its author's.
    person_id   UUID    NOT NULL REFERENCES person (id),
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (document_id, note)
);

CREATE TABLE note_reaction (
    document_id UUID    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    note        TEXT    NOT NULL,
    person_id   UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('agree', 'love', 'insight', 'thanks', 'smile')),
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (document_id, note, person_id, kind)
);

-- That a canvas holds a picture, or held it: what was taken out can be put back.
CREATE TABLE canvas_picture (
    document_id UUID    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    picture_id  UUID    NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    PRIMARY KEY (document_id, picture_id)
);
CREATE INDEX canvas_picture_picture ON canvas_picture (picture_id);

-- The timer of a board's canvas. It runs until a moment, or is paused with so many milliseconds left.
CREATE TABLE timer (
    board_id    UUID    PRIMARY KEY REFERENCES board (id) ON DELETE CASCADE,
    seconds     BIGINT  NOT NULL,
    ends_at     BIGINT,
    paused_with BIGINT,
    person_id   UUID    NOT NULL REFERENCES person (id)
);

CREATE TABLE dot_vote (
    id          UUID    PRIMARY KEY,
    board_id    UUID    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    question    TEXT    NOT NULL,
    dots        BIGINT  NOT NULL,
    -- 1 when nobody may set more than one dot on one thing.
    one_each    BIGINT  NOT NULL,
    -- 1 when nobody learns who set which.
    anonymous   BIGINT  NOT NULL,
    person_id   UUID    NOT NULL REFERENCES person (id),
    started_at  BIGINT  NOT NULL,
    -- When it ends by itself.
    ends_at     BIGINT,
    ended_at    BIGINT,
    -- How many people had set dots when it ended.
    voters      BIGINT,
    -- When its results were put away.
    cleared_at  BIGINT
);
-- One at a time.
CREATE UNIQUE INDEX dot_vote_on ON dot_vote (board_id) WHERE ended_at IS NULL;
CREATE INDEX dot_vote_board ON dot_vote (board_id, started_at);
CREATE INDEX dot_vote_due ON dot_vote (ends_at) WHERE ended_at IS NULL;

-- Who set how many dots on what. Of an anonymous vote that ended there are none: only the sums stay.
CREATE TABLE dot (
    vote_id     UUID    NOT NULL REFERENCES dot_vote (id) ON DELETE CASCADE,
    person_id   UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    item        TEXT    NOT NULL,
    dots        BIGINT  NOT NULL CHECK (dots > 0),
    PRIMARY KEY (vote_id, person_id, item)
);

-- How many dots a thing had when the vote ended.
CREATE TABLE dot_sum (
    vote_id     UUID    NOT NULL REFERENCES dot_vote (id) ON DELETE CASCADE,
    item        TEXT    NOT NULL,
    dots        BIGINT  NOT NULL,
    PRIMARY KEY (vote_id, item)
);

-- A link by which guests follow the canvas of a board.
CREATE TABLE guest_link (
    id          UUID    PRIMARY KEY,
    token_hash  BYTEA   NOT NULL UNIQUE,
    board_id    UUID    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    created_by  UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL
);
CREATE INDEX guest_link_board ON guest_link (board_id, expires_at);

-- What happens to ideas gets one kind more.
ALTER TABLE happening
    DROP CONSTRAINT happening_kind_check,
    ADD CONSTRAINT happening_kind_check CHECK (kind IN ('stage', 'answer', 'comment', 'mention', 'merged', 'changed', 'promoted'));
ALTER TABLE notice_off
    DROP CONSTRAINT notice_off_kind_check,
    ADD CONSTRAINT notice_off_kind_check CHECK (kind IN ('stage', 'answer', 'comment', 'mention', 'merged', 'changed', 'promoted'));
