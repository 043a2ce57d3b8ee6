//! One random change to some models.

use demijohn_core::model::FieldKind;

use super::model::{Field, Index, MOST, Model, Spec};
use crate::databases::Kind;

/// Numbers that look random and follow from a seed.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % end.max(1) as u64).expect("it is below a usize")
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}

/// What was renamed, by the names before all changes of a step and those after.
#[derive(Default)]
pub(super) struct Renames {
    models: Vec<(String, u32)>,
    fields: Vec<(u32, String, String)>,
    spec: Vec<(u32, String)>,
    /// The fields that were there before the step and have not got another name yet.
    old: Vec<u32>,
    there: Vec<u32>,
}

impl Renames {
    pub(super) fn new(before: &Spec) -> Self {
        let fields = before.models.iter().flat_map(|model| &model.fields);
        let there = before.models.iter().map(|model| model.id).collect();
        Self { old: fields.map(|field| field.id).collect(), there, ..Self::default() }
    }

    /// Was this model there before the step?
    fn was_there(&self, model: u32) -> bool {
        self.there.contains(&model)
    }

    fn is_old(&self, field: u32) -> bool {
        self.old.contains(&field)
    }

    /// As options. A field is named by its model's new name: models are renamed first.
    pub(super) fn options(&self, spec: &Spec) -> Vec<String> {
        let there = |name: &str| spec.models.iter().any(|model| model.name() == name);
        let models =
            self.models.iter().filter(|(_, to)| there(&format!("M{to}"))).map(|(from, to)| format!("{from}=M{to}"));
        // What was renamed and then removed is only removed.
        let left = |to: &str| spec.models.iter().flat_map(|model| &model.fields).any(|field| field.name() == to);
        let fields = self.fields.iter().filter(|(_, _, to)| left(to)).map(|(model, from, to)| {
            let name = self.spec.iter().rev().find(|(id, _)| id == model).map(|(_, name)| name.clone());
            format!("{}.{from}={to}", name.unwrap_or_default())
        });
        models.chain(fields).collect()
    }
}

const KINDS: [FieldKind; 17] = [
    FieldKind::SmallInt,
    FieldKind::Integer,
    FieldKind::BigInt,
    FieldKind::PositiveSmallInt,
    FieldKind::PositiveInteger,
    FieldKind::Bool,
    FieldKind::Float,
    FieldKind::Decimal { max_digits: 8, decimal_places: 2 },
    FieldKind::Varchar(40),
    FieldKind::Text,
    FieldKind::Timestamp,
    FieldKind::Date,
    FieldKind::Time,
    FieldKind::Duration,
    FieldKind::Uuid,
    FieldKind::Json,
    FieldKind::IpAddress,
];

fn new_field(spec: &mut Spec, random: &mut Random, own: Option<u32>) -> Field {
    let id = spec.fresh();
    let kind = KINDS[random.below(KINDS.len())];
    let mut field = Field {
        id,
        named: id,
        kind,
        null: random.chance(2),
        unique: false,
        index: random.chance(4) && is_short(kind),
        db_default: random.chance(4) && has_default(kind),
        comment: random.chance(6),
        to: None,
        unchecked: false,
        generated: None,
    };
    if !spec.models.is_empty() && random.chance(4) {
        let others: Vec<u32> = spec.models.iter().map(|model| model.id).chain(own).collect();
        field = Field {
            to: Some(others[random.below(others.len())]),
            kind: FieldKind::BigInt,
            null: true,
            index: false,
            db_default: false,
            unchecked: random.chance(5),
            ..field
        };
    }
    field
}

fn is_short(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Text | FieldKind::Json | FieldKind::Binary)
}

fn has_default(kind: FieldKind) -> bool {
    kind.is_integer() || matches!(kind, FieldKind::Bool | FieldKind::Varchar(_) | FieldKind::Text)
}

fn is_distinct(field: &Field) -> bool {
    is_short(field.kind) && field.kind != FieldKind::Bool && field.generated.is_none()
}

fn add_model(spec: &mut Spec, random: &mut Random) -> String {
    let id = spec.fresh();
    let slot = (0..MOST).find(|slot| !spec.models.iter().any(|model| model.slot == *slot));
    let slot = slot.expect("it is asked whether there is room");
    let mut fields = Vec::new();
    for _ in 0..=random.below(4) {
        fields.push(new_field(spec, random, None));
    }
    let (indexes, checks) = (Vec::new(), Vec::new());
    let comment = random.chance(3);
    spec.models.push(Model { id, named: id, table: None, slot, fields, indexes, checks, set: None, comment });
    format!("add model M{id}")
}

/// Makes one change that can be made, and says which.
pub(super) fn change(spec: &mut Spec, random: &mut Random, kind: Kind, renames: &mut Renames) -> String {
    if spec.models.len() < 2 {
        return add_model(spec, random);
    }
    for _ in 0..50 {
        if let Some(words) = attempt(spec, random, kind, renames) {
            return words;
        }
    }
    "nothing".to_owned()
}

