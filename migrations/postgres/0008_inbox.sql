-- What happens to ideas, and who is told. Paired with the other database's file of this number.

-- Something that happened to an idea: written once, in the transaction that caused it, and delivered in the background.
CREATE TABLE happening (
    id           UUID    PRIMARY KEY,
    idea_id      UUID    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('stage', 'answer', 'comment', 'mention')),
    actor_id     UUID    NOT NULL REFERENCES person (id),
    -- The stage it moved to; the comment that was made.
    stage_id     UUID    REFERENCES stage (id),
    comment_id   UUID    REFERENCES comment (id) ON DELETE CASCADE,
    -- The reason of a move.
    words        TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    -- Up to whom it was delivered, by id; when everybody was.
    delivered_to UUID,
    done_at      BIGINT
);
CREATE INDEX happening_waiting ON happening (done_at, created_at);

-- That a person was told.
CREATE TABLE notice (
    person_id    UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    happening_id UUID    NOT NULL REFERENCES happening (id) ON DELETE CASCADE,
    created_at   BIGINT  NOT NULL,
    read_at      BIGINT,
    PRIMARY KEY (person_id, happening_id)
);
CREATE INDEX notice_unread ON notice (person_id, read_at);

-- The kinds of things a person does not want to be told.
CREATE TABLE notice_off (
    person_id    UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('stage', 'answer', 'comment', 'mention')),
    PRIMARY KEY (person_id, kind)
);
