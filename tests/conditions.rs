//! What conditions ask about, and the cells that none of them can see into.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;

use tabiji::analysis::conditions::{Asked, Assignment, Claim, Claims, Lasting, Term, Terms, Universe, Verdict};
use tabiji::ir::{Campaign, Name, Value};
use tabiji::pipeline;

/// A campaign of one file.
fn campaign(yaml: &str) -> Campaign {
    let folder = tempfile::tempdir().unwrap();
    let settings = "project: conditions\ntimezone: UTC\n";
    fs::write(folder.path().join("tabiji.yaml"), format!("{settings}{yaml}")).unwrap();
    let checked = pipeline::check(folder.path()).unwrap();
    let faults: Vec<&String> = checked.findings.iter().map(|finding| &finding.message).collect();
    checked.campaign.unwrap_or_else(|| unreachable!("the campaign is sound: {faults:?}"))
}

const PEOPLE: &str = r#"
fields:
  industry: {type: enum, values: [maker, trade, it, care]}
  employees: {type: integer, min: 1, optional: true}
  budget: {type: number, optional: true}
  renewal: {type: date, optional: true}
  company: {type: text}
  vip: {type: boolean, optional: true}
  interests: {type: set, values: [ai, cloud, security]}
  plan: {type: enum, values: [free, paid]}
events:
  bought: {properties: {plan: {type: enum, values: [free, paid]}}, sets: {plan: plan}}
personas:
  big: {match: employees >= 1000}
  maker: {match: industry == "maker"}
scoring:
  engagement: {default: true, range: [0, 100], rules: [{event: bought, points: 5}]}
grading:
  fit:
    default: true
    rules: [{when: employees >= 100, points: 50}, {when: industry == "it", points: 30}]
    bands: {A: 80, B: 50}
lifecycle:
  stages: [lead, customer]
  moves: [{from: lead, to: customer, event: bought}]
"#;

/// The terms of some segments' conditions.
fn terms(conditions: &[&str]) -> (Campaign, Terms) {
    let segments: String =
        conditions.iter().enumerate().map(|(number, when)| format!("  s{number}:\n    when: '{when}'\n")).collect();
    let campaign = campaign(&format!("{PEOPLE}segments:\n{segments}"));
    let asked: Vec<Asked<'_>> =
        campaign.segments.values().map(|segment| Asked { condition: &segment.when, event: None }).collect();
    let terms = Terms::of(&campaign, &asked);
    (campaign.clone(), terms)
}

fn term<'t>(terms: &'t Terms, text: &str) -> (usize, &'t Term) {
    terms
        .terms
        .iter()
        .enumerate()
        .find(|(_, term)| term.text == text)
        .unwrap_or_else(|| unreachable!("`{text}` is a term"))
}

fn spans(terms: &Terms, text: &str) -> Vec<Option<(f64, f64)>> {
    term(terms, text).1.cells.iter().map(|cell| cell.span).collect()
}

fn values(terms: &Terms, text: &str) -> Vec<Option<Value>> {
    term(terms, text).1.cells.iter().map(|cell| cell.value.clone()).collect()
}

fn words(texts: &[&str]) -> Vec<Option<Value>> {
    texts.iter().map(|text| Some(Value::Text((*text).to_owned()))).collect()
}

const EVER: f64 = f64::INFINITY;

#[test]
fn numbers_are_cut_where_they_are_compared() {
    let (_, of) = terms(&["employees >= 100 and employees < 300", "employees == 200"]);
    let expected = [
        Some((1.0, 99.0)),
        Some((100.0, 199.0)),
        Some((200.0, 200.0)),
        Some((201.0, 299.0)),
        Some((300.0, EVER)),
        None,
    ];
    assert_eq!(spans(&of, "employees"), expected);

    // Nothing lies between two neighbours, nor below the least value.
    let (_, of) = terms(&["employees > 5 and employees < 6", "employees < 1"]);
    assert_eq!(spans(&of, "employees"), [Some((1.0, 5.0)), Some((6.0, EVER)), None]);

    // Between two real numbers there always is a third.
    let (_, of) = terms(&["budget > 5 and budget < 6"]);
    assert_eq!(spans(&of, "budget").len(), 4);

    let (_, of) = terms(&["score >= 60"]);
    assert_eq!(spans(&of, "score.engagement"), [Some((0.0, 59.0)), Some((60.0, 100.0))]);
    assert_eq!(term(&of, "score.engagement").1.lasting, Lasting::Mutable);
}

