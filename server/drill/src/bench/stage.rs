//! A room that is live, for the measurements: everybody holds a minted grant.

use super::{
    Server,
    crowd::{Crowd, Pictures, Programme, Slots},
};
use crate::{
    assets,
    client::House,
    ivf::Clip,
    people::{Attendee, Chair, Journalist, Spokesperson},
};
use anyhow::Context;
use futures::{StreamExt, stream};
use rostrum_domain::person::Role;
use std::{net::SocketAddr, sync::Arc};

/// Viewers that knock at the same time.
const AT_THE_DOOR: usize = 8;

/// A camera of 1.5 Mbit/s and a microphone: 150 packets of 1,250 bytes at a viewer and 50 of sound.
pub(super) fn briefing() -> anyhow::Result<Programme> {
    Ok(Programme {
        pictures: Some(Pictures {
            frames_per_second: 30,
            packets_per_frame: 5,
            // With header, transport number and seal 1,250.
            payload: 1_214,
        }),
        ..speech(30)?
    })
}

/// A small picture as thirty of them fit on a screen.
pub(super) fn tile() -> anyhow::Result<Programme> {
    Ok(Programme {
        pictures: Some(Pictures {
            frames_per_second: 25,
            packets_per_frame: 2,
            payload: 814,
        }),
        ..speech(60)?
    })
}

/// Sound only, so loud.
pub(super) fn speech(level: u8) -> anyhow::Result<Programme> {
    let voice = assets::statements()?.into_iter().next().context("a voice")?;
    Ok(Programme {
        pictures: None,
        voice: Arc::new(voice),
        level,
    })
}

/// Those on stage, whose media comes from the crowd. They leave when it is dropped.
pub(super) struct Cast {
    chair: Chair,
    speakers: Vec<Spokesperson>,
}

impl Cast {
    /// Doors open, everybody publishes backstage.
    pub async fn ready(server: &Server, crowd: &Crowd, programmes: Vec<Programme>) -> anyhow::Result<Self> {
        let chair = server.chair().await?;
        let mut speakers = Vec::new();
        for programme in programmes {
            let house = server.somebody(Role::Spokesperson);
            let attendee = Attendee::enter(&house, server.event).await?;
            let grant = house.grant(server.event).await?;
            crowd.publish(&house, &grant, programme).await?;
            speakers.push(Spokesperson(attendee));
        }
        Ok(Self { chair, speakers })
    }

    pub async fn live(server: &Server, crowd: &Crowd, programmes: Vec<Programme>) -> anyhow::Result<Self> {
        let cast = Self::ready(server, crowd, programmes).await?;
        cast.go_live().await?;
        Ok(cast)
    }

    pub async fn go_live(&self) -> anyhow::Result<()> {
        self.chair.go_live().await?;
        for speaker in &self.speakers {
            speaker.wait_on_stage().await?;
        }
        Ok(())
    }
}

impl Crowd {
    /// Lets viewers in, a few at a time; gives the addresses they were told.
    pub async fn gather(
        &self,
        server: &Server,
        viewers: usize,
        slots: Slots,
        role: Role,
    ) -> anyhow::Result<Vec<SocketAddr>> {
        let joins = stream::iter(0..viewers).map(|number| async move {
            let grant = (server.mint)(server.event, role);
            let joined = self.watch(&server.house, &grant, slots).await;
            joined.with_context(|| format!("viewer {number} comes in"))
        });
        let mut joins = joins.buffer_unordered(AT_THE_DOOR);
        let mut addresses = Vec::with_capacity(viewers);
        while let Some(address) = joins.next().await {
            addresses.push(address?);
        }
        Ok(addresses)
    }
}

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
