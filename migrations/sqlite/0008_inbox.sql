-- What happens to ideas, and who is told. Paired with the other database's file of this number.

-- Something that happened to an idea: written once, in the transaction that caused it, and delivered in the background.
CREATE TABLE happening (
    id           BLOB    PRIMARY KEY,
    idea_id      BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('stage', 'answer', 'comment', 'mention')),
    actor_id     BLOB    NOT NULL REFERENCES person (id),
    -- The stage it moved to; the comment that was made.
    stage_id     BLOB    REFERENCES stage (id),
    comment_id   BLOB    REFERENCES comment (id) ON DELETE CASCADE,
    -- The reason of a move.
    words        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    -- Up to whom it was delivered, by id; when everybody was.
    delivered_to BLOB,
    done_at      INTEGER
) STRICT;
CREATE INDEX happening_waiting ON happening (done_at, created_at);

-- That a person was told.
CREATE TABLE notice (
    person_id    BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    happening_id BLOB    NOT NULL REFERENCES happening (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    read_at      INTEGER,
    PRIMARY KEY (person_id, happening_id)
) STRICT;
CREATE INDEX notice_unread ON notice (person_id, read_at);

-- The kinds of things a person does not want to be told.
CREATE TABLE notice_off (
    person_id    BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('stage', 'answer', 'comment', 'mention')),
    PRIMARY KEY (person_id, kind)
) STRICT;
