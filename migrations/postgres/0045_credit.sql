-- Who is credited with what of ideas: see docs/credit.md. Paired with the other database's file of this number.

-- What stands of an actor's work of a day on an idea's concept: letters, and whether it is an improvement that was kept.
CREATE TABLE credit (
    idea_id     UUID     NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    actor_id    BYTEA    NOT NULL REFERENCES actor (id),
    -- Counted since 1970, in UTC.
    day         BIGINT NOT NULL,
    title       BIGINT NOT NULL CHECK (title >= 0),
    pitch       BIGINT NOT NULL CHECK (pitch >= 0),
    body        BIGINT NOT NULL CHECK (body >= 0),
    kept        BIGINT NOT NULL CHECK (kept IN (0, 1)),
    PRIMARY KEY (idea_id, actor_id, day)
);
CREATE INDEX credit_actor ON credit (actor_id, day);

-- Up to which place in the log of its concept an idea's credit was worked out; 0: it is to be worked out anew.
ALTER TABLE idea ADD COLUMN credited_seq BIGINT NOT NULL DEFAULT 0;
CREATE INDEX idea_uncredited ON idea (document_id) WHERE credited_seq < concept_seq;

-- What each kind of contribution weighs, where owners settled it.
CREATE TABLE credit_weight (
    kind        TEXT    PRIMARY KEY,
    points      BIGINT NOT NULL CHECK (points BETWEEN 0 AND 1000)
);

-- Whom a comment helped, as they said.
CREATE TABLE helpful (
    comment_id  UUID     NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    person_id   UUID     NOT NULL REFERENCES person (id),
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (comment_id, person_id)
);
CREATE INDEX helpful_person ON helpful (person_id);
