//! The one table of diagnostic codes. A code is one line here and one page in `docs/codes`.

use super::Level;

/// What is known of a code.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// `TJ` and four digits; never reused.
    pub id: &'static str,
    /// The name of the fault; reads well after "allow".
    pub slug: &'static str,
    /// Level unless the project says otherwise.
    pub level: Level,
    /// Whether projects and comments may change the level. Faults that leave the meaning open may not be allowed.
    pub adjustable: bool,
    /// One line for lists.
    pub summary: &'static str,
    /// The page that `explain` prints, Markdown.
    pub page: &'static str,
}

macro_rules! codes {
    ($($variant:ident = $id:literal $slug:literal $level:ident $kind:ident $summary:literal;)*) => {
        /// Names of all findings tabiji can make.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $summary] $variant,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// What is known of this code.
            pub fn info(self) -> &'static CodeInfo {
                match self {
                    $(Code::$variant => const { &CodeInfo {
                        id: $id, slug: $slug, level: Level::$level, adjustable: codes!(@$kind), summary: $summary,
                        page: include_str!(concat!("../../../../docs/codes/", $slug, ".md")),
                    } },)*
                }
            }
        }
    };
    (@fault) => { false };
    (@rule) => { true };
}

impl Code {
    /// The code with this id or slug.
    pub fn find(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.info().id.eq_ignore_ascii_case(name) || code.info().slug == name)
    }
}

