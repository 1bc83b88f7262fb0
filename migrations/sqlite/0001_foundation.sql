-- People, their sessions and invites; boards and ideas; documents and their log.
-- Times are integer milliseconds since 1970-01-01 UTC; ids are UUIDv7. Paired with the other database's file of this number.

CREATE TABLE workspace (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    name        TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- The one-time link by which the first person becomes owner.
CREATE TABLE setup_link (
    token_hash  BLOB    PRIMARY KEY,
    created_at  INTEGER NOT NULL,
    used_at     INTEGER
) STRICT;

-- Numbers handed out one by one, without gaps left by readers.
CREATE TABLE counter (
    name        TEXT    PRIMARY KEY,
    value       INTEGER NOT NULL
) STRICT;
INSERT INTO counter (name, value) VALUES ('idea', 0);

CREATE TABLE person (
    id            BLOB   PRIMARY KEY,
    handle        TEXT   NOT NULL UNIQUE,
    name          TEXT   NOT NULL,
    email         TEXT   NOT NULL UNIQUE,
    password_hash TEXT   NOT NULL,
    role          TEXT   NOT NULL CHECK (role IN ('customer', 'employee', 'researcher', 'moderator', 'owner')),
    locale        TEXT   CHECK (locale IN ('en', 'fr')),
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    id          BLOB    PRIMARY KEY,
    token_hash  BLOB    NOT NULL UNIQUE,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    device      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person_id);

CREATE TABLE access_token (
    id          BLOB    PRIMARY KEY,
    token_hash  BLOB    NOT NULL UNIQUE,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    used_at     INTEGER
) STRICT;
CREATE INDEX access_token_person ON access_token (person_id);

CREATE TABLE board (
    id          BLOB    PRIMARY KEY,
    slug        TEXT    NOT NULL UNIQUE,
    title       TEXT    NOT NULL,
    purpose     TEXT    NOT NULL,
    audience    TEXT    NOT NULL CHECK (audience IN ('public', 'members', 'staff', 'invited')),
    editing     TEXT    NOT NULL CHECK (editing IN ('everyone', 'coauthors', 'staff')),
    created_by  BLOB    NOT NULL REFERENCES person (id),
    created_at  INTEGER NOT NULL,
    active_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE stage (
    id          BLOB    PRIMARY KEY,
    board_id    BLOB    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    name_fr     TEXT    NOT NULL,
    name_en     TEXT    NOT NULL,
    colour      TEXT    NOT NULL,
    UNIQUE (board_id, position)
) STRICT;

CREATE TABLE board_member (
    board_id    BLOB    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (board_id, person_id)
) STRICT;
CREATE INDEX board_member_person ON board_member (person_id);

CREATE TABLE invite (
    id          BLOB    PRIMARY KEY,
    token_hash  BLOB    NOT NULL UNIQUE,
    role        TEXT    NOT NULL CHECK (role IN ('customer', 'employee', 'researcher', 'moderator')),
    board_id    BLOB    REFERENCES board (id) ON DELETE CASCADE,
    created_by  BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    uses_left   INTEGER NOT NULL CHECK (uses_left >= 0)
) STRICT;

-- A co-created document: the log below is its truth.
CREATE TABLE document (
    id          BLOB    PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('concept', 'canvas')),
    created_at  INTEGER NOT NULL
) STRICT;

-- An Automerge actor id belongs to one person, forever.
CREATE TABLE actor (
    id          BLOB    PRIMARY KEY,
    person_id   BLOB    NOT NULL REFERENCES person (id),
    origin      TEXT    NOT NULL CHECK (origin IN ('leased', 'claimed', 'server')),
    created_at  INTEGER NOT NULL,
    -- When its tab left with nothing unsent, so that it may be leased again to the same person.
    free_since  INTEGER
) STRICT;
CREATE INDEX actor_free ON actor (person_id, free_since);

-- The log: every change of every document, in the order it was stored.
CREATE TABLE change (
    document_id BLOB    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    seq         INTEGER NOT NULL,
    hash        BLOB    NOT NULL,
    actor_id    BLOB    NOT NULL REFERENCES actor (id),
    person_id   BLOB    NOT NULL REFERENCES person (id),
    bytes       BLOB    NOT NULL,
    stored_at   INTEGER NOT NULL,
    PRIMARY KEY (document_id, seq),
    UNIQUE (document_id, hash)
) STRICT;

-- A document saved whole as of a place in its log, so that opening it need not read every change.
CREATE TABLE snapshot (
    document_id BLOB    PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    seq         INTEGER NOT NULL,
    bytes       BLOB    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- The facts of an idea. Title, pitch and body follow its concept; concept_seq says up to which place in the log.
CREATE TABLE idea (
    id          BLOB    PRIMARY KEY,
    number      INTEGER NOT NULL UNIQUE,
    board_id    BLOB    NOT NULL REFERENCES board (id),
    document_id BLOB    NOT NULL UNIQUE REFERENCES document (id),
    author_id   BLOB    NOT NULL REFERENCES person (id),
    stage_id    BLOB    NOT NULL REFERENCES stage (id),
    title       TEXT    NOT NULL,
    pitch       TEXT    NOT NULL,
    concept_seq INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    -- The long texts stand last, so that lists need not read past them.
    body        TEXT    NOT NULL,
    body_html   TEXT    NOT NULL
) STRICT;
CREATE INDEX idea_board ON idea (board_id, updated_at, number);
CREATE INDEX idea_recent ON idea (updated_at, number);

CREATE TABLE coauthor (
    idea_id     BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (idea_id, person_id)
) STRICT;

-- Who shaped the concept, by the log; kept with the texts above.
CREATE TABLE shaper (
    idea_id     BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id),
    changes     INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    PRIMARY KEY (idea_id, person_id)
) STRICT;

-- What a write that may be retried made the first time.
CREATE TABLE idempotency (
    person_id   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    key         TEXT    NOT NULL,
    request     BLOB    NOT NULL,
    made        TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (person_id, key)
) STRICT;

-- What was done by right of a role; append-only.
CREATE TABLE audit (
    id          BLOB    PRIMARY KEY,
    at          INTEGER NOT NULL,
    person_id   BLOB    REFERENCES person (id),
    act         TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    detail      TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
