-- Moderation, suspension, and a record that is only added to. Paired with the other database's file of this number.

-- Why a person is suspended, in the words of who did it. They read it when they try to sign in.
ALTER TABLE person ADD COLUMN suspended_for TEXT;

-- Whether the first post of a newcomer waits for a moderator.
ALTER TABLE board ADD COLUMN holds_first INTEGER NOT NULL DEFAULT 0;

-- What a moderator decided about an idea, a comment or a person.
CREATE TABLE decision (
    id          BLOB    PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('idea', 'comment', 'person')),
    subject_id  BLOB    NOT NULL,
    -- Whom it concerns: who wrote it, or the person themself.
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    act         TEXT    NOT NULL CHECK (act IN ('keep', 'hide', 'warn', 'suspend')),
    reason      TEXT    CHECK (reason IN ('spam', 'unkind', 'private', 'off_topic', 'other')),
    words       TEXT    NOT NULL,
    -- How its subject was before: in nobody's way, held or hidden.
    was         TEXT    CHECK (was IN ('held', 'hidden')),
    by_id       BLOB    NOT NULL REFERENCES person (id),
    created_at  INTEGER NOT NULL,
    undone_at   INTEGER
) STRICT;
CREATE INDEX decision_subject ON decision (subject_id, created_at);
CREATE INDEX decision_person ON decision (person_id, created_at);

-- What people reported: each person each thing once.
CREATE TABLE report (
    id          BLOB    PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('idea', 'comment', 'person')),
    subject_id  BLOB    NOT NULL,
    reporter_id BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    reason      TEXT    NOT NULL CHECK (reason IN ('spam', 'unkind', 'private', 'off_topic', 'other')),
    words       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    -- What was decided; it waits until then.
    decision_id BLOB    REFERENCES decision (id),
    UNIQUE (subject_id, reporter_id)
) STRICT;
CREATE INDEX report_waiting ON report (decision_id, created_at);
CREATE INDEX report_reporter ON report (reporter_id);

-- That a person was told of a decision: because it is about what they wrote, or because they reported it.
CREATE TABLE ruling (
    id          BLOB    PRIMARY KEY,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    decision_id BLOB    NOT NULL REFERENCES decision (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('approved', 'hidden', 'shown', 'warned', 'reported')),
    created_at  INTEGER NOT NULL,
    read_at     INTEGER
) STRICT;
CREATE INDEX ruling_person ON ruling (person_id, created_at);
CREATE INDEX ruling_decision ON ruling (decision_id);

-- What waits to be approved is found without reading what stands.
CREATE INDEX idea_held ON idea (created_at) WHERE away = 'held';
CREATE INDEX comment_held ON comment (created_at) WHERE away = 'held';

-- The record holds ids, never names or addresses: who is erased need not be erased here. So nothing in it ever changes.
CREATE INDEX audit_person ON audit (person_id, id);
CREATE INDEX audit_act ON audit (act, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the record is only added to');
END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the record is only added to');
END;
