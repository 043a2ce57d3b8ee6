//! Columns of the kinds that need more than a line of text: lengths of time, addresses, lists, ranges, texts by name.

use std::net::IpAddr;

use demijohn_admin::AppAdmin as _;
use demijohn_auth::app_with;
use demijohn_e2e::TestDatabase;
use demijohn_e2e::database::Kind;
use demijohn_macros::{Choices, Model};
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{Migrations, SourceMeta};
use demijohn_orm::{AppModels as _, Date, Duration, HStore, Model as _, Range, Timestamp};
use demijohn_web::App;

use crate::site::{Fresh, accounts, page};

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
#[choices(crate = demijohn_orm)]
enum Season {
    #[choice(label = "When it is warm", value = "s")]
    Summer,
    #[choice(label = "When it is cold", value = "w")]
    Winter,
}

#[derive(Model, Debug, Clone)]
#[model(app = "trips", display = ["name"], crate = demijohn_orm)]
struct Trip {
    id: i64,
    #[field(max_length = 50)]
    name: String,
    lasts: Duration,
    rests: Option<Duration>,
    seen_from: IpAddr,
    #[field(default = Season::Winter)]
    season: Season,
}

/// What PostgreSQL alone has.
#[derive(Model, Debug, Clone)]
#[model(app = "offers", display = ["name"], crate = demijohn_orm)]
struct Offer {
    id: i64,
    #[field(max_length = 50)]
    name: String,
    sizes: Vec<i32>,
    #[field(blank)]
    notes: Vec<String>,
    #[field(blank)]
    texts: HStore,
    ages: Range<i32>,
    days: Option<Range<Date>>,
    open: Option<Range<Timestamp>>,
}

fn trips() -> App {
    let first = Migration::new("trips", "0001_initial").create_model("Trip", |m| {
        m.field("id", auto());
        m.field("name", varchar(50));
        m.field("lasts", duration());
        m.field("rests", duration().null());
        m.field("seen_from", ip_address());
        m.field("season", varchar(1));
    });
    let migrations = Migrations::new("trips", SourceMeta::default(), vec![first]);
    App::named("trips")
        .model::<Trip>()
        .migrations(migrations)
        .admin::<Trip>(|a| a.list_display(|t| (t.name, t.lasts, t.seen_from, t.season)).list_filter(|t| t.season))
}

fn offers() -> App {
    let first = Migration::new("offers", "0001_initial").create_extension("hstore").create_model("Offer", |m| {
        m.field("id", auto());
        m.field("name", varchar(50));
        m.field("sizes", array(integer()));
        m.field("notes", array(text()));
        m.field("texts", hstore());
        m.field("ages", range(integer()));
        m.field("days", range(date()).null());
        m.field("open", range(timestamp()).null());
    });
    let migrations = Migrations::new("offers", SourceMeta::default(), vec![first]);
    App::named("offers")
        .model::<Offer>()
        .migrations(migrations)
        .admin::<Offer>(|a| a.list_display(|o| (o.name, o.sizes, o.texts, o.ages)))
}

fn site(app: App) -> App {
    App::new().install(app_with(accounts())).install(demijohn_admin::app()).mount("/", app)
}

