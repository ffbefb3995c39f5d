//! Against published values, and those of SciPy 1.17.1 and statsmodels 0.15.0.

use super::*;

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{found}, not {expected}");
}

fn ends(found: Option<Interval>, (low, high): (f64, f64)) {
    let found = found.unwrap();
    near(found.low, low, 1e-6);
    near(found.high, high, 1e-6);
}

#[test]
fn quantiles_of_the_normal_distribution() {
    for (p, expected) in
        [(0.5, 0.0), (0.9, 1.281_551_565_544_6), (0.025, -1.959_963_984_540_054), (1e-9, -5.997_807_015)]
    {
        near(normal_quantile(p), expected, 1e-8);
    }
}

#[test]
fn tails_of_the_normal_distribution() {
    // scipy.stats.norm.sf
    let tails = [(0.0, 0.5), (1.0, 0.158_655_253_931_457_07), (5.0, 2.866_515_718_791_933e-7)];
    tails.into_iter().for_each(|(z, expected)| near(normal_tail(z), expected, 1e-13));
    near(normal_tail(-1.0) + normal_tail(1.0), 1.0, 1e-15);
}

#[test]
fn quantiles_of_students_distribution() {
    // scipy.stats.t.ppf
    for (p, freedom, expected) in [
        (0.975, 1.0, 12.706_204_736_174_694),
        (0.975, 2.0, 4.302_652_729_749_462),
        (0.975, 3.0, 3.182_446_305_283_707_8),
        (0.975, 4.0, 2.776_445_105_197_793_4),
        (0.975, 10.0, 2.228_138_851_986_274),
        (0.975, 29.0, 2.045_229_642_132_703),
        (0.975, 999.0, 1.962_341_461_133_449_3),
        (0.95, 5.0, 2.015_048_373_333_023_3),
        (0.995, 7.0, 3.499_483_297_350_492_4),
    ] {
        near(student_quantile(p, freedom), expected, 1e-4);
    }
}

#[test]
fn intervals_of_proportions() {
    // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
    // method 3; more digits by statsmodels' proportion_confint.
    ends(wilson(81.0, 263.0, 0.95), (0.255_288_519_878_274_2, 0.366_209_576_982_800_04));
    ends(wilson(15.0, 148.0, 0.95), (0.062_386_399_530_736_28, 0.160_487_241_723_308_03));
    ends(wilson(0.0, 20.0, 0.95), (0.0, 0.161_125_158_052_819_4));
    ends(wilson(1.0, 29.0, 0.95), (0.006_113_214_292_762_667, 0.171_755_218_793_203));
    ends(wilson(29.0, 29.0, 0.95), (0.883_030_201_500_259_2, 1.0));
    assert_eq!(wilson(0.0, 0.0, 0.95), None);
}

#[test]
fn intervals_of_differences() {
    // Newcombe (1998), table II, method 10: 56/70 − 48/80 is 0.0524 to 0.3339, 9/10 − 3/10 is 0.1705 to 0.8090,
    // 10/10 − 0/10 is 0.6075 to 1.0000.
    ends(newcombe((48.0, 80.0), (56.0, 70.0), 0.95), (0.052_431_472_402_364_98, 0.333_872_654_036_906));
    ends(newcombe((3.0, 10.0), (9.0, 10.0), 0.95), (0.170_522_723_934_502_9, 0.809_017_973_535_488));
    ends(newcombe((0.0, 10.0), (10.0, 10.0), 0.95), (0.607_509_350_430_524_1, 1.0));
    assert_eq!(newcombe((0.0, 0.0), (1.0, 2.0), 0.95), None);
    // statsmodels: confint_proportions_2indep(56, 70, 48, 80, compare="ratio", method="log")
    ends(relative((48.0, 80.0), (56.0, 70.0), 0.95), (1.076_626_422_763_192_8, 1.651_248_511_266_387_3));
    assert_eq!(relative((0.0, 80.0), (56.0, 70.0), 0.95), None);
}

fn moments(units: &[(f64, f64)]) -> Moments {
    units.iter().fold(Moments::default(), |sums, (x, y)| Moments {
        n: sums.n + 1.0,
        x: sums.x + x,
        y: sums.y + y,
        xx: sums.xx + x * x,
        yy: sums.yy + y * y,
        xy: sums.xy + x * y,
    })
}

