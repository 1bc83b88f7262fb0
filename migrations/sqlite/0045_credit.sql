-- Who is credited with what of ideas: see docs/credit.md. Paired with the other database's file of this number.

-- What stands of an actor's work of a day on an idea's concept: letters, and whether it is an improvement that was kept.
CREATE TABLE credit (
    idea_id     BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    actor_id    BLOB    NOT NULL REFERENCES actor (id),
    -- Counted since 1970, in UTC.
    day         INTEGER NOT NULL,
    title       INTEGER NOT NULL CHECK (title >= 0),
    pitch       INTEGER NOT NULL CHECK (pitch >= 0),
    body        INTEGER NOT NULL CHECK (body >= 0),
    kept        INTEGER NOT NULL CHECK (kept IN (0, 1)),
    PRIMARY KEY (idea_id, actor_id, day)
) STRICT;
CREATE INDEX credit_actor ON credit (actor_id, day);

-- Up to which place in the log of its concept an idea's credit was worked out; 0: it is to be worked out anew.
ALTER TABLE idea ADD COLUMN credited_seq INTEGER NOT NULL DEFAULT 0;
CREATE INDEX idea_uncredited ON idea (document_id) WHERE credited_seq < concept_seq;

-- What each kind of contribution weighs, where owners settled it.
CREATE TABLE credit_weight (
    kind        TEXT    PRIMARY KEY,
    points      INTEGER NOT NULL CHECK (points BETWEEN 0 AND 1000)
) STRICT;

-- Whom a comment helped, as they said.
CREATE TABLE helpful (
    comment_id  BLOB    NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (comment_id, person_id)
) STRICT;
CREATE INDEX helpful_person ON helpful (person_id);
