//! The error names that clients know, generated from `schema/errors.tsv`.

/// A number and a name of the table. In some names `X` stands for a number:
/// [`RpcErrorName::with_number`] puts one there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RpcErrorName {
    /// Number on the wire.
    pub code: i32,
    /// Name on the wire.
    pub name: &'static str,
}

impl RpcErrorName {
    /// The name with `number` for its `X`: `FLOOD_WAIT_X` and 3 give `FLOOD_WAIT_3`.
    /// A name without `X` stays as it is.
    #[must_use]
    pub fn with_number(self, number: impl std::fmt::Display) -> String {
        let part = |part| {
            if part == "X" {
                number.to_string()
            } else {
                String::from(part)
            }
        };
        self.name.split('_').map(part).collect::<Vec<_>>().join("_")
    }
}

include!(concat!(env!("OUT_DIR"), "/errors.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_takes_the_place_of_x() {
        let name = |name| RpcErrorName { code: 420, name };
        assert_eq!(name("FLOOD_WAIT_X").with_number(3), "FLOOD_WAIT_3");
        assert_eq!(
            name("FILE_PART_X_MISSING").with_number(0),
            "FILE_PART_0_MISSING"
        );
        assert_eq!(name("EXPIRED").with_number(7), "EXPIRED");
    }
}
