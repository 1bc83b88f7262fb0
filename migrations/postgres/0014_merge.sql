-- Ideas that live on in others, concepts that change after support, and stages that go. Paired with the other
-- database's file of this number.

-- That an idea, the twin, was merged into another. See docs/merging.md.
CREATE TABLE merge (
    id           UUID    PRIMARY KEY,
    twin_id      UUID    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    target_id    UUID    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    person_id    UUID    NOT NULL REFERENCES person (id),
    reason       TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    -- The twin's votes from before an import, which the target has besides its own.
    votes_before BIGINT  NOT NULL,
    -- 1 when the twin's answers are the first that the target has.
    answers      BIGINT  NOT NULL,
    undone_at    BIGINT,
    undone_by    UUID    REFERENCES person (id)
);
-- An idea lives on in one other at a time.
CREATE UNIQUE INDEX merge_twin ON merge (twin_id) WHERE undone_at IS NULL;
CREATE INDEX merge_target ON merge (target_id, created_at);

-- By which merge somebody's mark came to an idea; nothing where they set it there.
ALTER TABLE vote ADD COLUMN merge_id UUID REFERENCES merge (id) ON DELETE CASCADE;
ALTER TABLE follow ADD COLUMN merge_id UUID REFERENCES merge (id) ON DELETE CASCADE;
ALTER TABLE coauthor ADD COLUMN merge_id UUID REFERENCES merge (id) ON DELETE CASCADE;

-- The comments that a merge moved.
CREATE TABLE merge_comment (
    merge_id     UUID    NOT NULL REFERENCES merge (id) ON DELETE CASCADE,
    comment_id   UUID    NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    PRIMARY KEY (merge_id, comment_id)
);
CREATE INDEX merge_comment_comment ON merge_comment (comment_id);

-- The credit that a merge added to what its target's shapers have there.
CREATE TABLE merge_shaper (
    merge_id     UUID    NOT NULL REFERENCES merge (id) ON DELETE CASCADE,
    person_id    UUID    NOT NULL REFERENCES person (id),
    changes      BIGINT  NOT NULL,
    last_at      BIGINT  NOT NULL,
    PRIMARY KEY (merge_id, person_id)
);

-- Up to which place of its log a concept was compared with what those who voted for it saw: see docs/material-change.md.
ALTER TABLE idea ADD COLUMN judged_seq BIGINT NOT NULL DEFAULT 0;
UPDATE idea SET judged_seq = concept_seq;
CREATE INDEX idea_unjudged ON idea (updated_at) WHERE judged_seq < concept_seq;
-- The place of which somebody was told that the concept had become another.
ALTER TABLE vote ADD COLUMN told_seq BIGINT NOT NULL DEFAULT 0;

-- When a stage was taken away. It keeps its row, for the moves that name it.
ALTER TABLE stage ADD COLUMN removed_at BIGINT;

-- What happens to ideas gets two kinds more.
ALTER TABLE happening
    DROP CONSTRAINT happening_kind_check,
    ADD CONSTRAINT happening_kind_check CHECK (kind IN ('stage', 'answer', 'comment', 'mention', 'merged', 'changed')),
    -- The merge that was made, or undone.
    ADD COLUMN merge_id UUID REFERENCES merge (id) ON DELETE CASCADE,
    -- The place of its log at which the concept had become another.
    ADD COLUMN concept_seq BIGINT;
CREATE INDEX happening_comment ON happening (comment_id);
CREATE INDEX happening_merge ON happening (merge_id);
ALTER TABLE notice_off
    DROP CONSTRAINT notice_off_kind_check,
    ADD CONSTRAINT notice_off_kind_check CHECK (kind IN ('stage', 'answer', 'comment', 'mention', 'merged', 'changed'));
