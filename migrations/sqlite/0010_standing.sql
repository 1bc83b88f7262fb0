-- What stands, what is away and who is here. Paired with the other database's file of this number.

-- Why something is not shown as others are: it waits for a moderator, a moderator hid it, or it lives on in another
-- idea. Nothing where it stands.
ALTER TABLE idea ADD COLUMN away TEXT CHECK (away IN ('held', 'hidden', 'merged'));
ALTER TABLE comment ADD COLUMN away TEXT CHECK (away IN ('held', 'hidden'));

-- Votes that were counted elsewhere, before an import: part of the idea's votes, though nobody here gave them.
ALTER TABLE idea ADD COLUMN votes_before INTEGER NOT NULL DEFAULT 0;

-- Since when somebody may not come in.
ALTER TABLE person ADD COLUMN suspended_at INTEGER;
-- Since when a name is here that came with an import and that nobody has claimed.
ALTER TABLE person ADD COLUMN unclaimed_at INTEGER;

-- How many ideas stand on a board, and how the company answers, are counted without reading the ideas.
DROP INDEX idea_answered;
CREATE INDEX idea_answered ON idea (board_id, created_at, answered_at) WHERE away IS NULL;
