//! Leads as CSV.

use std::io::{BufWriter, Write};

use super::Column;

/// A CSV file.
pub(crate) struct CsvWriter {
    out: BufWriter<Box<dyn Write + Send>>,
}

impl CsvWriter {
    pub(super) fn open(out: Box<dyn Write + Send>, columns: &[Column]) -> Result<CsvWriter, String> {
        let mut writer = CsvWriter { out: BufWriter::with_capacity(1 << 16, out) };
        writer.row(columns.iter().map(|column| column.name.as_str()))?;
        Ok(writer)
    }

    pub(super) fn row<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> Result<(), String> {
        self.out.write_all(line(cells).as_bytes()).map_err(|error| error.to_string())
    }

    pub(super) fn finish(mut self) -> Result<(), String> {
        self.out.flush().map_err(|error| error.to_string())
    }
}

/// A row. Cells are quoted where they have to be; a lone empty one too, since a blank line is no row.
pub(super) fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::new();
    let mut count = 0;
    for cell in cells {
        if count > 0 {
            line.push(',');
        }
        count += 1;
        if cell.contains([',', '"', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    if count == 1 && line.is_empty() {
        line.push_str("\"\"");
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        assert_eq!(line(["a", "", "b,c", "d\"e", "f\ng"].into_iter()), "a,,\"b,c\",\"d\"\"e\",\"f\ng\"\n");
        assert_eq!(line([""].into_iter()), "\"\"\n");
    }
}
