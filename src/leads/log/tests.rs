//! Logs to leads with their timelines.
