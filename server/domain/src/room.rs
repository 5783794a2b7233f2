//! One event's room. `apply` decides (pure), the facts it returns are journalled, `evolve` folds them: a killed server
//! replays the journal and stands where it stood. The room also holds the event's questions, before, during and after.

pub mod command;
pub mod fact;
pub mod view;
