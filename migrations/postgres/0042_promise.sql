-- The time within which a board answers, and who answers there. Paired with the other database's file of this number.

-- In which time zone the workspace counts its days, by its IANA name.
ALTER TABLE workspace ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

-- Within how many days a board promises an answer, and since when; no promise where there is none.
ALTER TABLE board ADD COLUMN promise_days BIGINT CHECK (promise_days BETWEEN 1 AND 365);
ALTER TABLE board ADD COLUMN promised_at BIGINT;

-- Within how many days an answer to an idea was promised, and since when its clock runs: since it was proposed, or since its
-- board promised, if that is later. What its board promises others later changes nothing here.
ALTER TABLE idea ADD COLUMN promise_days BIGINT;
ALTER TABLE idea ADD COLUMN clock_at BIGINT;
-- How long it stood still so far while its author was asked something, and since when it does now.
ALTER TABLE idea ADD COLUMN paused_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE idea ADD COLUMN paused_at BIGINT;
-- Until when the answer is promised, and when half of the time is over. While the clock stands still, as they
-- were when it stopped.
ALTER TABLE idea ADD COLUMN half_at BIGINT;
ALTER TABLE idea ADD COLUMN due_at BIGINT;
-- When the answerers in reserve were told that half of the time is over, and everybody that it is over.
ALTER TABLE idea ADD COLUMN half_told_at BIGINT;
ALTER TABLE idea ADD COLUMN late_told_at BIGINT;
CREATE INDEX idea_due ON idea (due_at, number) WHERE answered_at IS NULL AND away IS NULL AND due_at IS NOT NULL;
CREATE INDEX idea_half ON idea (half_at) WHERE answered_at IS NULL AND away IS NULL AND half_told_at IS NULL AND half_at IS NOT NULL;
-- How a board kept its promises is read from this alone.
CREATE INDEX idea_promised ON idea (board_id, answered_at, due_at, paused_at, clock_at, paused_ms, away)
    WHERE due_at IS NOT NULL;

-- That a comment asks the author of an idea something: until they reply, the clock stands still.
CREATE TABLE question (
    comment_id  UUID    PRIMARY KEY REFERENCES comment (id) ON DELETE CASCADE,
    idea_id     UUID    NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    asked_at    BIGINT NOT NULL,
    -- When they replied, or it was no longer waited for.
    settled_at  BIGINT
);
CREATE INDEX question_open ON question (idea_id) WHERE settled_at IS NULL;

-- Who answers the ideas of a board, or those of one of its tags; in reserve, where they are told after half of the time.
CREATE TABLE answerer (
    id          UUID    PRIMARY KEY,
    board_id    UUID    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    -- Absent: whatever the tags.
    tag_id      UUID    REFERENCES tag (id) ON DELETE CASCADE,
    person_id   UUID    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    reserve     BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL
);
CREATE UNIQUE INDEX answerer_whatever ON answerer (board_id, person_id) WHERE tag_id IS NULL;
CREATE UNIQUE INDEX answerer_tag ON answerer (tag_id, person_id) WHERE tag_id IS NOT NULL;
CREATE INDEX answerer_person ON answerer (person_id);
