//! What the synthetic people are heard to talk about. The recorded speech is read from novels and one famous address, so
//! the topics are theirs.

/// Titles of announcements, in the order of the recorded statements.
pub(super) const ANNOUNCEMENTS: [&str; 6] = [
    "On the best and the worst of times",
    "On the season of light",
    "On the outlook before us",
    "Statement on an age of wisdom",
    "Statement on the spring of hope",
    "On the comparison of epochs",
];

/// For each journalist, in turn: topic, and the words when it is sent in writing.
pub(super) const QUESTIONS: [[(&str, Option<&str>); 3]; 4] = [
    [
        ("The Norland settlement", None),
        (
            "Prudence in public spending",
            Some("How much might there be prudently in the ministry's power to do for them?"),
        ),
        ("Support for the family at Norland", None),
    ],
    [
        (
            "On a cold-hearted policy",
            Some("Is it the ministry's view that to be rather selfish is to be ill disposed?"),
        ),
        ("Disposition of the young delegation", None),
        ("Tone of the talks", None),
    ],
    [
        ("Respectability of the new envoy", None),
        (
            "On amiable relations",
            Some("Might he even have been made amiable himself, and by what means?"),
        ),
        ("Marriage of interests", None),
    ],
    [
        ("What citizens can do", None),
        ("Duties of fellow citizens", None),
        (
            "Service and its rewards",
            Some("What does the ministry ask of its citizens, and what may they ask of it?"),
        ),
    ],
];
