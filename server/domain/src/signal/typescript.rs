//! The TypeScript of the signalling messages, in one text, from the Rust types: what the web may say and will hear.
//! Refuses to be edited by hand: a test compares the web's copy with this.

use crate::signal::{ClientMessage, MAX_CLIENT_MESSAGE, PROTOCOL, ServerMessage};
use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
};
use ts_rs::{Config, TS, TypeVisitor};

/// Where the web keeps it, from the repository's root.
pub const PATH: &str = "web/src/lib/signal/messages.gen.ts";

/// Every type reachable from the two messages, in alphabetical order.
pub fn typescript() -> String {
    let mut collected = Collected {
        config: Config::new(),
        seen: BTreeSet::new(),
        declarations: BTreeMap::new(),
    };
    collected.visit::<ClientMessage>();
    collected.visit::<ServerMessage>();
    let mut text = format!(
        "// Generated from server/domain/src/signal.rs by `cargo run -p rostrum-domain --example signal_typescript`.\n\
         // Do not edit.\n\n\
         export const PROTOCOL = {PROTOCOL};\n\
         export const MAX_CLIENT_MESSAGE = {MAX_CLIENT_MESSAGE};\n"
    );
    for declaration in collected.declarations.values() {
        text.push('\n');
        for line in declaration.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

struct Collected {
    config: Config,
    seen: BTreeSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collected {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only types of this crate have a file of their own; the others are written out where they are used.
        if T::output_path().is_some() {
            let comment = T::docs().unwrap_or_default();
            let declaration = format!("{comment}export {}", T::decl(&self.config));
            self.declarations.insert(T::ident(&self.config), declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

#[cfg(test)]
mod tests;
