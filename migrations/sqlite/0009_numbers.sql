-- How many ideas were answered, and how soon, without reading them. Paired with the other database's file of this number.
CREATE INDEX idea_answered ON idea (board_id, created_at, answered_at);
