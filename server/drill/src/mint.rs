//! Grants without registrations: a load run signs them with the installation's own key, which only its operator has. The
//! shell knows how; here they are only asked for.

use crate::client::Grant;
use rostrum_domain::{id::EventId, person::Role};
use std::{path::Path, sync::Arc};

/// Makes a grant for a person that has never been seen before.
pub type Mint = Arc<dyn Fn(EventId, Role) -> Grant + Send + Sync>;

/// Opens the key in an installation's data folder.
pub type OpenMint = fn(&Path) -> anyhow::Result<Mint>;
