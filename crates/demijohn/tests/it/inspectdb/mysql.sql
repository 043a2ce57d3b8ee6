CREATE TABLE shop_maker (
    id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(50) NOT NULL UNIQUE COMMENT 'for people',
    `type` text,
    createdAt timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    changed datetime(6),
    rating decimal(5, 2),
    open tinyint(1) NOT NULL DEFAULT 1,
    mood enum('happy', 'so so', 'it''s bad') NOT NULL DEFAULT 'happy',
    features set('a', 'b'),
    settings json,
    logo longblob,
    short varbinary(20),
    code char(32),
    founded date,
    closes time(6),
    since year,
    bits bit(4),
    flag bit(1),
    tiny tinyint,
    tiny_positive tinyint unsigned,
    medium mediumint,
    amount int unsigned,
    big bigint unsigned,
    weight float,
    exact double,
    place point,
    own uuid,
    said varchar(20) COLLATE utf8mb4_bin DEFAULT 'a {b}'
) COMMENT 'who makes cups';
CREATE INDEX maker_founded ON shop_maker (founded, closes);
CREATE FULLTEXT INDEX maker_words ON shop_maker (`type`);
CREATE TABLE shop_cup (
    code varchar(10) NOT NULL PRIMARY KEY,
    maker_id int unsigned NOT NULL,
    parent varchar(10),
    price int NOT NULL,
    amount int NOT NULL,
    total int GENERATED ALWAYS AS (price * amount) VIRTUAL,
    UNIQUE KEY cup_once (maker_id, price),
    CONSTRAINT price_positive CHECK (price > 0),
    FOREIGN KEY (maker_id) REFERENCES shop_maker (id) ON DELETE CASCADE,
    FOREIGN KEY (parent) REFERENCES shop_cup (code)
);
CREATE TABLE shop_seat (
    row_no int NOT NULL,
    letter varchar(2) NOT NULL,
    cup_id varchar(10),
    PRIMARY KEY (row_no, letter),
    FOREIGN KEY (cup_id) REFERENCES shop_cup (code)
);
CREATE TABLE shop_loose (day date NOT NULL, value int);
CREATE VIEW shop_prices AS SELECT c.code, c.total, m.name AS maker FROM shop_cup c JOIN shop_maker m ON m.id = c.maker_id;
INSERT INTO shop_maker (name, `type`, changed, rating, mood, features, settings, logo, short, code, founded, closes,
        since, bits, flag, tiny, tiny_positive, medium, amount, big, weight, exact, place, own)
    VALUES ('Ada', 'words', '2026-01-02 03:04:05.678900', 12.34, 'it''s bad', 'a,b', '{"a": [1]}', x'00ff', x'01', 'not a UUID',
            '2026-01-02', '23:59:59.5', 2026, b'1010', b'1', -5, 200, -70000, 4000000000, 9000000000000000000, 0.1, 0.2,
            ST_GeomFromText('POINT(1 2)'), '0190cb1e-3c2f-7d4e-8a53-1f1c6f5b2a10');
INSERT INTO shop_maker (name) VALUES ('Bob');
INSERT INTO shop_cup (code, maker_id, parent, price, amount) VALUES ('a', 1, NULL, 20, 3), ('b', 2, 'a', 5, 0);
INSERT INTO shop_seat VALUES (1, 'A', 'a'), (1, 'B', NULL);
INSERT INTO shop_loose VALUES ('2026-01-02', 1), ('2026-01-02', NULL);
