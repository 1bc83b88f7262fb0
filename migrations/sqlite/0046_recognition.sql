-- Recognition: thanks, badges, points and perks, in a ledger that is only added to. Paired with the other database's file of
-- this number.

-- Points that a board gives in a calendar month, at most.
ALTER TABLE board ADD COLUMN points_per_month INTEGER NOT NULL DEFAULT 500 CHECK (points_per_month >= 0);

CREATE TABLE badge (
    id          BLOB    PRIMARY KEY,
    icon        TEXT    NOT NULL,
    name_fr     TEXT    NOT NULL,
    name_en     TEXT    NOT NULL,
    meaning_fr  TEXT    NOT NULL,
    meaning_en  TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    retired_at  INTEGER
) STRICT;
INSERT INTO badge (id, icon, name_fr, name_en, meaning_fr, meaning_en, created_at) VALUES
    (x'0193a000000070008000000000000001', 'sprout', 'Première idée', 'First idea',
     'A proposé une première idée qui a compté.', 'Proposed a first idea that mattered.', 0),
    (x'0193a000000070008000000000000002', 'pens', 'Co-auteur', 'Co-author',
     'A écrit avec d’autres ce que l’idée est devenue.', 'Wrote, with others, what the idea became.', 0),
    (x'0193a000000070008000000000000003', 'wave', 'Tournant décisif', 'Turned the tide',
     'A donné à l’idée l’élan ou le sens qui lui manquait.', 'Gave the idea the push or the sense it lacked.', 0),
    (x'0193a000000070008000000000000004', 'balloon', 'Lancement', 'Launched',
     'A contribué à une idée qui existe aujourd’hui.', 'Helped an idea that now exists.', 0),
    (x'0193a000000070008000000000000005', 'question', 'Bonne question', 'Good question',
     'A posé la question qui a fait avancer tout le monde.', 'Asked the question that moved everybody on.', 0),
    (x'0193a000000070008000000000000006', 'flask', 'Testeur', 'Tester',
     'A essayé, et a dit ce qui marchait et ce qui ne marchait pas.', 'Tried it, and said what worked and what did not.', 0);

-- What can be had for points, or is given. How many are left; how many there ever were to give.
CREATE TABLE perk (
    id          BLOB    PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('coffee', 'seat', 'discount', 'other')),
    title_fr    TEXT    NOT NULL,
    title_en    TEXT    NOT NULL,
    about_fr    TEXT    NOT NULL,
    about_en    TEXT    NOT NULL,
    -- Nothing: moderators give it, and nobody claims it.
    price       INTEGER CHECK (price > 0),
    stock       INTEGER NOT NULL CHECK (stock >= 0),
    supplied    INTEGER NOT NULL CHECK (supplied >= 0),
    -- Whether each comes with a code of its own; then there are as many as codes.
    coded       INTEGER NOT NULL CHECK (coded IN (0, 1)),
    created_at  INTEGER NOT NULL,
    retired_at  INTEGER
) STRICT;

-- One request by which somebody gave, claimed or took back: all of it, once.
CREATE TABLE recognition_act (
    id          BLOB    PRIMARY KEY,
    by_id       BLOB    NOT NULL REFERENCES person (id),
    key         TEXT    NOT NULL,
    request     BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    UNIQUE (by_id, key)
) STRICT;
CREATE INDEX recognition_act_at ON recognition_act (by_id, created_at);

