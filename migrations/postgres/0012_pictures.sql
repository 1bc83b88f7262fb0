-- Pictures, and where they are. Paired with the other database's file of this number.

-- A picture as it is kept: developed anew, in two forms. Its id is random: who cannot see where it is cannot find it.
CREATE TABLE picture (
    id          UUID    PRIMARY KEY,
    -- The board it was added to; none: it is the workspace's own.
    board_id    UUID    REFERENCES board (id) ON DELETE CASCADE,
    person_id   UUID    NOT NULL REFERENCES person (id),
    media_type  TEXT    NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png')),
    width       BIGINT  NOT NULL,
    height      BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    -- Absent where the large form is small enough. The bytes stand last, so that nothing need read past them.
    small       BYTEA,
    large       BYTEA   NOT NULL
);
CREATE INDEX picture_created ON picture (created_at);

-- That a concept holds a picture, or held it: what was taken out can be put back.
CREATE TABLE idea_picture (
    idea_id     UUID    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    picture_id  UUID    NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    PRIMARY KEY (idea_id, picture_id)
);
CREATE INDEX idea_picture_picture ON idea_picture (picture_id);

-- That a comment holds a picture, or held it.
CREATE TABLE comment_picture (
    comment_id  UUID    NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    picture_id  UUID    NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    PRIMARY KEY (comment_id, picture_id)
);
CREATE INDEX comment_picture_picture ON comment_picture (picture_id);