#[tokio::test]
async fn lengths_of_time_addresses_and_choices_are_asked_for_and_shown() {
    let fresh = Fresh::with(site(trips()), |settings| settings).await;
    let client = fresh.client(&fresh.superuser("ada").await).await;
    let body = page(client.get("/admin/trips/trip/add/").await);
    assert!(body.contains("<option value=\"w\" selected>When it is cold</option>"), "{body}");
    let wrong = [("name", "Fjord"), ("lasts", "soon"), ("seen_from", "300.0.0.1"), ("season", "autumn")];
    let body = page(client.post("/admin/trips/trip/add/").form(&wrong).await);
    for part in [
        "Enter a valid duration.",
        "value=\"soon\"",
        "Enter a valid IPv4 or IPv6 address.",
        "value=\"300.0.0.1\"",
        "autumn is not one of the available choices.",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    let fields = [
        ("name", "Fjord"),
        ("lasts", "3 days, 4:05:06"),
        ("rests", ""),
        ("seen_from", "2001:DB8::1"),
        ("season", "s"),
        ("_continue", "1"),
    ];
    client.post("/admin/trips/trip/add/").form(&fields).await.assert_redirect("/admin/trips/trip/1/change/");
    let trip = Trip::objects().with_key(1).get(&fresh.db).await.expect("the trip");
    assert_eq!((trip.lasts.as_secs(), trip.rests), (273_906, None));
    assert_eq!((trip.seen_from.to_string().as_str(), trip.season), ("2001:db8::1", Season::Summer));
    let body = page(client.get("/admin/trips/trip/1/change/").await);
    for part in [
        "name=\"lasts\" value=\"3 04:05:06\"",
        "name=\"seen_from\" value=\"2001:db8::1\"",
        "placeholder=\"1 04:30:00\"",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    let body = page(client.get("/admin/trips/trip/").await);
    for part in ["3 04:05:06", "2001:db8::1", "When it is warm", "season__exact=w"] {
        assert!(body.contains(part), "no {part} in {body}");
    }
}

#[tokio::test]
async fn lists_ranges_and_texts_by_name_are_added_and_come_back_as_they_were() {
    let Some(database) = TestDatabase::new(Kind::Postgres).await else { return };
    let fresh = Fresh::on(database, site(offers()), |settings| settings).await;
    let client = fresh.client(&fresh.superuser("ada").await).await;
    let wrong = [
        ("name", "Shoes"),
        ("sizes", "38\nbig"),
        ("texts", "[]"),
        ("ages_0", "9"),
        ("ages_1", "3"),
        ("days_0", "someday"),
    ];
    let body = page(client.post("/admin/offers/offer/add/").form(&wrong).await);
    for part in [
        "Item 2: Enter a whole number.",
        "Input must be a JSON dictionary.",
        "The start of the range must not exceed the end of the range.",
        "Enter a valid date.",
        "name=\"days_0\" value=\"someday\"",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    let fields = [
        ("name", "Shoes"),
        ("sizes", "38\r\n40"),
        ("notes", "red, or blue\r\n<b>"),
        ("texts", "{\"left\": \"1\", \"right\": null}"),
        ("ages_0", "3"),
        ("ages_1", "9"),
        ("days_0", ""),
        ("days_1", "22 November 2026"),
        ("open_0", "2026-11-22 08:15"),
        ("_continue", "1"),
    ];
    client.post("/admin/offers/offer/add/").form(&fields).await.assert_redirect("/admin/offers/offer/1/change/");
    let offer = Offer::objects().with_key(1).get(&fresh.db).await.expect("the offer");
    assert_eq!((offer.sizes, offer.notes), (vec![38, 40], vec!["red, or blue".to_owned(), "<b>".to_owned()]));
    assert_eq!(offer.texts, [("left".to_owned(), Some("1".to_owned())), ("right".to_owned(), None)].into());
    assert_eq!(offer.ages.to_string(), "[3,9)");
    assert_eq!(offer.days.map(|days| days.to_string()).as_deref(), Some("(,2026-11-22)"));
    assert_eq!(offer.open.map(|open| open.to_string()).as_deref(), Some("[2026-11-22T08:15:00Z,)"));
    let body = page(client.get("/admin/offers/offer/1/change/").await);
    for part in [
        "\n38\n40</textarea>",
        "red, or blue\n&lt;b&gt;</textarea>",
        "name=\"ages_0\" value=\"3\"",
        "name=\"ages_1\" value=\"9\"",
        "name=\"open_0\" value=\"2026-11-22 08:15\"",
        "name=\"open_1\" value=\"\"",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    page(client.get("/admin/offers/offer/").await);
    // Only the name is another one; of the rest nothing is said.
    let mut fields = fields;
    fields[0].1 = "Boots";
    client.post("/admin/offers/offer/1/change/").form(&fields).await.assert_redirect("/admin/offers/offer/1/change/");
    let log = fresh.sql("SELECT change_message FROM django_admin_log ORDER BY id").await;
    assert_eq!(log[1], "[{\"changed\": {\"fields\": [\"Name\"]}}]");
}
