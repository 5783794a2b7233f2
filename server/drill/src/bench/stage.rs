//! A room that is live, for the measurements: everybody holds a minted grant.

use super::Server;
use crate::{
    client::House,
    ivf::Clip,
    people::{Attendee, Chair, Journalist, Spokesperson},
};
use rostrum_domain::person::Role;
use std::sync::Arc;

impl Server {
    /// A browser of somebody new, in this role.
    pub fn somebody(&self, role: Role) -> House {
        self.house.holding((self.mint)(self.event, role))
    }

    pub async fn viewer(&self) -> anyhow::Result<Attendee> {
        Attendee::enter(&self.somebody(Role::Observer), self.event).await
    }

    pub async fn journalist(&self) -> anyhow::Result<Journalist> {
        Journalist::enter(&self.somebody(Role::Journalist), self.event).await
    }

    /// Doors open, no picture, nobody on stage.
    pub async fn chair(&self) -> anyhow::Result<Chair> {
        let chair = Chair::enter(&self.somebody(Role::Chair), self.event).await?;
        chair.open_doors().await?;
        Ok(chair)
    }

    /// Live, with a spokesperson who shows `picture`.
    pub async fn live(&self, picture: Option<Arc<Clip>>) -> anyhow::Result<(Chair, Spokesperson)> {
        let chair = self.chair().await?;
        let spokesperson = Spokesperson::enter(&self.somebody(Role::Spokesperson), self.event, picture).await?;
        chair.go_live().await?;
        spokesperson.wait_on_stage().await?;
        Ok((chair, spokesperson))
    }
}