/// Clicks and mails of eight leads.
const UNITS: [(f64, f64); 8] =
    [(0.0, 1.0), (3.0, 4.0), (1.0, 2.0), (0.0, 1.0), (2.0, 2.0), (5.0, 6.0), (0.0, 3.0), (1.0, 1.0)];

#[test]
fn intervals_of_means_and_ratios() {
    // The formulas worked out with NumPy; scipy.stats.t.interval for the mean.
    let sums = moments(&UNITS);
    let ends = |found: Option<Interval>, low: f64, high: f64| {
        let found = found.unwrap();
        near(found.low, low, 2e-5);
        near(found.high, high, 2e-5);
    };
    ends(mean(&sums, 0.95), 0.017_893_314_479_255_24, 2.982_106_685_520_745);
    ends(ratio(&sums, &Arrived::default(), (0.0, 0.0), 0.95), 0.262_737_454_111_609_1, 0.937_262_545_888_390_9);
    ends(ratio(&sums, &Arrived::default(), (10.0, 0.0), 0.95), 0.769_919_168_577_819_1, 1.430_080_831_422_181_1);
    ends(ratio(&sums, &Arrived::default(), (0.0, 5.0), 0.95), 0.179_552_258_573_646_82, 0.780_447_741_426_353_1);
    ends(share(&sums, 0.95), 0.346_076_947_177_947, 0.809_576_196_480_981_8);
    assert_eq!(mean(&moments(&UNITS[..1]), 0.95), None);
    assert_eq!(ratio(&moments(&[(1.0, 0.0), (2.0, 0.0)]), &Arrived::default(), (0.0, 0.0), 0.95), None);
}

#[test]
fn a_share_of_leads_has_wilsons_interval() {
    let leads: Vec<(f64, f64)> = (0..263).map(|lead| (f64::from(u8::from(lead < 81)), 1.0)).collect();
    ends(share(&moments(&leads), 0.95), (0.255_288_519_878_274_2, 0.366_209_576_982_800_04));
    // Leads that do not count change nothing; nobody and everybody have an interval too.
    let with_others: Vec<(f64, f64)> = leads.iter().copied().chain((0..50).map(|_| (0.0, 0.0))).collect();
    ends(share(&moments(&with_others), 0.95), (0.255_288_519_878_274_2, 0.366_209_576_982_800_04));
    ends(share(&moments(&[(0.0, 1.0); 20]), 0.95), (0.0, 0.161_125_158_052_819_4));
    // Who got no mail is no trial, even where all others are alike.
    let with_others: Vec<(f64, f64)> = (0..2_000).map(|lead| (0.0, f64::from(u8::from(lead < 20)))).collect();
    ends(share(&moments(&with_others), 0.95), (0.0, 0.161_125_158_052_819_4));
    // Twenty mails each are twenty times the same trial.
    ends(share(&moments(&[(0.0, 20.0); 20]), 0.95), (0.0, 0.161_125_158_052_819_4));
}

/// Who came by chance makes a sum spread more: by the squares of what each adds, not by their deviations.
#[test]
fn sums_over_those_who_came_are_compound_poisson() {
    let sums = moments(&UNITS);
    let all = Arrived { n: sums.n, x: sums.x, y: sums.y, ..Arrived::default() };
    let reach = |found: Option<Interval>| (found.unwrap().high - sums.x) / student_quantile(0.975, 7.0);
    near(reach(total(&sums, &Arrived::default(), 0.0, 0.95)).powi(2), 8.0 / 7.0 * (40.0 - 144.0 / 8.0), 1e-9);
    near(reach(total(&sums, &all, 0.0, 0.95)).powi(2), 8.0 / 7.0 * 40.0, 1e-9);
    // The ratio itself does not depend on how many come, but what a fixed amount comes to for each does.
    let plain = ratio(&sums, &Arrived::default(), (0.0, 0.0), 0.95).unwrap();
    assert_eq!(ratio(&sums, &all, (0.0, 0.0), 0.95).unwrap(), plain);
    let fixed = |arrived| ratio(&sums, &arrived, (10.0, 0.0), 0.95).unwrap();
    assert!(fixed(all).high > fixed(Arrived::default()).high);
    // What is paid for each lead who comes is the same for each, however many come.
    let ones = moments(&[(0.0, 1.0); 50]);
    let above = Added { sum: 150.0, squares: 450.0, others: 0.0 };
    let each =
        ratio(&ones, &Arrived { n: 50.0, x: 0.0, y: 50.0, above, ..Arrived::default() }, (150.0, 0.0), 0.95).unwrap();
    near(each.low, 3.0, 1e-9);
    near(each.high, 3.0, 1e-9);
}