fn attempt(spec: &mut Spec, random: &mut Random, kind: Kind, renames: &mut Renames) -> Option<String> {
    let place = random.below(spec.models.len());
    match random.below(20) {
        0 if spec.models.len() < MOST => Some(add_model(spec, random)),
        1 => remove_model(spec, place),
        2 => rename_model(spec, place, renames),
        3 => {
            let number = spec.fresh();
            let model = &mut spec.models[place];
            model.table = if model.table.is_some() { None } else { Some(number) };
            Some(format!("table of {}: {}", model.name(), model.table()))
        }
        4..=6 => {
            let own = spec.models[place].id;
            let field = new_field(spec, random, Some(own));
            let words = format!("add {field:?} to {}", spec.models[place].name());
            spec.models[place].fields.push(field);
            Some(words)
        }
        7 => add_generated(spec, random, place),
        8 => remove_field(spec, random, place),
        9 | 10 => rename_field(spec, random, place, renames),
        11..=14 => alter_field(spec, random, place, renames),
        15 | 16 => change_index(spec, random, place, kind, renames),
        17 => change_check(spec, random, place),
        18 => Some(change_set(spec, random, place)),
        _ => {
            let model = &mut spec.models[place];
            model.comment = !model.comment;
            Some(format!("comment of {}: {}", model.name(), model.comment))
        }
    }
}

fn remove_model(spec: &mut Spec, place: usize) -> Option<String> {
    let id = spec.models[place].id;
    let points = |model: &Model| {
        model.id != id
            && (model.fields.iter().any(|field| field.to == Some(id)) || model.set.is_some_and(|(_, to)| to == id))
    };
    if spec.models.len() < 3 || spec.models.iter().any(points) {
        return None;
    }
    Some(format!("remove model {}", spec.models.remove(place).name()))
}

fn rename_model(spec: &mut Spec, place: usize, renames: &mut Renames) -> Option<String> {
    let id = spec.models[place].id;
    if renames.models.iter().any(|(_, to)| *to == spec.models[place].named) || !renames.was_there(id) {
        return None;
    }
    let number = spec.fresh();
    let model = &mut spec.models[place];
    let from = model.name();
    model.named = number;
    renames.models.push((from.clone(), number));
    renames.spec.push((id, model.name()));
    Some(format!("rename model {from} to {}", model.name()))
}

fn add_generated(spec: &mut Spec, random: &mut Random, place: usize) -> Option<String> {
    let fields = &spec.models[place].fields;
    let from = fields.iter().find(|field| field.kind == FieldKind::Integer && field.generated.is_none())?.id;
    let base = new_field(spec, random, None);
    let field = Field {
        kind: FieldKind::BigInt,
        generated: Some(from),
        to: None,
        null: false,
        index: false,
        db_default: false,
        unchecked: false,
        comment: false,
        ..base
    };
    let words = format!("add {field:?} to {}", spec.models[place].name());
    spec.models[place].fields.push(field);
    Some(words)
}

fn remove_field(spec: &mut Spec, random: &mut Random, place: usize) -> Option<String> {
    let model = &mut spec.models[place];
    if model.fields.is_empty() {
        return None;
    }
    let at = random.below(model.fields.len());
    let id = model.fields[at].id;
    let name = model.fields[at].name();
    model.fields.retain(|field| field.id != id && field.generated != Some(id));
    let left: Vec<u32> = model.fields.iter().map(|field| field.id).collect();
    model.indexes.retain(|index| index.fields.iter().all(|(own, _)| left.contains(own)));
    model.checks.retain(|(own, _)| left.contains(own));
    Some(format!("remove {name} from {}", model.name()))
}

fn rename_field(spec: &mut Spec, random: &mut Random, place: usize, renames: &mut Renames) -> Option<String> {
    let number = spec.fresh();
    let model = &mut spec.models[place];
    if model.fields.is_empty() {
        return None;
    }
    let at = random.below(model.fields.len());
    let field = &mut model.fields[at];
    // A field that came in this step has no old name, and one is not renamed twice in a step.
    if !renames.is_old(field.id) {
        return None;
    }
    let from = field.name();
    let id = field.id;
    renames.old.retain(|old| *old != id);
    field.named = number;
    let to = field.name();
    let id = model.id;
    if !renames.spec.iter().any(|(own, _)| *own == id) {
        renames.spec.push((id, model.name()));
    }
    renames.fields.push((id, from.clone(), to.clone()));
    Some(format!("rename {from} of {} to {to}", spec.models[place].name()))
}

