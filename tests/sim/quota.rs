//! Quotas of senders: leads that share one, in the order of time.

use tabiji::backend::sim::{Options, SenderDay, Skip, What};
use tabiji::ir::journey::Action;
use tabiji::ir::quota::{Rates, Warmup, WarmupDay};
use tabiji::ir::{Again, Quota, Row, Sender};
use tabiji::text::Origin;

use crate::support::*;

fn rates(per_day: Option<u64>, per_hour: Option<u64>) -> Rates {
    Rates { per_day, per_hour }
}

fn per_day(mails: u64) -> Quota {
    Quota { always: rates(Some(mails), None), ..Quota::default() }
}

fn sender(quota: Quota) -> Sender {
    Sender {
        name: None,
        email: "us@example.com".to_owned(),
        name_at: Origin::default(),
        email_at: Origin::default(),
        reply_to: None,
        address: None,
        domain: None,
        quota: Some(quota),
        origin: Origin::default(),
    }
}

/// A lab in Tokyo whose mails all come from one sender.
fn lab(quota: Quota, days: u32) -> Lab {
    let mut lab = Lab::new("Asia/Tokyo", "2026-04-01", days).emails(&["a", "b"]);
    lab.0.senders.insert("us".to_owned(), sender(quota));
    lab
}

fn rows(lab: &Lab, count: usize) -> Vec<Row> {
    (0..count).map(|number| Ok(lab.lead(&format!("L{number:05}")))).collect()
}

fn days(lab: &Lab, leads: usize) -> Vec<SenderDay> {
    let outcome = lab.run(rows(lab, leads), &Options::default()).unwrap();
    outcome.figures.senders.get("us").unwrap().days.clone()
}

/// When a lead of several was sent mails, in seconds from the start.
fn sent_at(lab: &Lab, leads: usize, id: &str) -> Vec<i64> {
    let options = Options { trace: Some(id.to_owned()), ..Options::default() };
    let outcome = lab.run(rows(lab, leads), &options).unwrap();
    let sent = outcome.trace.as_ref().unwrap().iter().filter(|line| line.what == What::Sent);
    sent.map(|line| line.at_secs - outcome.run.start_secs).collect()
}

#[test]
fn what_is_too_many_waits_for_the_next_day() {
    let lab = lab(per_day(2), 10).all("j", steps(vec![wait(HOUR), send("a")]));
    let days = days(&lab, 5);
    let day = |asked, sent| SenderDay { asked, sent, ..SenderDay::default() };
    assert_eq!(days[..4], [day(5, 2), day(0, 2), day(0, 1), day(0, 0)]);
    // The first day at one o'clock, then at midnight; by id, since all were asked for at the same second.
    let firsts: Vec<Vec<i64>> = (0..5).map(|number| sent_at(&lab, 5, &format!("L{number:05}"))).collect();
    assert_eq!(firsts, [vec![HOUR], vec![HOUR], vec![DAY], vec![DAY], vec![2 * DAY]]);
}

#[test]
fn who_waits_longest_goes_first() {
    // L00001 asks an hour before L00000 on a day that is used up.
    let is_first = cond("id", compare(field("id"), tabiji::ir::expr::Cmp::Eq, text("L00000")));
    let mut all = steps(vec![branch(is_first, "s2"), wait(2 * HOUR), wait(HOUR), send("a")]);
    all[0].next = Some("s3".to_owned());
    let lab = lab(per_day(1), 10).all("j", all);
    assert_eq!(sent_at(&lab, 3, "L00001"), [HOUR]);
    assert_eq!(sent_at(&lab, 3, "L00002"), [DAY]);
    assert_eq!(sent_at(&lab, 3, "L00000"), [2 * DAY]);
}

fn field(name: &str) -> tabiji::ir::Expr {
    tabiji::ir::Expr::Field { name: name.to_owned() }
}

#[test]
fn mails_that_wait_too_long_expire() {
    let lab = lab(per_day(1), 10).max_hold(2 * DAY).all("j", steps(vec![wait(HOUR), send("a")]));
    let outcome = lab.run(rows(&lab, 5), &Options::default()).unwrap();
    let days = &outcome.figures.senders.get("us").unwrap().days;
    // One on each of three days; at one o'clock of the third, two days are over.
    assert_eq!(days.iter().map(|day| day.sent).sum::<u64>(), 3);
    assert_eq!((days[2].sent, days[2].expired), (1, 2));
    assert_eq!(outcome.figures.emails.get("a").unwrap().skipped[&Skip::Expired], 2);
}

#[test]
fn mails_may_be_left_out() {
    let lab = lab(Quota { skip: true, ..per_day(2) }, 10).all("j", steps(vec![send("a"), wait(DAY), send("b")]));
    let outcome = lab.run(rows(&lab, 5), &Options::default()).unwrap();
    let day = SenderDay { asked: 5, sent: 2, skipped: 3, ..SenderDay::default() };
    assert_eq!(outcome.figures.senders.get("us").unwrap().days[..2], [day, day]);
    assert_eq!(outcome.figures.mails.not_sent[&Skip::Quota], 6);
}

