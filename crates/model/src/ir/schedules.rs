//! Warm-up schedules that senders of mail have published, as figures.
//!
//! Tables are kept as they were published and not computed: their authors rounded on the way.

/// A published schedule.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// Its name in campaigns.
    pub name: &'static str,
    /// Who published it, and where.
    pub source: &'static str,
    /// When it was read.
    pub read: &'static str,
    /// Mails per day, by day.
    pub per_day: &'static [u64],
    /// Mails per hour, by day.
    pub per_hour: &'static [u64],
}

impl Published {
    /// The schedule of this name.
    pub fn find(name: &str) -> Option<&'static Published> {
        PUBLISHED.iter().find(|schedule| schedule.name == name)
    }
}

/// All of them, by name.
pub const PUBLISHED: &[Published] = &[
    Published {
        name: "ipost",
        source: "iPost, the rule for starting at 1,000: x2 below 50,000, then +50 % to 100,000, +20 % to 250,000; \
                 each step is held for four days",
        read: "2026-11",
        per_day: &[
            1_000, 1_000, 1_000, 1_000, 2_000, 2_000, 2_000, 2_000, 4_000, 4_000, 4_000, 4_000, 8_000, 8_000, 8_000,
            8_000, 16_000, 16_000, 16_000, 16_000, 32_000, 32_000, 32_000, 32_000, 64_000, 64_000, 64_000, 64_000,
            96_000, 96_000, 96_000, 96_000, 144_000, 144_000, 144_000, 144_000, 172_800, 172_800, 172_800, 172_800,
            207_360, 207_360, 207_360, 207_360, 248_832, 248_832, 248_832, 248_832,
        ],
        per_hour: &[],
    },
    Published {
        name: "mailtrap",
        source: "Mailtrap, help page on warming up, +30 % a day",
        read: "2026-11",
        per_day: &[
            300, 390, 510, 660, 860, 1_100, 1_400, 1_900, 2_400, 3_200, 4_100, 5_400, 7_000, 9_100, 11_800, 15_400,
            20_000, 26_000, 33_700, 43_900, 57_000,
        ],
        per_hour: &[
            60, 80, 100, 130, 170, 220, 290, 380, 490, 640, 830, 1_100, 1_400, 1_800, 2_400, 3_100, 4_000, 5_200,
            6_700, 8_800, 11_400,
        ],
    },
    Published {
        name: "sarv",
        source: "Sarv, days 1 to 17",
        read: "2026-11",
        per_day: &[
            50, 100, 500, 1_000, 5_000, 10_000, 20_000, 40_000, 70_000, 100_000, 150_000, 250_000, 400_000, 600_000,
            1_000_000, 2_000_000, 4_000_000,
        ],
        per_hour: &[],
    },
    Published {
        name: "sendgrid",
        source: "SendGrid, automated warm-up: mails per hour by the age of the address in days, 0 to 41",
        read: "2026-11",
        per_day: &[],
        per_hour: &[
            20, 28, 39, 55, 77, 108, 151, 211, 295, 413, 579, 810, 1_000, 1_587, 2_222, 3_111, 4_356, 6_098, 8_583,
            11_953, 16_734, 23_427, 32_798, 45_917, 64_284, 89_998, 125_997, 176_395, 246_953, 345_735, 484_029,
            677_640, 948_696, 1_328_175, 1_859_444, 2_603_222, 3_644_511, 5_102_316, 7_143_242, 10_000_539, 14_000_754,
            19_601_056,
        ],
    },
    Published {
        name: "sendgrid-manual",
        source: "SendGrid, warming up by hand: 50 on the first day, doubled on each day of sending; 18 days of it",
        read: "2026-11",
        per_day: &[
            50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 102_400, 204_800, 409_600, 819_200,
            1_638_400, 3_276_800, 6_553_600,
        ],
        per_hour: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_rise_and_are_found_by_name() {
        assert!(PUBLISHED.is_sorted_by_key(|schedule| schedule.name));
        for schedule in PUBLISHED {
            assert!(schedule.per_day.is_sorted() && schedule.per_hour.is_sorted(), "{}", schedule.name);
            assert!(!schedule.per_day.is_empty() || !schedule.per_hour.is_empty());
            assert_eq!(Published::find(schedule.name).map(|found| found.source), Some(schedule.source));
        }
    }

    /// The lengths and ends as they were published.
    #[test]
    fn tables_are_whole() {
        let ends = |name: &str| {
            let found = Published::find(name).unwrap();
            let end = |table: &[u64]| (table.len(), table.last().copied().unwrap_or(0));
            (end(found.per_day), end(found.per_hour))
        };
        assert_eq!(ends("sendgrid"), ((0, 0), (42, 19_601_056)));
        assert_eq!(ends("mailtrap"), ((21, 57_000), (21, 11_400)));
        assert_eq!(ends("sarv"), ((17, 4_000_000), (0, 0)));
        assert_eq!(ends("sendgrid-manual"), ((18, 50 << 17), (0, 0)));
    }
}
