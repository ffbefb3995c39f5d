//! The summary, its JSON and the timeline of a small run, as people see them.

use std::collections::BTreeMap;

use super::table::cells;
use super::{json, text, trace};
use crate::backend::sim::{
    Busiest, EmailFigures, EntryRefusal, Figures, JourneyFigures, LeadFigures, MailFigures, Named, Outcome, Parameters,
    PersonaFigures, ReachFigures, ScoreFigures, SegmentFigures, Skip, StageFigures, StepFigures, Tallies, TraceLine,
    What,
};
use crate::ir::journey::{Entry, EntryBy, Goal};
use crate::ir::{
    Again, Behavior, Body, Campaign, Condition, Email, Expr, Journey, Persona, Refusal, RefusedRow, Segment, Value,
};
use crate::plan::Plan;
use crate::text::Origin;

fn condition() -> Condition {
    let expr = Expr::Const { value: Value::Bool(true) };
    Condition::new(expr, Origin::default())
}

fn journey(label: Option<&str>, goal: bool) -> Journey {
    let (when, origin) = (None, Origin::default());
    Journey {
        label: label.map(str::to_owned),
        phase: None,
        priority: 0,
        entry: Entry { by: EntryBy::Called, when, again: Again::Never, key: None, at_once: None, origin },
        ends: None,
        exit_when: None,
        goal: goal.then(|| Goal { when: condition(), within_secs: None }),
        first: None,
        steps: Vec::new(),
        origin,
    }
}

fn email(label: Option<&str>) -> Email {
    Email {
        label: label.map(str::to_owned),
        topic: "newsletter".to_owned(),
        sender: "marketing".to_owned(),
        subject: String::new(),
        preheader: None,
        body: Body::Html(String::new()),
        text: None,
        attachments: Vec::new(),
        repeat: Again::Always,
        open_factor: 1.0,
        click_factor: 1.0,
        origin: Origin::default(),
    }
}

fn plan() -> Plan {
    let mut campaign = Campaign::default();
    campaign.settings.project = "aozora-cloud".to_owned();
    campaign.settings.timezone = "Asia/Tokyo".to_owned();
    campaign.journeys = [
        ("whitepaper-nurture".to_owned(), journey(Some("ホワイトペーパー育成"), true)),
        ("expo".to_owned(), journey(Some("展示会フォロー"), false)),
        ("recycle".to_owned(), journey(None, true)),
    ]
    .into();
    campaign.emails = [
        ("case-study".to_owned(), email(Some("導入事例のご案内"))),
        ("offer-a".to_owned(), email(None)),
        ("never-sent".to_owned(), email(Some("Old offer"))),
    ]
    .into();
    campaign.personas = vec![Persona {
        name: "it-manager".to_owned(),
        label: Some("情報システム部長".to_owned()),
        matches: condition(),
        share: None,
        behavior: Behavior::default(),
        narrative: BTreeMap::new(),
        origin: Origin::default(),
    }];
    let segment = Segment { label: Some("今すぐ客".to_owned()), when: condition(), origin: Origin::default() };
    campaign.segments = [("hot".to_owned(), segment)].into();
    crate::plan::build(&campaign).unwrap()
}

