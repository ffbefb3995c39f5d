//! What a plain scalar is, by the YAML 1.2 core schema (section 10.3.2).

use super::Value;

/// What became of a plain scalar.
pub(super) enum Plain {
    /// It is this value.
    Value(Value),
    /// Campaigns have no such value: message and help.
    Refused(String, &'static str),
}

/// The value of a plain scalar that is not empty.
pub(super) fn resolve(text: &str) -> Plain {
    match text {
        "null" | "Null" | "NULL" | "~" => Plain::Value(Value::Null),
        "true" | "True" | "TRUE" => Plain::Value(Value::Bool(true)),
        "false" | "False" | "FALSE" => Plain::Value(Value::Bool(false)),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) => number(text),
        _ => Plain::Value(Value::Str(text.to_owned())),
    }
}

/// Whether a value is what the core tag of this name says.
pub(super) fn fits_tag(value: &Value, tag: &str) -> bool {
    match value {
        Value::Null => tag == "null",
        Value::Bool(_) => tag == "bool",
        Value::Int(_) => tag == "int",
        Value::Float(_) => tag == "float",
        Value::Str(_) => tag == "str",
        Value::Seq(_) => tag == "seq",
        Value::Map(_) => tag == "map",
    }
}

fn number(text: &str) -> Plain {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(text, ".nan" | ".NaN" | ".NAN") || matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        let message = format!("`{text}` is not a number that campaigns can count with");
        return Plain::Refused(message, "write a finite number, or quote it if it is text");
    }
    match integer(text, unsigned) {
        Some(Some(value)) => return Plain::Value(Value::Int(value)),
        Some(None) => {
            let message = format!("`{text}` is too large: whole numbers reach to {}", i64::MAX);
            return Plain::Refused(message, "put it in quotes if it is text");
        }
        None => {}
    }
    if !is_float(unsigned) {
        return Plain::Value(Value::Str(text.to_owned()));
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Plain::Value(Value::Float(value)),
        Ok(_) => Plain::Refused(format!("`{text}` is too large a number"), "put it in quotes if it is text"),
        Err(_) => Plain::Value(Value::Str(text.to_owned())),
    }
}

/// `None` if this is no integer, `Some(None)` if it is one beyond 64 bits.
fn integer(text: &str, unsigned: &str) -> Option<Option<i64>> {
    let all = |digits: &str, radix: u32| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    if let Some(digits) = text.strip_prefix("0x").filter(|digits| all(digits, 16)) {
        return Some(i64::from_str_radix(digits, 16).ok());
    }
    if let Some(digits) = text.strip_prefix("0o").filter(|digits| all(digits, 8)) {
        return Some(i64::from_str_radix(digits, 8).ok());
    }
    all(unsigned, 10).then(|| text.parse().ok())
}

/// `[0-9]+(\.[0-9]*)?` or `\.[0-9]+`, then perhaps an exponent.
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_fits = digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    mantissa_fits && exponent_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match resolve(text) {
            Plain::Value(value) => format!("{value:?}"),
            Plain::Refused(message, _) => message,
        }
    }

    #[test]
    fn core_schema() {
        for (text, value) in [
            ("~", "Null"),
            ("True", "Bool(true)"),
            ("yes", "Str(\"yes\")"),
            ("12", "Int(12)"),
            ("-012", "Int(-12)"),
            ("0x1F", "Int(31)"),
            ("0o17", "Int(15)"),
            ("1.5", "Float(1.5)"),
            (".5e3", "Float(500.0)"),
            ("1.", "Float(1.0)"),
            ("1_000", "Str(\"1_000\")"),
            ("2026-04-01", "Str(\"2026-04-01\")"),
            ("30%", "Str(\"30%\")"),
            ("-", "Str(\"-\")"),
            (".", "Str(\".\")"),
            ("1e", "Str(\"1e\")"),
            ("-9223372036854775808", "Int(-9223372036854775808)"),
        ] {
            assert_eq!(shown(text), value, "{text}");
        }
        assert_eq!(shown("-.inf"), "`-.inf` is not a number that campaigns can count with");
        assert_eq!(
            shown("9223372036854775808"),
            "`9223372036854775808` is too large: whole numbers reach to 9223372036854775807"
        );
        assert_eq!(shown("1e999"), "`1e999` is too large a number");
    }
}
