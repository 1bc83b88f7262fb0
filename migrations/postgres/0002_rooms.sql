-- Documents set aside, logs packed, and where logs end. Paired with the other database's file of this number.

-- A document that broke again and again is set aside: it takes no changes until a moderator lets it try again.
CREATE TABLE quarantine (
    document_id UUID    PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    since       BIGINT  NOT NULL,
    -- How often it broke, in all.
    failures    BIGINT  NOT NULL,
    -- What went wrong the last time, in English.
    reason      TEXT    NOT NULL,
    released_at BIGINT
);

-- The older part of a log, packed: each row holds the changes first_seq to last_seq as they were in the table change,
-- compressed (see docs/decisions). What is here is not there any more.
CREATE TABLE segment (
    document_id UUID    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    first_seq   BIGINT  NOT NULL,
    last_seq    BIGINT  NOT NULL,
    bytes       BYTEA   NOT NULL,
    PRIMARY KEY (document_id, last_seq)
);

-- The heads of a document after the change at tip_seq, so that its next room need not read the log to know them.
ALTER TABLE document ADD COLUMN tip_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE document ADD COLUMN tip_heads BYTEA NOT NULL DEFAULT '';
