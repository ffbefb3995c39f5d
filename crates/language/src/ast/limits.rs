//! `topics`, `senders`, `policies`, `emails`: what may be sent to whom, and what is sent.

use schemars::JsonSchema;
use serde::Deserialize;

use super::permission::{Confirmation, Market, Preferences, Sunset, Unsubscribe};
use super::quantity::{Again, ClockTime, Duration, Factor, Window};
use super::quota::{Quota, Warmup};
use super::{Text, short_or_long};
use crate::syntax::Spanned;

/// What mails are about.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Topic {
    /// Name for people.
    #[schemars(example = &"メールマガジン")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Monthly news and case studies")]
    pub description: Option<String>,
    /// `marketing` unless said; `transactional` mails need no consent and pass quiet hours.
    #[schemars(example = &"transactional")]
    pub kind: TopicKind,
    /// How leads agree to marketing mails of this topic; required for them.
    #[schemars(example = &"double_opt_in")]
    pub consent: Option<Consent>,
    /// Condition over the lead's fields: who agreed before the run starts. With `opt_out` everybody did unless said.
    #[schemars(example = &"newsletter_ok")]
    pub granted: Option<Text>,
    /// How subscriptions are confirmed, with `double_opt_in`: tabiji sends the mail and waits for the answer. Without it a journey has to.
    #[schemars(example = serde_json::json!({"email": "newsletter-confirm", "within": "7 days"}))]
    pub confirmation: Option<Spanned<Confirmation>>,
    /// The text that leads agree to. Its version is part of the record of each consent.
    #[schemars(example = &"月1回のメールマガジンを受け取ります（配信停止はいつでもできます）。")]
    pub text: Option<Text>,
}

/// Whether mails of a topic are marketing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum TopicKind {
    /// Needs consent.
    #[default]
    Marketing,
    /// Part of a service or contract; needs no consent.
    Transactional,
}

/// How leads agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Consent {
    /// They subscribe and confirm it by mail.
    DoubleOptIn,
    /// They subscribe.
    OptIn,
    /// They are subscribed until they leave.
    OptOut,
}

/// In whose name mails go out.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The `From` header.
    #[schemars(example = serde_json::json!({"name": "青空クラウド", "email": "news@mail.aozora.example"}))]
    pub from: Mailbox,
    /// Where answers go.
    #[schemars(example = &"info@aozora.example")]
    pub reply_to: Option<Text>,
    /// Postal address, as law asks for.
    #[schemars(example = &"東京都千代田区…", example = &"1 Example Street, London")]
    pub address: Option<String>,
    /// Records of the sending domain.
    #[schemars(example = serde_json::json!({"name": "mail.aozora.example", "dkim": "s1", "dmarc": "quarantine"}))]
    pub domain: Option<Domain>,
    /// At most so many mails a day or an hour.
    #[schemars(example = serde_json::json!({"per_day": 20000}))]
    pub quota: Option<Spanned<Quota>>,
    /// A quota that grows from day to day, until receivers know the sender.
    #[schemars(example = serde_json::json!({"start": "2026-04-01", "per_day": [50, 100, 500, 1000, 5000], "then": "x2 until 50000"}))]
    pub warmup: Option<Spanned<Warmup>>,
}

/// A name and an address.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// The name shown.
    #[schemars(example = &"青空クラウド", example = &"Blue Sky Cloud")]
    pub name: Option<Text>,
    /// The address.
    #[schemars(example = &"news@mail.aozora.example")]
    pub email: Text,
}

/// Records of a sending domain.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// The domain.
    #[schemars(example = &"mail.aozora.example")]
    pub name: Text,
    /// DKIM selector.
    #[schemars(example = &"s1")]
    pub dkim: Option<String>,
    /// DMARC policy.
    #[schemars(example = &"quarantine")]
    pub dmarc: Option<Dmarc>,
    /// Domain of tracked links.
    #[schemars(example = &"click.mail.aozora.example")]
    pub tracking: Option<String>,
    /// Mechanisms of the SPF record: who may send.
    #[schemars(example = serde_json::json!(["include:spf.mailservice.example", "ip4:192.0.2.7"]))]
    pub spf: Option<Vec<Text>>,
    /// Public key of DKIM in Base64, where the record holds it.
    #[schemars(example = &"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A…")]
    pub dkim_key: Option<Text>,
    /// Name under which the mail service keeps the key, where the record leads there.
    #[schemars(example = &"s1.dkim.mailservice.example")]
    pub dkim_target: Option<Text>,
    /// Address that gets the reports of DMARC.
    #[schemars(example = &"dmarc@aozora.example")]
    pub reports: Option<Text>,
    /// Host of the mail service that the domain of tracked links leads to.
    #[schemars(example = &"links.mailservice.example")]
    pub tracking_target: Option<Text>,
}

