-- Pictures: what a club hangs in its own pages.

CREATE TABLE pictures (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    -- where it hangs, or is to hang
    spot TEXT NOT NULL,
    -- photograph or film
    kind TEXT NOT NULL,
    -- what is to be seen, for who can't see it
    alt TEXT NOT NULL,
    -- where the eye rests: centre, top, top-left …
    focus TEXT NOT NULL,
    -- working, ready, failed
    state TEXT NOT NULL,
    -- of the largest file; 0 until it is ready, and of a film
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    -- the whole as a few hundred bytes, in base 64; empty of a film
    preview TEXT NOT NULL,
    uploaded_by BIGINT NOT NULL REFERENCES people (id),
    uploaded_at BIGINT NOT NULL
);

-- Its files by width and format; `source` is what came, forgotten once the others are made. A film is one file in pieces.
CREATE TABLE picture_files (
    picture_id BIGINT NOT NULL REFERENCES pictures (id),
    width BIGINT NOT NULL,
    format TEXT NOT NULL,
    piece BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (picture_id, width, format, piece)
);

-- Which picture hangs where.
CREATE TABLE picture_spots (
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    spot TEXT NOT NULL,
    picture_id BIGINT NOT NULL REFERENCES pictures (id),
    hung_by BIGINT NOT NULL REFERENCES people (id),
    hung_at BIGINT NOT NULL,
    PRIMARY KEY (club_id, spot)
);
CREATE INDEX picture_spots_of_picture ON picture_spots (picture_id);
