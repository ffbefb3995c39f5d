//! Events as calls of the Segment spec, one in each line, as logs of events are read.

use std::io::{BufWriter, Write};

use serde_json::{Map, Value as Json};

use super::{OutCell, jsonl};
use crate::ir::Name;
use crate::leads::PROPERTY_COLUMNS;

/// A log of events.
pub(crate) struct CallsWriter {
    out: BufWriter<Box<dyn Write + Send>>,
    names: Vec<Name>,
}

/// Keys of a call, in the order of the first columns.
const KEYS: [&str; 4] = ["userId", "timestamp", "event", "origin"];

impl CallsWriter {
    pub(super) fn open(out: Box<dyn Write + Send>, names: Vec<Name>) -> CallsWriter {
        CallsWriter { out: BufWriter::with_capacity(1 << 16, out), names }
    }

    pub(super) fn row(&mut self, cells: &[OutCell<'_>]) -> Result<(), String> {
        let mut call = Map::new();
        call.insert("type".to_owned(), "track".into());
        let values = cells.iter().map(jsonl::json);
        let mut named = self.names.iter().zip(values).filter_map(|(name, value)| Some((name, value?)));
        for (key, (_, value)) in KEYS.iter().zip(named.by_ref()) {
            call.insert((*key).to_owned(), value);
        }
        // Properties have a place of their own, where no other name is in their way.
        let own = |name: &Name| name.strip_prefix(PROPERTY_COLUMNS).unwrap_or(name).to_owned();
        let properties: Map<String, Json> = named.map(|(name, value)| (own(name), value)).collect();
        if !properties.is_empty() {
            call.insert("properties".to_owned(), properties.into());
        }
        let line = Json::Object(call).to_string();
        self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n")).map_err(|error| error.to_string())
    }

    pub(super) fn finish(mut self) -> Result<(), String> {
        self.out.flush().map_err(|error| error.to_string())
    }
}
