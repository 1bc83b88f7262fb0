-- What people do with ideas: vote, follow, talk, tag, move them on. Paired with the other database's file of this number.

-- What being in a stage says of an idea: nobody answered yet, it is being worked on, it is there, or it will not be.
ALTER TABLE stage ADD COLUMN kind TEXT NOT NULL DEFAULT 'open' CHECK (kind IN ('new', 'open', 'launched', 'declined'));
UPDATE stage SET kind = CASE position WHEN 0 THEN 'new' WHEN 5 THEN 'launched' WHEN 6 THEN 'declined' ELSE 'open' END;

-- Votes each person may have standing of one calendar month (UTC); without limit when there is none.
ALTER TABLE board ADD COLUMN votes_per_month INTEGER;

-- Counts kept with what they count, in the same transaction.
ALTER TABLE idea ADD COLUMN votes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE idea ADD COLUMN comments INTEGER NOT NULL DEFAULT 0;
-- How much moves here now: see docs/trending.md. The later, the warmer.
ALTER TABLE idea ADD COLUMN heat INTEGER NOT NULL DEFAULT 0;
-- When the company first answered: a reply marked as an answer, or a move to another stage.
ALTER TABLE idea ADD COLUMN answered_at INTEGER;
UPDATE idea SET heat = created_at;

CREATE INDEX idea_heat ON idea (board_id, heat, number);
CREATE INDEX idea_votes ON idea (board_id, votes, number);
CREATE INDEX idea_comments ON idea (board_id, comments, number);
CREATE INDEX idea_created ON idea (board_id, created_at, number);
CREATE INDEX idea_warm ON idea (heat, number);
CREATE INDEX idea_author ON idea (author_id, created_at, number);

CREATE TABLE vote (
    idea_id     BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    -- The place in the concept's log that the person saw.
    concept_seq INTEGER NOT NULL,
    PRIMARY KEY (idea_id, person_id)
) STRICT;
CREATE INDEX vote_person ON vote (person_id, created_at, idea_id);
CREATE INDEX vote_at ON vote (idea_id, created_at);

-- Who is told what happens to an idea. Whoever muted it stays told nothing, whatever they do there later.
CREATE TABLE follow (
    idea_id     BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    muted_at    INTEGER,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (idea_id, person_id)
) STRICT;
CREATE INDEX follow_person ON follow (person_id, created_at, idea_id);

-- Each time an idea moved to another stage, by whom and why.
CREATE TABLE stage_move (
    id          BLOB    PRIMARY KEY,
    idea_id     BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    from_id     BLOB    NOT NULL REFERENCES stage (id),
    to_id       BLOB    NOT NULL REFERENCES stage (id),
    person_id   BLOB    NOT NULL REFERENCES person (id),
    reason      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX stage_move_idea ON stage_move (idea_id, created_at);

CREATE TABLE tag (
    id          BLOB    PRIMARY KEY,
    board_id    BLOB    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    colour      TEXT    NOT NULL,
    UNIQUE (board_id, name)
) STRICT;

CREATE TABLE idea_tag (
    idea_id     BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    tag_id      BLOB    NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    PRIMARY KEY (idea_id, tag_id)
) STRICT;
CREATE INDEX idea_tag_tag ON idea_tag (tag_id, idea_id);

-- What people say about an idea. Deleted ones keep their place as long as somebody replied.
CREATE TABLE comment (
    id          BLOB    PRIMARY KEY,
    idea_id     BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    -- The comment this one replies to; threads are two levels deep.
    parent_id   BLOB    REFERENCES comment (id) ON DELETE CASCADE,
    author_id   BLOB    NOT NULL REFERENCES person (id),
    -- A comment; the company's answer; a note that only staff see.
    kind        TEXT    NOT NULL CHECK (kind IN ('comment', 'answer', 'note')),
    body        TEXT    NOT NULL,
    body_html   TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    edited_at   INTEGER,
    deleted_at  INTEGER,
    deleted_by  BLOB    REFERENCES person (id)
) STRICT;
CREATE INDEX comment_idea ON comment (idea_id, created_at, id);
CREATE INDEX comment_parent ON comment (parent_id);
CREATE INDEX comment_author ON comment (author_id, created_at);

-- What a comment said before it was edited.
CREATE TABLE comment_version (
    comment_id  BLOB    NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    written_at  INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (comment_id, written_at)
) STRICT;

CREATE TABLE reaction (
    comment_id  BLOB    NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('agree', 'love', 'insight', 'thanks', 'smile')),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (comment_id, person_id, kind)
) STRICT;
