-- The columns of a board's pipeline, counted and begun without reading the others. Paired with the other database's file of this number.
CREATE INDEX idea_stage ON idea (board_id, stage_id, heat, number) WHERE away IS NULL;
