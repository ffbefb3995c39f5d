//! Legal forms of companies, in full: ㈱, (株) and （株） are 株式会社.
//!
//! In: the name of a company. Out: the same with its legal form in full and no blank beside it. Never: another place
//! for it; 株式会社青空 and 青空株式会社 are two companies.

use std::borrow::Cow;

use super::text::changed;

/// Short forms and what they stand for. Those that could be two forms, such as (社), are none of them.
const FORMS: &[(&str, &str)] = &[
    ("㈱", "株式会社"),
    ("㍿", "株式会社"),
    ("(株)", "株式会社"),
    ("（株）", "株式会社"),
    ("㈲", "有限会社"),
    ("(有)", "有限会社"),
    ("（有）", "有限会社"),
    ("(同)", "合同会社"),
    ("（同）", "合同会社"),
    ("㈴", "合名会社"),
    ("(名)", "合名会社"),
    ("（名）", "合名会社"),
    ("㈾", "合資会社"),
    ("(資)", "合資会社"),
    ("（資）", "合資会社"),
    ("(医)", "医療法人"),
    ("（医）", "医療法人"),
    ("(学)", "学校法人"),
    ("（学）", "学校法人"),
    ("(福)", "社会福祉法人"),
    ("（福）", "社会福祉法人"),
    ("(一社)", "一般社団法人"),
    ("（一社）", "一般社団法人"),
    ("(一財)", "一般財団法人"),
    ("（一財）", "一般財団法人"),
    ("株式会社", "株式会社"),
    ("有限会社", "有限会社"),
    ("合同会社", "合同会社"),
    ("合名会社", "合名会社"),
    ("合資会社", "合資会社"),
];

/// The name with the legal form at its beginning or end in full.
pub(super) fn in_full(name: &str) -> Cow<'_, str> {
    let is_name = |rest: &&str| !rest.trim().is_empty();
    // A company has one legal form, and it stands before the name more often.
    for (short, full) in FORMS {
        if let Some(rest) = name.strip_prefix(short).filter(is_name) {
            return changed(name, format!("{full}{}", rest.trim_start()));
        }
    }
    for (short, full) in FORMS {
        if let Some(rest) = name.strip_suffix(short).filter(is_name) {
            return changed(name, format!("{}{full}", rest.trim_end()));
        }
    }
    Cow::Borrowed(name)
}

#[cfg(test)]
mod tests {
    use super::in_full;

    #[test]
    fn legal_forms_stand_in_full_where_they_stood() {
        let names = ["㈱青空", "(株) 青空", "（株）青空", "株式会社　青空"];
        assert!(names.iter().all(|name| in_full(name) == "株式会社青空"));
        assert_eq!(in_full("青空㈲"), "青空有限会社");
        assert_eq!((in_full("㈱㈱"), in_full("株式会社㈱")), ("株式会社㈱".into(), "株式会社㈱".into()));
        assert_eq!((in_full("株式会社"), in_full("(社)青空")), ("株式会社".into(), "(社)青空".into()));
    }
}
