//! What the timeline of a lead tells of what was really sent to it, to be held against what the run sends.
//!
//! In: the timeline. Out: counts by what was sent. Never: an influence on the run.

use super::engine::Engine;

impl Engine<'_> {
    /// Counts what is told of the time from the lead's coming in to the end of the run. Opened and clicked count once for
    /// each sending, as they do in a run; where no sending is told, once for the lead.
    pub(super) fn count_told(&mut self) {
        let span = self.now..self.program.frame.end;
        // Of each thing sent: whether it was opened and clicked since it was sent last.
        let mut since: Vec<(usize, [bool; 2])> = Vec::new();
        for told in self.lead.replay.events.iter().filter(|told| span.contains(&told.at)) {
            let Some(content) = told.content else { continue };
            let moments = self.program.channels[self.program.contents[content].channel].moments;
            let at = since.iter().position(|(of, _)| *of == content).unwrap_or_else(|| {
                since.push((content, [false; 2]));
                since.len() - 1
            });
            let (figures, [opened, clicked]) = (self.figures.told.at(content), &mut since[at].1);
            let once = |done: &mut bool| u64::from(!std::mem::replace(done, true));
            match told.event {
                event if event == moments.sent => {
                    figures.sent += 1;
                    (*opened, *clicked) = (false, false);
                }
                event if event == moments.delivered => figures.delivered += 1,
                event if event == moments.failed => figures.bounced += 1,
                event if event == moments.opened => figures.opened += once(opened),
                event if event == moments.clicked => figures.clicked += once(clicked),
                _ => {}
            }
        }
    }
}
