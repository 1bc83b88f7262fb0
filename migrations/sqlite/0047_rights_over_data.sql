-- Rights over one's data: people who left and were forgotten, documents rewritten without their words, what somebody takes
-- along, consent to mail, and another address. Paired with the other database's file of this number.

-- Since when a person has left: their row stays, empty, so that what others did with what was theirs stays whole.
ALTER TABLE person ADD COLUMN erased_at INTEGER;

-- That somebody left: what they wanted to become of their words, and whether all of it is done.
CREATE TABLE erasure (
    person_id   BLOB    PRIMARY KEY REFERENCES person (id),
    comments    TEXT    NOT NULL CHECK (comments IN ('keep', 'remove')),
    texts       TEXT    NOT NULL CHECK (texts IN ('keep', 'remove')),
    asked_at    INTEGER NOT NULL,
    done_at     INTEGER
) STRICT;
CREATE INDEX erasure_waiting ON erasure (asked_at) WHERE done_at IS NULL;

-- The documents that the concept of an idea was in before somebody's words were taken out of it. They are gone; browsers may
-- keep words that were meant for them.
CREATE TABLE former_document (
    document_id BLOB    PRIMARY KEY,
    idea_id     BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    left_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX former_document_idea ON former_document (idea_id, left_at);

-- What a person takes along of what they gave and did: one file, made in the background.
CREATE TABLE export (
    id          BLOB    PRIMARY KEY,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    language    TEXT    NOT NULL CHECK (language IN ('en', 'fr')),
    asked_at    INTEGER NOT NULL,
    -- How many parts are in it, and how many there are to be.
    done        INTEGER NOT NULL DEFAULT 0,
    parts       INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    made_at     INTEGER,
    failed_at   INTEGER,
    -- The file, and its size.
    size        INTEGER,
    bytes       BLOB
) STRICT;
-- One at a time.
CREATE UNIQUE INDEX export_making ON export (person_id) WHERE made_at IS NULL AND failed_at IS NULL;
CREATE INDEX export_person ON export (person_id, asked_at);

-- Each time a person agreed to a kind of mail that needs it, or no longer did: to which wording, when and where.
CREATE TABLE consent (
    id          BLOB    PRIMARY KEY,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('decisions', 'digest')),
    -- How often, of digests; `never` where they withdrew. `yes` and `no` of decisions.
    answer      TEXT    NOT NULL CHECK (answer IN ('yes', 'no', 'never', 'daily', 'weekly')),
    wording     TEXT    NOT NULL,
    given_in    TEXT    NOT NULL CHECK (given_in IN ('sign_up', 'settings', 'inbox', 'mail')),
    given_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_person ON consent (person_id, given_at);

-- What people chose before this was kept each time.
INSERT INTO consent (id, person_id, kind, answer, wording, given_in, given_at)
SELECT person_id, person_id, 'digest', digest, '1', chosen_in, chosen_at FROM mail_choice;

-- What is taken out of the index of words is taken out of its pages too.
INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', 1);

-- The address a person wants to have in place of theirs, until they follow the link that was sent there; and the one they
-- had, until it was told.
CREATE TABLE new_address (
    person_id   BLOB    PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    address     TEXT    NOT NULL,
    before      TEXT    NOT NULL,
    asks        INTEGER NOT NULL,
    asked_at    INTEGER NOT NULL,
    token_hash  BLOB    UNIQUE,
    token_until INTEGER,
    changed_at  INTEGER
) STRICT;

-- Reasons stand with what was done, where they can be erased, and file names with their import. The record held them too, and
-- is made right this once: from now on it holds ids and words of the API only.
DROP TRIGGER audit_is_not_changed;
UPDATE audit SET detail = json_remove(detail, '$.reason', '$.file') WHERE detail LIKE '%"reason"%' OR detail LIKE '%"file"%';
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the record is only added to');
END;
