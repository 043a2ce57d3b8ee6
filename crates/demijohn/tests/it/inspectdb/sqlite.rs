// Written by `inspectdb` from the tables of a live database. What to look through:
// - names of models and fields, as you like them (`table` and `column` keep the database's);
// - `on_delete = DoNothing` leaves what points to a deleted row to the database: say `Cascade`, `Protect`, … where the
//   framework is to do it;
// - `unmanaged` keeps migrations away: take it out of models whose tables they are to change from now on.
use demijohn::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "Order Line", unmanaged)]
pub struct OrderLine {
    pub id: i64,
    #[field(column = "1st")]
    pub column_1st: Option<Text>,
    #[field(column = "Größe cm")]
    pub gr_e_cm: Option<i64>,
    #[field(column = "self")]
    pub self_column: Option<Text>,
    pub author_id: Option<i64>,
    pub author: Option<Text>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_cup", unmanaged)]
#[model(unique("maker", "price"))]
#[model(index("-price", "made", name = "cup_price", condition = "price > 10"))]
#[model(check("price_positive", "price > 0"))]
pub struct ShopCup {
    #[field(primary_key, max_length = 10)]
    pub code: String,
    #[field(on_delete = DoNothing)]
    pub maker: ForeignKey<ShopMaker>,
    #[field(column = "second_maker", on_delete = DoNothing)]
    #[field(related_name = "shopcup_second_maker_set")]
    pub second_maker: Option<ForeignKey<ShopMaker>>,
    #[field(column = "parent", on_delete = DoNothing)]
    pub parent: Option<ForeignKey<ShopCup>>,
    pub price: i64,
    pub amount: u64,
    pub small: Option<i16>,
    #[field(generated = "price * amount")]
    pub total: Option<i64>,
    pub made: Option<Timestamp>,
    // no declared type; the rows hold integer, text
    pub anything: Option<Text>,
    // no declared type; no row to tell what it holds
    pub unknown: Option<Text>,
    // declared `datetime`; the rows hold integer
    pub wrong: Option<i64>,
    #[field(column = "save")]
    pub save_column: Option<Text>,
    // `maker_name` points to `shop_maker.name`, which is not the key of `ShopMaker`.
    #[field(max_length = 50)]
    pub maker_name: Option<String>,
}

// CHECK (rating <= 100)
#[derive(Model, Debug, Clone)]
#[model(table = "shop_maker", unmanaged)]
#[model(unique(expressions = ["lower(name)"], name = "maker_lower"))]
pub struct ShopMaker {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
    pub r#type: Option<Text>,
    #[field(column = "createdAt", db_default = sql("CURRENT_TIMESTAMP"))]
    pub created_at: Timestamp,
    #[field(max_digits = 5, decimal_places = 2)]
    pub rating: Option<Decimal>,
    // `numeric`: the database does not say how many digits it has
    #[field(max_digits = 28, decimal_places = 10)]
    pub worth: Option<Decimal>,
    #[field(db_default = sql("1"))]
    pub open: bool,
    #[field(db_default = sql("'it''s {new}'"), collation = "NOCASE")]
    pub site: Option<Text>,
    pub settings: Option<Value>,
    pub logo: Option<Vec<u8>>,
    // `char(32)`: where it holds UUIDs, as in Django's tables, the type is `Uuid`
    #[field(max_length = 32)]
    pub code: Option<String>,
    // `char(39)`: where it holds IP addresses, as in Django's tables, the type is `std::net::IpAddr`
    #[field(max_length = 39)]
    pub address: Option<String>,
    pub founded: Option<Date>,
    pub closes: Option<Time>,
    pub weight: Option<f64>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_maker_detail", unmanaged)]
pub struct ShopMakerDetail {
    #[field(primary_key, on_delete = DoNothing)]
    pub maker: ForeignKey<ShopMaker>,
    pub motto: Option<Text>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_pair", unmanaged)]
pub struct ShopPair {
    #[field(primary_key, on_delete = DoNothing)]
    pub cup: ForeignKey<ShopCup>,
    #[field(primary_key, on_delete = DoNothing)]
    pub maker: ForeignKey<ShopMaker>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_seat", unmanaged)]
pub struct ShopSeat {
    #[field(primary_key)]
    pub row: i64,
    #[field(primary_key, max_length = 2)]
    pub letter: String,
    #[field(on_delete = DoNothing)]
    pub cup: Option<ForeignKey<ShopCup>>,
}

// A foreign key over several columns: (seat_row, seat_letter) to shop_seat (row, letter).
#[derive(Model, Debug, Clone)]
#[model(table = "shop_visit", unmanaged)]
pub struct ShopVisit {
    // The table has no primary key: this is SQLite's own number of the row.
    #[field(primary_key, auto)]
    pub rowid: i64,
    pub day: Date,
    #[field(on_delete = DoNothing)]
    pub maker: ForeignKey<ShopMaker>,
    pub seat_row: Option<i64>,
    #[field(max_length = 2)]
    pub seat_letter: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "text", unmanaged)]
pub struct TextRow {
    #[field(primary_key)]
    pub value: Text,
}

// A view.
#[derive(Model, Debug, Clone)]
#[model(table = "shop_prices", unmanaged)]
pub struct ShopPrices {
    // A view has no primary key, so this field was chosen: mark those that tell rows apart and are never NULL.
    #[field(primary_key, max_length = 10)]
    pub code: String,
    pub price: Option<i64>,
    // no declared type; the rows hold real
    pub more: Option<f64>,
    #[field(max_length = 50)]
    pub maker: Option<String>,
}
