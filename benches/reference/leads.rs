//! The leads of the reference campaign. Every attribute is a function of the seed and of the lead's number, so that
//! programs in any language make the same leads without reading a file.
//!
//! Numbers come of SplitMix64's finaliser (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).

use std::io::{self, Write};

/// The number of leads' makings.
pub const SEED: u64 = 1;

/// Midnight of the first day, in seconds since 1970-01-01T00:00:00Z.
pub const START: i64 = 1_775_433_600;

/// First line of a file of leads.
pub const HEADER: &str = "id,email,persona,industry,company_size,country,created_at,base_score,opted_in";

const PERSONAS: [(&str, f64); 4] = [("explorer", 0.4), ("evaluator", 0.3), ("buyer", 0.2), ("champion", 0.1)];
const INDUSTRIES: [(&str, f64); 6] = [
    ("saas", 0.25),
    ("retail", 0.20),
    ("finance", 0.15),
    ("health", 0.15),
    ("manufacturing", 0.15),
    ("education", 0.10),
];
const COUNTRIES: [(&str, f64); 8] =
    [("US", 0.35), ("DE", 0.20), ("FR", 0.10), ("GB", 0.12), ("NL", 0.08), ("SE", 0.05), ("PL", 0.05), ("JP", 0.05)];

/// A lead.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    number: u64,
    /// Its persona.
    pub persona: &'static str,
    industry: &'static str,
    company_size: u32,
    country: &'static str,
    /// When it comes in, in seconds since 1970-01-01T00:00:00Z.
    pub created: i64,
    base_score: u32,
    opted_in: bool,
    domain: u32,
}

/// The lead with this number, from 0.
pub fn lead(number: u64) -> Made {
    let unit = |attribute: u64| {
        let bits = mix(mix(SEED).wrapping_add(number.wrapping_mul(16)).wrapping_add(attribute));
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    };
    let below = |attribute, most: f64| (unit(attribute) * most) as u32;
    // A moment of its day. Who comes in at the very start would have been there before.
    let created = f64::from(below(4, 30.0)) + unit(8);
    Made {
        number,
        persona: taken(&PERSONAS, unit(0)),
        industry: taken(&INDUSTRIES, unit(1)),
        company_size: 10_f64.powf(4.0 * unit(2)) as u32,
        country: taken(&COUNTRIES, unit(3)),
        created: START + ((created * 86_400.0) as i64).max(1),
        base_score: below(5, 20.0),
        opted_in: unit(6) < 0.92,
        domain: below(7, 1_000.0),
    }
}

/// Writes leads as a CSV file.
pub fn write(numbers: std::ops::Range<u64>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{HEADER}")?;
    for made in numbers.map(lead) {
        let Made { number, persona, industry, company_size, country, created, base_score, opted_in, domain } = made;
        write!(out, "{number},lead{number}@d{domain}.example,{persona},{industry},{company_size},{country},")?;
        writeln!(out, "{created},{base_score},{opted_in}")?;
    }
    Ok(())
}

fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The value in whose part of the whole a number from 0 to 1 falls.
fn taken(values: &[(&'static str, f64)], unit: f64) -> &'static str {
    let mut end = 0.0;
    let found = values.iter().find(|(_, part)| {
        end += part;
        unit < end
    });
    found.or(values.last()).map_or("", |(name, _)| name)
}
