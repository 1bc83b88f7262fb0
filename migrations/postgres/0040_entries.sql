-- Progress that people can see: updates, milestones and experiments, and concepts frozen at a version. Paired with the
-- other database's file of this number.

-- How far an idea is, in percent: what its latest published update says, or else how many of its milestones are reached.
ALTER TABLE idea ADD COLUMN percent BIGINT  CHECK (percent BETWEEN 0 AND 100);

-- A piece of progress of an idea. What it says stands in the table of its kind.
CREATE TABLE entry (
    id           UUID    PRIMARY KEY,
    idea_id      UUID    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('update', 'milestone', 'experiment')),
    person_id    UUID    NOT NULL REFERENCES person (id),
    created_at   BIGINT  NOT NULL,
    -- When it was published; until then only the company's people see it.
    published_at BIGINT,
    -- Where it stands in the timeline: when it was published, reached or concluded. A milestone stands nowhere before.
    shown_at     BIGINT,
    edited_at    BIGINT,
    removed_at   BIGINT,
    removed_by   UUID    REFERENCES person (id)
);
CREATE INDEX entry_idea ON entry (idea_id, kind, shown_at);

CREATE TABLE entry_update (
    entry_id     UUID    PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    body         TEXT    NOT NULL,
    body_html    TEXT    NOT NULL,
    percent      BIGINT  CHECK (percent BETWEEN 0 AND 100)
);

CREATE TABLE entry_milestone (
    entry_id     UUID    PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    title        TEXT    NOT NULL,
    -- The day it is planned for, `2027-03-31`.
    due_on       TEXT,
    done_at      BIGINT,
    done_by      UUID    REFERENCES person (id)
);

CREATE TABLE entry_experiment (
    entry_id     UUID    PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    hypothesis   TEXT    NOT NULL,
    trial        TEXT    NOT NULL,
    measure      TEXT    NOT NULL
);

-- How an experiment ended, as was said of it. The last counts; what was said before stays to be read.
CREATE TABLE conclusion (
    entry_id     UUID    NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    created_at   BIGINT  NOT NULL,
    person_id    UUID    NOT NULL REFERENCES person (id),
    outcome      TEXT    NOT NULL CHECK (outcome IN ('kept', 'reverted')),
    result       TEXT    NOT NULL,
    result_html  TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    PRIMARY KEY (entry_id, created_at)
);

-- What an entry said before it was changed, as the API said it then.
CREATE TABLE entry_version (
    entry_id     UUID    NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    written_at   BIGINT  NOT NULL,
    person_id    UUID    NOT NULL REFERENCES person (id),
    said         TEXT    NOT NULL,
    PRIMARY KEY (entry_id, written_at)
);

-- That an entry holds a picture, or held it.
CREATE TABLE entry_picture (
    entry_id     UUID    NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    picture_id   UUID    NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    -- When a text that holds it was published; until then only the company's people see it there.
    published_at BIGINT,
    PRIMARY KEY (entry_id, picture_id)
);
CREATE INDEX entry_picture_picture ON entry_picture (picture_id);

-- That a concept was frozen: what it said then is what is being built.
CREATE TABLE frozen_concept (
    id           UUID    PRIMARY KEY,
    idea_id      UUID    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id    UUID    NOT NULL REFERENCES person (id),
    created_at   BIGINT  NOT NULL,
    -- The place in the concept's log, and the texts there.
    seq          BIGINT  NOT NULL,
    title        TEXT    NOT NULL,
    pitch        TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    body_html    TEXT    NOT NULL,
    words        TEXT    NOT NULL,
    lifted_at    BIGINT,
    lifted_by    UUID    REFERENCES person (id)
);
-- One at a time.
CREATE UNIQUE INDEX frozen_concept_idea ON frozen_concept (idea_id) WHERE lifted_at IS NULL;
CREATE INDEX frozen_concept_of ON frozen_concept (idea_id, created_at);
