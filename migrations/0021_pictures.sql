-- Pictures that a club publishes on its own pages.

CREATE TABLE pictures (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    -- The slot in which the picture is shown, or is to be shown
    spot TEXT NOT NULL,
    -- photograph or film
    kind TEXT NOT NULL,
    -- The alternative text
    alt TEXT NOT NULL,
    -- The focal point: centre, top, top-left …
    focus TEXT NOT NULL,
    -- working, ready, or failed
    state TEXT NOT NULL,
    -- The size of the largest file; 0 until it is ready, and for a video
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    -- A preview of a few hundred bytes in base 64; empty for a video
    preview TEXT NOT NULL,
    uploaded_by BIGINT NOT NULL REFERENCES people (id),
    uploaded_at BIGINT NOT NULL
);

-- The files of a picture by width and format. `source` is the upload, deleted after the others are made. A video is one file in pieces.
CREATE TABLE picture_files (
    picture_id BIGINT NOT NULL REFERENCES pictures (id),
    width BIGINT NOT NULL,
    format TEXT NOT NULL,
    piece BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (picture_id, width, format, piece)
);

-- The picture that is published in each slot.
CREATE TABLE picture_spots (
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    spot TEXT NOT NULL,
    picture_id BIGINT NOT NULL REFERENCES pictures (id),
    hung_by BIGINT NOT NULL REFERENCES people (id),
    hung_at BIGINT NOT NULL,
    PRIMARY KEY (club_id, spot)
);
CREATE INDEX picture_spots_of_picture ON picture_spots (picture_id);