/// What receivers are asked to do with mail that fails the checks (RFC 7489, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Dmarc {
    /// Nothing.
    None,
    /// Treat as suspicious.
    Quarantine,
    /// Refuse.
    Reject,
}

/// Limits that hold for all mails.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// How many mails a lead may get; the first rule that is full decides.
    #[schemars(example = serde_json::json!([{"at_most": 3, "per": "7 days", "on_excess": "skip"}]))]
    pub frequency: Option<Vec<Spanned<Frequency>>>,
    /// How many mails a lead may get at worst, proved before launch: it has to hold even if no frequency rule did anything.
    #[schemars(example = serde_json::json!([{"at_most": 5, "per": "7 days", "counts": "marketing"}]))]
    pub limits: Option<Vec<Spanned<MailLimit>>>,
    /// When marketing mails wait, in the lead's local time.
    #[schemars(example = serde_json::json!({"from": "21:00", "to": "08:00", "also": ["sat", "sun"]}))]
    pub quiet_hours: Option<Spanned<QuietHours>>,
    /// What becomes of mail that cannot be delivered.
    #[schemars(example = serde_json::json!({"soft": {"retry": 3, "every": "6h", "suppress_after": 5}, "hard": "suppress"}))]
    pub bounces: Option<Bounces>,
    /// How long a mail is held at most before it is skipped as expired; 3 days unless said.
    pub max_hold: Option<Spanned<Duration>>,
    /// Which consent leads need, by market; a lead belongs to the first that matches.
    #[schemars(example = serde_json::json!([{"name": "jp", "when": "country == \"JP\"", "consent": "opt_in"}]))]
    pub markets: Option<Vec<Spanned<Market>>>,
    /// What those who unsubscribe leave, and how they come back.
    #[schemars(example = serde_json::json!({"link": "topic", "one_click": "all", "back": "confirming"}))]
    pub unsubscribe: Option<Unsubscribe>,
    /// What leads may choose instead of leaving.
    #[schemars(example = serde_json::json!({"pause": "30 days", "fewer": "1 per 7 days"}))]
    pub preferences: Option<Spanned<Preferences>>,
    /// What becomes of leads that show no interest for long.
    #[schemars(example = serde_json::json!({"after": "180 days", "without": ["email_clicked", "page_viewed"]}))]
    pub sunset: Option<Spanned<Sunset>>,
}

/// At most so many mails in a window.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// How many; at least 1.
    #[schemars(example = 3, range(min = 1))]
    pub at_most: Spanned<u32>,
    /// Over what: a rolling window such as `7 days`, or a `calendar day`, `calendar week` or `calendar month`.
    pub per: Spanned<Window>,
    /// What becomes of a mail that is too many: it waits (`delay`, the default) or is left out (`skip`).
    #[serde(default)]
    #[schemars(example = &"skip")]
    pub on_excess: OnExcess,
    /// Which mails count and are held back: `all` (the default), `marketing`, or the name of a topic.
    #[schemars(example = &"marketing")]
    pub counts: Option<Text>,
    /// Which channels count and are held back: all but `web` and `post` unless said.
    #[schemars(example = serde_json::json!(["email", "line"]))]
    pub channels: Option<Spanned<Vec<Spanned<ChannelName>>>>,
    /// Whose calendar: the lead's (default) or the project's.
    #[serde(default)]
    #[schemars(example = &"lead")]
    pub timezone: WhoseTime,
}

/// At most so many mails in a window, whatever frequency rules do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailLimit {
    /// How many; at least 1.
    #[schemars(example = 5, range(min = 1))]
    pub at_most: Spanned<u32>,
    /// Over what: a rolling window such as `7 days`, or a `calendar day`, `calendar week` or `calendar month`.
    pub per: Spanned<Window>,
    /// Which mails count: `all` (the default), `marketing`, or the name of a topic.
    #[schemars(example = &"marketing")]
    pub counts: Option<Text>,
    /// Which channels count: all but `web` and `post` unless said.
    #[schemars(example = serde_json::json!(["email", "line"]))]
    pub channels: Option<Spanned<Vec<Spanned<ChannelName>>>>,
    /// Whose calendar: the lead's (default) or the project's.
    #[serde(default)]
    #[schemars(example = &"lead")]
    pub timezone: WhoseTime,
}

/// A channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(missing_docs, reason = "the channels are those of the language")]
pub enum ChannelName {
    Email,
    Sms,
    Line,
    Push,
    Web,
    Post,
    Call,
}

/// What becomes of a mail that is too many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum OnExcess {
    /// It waits.
    #[default]
    Delay,
    /// It is left out.
    Skip,
}

/// Whose local time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum WhoseTime {
    /// The lead's, else the project's.
    #[default]
    Lead,
    /// The project's.
    Project,
}

