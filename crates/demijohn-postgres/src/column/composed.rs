//! Lists, ranges and texts by name: values that hold values.

use std::collections::BTreeMap;
use std::ops::Bound;

use demijohn_core::Result;
use demijohn_core::model::{Range, Value};

use super::{Codec, damaged, fixed, text};

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count).ok_or_else(|| damaged("list"))?;
        self.0 = rest;
        Ok(head)
    }

    fn int(&mut self) -> Result<i32> {
        Ok(i32::from_be_bytes(fixed(self.take(4)?)?))
    }

    /// A length and so many bytes; None is NULL.
    fn part(&mut self) -> Result<Option<&'a [u8]>> {
        match usize::try_from(self.int()?) {
            Ok(length) => self.take(length).map(Some),
            Err(_) => Ok(None),
        }
    }
}

/// Dimensions, "are there NULLs", the type; for each dimension its length and first index; the elements.
pub(super) fn array(bytes: &[u8], element: &Codec) -> Result<Value> {
    let mut reader = Reader(bytes);
    let dimensions = reader.int()?;
    reader.take(8)?;
    if !(0..=6).contains(&dimensions) {
        return Err(damaged("list"));
    }
    let mut lengths = Vec::new();
    for _ in 0..dimensions {
        lengths.push(usize::try_from(reader.int()?).map_err(|_| damaged("list"))?);
        reader.int()?;
    }
    match lengths.as_slice() {
        [] => Ok(Value::Array(Vec::new())),
        lengths => dimension(&mut reader, lengths, element),
    }
}

fn dimension(reader: &mut Reader<'_>, lengths: &[usize], element: &Codec) -> Result<Value> {
    let Some((length, inner)) = lengths.split_first() else {
        return reader.part()?.map_or(Ok(Value::Null), |bytes| element.owned(bytes));
    };
    let mut values = Vec::new();
    for _ in 0..*length {
        values.push(dimension(reader, inner, element)?);
    }
    Ok(Value::Array(values))
}

/// Flags, then the bounds that there are.
pub(super) fn range(bytes: &[u8], element: &Codec) -> Result<Value> {
    const EMPTY: u8 = 0x01;
    const LOWER_INCLUDED: u8 = 0x02;
    const UPPER_INCLUDED: u8 = 0x04;
    const LOWER_UNBOUNDED: u8 = 0x08;
    const UPPER_UNBOUNDED: u8 = 0x10;
    let mut reader = Reader(bytes);
    let flags = reader.take(1)?[0];
    if flags & EMPTY != 0 {
        return Ok(Value::Range(Box::new(Range::Empty)));
    }
    let mut bound = |unbounded: u8, included: u8| -> Result<Bound<Value>> {
        if flags & unbounded != 0 {
            return Ok(Bound::Unbounded);
        }
        let value = reader.part()?.map_or(Ok(Value::Null), |bytes| element.owned(bytes))?;
        Ok(if flags & included != 0 { Bound::Included(value) } else { Bound::Excluded(value) })
    };
    let lower = bound(LOWER_UNBOUNDED, LOWER_INCLUDED)?;
    let upper = bound(UPPER_UNBOUNDED, UPPER_INCLUDED)?;
    Ok(Value::Range(Box::new(Range::Between(lower, upper))))
}

/// How many pairs; each a name and a text or NULL.
pub(super) fn hstore(bytes: &[u8]) -> Result<Value> {
    let mut reader = Reader(bytes);
    let mut pairs = BTreeMap::new();
    for _ in 0..reader.int()? {
        let name = text(reader.part()?.ok_or_else(|| damaged("hstore"))?)?.to_owned();
        let value = reader.part()?.map(text).transpose()?.map(str::to_owned);
        pairs.insert(name, value);
    }
    Ok(Value::HStore(pairs))
}