#[test]
fn values_that_nothing_tells_apart_are_one_cell() {
    let (_, of) = terms(&[r#"industry in ["maker", "trade"]"#, r#"industry == "maker""#]);
    assert_eq!(values(&of, "industry"), words(&["maker", "trade", "it"]));
    assert!(term(&of, "industry").1.is_fixed());

    let (_, of) = terms(&[r#"company == "Aozora""#]);
    assert_eq!(values(&of, "company"), words(&["Aozora", "other"]));

    // An event sets it.
    let (_, of) = terms(&[r#"plan == "paid""#]);
    assert_eq!(term(&of, "plan").1.lasting, Lasting::Mutable);
}

/// The answers of a condition for values of one field, the rest being open.
fn answers(condition: &str, text: &str) -> Vec<Option<bool>> {
    let (_, of) = terms(&[condition]);
    let (number, term) = term(&of, text);
    let cells = 0..term.cells.len();
    let with = |cell| {
        let mut assignment = Assignment::default();
        assignment.set(number, Some(cell));
        of.eval(&of.formulas[0], &assignment)
    };
    cells.map(with).collect()
}

#[test]
fn personas_and_grades_are_functions_of_fields() {
    // Who has 1,000 employees is `big` and nothing else, whatever the industry.
    assert_eq!(answers(r#"persona == "maker""#, "employees"), [None, Some(false), None]);
    assert_eq!(answers(r#"persona == "big""#, "employees"), [Some(false), Some(true), Some(false)]);
    assert_eq!(answers("persona is none", "industry"), [Some(false), None]);
    // 50 points by size reach B, with those of the industry A.
    assert_eq!(answers(r#"grade == "A""#, "employees"), [Some(false), None, Some(false)]);
    assert_eq!(answers(r#"grade == "B""#, "employees"), [Some(false), None, Some(false)]);
    assert_eq!(answers(r#"grade == "A""#, "industry"), [Some(false), None]);
}

#[test]
fn what_is_not_known_more_closely_is_a_term_of_its_own() {
    let (_, of) = terms(&[r#"company is endingwith("銀行") or company == "青空銀行""#]);
    let (company, term) = term(&of, "company");
    let named = term.cells.iter().position(|cell| cell.value == Some(Value::Text("青空銀行".to_owned())));
    let mut assignment = Assignment::default();
    assignment.set(company, named);
    assert_eq!(of.eval(&of.formulas[0], &assignment), Some(true), "of a text that is named the test is known");
    assignment.set(company, named.map(|cell| 1 - cell));
    assert_eq!(of.eval(&of.formulas[0], &assignment), None, "of another it is not");

    // Both sides have to be there, and they stand in one order.
    let (_, of) = terms(&["employees > budget and budget >= employees"]);
    let count = of.terms.iter().map(|term| term.cells.len()).product::<usize>();
    let holds = (0..count).any(|mut code| {
        let cell = |term: &Term| {
            let cell = code % term.cells.len();
            code /= term.cells.len();
            Some(cell)
        };
        let cells = of.terms.iter().map(cell).collect();
        of.eval(&of.formulas[0], &Assignment { cells }) == Some(true)
    });
    assert!(!holds);
}

#[test]
fn a_fallback_stands_for_what_is_missing() {
    assert_eq!(answers("employees | default(500) >= 100", "employees"), [Some(false), Some(true), Some(true)]);
    assert_eq!(answers("(10 if vip else employees) > 5", "vip"), [Some(true), None, None]);
}

#[test]
fn sets_are_asked_value_by_value() {
    let (_, of) = terms(&[r#""ai" in interests and "cloud" not in interests"#]);
    let texts: Vec<&str> = of.terms.iter().map(|term| term.text.as_str()).collect();
    assert_eq!(texts, ["interests", r#""ai" in interests"#, r#""cloud" in interests"#]);
}

/// The verdict on some conditions that one lead is to meet, part by part.
fn verdict(conditions: &[&str]) -> (Verdict, Vec<String>) {
    let (campaign, _) = terms(conditions);
    let mut claims = Claims::default();
    for segment in campaign.segments.values() {
        claims.add(&segment.when, None);
    }
    let universe = Universe::new(Terms::of(&campaign, &claims.asked()), |_| false).unwrap();
    let claims = claims.finish(&universe.terms);
    let all: Vec<&Claim> = claims.iter().collect();
    (universe.verdict(&all), claims.iter().map(|claim| claim.text.clone()).collect())
}

#[test]
fn a_proof_names_what_excludes_each_other_and_no_more() {
    let (found, texts) =
        verdict(&["employees >= 100 and vip", r#"industry == "it" and persona == "big""#, "employees < 500"]);
    let Verdict::Impossible(kept) = found else { unreachable!("{found:?}") };
    let kept: Vec<&str> = kept.into_iter().map(|at| texts[at].as_str()).collect();
    assert_eq!(kept, [r#"persona == "big""#, "employees < 500"]);
}

#[test]
fn a_witness_meets_what_is_asked() {
    let (found, _) = verdict(&["employees >= 100 and employees < 200", r#"persona == "maker" and grade == "B""#]);
    let Verdict::Possible(witness) = found else { unreachable!("{found:?}") };
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    assert_eq!(
        witness.values,
        [("employees".to_owned(), Some(Value::Int(100))), ("industry".to_owned(), text("maker"))]
    );
}

/// Sets of leads of two conditions.
fn compared(one: &str, other: &str) -> (bool, bool, bool, bool) {
    let (_, of) = terms(&[one, other]);
    let universe = Universe::new(of, |_| false).unwrap();
    let sets: Vec<_> = universe.terms.formulas.iter().map(|formula| universe.leads(formula).unwrap()).collect();
    let (one, other) = (sets[0], sets[1]);
    (universe.is_within(one, other), universe.is_within(other, one), universe.are_disjoint(one, other), one == other)
}

#[test]
fn conditions_are_compared_by_their_leads() {
    assert_eq!(compared("employees >= 300", "employees >= 100"), (true, false, false, false));
    assert_eq!(compared("not (employees < 300)", "employees >= 300 or employees is none"), (true, true, false, true));
    assert_eq!(compared("score < 20", "score >= 20"), (false, false, true, false));
    assert_eq!(compared(r#"persona == "big""#, "employees >= 1000"), (true, true, false, true));
    assert_eq!(
        compared(r#"did("bought", within="3 days")"#, r#"did("bought", within="7 days")"#),
        (true, false, false, false)
    );
    assert_eq!(
        compared(r#"days_since("bought") <= 2"#, r#"not did("bought", within="7 days")"#),
        (false, false, true, false)
    );
}

#[test]
fn a_membership_over_fixed_fields_is_what_it_asks_for() {
    let yaml = format!(
        "{PEOPLE}segments:\n  makers: {{when: 'industry == \"maker\"'}}\n  hot: {{when: 'score > 50 and in_segment(\"makers\")'}}\n  \
         asked: {{when: 'in_segment(\"makers\") or in_segment(\"hot\")'}}\n"
    );
    let campaign = campaign(&yaml);
    let name: Option<&Name> = None;
    let asked = [Asked { condition: &campaign.segments["asked"].when, event: name }];
    let of = Terms::of(&campaign, &asked);
    let texts: Vec<&str> = of.terms.iter().map(|term| term.text.as_str()).collect();
    assert_eq!(texts, ["industry", "score.engagement", r#"in_segment("hot")"#]);
    let mut assignment = Assignment::default();
    // Nobody but a maker can be hot, whatever the score.
    assignment.set(0, Some(1));
    assert_eq!(of.eval(&of.formulas[0], &assignment), Some(false));
    assignment.set(0, Some(0));
    assert_eq!(of.eval(&of.formulas[0], &assignment), Some(true));
}
