-- Recognition: thanks, badges, points and perks, in a ledger that is only added to. Paired with the other database's file of
-- this number.

-- Points that a board gives in a calendar month, at most.
ALTER TABLE board ADD COLUMN points_per_month BIGINT  NOT NULL DEFAULT 500 CHECK (points_per_month >= 0);

CREATE TABLE badge (
    id          UUID    PRIMARY KEY,
    icon        TEXT    NOT NULL,
    name_fr     TEXT    NOT NULL,
    name_en     TEXT    NOT NULL,
    meaning_fr  TEXT    NOT NULL,
    meaning_en  TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    retired_at  BIGINT
);
INSERT INTO badge (id, icon, name_fr, name_en, meaning_fr, meaning_en, created_at) VALUES
    ('0193a000-0000-7000-8000-000000000001', 'sprout', 'Première idée', 'First idea',
     'A proposé une première idée qui a compté.', 'Proposed a first idea that mattered.', 0),
    ('0193a000-0000-7000-8000-000000000002', 'pens', 'Co-auteur', 'Co-author',
     'A écrit avec d’autres ce que l’idée est devenue.', 'Wrote, with others, what the idea became.', 0),
    ('0193a000-0000-7000-8000-000000000003', 'wave', 'Tournant décisif', 'Turned the tide',
     'A donné à l’idée l’élan ou le sens qui lui manquait.', 'Gave the idea the push or the sense it lacked.', 0),
    ('0193a000-0000-7000-8000-000000000004', 'balloon', 'Lancement', 'Launched',
     'A contribué à une idée qui existe aujourd’hui.', 'Helped an idea that now exists.', 0),
    ('0193a000-0000-7000-8000-000000000005', 'question', 'Bonne question', 'Good question',
     'A posé la question qui a fait avancer tout le monde.', 'Asked the question that moved everybody on.', 0),
    ('0193a000-0000-7000-8000-000000000006', 'flask', 'Testeur', 'Tester',
     'A essayé, et a dit ce qui marchait et ce qui ne marchait pas.', 'Tried it, and said what worked and what did not.', 0);

-- What can be had for points, or is given. How many are left; how many there ever were to give.
CREATE TABLE perk (
    id          UUID    PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('coffee', 'seat', 'discount', 'other')),
    title_fr    TEXT    NOT NULL,
    title_en    TEXT    NOT NULL,
    about_fr    TEXT    NOT NULL,
    about_en    TEXT    NOT NULL,
    -- Nothing: moderators give it, and nobody claims it.
    price       BIGINT CHECK (price > 0),
    stock       BIGINT  NOT NULL CHECK (stock >= 0),
    supplied    BIGINT  NOT NULL CHECK (supplied >= 0),
    -- Whether each comes with a code of its own; then there are as many as codes.
    coded       BIGINT  NOT NULL CHECK (coded IN (0, 1)),
    created_at  BIGINT  NOT NULL,
    retired_at  BIGINT
);

-- One request by which somebody gave, claimed or took back: all of it, once.
CREATE TABLE recognition_act (
    id          UUID    PRIMARY KEY,
    by_id       UUID    NOT NULL REFERENCES person (id),
    key         TEXT    NOT NULL,
    request     BYTEA   NOT NULL,
    created_at  BIGINT  NOT NULL,
    UNIQUE (by_id, key)
);
CREATE INDEX recognition_act_at ON recognition_act (by_id, created_at);

-- The ledger. It holds ids and numbers, never words: who is erased need not be erased here. An idea that is gone leaves its id.
CREATE TABLE recognition (
    id          UUID    PRIMARY KEY,
    act_id      UUID    NOT NULL REFERENCES recognition_act (id),
    kind        TEXT    NOT NULL CHECK (kind IN ('thanks', 'badge', 'points', 'perk', 'claim', 'revocation')),
    person_id   UUID    NOT NULL REFERENCES person (id),
    by_id       UUID    NOT NULL REFERENCES person (id),
    -- Of what board; nothing where a perk was claimed.
    board_id    UUID    REFERENCES board (id),
    idea_id     UUID,
    private     BIGINT  NOT NULL CHECK (private IN (0, 1)),
    points      BIGINT  NOT NULL,
    badge_id    UUID    REFERENCES badge (id),
    perk_id     UUID    REFERENCES perk (id),
    revokes_id  UUID    UNIQUE REFERENCES recognition (id),
    created_at  BIGINT  NOT NULL
);
CREATE INDEX recognition_person ON recognition (person_id, id);
CREATE INDEX recognition_by ON recognition (by_id, person_id, created_at);
CREATE INDEX recognition_idea ON recognition (idea_id, id);
CREATE INDEX recognition_board ON recognition (board_id, id);
CREATE INDEX recognition_kind ON recognition (kind, created_at);
CREATE INDEX recognition_act_id ON recognition (act_id);