-- The ledger. It holds ids and numbers, never words: who is erased need not be erased here. An idea that is gone leaves its id.
CREATE TABLE recognition (
    id          BLOB    PRIMARY KEY,
    act_id      BLOB    NOT NULL REFERENCES recognition_act (id),
    kind        TEXT    NOT NULL CHECK (kind IN ('thanks', 'badge', 'points', 'perk', 'claim', 'revocation')),
    person_id   BLOB    NOT NULL REFERENCES person (id),
    by_id       BLOB    NOT NULL REFERENCES person (id),
    -- Of what board; nothing where a perk was claimed.
    board_id    BLOB    REFERENCES board (id),
    idea_id     BLOB,
    private     INTEGER NOT NULL CHECK (private IN (0, 1)),
    points      INTEGER NOT NULL,
    badge_id    BLOB    REFERENCES badge (id),
    perk_id     BLOB    REFERENCES perk (id),
    revokes_id  BLOB    UNIQUE REFERENCES recognition (id),
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX recognition_person ON recognition (person_id, id);
CREATE INDEX recognition_by ON recognition (by_id, person_id, created_at);
CREATE INDEX recognition_idea ON recognition (idea_id, id);
CREATE INDEX recognition_board ON recognition (board_id, id);
CREATE INDEX recognition_kind ON recognition (kind, created_at);
CREATE INDEX recognition_act_id ON recognition (act_id);

CREATE TRIGGER recognition_act_is_not_changed BEFORE UPDATE ON recognition_act
BEGIN
    SELECT RAISE(ABORT, 'the ledger is only added to');
END;
CREATE TRIGGER recognition_act_is_not_removed BEFORE DELETE ON recognition_act
BEGIN
    SELECT RAISE(ABORT, 'the ledger is only added to');
END;
CREATE TRIGGER recognition_is_not_changed BEFORE UPDATE ON recognition
BEGIN
    SELECT RAISE(ABORT, 'the ledger is only added to');
END;
CREATE TRIGGER recognition_is_not_removed BEFORE DELETE ON recognition
BEGIN
    SELECT RAISE(ABORT, 'the ledger is only added to');
END;

-- The words of an entry, apart: they can be taken away where the entry stays.
CREATE TABLE recognition_words (
    entry_id    BLOB    PRIMARY KEY REFERENCES recognition (id),
    words       TEXT    NOT NULL
) STRICT;

-- The points that somebody has: the sum of their entries. One row each, so that nobody spends twice.
CREATE TABLE recognition_balance (
    person_id   BLOB    PRIMARY KEY REFERENCES person (id),
    points      INTEGER NOT NULL CHECK (points >= 0)
) STRICT;

-- The points that a board gave in the month that began then.
CREATE TABLE recognition_month (
    board_id    BLOB    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    month_at    INTEGER NOT NULL,
    spent       INTEGER NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (board_id, month_at)
) STRICT;

-- Who has which badge: once for each idea, and once without.
CREATE TABLE badge_held (
    entry_id    BLOB    PRIMARY KEY REFERENCES recognition (id),
    badge_id    BLOB    NOT NULL REFERENCES badge (id),
    person_id   BLOB    NOT NULL REFERENCES person (id),
    idea_id     BLOB
) STRICT;
CREATE UNIQUE INDEX badge_held_idea ON badge_held (badge_id, person_id, idea_id) WHERE idea_id IS NOT NULL;
CREATE UNIQUE INDEX badge_held_whatever ON badge_held (badge_id, person_id) WHERE idea_id IS NULL;
CREATE INDEX badge_held_person ON badge_held (person_id);

-- The codes of a perk, and which entry each was handed out by.
CREATE TABLE perk_code (
    id          BLOB    PRIMARY KEY,
    perk_id     BLOB    NOT NULL REFERENCES perk (id) ON DELETE CASCADE,
    code        TEXT    NOT NULL,
    entry_id    BLOB    UNIQUE REFERENCES recognition (id),
    created_at  INTEGER NOT NULL,
    UNIQUE (perk_id, code)
) STRICT;
CREATE INDEX perk_code_free ON perk_code (perk_id, id) WHERE entry_id IS NULL;

-- That somebody was shown what an act gave them or took back.
CREATE TABLE recognition_told (
    act_id      BLOB    NOT NULL REFERENCES recognition_act (id),
    person_id   BLOB    NOT NULL REFERENCES person (id),
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER,
    PRIMARY KEY (act_id, person_id)
) STRICT;
CREATE INDEX recognition_told_fresh ON recognition_told (person_id, created_at) WHERE seen_at IS NULL;

-- What somebody wants of it. Who never chose has no row: it is public, and they are listed.
CREATE TABLE recognition_choice (
    person_id   BLOB    PRIMARY KEY REFERENCES person (id),
    private     INTEGER NOT NULL CHECK (private IN (0, 1)),
    unlisted    INTEGER NOT NULL CHECK (unlisted IN (0, 1)),
    chosen_at   INTEGER NOT NULL
) STRICT;

-- What owners may want to look at, with the numbers that say why.
CREATE TABLE recognition_flag (
    id           BLOB    PRIMARY KEY,
    entry_id     BLOB    NOT NULL REFERENCES recognition (id),
    kind         TEXT    NOT NULL CHECK (kind IN ('size', 'share', 'pair', 'mutual', 'frequency')),
    value        INTEGER NOT NULL,
    usual        INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    dismissed_at INTEGER,
    dismissed_by BLOB    REFERENCES person (id),
    words        TEXT,
    UNIQUE (entry_id, kind)
) STRICT;
CREATE INDEX recognition_flag_open ON recognition_flag (entry_id) WHERE dismissed_at IS NULL;

-- That nobody is to be thanked for what became of an idea until then.
CREATE TABLE recognition_pass (
    idea_id     BLOB    PRIMARY KEY REFERENCES idea (id) ON DELETE CASCADE,
    person_id   BLOB    NOT NULL REFERENCES person (id),
    passed_at   INTEGER NOT NULL
) STRICT;

-- What somebody is given may be for no idea, and is told to them alone. What refers to happenings is made anew with them.
CREATE TABLE mail_kept AS SELECT * FROM mail;
DROP TABLE mail;
CREATE TABLE notice_kept AS SELECT * FROM notice;
DROP TABLE notice;
CREATE TABLE happening_kept AS SELECT * FROM happening;
DROP TABLE happening;
CREATE TABLE happening (
    id           BLOB    PRIMARY KEY,
    -- Nothing of what somebody was given for no idea.
    idea_id      BLOB    REFERENCES idea (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL,
    actor_id     BLOB    NOT NULL REFERENCES person (id),
    -- The stage it moved to; the comment that was made; the merge that was made, or undone; the entry it is about.
    stage_id     BLOB    REFERENCES stage (id),
    comment_id   BLOB    REFERENCES comment (id) ON DELETE CASCADE,
    merge_id     BLOB    REFERENCES merge (id) ON DELETE CASCADE,
    entry_id     BLOB    REFERENCES entry (id) ON DELETE CASCADE,
    -- What was given or taken back, and to whom; nobody else is told.
    act_id       BLOB    REFERENCES recognition_act (id),
    person_id    BLOB    REFERENCES person (id),
    -- The place of its log at which the concept had become another.
    concept_seq  INTEGER,
    -- The reason of a move or merge.
    words        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    -- Up to whom it was delivered, by id; when everybody was.
    delivered_to BLOB,
    done_at      INTEGER
) STRICT;
INSERT INTO happening (id, idea_id, kind, actor_id, stage_id, comment_id, merge_id, entry_id, concept_seq, words, created_at,
    delivered_to, done_at)
SELECT id, idea_id, kind, actor_id, stage_id, comment_id, merge_id, entry_id, concept_seq, words, created_at, delivered_to,
    done_at
FROM happening_kept;
DROP TABLE happening_kept;
CREATE INDEX happening_waiting ON happening (done_at, created_at);
CREATE INDEX happening_comment ON happening (comment_id);
CREATE INDEX happening_merge ON happening (merge_id);
CREATE INDEX happening_entry ON happening (entry_id);
CREATE INDEX happening_progress ON happening (created_at, id)
    WHERE kind IN ('stage', 'answer', 'update', 'milestone', 'experiment', 'result');

CREATE TABLE notice (
    person_id    BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    happening_id BLOB    NOT NULL REFERENCES happening (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    read_at      INTEGER,
    PRIMARY KEY (person_id, happening_id)
) STRICT;
INSERT INTO notice (person_id, happening_id, created_at, read_at)
SELECT person_id, happening_id, created_at, read_at FROM notice_kept;
DROP TABLE notice_kept;
CREATE INDEX notice_unread ON notice (person_id, read_at);

CREATE TABLE mail (
    id           BLOB    PRIMARY KEY,
    cause        TEXT    NOT NULL UNIQUE,
    person_id    BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('decision', 'digest', 'address')),
    happening_id BLOB    REFERENCES happening (id) ON DELETE CASCADE,
    -- What a digest tells of: what was told after the one moment and until the other.
    since        INTEGER,
    until        INTEGER,
    state        TEXT    NOT NULL
        CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'kept', 'held', 'dropped', 'unsure')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    -- When it may be tried next; until when whoever tries now is waited for.
    next_at      INTEGER NOT NULL,
    lease_until  INTEGER,
    created_at   INTEGER NOT NULL,
    sent_at      INTEGER,
    -- What the other server said against it.
    error        TEXT    NOT NULL DEFAULT '',
    language     TEXT,
    subject      TEXT,
    text         TEXT,
    html         TEXT
) STRICT;
INSERT INTO mail (id, cause, person_id, kind, happening_id, since, until, state, attempts, next_at, lease_until, created_at, sent_at,
    error, language, subject, text, html)
SELECT id, cause, person_id, kind, happening_id, since, until, state, attempts, next_at, lease_until, created_at, sent_at,
    error, language, subject, text, html
FROM mail_kept;
DROP TABLE mail_kept;
CREATE INDEX mail_waiting ON mail (next_at, id) WHERE state = 'waiting';
CREATE INDEX mail_sending ON mail (lease_until) WHERE state = 'sending';
CREATE INDEX mail_state ON mail (state, id);
CREATE INDEX mail_person ON mail (person_id, state);
CREATE INDEX mail_happening ON mail (happening_id);
