//! What is known of mails, put by and taken up again: by itself it does not know where its rules are written.
//!
//! In: a [`Flood`] read back. Out: the same with the places of today's files. Never: whether it still holds.

use super::{Flood, rules};
use crate::ir::Campaign;

impl Flood {
    /// The same for a campaign whose rules mean the same, but may be written elsewhere. `None` if they are others.
    pub fn placed(mut self, campaign: &Campaign) -> Option<Flood> {
        let rules = rules(campaign);
        let bounds = || self.bounds.iter().map(|bound| (&bound.limit, &bound.rule));
        // Origins are all equal.
        if !campaign.journeys.is_empty() && !bounds().eq(rules.iter().map(|(limit, rule)| (limit, rule))) {
            return None;
        }
        self.bounds.iter_mut().zip(rules).for_each(|(bound, (limit, _))| bound.limit.origin = limit.origin);
        Some(self)
    }
}

/// When a mail was sent, or the word for why it was not.
pub(super) mod end {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::analysis::flood::HELD;
    use crate::ir::Skip;

    pub(crate) fn serialize<S: Serializer>(end: &Result<i64, &'static str>, to: S) -> Result<S::Ok, S::Error> {
        end.serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Result<i64, &'static str>, D::Error> {
        let known = |word: String| {
            let word = Skip::WORDS.iter().chain([&HELD]).find(|known| **known == word);
            word.copied().ok_or_else(|| D::Error::custom("no reason for which mails are not sent"))
        };
        match Result::<i64, String>::deserialize(from)? {
            Ok(at_secs) => Ok(Ok(at_secs)),
            Err(word) => known(word).map(Err),
        }
    }
}
