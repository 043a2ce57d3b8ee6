CREATE TABLE shop_maker (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    name varchar(50) NOT NULL UNIQUE,
    "type" text NULL,
    createdAt datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    rating decimal(5, 2) CHECK (rating <= 100),
    worth numeric,
    "open" bool NOT NULL DEFAULT 1,
    site text COLLATE NOCASE DEFAULT 'it''s {new}',
    settings text CHECK (json_valid(settings)),
    logo blob,
    code char(32),
    address char(39),
    founded date,
    closes time,
    weight real
);
CREATE UNIQUE INDEX maker_lower ON shop_maker (lower(name));
CREATE TABLE shop_cup (
    code varchar(10) NOT NULL PRIMARY KEY,
    maker_id integer NOT NULL REFERENCES shop_maker (id),
    second_maker integer REFERENCES shop_maker,
    parent varchar(10) REFERENCES shop_cup (code),
    price integer NOT NULL,
    amount integer unsigned NOT NULL CHECK (amount >= 0),
    small smallint,
    total integer GENERATED ALWAYS AS (price * amount) STORED,
    made timestamp,
    anything,
    unknown,
    wrong datetime,
    "save" text,
    maker_name varchar(50) REFERENCES shop_maker (name),
    CONSTRAINT price_positive CHECK (price > 0),
    UNIQUE (maker_id, price)
);
CREATE INDEX cup_price ON shop_cup (price DESC, made) WHERE price > 10;
CREATE INDEX cup_maker ON shop_cup (maker_id);
CREATE TABLE shop_seat (
    "row" integer NOT NULL,
    letter varchar(2) NOT NULL,
    cup_id varchar(10) REFERENCES shop_cup (code),
    PRIMARY KEY ("row", letter)
);
CREATE TABLE shop_visit (
    day date NOT NULL,
    maker_id integer NOT NULL REFERENCES shop_maker (id),
    seat_row integer,
    seat_letter varchar(2),
    FOREIGN KEY (seat_row, seat_letter) REFERENCES shop_seat ("row", letter)
);
CREATE TABLE shop_maker_detail (maker_id integer NOT NULL PRIMARY KEY REFERENCES shop_maker (id), motto text);
CREATE TABLE shop_pair (
    cup_id varchar(10) NOT NULL REFERENCES shop_cup (code),
    maker_id integer NOT NULL REFERENCES shop_maker (id),
    PRIMARY KEY (cup_id, maker_id)
);
CREATE TABLE "Order Line" (id integer PRIMARY KEY, "1st" text, "Größe cm" integer, "self" text, author_id integer, author text);
CREATE TABLE text (value text PRIMARY KEY);
CREATE VIEW shop_prices AS
    SELECT c.code, c.price, c.price * 1.5 AS more, m.name AS maker FROM shop_cup c JOIN shop_maker m ON m.id = c.maker_id;
INSERT INTO shop_maker (id, name, type, createdAt, rating, worth, open, site, settings, logo, code, address, founded, closes, weight)
    VALUES (1, 'Ada', NULL, '2026-01-02 03:04:05.678900', 12.34, 1.5, 1, 'x', '{"a": [1]}', x'00ff', 'not a UUID', '::1',
            '2026-01-02', '23:59:59', 3),
           (2, 'Bob', 'x', '2026-01-02T03:04:05Z', 12, 2, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0.25);
INSERT INTO shop_cup (code, maker_id, second_maker, parent, price, amount, small, made, anything, wrong, save, maker_name)
    VALUES ('a', 1, NULL, NULL, 20, 3, -1, '2026-01-02 03:04:05', 1, 1767323045, NULL, 'Ada'),
           ('b', 1, 2, 'a', 9000000000, 0, 7, NULL, 'x', NULL, 'kept', NULL);
INSERT INTO shop_seat VALUES (1, 'A', 'a'), (1, 'B', NULL);
INSERT INTO shop_visit VALUES ('2026-01-02', 1, 1, 'A'), ('2026-01-02', 1, NULL, NULL);
INSERT INTO shop_maker_detail VALUES (2, 'hello');
INSERT INTO shop_pair VALUES ('a', 1), ('a', 2), ('b', 1);
INSERT INTO "Order Line" VALUES (NULL, 'x', 7, 'me', 1, 'Ada');
INSERT INTO text VALUES ('alone');
