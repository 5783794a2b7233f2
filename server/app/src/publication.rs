//! From the desk to the public: gathers what an edition is made from, freezes and signs it, and makes the programme file
//! that belongs to it. The rules are in `rostrum_domain::publication`; here they meet the database, the keys and the disk.

pub mod bundle;
mod gather;
pub mod index;
pub mod programme;
mod release;
pub mod sign;
pub mod typeset;
pub mod written;

pub use gather::{Gathered, gather};
pub use release::{ReleaseError, give_back, release, submission, submit};

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
