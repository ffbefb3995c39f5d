//! What the timeline of a lead tells of what was really sent to it, to be held against what the run sends.
//!
//! In: the timeline. Out: counts by what was sent. Never: an influence on the run.

use super::engine::Engine;
use super::program::Property;
use super::value::Slot;

/// Something that is told as sent, and whether it was opened and clicked since.
struct Sent {
    content: usize,
    /// The journey and the step that it names, if it does.
    by: [Option<Slot>; 2],
    opened: bool,
    clicked: bool,
}

impl Engine<'_> {
    /// Counts what is told of the time from the lead's coming in to the end of the run. Opened and clicked count once for
    /// each sending, as they do in a run: that of the journey and step which they name, else the last one. Where no sending
    /// is told, they count once for the lead.
    pub(super) fn count_told(&mut self) {
        let span = self.now..self.program.frame.end;
        let mut since: Vec<Sent> = Vec::new();
        for number in 0..self.lead.replay.events.len() {
            let told = &self.lead.replay.events[number];
            let (event, at) = (told.event, told.at);
            let Some(content) = told.content.filter(|_| span.contains(&at)) else { continue };
            let moments = self.program.channels[self.program.contents[content].channel].moments;
            let by = [Property::Journey, Property::Step]
                .map(|property| self.told_property(number, &property).filter(|slot| **slot != Slot::Absent).cloned());
            let figures = self.figures.told.at(content);
            match event {
                event if event == moments.sent => {
                    figures.sent += 1;
                    since.retain(|sent| (sent.content, &sent.by) != (content, &by));
                    since.push(Sent { content, by, opened: false, clicked: false });
                }
                event if event == moments.delivered => figures.delivered += 1,
                event if event == moments.failed => figures.bounced += 1,
                event if event == moments.opened || event == moments.clicked => {
                    let sent = last_of(&mut since, content, by);
                    let (done, count) = if event == moments.opened {
                        (&mut sent.opened, &mut figures.opened)
                    } else {
                        (&mut sent.clicked, &mut figures.clicked)
                    };
                    *count += u64::from(!std::mem::replace(done, true));
                }
                _ => {}
            }
        }
    }
}

/// The last sending that an event can be about; one that is not told, if there is none.
fn last_of(since: &mut Vec<Sent>, content: usize, by: [Option<Slot>; 2]) -> &mut Sent {
    // What an event does not tell, it does not deny.
    let fits = |sent: &Sent| {
        let mut pairs = sent.by.iter().zip(&by);
        sent.content == content && pairs.all(|(one, other)| one.is_none() || other.is_none() || one == other)
    };
    let place = since.iter().rposition(fits).unwrap_or_else(|| {
        since.push(Sent { content, by, opened: false, clicked: false });
        since.len() - 1
    });
    &mut since[place]
}
