//! Permalinks inside a record: `q7`, `a7`, `n2`. Given once, kept in every later edition and in every language, never used
//! again for something else.

use crate::{
    id::{QuestionId, SegmentId},
    publication::Record,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{collections::BTreeMap, fmt, str::FromStr};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Question,
    Answer,
    Announcement,
}

/// `q7`; the same exchange taken up again later is `q7-2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    pub part: Part,
    pub number: u32,
    /// 1 is the first.
    pub run: u32,
}

/// The numbers given so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    questions: BTreeMap<QuestionId, u32>,
    /// For words that belong to no known question, and for announcements.
    segments: BTreeMap<SegmentId, Anchor>,
    highest_exchange: u32,
    highest_announcement: u32,
    runs: BTreeMap<(Part, u32), u32>,
}

impl Numbering {
    /// Numbers given by earlier editions, oldest first.
    pub fn after(editions: &[Record]) -> Self {
        let mut numbering = Self::default();
        for block in editions.iter().flat_map(|record| &record.blocks) {
            let Some(anchor) = block.anchor else { continue };
            match anchor.part {
                Part::Announcement => {
                    numbering.highest_announcement = numbering.highest_announcement.max(anchor.number);
                }
                Part::Question | Part::Answer => {
                    numbering.highest_exchange = numbering.highest_exchange.max(anchor.number);
                    if let Some(question) = block.question {
                        numbering.questions.insert(question, anchor.number);
                    }
                }
            }
            for segment in &block.segments {
                numbering.segments.insert(segment.id, anchor);
            }
        }
        numbering
    }

    /// Keeps the first `count` announcement numbers for the announcements in the room's minutes.
    pub fn reserve_announcements(&mut self, count: u32) {
        self.highest_announcement = self.highest_announcement.max(count);
    }

    /// The number of the exchange about `question`, or of the loose words `segments`.
    pub fn exchange(&mut self, question: Option<QuestionId>, segments: &[SegmentId]) -> u32 {
        let known = match question {
            Some(question) => self.questions.get(&question).copied(),
            None => self.earlier(segments, |part| part != Part::Announcement),
        };
        let number = known.unwrap_or_else(|| {
            self.highest_exchange += 1;
            self.highest_exchange
        });
        if let Some(question) = question {
            self.questions.insert(question, number);
        }
        number
    }

    /// The permalink of a question's first words, where it has a number already.
    pub fn first(&self, part: Part, question: QuestionId) -> Option<Anchor> {
        let number = self.questions.get(&question).copied()?;
        Some(Anchor { part, number, run: 1 })
    }

    /// The number of an announcement: its place in the minutes, else one of its own.
    pub fn announcement(&mut self, in_minutes: Option<u32>, segments: &[SegmentId]) -> u32 {
        in_minutes
            .or_else(|| self.earlier(segments, |part| part == Part::Announcement))
            .unwrap_or_else(|| {
                self.highest_announcement += 1;
                self.highest_announcement
            })
    }

    /// The next permalink of this part and number in the edition being made.
    pub fn anchor(&mut self, part: Part, number: u32) -> Anchor {
        let run = self.runs.entry((part, number)).or_insert(0);
        *run += 1;
        Anchor {
            part,
            number,
            run: *run,
        }
    }

    fn earlier(&self, segments: &[SegmentId], wanted: impl Fn(Part) -> bool) -> Option<u32> {
        segments
            .iter()
            .filter_map(|segment| self.segments.get(segment))
            .filter(|anchor| wanted(anchor.part))
            .map(|anchor| anchor.number)
            .min()
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.part {
            Part::Question => 'q',
            Part::Answer => 'a',
            Part::Announcement => 'n',
        };
        write!(f, "{letter}{}", self.number)?;
        if self.run > 1 {
            write!(f, "-{}", self.run)
        } else {
            Ok(())
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a permalink of a record")]
pub struct NotAnAnchor;

impl FromStr for Anchor {
    type Err = NotAnAnchor;

    fn from_str(text: &str) -> Result<Self, NotAnAnchor> {
        let mut letters = text.chars();
        let part = match letters.next() {
            Some('q') => Part::Question,
            Some('a') => Part::Answer,
            Some('n') => Part::Announcement,
            _ => return Err(NotAnAnchor),
        };
        let (number, run) = letters.as_str().split_once('-').unwrap_or((letters.as_str(), "1"));
        let anchor = Self {
            part,
            number: number.parse().map_err(|_| NotAnAnchor)?,
            run: run.parse().map_err(|_| NotAnAnchor)?,
        };
        if anchor.to_string() == text {
            Ok(anchor)
        } else {
            Err(NotAnAnchor)
        }
    }
}

impl Serialize for Anchor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Anchor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