#[test]
fn counts_of_both_kinds_are_put_together() {
    // Barker (2002), table 1: nothing seen goes up to z².
    near(poisson(0.0, 0.95).high, 3.841_458_820_694_124, 1e-6);
    let (one, other) = (Interval { low: 7.0, high: 14.0 }, Interval { low: 16.0, high: 23.0 });
    assert_eq!(together((10.0, one), (20.0, other)), Interval { low: 25.0, high: 35.0 });
}

/// Nobody of 100,000 leads with one or two mails each, in 256 groups: as many trials as the leads themselves would give.
#[test]
fn groups_tell_how_many_leads_are_alike() {
    let mut groups = [0.0; 256];
    let mut alone = Vec::new();
    for lead in 0..100_000_u64 {
        let mails = 1.0 + (lead % 2) as f64;
        // The end of splitmix64 (Steele, Lea and Flood, 2014) as a hash.
        let mixed = (lead ^ (lead << 40)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        groups[(mixed >> 56) as usize] += mails;
        alone.push((0.0, mails));
    }
    let together: Vec<(f64, f64)> = groups.iter().map(|mails| (0.0, *mails)).collect();
    let (each, found) =
        (share(&moments(&alone), 0.95).unwrap().high, share_of_groups(&moments(&together), 0.95).unwrap().high);
    assert!(found < 1.6 * each && found > each / 2.0, "{found} {each}");
}

#[test]
fn chances_of_differences() {
    // statsmodels: proportions_ztest([56, 48], [70, 80])
    near(compare((48.0, 80.0), (56.0, 70.0)), 0.008_045_081_368_196_51, 1e-9);
    assert_eq!(compare((0.0, 10.0), (0.0, 10.0)), 1.0);
    assert_eq!(compare((0.0, 0.0), (0.0, 10.0)), 1.0);
    // statsmodels: multipletests(…, method="holm")
    let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
    adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]).for_each(|(found, expected)| near(*found, expected, 1e-12));
}

#[test]
fn sizes_of_samples() {
    let of = |control, treated| Comparison { control, treated, significance: 0.05 };
    // The example of R's power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7
    near(sample_size(&of(0.5, 0.75), 0.9, 1.0).unwrap(), 76.706_928_451_777_47, 1e-9);
    // The usual example of textbooks: from 10 % to 15 % with 80 % takes 686 in each group.
    near(sample_size(&of(0.1, 0.15), 0.8, 1.0).unwrap(), 685.596_858_325_361_4, 1e-9);
    near(sample_size(&of(0.08, 0.1), 0.8, 1.0).unwrap(), 3_212.937_062_496_11, 1e-9);
    near(sample_size(&of(0.08, 0.1), 0.8, 2.0).unwrap(), 2_441.005_455_232_524_5, 1e-9);
    assert_eq!(sample_size(&of(0.1, 0.1), 0.8, 1.0), None);
    // statsmodels: power_proportions_2indep(diff=.05, prop2=.10, nobs1=686)
    near(power(&of(0.1, 0.15), 686.0, 686.0), 0.800_231_854_695_671_7, 1e-6);
    for ratio in [0.25, 1.0, 3.0] {
        let size = sample_size(&of(0.08, 0.1), 0.8, ratio).unwrap();
        near(power(&of(0.08, 0.1), size, size * ratio), 0.8, 1e-9);
    }
}

#[test]
fn what_can_be_detected_is_what_the_sample_size_is_for() {
    // 10 % to 15 % takes so many trials of each; with as many, 5 points are what can be detected.
    let what = Comparison { control: 0.1, treated: 0.15, significance: 0.05 };
    let trials = sample_size(&what, 0.8, 1.0).unwrap();
    near(detectable(0.1, 0.05, 0.8, (trials, trials)).unwrap(), 0.05, 1e-6);
    assert_eq!(detectable(0.5, 0.05, 0.8, (2.0, 2.0)), None);
}
