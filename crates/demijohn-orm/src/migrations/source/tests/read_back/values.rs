use crate::migrations::prelude::*;

pub(super) fn migration() -> Migration {
    Migration::new("blog", "0002_values")
        .add_field(
            "Kind",
            "null",
            integer()
                .null()
                .db_default(None::<i64>)
                .fill_with(None::<i64>),
        )
        .add_field("Kind", "yes", boolean().db_default(true).fill_with(true))
        .add_field(
            "Kind",
            "least",
            big_int()
                .db_default(-9223372036854775808_i64)
                .fill_with(-9223372036854775808_i64),
        )
        .add_field(
            "Kind",
            "most",
            big_int()
                .db_default(9223372036854775807_i64)
                .fill_with(9223372036854775807_i64),
        )
        .add_field("Kind", "minus", integer().db_default(-1).fill_with(-1))
        .add_field("Kind", "half", float().db_default(-0.5).fill_with(-0.5))
        .add_field("Kind", "large", float().db_default(1e300).fill_with(1e300))
        .add_field(
            "Kind",
            "endless",
            float().db_default(f64::INFINITY).fill_with(f64::INFINITY),
        )
        .add_field(
            "Kind",
            "below",
            float()
                .db_default(f64::NEG_INFINITY)
                .fill_with(f64::NEG_INFINITY),
        )
        .add_field(
            "Kind",
            "price",
            decimal(8, 2).db_default("-9.90").fill_with("-9.90"),
        )
        .add_field(
            "Kind",
            "words",
            text()
                .db_default("\0\u{7f}\r\n\t\"'\\{}{{}}")
                .fill_with("\0\u{7f}\r\n\t\"'\\{}{{}}"),
        )
        .add_field("Kind", "empty", text().db_default("").fill_with(""))
        .add_field(
            "Kind",
            "bytes",
            binary()
                .db_default(vec![0_u8, 255])
                .fill_with(vec![0_u8, 255]),
        )
        .add_field(
            "Kind",
            "no_bytes",
            binary()
                .db_default(Vec::<u8>::new())
                .fill_with(Vec::<u8>::new()),
        )
        .add_field(
            "Kind",
            "moment",
            timestamp()
                .db_default("2026-11-22T08:15:30.000001Z")
                .fill_with("2026-11-22T08:15:30.000001Z"),
        )
        .add_field(
            "Kind",
            "day",
            date().db_default("0001-01-01").fill_with("0001-01-01"),
        )
        .add_field(
            "Kind",
            "clock",
            time()
                .db_default("23:59:59.999999")
                .fill_with("23:59:59.999999"),
        )
        .add_field(
            "Kind",
            "code",
            uuid()
                .db_default("67e55044-10b1-426f-9247-bb680e5fe0c8")
                .fill_with("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        )
        .add_field(
            "Kind",
            "document",
            json()
                .db_default("{\"a\":[1,\"b\",null]}")
                .fill_with("{\"a\":[1,\"b\",null]}"),
        )
        .add_field(
            "Kind",
            "one_text",
            json().db_default("\"a\"").fill_with("\"a\""),
        )
        .add_field(
            "Kind",
            "span",
            duration()
                .db_default("-1 00:00:00.500000")
                .fill_with("-1 00:00:00.500000"),
        )
        .add_field(
            "Kind",
            "address",
            ip_address()
                .db_default("::ffff:1.2.3.4")
                .fill_with("::ffff:1.2.3.4"),
        )
        .add_field(
            "Kind",
            "list",
            array(text())
                .db_default("{\"a,\\\"b\",NULL}")
                .fill_with("{\"a,\\\"b\",NULL}"),
        )
        .add_field(
            "Kind",
            "between",
            range(integer()).db_default("[1,5)").fill_with("[1,5)"),
        )
        .add_field(
            "Kind",
            "named",
            hstore()
                .db_default("\"a b\"=>NULL, \"c\"=>\"=>\"")
                .fill_with("\"a b\"=>NULL, \"c\"=>\"=>\""),
        )
}
