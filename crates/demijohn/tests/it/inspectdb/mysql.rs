// Written by `inspectdb` from the tables of a live database. What to look through:
// - names of models and fields, as you like them (`table` and `column` keep the database's);
// - `on_delete = DoNothing` leaves what points to a deleted row to the database: say `Cascade`, `Protect`, … where the
//   framework is to do it;
// - `unmanaged` keeps migrations away: take it out of models whose tables they are to change from now on.
use demijohn::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "shop_cup", unmanaged)]
#[model(unique("maker", "price", name = "cup_once"))]
#[model(check("price_positive", "`price` > 0"))]
pub struct ShopCup {
    #[field(primary_key, max_length = 10)]
    pub code: String,
    #[field(on_delete = DoNothing)]
    pub maker: ForeignKey<ShopMaker>,
    #[field(column = "parent", on_delete = DoNothing)]
    pub parent: Option<ForeignKey<ShopCup>>,
    pub price: i32,
    pub amount: i32,
    #[field(generated = "`price` * `amount`", virtual)]
    pub total: Option<i32>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_loose", unmanaged)]
pub struct ShopLoose {
    // The table has no primary key, so this field was chosen: mark those that tell rows apart and are never NULL.
    #[field(primary_key)]
    pub day: Date,
    pub value: Option<i32>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_maker", unmanaged)]
#[model(comment = "who makes cups")]
#[model(index("founded", "closes", name = "maker_founded"))]
#[model(index("type", name = "maker_words", method = FullText))]
pub struct ShopMaker {
    pub id: i64,
    #[field(max_length = 50, unique, comment = "for people")]
    pub name: String,
    pub r#type: Option<Text>,
    #[field(column = "createdAt", db_default = sql("current_timestamp()"))]
    pub created_at: Timestamp,
    pub changed: Option<Timestamp>,
    #[field(max_digits = 5, decimal_places = 2)]
    pub rating: Option<Decimal>,
    #[field(db_default = sql("1"))]
    pub open: bool,
    #[field(max_length = 8)]
    #[field(choices = [("happy", "happy"), ("so so", "so so"), ("it's bad", "it's bad")])]
    #[field(db_default = sql("'happy'"))]
    pub mood: String,
    // `set('a','b')`: several of these, with commas between them
    pub features: Option<Text>,
    pub settings: Option<Value>,
    pub logo: Option<Vec<u8>>,
    pub short: Option<Vec<u8>>,
    // `char(32)`: where it holds UUIDs, as in Django's tables, the type is `Uuid`
    #[field(max_length = 32)]
    pub code: Option<String>,
    pub founded: Option<Date>,
    pub closes: Option<Time>,
    pub since: Option<i16>,
    // `bit(4)`: the bits as a number
    pub bits: Option<i64>,
    pub flag: Option<bool>,
    pub tiny: Option<i16>,
    pub tiny_positive: Option<u16>,
    pub medium: Option<i32>,
    pub amount: Option<u32>,
    pub big: Option<u64>,
    pub weight: Option<f64>,
    pub exact: Option<f64>,
    // `point`: the bytes of the server
    pub place: Option<Vec<u8>>,
    pub own: Option<Uuid>,
    #[field(max_length = 20, db_default = sql("'a {b}'"), collation = "utf8mb4_bin")]
    pub said: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_seat", unmanaged)]
pub struct ShopSeat {
    #[field(primary_key)]
    pub row_no: i32,
    #[field(primary_key, max_length = 2)]
    pub letter: String,
    #[field(on_delete = DoNothing)]
    pub cup: Option<ForeignKey<ShopCup>>,
}

// A view.
#[derive(Model, Debug, Clone)]
#[model(table = "shop_prices", unmanaged)]
pub struct ShopPrices {
    // A view has no primary key, so this field was chosen: mark those that tell rows apart and are never NULL.
    #[field(primary_key, max_length = 10)]
    pub code: String,
    pub total: Option<i32>,
    #[field(max_length = 50, comment = "for people")]
    pub maker: String,
}
