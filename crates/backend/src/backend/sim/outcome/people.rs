//! Figures of personas, stages, segments, scores and audiences.

/// Figures of a persona.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct PersonaFigures {
    /// Leads, as they came in.
    pub leads: u64,
    /// Mails sent to them.
    pub sent: u64,
    /// Mails they opened.
    pub opened: u64,
    /// Mails they clicked.
    pub clicked: u64,
    /// Mails delivered at their best time.
    #[serde(skip_serializing_if = "is_zero")]
    pub delivered_in_best_time: u64,
    /// Of those, mails they opened.
    #[serde(skip_serializing_if = "is_zero")]
    pub opened_in_best_time: u64,
}

impl PersonaFigures {
    pub(super) fn add(&mut self, other: PersonaFigures) {
        self.leads += other.leads;
        self.sent += other.sent;
        self.opened += other.opened;
        self.clicked += other.clicked;
        self.delivered_in_best_time += other.delivered_in_best_time;
        self.opened_in_best_time += other.opened_in_best_time;
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Figures of a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct StageFigures {
    /// Leads in it as they came in.
    pub start: u64,
    /// Leads in it at the end.
    pub end: u64,
    /// Leads that were ever in it.
    pub reached: u64,
}

impl StageFigures {
    pub(super) fn add(&mut self, other: StageFigures) {
        self.start += other.start;
        self.end += other.end;
        self.reached += other.reached;
    }
}

/// Figures of a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SegmentFigures {
    /// Members right after leads came in.
    pub start: u64,
    /// Members at the end.
    pub end: u64,
    /// How often a lead became a member.
    pub joined: u64,
    /// How often a lead ceased to be one.
    pub left: u64,
}

impl SegmentFigures {
    pub(super) fn add(&mut self, other: SegmentFigures) {
        self.start += other.start;
        self.end += other.end;
        self.joined += other.joined;
        self.left += other.left;
    }
}

/// Scores at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ScoreFigures {
    /// Smallest.
    pub min: Option<i64>,
    /// Largest.
    pub max: Option<i64>,
    /// Sum.
    pub sum: i64,
    /// How many leads.
    pub count: u64,
}

impl ScoreFigures {
    pub(crate) fn count(&mut self, score: i64) {
        self.min = Some(self.min.map_or(score, |min| min.min(score)));
        self.max = Some(self.max.map_or(score, |max| max.max(score)));
        self.sum += score;
        self.count += 1;
    }

    pub(super) fn add(&mut self, other: ScoreFigures) {
        self.min = self.min.into_iter().chain(other.min).min();
        self.max = self.max.into_iter().chain(other.max).max();
        self.sum += other.sum;
        self.count += other.count;
    }
}

/// Figures of an audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct AudienceFigures {
    /// How often a lead joined.
    pub added: u64,
    /// How often one left.
    pub removed: u64,
    /// Members at the end.
    pub members: u64,
}

impl AudienceFigures {
    pub(super) fn add(&mut self, other: AudienceFigures) {
        self.added += other.added;
        self.removed += other.removed;
        self.members += other.members;
    }
}
