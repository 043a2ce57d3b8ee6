//! The template filter `date`: moments and dates as people read them.

use demijohn_web::SiteBuilder;
use demijohn_web::minijinja::{Error, ErrorKind};
use jiff::civil::Date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// `{{ post.created_at | date("%d %B %Y") }}`: a moment in the site's time zone, or a date, in the letters of
/// `strftime`. Nothing stays nothing.
pub(super) fn add(site: &mut SiteBuilder) {
    let zone = TimeZone::get(&site.settings().time_zone).unwrap_or(TimeZone::UTC);
    site.template_filter("date", move |text: Option<String>, format: Option<String>| match text {
        Some(text) => show(&text, format.as_deref(), &zone),
        None => Ok(String::new()),
    });
}

fn show(text: &str, format: Option<&str>, zone: &TimeZone) -> Result<String, Error> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return written(format.unwrap_or("%d %B %Y, %H:%M"), &Zoned::new(moment, zone.clone()));
    }
    let date: Date = text.parse().map_err(|_| {
        let shown: String = text.chars().take(60).collect();
        Error::new(ErrorKind::InvalidOperation, format!("`date` takes a timestamp or a date, not `{shown}`"))
    })?;
    let midnight = date
        .to_zoned(TimeZone::UTC)
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("`date` cannot show this day: {error}")))?;
    written(format.unwrap_or("%d %B %Y"), &midnight)
}

fn written(format: &str, moment: &Zoned) -> Result<String, Error> {
    strtime::format(format, moment).map_err(|error| {
        Error::new(ErrorKind::InvalidOperation, format!("`date` does not understand the format `{format}`: {error}"))
            .with_source(error)
    })
}
