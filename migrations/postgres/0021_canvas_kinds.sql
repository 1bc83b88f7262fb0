-- Of how many kinds of items a canvas has the maps: those made before there were links and pictures get them when the
-- server starts.
ALTER TABLE canvas ADD COLUMN kinds BIGINT NOT NULL DEFAULT 3;
