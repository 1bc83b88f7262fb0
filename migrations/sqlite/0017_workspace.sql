-- What owners settle for the whole workspace. Paired with the other database's file of this number.

-- The accent colour they chose, as `#rrggbb`; none: the one of Atelier.
ALTER TABLE workspace ADD COLUMN accent TEXT;
-- The languages the workspace speaks, between commas, the one for those who like none of them first.
ALTER TABLE workspace ADD COLUMN languages TEXT NOT NULL DEFAULT 'en,fr';
-- The domains of those who may sign up where that is the rule, between spaces.
ALTER TABLE workspace ADD COLUMN domains TEXT NOT NULL DEFAULT '';
ALTER TABLE workspace ADD COLUMN logo_id BLOB REFERENCES picture (id);
-- Who may sign up; none: as the configuration says, which settles it at the next start.
ALTER TABLE workspace ADD COLUMN sign_up TEXT CHECK (sign_up IN ('open', 'domain', 'invite'));
