-- When those who support an idea last looked at it, so that it can say what came since. Paired with the other database's file
-- of this number.
CREATE TABLE visit (
    idea_id    BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id  BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    -- When they looked at it last, and the place in the concept's log that they saw.
    seen_at    INTEGER NOT NULL,
    seen_seq   INTEGER NOT NULL,
    -- The same of the visit before that one.
    before_at  INTEGER,
    before_seq INTEGER,
    PRIMARY KEY (idea_id, person_id)
) STRICT;
CREATE INDEX visit_person ON visit (person_id);
