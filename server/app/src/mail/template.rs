//! The texts of the letters: one file per letter and language, first line the subject, `{holes}` for the values.

pub const LANGUAGES: [&str; 3] = ["vi", "en", "fr"];

macro_rules! templates {
    ($($(#[$doc:meta])* $name:ident $file:literal),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Template { $($(#[$doc])* $name),+ }

        impl Template {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $file),+ }
            }

            fn text(self, language: &str) -> &'static str {
                match (self, language) {
                    $(
                        (Self::$name, "vi") => include_str!(concat!("templates/vi/", $file, ".txt")),
                        (Self::$name, "fr") => include_str!(concat!("templates/fr/", $file, ".txt")),
                        (Self::$name, _) => include_str!(concat!("templates/en/", $file, ".txt")),
                    )+
                }
            }
        }
    };
}

templates! {
    /// A link to sign in once. Holes: link, minutes.
    SignIn "sign_in",
    /// A new staff account. Holes: link.
    Welcome "welcome",
    /// Prove the address of a registration. Holes: event, when, link.
    Confirm "confirm",
    /// The registration is here and waits. Holes: event, when.
    Pending "pending",
    /// Accredited. Holes: event, when, link, and check, where a connection is tried.
    Approved "approved",
    /// Not accredited. Holes: event, when, reason.
    Refused "refused",
    /// The event will not take place. Holes: event, when, reason.
    Cancelled "cancelled",
    /// A question that was taken, answered in writing. Holes: event, question, answer, speaker.
    Answered "answered",
    /// A question that was taken, closed without an answer. Holes: event, question, reason.
    Unanswered "unanswered",
}

impl Template {
    /// Subject and body. A value never becomes a hole, so a name like `{link}` stays a name.
    pub fn fill(self, language: &str, values: &[(&str, &str)]) -> (String, String) {
        let (subject, body) = self.text(language).split_once('\n').unwrap_or_default();
        // A subject is one line, whatever a name holds.
        let subject = fill(subject, values).replace(['\r', '\n'], " ");
        (subject, fill(body.trim_start(), values))
    }
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let hole = after.split_once('}').and_then(|(name, after)| {
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value, after))
        });
        match hole {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}
