-- What search finds things by. Paired with the other database's file of this number.
-- All of it is derived: the program fills it from the rows it stands for.

-- What changed and is not indexed yet: noted by the triggers below, in the transaction that changes it.
CREATE TABLE search_pending (
    id          INTEGER PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('idea', 'comment', 'person', 'board')),
    thing       BLOB    NOT NULL
) STRICT;

-- A thing that can be found.
CREATE TABLE search_doc (
    doc         INTEGER PRIMARY KEY,
    thing       BLOB    NOT NULL UNIQUE,
    -- The board it stands on; none for people.
    board_id    BLOB,
    -- What comes first where more is found than is looked at: an idea's votes.
    weight      INTEGER NOT NULL
) STRICT;
INSERT INTO counter (name, value) VALUES ('search', 0);

-- What each is found by: the program decides what that is, so that both databases find the same.
CREATE VIRTUAL TABLE search_index USING fts5 (words, detail = none, columnsize = 0, tokenize = 'ascii');

-- Each word and stem that is somewhere, and in how many documents.
CREATE TABLE search_term (
    term        TEXT    PRIMARY KEY,
    docs        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Each word, whole and with one letter missing: words that differ by a slip of the hand have one of these in common.
CREATE TABLE search_slip (
    slip        TEXT    NOT NULL,
    word        TEXT    NOT NULL,
    PRIMARY KEY (slip, word)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER search_idea_made AFTER INSERT ON idea
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('idea', NEW.id); END;
CREATE TRIGGER search_idea_changed AFTER UPDATE OF title, pitch, body, author_id, board_id, away ON idea
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('idea', NEW.id); END;
CREATE TRIGGER search_idea_gone AFTER DELETE ON idea
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('idea', OLD.id); END;
CREATE TRIGGER search_idea_voted AFTER UPDATE OF votes ON idea WHEN NEW.votes <> OLD.votes
BEGIN UPDATE search_doc SET weight = NEW.votes WHERE thing = NEW.id; END;

CREATE TRIGGER search_comment_made AFTER INSERT ON comment
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('comment', NEW.id); END;
CREATE TRIGGER search_comment_changed AFTER UPDATE OF body, kind, idea_id, deleted_at, away ON comment
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('comment', NEW.id); END;
CREATE TRIGGER search_comment_gone AFTER DELETE ON comment
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('comment', OLD.id); END;

CREATE TRIGGER search_person_made AFTER INSERT ON person
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('person', NEW.id); END;
CREATE TRIGGER search_person_changed AFTER UPDATE OF name, handle, suspended_at, unclaimed_at ON person
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('person', NEW.id); END;
CREATE TRIGGER search_person_renamed AFTER UPDATE OF name ON person WHEN NEW.name <> OLD.name
BEGIN INSERT INTO search_pending (kind, thing) SELECT 'idea', id FROM idea WHERE author_id = NEW.id; END;
CREATE TRIGGER search_person_gone AFTER DELETE ON person
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('person', OLD.id); END;

CREATE TRIGGER search_board_made AFTER INSERT ON board
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('board', NEW.id); END;
CREATE TRIGGER search_board_changed AFTER UPDATE OF title, purpose ON board
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('board', NEW.id); END;
CREATE TRIGGER search_board_gone AFTER DELETE ON board
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('board', OLD.id); END;

CREATE TRIGGER search_tag_given AFTER INSERT ON idea_tag
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('idea', NEW.idea_id); END;
CREATE TRIGGER search_tag_taken AFTER DELETE ON idea_tag
BEGIN INSERT INTO search_pending (kind, thing) VALUES ('idea', OLD.idea_id); END;
CREATE TRIGGER search_tag_renamed AFTER UPDATE OF name ON tag
BEGIN INSERT INTO search_pending (kind, thing) SELECT 'idea', idea_id FROM idea_tag WHERE tag_id = NEW.id; END;

-- What is there already.
INSERT INTO search_pending (kind, thing) SELECT 'board', id FROM board ORDER BY id;
INSERT INTO search_pending (kind, thing) SELECT 'person', id FROM person ORDER BY id;
INSERT INTO search_pending (kind, thing) SELECT 'idea', id FROM idea ORDER BY id;
INSERT INTO search_pending (kind, thing) SELECT 'comment', id FROM comment ORDER BY id;
