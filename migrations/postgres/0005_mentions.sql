-- Whom a comment mentions. Paired with the other database's file of this number.
CREATE TABLE mention (
    comment_id  UUID    NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    person_id   UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (comment_id, person_id)
);
CREATE INDEX mention_person ON mention (person_id);
