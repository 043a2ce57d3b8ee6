//! Models as these tests change them, and the descriptions that the detector reads.

use std::cell::RefCell;

use demijohn_core::model::{
    CheckMeta, Date, DbDefault, Decimal, Duration, FieldKind, FieldMeta, IndexMeta, IndexMethod, ManyToManyMeta,
    ModelMeta, Models, OnDelete, RelationMeta, SqlTemplate, Timestamp, Uuid, Value,
};

/// So many models at most, and as many tables of pairs.
pub(super) const MOST: usize = 6;

thread_local! {
    /// What a foreign key points to is a function; these functions look here.
    static SLOTS: RefCell<[Option<&'static ModelMeta>; MOST * 2]> = const { RefCell::new([None; MOST * 2]) };
}

fn slot<const N: usize>() -> &'static ModelMeta {
    SLOTS.with_borrow(|slots| slots[N]).expect("models are registered before they are read")
}

fn slot_of(place: usize) -> fn() -> &'static ModelMeta {
    [
        slot::<0>, slot::<1>, slot::<2>, slot::<3>, slot::<4>, slot::<5>, slot::<6>, slot::<7>, slot::<8>, slot::<9>,
        slot::<10>, slot::<11>,
    ][place]
}

#[derive(Debug, Clone, Default)]
pub(super) struct Spec {
    pub(super) models: Vec<Model>,
    pub(super) next: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) id: u32,
    /// Changes when it is renamed.
    pub(super) named: u32,
    /// A table of another name than the usual one.
    pub(super) table: Option<u32>,
    /// Where it stands among the slots.
    pub(super) slot: usize,
    pub(super) fields: Vec<Field>,
    pub(super) indexes: Vec<Index>,
    /// Fields of which a check speaks, each with the number of the check.
    pub(super) checks: Vec<(u32, u32)>,
    /// The set of rows of another model: its name and that model.
    pub(super) set: Option<(u32, u32)>,
    pub(super) comment: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) id: u32,
    pub(super) named: u32,
    pub(super) kind: FieldKind,
    pub(super) null: bool,
    pub(super) unique: bool,
    pub(super) index: bool,
    pub(super) db_default: bool,
    pub(super) comment: bool,
    /// The model it points to.
    pub(super) to: Option<u32>,
    pub(super) unchecked: bool,
    /// The field it is computed from.
    pub(super) generated: Option<u32>,
}

#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) named: u32,
    pub(super) fields: Vec<(u32, bool)>,
    pub(super) unique: bool,
    pub(super) partial: bool,
    /// Is it a full-text index?
    pub(super) words: bool,
}

fn text(text: String) -> &'static str {
    text.leak()
}

fn meta<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

impl Spec {
    pub(super) fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    pub(super) fn field(&self, id: u32) -> Option<&Field> {
        self.models.iter().flat_map(|model| &model.fields).find(|field| field.id == id)
    }

    pub(super) fn model(&self, id: u32) -> &Model {
        self.models.iter().find(|model| model.id == id).expect("models that are pointed to are not removed")
    }

    /// The models, each after those it must point to.
    pub(super) fn in_order(&self) -> Vec<&Model> {
        let mut order: Vec<&Model> = Vec::new();
        while order.len() < self.models.len() {
            let placed = |id: u32| order.iter().any(|model| model.id == id);
            let is_ready = |model: &&Model| {
                !placed(model.id)
                    && model.fields.iter().all(|field| field.to.is_none_or(|to| to == model.id || placed(to)))
            };
            let next = self.models.iter().find(is_ready);
            let next = next.or_else(|| self.models.iter().find(|model| !placed(model.id)));
            order.push(next.expect("not all are placed"));
        }
        order
    }

    /// The descriptions, made anew and registered.
    pub(super) fn models(&self) -> Models {
        let mut metas = Vec::new();
        for model in &self.models {
            let meta = model.meta(self);
            SLOTS.with_borrow_mut(|slots| slots[model.slot] = Some(meta));
            metas.push(meta);
        }
        for model in &self.models {
            if let Some(through) = model.through(self) {
                SLOTS.with_borrow_mut(|slots| slots[MOST + model.slot] = Some(through));
            }
        }
        metas.into_iter().collect()
    }
}

impl Model {
    pub(super) fn name(&self) -> String {
        format!("M{}", self.named)
    }

    pub(super) fn table(&self) -> String {
        self.table.map_or_else(|| format!("shop_m{}", self.named), |number| format!("other_{number}"))
    }

