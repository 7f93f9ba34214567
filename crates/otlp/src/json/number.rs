//! Integers out of JSON numbers, in whatever form they are written.

/// The integer that `text`, a JSON number, stands for. `None` if the number is not an integer or does not fit.
///
/// Exact: `12`, `1.2e1` and `1200e-2` are the same, and nothing passes through a float.
pub(super) fn integer(text: &str) -> Option<i128> {
    // As nearly all are written.
    if let Ok(plain) = text.parse::<i64>() {
        return Some(plain.into());
    }
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes()).map(|digit| i128::from(digit - b'0'));
    // How many digits there are up to the last that is not 0: they and the exponent tell the size without arithmetic.
    let significant = whole.len() + fraction.len() - digits().rev().take_while(|&digit| digit == 0).count();
    if significant == 0 {
        return Some(0);
    }
    let exponent: i64 = exponent.parse().ok()?;
    let scale = exponent.checked_add(i64::try_from(whole.len()).ok()?)?;
    // The value is 0.digits * 10^scale.
    let zeros = usize::try_from(scale).ok()?.checked_sub(significant)?;
    let mut value = digits().take(significant).chain(std::iter::repeat_n(0, zeros.min(MAX_DIGITS)));
    let value = value.try_fold(0i128, |value, digit| value.checked_mul(10)?.checked_add(digit))?;
    Some(if negative { -value } else { value })
}

/// More zeros than this overflow behind any digit but 0.
const MAX_DIGITS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_exact_in_every_form() {
        let cases = [
            ("0", 0),
            ("-0", 0),
            ("0.000e999999999999999999999", 0),
            ("12", 12),
            ("-12", -12),
            ("1.2e1", 12),
            ("1200E-2", 12),
            ("0.00012e+5", 12),
            ("12.000", 12),
            ("1e19", 10_000_000_000_000_000_000),
            ("18446744073709551615", u64::MAX.into()),
            ("-9223372036854775808", i64::MIN.into()),
            ("9007199254740993", 9_007_199_254_740_993),
            ("9.007199254740993e15", 9_007_199_254_740_993),
            ("1e30", 1_000_000_000_000_000_000_000_000_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(integer(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_integer_or_too_large_is_refused() {
        for text in
            ["0.5", "1e-1", "12.01", "1e40", "-1e400", "1e99999999999999999999", "1e-99999999999999999999"]
        {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn long_digits_cost_no_more_than_their_length() {
        let text = format!("1{}e-100000", "0".repeat(100_000));
        assert_eq!(integer(&text), Some(1));
        assert_eq!(integer(&"9".repeat(100_000)), None);
    }
}
