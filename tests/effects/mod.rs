//! Projects whose change is looked at.

use std::path::Path;

use tabiji::diag::Level;
use tabiji::ir::Campaign;
use tabiji::text::SourceMap;

/// A project without an error.
pub fn compiled(folder: &Path) -> (Campaign, SourceMap) {
    let checked = tabiji::pipeline::findings(folder).unwrap();
    let errors = checked.findings.iter().filter(|finding| finding.level == Level::Error);
    let errors: Vec<&str> = errors.map(|finding| finding.message.as_str()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    (checked.campaign.unwrap(), checked.sources)
}
