//! [`source`]: planned models as text.

use std::fmt::Write as _;

use super::names::identifier;
use super::plan::{PlannedField, PlannedModel};

/// Lines are not longer than this where there is a choice.
const WIDTH: usize = 100;

const HEAD: &str = "\
// Written by `inspectdb` from the tables of a live database. What to look through:
// - names of models and fields, as you like them (`table` and `column` keep the database's);
// - `on_delete = DoNothing` leaves what points to a deleted row to the database: say `Cascade`, `Protect`, … where the
//   framework is to do it;
// - `unmanaged` keeps migrations away: take it out of models whose tables they are to change from now on.
use demijohn::prelude::*;
";

/// The source of these models.
pub(super) fn source(models: &[PlannedModel]) -> String {
    let mut text = HEAD.to_owned();
    for model in models {
        text.push('\n');
        write_model(model, &mut text);
    }
    text
}

fn write_model(model: &PlannedModel, text: &mut String) {
    for note in &model.notes {
        comment("", note, text);
    }
    text.push_str("#[derive(Model, Debug, Clone)]\n");
    let _ = writeln!(text, "#[model(table = {:?}, unmanaged)]", model.table);
    for attribute in &model.attributes {
        let _ = writeln!(text, "#[model({attribute})]");
    }
    let _ = writeln!(text, "pub struct {} {{", model.name);
    for field in &model.fields {
        write_field(field, text);
    }
    text.push_str("}\n");
}

fn write_field(field: &PlannedField, text: &mut String) {
    for note in &field.notes {
        comment("    ", note, text);
    }
    if field.name.is_empty() {
        return;
    }
    let mut line = String::new();
    for attribute in &field.attributes {
        if !line.is_empty() && line.len() + attribute.len() + "    #[field(, )]".len() > WIDTH {
            let _ = writeln!(text, "    #[field({line})]");
            line.clear();
        }
        let _ = write!(line, "{}{attribute}", if line.is_empty() { "" } else { ", " });
    }
    if !line.is_empty() {
        let _ = writeln!(text, "    #[field({line})]");
    }
    let _ = writeln!(text, "    pub {}: {},", identifier(&field.name), field.rust);
}

/// A comment of one line: what comes from the database cannot end it.
fn comment(indent: &str, note: &str, text: &mut String) {
    let note: String = note.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let _ = writeln!(text, "{indent}// {note}");
}