CREATE FUNCTION recognition_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to';
END;
$$;
CREATE TRIGGER recognition_act_is_not_changed BEFORE UPDATE OR DELETE ON recognition_act
    FOR EACH ROW EXECUTE FUNCTION recognition_stays();
CREATE TRIGGER recognition_act_is_not_emptied BEFORE TRUNCATE ON recognition_act
    FOR EACH STATEMENT EXECUTE FUNCTION recognition_stays();
CREATE TRIGGER recognition_is_not_changed BEFORE UPDATE OR DELETE ON recognition
    FOR EACH ROW EXECUTE FUNCTION recognition_stays();
CREATE TRIGGER recognition_is_not_emptied BEFORE TRUNCATE ON recognition
    FOR EACH STATEMENT EXECUTE FUNCTION recognition_stays();

-- The words of an entry, apart: they can be taken away where the entry stays.
CREATE TABLE recognition_words (
    entry_id    UUID    PRIMARY KEY REFERENCES recognition (id),
    words       TEXT    NOT NULL
);

-- The points that somebody has: the sum of their entries. One row each, so that nobody spends twice.
CREATE TABLE recognition_balance (
    person_id   UUID    PRIMARY KEY REFERENCES person (id),
    points      BIGINT  NOT NULL CHECK (points >= 0)
);

-- The points that a board gave in the month that began then.
CREATE TABLE recognition_month (
    board_id    UUID    NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    month_at    BIGINT  NOT NULL,
    spent       BIGINT  NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (board_id, month_at)
);

-- Who has which badge: once for each idea, and once without.
CREATE TABLE badge_held (
    entry_id    UUID    PRIMARY KEY REFERENCES recognition (id),
    badge_id    UUID    NOT NULL REFERENCES badge (id),
    person_id   UUID    NOT NULL REFERENCES person (id),
    idea_id     UUID
);
CREATE UNIQUE INDEX badge_held_idea ON badge_held (badge_id, person_id, idea_id) WHERE idea_id IS NOT NULL;
CREATE UNIQUE INDEX badge_held_whatever ON badge_held (badge_id, person_id) WHERE idea_id IS NULL;
CREATE INDEX badge_held_person ON badge_held (person_id);

-- The codes of a perk, and which entry each was handed out by.
CREATE TABLE perk_code (
    id          UUID    PRIMARY KEY,
    perk_id     UUID    NOT NULL REFERENCES perk (id) ON DELETE CASCADE,
    code        TEXT    NOT NULL,
    entry_id    UUID    UNIQUE REFERENCES recognition (id),
    created_at  BIGINT  NOT NULL,
    UNIQUE (perk_id, code)
);
CREATE INDEX perk_code_free ON perk_code (perk_id, id) WHERE entry_id IS NULL;

-- That somebody was shown what an act gave them or took back.
CREATE TABLE recognition_told (
    act_id      UUID    NOT NULL REFERENCES recognition_act (id),
    person_id   UUID    NOT NULL REFERENCES person (id),
    created_at  BIGINT  NOT NULL,
    seen_at     BIGINT,
    PRIMARY KEY (act_id, person_id)
);
CREATE INDEX recognition_told_fresh ON recognition_told (person_id, created_at) WHERE seen_at IS NULL;

-- What somebody wants of it. Who never chose has no row: it is public, and they are listed.
CREATE TABLE recognition_choice (
    person_id   UUID    PRIMARY KEY REFERENCES person (id),
    private     BIGINT  NOT NULL CHECK (private IN (0, 1)),
    unlisted    BIGINT  NOT NULL CHECK (unlisted IN (0, 1)),
    chosen_at   BIGINT  NOT NULL
);

-- What owners may want to look at, with the numbers that say why.
CREATE TABLE recognition_flag (
    id           UUID    PRIMARY KEY,
    entry_id     UUID    NOT NULL REFERENCES recognition (id),
    kind         TEXT    NOT NULL CHECK (kind IN ('size', 'share', 'pair', 'mutual', 'frequency')),
    value        BIGINT  NOT NULL,
    usual        BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    dismissed_at BIGINT,
    dismissed_by UUID    REFERENCES person (id),
    words        TEXT,
    UNIQUE (entry_id, kind)
);
CREATE INDEX recognition_flag_open ON recognition_flag (entry_id) WHERE dismissed_at IS NULL;

-- That nobody is to be thanked for what became of an idea until then.
CREATE TABLE recognition_pass (
    idea_id     UUID    PRIMARY KEY REFERENCES idea (id) ON DELETE CASCADE,
    person_id   UUID    NOT NULL REFERENCES person (id),
    passed_at   BIGINT  NOT NULL
);

-- What somebody is given may be for no idea, and is told to them alone.
ALTER TABLE happening
    ALTER COLUMN idea_id DROP NOT NULL,
    ADD COLUMN act_id UUID REFERENCES recognition_act (id),
    ADD COLUMN person_id UUID REFERENCES person (id);