codes! {
    // Files and YAML.
    UnreadableFile = "TJ0001" "unreadable-file" Error fault "a file cannot be read: missing, too large, not UTF-8, or outside the project";
    YamlSyntax = "TJ0002" "yaml-syntax" Error fault "a file is not YAML";
    DuplicateKey = "TJ0003" "duplicate-key" Error fault "a mapping has the same key twice";
    UnsupportedYaml = "TJ0004" "unsupported-yaml" Error fault "YAML that campaigns do not use: several documents, tags, merge keys, keys that are not text";
    TooDeep = "TJ0005" "too-large-yaml" Error fault "YAML beyond the limits on nesting, size or expansion";
    UnknownAllow = "TJ0006" "unknown-rule" Error fault "a level or an allow comment names a rule that does not exist, or may not be allowed";
    AllowWithoutReason = "TJ0007" "allow-without-reason" Error fault "an allow comment gives no reason";
    UnusedAllow = "TJ0008" "unused-allow" Warn rule "an allow comment that hits nothing";
    // Shape: the JSON Schema.
    UnknownKey = "TJ0101" "unknown-key" Error fault "a key that does not exist here";
    MissingKey = "TJ0102" "missing-key" Error fault "a required key is missing";
    WrongType = "TJ0103" "wrong-type" Error fault "a value of the wrong YAML type";
    InvalidValue = "TJ0104" "invalid-value" Error fault "a value outside what is allowed here";
    OneAction = "TJ0105" "one-action-per-step" Error fault "a step has no action key, or more than one";
    InvalidName = "TJ0106" "invalid-name" Error fault "a name with characters that names do not have";
    MisplacedSetting = "TJ0107" "misplaced-setting" Error fault "a project setting outside tabiji.yaml";
    // Names.
    DuplicateName = "TJ0201" "duplicate-name" Error fault "two definitions of one kind share a name";
    UnknownName = "TJ0202" "unknown-name" Error fault "a name that nothing defines";
    ReservedName = "TJ0203" "reserved-name" Error fault "a definition takes a built-in name";
    CircularDefinition = "TJ0204" "circular-definition" Error fault "definitions that depend on each other in a circle";
    MovedConflict = "TJ0205" "moved-conflict" Error fault "a `moved` record that does not fit the campaign";
    SplitPersonas = "TJ0206" "scattered-personas" Error fault "personas in more than one file, so that their order is open";
    // Conditions and templates.
    ExpressionSyntax = "TJ0301" "expression-syntax" Error fault "a condition that cannot be parsed";
    TemplateSyntax = "TJ0302" "template-syntax" Error fault "a template that cannot be parsed";
    TypeMismatch = "TJ0303" "type-mismatch" Error fault "values of types that do not fit together";
    UnknownEnumValue = "TJ0304" "unknown-enum-value" Error fault "a comparison with a value that the field cannot have";
    UnknownFunction = "TJ0305" "unknown-function" Error fault "a filter, test or function that does not exist";
    WrongArguments = "TJ0306" "wrong-arguments" Error fault "a filter, test or function called with arguments it does not take";
    NotAvailableHere = "TJ0307" "not-available-here" Error fault "a name that exists but not in this place, such as `event` where no event is at hand";
    OptionalWithoutFallback = "TJ0308" "optional-without-fallback" Error rule "a template prints a value that a lead may not have";
    UnsupportedTemplate = "TJ0309" "unsupported-template" Error fault "a template feature that campaigns do not have";
    MatchesNobody = "TJ0311" "matches-nobody" Warn rule "a segment or persona that no lead can belong to";
    MatchesEverybody = "TJ0312" "matches-everybody" Warn rule "a segment or persona that every lead belongs to";
    ShadowedPersona = "TJ0313" "shadowed-persona" Warn rule "a persona that earlier ones leave nobody to";
    EqualSegments = "TJ0314" "equal-segments" Warn rule "two segments with the same members, whoever the leads are";
    NeverHolds = "TJ0315" "condition-never-holds" Warn rule "a condition that holds for no lead";
    ScoreOutOfReach = "TJ0316" "score-out-of-reach" Warn rule "a score that the model's rules never give is asked for";
    UnreachableStage = "TJ0317" "unreachable-stage" Warn rule "a stage that no move and no step leads to is asked for";
    MoveNobodyMakes = "TJ0318" "move-nobody-makes" Warn rule "a move of the lifecycle that earlier ones leave nobody to";
    MovesInCircles = "TJ0319" "moves-in-circles" Warn rule "moves of the lifecycle that undo each other at once";
    // MJML.
    MjmlSyntax = "TJ0321" "mjml-syntax" Error fault "a mail in MJML that cannot be read: a tag is not closed, a quote is missing";
    UnknownMjml = "TJ0322" "unknown-mjml" Error fault "an element, attribute or value that MJML does not have";
    MisplacedMjml = "TJ0323" "misplaced-mjml" Error fault "an element, text or template tag of MJML in a place where it is not shown";
    BooleanPrinted = "TJ0331" "boolean-printed" Warn rule "a template prints the bare word `True` or `False`";
    UnescapedData = "TJ0332" "unescaped-data" Error rule "what a lead wrote goes into a mail without being escaped";
    DataAsAddress = "TJ0333" "data-as-address" Error rule "what a lead wrote is the address of a link or an image";
    DataInCode = "TJ0334" "data-in-code" Warn rule "what a lead wrote stands in a style, a script or a comment";
    UnresolvedPlaceholder = "TJ0335" "unresolved-placeholder" Error rule "a placeholder of another system, or a note to oneself, in a mail";
    EmptyFallback = "TJ0336" "empty-fallback" Warn rule "a greeting or subject that falls back on nothing";
    // Values.
    ValueOutOfRange = "TJ0401" "value-out-of-range" Error fault "a value outside the range its field declares";
    InvalidTime = "TJ0402" "invalid-time" Error fault "a time zone, date or local time that does not exist";
    SplitWeights = "TJ0403" "split-weights" Error fault "a split's weights do not add up, or its arms share a name";
    ShareTotal = "TJ0404" "persona-shares" Error rule "the personas' shares add up to more than 100 %";
    WiderThanField = "TJ0405" "wider-than-field" Warn rule "a property of an event with values that the field it sets does not take";
    WarmupGrowth = "TJ0411" "warmup-growth" Error fault "a warm-up that never reaches its end";
    WarmupSteps = "TJ0412" "warmup-steps" Warn rule "a warm-up that falls, or grows faster than receivers bear";
    WarmupCannotFit = "TJ0413" "warmup-cannot-fit" Warn rule "mails that a sender's quota leaves no room for";
    NoCalendar = "TJ0414" "no-calendar" Error fault "business days or holidays in a project that has no calendar for them";
    HolidaysUnknown = "TJ0415" "holidays-unknown" Error fault "a simulation in years whose holidays are not known";
    CalendarOutOfDate = "TJ0416" "calendar-out-of-date" Warn rule "a calendar whose listed days end before the year of the simulation";
    NoBestTime = "TJ0417" "no-best-time" Warn rule "a best time is asked for that a persona does not have";
    HoldTooShort = "TJ0418" "hold-too-short" Warn rule "mails are held for less time than quiet hours can last";
    // Journey graphs.
    BranchWithoutElse = "TJ0501" "branch-without-else" Error rule "a branch without `else` drops leads silently";
    UnreachableStep = "TJ0502" "unreachable-step" Warn rule "no path leads to a step";
    NoWayOut = "TJ0503" "no-way-out" Error rule "a step from which no path leaves the journey";
    LoopWithoutWait = "TJ0504" "loop-without-wait" Error rule "a loop that takes no time";
    NobodyEnters = "TJ0505" "nobody-enters" Warn rule "a journey that nobody can enter";
    EntersOnce = "TJ0506" "enters-once" Warn rule "a schedule that comes again, while each lead enters only once";
    CollidingSchedules = "TJ0507" "colliding-schedules" Warn rule "two journeys that take the same segment at the same moment, and neither goes first";
    MailFlood = "TJ0508" "mail-flood" Error rule "one lead can get more mails in a window than a limit allows";
    JourneyOverCap = "TJ0509" "journey-over-cap" Warn rule "a journey asks for more mails than a frequency rule lets through";
    UnknownArm = "TJ0511" "unknown-arm" Error fault "an experiment whose control is no arm of its split";
    ImpossibleLift = "TJ0512" "impossible-lift" Error fault "a difference between shares that cannot be, or cannot be seen";
    UnfitExperiment = "TJ0513" "unfit-experiment" Error fault "an experiment that says too little or too much to compare arms";
    ArmWithoutWeight = "TJ0514" "arm-without-weight" Warn rule "an arm of a split that no lead is drawn to";
    EqualArms = "TJ0515" "equal-arms" Warn rule "arms of an experiment that do the same";
    HoldoutGetsMail = "TJ0516" "holdout-gets-mail" Warn rule "an arm that is held out and is sent something";
    ExperimentOutlastsRun = "TJ0517" "experiment-outlasts-run" Warn rule "an experiment whose goal takes longer than the simulation";
    LeavesAtOnce = "TJ0521" "leaves-at-once" Warn rule "everybody who enters a journey leaves it at once";
    GoalOnEntry = "TJ0522" "goal-on-entry" Warn rule "everybody who enters a journey has reached its goal";
    ImpossibleGoal = "TJ0523" "impossible-goal" Warn rule "a goal that nobody in the journey can reach";
    ArmNobodyTakes = "TJ0524" "arm-nobody-takes" Warn rule "an arm of a branch that no lead takes";
    StepNobodyReaches = "TJ0525" "step-nobody-reaches" Warn rule "a step that conditions keep every lead from";
    WaitsInVain = "TJ0526" "waits-in-vain" Warn rule "a wait for an event that cannot come";
    WindowBeforeWait = "TJ0527" "window-shorter-than-wait" Warn rule "a look-back that does not reach as far as the wait before it";
    DatesOutOfOrder = "TJ0528" "dates-out-of-order" Warn rule "a moment that is past when leads come to it";
    StartsInCircles = "TJ0529" "starts-in-circles" Warn rule "journeys that start each other without a pause";
    SentTwice = "TJ0530" "sent-twice" Warn rule "a path that sends the same mail again, and nothing says that this is meant";
    NoConsentHere = "TJ0531" "no-consent-here" Warn rule "a marketing mail that is reached only by leads who may not get it";
    // What is defined and not used.
    UnsentEmail = "TJ0601" "unsent-email" Warn rule "an email that no journey sends";
    UnusedDefinition = "TJ0602" "unused-definition" Warn rule "a definition that nothing uses";
    NobodySubscribes = "TJ0603" "nobody-subscribes" Warn rule "a topic that needs consent which nothing can give";
    // Channels and integrations.
    ChannelWithoutAddress = "TJ0611" "channel-without-address" Error fault "messages of a channel whose address no field holds";
    LongSms = "TJ0612" "long-sms" Warn rule "a short message that takes more than one segment, and is paid for each";
    OutcomeChances = "TJ0613" "outcome-chances" Error fault "the chances of outcomes of which at most one happens add up to more than 100 %";
    WebWithoutVisit = "TJ0614" "web-without-visit" Error fault "messages of the web channel, while no event is a visit";
    CostWithoutCurrency = "TJ0615" "cost-without-currency" Warn rule "costs in a project that names no currency";
    UnfitIntegration = "TJ0616" "unfit-integration" Error rule "an audience for a system that takes none, or a record for an advertising platform";
    // Sources, pages, forms and catalogs.
    ConsentWithoutAddress = "TJ0631" "consent-without-address" Error rule "a form that asks for consent to mails and not for the address";
    TickedConsent = "TJ0632" "ticked-consent" Warn rule "a form whose consent box is ticked to begin with";
    ImpossibleCompletion = "TJ0633" "impossible-completion" Error rule "a form that less than nobody or more than everybody would complete";
    PageWithoutForm = "TJ0634" "page-without-form" Warn rule "a source whose visitors land on a page without a form";
    IdleSource = "TJ0635" "idle-source" Warn rule "a source whose visitors all come outside of the simulation";
    FormLacksField = "TJ0636" "form-lacks-field" Warn rule "a form for new leads that does not ask for a required field";
    CatalogRow = "TJ0637" "catalog-row" Error fault "a file of a catalog with a column that is missing, or a row that is no item";
    UnknownItem = "TJ0638" "unknown-item" Warn rule "an order or event names an item that the catalog does not have";
    ThinRecommendations = "TJ0639" "thin-recommendations" Warn rule "a catalog in which no two items were bought together often enough";
    KpiMeasure = "TJ0641" "kpi-measure" Error fault "a KPI that measures nothing, two things at once, or with keys that do not go with it";
    KpiTarget = "TJ0642" "kpi-target" Error fault "a target that a KPI cannot have: of another unit, or beyond what is possible";
    KpiAmount = "TJ0643" "kpi-amount" Error fault "a KPI of money that no event carries";
    KpiWithoutCurrency = "TJ0644" "kpi-without-currency" Error rule "a KPI of money in a project without a currency";
    KgiWithoutDrivers = "TJ0645" "kgi-without-drivers" Warn rule "a goal that no KPI drives";
    IdleKpi = "TJ0646" "kpi-drives-nothing" Warn rule "a KPI beside the tree: it drives no goal";
    PhaseWithoutTouchpoint = "TJ0651" "phase-without-touchpoint" Warn rule "a phase of the journey map in which nobody meets the company";
    // Permission.
    ConfirmationWithoutLink = "TJ0621" "confirmation-without-link" Error rule "a mail that asks for a confirmation and has no link to confirm";
    MarketingConfirmation = "TJ0622" "marketing-confirmation" Error rule "a mail that asks for a confirmation, of a topic that needs one itself";
    MarketWithoutConfirmation = "TJ0623" "market-without-confirmation" Warn rule "a market asks for a double opt-in that nothing confirms";
    WeakerThanMarket = "TJ0624" "weaker-than-market" Warn rule "a topic takes everybody in where a market asks for an opt-in";
    OpensAreNoEvidence = "TJ0625" "opens-are-no-evidence" Warn rule "interest that is known by opened mails alone";
    ChoiceNotOffered = "TJ0626" "choice-not-offered" Warn rule "a persona chooses what the policies do not offer";
    ShadowedMarket = "TJ0627" "shadowed-market" Warn rule "a market that earlier ones leave nobody to";
    // Mails: subject and preheader.
    EmptySubject = "TJ1101" "empty-subject" Error rule "a mail without a subject";
    LongSubject = "TJ1102" "long-subject" Warn rule "a subject that mail programs cut off";
    ShoutingSubject = "TJ1103" "shouting-subject" Warn rule "a subject in capitals, or with too many exclamation marks";
    FalseReply = "TJ1104" "false-reply" Warn rule "a subject that pretends to be an answer";
    BrokenSubject = "TJ1105" "broken-subject" Error rule "a subject, preheader or sender's name with a line break";
    MissingPreheader = "TJ1106" "missing-preheader" Warn rule "a mail that leaves it to chance what stands beside its subject";
    WeakPreheader = "TJ1107" "weak-preheader" Warn rule "a preheader that repeats the subject, or is too short to fill its line";
    EmojiInSubject = "TJ1108" "emoji-in-subject" Warn rule "a subject with more than two emoji";
    MarkupInSubject = "TJ1109" "markup-in-subject" Warn rule "a subject or preheader with HTML, which is shown as it is written";
    // Mails: bodies.
    UnclosedTag = "TJ1111" "unclosed-tag" Error rule "an HTML tag without its partner";
    ImageWithoutAlt = "TJ1112" "image-without-alt" Warn rule "an image without words for those who do not see it";
    UnreachableImage = "TJ1113" "unreachable-image" Error rule "an image that no mail program can load";
    InsecureAddress = "TJ1114" "insecure-address" Warn rule "a link or image over http";
    LinkWithoutTarget = "TJ1115" "link-without-target" Error rule "a link that leads nowhere";
    ScriptInMail = "TJ1116" "script-in-mail" Error rule "a script, which no mail program runs and many filters refuse";
    FormInMail = "TJ1117" "form-in-mail" Warn rule "a form, which few mail programs send";
    ExternalStyle = "TJ1118" "external-style" Warn rule "a style sheet that mail programs do not load";
    EmbeddedPage = "TJ1119" "embedded-page" Error rule "a frame or an object, which mail programs take out";
    NoLanguage = "TJ1120" "no-language" Warn rule "an HTML document that does not say its language";
    ImageOnlyMail = "TJ1121" "image-only-mail" Warn rule "a mail of images with hardly a word";
    MisleadingLink = "TJ1122" "misleading-link" Error rule "a link that shows another address than it leads to";
    OpaqueLink = "TJ1123" "opaque-link" Warn rule "a link to a bare IP address or through a shortener";
    EmbeddedImage = "TJ1124" "embedded-image" Warn rule "an image written into the mail as data";
    DataInLink = "TJ1125" "data-in-link" Warn rule "an address of a lead in the address of a link";
    ClippedMail = "TJ1126" "clipped-mail" Error rule "a mail that Gmail cuts off";
    HeavyMail = "TJ1127" "heavy-mail" Warn rule "a mail that comes close to what Gmail cuts off";
    UnsupportedMarkup = "TJ1128" "unsupported-markup" Warn rule "HTML or CSS that one of the project's mail programs does not show";
    LowContrast = "TJ1129" "low-contrast" Warn rule "words that are hard to tell from their background";
    HiddenUnsubscribe = "TJ1130" "hidden-unsubscribe" Warn rule "a link to unsubscribe that is made hard to see";
    TextPartDiffers = "TJ1131" "text-part-differs" Warn rule "a text part that lacks a link of the body";
    TrackingParameters = "TJ1132" "tracking-parameters" Warn rule "utm parameters that are incomplete, doubled or disagree";
    // Mails: senders and law.
    UnformattedValue = "TJ1133" "unformatted-value" Warn rule "a date, a time or an amount as programs write it";
    RiskyAttachment = "TJ1134" "risky-attachment" Error rule "an attachment that receivers refuse";
    HeavyAttachments = "TJ1135" "heavy-attachments" Warn rule "attachments too large for many receivers";
    TextDirection = "TJ1136" "text-direction" Warn rule "words that run from right to left, in a mail that does not say so";
    ReversedText = "TJ1137" "reversed-text" Error rule "signs that turn the words after them around";
    SpamPhrase = "TJ1138" "spam-phrase" Warn rule "words that filters count";
    SmallText = "TJ1139" "small-text" Warn rule "letters too small to read";
    SmallTarget = "TJ1140" "small-target" Warn rule "a button too low for a finger";
    NoUnsubscribeLink = "TJ1141" "no-unsubscribe-link" Error rule "a marketing mail without a link to unsubscribe";
    FreemailSender = "TJ1142" "freemail-sender" Error rule "a sender with an address of a free mail service";
    UnalignedSender = "TJ1143" "unaligned-sender" Error rule "a sender whose address does not belong to its domain";
    NoReplySender = "TJ1144" "no-reply-sender" Warn rule "a sender that takes no answers";
    SharedSender = "TJ1145" "shared-sender" Warn rule "a sender of both marketing and transactional mails";
    NoSunset = "TJ1146" "no-sunset-rule" Warn rule "mails that come again and again, also to those who never react";
    NoBounceRule = "TJ1147" "no-bounce-rule" Warn rule "addresses that take no mail, and are written to all the same";
    LegalPartOfSender = "TJ1151" "legal-part-of-sender" Error rule "a sender lacks what a law asks marketing mails to say";
    LegalPartOfMail = "TJ1152" "legal-part-of-mail" Error rule "a marketing mail lacks words that a law asks for";
    LawAsksForConsent = "TJ1153" "law-asks-for-consent" Error rule "a topic takes everybody in where a law asks for consent";
    ImpliedTooLong = "TJ1154" "implied-too-long" Error rule "consent that follows from an event outlasts what a law allows";
    ConsentWithoutText = "TJ1155" "consent-without-text" Warn rule "a topic does not keep the words that leads agree to";
    // What mails are made of.
    ImageWithoutWidth = "TJ1161" "image-without-width" Warn rule "an image with a width that Outlook does not see";
    WrongCharset = "TJ1162" "wrong-charset" Error rule "a mail that says it is written in another encoding than it is";
    UnusedTemplate = "TJ1163" "unused-template" Warn rule "a template file that no mail names";
    UnusedVariable = "TJ1164" "unused-variable" Warn rule "a variable of a template that nothing asks for";
    DuplicatePixel = "TJ1165" "duplicate-pixel" Warn rule "a mail with more than one pixel that counts opens";
    VagueLink = "TJ1166" "vague-link" Warn rule "a link whose words do not say where it leads";
    BackgroundWithoutColour = "TJ1167" "background-without-colour" Warn rule "light words on a picture, with no colour behind it";
    // Leads.
    UnknownColumn = "TJ0701" "unknown-column" Warn rule "a column of the leads file that no field takes";
    BadRow = "TJ0702" "bad-row" Warn rule "a row of the leads file that cannot be a lead";
    MissingColumn = "TJ0703" "missing-column" Error fault "the leads file lacks the column of a required field";
    // Logs of events.
    BadEventLine = "TJ0711" "bad-event-line" Warn rule "a line of an event log that cannot be used";
    UnknownEvent = "TJ0712" "unknown-event" Warn rule "an event log names an event that the campaign does not have";
    IdentityConflict = "TJ0713" "identity-conflict" Warn rule "an event log throws several leads together";
    LogColumn = "TJ0714" "missing-log-column" Error fault "an event log lacks a column that it needs";
    IdentityKey = "TJ0715" "identity-key" Error fault "a key that cannot tell one lead from another";
    ConsentNeedsItself = "TJ0716" "consent-needs-itself" Warn rule "the event that gives a consent is itself recorded only with that consent";
    // Cleaning of leads files.
    UnfitNormalization = "TJ0721" "unfit-normalization" Error fault "a normalisation that does not fit the type of its field";
    UnfitMergeRule = "TJ0722" "unfit-merge-rule" Error fault "a merge rule that does not fit the type of its field";
    WeakKey = "TJ0723" "weak-duplicate-key" Error rule "a key of duplicates that many different people share";
    BlankedRequired = "TJ0724" "blanked-required-field" Warn rule "bad values of a required field are to be blanked, which refuses their rows";
    // Warning beside the point of a run.
    FlowScalarExpression = "TJ0801" "unquoted-flow-expression" Error fault "an expression or a text cut short by the comma or bracket of YAML's flow style";
    // Tests.
    IncompleteTestLead = "TJ0901" "incomplete-test-lead" Error rule "a test's lead lacks what every lead has";
    MadeByTheCampaign = "TJ0902" "made-by-the-campaign" Error fault "a test's timeline tells what the campaign itself makes";
    OutsideTheTest = "TJ0903" "outside-the-test" Error fault "a time of a test that does not lie in it";
    ImpossibleExpectation = "TJ0904" "impossible-expectation" Error fault "a test expects what no run can bring about";
    AmbiguousStep = "TJ0905" "ambiguous-step" Error fault "a test names a step by an id that several journeys have";
    FailedExpectation = "TJ0909" "failed-expectation" Error fault "what a test expects did not come about, or it tells what cannot be";
    // Records of sending domains.
    MissingRecord = "TJ1201" "missing-record" Error rule "a record of a sending domain that no zone file has";
    DifferingRecord = "TJ1202" "differing-record" Error rule "a record of a sending domain that differs from what the campaign says";
    FaultyRecord = "TJ1203" "faulty-record" Error rule "a record of a sending domain that receivers cannot use";
    WeakRecord = "TJ1204" "weak-record" Warn rule "a record of a sending domain that proves less than it could";
    UnalignedDomain = "TJ1205" "unaligned-domain" Error rule "mails that never pass DMARC, since they are signed by another domain";
    ZoneSyntax = "TJ1206" "zone-syntax" Error rule "a line of a zone file that cannot be read";
}
