//! What goes into a statement and what comes out: the few types both engines share.

use crate::StoreError;

/// PostgreSQL keeps no NUL in a text. Chosen: on every engine a NUL is kept as the replacement
/// character, so that a name or a message with one is neither refused nor different by engine.
const NUL_STANDS_IN: &str = "\u{FFFD}";

/// One argument or one column. Truth values are 0 and 1.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// BIGINT.
    Int(i64),
    /// DOUBLE PRECISION. Not-a-number is stored as NULL by one engine: refuse it before.
    Real(f64),
    /// TEXT. Through `From`, a NUL becomes U+FFFD: one engine cannot store it.
    Text(String),
    /// BYTEA.
    Bytes(Vec<u8>),
}

// Values may be keys or codes: a debug print shows the kind only.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Int(_) => "integer",
            Value::Real(_) => "real",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Int(value.into())
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Value::Int(value.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Int(value.into())
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Real(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.replace('\0', NUL_STANDS_IN))
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        value.as_str().into()
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        if value.contains('\0') {
            value.as_str().into()
        } else {
            Value::Text(value)
        }
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Value::Bytes(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Value::Bytes(value.to_vec())
    }
}

impl From<&Vec<u8>> for Value {
    fn from(value: &Vec<u8>) -> Self {
        Value::Bytes(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::Bytes(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// The arguments of a statement, each through `Into<Value>`: `args![user_id, "name", None::<i64>]`.
#[macro_export]
macro_rules! args {
    () => { &[] as &[$crate::Value] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($value)),+] };
}

/// One row of an answer; columns count from 0 in the order of the SELECT list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    columns: Vec<Value>,
}

impl Row {
    pub(crate) fn new(columns: Vec<Value>) -> Row {
        Row { columns }
    }

    /// A BIGINT column.
    pub fn i64(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_i64(column)?
            .ok_or_else(|| self.unfit(column, "an integer"))
    }

    /// A BIGINT column that may be NULL.
    pub fn opt_i64(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.column(column)? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(*value)),
            _ => Err(self.unfit(column, "an integer")),
        }
    }

    /// A BIGINT column that holds 0 or 1, or the result of a condition.
    pub fn bool(&self, column: usize) -> Result<bool, StoreError> {
        match self.i64(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.unfit(column, "0 or 1")),
        }
    }

    /// A DOUBLE PRECISION column.
    pub fn f64(&self, column: usize) -> Result<f64, StoreError> {
        match self.column(column)? {
            Value::Real(value) => Ok(*value),
            _ => Err(self.unfit(column, "a real number")),
        }
    }

    /// A TEXT column.
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        self.opt_text(column)?
            .ok_or_else(|| self.unfit(column, "a text"))
    }

    /// A TEXT column that may be NULL.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.column(column)? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value.clone())),
            _ => Err(self.unfit(column, "a text")),
        }
    }

    /// A BYTEA column.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.opt_bytes(column)?
            .ok_or_else(|| self.unfit(column, "bytes"))
    }

    /// A BYTEA column that may be NULL.
    pub fn opt_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self.column(column)? {
            Value::Null => Ok(None),
            Value::Bytes(value) => Ok(Some(value.clone())),
            _ => Err(self.unfit(column, "bytes")),
        }
    }

    fn column(&self, column: usize) -> Result<&Value, StoreError> {
        self.columns.get(column).ok_or_else(|| {
            StoreError::Broken(format!(
                "column {column} of {} was asked for",
                self.columns.len()
            ))
        })
    }

    fn unfit(&self, column: usize, wanted: &str) -> StoreError {
        let found = self.columns.get(column).map_or("missing", Value::kind);
        StoreError::Broken(format!("column {column} is {found}, expected {wanted}"))
    }
}
