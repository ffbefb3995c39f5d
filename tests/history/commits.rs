//! Fifty commits: what is edited, the class that must come out, and what a reviewer must be told or spared.

use tabiji::diff::Class;

pub struct Commit {
    pub message: &'static str,
    pub edits: Vec<Edit>,
    pub class: Class,
    pub expects: Vec<Expected>,
}

pub struct Edit {
    pub file: &'static str,
    pub change: Box<dyn Fn(&str) -> String>,
}

pub enum Expected {
    /// These journeys are affected, the worst first.
    Journeys(&'static [&'static str]),
    /// The report has these words.
    Says(&'static str),
    /// The report does not have these words.
    Never(&'static str),
}

use Expected::{Journeys, Never, Says};

fn swap(file: &'static str, from: &'static str, to: &'static str) -> Edit {
    let change = move |text: &str| {
        assert!(text.contains(from), "`{from}` is not in {file}");
        text.replacen(from, to, 1)
    };
    Edit { file, change: Box::new(change) }
}

fn add(file: &'static str, more: &'static str) -> Edit {
    Edit { file, change: Box::new(move |text| format!("{}\n{more}", text.trim_end())) }
}

fn every(file: &'static str, from: &'static str, to: &'static str) -> Edit {
    Edit { file, change: Box::new(move |text| text.replace(from, to)) }
}

const SEGMENTS: &str = "people/segments.yaml";
const WHITEPAPER: &str = "journeys/whitepaper-nurture.yaml";
const TRIAL: &str = "journeys/trial-onboarding.yaml";
const CUSTOMERS: &str = "journeys/customers.yaml";
const SALES: &str = "journeys/sales.yaml";
const RECYCLING: &str = "journeys/recycling.yaml";
const POLICIES: &str = "policies.yaml";
const NURTURE: &str = "emails/nurture.yaml";

pub fn commits() -> Vec<Commit> {
    let mut all = Vec::new();
    let mut commit = |message, class, edits, expects| all.push(Commit { message, edits, class, expects });

    // Nothing at all.
    commit(
        "a mapping in block style",
        Class::None,
        vec![swap(
            POLICIES,
            "  quiet_hours: {from: \"20:00\", to: \"08:00\", also: [sat, sun, holidays], timezone: lead}",
            "  quiet_hours:\n      to: '08:00'\n      from: \"20:00\"\n      timezone: lead\n      also:\n        - sat\n        - sun\n        - holidays",
        )],
        vec![Journeys(&[]), Says("no effect")],
    );
    commit(
        "keys in another order",
        Class::None,
        vec![swap(
            SEGMENTS,
            "    label: 失注先\n    when: stage == \"lost\" and not in_list(\"competitors\")",
            "    when: stage == \"lost\" and not in_list(\"competitors\")\n    label: 失注先",
        )],
        vec![Journeys(&[]), Says("no effect")],
    );
    commit("a comment", Class::None, vec![add(SEGMENTS, "# 見直し予定\n")], vec![Says("no effect")]);
    commit(
        "quotes and blanks in a condition",
        Class::None,
        vec![swap(SEGMENTS, "    when: country != \"JP\"", "    when: '(country   !=   \"JP\")'")],
        vec![Says("no effect")],
    );
    commit(
        "a segment in a file of its own",
        Class::None,
        vec![
            swap(SEGMENTS, "  overseas:\n    label: 海外拠点\n    when: '(country   !=   \"JP\")'\n", ""),
            add("people/overseas.yaml", "segments:\n  overseas:\n    label: 海外拠点\n    when: country != \"JP\"\n"),
        ],
        vec![Says("no effect")],
    );
    commit(
        "another description",
        Class::None,
        vec![swap(SALES, "ほかのシナリオから呼び出す、少し間を置いた二度目の連絡", "二度目の連絡")],
        vec![Says("no effect")],
    );
    // Something, and nobody is reached otherwise.
    commit(
        "another label",
        Class::Safe,
        vec![swap(SALES, "label: 営業フォロー", "label: 二度目の連絡")],
        vec![Journeys(&["sales-follow-up"]), Says("営業フォロー → 二度目の連絡")],
    );
    commit(
        "a persona opens more",
        Class::Safe,
        vec![swap("people/personas.yaml", "email: {open: 34%", "email: {open: 38%")],
        vec![Journeys(&[]), Says("no effect on people"), Says("personas")],
    );
    commit(
        "the same condition, written otherwise",
        Class::Safe,
        vec![swap(
            SEGMENTS,
            "stage == \"lost\" and not in_list(\"competitors\")",
            "not (stage != \"lost\" or in_list(\"competitors\"))",
        )],
        vec![Journeys(&[]), Says("no effect on people")],
    );
    commit("a longer simulation", Class::Safe, vec![swap("tabiji.yaml", "days: 90", "days: 120")], vec![Journeys(&[])]);
    // Who.
    commit(
        "a segment widens",
        Class::Audience,
        vec![swap(SEGMENTS, "employees >= 300", "employees >= 100")],
        vec![
            Journeys(&["whitepaper-nurture"]),
            Says("`evidence`: more leads go to `manufacturing-case` newly in:"),
            Says("employees = 100"),
            Says("segments.large-manufacturers → journeys.whitepaper-nurture"),
        ],
    );
    commit(
        "a segment narrows",
        Class::Audience,
        vec![swap(SEGMENTS, "employees >= 100", "employees >= 500")],
        vec![Journeys(&["whitepaper-nurture"]), Says("`evidence`: fewer leads go to `manufacturing-case` newly out:")],
    );
    commit(
        "a segment asks for another one",
        Class::Safe,
        vec![
            swap(
                SEGMENTS,
                "industry == \"製造業\" and employees >= 500",
                "industry == \"製造業\" and in_segment(\"enterprise\")",
            ),
            add(SEGMENTS, "  enterprise:\n    when: employees >= 500\n"),
        ],
        vec![Journeys(&[])],
    );
    commit(
        "two levels below, a segment widens",
        Class::Audience,
        vec![swap(SEGMENTS, "    when: employees >= 500", "    when: employees >= 200")],
        vec![
            Journeys(&["whitepaper-nurture"]),
            Says("more leads go to `manufacturing-case` newly in:"),
            Says("segments.enterprise → segments.large-manufacturers → journeys.whitepaper-nurture"),
        ],
    );
    commit(
        "two levels below, a segment narrows",
        Class::Audience,
        vec![swap(SEGMENTS, "    when: employees >= 200", "    when: employees >= 1000")],
        vec![Journeys(&["whitepaper-nurture"]), Says("fewer leads go to `manufacturing-case` newly out:")],
    );
    commit(
        "an exclusion of a segment is dropped",
        Class::Audience,
        vec![swap(SEGMENTS, "stage == \"mql\" and not in_list(\"competitors\") and", "stage == \"mql\" and")],
        vec![
            Journeys(&["hot-lead-handover", "sales-follow-up"]),
            Says("which starts this newly in: stage = \"mql\", in_list(\"competitors\")"),
            Says("more leads enter newly in: stage = \"mql\", in_list(\"competitors\")"),
            Says("enters at once when the change takes effect"),
        ],
    );
    commit(
        "an exclusion of an entry is dropped",
        Class::Audience,
        vec![swap(TRIAL, "      when: not in_list(\"competitors\")\n", "")],
        vec![Journeys(&["trial-onboarding"]), Says("more leads enter newly in: in_list(\"competitors\")")],
    );
    commit(
        "a member more on a list that is left out",
        Class::Audience,
        vec![add("lists/competitors.csv", "suzuki.0001@rival.example.jp\n")],
        vec![Says("fewer leads enter newly out:"), Says("lists.competitors →"), Never("more leads enter")],
    );
    commit(
        "consent is no longer asked for",
        Class::Audience,
        vec![swap(
            "topics.yaml",
            "    consent: opt_in\n    granted: seminar_ok",
            "    consent: opt_out\n    granted: seminar_ok",
        )],
        vec![
            Journeys(&["sales-follow-up", "spring-webinar"]),
            Says("more leads may be sent mail on `seminar`"),
            Never("fewer leads"),
        ],
    );
    commit(
        "more points for the price page",
        Class::Audience,
        vec![swap("people/scoring.yaml", "points: 8", "points: 10")],
        // Leads become qualified sooner, so that fewer of them are still what nurturing asks for.
        vec![Says("scoring.engagement"), Says("fewer leads enter")],
    );
    commit(
        "leads become qualified earlier",
        Class::Audience,
        vec![swap("people/lifecycle.yaml", "score >= 60 and grade", "score >= 50 and grade")],
        vec![
            // Who is qualified goes on from there: to what is asked of opportunities, customers and those who are lost.
            Journeys(&[
                "hot-lead-handover",
                "lost-recycling",
                "reactivation",
                "sales-follow-up",
                "spring-webinar",
                "trial-onboarding",
                "whitepaper-nurture",
            ]),
            Says("more leads enter newly in:"),
            Says("lifecycle → journeys.hot-lead-handover"),
        ],
    );
    commit(
        "other weights of a split",
        Class::Audience,
        vec![swap(WHITEPAPER, "weight: 45", "weight: 50"), swap(WHITEPAPER, "weight: 45", "weight: 40")],
        vec![Journeys(&["whitepaper-nurture"]), Says("5 of 100 leads go another way")],
    );
    commit(
        "another one is given the task",
        Class::Audience,
        vec![swap(CUSTOMERS, "to: customer-success", "to: inside-sales")],
        vec![
            Journeys(&["purchase-follow-up"]),
            Says("task for inside-sales"),
            Says("before: task for customer-success"),
        ],
    );
    commit(
        "an event that fewer clicks are",
        Class::Audience,
        vec![swap(
            RECYCLING,
            "where: event.email == \"product-update\"",
            "where: event.email == \"product-update\" and event.topic == \"newsletter\"",
        )],
        vec![Journeys(&["lost-recycling"]), Says("`reacts`: fewer events end the wait")],
    );
    // When.
    commit(
        "a wait is shortened",
        Class::Timing,
        vec![swap(WHITEPAPER, "{id: settle, wait: 2 days}", "{id: settle, wait: 1 day}")],
        vec![
            Journeys(&["whitepaper-nurture"]),
            Says("`settle`: wait 1 day, before: wait 2 days"),
            Says("in-flight: follows new"),
        ],
    );
    commit(
        "another weekday",
        Class::Timing,
        vec![swap(RECYCLING, "{until: \"wed 10:00\"}", "{until: \"thu 10:00\"}")],
        vec![Journeys(&["lost-recycling"]), Says("wait until thu 10:00, before: wait until wed 10:00")],
    );
    commit(
        "the webinar is announced a day earlier",
        Class::Timing,
        vec![swap("journeys/spring-webinar.yaml", "at: \"2026-05-12 10:00\"", "at: \"2026-05-11 10:00\"")],
        vec![
            Journeys(&["sales-follow-up", "spring-webinar"]),
            Says("timing: earlier"),
            Says("leads come earlier to `"),
            Says("journeys.spring-webinar → journeys.sales-follow-up"),
        ],
    );
    commit(
        "quiet hours begin later",
        Class::Timing,
        vec![swap(POLICIES, "from: \"20:00\"", "from: \"21:00\"")],
        vec![
            Says("quiet hours, in which marketing waits: 21:00 to 08:00, sat, sun, days off of"),
            Says("policies → each of these 9"),
            Never("journeys.sales-follow-up"),
        ],
    );
    commit(
        "another priority, under a rule that leaves mails out",
        Class::Audience,
        vec![swap(WHITEPAPER, "priority: 5", "priority: 7")],
        vec![Journeys(&["whitepaper-nurture"]), Says("priority 5 → 7: goes before `spring-webinar`")],
    );
    // How many.
    commit(
        "a mail more",
        Class::Volume,
        vec![
            add(
                NURTURE,
                "  recap:\n    topic: solutions\n    sender: marketing\n    subject: まとめ\n    body: emails/bodies/case-study-reminder.mjml\n",
            ),
            swap(
                WHITEPAPER,
                "      - {id: next-day, wait: 1 day}",
                "      - {id: recap, send: recap}\n      - {id: next-day, wait: 1 day}",
            ),
        ],
        vec![Journeys(&["whitepaper-nurture"]), Says("`recap`: sends `recap` in addition"), Says("3 → 4")],
    );
    commit(
        "that mail is taken back",
        Class::InFlight,
        vec![swap(WHITEPAPER, "      - {id: recap, send: recap}\n", "")],
        vec![Says("no longer sends `recap`"), Says("`recap`: leads that stand here leave the journey")],
    );
    commit(
        "the cap is raised",
        Class::Volume,
        vec![swap(POLICIES, "{at_most: 3, per: 7 days", "{at_most: 4, per: 7 days")],
        vec![Says("let through: 3 → 4 marketing mails per 7 days"), Says("policies → each of these 9")],
    );
    commit(
        "mails are held for a shorter time",
        Class::Volume,
        vec![swap(POLICIES, "max_hold: 4 days", "max_hold: 2 days")],
        vec![Says("mails are held for up to 2 days before they are given up, before 4 days")],
    );
    commit(
        "leads enter again sooner",
        Class::Volume,
        vec![swap(WHITEPAPER, "again: after 90 days", "again: after 30 days")],
        vec![Journeys(&["whitepaper-nurture"]), Says("leads enter again after 30 days, before after 90 days")],
    );
    commit(
        "leads enter again at all",
        Class::Volume,
        vec![swap(
            RECYCLING,
            "      when: subscribed(\"solutions\")",
            "      when: subscribed(\"solutions\")\n      again: always",
        )],
        vec![Journeys(&["reactivation"]), Says("leads enter again always, before never")],
    );
    commit(
        "more orders at once",
        Class::Volume,
        vec![swap(CUSTOMERS, "at_once: 2", "at_once: 5")],
        vec![Journeys(&["purchase-follow-up"]), Says("4 → 10 per 7 days")],
    );
    // Those inside.
    commit(
        "more leads leave",
        Class::InFlight,
        vec![swap(
            WHITEPAPER,
            "exit_when: stage in [\"opportunity\", \"customer\"]",
            "exit_when: stage in [\"sql\", \"opportunity\", \"customer\"]",
        )],
        vec![Journeys(&["whitepaper-nurture"]), Says("more leads leave by `exit_when` newly out: stage = \"sql\"")],
    );
    commit(
        "a step is renamed and says so",
        Class::Safe,
        vec![
            swap(WHITEPAPER, "{id: settle, wait: 1 day}", "{id: first-pause, wait: 1 day}"),
            add(
                WHITEPAPER,
                "moved:\n  - {from: journeys.whitepaper-nurture.steps.settle, to: journeys.whitepaper-nurture.steps.first-pause}\n",
            ),
        ],
        vec![Journeys(&[]), Says("steps.settle → journeys.whitepaper-nurture.steps.first-pause")],
    );
    commit(
        "a step is renamed and does not say so",
        Class::InFlight,
        vec![swap(WHITEPAPER, "{id: cool-down, wait: 14 days}", "{id: rest, wait: 14 days}")],
        vec![
            Journeys(&["whitepaper-nurture"]),
            Says("`cool-down`: leads that stand here leave the journey"),
            Says("- {from: journeys.whitepaper-nurture.steps.cool-down, to: journeys.whitepaper-nurture.steps.rest}"),
        ],
    );
    commit(
        "a step on which nobody stands is renamed",
        Class::Safe,
        vec![swap(SALES, "{id: own, set:", "{id: owner, set:")],
        vec![Journeys(&["hot-lead-handover"])],
    );
    commit(
        "a segment is renamed and says so",
        Class::Safe,
        vec![
            swap(SEGMENTS, "  hot:\n", "  hot-leads:\n"),
            swap(SALES, "segment: hot\n", "segment: hot-leads\n"),
            add(SEGMENTS, "moved:\n  - {from: segments.hot, to: segments.hot-leads}\n"),
        ],
        vec![Journeys(&[]), Says("segments.hot → segments.hot-leads")],
    );
    commit(
        "an email is renamed and says so",
        Class::Safe,
        vec![
            swap("emails/recycling.yaml", "  last-call:\n", "  farewell:\n"),
            every(RECYCLING, "\"last-call\"", "\"farewell\""),
            swap(RECYCLING, "send: last-call", "send: farewell"),
            add(RECYCLING, "moved:\n  - {from: emails.last-call, to: emails.farewell}\n"),
        ],
        vec![Journeys(&[])],
    );
    commit(
        "a journey is renamed and says so",
        Class::Safe,
        vec![
            swap(RECYCLING, "  lost-recycling:\n", "  won-back:\n"),
            swap(RECYCLING, "moved:\n", "moved:\n  - {from: journeys.lost-recycling, to: journeys.won-back}\n"),
        ],
        vec![Journeys(&[])],
    );
    commit(
        "two steps swap names and say so",
        Class::Safe,
        vec![
            swap(SALES, "{id: breathe, wait: 3 days}", "{id: leave, wait: 3 days}"),
            swap(SALES, "{id: leave, wait: 10 days}", "{id: breathe, wait: 10 days}"),
            add(
                SALES,
                "moved:\n  - {from: journeys.sales-follow-up.steps.breathe, to: journeys.sales-follow-up.steps.leave}\n  - {from: journeys.sales-follow-up.steps.leave, to: journeys.sales-follow-up.steps.breathe}\n",
            ),
        ],
        vec![Journeys(&[])],
    );
    // What mails say.
    commit(
        "a link leads to another domain",
        Class::Safe,
        vec![every("emails/bodies/care-upgrade.mjml", "https://www.aozora.example/", "https://aozora-pay.example/")],
        vec![
            Journeys(&["purchase-follow-up"]),
            Says("content: links or merge fields"),
            Says("(NEW DOMAIN aozora-pay.example)"),
        ],
    );
    commit(
        "another subject",
        Class::Safe,
        vec![swap(NURTURE, "三分で読める要約をご用意しました", "一分で読める要約をご用意しました")],
        vec![Journeys(&["whitepaper-nurture"]), Says("preheader: [-三分-]{+一分+}で読める要約")],
    );
    commit(
        "a merge field less",
        Class::Safe,
        vec![swap(
            NURTURE,
            "subject: \"{{ company }}様へ {{ industry }}の導入事例をお届けします\"",
            "subject: \"{{ company }}様へ 導入事例をお届けします\"",
        )],
        vec![Journeys(&["whitepaper-nurture"]), Says("subject: merge fields: gone `industry`")],
    );
    commit(
        "another postal address",
        Class::Safe,
        vec![every("senders.yaml", "青空1-2-3", "青空4-5-6")],
        vec![Says("content: sender or legal"), Says("postal address:")],
    );
    // Whole journeys.
    commit(
        "a new journey",
        Class::Volume,
        vec![Edit { file: "journeys/again.yaml", change: Box::new(|_| NEW_JOURNEY.to_owned()) }],
        vec![
            Says("again-interested (new)"),
            Says("timing: burst"),
            Says("all members of `price-watchers` enter at once"),
        ],
    );
    commit(
        "and it is deleted",
        Class::InFlight,
        vec![swap("journeys/again.yaml", NEW_JOURNEY, "journeys: {}\n")],
        vec![Journeys(&["again-interested"]), Says("all leads inside leave: the journey is gone")],
    );

    // What comes of edits in other places.
    commit(
        "a form asks to agree to another topic",
        Class::Audience,
        vec![swap(
            "market/pages.yaml",
            "consent: {topic: seminar, text: セミナーのご案内を受け取る, agree: 60%}",
            "consent: {topic: solutions, text: セミナーのご案内を受け取る, agree: 60%}",
        )],
        vec![Says("not agreed to \"solutions\" (before)"), Says("because of market/pages.yaml:")],
    );
    commit(
        "who leaves by the link leaves everything",
        Class::Audience,
        vec![swap(POLICIES, "unsubscribe: {link: topic", "unsubscribe: {link: all")],
        vec![Says("fewer leads may be sent mail on `solutions`"), Never("more leads may be sent mail")],
    );
    commit(
        "an event no longer sets a field",
        Class::Audience,
        vec![swap("data/events.yaml", "    sets: {plan: plan}\n", "")],
        vec![Says("events.trial_started → fields.plan")],
    );
    commit(
        "a mail comes before the wait that it came behind",
        Class::Timing,
        vec![swap(
            CUSTOMERS,
            "      - {id: use, wait: 21 days}\n      - {id: upgrade, label: 関連サービスのご案内, send: care-upgrade}",
            "      - {id: upgrade, label: 関連サービスのご案内, send: care-upgrade}\n      - {id: use, wait: 21 days}",
        )],
        vec![
            Says("`upgrade`: comes earlier, no longer behind `use`"),
            Says("`use`: leads that stand here no longer come to `care-upgrade`"),
        ],
    );
    commit(
        "another address in the footer that all mails include",
        Class::Safe,
        vec![swap("emails/parts/company.mjml", "東京都千代田区", "大阪府大阪市北区")],
        vec![Says("content: copy"), Says("[-東京都千代田区青空-]{+大阪府大阪市北区青空+}")],
    );
    all
}

const NEW_JOURNEY: &str = r#"journeys:
  again-interested:
    entry: {segment: price-watchers, existing: true}
    steps:
      - {id: pause, wait: 1 day}
      - {id: hello, send: reactivation}
"#;
