//! Words of made-up campaigns.

use super::draws::Draws;

/// Areas of marketing, each a folder.
pub(super) const AREAS: [&str; 8] =
    ["acquire", "onboard", "nurture", "retain", "winback", "events", "product", "partner"];

const WORDS: [&str; 36] = [
    "your",
    "our",
    "the",
    "new",
    "plan",
    "team",
    "report",
    "launch",
    "guide",
    "price",
    "demo",
    "trial",
    "offer",
    "invite",
    "week",
    "start",
    "learn",
    "why",
    "how",
    "teams",
    "ship",
    "faster",
    "with",
    "less",
    "noise",
    "and",
    "more",
    "context",
    "導入事例",
    "バックアップ",
    "セキュリティ",
    "運用の自動化",
    "ご案内",
    "個別相談",
    "今月の話題",
    "無料",
];

/// A sentence of so many words, without a full stop.
pub(super) fn sentence(draws: &mut Draws, words: usize) -> String {
    let picked: Vec<&str> = (0..words).map(|_| draws.one_of(&WORDS)).collect();
    picked.join(" ")
}
