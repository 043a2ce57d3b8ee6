// Written by `inspectdb` from the tables of a live database. What to look through:
// - names of models and fields, as you like them (`table` and `column` keep the database's);
// - `on_delete = DoNothing` leaves what points to a deleted row to the database: say `Cascade`, `Protect`, … where the
//   framework is to do it;
// - `unmanaged` keeps migrations away: take it out of models whose tables they are to change from now on.
use demijohn::prelude::*;

// `cup_alone`: EXCLUDE USING gist (place WITH =, during WITH &&)
#[derive(Model, Debug, Clone)]
#[model(table = "shop_cup", unmanaged)]
#[model(unique("maker", "place", name = "cup_once", deferrable = Deferred, nulls_distinct = false))]
#[model(check("cup_place", "(place > 0)"))]
pub struct ShopCup {
    #[field(primary_key, max_length = 10)]
    pub code: String,
    #[field(on_delete = DoNothing)]
    pub maker: ForeignKey<ShopMaker>,
    #[field(column = "parent", on_delete = DoNothing)]
    pub parent: Option<ForeignKey<ShopCup>>,
    pub place: Option<i32>,
    pub amount: u16,
    #[field(generated = "(place * amount)")]
    pub total: Option<i32>,
    pub during: Option<demijohn::orm::Range<Date>>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_loose", unmanaged)]
pub struct ShopLoose {
    // The table has no primary key, so this field was chosen: mark those that tell rows apart and are never NULL.
    #[field(primary_key)]
    pub day: Date,
    pub value: Option<i32>,
}

// The index `maker_place` is over `place`, which is left out.
#[derive(Model, Debug, Clone)]
#[model(table = "shop_maker", unmanaged)]
#[model(comment = "who makes \"cups\"")]
#[model(index("tags", name = "maker_tags", method = Gin))]
#[model(index("-founded", name = "maker_covering", condition = "open", include = ["closes"]))]
#[model(unique(expressions = ["lower(name::text)"], name = "maker_lower"))]
pub struct ShopMaker {
    pub id: i64,
    #[field(max_length = 50, unique, comment = "for people")]
    pub name: String,
    pub r#type: Option<Text>,
    #[field(column = "createdAt", db_default = sql("now()"))]
    pub created_at: Timestamp,
    // `timestamp without time zone`: read as a moment in UTC
    pub local: Option<Timestamp>,
    // the domain `percent`, which is `numeric(5,2)`
    #[field(max_digits = 5, decimal_places = 2)]
    pub rating: Option<Decimal>,
    // `numeric`: the database does not say how many digits it has
    #[field(max_digits = 28, decimal_places = 10)]
    pub worth: Option<Decimal>,
    #[field(db_default = sql("true"))]
    pub open: bool,
    #[field(max_length = 11)]
    #[field(choices = [("happy", "happy"), ("so so", "so so"), ("sad \"today\"", "sad \"today\"")])]
    #[field(db_default = sql("'happy'::mood"))]
    pub mood: String,
    #[field(db_default = sql("'{\"a\": 1}'::jsonb"))]
    pub settings: Option<Value>,
    pub raw: Option<Value>,
    pub logo: Option<Vec<u8>>,
    #[field(db_default = sql("gen_random_uuid()"))]
    pub code: Option<Uuid>,
    pub address: Option<std::net::IpAddr>,
    // `net` is of type `cidr`, which no Rust type reads: it is left out.
    // `place` is of type `point`, which no Rust type reads: it is left out.
    // `price` is of type `money`, which no Rust type reads: it is left out.
    pub founded: Option<Date>,
    pub closes: Option<Time>,
    // `abroad` is of type `time with time zone`, which no Rust type reads: it is left out.
    pub lasts: Option<Duration>,
    pub weight: Option<f64>,
    pub exact: Option<f64>,
    #[field(max_length = 3)]
    pub fixed: Option<String>,
    #[field(max_length = 32)]
    pub md5: Option<String>,
    pub tags: Option<Vec<String>>,
    pub numbers: Option<Vec<i32>>,
    // `moods` is of type `mood[]`, which no Rust type reads: it is left out.
    pub during: Option<demijohn::orm::Range<Date>>,
    pub numbered: Option<demijohn::orm::Range<i32>>,
    pub spans: Option<demijohn::orm::Range<Timestamp>>,
    pub more: Option<demijohn::orm::HStore>,
    #[field(generated = "to_tsvector('english'::regconfig, (COALESCE(name, ''::character varying))::text)")]
    pub words: Option<demijohn::orm::TextVector>,
    #[field(collation = "C")]
    pub spoken: Option<Text>,
    pub number: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_number", unmanaged)]
pub struct ShopNumber {
    #[field(primary_key, auto)]
    pub number: i32,
    pub name: Option<Text>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_seat", unmanaged)]
pub struct ShopSeat {
    #[field(primary_key)]
    pub row_number: i32,
    #[field(primary_key, max_length = 2)]
    pub letter: String,
    #[field(on_delete = DoNothing)]
    pub cup: Option<ForeignKey<ShopCup>>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_unique", unmanaged)]
pub struct ShopUnique {
    // The table has no primary key that can be read; this one is unique.
    #[field(primary_key)]
    pub name: Text,
    pub value: Option<i32>,
}

// A view.
#[derive(Model, Debug, Clone)]
#[model(table = "shop_kept", unmanaged)]
pub struct ShopKept {
    // A view has no primary key, so this field was chosen: mark those that tell rows apart and are never NULL.
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50)]
    pub name: Option<String>,
}

// A view.
#[derive(Model, Debug, Clone)]
#[model(table = "shop_prices", unmanaged)]
pub struct ShopPrices {
    // A view has no primary key, so this field was chosen: mark those that tell rows apart and are never NULL.
    #[field(primary_key, max_length = 10)]
    pub code: String,
    pub total: Option<i32>,
    #[field(max_length = 50)]
    pub maker: Option<String>,
}
