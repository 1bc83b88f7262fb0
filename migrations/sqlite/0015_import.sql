-- Ideas that came from a file, and the names that came with them. Paired with the other database's file of this number.

-- One import of a file to a board. Without an end, and not having moved for long, it broke off.
CREATE TABLE import (
    id          BLOB    PRIMARY KEY,
    board_id    BLOB    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id),
    file        TEXT    NOT NULL,
    -- Rows that were new, that are in, and that could not come in.
    new         INTEGER NOT NULL,
    made        INTEGER NOT NULL,
    bad         INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    moved_at    INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT;
CREATE INDEX import_started ON import (started_at);

-- Where an idea came from. The key is a hash of what the row said that makes it this idea: the same row again is known.
CREATE TABLE origin (
    idea_id     BLOB    PRIMARY KEY REFERENCES idea (id) ON DELETE CASCADE,
    board_id    BLOB    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    key         BLOB    NOT NULL,
    import_id   BLOB    NOT NULL REFERENCES import (id) ON DELETE CASCADE,
    -- How many comments stood under it there.
    comments    INTEGER NOT NULL,
    UNIQUE (board_id, key)
) STRICT;

-- The names that were made for authors whom files speak of, by what they are called there, as it is compared.
CREATE TABLE imported_name (
    name        TEXT    PRIMARY KEY,
    person_id   BLOB    NOT NULL REFERENCES person (id)
) STRICT;

-- Whom a moderator matched a name to.
CREATE TABLE name_match (
    name_id     BLOB    PRIMARY KEY REFERENCES person (id),
    person_id   BLOB    NOT NULL REFERENCES person (id),
    matched_by  BLOB    NOT NULL REFERENCES person (id),
    created_at  INTEGER NOT NULL
) STRICT;

-- The ideas that went from a name to a person, and what they became there by it, so that it can be undone.
CREATE TABLE matched_idea (
    idea_id     BLOB    PRIMARY KEY REFERENCES idea (id) ON DELETE CASCADE,
    name_id     BLOB    NOT NULL REFERENCES person (id),
    -- 1 where they were no co-author before; where they did not follow it before.
    coauthor    INTEGER NOT NULL,
    follow      INTEGER NOT NULL,
    -- The changes of the concept that were counted for the name.
    changes     INTEGER NOT NULL,
    last_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX matched_idea_name ON matched_idea (name_id);

-- Finds the names that nobody claimed.
CREATE INDEX person_unclaimed ON person (unclaimed_at) WHERE unclaimed_at IS NOT NULL;

-- When an idea came from a file; nothing where it was proposed here. How long such a one waited says nothing of how
-- this place answers.
ALTER TABLE idea ADD COLUMN imported_at INTEGER;

-- Lists and counts of a board, and of all, are read from these as far as what they ask for goes: an idea's own row is
-- looked at only when it is shown.
DROP INDEX idea_answered;
DROP INDEX idea_heat;
DROP INDEX idea_votes;
DROP INDEX idea_comments;
DROP INDEX idea_created;
CREATE INDEX idea_answered ON idea (board_id, created_at, answered_at, imported_at, away) WHERE away IS NULL;
CREATE INDEX idea_heat ON idea (board_id, heat, number, stage_id, away);
CREATE INDEX idea_votes ON idea (board_id, votes, number, stage_id, away);
CREATE INDEX idea_comments ON idea (board_id, comments, number, stage_id, away);
CREATE INDEX idea_created ON idea (board_id, created_at, number, stage_id, away, answered_at);
CREATE INDEX idea_wanted ON idea (votes, number);
CREATE INDEX idea_discussed ON idea (comments, number);
CREATE INDEX idea_newest ON idea (created_at, number, answered_at);
CREATE INDEX coauthor_person ON coauthor (person_id, idea_id);
