-- The passages of concepts that comments are about, and what people say about themselves. Paired with the other database's
-- file of this number.
CREATE TABLE anchor (
    comment_id   BLOB    PRIMARY KEY REFERENCES comment (id) ON DELETE CASCADE,
    -- The idea whose concept it is in: that of the comment, unless the comment was carried to another.
    idea_id      BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    field        TEXT    NOT NULL CHECK (field IN ('title', 'pitch', 'body')),
    -- Its first and its last letter, as cursors of the live document.
    first_letter TEXT    NOT NULL,
    last_letter  TEXT    NOT NULL,
    -- What stood there, and at which place in the log.
    quote        TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    -- The visible letters it is in the texts above; none once it is gone. They follow the concept as those do.
    span_from    INTEGER,
    span_to      INTEGER
) STRICT;
CREATE INDEX anchor_idea ON anchor (idea_id);

-- What a person says about themself on their page, in plain text.
ALTER TABLE person ADD COLUMN about TEXT NOT NULL DEFAULT '';
-- What somebody shaped, the last first; and what they said.
CREATE INDEX shaper_person ON shaper (person_id, last_at, idea_id);
