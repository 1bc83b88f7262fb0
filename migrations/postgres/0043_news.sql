-- Where stages show on the roadmap, when ideas last became news, and the keys of feeds. Paired with the other database's
-- file of this number.

-- Under which heading of the roadmap the ideas in a stage are shown; nowhere where there is none.
ALTER TABLE stage ADD COLUMN phase TEXT CHECK (phase IN ('explored', 'built', 'piloted', 'launched'));
UPDATE stage SET phase = CASE
    WHEN kind = 'launched' THEN 'launched'
    WHEN kind <> 'open' THEN NULL
    WHEN name_en = 'Exploring' THEN 'explored'
    WHEN name_en = 'Prototyping' THEN 'built'
    WHEN name_en = 'Piloting' THEN 'piloted'
END;

-- When it was last answered, or came to stand where it is there or will not be; nothing where there is nothing to tell.
ALTER TABLE idea ADD COLUMN news_at BIGINT;
UPDATE idea SET news_at = (SELECT max(at) FROM (
    SELECT c.created_at AS at FROM comment c
    WHERE c.idea_id = idea.id AND c.kind = 'answer' AND c.deleted_at IS NULL AND c.away IS NULL
      AND NOT EXISTS (SELECT 1 FROM merge_comment f JOIN merge g ON g.id = f.merge_id
                      WHERE f.comment_id = c.id AND g.undone_at IS NULL)
    UNION ALL SELECT m.created_at FROM stage_move m JOIN stage s ON s.id = m.to_id
    WHERE m.idea_id = idea.id AND m.to_id = idea.stage_id AND s.kind IN ('launched', 'declined')
) AS told);
CREATE INDEX idea_news ON idea (news_at, number) WHERE news_at IS NOT NULL AND away IS NULL;

-- What became of the ideas of a board, the last first, is read no further than a feed goes.
CREATE INDEX stage_move_at ON stage_move (created_at, id);
CREATE INDEX comment_answer ON comment (created_at, id) WHERE kind = 'answer';
CREATE INDEX entry_shown ON entry (shown_at, id) WHERE published_at IS NOT NULL;

-- By what somebody's feeds are known to be theirs.
CREATE TABLE feed_key (
    person_id   UUID    PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    key_hash    BYTEA   NOT NULL UNIQUE,
    created_at  BIGINT  NOT NULL,
    used_at     BIGINT
);