    fn meta(&self, spec: &Spec) -> &'static ModelMeta {
        let name_of = |id: u32| self.fields.iter().find(|field| field.id == id).expect("it was not removed").name();
        let key = FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto();
        let fields: Vec<FieldMeta> =
            std::iter::once(key).chain(self.fields.iter().map(|field| field.meta(self, spec))).collect();
        let index = |index: &Index| {
            let sign = |down: &bool| if *down { "-" } else { "" };
            let fields: Vec<&'static str> =
                index.fields.iter().map(|(id, down)| text(format!("{}{}", sign(down), name_of(*id)))).collect();
            let mut own = IndexMeta::new(fields.leak()).name(text(format!("ix_{}", index.named)));
            if index.unique {
                own = own.unique();
            }
            if index.words {
                own = own.method(IndexMethod::FullText);
            }
            if index.partial {
                own = own.condition(SqlTemplate(text(format!("{{{}}} IS NOT NULL", name_of(index.fields[0].0)))));
            }
            own
        };
        let check = |(id, number): &(u32, u32)| CheckMeta {
            name: text(format!("ck_{number}")),
            condition: SqlTemplate(text(format!("{{{}}} <> -7", name_of(*id)))),
            message: None,
        };
        let sets: Vec<ManyToManyMeta> = self.set.iter().map(|(name, to)| self.set_meta(*name, *to, spec)).collect();
        let (name, table) = (text(self.name()), text(self.table()));
        let own = ModelMeta::new("shop", name, table, name, name, fields.leak())
            .indexes(self.indexes.iter().map(index).collect::<Vec<_>>().leak())
            .checks(self.checks.iter().map(check).collect::<Vec<_>>().leak())
            .many_to_many(sets.leak())
            .comment(if self.comment { "it's \\ commented" } else { "" })
            .source(env!("CARGO_MANIFEST_DIR"), "tests/it/migrations/random/model.rs", 1);
        meta(own)
    }

    fn set_meta(&self, name: u32, to: u32, spec: &Spec) -> ManyToManyMeta {
        let name = text(format!("s{name}"));
        let (to, through) = (slot_of(spec.model(to).slot), slot_of(MOST + self.slot));
        ManyToManyMeta {
            name,
            to,
            through,
            related_name: None,
            through_fields: None,
            symmetrical: false,
            blank: true,
            label: name,
            help_text: "",
        }
    }

    fn through(&self, spec: &Spec) -> Option<&'static ModelMeta> {
        let (name, to) = self.set?;
        let other = spec.model(to);
        let column = |sign: &str, model: &Model| text(format!("{sign}{}_id", model.name().to_lowercase()));
        let (from, target) = if other.id == self.id { ("from_", "to_") } else { ("", "") };
        let key = |column: &'static str, model: &Model| {
            FieldMeta::new(column, column, column, FieldKind::BigInt).references(
                slot_of(model.slot),
                OnDelete::Cascade,
                None,
            )
        };
        let id = FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto();
        let fields = vec![id, key(column(from, self), self), key(column(target, other), other)];
        let table = text(format!("{}_s{name}", self.table()));
        Some(meta(ModelMeta::new("shop", table, table, table, table, fields.leak()).auto_created()))
    }
}

impl Field {
    pub(super) fn name(&self) -> String {
        format!("f{}", self.named)
    }

    pub(super) fn column(&self) -> String {
        if self.to.is_some() { format!("f{}_id", self.named) } else { self.name() }
    }

    fn meta(&self, model: &Model, spec: &Spec) -> FieldMeta {
        let mut own = FieldMeta::new(text(self.name()), text(self.column()), "field", self.kind).null(self.null);
        own.unique = self.unique;
        own.index = self.index;
        own.comment = if self.comment { "so '\"` it is" } else { "" };
        if self.db_default {
            own = own.db_default(DbDefault::Value(match self.kind {
                FieldKind::Bool => || Value::Bool(true),
                FieldKind::Varchar(_) | FieldKind::Text => || "d'\\e".into(),
                _ => || Value::Int(5),
            }));
        }
        if let Some(to) = self.to {
            let relation = RelationMeta::new(slot_of(spec.model(to).slot), OnDelete::Cascade, None);
            own = own.relation(RelationMeta { constraint: !self.unchecked, ..relation });
        }
        if let Some(from) = self.generated {
            let from = model.fields.iter().find(|field| field.id == from).expect("it was not removed").name();
            own = own.generated(SqlTemplate(text(format!("{{{from}}} + 1"))), true);
        }
        own
    }

    /// The value of a row of this number.
    pub(super) fn sample(&self, row: i64, _spec: &Spec) -> Value {
        if self.to.is_some() {
            return Value::Int(row);
        }
        let day = i8::try_from(row).expect("there are few rows");
        let date = Date::constant(2026, 3, day);
        match self.kind {
            FieldKind::Bool => Value::Bool(row % 2 == 0),
            #[expect(clippy::cast_precision_loss, reason = "there are few rows")]
            FieldKind::Float => Value::Float(row as f64 + 0.5),
            FieldKind::Decimal { .. } => Value::Decimal(Decimal::new(row * 100 + 25, 2)),
            FieldKind::Varchar(_) | FieldKind::Text => format!("v{row}").into(),
            FieldKind::Date => Value::Date(date),
            FieldKind::Timestamp => {
                Value::Timestamp(Timestamp::from_second(1_772_000_000 + row).expect("it is a moment"))
            }
            FieldKind::Time => Value::Time(demijohn_core::model::Time::constant(10, day, 0, 0)),
            FieldKind::Uuid => Value::Uuid(Uuid::from_u128(u128::from(row.unsigned_abs()))),
            FieldKind::Json => serde_json::json!({ "a": row }).into(),
            FieldKind::Binary => Value::Bytes(vec![row.to_le_bytes()[0]]),
            FieldKind::Duration => Value::Duration(Duration::from_secs(row)),
            FieldKind::IpAddress => Value::Ip(std::net::Ipv4Addr::new(10, 0, 0, row.to_le_bytes()[0]).into()),
            _ => Value::Int(row * 7),
        }
    }
}
