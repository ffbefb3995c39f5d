//! Which codes `tabiji check` can find.

use tabiji::diag::Code;

/// Codes that only files of leads or logs, zone files, attachments of ten megabytes, or a run of the project's own tests can
/// bring about.
pub const BEYOND_CHECK: [Code; 15] = [
    Code::UnknownColumn,
    Code::BadRow,
    Code::MissingColumn,
    Code::BadEventLine,
    Code::UnknownEvent,
    Code::IdentityConflict,
    Code::LogColumn,
    Code::FailedExpectation,
    Code::HeavyAttachments,
    Code::MissingRecord,
    Code::DifferingRecord,
    Code::FaultyRecord,
    Code::WeakRecord,
    Code::UnalignedDomain,
    Code::ZoneSyntax,
];
