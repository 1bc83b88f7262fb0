-- Progress that people can see: updates, milestones and experiments, and concepts frozen at a version. Paired with the
-- other database's file of this number.

-- How far an idea is, in percent: what its latest published update says, or else how many of its milestones are reached.
ALTER TABLE idea ADD COLUMN percent INTEGER CHECK (percent BETWEEN 0 AND 100);

-- A piece of progress of an idea. What it says stands in the table of its kind.
CREATE TABLE entry (
    id           BLOB    PRIMARY KEY,
    idea_id      BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('update', 'milestone', 'experiment')),
    person_id    BLOB    NOT NULL REFERENCES person (id),
    created_at   INTEGER NOT NULL,
    -- When it was published; until then only the company's people see it.
    published_at INTEGER,
    -- Where it stands in the timeline: when it was published, reached or concluded. A milestone stands nowhere before.
    shown_at     INTEGER,
    edited_at    INTEGER,
    removed_at   INTEGER,
    removed_by   BLOB    REFERENCES person (id)
) STRICT;
CREATE INDEX entry_idea ON entry (idea_id, kind, shown_at);

CREATE TABLE entry_update (
    entry_id     BLOB    PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    body         TEXT    NOT NULL,
    body_html    TEXT    NOT NULL,
    percent      INTEGER CHECK (percent BETWEEN 0 AND 100)
) STRICT;

CREATE TABLE entry_milestone (
    entry_id     BLOB    PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    title        TEXT    NOT NULL,
    -- The day it is planned for, `2027-03-31`.
    due_on       TEXT,
    done_at      INTEGER,
    done_by      BLOB    REFERENCES person (id)
) STRICT;

CREATE TABLE entry_experiment (
    entry_id     BLOB    PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    hypothesis   TEXT    NOT NULL,
    trial        TEXT    NOT NULL,
    measure      TEXT    NOT NULL
) STRICT;

-- How an experiment ended, as was said of it. The last counts; what was said before stays to be read.
CREATE TABLE conclusion (
    entry_id     BLOB    NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    person_id    BLOB    NOT NULL REFERENCES person (id),
    outcome      TEXT    NOT NULL CHECK (outcome IN ('kept', 'reverted')),
    result       TEXT    NOT NULL,
    result_html  TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    PRIMARY KEY (entry_id, created_at)
) STRICT;

-- What an entry said before it was changed, as the API said it then.
CREATE TABLE entry_version (
    entry_id     BLOB    NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    written_at   INTEGER NOT NULL,
    person_id    BLOB    NOT NULL REFERENCES person (id),
    said         TEXT    NOT NULL,
    PRIMARY KEY (entry_id, written_at)
) STRICT;

-- That an entry holds a picture, or held it.
CREATE TABLE entry_picture (
    entry_id     BLOB    NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    picture_id   BLOB    NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    -- When a text that holds it was published; until then only the company's people see it there.
    published_at INTEGER,
    PRIMARY KEY (entry_id, picture_id)
) STRICT;
CREATE INDEX entry_picture_picture ON entry_picture (picture_id);

-- That a concept was frozen: what it said then is what is being built.
CREATE TABLE frozen_concept (
    id           BLOB    PRIMARY KEY,
    idea_id      BLOB    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id    BLOB    NOT NULL REFERENCES person (id),
    created_at   INTEGER NOT NULL,
    -- The place in the concept's log, and the texts there.
    seq          INTEGER NOT NULL,
    title        TEXT    NOT NULL,
    pitch        TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    body_html    TEXT    NOT NULL,
    words        TEXT    NOT NULL,
    lifted_at    INTEGER,
    lifted_by    BLOB    REFERENCES person (id)
) STRICT;
-- One at a time.
CREATE UNIQUE INDEX frozen_concept_idea ON frozen_concept (idea_id) WHERE lifted_at IS NULL;
CREATE INDEX frozen_concept_of ON frozen_concept (idea_id, created_at);
