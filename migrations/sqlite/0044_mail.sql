-- Mail: what waits to be sent, was sent or is kept; what each person wants of it, and whether their address is theirs. Paired
-- with the other database's file of this number.

-- One mail. Its cause is written once, in the transaction of what it tells of; its texts when it goes out, without the links
-- that open something.
CREATE TABLE mail (
    id           BLOB    PRIMARY KEY,
    cause        TEXT    NOT NULL UNIQUE,
    person_id    BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('decision', 'digest', 'address')),
    happening_id BLOB    REFERENCES happening (id) ON DELETE CASCADE,
    -- What a digest tells of: what was told after the one moment and until the other.
    since        INTEGER,
    until        INTEGER,
    state        TEXT    NOT NULL
        CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'kept', 'held', 'dropped', 'unsure')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    -- When it may be tried next; until when whoever tries now is waited for.
    next_at      INTEGER NOT NULL,
    lease_until  INTEGER,
    created_at   INTEGER NOT NULL,
    sent_at      INTEGER,
    -- What the other server said against it.
    error        TEXT    NOT NULL DEFAULT '',
    language     TEXT,
    subject      TEXT,
    text         TEXT,
    html         TEXT
) STRICT;
CREATE INDEX mail_waiting ON mail (next_at, id) WHERE state = 'waiting';
CREATE INDEX mail_sending ON mail (lease_until) WHERE state = 'sending';
CREATE INDEX mail_state ON mail (state, id);
CREATE INDEX mail_person ON mail (person_id, state);
CREATE INDEX mail_happening ON mail (happening_id);

-- What a person wants to be sent. Who never chose has no row: decisions about their own ideas, and no digest.
CREATE TABLE mail_choice (
    person_id    BLOB    PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    decisions    INTEGER NOT NULL CHECK (decisions IN (0, 1)),
    digest       TEXT    NOT NULL CHECK (digest IN ('never', 'daily', 'weekly')),
    -- When they last chose, and where.
    chosen_at    INTEGER NOT NULL,
    chosen_in    TEXT    NOT NULL CHECK (chosen_in IN ('sign_up', 'settings', 'inbox', 'mail')),
    -- Until when digests have told them what happened.
    digest_to    INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_choice_digest ON mail_choice (digest, digest_to) WHERE digest <> 'never';

-- The address that a person was asked to confirm, and when they did.
CREATE TABLE mail_address (
    person_id    BLOB    PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    address      TEXT    NOT NULL,
    -- How often they were asked, and when last.
    asks         INTEGER NOT NULL,
    asked_at     INTEGER NOT NULL,
    -- The link of the last mail, and until when it opens.
    token_hash   BLOB    UNIQUE,
    token_until  INTEGER,
    confirmed_at INTEGER
) STRICT;

-- The links by which somebody wants no more of a kind of mail. They never end.
CREATE TABLE mail_link (
    token_hash   BLOB    PRIMARY KEY,
    person_id    BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('decision', 'digest'))
) STRICT;
CREATE INDEX mail_link_person ON mail_link (person_id);

-- What those links are derived from, so that each mail to a person holds the same.
CREATE TABLE mail_key (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    key          BLOB    NOT NULL
) STRICT;
