//! Figures of sources, pages and forms.

use crate::backend::sim::outcome::Named;
use crate::backend::sim::program::Program;
use crate::ir::{Cost, Money, Traffic};

/// Figures of sources, pages and forms; all empty if the campaign has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct AcquisitionFigures {
    /// By source.
    pub sources: Named<SourceFigures>,
    /// Of leads without a touch.
    pub no_source: SourceFigures,
    /// By page and variant.
    pub pages: Named<Named<VariantFigures>>,
    /// By form.
    pub forms: Named<FormFigures>,
}

/// Figures of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SourceFigures {
    /// Visits and other touches, those of visitors who did not become leads included.
    pub touches: u64,
    /// Leads created in the run whose first touch it was.
    pub new_leads: u64,
    /// What it cost.
    pub cost: Money,
    /// What it costs each time.
    pub rates: Cost,
    /// What it is credited with where the first touch has all.
    pub first: Credit,
    /// What it is credited with where the last touch before has all.
    pub last: Credit,
}

/// What came about in the run with leads of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Credit {
    /// Leads that reached a stage they had not been in, by stage.
    pub stages: Named<u64>,
    /// Goals of journeys, by journey that has one.
    pub goals: Named<u64>,
    /// Events that carry money, by event.
    pub amounts: Named<AmountFigures>,
}

/// Events that carry money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct AmountFigures {
    /// How many.
    pub count: u64,
    /// Their amounts together.
    pub sum: Money,
}

/// Figures of a variant of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct VariantFigures {
    /// Visits.
    pub visits: u64,
    /// Forms begun.
    pub starts: u64,
    /// Forms completed.
    pub completions: u64,
}

/// Figures of a form. Submissions that began in no page count as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct FormFigures {
    /// It was begun.
    pub starts: u64,
    /// Of these, it was completed.
    pub completions: u64,
    /// It was sent; more than completions if something else makes its event.
    pub submissions: u64,
    /// Submissions with the box ticked.
    pub agreed: u64,
}

impl AcquisitionFigures {
    /// Nothing counted yet.
    pub(in crate::backend::sim) fn empty(program: &Program) -> AcquisitionFigures {
        let acquisition = &program.acquisition;
        let source = || SourceFigures { first: credit(program), last: credit(program), ..SourceFigures::default() };
        AcquisitionFigures {
            sources: Named::of(acquisition.sources.iter().map(|each| each.name.as_str()), |_| source()),
            no_source: if acquisition.sources.is_empty() { SourceFigures::default() } else { source() },
            pages: Named::of(acquisition.pages.iter().map(|each| each.name.as_str()), |number| {
                let variants = acquisition.pages[number].variants.iter().map(|each| each.name.as_str());
                Named::of(variants, |_| VariantFigures::default())
            }),
            forms: Named::of(acquisition.forms.iter().map(|each| each.name.as_str()), |_| FormFigures::default()),
        }
    }

    /// Adds the figures of other leads.
    pub(in crate::backend::sim) fn add(&mut self, other: AcquisitionFigures) {
        self.sources.add(other.sources, SourceFigures::add);
        self.no_source.add(other.no_source);
        self.pages.add(other.pages, |mine, theirs| {
            mine.add(theirs, |mine, theirs| {
                mine.visits += theirs.visits;
                mine.starts += theirs.starts;
                mine.completions += theirs.completions;
            });
        });
        self.forms.add(other.forms, |mine, theirs| {
            mine.starts += theirs.starts;
            mine.completions += theirs.completions;
            mine.submissions += theirs.submissions;
            mine.agreed += theirs.agreed;
        });
    }

    /// Adds visitors who did not become leads.
    pub(in crate::backend::sim) fn pass(&mut self, traffic: &Traffic) {
        for (source, visits) in &traffic.sources {
            self.sources.find(source).into_iter().for_each(|figures| figures.touches += visits);
        }
        for ((page, variant), passing) in &traffic.pages {
            if let Some(figures) = self.pages.find(page).and_then(|variants| variants.find(variant)) {
                figures.visits += passing.visits;
                figures.starts += passing.starts;
            }
        }
        for (form, starts) in &traffic.forms {
            self.forms.find(form).into_iter().for_each(|figures| figures.starts += starts);
        }
    }

    /// Works out what sources cost, once everything is counted.
    pub(in crate::backend::sim) fn close(&mut self, program: &Program) {
        for ((_, figures), source) in self.sources.0.iter_mut().zip(&program.acquisition.sources) {
            (figures.cost, figures.rates) = (source.cost.of(figures.touches, figures.new_leads), source.cost);
        }
    }
}

impl SourceFigures {
    fn add(&mut self, other: SourceFigures) {
        self.touches += other.touches;
        self.new_leads += other.new_leads;
        self.cost += other.cost;
        self.first.add(other.first);
        self.last.add(other.last);
    }
}

impl Credit {
    fn add(&mut self, other: Credit) {
        self.stages.add_counts(other.stages);
        self.goals.add_counts(other.goals);
        self.amounts.add(other.amounts, |mine, theirs| {
            mine.count += theirs.count;
            mine.sum += theirs.sum;
        });
    }

    /// Amounts of all events together.
    pub fn revenue(&self) -> Money {
        self.amounts.iter().map(|(_, amount)| amount.sum).sum()
    }
}

fn credit(program: &Program) -> Credit {
    let goals = program.journeys.iter().filter(|journey| journey.goal.is_some());
    Credit {
        stages: Named::of(program.lifecycle.stages.iter().map(|sym| program.texts.get(*sym)), |_| 0),
        goals: Named::of(goals.map(|journey| journey.name.as_str()), |_| 0),
        amounts: Named::of(program.acquisition.paid.iter().map(String::as_str), |_| AmountFigures::default()),
    }
}