/// When marketing mails wait.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// First quiet minute.
    pub from: ClockTime,
    /// First minute that is not quiet; may be of the next day.
    pub to: ClockTime,
    /// Weekdays that are quiet all day, and `holidays`: the holidays and further days off of the project's calendar.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["sat", "sun", "holidays"]))]
    pub also: Vec<Spanned<QuietDay>>,
    /// Whose clock: the lead's (default) or the project's.
    #[serde(default)]
    #[schemars(example = &"lead")]
    pub timezone: WhoseTime,
}

/// A kind of day that is quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(missing_docs, reason = "the days speak for themselves")]
pub enum QuietDay {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
    Holidays,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(missing_docs, reason = "the days speak for themselves")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// What becomes of mail that cannot be delivered.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bounces {
    /// Failures that may pass.
    #[schemars(example = serde_json::json!({"retry": 3, "every": "6h", "suppress_after": 5}))]
    pub soft: Option<SoftBounces>,
    /// Failures for good: `suppress` (the default) sends nothing more to the address, `ignore` goes on.
    #[schemars(example = &"suppress")]
    pub hard: HardBounces,
}

/// What becomes of failures that may pass.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SoftBounces {
    /// Further attempts for one mail; 0 unless said.
    #[serde(default)]
    #[schemars(example = 3, range(max = 100))]
    pub retry: u32,
    /// Time between attempts; 6 hours unless said.
    pub every: Option<Duration>,
    /// After so many undelivered mails in a row, nothing more is sent to the address.
    #[schemars(example = 5, range(min = 1))]
    pub suppress_after: Option<u32>,
}

/// What becomes of failures for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum HardBounces {
    /// Nothing more is sent to the address.
    #[default]
    Suppress,
    /// The next mail is tried again.
    Ignore,
}

/// A file that goes with a mail, as an example.
const A_GUIDE: [&str; 1] = ["emails/files/guide.pdf"];

/// A mail.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Email {
    /// Name for people.
    #[schemars(example = &"導入事例")]
    pub label: Option<String>,
    /// What it is about; decides on consent.
    #[schemars(example = &"newsletter")]
    pub topic: Text,
    /// In whose name it goes out.
    #[schemars(example = &"marketing")]
    pub sender: Text,
    /// Subject line; a template.
    #[schemars(example = &"{{ company }}様: 導入事例のご案内", example = &"{{ company }}: what others did")]
    pub subject: Text,
    /// Line shown beside the subject; a template.
    #[schemars(example = &"製造業300社の声")]
    pub preheader: Option<Text>,
    /// The mail itself: a template file ending in `.mjml`, `.html` or `.md`, or the text in place.
    #[schemars(example = &"emails/case-study.mjml")]
    pub body: Spanned<Body>,
    /// Template file of the text part, `.txt`; derived from the body unless given.
    #[schemars(example = &"emails/case-study.txt")]
    pub text: Option<Text>,
    /// Files of the project that go with it.
    #[schemars(example = A_GUIDE)]
    pub attachments: Option<Vec<Text>>,
    /// Whether one lead may get it again: `always` (the default), `never` or `after 30 days`.
    pub repeat: Option<Spanned<Again>>,
    /// How it differs in appeal from other mails, in simulation.
    #[schemars(example = serde_json::json!({"open": "x1.2"}))]
    pub appeal: Option<Appeal>,
}

/// Multiplies the persona's chances.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Appeal {
    /// On opening.
    pub open: Option<Factor>,
    /// On clicking.
    pub click: Option<Factor>,
}

/// The text of a mail.
#[derive(Clone, Debug)]
pub enum Body {
    /// A file of the project.
    File(String),
    /// Markdown in place.
    Markdown(Text),
    /// HTML in place.
    Html(Text),
    /// MJML in place.
    Mjml(Text),
}

/// The long form of [`Body`].
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InlineBody {
    /// Markdown in place.
    #[schemars(example = &"Hello {{ company }}")]
    markdown: Option<Text>,
    /// HTML in place.
    #[schemars(example = &"<p>Hello {{ company }}</p>")]
    html: Option<Text>,
    /// MJML in place.
    #[schemars(example = &"<mjml><mj-body>…</mj-body></mjml>")]
    mjml: Option<Text>,
}

short_or_long! {
    Body = "string" | InlineBody, "a file ending in `.mjml`, `.html` or `.md`, or `mjml: …`, `html: …` or `markdown: …`";
    short: str = |path| Ok(Body::File(path.to_owned()));
    long = |body| match (body.markdown, body.html, body.mjml) {
        (Some(text), None, None) => Ok(Body::Markdown(text)),
        (None, Some(text), None) => Ok(Body::Html(text)),
        (None, None, Some(text)) => Ok(Body::Mjml(text)),
        (_, _, _) => Err("a body in place is one of `mjml`, `html` and `markdown`"),
    };
}
