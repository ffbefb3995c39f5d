//! Countries: their codes by name, and how their telephone numbers are written.
//!
//! Codes are those of ISO 3166-1, calling codes and lengths of numbers those of the ITU's list of national numbering
//! plans (ITU-T E.164 and its operational bulletins), lengths taken wide where a plan has exceptions.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::text::fold;

/// What is known of a country.
#[derive(Clone, Copy, Debug)]
pub(super) struct Country {
    /// ISO 3166-1, two letters.
    pub(super) code: &'static str,
    /// Other ways to write it: three letters, English, Japanese.
    names: &'static [&'static str],
    /// Calling code.
    pub(super) calling: &'static str,
    /// What stands before a number within the country and falls away from abroad.
    pub(super) trunk: &'static str,
    /// Fewest and most digits of a number without the trunk prefix.
    pub(super) digits: (usize, usize),
}

/// The country with this code.
pub(super) fn by_code(code: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.code == code)
}

/// The code of a country by any of its names. `None` where it is unknown, or could be two countries.
pub(super) fn code_of(name: &str) -> Option<&'static str> {
    static BY_NAME: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        let names = COUNTRIES.iter().flat_map(|country| country.names.iter().map(|name| (fold(name), country.code)));
        names.collect()
    });
    by_name.get(&fold(name)).copied()
}

/// The country whose calling code the digits begin with. +1 is shared, and +1 242 and its like are not the United
/// States, but all of them have ten digits.
pub(super) fn by_calling_code(digits: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| digits.starts_with(country.calling))
}

macro_rules! countries {
    ($($code:literal $calling:literal $trunk:literal $least:literal-$most:literal: $($name:literal),+;)*) => {
        const COUNTRIES: &[Country] = &[$(Country {
            code: $code, names: &[$($name),+], calling: $calling, trunk: $trunk, digits: ($least, $most),
        }),*];
    };
}

