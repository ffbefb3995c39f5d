//! Packs what is written.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    None,
    /// By gzip.
    Gzip,
    /// By Zstandard.
    Zstd,
}

impl Packing {
    /// The path without the end that tells how it is packed, in lower case.
    pub(super) fn of_path(path: &str) -> (String, Packing) {
        let path = path.to_ascii_lowercase();
        let ends = [(".gz", Packing::Gzip), (".zst", Packing::Zstd), (".zstd", Packing::Zstd)];
        for (end, packing) in ends {
            if let Some(rest) = path.strip_suffix(end) {
                return (rest.to_owned(), packing);
            }
        }
        (path, Packing::None)
    }

    /// Packs what goes there. `flush` ends the packed file, so it has to come last.
    pub(super) fn pack(self, out: Box<dyn Write + Send>) -> Box<dyn Write + Send> {
        match self {
            Packing::None => out,
            Packing::Gzip => Box::new(Gzip(GzEncoder::new(out, Compression::default()))),
            Packing::Zstd => Box::new(Zstd(Some(out), None)),
        }
    }
}

struct Gzip(GzEncoder<Box<dyn Write + Send>>);

impl Write for Gzip {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.try_finish()?;
        self.0.get_mut().flush()
    }
}

/// Begun with the first bytes, since beginning can fail.
struct Zstd(Option<Box<dyn Write + Send>>, Option<zstd::Encoder<'static, Box<dyn Write + Send>>>);

impl Zstd {
    fn encoder(&mut self) -> io::Result<&mut zstd::Encoder<'static, Box<dyn Write + Send>>> {
        if let Some(out) = self.0.take() {
            self.1 = Some(zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?);
        }
        self.1.as_mut().ok_or_else(|| io::Error::other("packing could not begin"))
    }
}

impl Write for Zstd {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.encoder()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        let encoder = self.encoder()?;
        encoder.do_finish()?;
        encoder.get_mut().flush()
    }
}
