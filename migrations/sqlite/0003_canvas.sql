-- The canvas of a board: a document of its own.

CREATE TABLE canvas (
    board_id    BLOB    PRIMARY KEY REFERENCES board (id) ON DELETE CASCADE,
    document_id BLOB    NOT NULL UNIQUE REFERENCES document (id)
) STRICT;