fn named<T>(values: impl IntoIterator<Item = (&'static str, T)>) -> Named<T> {
    Named(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn owned<const N: usize>(pairs: [(&str, u64); N]) -> BTreeMap<String, u64> {
    pairs.map(|(name, number)| (name.to_owned(), number)).into()
}

fn journeys() -> Named<JourneyFigures> {
    let nurture = JourneyFigures {
        entered: 412,
        leads: 400,
        refused: [(EntryRefusal::NotMatching, 1_250), (EntryRefusal::AlreadyIn, 40)].into(),
        completed: 205,
        exit_when: 62,
        exit_when_by: named([("score >= 60", 50), ("orders > 0", 12)]),
        goal: 110,
        exits: owned([("handed-over", 30), ("too-small", 0)]),
        running: 5,
        steps: named([("thanks", StepFigures { reached: 412, ..StepFigures::default() })]),
    };
    let expo = JourneyFigures { entered: 20, leads: 20, completed: 20, ..JourneyFigures::default() };
    named([("whitepaper-nurture", nurture), ("expo", expo), ("recycle", JourneyFigures::default())])
}

fn emails() -> Named<EmailFigures> {
    let case_study = EmailFigures {
        requested: 2_000,
        sent: 1_400,
        skipped: [(Skip::NoConsent, 90), (Skip::Capped, 505)].into(),
        waiting: 5,
        held: 300,
        held_secs: 300 * 33_120,
        delivered: 1_380,
        soft_bounced: 15,
        hard_bounced: 5,
        retries: 22,
        opened: 460,
        clicked: 92,
        unsubscribed: 7,
        complained: 1,
    };
    let offer = EmailFigures { requested: 20, sent: 20, delivered: 20, opened: 9, ..EmailFigures::default() };
    named([("case-study", case_study), ("never-sent", EmailFigures::default()), ("offer-a", offer)])
}

fn figures() -> Figures {
    let stage = |start, end, reached| StageFigures { start, end, reached };
    let week: BTreeMap<u64, u64> = [(0, 420), (1, 300), (2, 180), (3, 100)].into();
    let busiest = |lead: &str, most, leads_by_mails| Busiest { leads_by_mails, most, lead: Some(lead.to_owned()) };
    Figures {
        messages: Named::default(),
        contacts: Default::default(),
        costs: Default::default(),
        audiences: Named::default(),
        leads: LeadFigures {
            read: 1_003,
            refused: [(Refusal::BadRow, 2), (Refusal::Duplicate, 1)].into(),
            simulated: 1_000,
            ..LeadFigures::default()
        },
        replay: Default::default(),
        consent: None,
        told: Default::default(),
        untracked: Default::default(),
        journeys: journeys(),
        capped: Default::default(),
        emails: emails(),
        mails: MailFigures {
            not_sent: [(Skip::NoConsent, 90), (Skip::Capped, 505)].into(),
            bounced: 20,
            leads_by_mails: [(0, 420), (1, 200), (2, 200), (3, 100), (5, 60), (9, 20)].into(),
            busiest_week: busiest("lead-000042", 3, week),
            busiest_week_marketing: busiest("lead-000007", 2, [(0, 420), (1, 400), (2, 180)].into()),
        },
        personas: named([(
            "it-manager",
            PersonaFigures { leads: 300, sent: 700, opened: 260, clicked: 60, ..PersonaFigures::default() },
        )]),
        no_persona: PersonaFigures { leads: 700, sent: 720, opened: 209, clicked: 32, ..PersonaFigures::default() },
        stages: named([
            ("lead", stage(1_000, 520, 1_000)),
            ("mql", stage(0, 360, 480)),
            ("商談", stage(0, 110, 118)),
            ("customer", stage(0, 10, 10)),
        ]),
        moves: named([("lead", named([("mql", 480_u64)]))]),
        segments: named([("hot", SegmentFigures { start: 12, end: 96, joined: 152, left: 56 })]),
        scores: named([("engagement", ScoreFigures { min: Some(-3), max: Some(150), sum: -250, count: 1_000 })]),
        grades: named([("fit", named([("A", 400_u64), ("none", 600)]))]),
        tasks: owned([("sales", 1_110), ("support", 20)]),
        events: named([("email_opened", 469_u64)]),
        reach: ReachFigures {
            leads_by_journeys: [(0, 580), (1, 408), (2, 12)].into(),
            leads_by_most_at_once: [(0, 580), (1, 413), (2, 7)].into(),
            in_none: named([("it-manager", 130)]),
            in_none_without_persona: 450,
            overlaps: [((0, 1), 7)].into(),
            sends_per_day: named([
                ("whitepaper-nurture", (0..90).map(|day| if day % 7 > 4 { 0 } else { 18 + day % 3 }).collect()),
                ("expo", (0..90).map(|day| u64::from(day == 3) * 20).collect()),
                ("recycle", vec![0; 90]),
            ]),
        },
        acquisition: Default::default(),
        catalogs: Default::default(),
        experiments: Named::default(),
        kpis: Named::default(),
        tallies: Tallies::default(),
        sends_per_day: (0..90).map(|day| if day % 7 > 4 { 0 } else { 20 + day % 5 }).collect(),
        senders: Named::default(),
        stage_changes: Named::default(),
        groups: Default::default(),
    }
}

fn outcome() -> Outcome {
    let refused = |line, reason, message: &str| RefusedRow::new(line, reason, message.to_owned());
    let line = |local: &str, what, journey: Option<&str>, text: &str| TraceLine {
        at_secs: 0,
        local: local.to_owned(),
        what,
        journey: journey.map(str::to_owned),
        step: matches!(what, What::Sent).then(|| "first".to_owned()),
        text: text.to_owned(),
    };
    Outcome {
        log: None,
        run: Parameters {
            start: "2026-04-01".to_owned(),
            start_secs: 1_774_969_200,
            days: 90,
            seed: 1,
            plan: "sha256:5d41402abc4b2a76b9719d911017c592".to_owned(),
        },
        figures: figures(),
        refused_rows: vec![
            refused(18, Refusal::BadRow, "column `従業員数` holds `多い`, which is not a whole number of at least 1"),
            refused(77, Refusal::Duplicate, "an earlier row has the id `a-31` too"),
            refused(78, Refusal::BadRow, "the row has 3 cells, and the header has 12"),
        ],
        trace: Some(vec![
            line("2026-04-01T00:00:00+09:00", What::Launched, None, "stage lead, score 0"),
            line("2026-04-01T09:30:00+09:00", What::Entered, Some("資料請求"), "by form_submitted"),
            line("2026-04-01T09:30:00+09:00", What::SegmentOut, None, "hot"),
            line("2026-04-02T08:00:00+09:00", What::Sent, Some("expo"), "case-study"),
        ]),
        facts: Vec::new(),
    }
}

fn nothing() -> Outcome {
    let mut outcome = outcome();
    let figures = &mut outcome.figures;
    figures.leads = LeadFigures::default();
    figures.mails = MailFigures::default();
    figures.no_persona = PersonaFigures::default();
    for (_, journey) in &mut figures.journeys.0 {
        *journey = JourneyFigures::default();
    }
    for (_, email) in &mut figures.emails.0 {
        *email = EmailFigures::default();
    }
    for (_, stage) in &mut figures.stages.0 {
        *stage = StageFigures::default();
    }
    figures.personas.0[0].1 = PersonaFigures::default();
    figures.segments.0[0].1 = SegmentFigures::default();
    figures.scores = Named(Vec::new());
    figures.grades = Named(Vec::new());
    figures.tasks.clear();
    figures.sends_per_day.fill(0);
    figures.reach = ReachFigures::default();
    outcome.refused_rows.clear();
    outcome.trace = None;
    outcome
}

#[test]
fn summary_on_a_wide_terminal() {
    insta::assert_snapshot!(text(&outcome(), &plan(), 120), @r"
    aozora-cloud  2026-04-01 to 2026-06-29, 90 days, Asia/Tokyo, seed 1
    plan sha256:5d41402abc4b2a76b9719d911017c592

    Leads  1,003 read, 3 refused, 1,000 simulated
      refused: bad-row 2, duplicate 1
        line 18: column `従業員数` holds `多い`, which is not a whole number of at least 1
        line 77: an earlier row has the id `a-31` too
        line 78: the row has 3 cells, and the header has 12

    Journeys                                    entered  leads  finished  exited  goal   rate  running
      ホワイトペーパー育成  whitepaper-nurture      412    400       205      92   110  26.7%        5
        exited: exit_when `score >= 60` 50, exit_when `orders > 0` 12, handed-over 30
        not let in: not-matching 1,250, already-in 40
      展示会フォロー        expo                     20     20        20       0     –      –        0
      recycle                                         0      0         0       0     0      –        0
      rate: goals reached of the entered

    Emails                           sent  delivered      opened    clicked     unsub  spam  bounced  skipped
      導入事例のご案内  case-study  1,400      1,380  460  33.3%  92   6.7%  7   0.5%     1       20      595
      Old offer         never-sent      0          0    0      –   0      –  0      –     0        0        0
      offer-a                          20         20    9  45.0%   0   0.0%  0   0.0%     0        0        0
      all emails                    1,420      1,400  469  33.5%  92   6.6%  7   0.5%     1       20      595
      opened, clicked and unsub are parts of the delivered
      300 mails were held, for 9 h 12 min on average

    95 % intervals                                    opened       clicked         unsub          goal
      導入事例のご案内      case-study          30.9 – 35.9%    5.5 – 8.1%    0.2 – 1.0%
      offer-a                                   25.8 – 65.8%  0.0 – 16.1%*  0.0 – 16.1%*
      all emails                                31.1 – 36.0%    5.4 – 8.0%    0.2 – 1.0%
      ホワイトペーパー育成  whitepaper-nurture                                            22.7 – 31.2%
      shares: Wilson's interval
      * rests on too few leads: a share on fewer than 5 that count or that do not, a mean on
        fewer than 30

    Not sent  595 of 2,020 mails asked for, 29.5%
      no-consent   90    4.5%  not subscribed to the topic  █████▎
      capped      505   25.0%  a frequency rule was full    ██████████████████████████████
      besides: 5 still held at the end, 20 sent but not delivered

    Mails per lead  mean 1.38, median 1, p95 5, max 9
      0 │ 420   42.0%  ████████████████████████████████████████
      1 │ 200   20.0%  ███████████████████
      2 │ 200   20.0%  ███████████████████
      3 │ 100   10.0%  █████████▌
      4 │   0    0.0%
      5 │  60    6.0%  █████▋
      6 │   0    0.0%
      7 │   0    0.0%
      8 │   0    0.0%
      9 │  20    2.0%  █▉

    Busiest 7 days of each lead  mean 0.96, median 1, p95 3, max 3 (lead lead-000042)
      0 │ 420   42.0%  ████████████████████████████████████████
      1 │ 300   30.0%  ████████████████████████████▌
      2 │ 180   18.0%  █████████████████▏
      3 │ 100   10.0%  █████████▌
      marketing alone: mean 0.76, median 1, p95 2, max 2 (lead lead-000007)

    Journeys per lead  mean 0.43, in none 580 (58.0%)
      0 │ 580   58.0%  ████████████████████████████████████████
      1 │ 408   40.8%  ████████████████████████████▏
      2 │  12    1.2%  ▊
      in none: it-manager 130 of 300, no persona 450 of 700
      in both at once: whitepaper-nurture + expo 7

    Mails per day  mean 15.89, max 24 on 2026-04-05
      ▆▇▇▇█··▇▇█▆▇··█▆▇▇▇··▇▇▇█▆··▇█▆▇▇··▆▇▇▇█··▇▇█▆▇··█▆▇▇▇··▇▇▇█▆··▇█▆▇▇··▆▇▇▇█··▇▇█▆▇··█▆▇▇▇·
      ▇▇█▇▇··▇█▇▇█··█▇▇█▇··▇▇█▇▇··▇█▇▇█··█▇▇█▇··▇▇█▇▇··▇█▇▇█··█▇▇█▇··▇▇█▇▇··▇█▇▇█··█▇▇█▇··▇▇█▇▇·  whitepaper-nurture  1,234
      ···█······················································································  expo                20

    Lifecycle   at start  at end   ever  of leads
      lead         1,000     520  1,000    100.0%  ██████████████████████████████
      mql              0     360    480     48.0%  ██████████████▍
      商談             0     110    118     11.8%  ███▌
      customer         0      10     10      1.0%  ▎

    Scores        leads   mean  95 % interval  least  most
      engagement  1,000  -0.25              –     -3   150
      at the end of the run

    Grades of fit  leads  share
      A              400  40.0%
      no grade       600  60.0%
      at the end of the run

    Personas                        leads  share  sent  per lead  opened  clicked
      情報システム部長  it-manager    300  30.0%   700      2.33   37.1%     8.6%
      no persona                      700  70.0%   720      1.03   29.0%     4.4%
      opened and clicked are parts of the sent

    Segments         at start  joined later  left  at end
      今すぐ客  hot        12           140    56      96

    Tasks
      sales    1,110
      support     20
    ");
}

#[test]
fn summary_on_a_narrow_terminal() {
    insta::assert_snapshot!(text(&outcome(), &plan(), 72), @r"
    aozora-cloud  2026-04-01 to 2026-06-29, 90 days, Asia/Tokyo, seed 1
    plan sha256:5d41402abc4b2a76b9719d911017c592

    Leads  1,003 read, 3 refused, 1,000 simulated
      refused: bad-row 2, duplicate 1
        line 18: column `従業員数` holds `多い`, which is not a whole number of at least 1
        line 77: an earlier row has the id `a-31` too
        line 78: the row has 3 cells, and the header has 12

    Journeys
          entered  leads  finished  exited  goal   rate  running
      ホワイトペーパー育成  whitepaper-nurture
              412    400       205      92   110  26.7%        5
        exited: exit_when `score >= 60` 50, exit_when `orders > 0` 12,
                handed-over 30
        not let in: not-matching 1,250, already-in 40
      展示会フォロー  expo
               20     20        20       0     –      –        0
      recycle
                0      0         0       0     0      –        0
      rate: goals reached of the entered

    Emails
         sent  delivered      opened    clicked     unsub  spam  bounced
        skipped
      導入事例のご案内  case-study
        1,400      1,380  460  33.3%  92   6.7%  7   0.5%     1       20
            595
      Old offer  never-sent
            0          0    0      –   0      –  0      –     0        0
              0
      offer-a
           20         20    9  45.0%   0   0.0%  0   0.0%     0        0
              0
      all emails
        1,420      1,400  469  33.5%  92   6.6%  7   0.5%     1       20
            595
      opened, clicked and unsub are parts of the delivered
      300 mails were held, for 9 h 12 min on average

    95 % intervals
                opened       clicked         unsub          goal
      導入事例のご案内  case-study
          30.9 – 35.9%    5.5 – 8.1%    0.2 – 1.0%
      offer-a
          25.8 – 65.8%  0.0 – 16.1%*  0.0 – 16.1%*
      all emails
          31.1 – 36.0%    5.4 – 8.0%    0.2 – 1.0%
      ホワイトペーパー育成  whitepaper-nurture
                                                    22.7 – 31.2%
      shares: Wilson's interval
      * rests on too few leads: a share on fewer than 5 that count or that
        do not, a mean on fewer than 30

    Not sent  595 of 2,020 mails asked for, 29.5%
      no-consent   90    4.5%  not subscribed to the topic  ██▊
      capped      505   25.0%  a frequency rule was full    ████████████████
      besides: 5 still held at the end, 20 sent but not delivered

    Mails per lead  mean 1.38, median 1, p95 5, max 9
      0 │ 420   42.0%  ████████████████████████████████████████
      1 │ 200   20.0%  ███████████████████
      2 │ 200   20.0%  ███████████████████
      3 │ 100   10.0%  █████████▌
      4 │   0    0.0%
      5 │  60    6.0%  █████▋
      6 │   0    0.0%
      7 │   0    0.0%
      8 │   0    0.0%
      9 │  20    2.0%  █▉

    Busiest 7 days of each lead  mean 0.96, median 1, p95 3, max 3 (lead lead-000042)
      0 │ 420   42.0%  ████████████████████████████████████████
      1 │ 300   30.0%  ████████████████████████████▌
      2 │ 180   18.0%  █████████████████▏
      3 │ 100   10.0%  █████████▌
      marketing alone: mean 0.76, median 1, p95 2, max 2 (lead lead-000007)

    Journeys per lead  mean 0.43, in none 580 (58.0%)
      0 │ 580   58.0%  ████████████████████████████████████████
      1 │ 408   40.8%  ████████████████████████████▏
      2 │  12    1.2%  ▊
      in none: it-manager 130 of 300, no persona 450 of 700
      in both at once: whitepaper-nurture + expo 7

    Mails per day  mean 15.89, max 24 on 2026-04-05 (each mark is 3 days)
      ▇▅▅▇▂▇▂▇▅▅▇▂▇▂█▄▅▇▂█▂▇▄▄█▂▇▂▇▅
      █▅▅█▂█▂█▅▅█▂█▂█▅▅█▂█▂█▅▅█▂█▂█▅  whitepaper-nurture  1,234
      ·█····························  expo                20

    Lifecycle   at start  at end   ever  of leads
      lead         1,000     520  1,000    100.0%  ████████████████
      mql              0     360    480     48.0%  ███████▋
      商談             0     110    118     11.8%  █▉
      customer         0      10     10      1.0%  ▏

    Scores        leads   mean  95 % interval  least  most
      engagement  1,000  -0.25              –     -3   150
      at the end of the run

    Grades of fit  leads  share
      A              400  40.0%
      no grade       600  60.0%
      at the end of the run

    Personas
          leads  share  sent  per lead  opened  clicked
      情報システム部長  it-manager
            300  30.0%   700      2.33   37.1%     8.6%
      no persona
            700  70.0%   720      1.03   29.0%     4.4%
      opened and clicked are parts of the sent

    Segments         at start  joined later  left  at end
      今すぐ客  hot        12           140    56      96

    Tasks
      sales    1,110
      support     20
    ");
}

#[test]
fn summary_of_nothing() {
    insta::assert_snapshot!(text(&nothing(), &plan(), 100), @r"
    aozora-cloud  2026-04-01 to 2026-06-29, 90 days, Asia/Tokyo, seed 1
    plan sha256:5d41402abc4b2a76b9719d911017c592

    Leads  0 read, 0 refused, 0 simulated

    Journeys                                    entered  leads  finished  exited  goal  rate  running
      ホワイトペーパー育成  whitepaper-nurture        0      0         0       0     0     –        0
      展示会フォロー        expo                      0      0         0       0     –     –        0
      recycle                                         0      0         0       0     0     –        0
      rate: goals reached of the entered

    Emails
          sent  delivered    opened   clicked     unsub  spam  bounced  skipped
      導入事例のご案内  case-study
             0          0  0      –  0      –  0      –     0        0        0
      Old offer  never-sent
             0          0  0      –  0      –  0      –     0        0        0
      offer-a
             0          0  0      –  0      –  0      –     0        0        0
      all emails
             0          0  0      –  0      –  0      –     0        0        0
      opened, clicked and unsub are parts of the delivered

    Lifecycle   at start  at end  ever  of leads
      lead             0       0     0         –
      mql              0       0     0         –
      商談             0       0     0         –
      customer         0       0     0         –

    Personas                        leads  share  sent  per lead  opened  clicked
      情報システム部長  it-manager      0      –     0         –       –        –
      opened and clicked are parts of the sent

    Segments         at start  joined later  left  at end
      今すぐ客  hot         0             0     0       0
    ");
}

#[test]
fn timeline() {
    insta::assert_snapshot!(trace(&outcome()), @r"
    2026-04-01T00:00:00+09:00  launched                      stage lead, score 0
    2026-04-01T09:30:00+09:00  entered      資料請求         by form_submitted
    2026-04-01T09:30:00+09:00  segment-out                   hot

    2026-04-02T08:00:00+09:00  sent         expo      first  case-study
    ");
    assert_eq!(trace(&nothing()), "");
}

#[test]
fn columns_line_up_in_every_script() {
    let text = text(&outcome(), &plan(), 120);
    let table = text.lines().skip_while(|line| !line.starts_with("Emails")).take(5);
    let widths: Vec<usize> = table.map(cells).collect();
    assert_eq!(widths, [widths[0]; 5]);
}

#[test]
fn narrow_summaries_say_the_same() {
    let words = |width| {
        let text = text(&outcome(), &plan(), width);
        let bars = |c: char| ('▁'..='▏').contains(&c) || c == '·';
        let mut words: Vec<String> =
            text.split_whitespace().filter(|word| !word.contains(bars)).map(str::to_owned).collect();
        words.sort();
        words
    };
    let wide = words(200);
    assert_eq!(words(130), wide);
    let narrow = words(100);
    assert!(wide.iter().all(|word| narrow.contains(word)));
}

#[test]
fn refused_rows_and_stopped_leads_are_not_cut_silently() {
    let mut outcome = outcome();
    outcome.figures.leads.refused.insert(Refusal::UnknownTimezone, 2_000);
    outcome.refused_rows =
        (2..1_002).map(|line| RefusedRow::new(line, Refusal::UnknownTimezone, "bad".to_owned())).collect();
    outcome.figures.leads.livelocked = 3;
    outcome.figures.leads.livelocked_ids = vec!["a".to_owned(), "b".to_owned()];
    let text = text(&outcome, &plan(), 80);
    let leads: String =
        text.lines().skip(3).take_while(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!(leads, @r"
    Leads  1,003 read, 2,003 refused, 1,000 simulated
      refused: bad-row 2, duplicate 1, unknown-timezone 2,000
        line 2: bad
        line 3: bad
        line 4: bad
        line 5: bad
        line 6: bad
        and 1,998 more; the JSON format lists the first 1,000
      3 stopped, because they did not come to rest within one second:
        a, b, and 1 more
    ");
}

#[test]
fn figures_as_json() {
    let text = json(&outcome(), &plan());
    assert!(text.starts_with("{\n  \"format_version\": 1,\n  \"status\": \"ok\",\n") && text.ends_with("}\n"));
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (pointer, expected) in [
        ("/project", "\"aozora-cloud\""),
        ("/run/last_day", "\"2026-06-29\""),
        ("/leads/refused_total", "3"),
        ("/leads/refused/bad-row", "2"),
        ("/leads/refused_rows/1/line", "77"),
        ("/journeys/whitepaper-nurture/label", "\"ホワイトペーパー育成\""),
        ("/journeys/whitepaper-nurture/refused/already-in", "40"),
        ("/journeys/whitepaper-nurture/exited", "92"),
        ("/journeys/whitepaper-nurture/rates/goal", "0.26699"),
        ("/journeys/recycle/rates/goal", "null"),
        ("/emails/case-study/rates/opened", "0.333333"),
        ("/emails/case-study/held_secs_mean", "33120"),
        ("/emails/never-sent/rates/opened", "null"),
        ("/all_emails/sent", "1420"),
        ("/all_emails/rates/clicked", "0.065714"),
        ("/mails/not_sent/capped", "505"),
        ("/mails/not_sent_rates/capped", "0.25"),
        ("/mails/waiting", "5"),
        ("/mails/per_lead/leads_by_mails/9", "20"),
        ("/mails/per_lead/mean", "1.38"),
        ("/mails/per_lead/p95", "5"),
        ("/mails/busiest_week/max", "3"),
        ("/mails/busiest_week/lead", "\"lead-000042\""),
        ("/mails/busiest_week_marketing/median", "1"),
        ("/mails/per_day/busiest_day", "\"2026-04-05\""),
        ("/personas/it-manager/rates/share", "0.3"),
        ("/no_persona/leads", "700"),
        ("/stages/mql/rates/reached", "0.48"),
        ("/segments/hot/joined", "152"),
        ("/segments/hot/joined_later", "140"),
        ("/scores/engagement/rates/mean", "-0.25"),
        ("/tasks/sales", "1110"),
        ("/trace/1/journey", "\"資料請求\""),
    ] {
        let found = report.pointer(pointer).map(serde_json::Value::to_string);
        assert_eq!(found.as_deref(), Some(expected), "{pointer}");
    }
    let names = |at: &str| text.find(at).unwrap();
    assert!(names("\"whitepaper-nurture\"") < names("\"expo\""), "the order of the plan is kept");
    assert!(!json(&nothing(), &plan()).contains("\"trace\""));
}