countries! {
    "JP" "81" "0" 9-10: "JPN", "Japan", "日本", "日本国";
    "US" "1" "1" 10-10: "USA", "U.S.", "United States", "United States of America", "アメリカ", "アメリカ合衆国", "米国";
    "CA" "1" "1" 10-10: "CAN", "Canada", "カナダ";
    "CN" "86" "0" 9-11: "CHN", "China", "People's Republic of China", "中国", "中華人民共和国";
    "TW" "886" "0" 8-9: "TWN", "Taiwan", "台湾", "臺灣";
    "HK" "852" "" 8-9: "HKG", "Hong Kong", "香港";
    "MO" "853" "" 8-8: "MAC", "Macao", "Macau", "マカオ";
    "KR" "82" "0" 8-10: "KOR", "South Korea", "Republic of Korea", "韓国", "大韓民国";
    "SG" "65" "" 8-8: "SGP", "Singapore", "シンガポール";
    "MY" "60" "0" 8-10: "MYS", "Malaysia", "マレーシア";
    "TH" "66" "0" 8-9: "THA", "Thailand", "タイ", "タイ王国";
    "VN" "84" "0" 8-10: "VNM", "Vietnam", "ベトナム";
    "ID" "62" "0" 8-12: "IDN", "Indonesia", "インドネシア";
    "PH" "63" "0" 8-10: "PHL", "Philippines", "フィリピン";
    "MM" "95" "0" 7-10: "MMR", "Myanmar", "ミャンマー";
    "KH" "855" "0" 8-9: "KHM", "Cambodia", "カンボジア";
    "LA" "856" "0" 8-10: "LAO", "Laos", "ラオス";
    "MN" "976" "" 8-8: "MNG", "Mongolia", "モンゴル";
    "IN" "91" "0" 10-10: "IND", "India", "インド";
    "BD" "880" "0" 8-10: "BGD", "Bangladesh", "バングラデシュ";
    "PK" "92" "0" 9-10: "PAK", "Pakistan", "パキスタン";
    "LK" "94" "0" 9-9: "LKA", "Sri Lanka", "スリランカ";
    "NP" "977" "0" 8-10: "NPL", "Nepal", "ネパール";
    "AU" "61" "0" 9-10: "AUS", "Australia", "オーストラリア", "豪州";
    "NZ" "64" "0" 8-10: "NZL", "New Zealand", "ニュージーランド";
    "GB" "44" "0" 9-10: "GBR", "UK", "United Kingdom", "Great Britain", "イギリス", "英国";
    "IE" "353" "0" 7-10: "IRL", "Ireland", "アイルランド";
    "DE" "49" "0" 5-13: "DEU", "Germany", "Deutschland", "ドイツ";
    "FR" "33" "0" 9-9: "FRA", "France", "フランス";
    "IT" "39" "" 6-11: "ITA", "Italy", "Italia", "イタリア";
    "ES" "34" "" 9-9: "ESP", "Spain", "España", "スペイン";
    "PT" "351" "" 9-9: "PRT", "Portugal", "ポルトガル";
    "NL" "31" "0" 9-11: "NLD", "Netherlands", "The Netherlands", "オランダ";
    "BE" "32" "0" 8-9: "BEL", "Belgium", "ベルギー";
    "LU" "352" "" 5-11: "LUX", "Luxembourg", "ルクセンブルク";
    "CH" "41" "0" 9-9: "CHE", "Switzerland", "スイス";
    "AT" "43" "0" 4-13: "AUT", "Austria", "オーストリア";
    "SE" "46" "0" 7-10: "SWE", "Sweden", "スウェーデン";
    "NO" "47" "" 8-8: "NOR", "Norway", "ノルウェー";
    "DK" "45" "" 8-8: "DNK", "Denmark", "デンマーク";
    "FI" "358" "0" 5-12: "FIN", "Finland", "フィンランド";
    "PL" "48" "" 9-9: "POL", "Poland", "ポーランド";
    "CZ" "420" "" 9-9: "CZE", "Czechia", "Czech Republic", "チェコ";
    "HU" "36" "06" 8-9: "HUN", "Hungary", "ハンガリー";
    "GR" "30" "" 10-10: "GRC", "Greece", "ギリシャ";
    "TR" "90" "0" 10-10: "TUR", "Türkiye", "Turkey", "トルコ";
    "UA" "380" "0" 9-9: "UKR", "Ukraine", "ウクライナ";
    "RU" "7" "8" 10-10: "RUS", "Russia", "ロシア";
    "IL" "972" "0" 8-9: "ISR", "Israel", "イスラエル";
    "AE" "971" "0" 8-9: "ARE", "United Arab Emirates", "UAE", "アラブ首長国連邦";
    "SA" "966" "0" 8-9: "SAU", "Saudi Arabia", "サウジアラビア";
    "QA" "974" "" 8-8: "QAT", "Qatar", "カタール";
    "KW" "965" "" 8-8: "KWT", "Kuwait", "クウェート";
    "OM" "968" "" 8-8: "OMN", "Oman", "オマーン";
    "BH" "973" "" 8-8: "BHR", "Bahrain", "バーレーン";
    "EG" "20" "0" 8-10: "EGY", "Egypt", "エジプト";
    "ZA" "27" "0" 9-9: "ZAF", "South Africa", "南アフリカ";
    "NG" "234" "0" 8-10: "NGA", "Nigeria", "ナイジェリア";
    "KE" "254" "0" 9-10: "KEN", "Kenya", "ケニア";
    "GH" "233" "0" 9-9: "GHA", "Ghana", "ガーナ";
    "UG" "256" "0" 9-9: "UGA", "Uganda", "ウガンダ";
    "TZ" "255" "0" 9-9: "TZA", "Tanzania", "タンザニア";
    "BR" "55" "0" 10-11: "BRA", "Brazil", "Brasil", "ブラジル";
    "MX" "52" "" 10-10: "MEX", "Mexico", "México", "メキシコ";
    "AR" "54" "0" 10-11: "ARG", "Argentina", "アルゼンチン";
    "CL" "56" "" 9-9: "CHL", "Chile", "チリ";
    "CO" "57" "" 10-10: "COL", "Colombia", "コロンビア";
    "PE" "51" "0" 8-9: "PER", "Peru", "ペルー";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn countries_are_found_by_any_name() {
        for name in ["日本", "Ｊａｐａｎ", "jpn", "JAPAN "] {
            assert_eq!(code_of(name), Some("JP"), "{name}");
        }
        assert_eq!((code_of("英国"), code_of("U.S.A."), code_of("Korea")), (Some("GB"), Some("US"), None));
    }

    #[test]
    fn no_code_and_no_name_stands_twice() {
        let mut seen = HashSet::new();
        for country in COUNTRIES {
            assert!(seen.insert(country.code.to_owned()), "{}", country.code);
            assert!(country.code.len() == 2 && country.digits.0 <= country.digits.1);
            assert!(country.calling.len() + country.digits.1 <= 15, "{}: E.164 has 15 digits at most", country.code);
            for name in country.names {
                assert!(seen.insert(fold(name)), "{name}");
            }
        }
        // No calling code begins with another, but for the one that two countries share.
        for a in COUNTRIES {
            for b in COUNTRIES {
                assert!(a.calling == b.calling || !a.calling.starts_with(b.calling), "{} {}", a.code, b.code);
            }
        }
    }
}
