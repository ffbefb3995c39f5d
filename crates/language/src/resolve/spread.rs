//! Definitions of which projects have thousands, resolved on all threads.
//!
//! What one of them finds out, others may have to know: words that could not be read, names that were probably meant. As
//! long as nothing of that kind is known, definitions do not touch each other, and any order gives the same. Otherwise
//! they are resolved one after the other, so that the findings do not depend on threads.

use std::iter::Flatten;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::vec::IntoIter;

use rayon::prelude::{ParallelIterator, ParallelSlice};

use super::Resolver;
use super::names::Names;
use crate::diag::Sink;
use crate::ir::MailParts;
use crate::text::Span;

/// Definitions that are resolved in one go. A fixed number, so that the work is the same for any number of threads.
const TOGETHER: usize = 32;

/// Something that one writes and, for a time, many read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared<T>(Arc<T>);

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

/// What became of a few definitions.
struct Part<R> {
    done: Vec<R>,
    names: Names,
    found: Sink,
    costs: Vec<Span>,
}

impl Resolver<'_> {
    /// Resolves each of `items`, which do not ask for what becomes of each other. `resolve` gives what becomes of one, and
    /// changes nothing of the campaign.
    pub(super) fn each<T: Sync, R: Send>(
        &mut self,
        items: &[&T],
        resolve: impl Fn(&mut Resolver<'_>, &T) -> R + Sync,
    ) -> Flatten<IntoIter<Vec<R>>> {
        let done: Vec<Vec<R>> = match self.parts(items, &resolve) {
            Some(parts) => parts.into_iter().map(|part| self.take(part)).collect(),
            None => vec![items.iter().map(|item| resolve(self, item)).collect()],
        };
        done.into_iter().flatten()
    }

    /// All parts, unless it matters which comes first.
    fn parts<T: Sync, R: Send>(
        &self,
        items: &[&T],
        resolve: &(impl Fn(&mut Resolver<'_>, &T) -> R + Sync),
    ) -> Option<Vec<Part<R>>> {
        if !self.names.all_is_read() {
            return None;
        }
        let (files, attachments, sources) = (self.files, self.attachments, self.sources);
        let (names, out) = (&self.names, &self.out);
        let part = |items: &[&T]| {
            let mut found = Sink::default();
            let (names, costs) = (names.reader(), Vec::new());
            let (mails, out) = (MailParts::new(), out.clone());
            let mut here = Resolver { files, attachments, sources, sink: &mut found, names, costs, mails, out };
            let done = items.iter().map(|item| resolve(&mut here, item)).collect();
            debug_assert!(Arc::ptr_eq(&here.out.0, &self.out.0), "what a reader writes is lost");
            let (names, costs) = (here.names, here.costs);
            names.all_is_read().then_some(Part { done, names, found, costs })
        };
        items.par_chunks(TOGETHER).map(part).collect()
    }

    fn take<R>(&mut self, part: Part<R>) -> Vec<R> {
        self.names.learn(part.names);
        self.sink.found.extend(part.found.found);
        self.costs.extend(part.costs);
        part.done
    }
}
