//! The nearest known name to a misspelt one.

/// The candidate most like `wanted`, if any is like enough to be worth suggesting: at most a third of its characters
/// away by optimal string alignment (one edit for names of two to four characters), or the same but for case and the
/// marks `-`, `_` and space; else the only one that goes on from it with another word.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(wanted);
    let length = wanted.chars().count();
    let reach = if length == 1 { 0 } else { (length / 3).max(1) };
    let known: Vec<&str> = known.into_iter().filter(|name| *name != wanted).collect();
    let near = known
        .iter()
        .filter_map(|name| {
            let distance = if fold(name) == folded { 0 } else { strsim::osa_distance(&folded, &fold(name)) };
            (distance <= reach).then_some((distance, *name))
        })
        .min()
        .map(|(_, name)| name);
    near.or_else(|| longer(wanted, &known))
}

/// The only name that begins with the one wanted and goes on with another word: `company_name` for `company`.
fn longer<'a>(wanted: &str, known: &[&'a str]) -> Option<&'a str> {
    let goes_on = |name: &&&str| name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with(['_', '-']));
    let mut longer = known.iter().filter(goes_on);
    longer.next().filter(|_| longer.next().is_none()).copied()
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_typos_in_both_languages() {
        let known = ["employees", "industry", "部署", "会社名"];
        assert_eq!(nearest("employes", known), Some("employees"));
        assert_eq!(nearest("Industry", known), Some("industry"));
        assert_eq!(nearest("会社", known), Some("会社名"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(nearest("company", ["company_name", "companies_house"]), Some("company_name"));
        assert_eq!(nearest("page", ["page_viewed", "page_left"]), None);
    }
}
