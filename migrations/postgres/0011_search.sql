-- What search finds things by. Paired with the other database's file of this number.
-- All of it is derived: the program fills it from the rows it stands for.

-- What changed and is not indexed yet: noted by the triggers below, in the transaction that changes it.
CREATE TABLE search_pending (
    id          BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('idea', 'comment', 'person', 'board')),
    thing       UUID    NOT NULL
);

-- A thing that can be found.
CREATE TABLE search_doc (
    doc         BIGINT  PRIMARY KEY,
    thing       UUID    NOT NULL UNIQUE,
    -- The board it stands on; none for people.
    board_id    UUID,
    -- What comes first where more is found than is looked at: an idea's votes.
    weight      BIGINT  NOT NULL,
    -- What it is found by: the program decides what that is, so that both databases find the same. In the other database
    -- a table of its own, as its index needs.
    words       TSVECTOR NOT NULL
);
INSERT INTO counter (name, value) VALUES ('search', 0);
-- Only a job writes here: nobody waits for it, and no search has to look through what is not sorted in yet.
CREATE INDEX search_doc_words ON search_doc USING gin (words) WITH (fastupdate = off);

-- Each word and stem that is somewhere, and in how many documents.
CREATE TABLE search_term (
    term        TEXT    PRIMARY KEY,
    docs        BIGINT  NOT NULL
);

-- Each word, whole and with one letter missing: words that differ by a slip of the hand have one of these in common.
CREATE TABLE search_slip (
    slip        TEXT    NOT NULL,
    word        TEXT    NOT NULL,
    PRIMARY KEY (slip, word)
);

CREATE FUNCTION search_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending (kind, thing)
    VALUES (TG_ARGV[0], CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END);
    RETURN NULL;
END $$;

CREATE TRIGGER search_idea_made AFTER INSERT ON idea
FOR EACH ROW EXECUTE FUNCTION search_changed('idea');
CREATE TRIGGER search_idea_changed AFTER UPDATE OF title, pitch, body, author_id, board_id, away ON idea
FOR EACH ROW EXECUTE FUNCTION search_changed('idea');
CREATE TRIGGER search_idea_gone AFTER DELETE ON idea
FOR EACH ROW EXECUTE FUNCTION search_changed('idea');

CREATE FUNCTION search_voted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE search_doc SET weight = NEW.votes WHERE thing = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_idea_voted AFTER UPDATE OF votes ON idea
FOR EACH ROW WHEN (NEW.votes <> OLD.votes) EXECUTE FUNCTION search_voted();

CREATE TRIGGER search_comment_made AFTER INSERT ON comment
FOR EACH ROW EXECUTE FUNCTION search_changed('comment');
CREATE TRIGGER search_comment_changed AFTER UPDATE OF body, kind, idea_id, deleted_at, away ON comment
FOR EACH ROW EXECUTE FUNCTION search_changed('comment');
CREATE TRIGGER search_comment_gone AFTER DELETE ON comment
FOR EACH ROW EXECUTE FUNCTION search_changed('comment');

CREATE TRIGGER search_person_made AFTER INSERT ON person
FOR EACH ROW EXECUTE FUNCTION search_changed('person');
CREATE TRIGGER search_person_changed AFTER UPDATE OF name, handle, suspended_at, unclaimed_at ON person
FOR EACH ROW EXECUTE FUNCTION search_changed('person');
CREATE FUNCTION search_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending (kind, thing) SELECT 'idea', id FROM idea WHERE author_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_person_renamed AFTER UPDATE OF name ON person
FOR EACH ROW WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION search_renamed();
CREATE TRIGGER search_person_gone AFTER DELETE ON person
FOR EACH ROW EXECUTE FUNCTION search_changed('person');

CREATE TRIGGER search_board_made AFTER INSERT ON board
FOR EACH ROW EXECUTE FUNCTION search_changed('board');
CREATE TRIGGER search_board_changed AFTER UPDATE OF title, purpose ON board
FOR EACH ROW EXECUTE FUNCTION search_changed('board');
CREATE TRIGGER search_board_gone AFTER DELETE ON board
FOR EACH ROW EXECUTE FUNCTION search_changed('board');

CREATE FUNCTION search_tagged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending (kind, thing)
    VALUES ('idea', CASE TG_OP WHEN 'DELETE' THEN OLD.idea_id ELSE NEW.idea_id END);
    RETURN NULL;
END $$;
CREATE TRIGGER search_tag_given AFTER INSERT ON idea_tag FOR EACH ROW EXECUTE FUNCTION search_tagged();
CREATE TRIGGER search_tag_taken AFTER DELETE ON idea_tag FOR EACH ROW EXECUTE FUNCTION search_tagged();
CREATE FUNCTION search_tag_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending (kind, thing) SELECT 'idea', idea_id FROM idea_tag WHERE tag_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_tag_renamed AFTER UPDATE OF name ON tag FOR EACH ROW EXECUTE FUNCTION search_tag_renamed();

-- What is there already.
INSERT INTO search_pending (kind, thing) SELECT 'board', id FROM board ORDER BY id;
INSERT INTO search_pending (kind, thing) SELECT 'person', id FROM person ORDER BY id;
INSERT INTO search_pending (kind, thing) SELECT 'idea', id FROM idea ORDER BY id;
INSERT INTO search_pending (kind, thing) SELECT 'comment', id FROM comment ORDER BY id;
