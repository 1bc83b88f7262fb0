-- What became of ideas lately, without reading everything that happened. Paired with the other database's file of this number.
CREATE INDEX happening_progress ON happening (created_at, id) WHERE kind IN ('stage', 'answer');
