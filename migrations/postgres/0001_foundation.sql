-- People, their sessions and invites; boards and ideas; documents and their log.
-- Times are integer milliseconds since 1970-01-01 UTC; ids are UUIDv7. Paired with the other database's file of this number.

CREATE TABLE workspace (
    id          BIGINT  PRIMARY KEY CHECK (id = 1),
    name        TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL
);

-- The one-time link by which the first person becomes owner.
CREATE TABLE setup_link (
    token_hash  BYTEA   PRIMARY KEY,
    created_at  BIGINT  NOT NULL,
    used_at     BIGINT
);

-- Numbers handed out one by one, without gaps left by readers.
CREATE TABLE counter (
    name        TEXT    PRIMARY KEY,
    value       BIGINT  NOT NULL
);
INSERT INTO counter (name, value) VALUES ('idea', 0);

CREATE TABLE person (
    id            UUID   PRIMARY KEY,
    handle        TEXT   NOT NULL UNIQUE,
    name          TEXT   NOT NULL,
    email         TEXT   NOT NULL UNIQUE,
    password_hash TEXT   NOT NULL,
    role          TEXT   NOT NULL CHECK (role IN ('customer', 'employee', 'researcher', 'moderator', 'owner')),
    locale        TEXT   CHECK (locale IN ('en', 'fr')),
    created_at    BIGINT NOT NULL
);

CREATE TABLE session (
    id          UUID    PRIMARY KEY,
    token_hash  BYTEA   NOT NULL UNIQUE,
    person_id   UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    device      TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    seen_at     BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE access_token (
    id          UUID    PRIMARY KEY,
    token_hash  BYTEA   NOT NULL UNIQUE,
    person_id   UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    used_at     BIGINT
);
CREATE INDEX access_token_person ON access_token (person_id);

CREATE TABLE board (
    id          UUID    PRIMARY KEY,
    slug        TEXT    NOT NULL UNIQUE,
    title       TEXT    NOT NULL,
    purpose     TEXT    NOT NULL,
    audience    TEXT    NOT NULL CHECK (audience IN ('public', 'members', 'staff', 'invited')),
    editing     TEXT    NOT NULL CHECK (editing IN ('everyone', 'coauthors', 'staff')),
    created_by  UUID    NOT NULL REFERENCES person (id),
    created_at  BIGINT  NOT NULL,
    active_at   BIGINT  NOT NULL
);

CREATE TABLE stage (
    id          UUID    PRIMARY KEY,
    board_id    UUID    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    position    BIGINT  NOT NULL,
    name_fr     TEXT    NOT NULL,
    name_en     TEXT    NOT NULL,
    colour      TEXT    NOT NULL,
    UNIQUE (board_id, position)
);

CREATE TABLE board_member (
    board_id    UUID    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    person_id   UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (board_id, person_id)
);
CREATE INDEX board_member_person ON board_member (person_id);

CREATE TABLE invite (
    id          UUID    PRIMARY KEY,
    token_hash  BYTEA   NOT NULL UNIQUE,
    role        TEXT    NOT NULL CHECK (role IN ('customer', 'employee', 'researcher', 'moderator')),
    board_id    UUID    REFERENCES board (id) ON DELETE CASCADE,
    created_by  UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL,
    uses_left   BIGINT  NOT NULL CHECK (uses_left >= 0)
);

-- A co-created document: the log below is its truth.
CREATE TABLE document (
    id          UUID    PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('concept', 'canvas')),
    created_at  BIGINT  NOT NULL
);

-- An Automerge actor id belongs to one person, forever.
CREATE TABLE actor (
    id          BYTEA   PRIMARY KEY,
    person_id   UUID    NOT NULL REFERENCES person (id),
    origin      TEXT    NOT NULL CHECK (origin IN ('leased', 'claimed', 'server')),
    created_at  BIGINT  NOT NULL,
    -- When its tab left with nothing unsent, so that it may be leased again to the same person.
    free_since  BIGINT
);
CREATE INDEX actor_free ON actor (person_id, free_since);

-- The log: every change of every document, in the order it was stored.
CREATE TABLE change (
    document_id UUID    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    seq         BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,
    actor_id    BYTEA   NOT NULL REFERENCES actor (id),
    person_id   UUID    NOT NULL REFERENCES person (id),
    bytes       BYTEA   NOT NULL,
    stored_at   BIGINT  NOT NULL,
    PRIMARY KEY (document_id, seq),
    UNIQUE (document_id, hash)
);

-- A document saved whole as of a place in its log, so that opening it need not read every change.
CREATE TABLE snapshot (
    document_id UUID    PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    seq         BIGINT  NOT NULL,
    bytes       BYTEA   NOT NULL,
    created_at  BIGINT  NOT NULL
);

-- The facts of an idea. Title, pitch and body follow its concept; concept_seq says up to which place in the log.
CREATE TABLE idea (
    id          UUID    PRIMARY KEY,
    number      BIGINT  NOT NULL UNIQUE,
    board_id    UUID    NOT NULL REFERENCES board (id),
    document_id UUID    NOT NULL UNIQUE REFERENCES document (id),
    author_id   UUID    NOT NULL REFERENCES person (id),
    stage_id    UUID    NOT NULL REFERENCES stage (id),
    title       TEXT    NOT NULL,
    pitch       TEXT    NOT NULL,
    concept_seq BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    -- The long texts stand last, so that lists need not read past them.
    body        TEXT    NOT NULL,
    body_html   TEXT    NOT NULL
);
CREATE INDEX idea_board ON idea (board_id, updated_at, number);
CREATE INDEX idea_recent ON idea (updated_at, number);

CREATE TABLE coauthor (
    idea_id     UUID    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id   UUID    NOT NULL REFERENCES person (id),
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (idea_id, person_id)
);

-- Who shaped the concept, by the log; kept with the texts above.
CREATE TABLE shaper (
    idea_id     UUID    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id   UUID    NOT NULL REFERENCES person (id),
    changes     BIGINT  NOT NULL,
    last_at     BIGINT  NOT NULL,
    PRIMARY KEY (idea_id, person_id)
);

-- What a write that may be retried made the first time.
CREATE TABLE idempotency (
    person_id   UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    key         TEXT    NOT NULL,
    request     BYTEA   NOT NULL,
    made        TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (person_id, key)
);

-- What was done by right of a role; append-only.
CREATE TABLE audit (
    id          UUID    PRIMARY KEY,
    at          BIGINT  NOT NULL,
    person_id   UUID    REFERENCES person (id),
    act         TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    detail      TEXT    NOT NULL
);
CREATE INDEX audit_at ON audit (at);