fn alter_field(spec: &mut Spec, random: &mut Random, place: usize, renames: &mut Renames) -> Option<String> {
    let ids: Vec<u32> = spec.models.iter().map(|model| model.id).collect();
    let model = &mut spec.models[place];
    if model.fields.is_empty() {
        return None;
    }
    let at = random.below(model.fields.len());
    let is_source = model.fields.iter().any(|field| field.generated == Some(model.fields[at].id));
    let in_check = model.checks.iter().any(|(own, _)| *own == model.fields[at].id);
    let field = &mut model.fields[at];
    let is_old = renames.is_old(field.id);
    match random.below(7) {
        0 if field.generated.is_none() && is_old => field.null = !field.null,
        1 if is_distinct(field) && is_old => {
            field.unique = !field.unique;
            field.index = false;
        }
        2 if is_short(field.kind) && field.to.is_none() && !field.unique && field.generated.is_none() => {
            field.index = !field.index;
        }
        3 if has_default(field.kind) && field.to.is_none() && field.generated.is_none() => {
            field.db_default = !field.db_default;
        }
        4 => field.comment = !field.comment,
        5 if field.to.is_some() && field.null => {
            if random.chance(2) {
                field.unchecked = !field.unchecked;
            } else {
                field.to = Some(ids[random.below(ids.len())]);
            }
        }
        6 if field.to.is_none() && field.generated.is_none() && !is_source && !in_check => {
            let wider = wider(field.kind, random)?;
            let fits = is_short(wider) || !(field.index || field.unique);
            if !fits || !has_default(wider) || field.db_default && wider.is_integer() != field.kind.is_integer() {
                return None;
            }
            field.kind = wider;
        }
        _ => return None,
    }
    let words = format!("alter {field:?}");
    let (id, short) = (field.id, is_short(field.kind));
    if !short {
        model.indexes.retain(|index| index.fields.iter().all(|(own, _)| *own != id));
    }
    Some(format!("{words} of {}", model.name()))
}

/// A kind that holds every value of this one.
fn wider(kind: FieldKind, random: &mut Random) -> Option<FieldKind> {
    let choices: &[FieldKind] = match kind {
        FieldKind::SmallInt | FieldKind::PositiveSmallInt => &[FieldKind::Integer, FieldKind::BigInt],
        FieldKind::Integer => &[FieldKind::BigInt, FieldKind::PositiveInteger, FieldKind::Varchar(40)],
        FieldKind::PositiveInteger => &[FieldKind::Integer, FieldKind::BigInt],
        FieldKind::Varchar(_) => &[FieldKind::Varchar(80), FieldKind::Varchar(40), FieldKind::Text],
        FieldKind::Text => &[FieldKind::Varchar(60)],
        FieldKind::Bool => &[FieldKind::SmallInt, FieldKind::Integer],
        FieldKind::Float | FieldKind::Uuid | FieldKind::IpAddress | FieldKind::Date => &[FieldKind::Text],
        _ => return None,
    };
    Some(choices[random.below(choices.len())])
}

fn change_index(spec: &mut Spec, random: &mut Random, place: usize, kind: Kind, renames: &Renames) -> Option<String> {
    let named = spec.fresh();
    let model = &mut spec.models[place];
    if !model.indexes.is_empty() && random.chance(2) {
        let at = random.below(model.indexes.len());
        if random.chance(3) {
            let from = model.indexes[at].named;
            model.indexes[at].named = named;
            return Some(format!("rename index ix_{from} to ix_{named}"));
        }
        return Some(format!("remove index ix_{}", model.indexes.remove(at).named));
    }
    let short: Vec<u32> = model.fields.iter().filter(|field| is_distinct(field)).map(|field| field.id).collect();
    let first = *short.get(random.below(short.len()))?;
    let words = kind == Kind::Sqlite && random.chance(3);
    let mut fields = vec![(first, !words && random.chance(3))];
    fields.extend(short.iter().find(|id| **id != first).filter(|_| random.chance(2)).map(|id| (*id, false)));
    // Rows that are there differ in every field that was there before.
    let unique = !words && renames.is_old(first) && random.chance(3);
    let partial = !words && kind != Kind::Mysql && random.chance(3);
    let sort = if words { "full-text index" } else { "index" };
    let said = format!("add {sort} ix_{named} over {fields:?} to {}", model.name());
    model.indexes.push(Index { named, fields, unique, partial, words });
    Some(said)
}

fn change_check(spec: &mut Spec, random: &mut Random, place: usize) -> Option<String> {
    let number = spec.fresh();
    let model = &mut spec.models[place];
    if !model.checks.is_empty() && random.chance(2) {
        return Some(format!("remove check ck_{}", model.checks.remove(0).1));
    }
    let is_number = |field: &&Field| field.kind.is_integer() && field.to.is_none() && field.generated.is_none();
    let id = model.fields.iter().find(is_number)?.id;
    model.checks.push((id, number));
    Some(format!("add check ck_{number} to {}", model.name()))
}

fn change_set(spec: &mut Spec, random: &mut Random, place: usize) -> String {
    let number = spec.fresh();
    let ids: Vec<u32> = spec.models.iter().map(|model| model.id).collect();
    let model = &mut spec.models[place];
    model.set = if model.set.is_some() { None } else { Some((number, ids[random.below(ids.len())])) };
    format!("set of {}: {:?}", model.name(), model.set)
}
