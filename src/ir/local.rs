//! Local times and the instants they stand for.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The instant of a local time: the first of two, and for a time that a change of clocks leaves out, the first one
/// after the gap.
pub fn first_instant(local: DateTime, zone: &TimeZone) -> i64 {
    let at = |offset: jiff::tz::Offset| {
        let limit = if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        offset.to_timestamp(local).unwrap_or(limit)
    };
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            at(offset).as_second()
        }
        AmbiguousOffset::Gap { before, .. } => {
            let beyond = at(before);
            let after = beyond.checked_add(SignedDuration::from_secs(1)).unwrap_or(beyond);
            zone.preceding(after).next().map_or(beyond, |change| change.timestamp()).as_second()
        }
    }
}

/// Whether a zone's clocks are never set any more, from 2020 on. One that is not known keeps its offset.
pub fn keeps_its_offset(zone: &str) -> bool {
    let Ok(zone) = TimeZone::get(zone) else { return true };
    let Ok(since) = Timestamp::from_second(1_577_836_800) else { return true };
    zone.following(since).next().is_none()
}
