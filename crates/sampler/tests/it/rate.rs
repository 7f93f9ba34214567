//! Shares in parts per million.

use telespan_sampler::{PerMillion, Sampler};

use crate::sampler;

#[test]
fn a_share_is_at_most_a_million() {
    for number in [0, 1, 999_999, 1_000_000] {
        let rate = PerMillion::try_from(number).unwrap();
        assert_eq!((rate.to_u32(), u32::from(rate), rate.to_string()), (number, number, number.to_string()));
    }
    for number in [1_000_001, u32::MAX] {
        let error = PerMillion::try_from(number).unwrap_err();
        let text = format!("{number} per million is more than all; write a number from 0 to 1000000");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn the_constants_are_the_ends_of_the_range() {
    assert_eq!(PerMillion::ZERO, PerMillion::try_from(0).unwrap());
    assert_eq!(PerMillion::ALL, PerMillion::try_from(1_000_000).unwrap());
}

#[test]
fn the_default_keeps_nothing() {
    assert_eq!(PerMillion::default(), PerMillion::ZERO);
    assert_eq!(Sampler::default(), sampler(0));
    assert_eq!(sampler(17).rate().to_u32(), 17);
}