#[test]
fn transactional_mail_counts_and_passes() {
    let lab = lab(per_day(2), 5).email("receipt", "account", Again::Always);
    let lab = lab.all("j", steps(vec![send("receipt"), wait(HOUR), send("a")]));
    let days = days(&lab, 3);
    // Three receipts, one of them beyond the quota; the three others begin on the next day.
    assert_eq!(days[0], SenderDay { asked: 6, sent: 3, beyond: 1, ..SenderDay::default() });
    assert_eq!([days[1].sent, days[2].sent], [2, 1]);
}

#[test]
fn hours_have_quotas_too() {
    let quota = Quota { always: rates(None, Some(2)), ..Quota::default() };
    let lab = lab(quota, 3).all("j", steps(vec![wait(HOUR / 2), send("a")]));
    assert_eq!(sent_at(&lab, 5, "L00001"), [HOUR / 2]);
    assert_eq!(sent_at(&lab, 5, "L00003"), [HOUR]);
    assert_eq!(sent_at(&lab, 5, "L00004"), [2 * HOUR]);
}

#[test]
fn a_warm_up_begins_on_its_day_and_ends() {
    let day = |date: &str, mails| WarmupDay { date: date.to_owned(), rates: rates(Some(mails), None) };
    let warmup = Warmup { schedule: None, days: vec![day("2026-04-02", 1), day("2026-04-03", 3)], ..Warmup::default() };
    let lab = lab(Quota { warmup: Some(warmup), ..Quota::default() }, 10).all("j", steps(vec![send("a")]));
    let sent: Vec<u64> = days(&lab, 9).iter().map(|day| day.sent).collect();
    // A mail of the first midnight is held until the fourth, that second included.
    assert_eq!(sent[..5], [0, 1, 3, 5, 0]);
}

#[test]
fn the_result_does_not_depend_on_threads_or_order() {
    let count = 20_000;
    let lab = lab(per_day(1_500), 6).all("j", steps(vec![send("a"), wait(DAY), send("b")]));
    let run = |rows, threads| {
        let options = Options { threads: Some(threads), trace: Some("L00777".to_owned()), ..Options::default() };
        let mut outcome = lab.run(rows, &options).unwrap();
        outcome.figures.mails.busiest_week.lead = None;
        outcome
    };
    let one = run(rows(&lab, count), 1);
    assert_eq!(one, run(rows(&lab, count), 2));
    let mut turned = rows(&lab, count);
    turned.rotate_left(4_711);
    turned.reverse();
    assert_eq!(one, run(turned, 7));
    let sent: Vec<u64> = one.figures.senders.get("us").unwrap().days.iter().map(|day| day.sent).collect();
    assert_eq!(sent[..4], [1_500; 4]);
}

/// A small generator for cases: Steele, Lea and Flood's SplitMix64.
struct Cases(u64);

impl Cases {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

/// The same by the simplest means: a list of mails, gone through second by second that matters, over and over.
fn naive(asks: &[(usize, i64)], quota: u64, hold: i64) -> Vec<Option<i64>> {
    let mut due: Vec<Option<(i64, bool)>> = asks.iter().map(|(_, at)| Some((*at, false))).collect();
    let mut sent = vec![None; asks.len()];
    let mut spent: std::collections::BTreeMap<i64, u64> = std::collections::BTreeMap::new();
    loop {
        let next = (0..asks.len()).filter_map(|mail| {
            let (at, _) = due[mail]?;
            Some((at, asks[mail].1, asks[mail].0, mail))
        });
        let Some((now, asked, _, mail)) = next.min() else { return sent };
        let today = spent.entry(now / DAY).or_default();
        let gives_up = due[mail].unwrap().1;
        due[mail] = None;
        if gives_up {
            continue;
        }
        if *today < quota {
            *today += 1;
            sent[mail] = Some(now);
        } else if now < asked + hold {
            let tomorrow = (now / DAY + 1) * DAY;
            due[mail] = Some(if tomorrow <= asked + hold { (tomorrow, false) } else { (asked + hold, true) });
        }
    }
}

#[test]
fn leads_that_take_turns_do_as_a_plain_list_of_mails_does() {
    let mut cases = Cases(2026);
    for case in 0..40 {
        let leads = 2 + cases.below(7) as usize;
        let (quota, hold) = (1 + cases.below(3), (1 + cases.below(4) as i64) * DAY);
        let hours: Vec<i64> = (0..leads).map(|_| cases.below(50) as i64 * HOUR).collect();
        let mut lab = lab(per_day(quota), 20).max_hold(hold);
        // Each lead has a way of its own: it waits for so long, then one mail is asked for.
        let mut all = Vec::new();
        for (number, secs) in hours.iter().enumerate() {
            let is_it = cond("id", compare(field("id"), tabiji::ir::expr::Cmp::Eq, text(&format!("L{number:05}"))));
            lab = lab.segment(&format!("only-{number}"), is_it);
            let mut way: Vec<Action> = if *secs > 0 { vec![wait(*secs)] } else { vec![] };
            way.push(send("a"));
            all.push((number, way));
        }
        for (number, way) in all {
            lab = lab.journey(&format!("j{number}"), by_segment(&format!("only-{number}")), steps(way));
        }
        let asks: Vec<(usize, i64)> = hours.iter().copied().enumerate().collect();
        let expected = naive(&asks, quota, hold);
        for (number, at) in expected.iter().enumerate() {
            let sent = sent_at(&lab, leads, &format!("L{number:05}"));
            assert_eq!(sent.first(), at.as_ref(), "case {case}, lead {number}: {hours:?}, {quota} a day, {hold} s");
        }
    }
}
