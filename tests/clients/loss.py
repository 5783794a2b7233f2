#!/usr/bin/env python3
"""A real Chromium watches through a network that loses and delays packets, both ways: how long the picture stands still
and how much of the sound is made up. The network is a relay of our own, so that it needs neither root nor `tc netem`."""

import asyncio
import json
import random
import sys
import threading

import install

install.into_venv()

import rostrum  # noqa: E402  its socket library is in the environment
from peer import Peer  # noqa: E402

WATCHED = 30
DELAY = 0.02
# Loss; the most of the time that a picture may stand still longer than without any; the most of the sound that may be
# made up. Measured against no loss because a busy machine freezes pictures by itself.
NETWORKS = [(0.0, None, 0.05), (0.05, 0.02, 0.07), (0.10, None, 0.12)]


class Relay(asyncio.DatagramProtocol):
    """Between the viewers and the server's media port. What it loses is drawn from a seed."""

    def __init__(self, media_port):
        self.media, self.loss, self.legs, self.dice = ("127.0.0.1", media_port), 0.0, {}, random.Random(7)
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        opened = self.loop.create_datagram_endpoint(lambda: self, local_addr=("0.0.0.0", 0))
        self.near, _ = asyncio.run_coroutine_threadsafe(opened, self.loop).result(10)
        self.port = self.near.get_extra_info("sockname")[1]

    def datagram_received(self, data, viewer):
        self.loop.create_task(self.outward(data, viewer))

    async def outward(self, data, viewer):
        if viewer not in self.legs:
            leg = self.legs[viewer] = self.loop.create_future()
            far = await self.loop.create_datagram_endpoint(lambda: Leg(self, viewer), local_addr=("127.0.0.1", 0))
            leg.set_result(far[0])
        far = await self.legs[viewer]
        self.late(far, data, self.media)

    def late(self, transport, data, to):
        if self.dice.random() >= self.loss:
            self.loop.call_later(DELAY, transport.sendto, data, to)


class Leg(asyncio.DatagramProtocol):
    def __init__(self, relay, viewer):
        self.relay, self.viewer = relay, viewer

    def datagram_received(self, data, _):
        self.relay.late(self.relay.near, data, self.viewer)


def main():
    chromium = next(client for client in install.clients() if client.name == "chromium")
    if chromium.absent:
        sys.exit(f"chromium: not here: {chromium.absent}")
    server = rostrum.Server(["127.0.0.1"])
    try:
        briefing, relay = rostrum.Briefing(server, 1), Relay(server.media_port)
        grant = briefing.on_stage.grant()
        task = {"url": server.url + grant["whip_url"], "token": grant["whip_grant"], "codec": "vp8", "tone": 1000}
        publisher = Peer(chromium, mode="publish", **task)
        if not (live := publisher.hear()).get("live"):
            sys.exit(f"FAIL {live}")
        failed, calm = 0, 0.0
        for loss, still, made_up in NETWORKS:
            seen = watch(briefing, chromium, relay, loss)
            frozen = seen.get("frozen", 1.0)
            calm = calm if loss else frozen
            good = seen.get("frames", 0) > 5 * WATCHED and seen["concealed"] <= made_up
            good = good and (still is None or frozen - calm <= still)
            failed += not good
            network = f"{loss:.0%} lost and {DELAY * 1000:.0f} ms each way, {WATCHED} s"
            print(f"{'ok  ' if good else 'FAIL'} {network}: {json.dumps(seen)}", flush=True)
        publisher.stop()
        if failed:
            sys.exit("a viewer saw or heard too little")
    finally:
        server.stop()


def watch(briefing, chromium, relay, loss):
    relay.loss = loss
    grant, via = briefing.gallery[0].grant(), {"from": relay.media[1], "to": relay.port}
    url = briefing.server.url + grant["whep_url"]
    viewer = Peer(chromium, mode="measure", url=url, token=grant["whep_grant"], seconds=WATCHED, via=via)
    seen = viewer.hear()
    viewer.stop()
    return seen



main()
