-- The canvas of a board: a document of its own.

CREATE TABLE canvas (
    board_id    UUID    PRIMARY KEY REFERENCES board (id) ON DELETE CASCADE,
    document_id UUID    NOT NULL UNIQUE REFERENCES document (id)
);
