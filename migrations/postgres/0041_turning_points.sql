-- What happens to ideas is about entries too, and of more kinds: which there are, the program knows. Paired with the other
-- database's file of this number.
ALTER TABLE happening
    DROP CONSTRAINT happening_kind_check,
    ADD COLUMN entry_id UUID REFERENCES entry (id) ON DELETE CASCADE;
ALTER TABLE notice_off DROP CONSTRAINT notice_off_kind_check;
CREATE INDEX happening_entry ON happening (entry_id);
DROP INDEX happening_progress;
CREATE INDEX happening_progress ON happening (created_at, id)
    WHERE kind IN ('stage', 'answer', 'update', 'milestone', 'experiment', 'result');
