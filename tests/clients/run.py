#!/usr/bin/env python3
"""Clients nobody here wrote, against the real binary: each publishes in each codec it has, and all that are installed watch
at the same time. Passed: every viewer decodes moving pictures of the right size and hears the tone that was played.

    run.py                    all pairs of the clients that are here
    run.py aiortc ffmpeg      only these publish and view
    run.py --need aiortc ...  and fail when one of them is not here
"""

import json
import os
import socket
import sys
import time
import urllib.request

import install

install.into_venv()

import rostrum  # noqa: E402  its socket library is in the environment
from peer import SECONDS, Peer  # noqa: E402

# What Firefox's fake microphone plays.
TONE = 1000

def main():
    need = "--need" in sys.argv
    asked = [word for word in sys.argv[1:] if not word.startswith("--")]
    clients = [client for client in install.clients() if not asked or client.name in asked]
    for client in clients:
        if client.absent:
            print(f"{client.name}: not here: {client.absent}", flush=True)
    here = [client for client in clients if not client.absent]
    if not here or need and len(here) < len(clients):
        sys.exit("a client that is needed is not here")
    server = rostrum.Server(addresses())
    try:
        viewers = [client for client in here if client.views]
        briefing = rostrum.Briefing(server, len(viewers))
        begun = time.time()
        failed = [
            failure
            for client in here
            for codec in client.publishes
            for failure in session(briefing, client, codec, viewers)
        ]
        failed += wall(briefing)
        print(f"{len(failed)} failed, {time.time() - begun:.0f} s", flush=True)
        if failed:
            if os.environ.get("ROSTRUM_SHOW_LOG") is None:
                print("\n".join(server.lines[-30:]))
            sys.exit("\n".join(failed))
    finally:
        server.stop()


def session(briefing, client, codec, viewers):
    """One client publishes in one codec; everybody who can decode it watches."""
    grant, url = briefing.on_stage.grant(), briefing.server.url
    publisher = Peer(client, mode="publish", url=url + grant["whip_url"], token=grant["whip_grant"], codec=codec, tone=TONE)
    name = f"{client.name} {codec}"
    live = publisher.hear()
    if not live.get("live"):
        publisher.stop()
        return [report(name, "publishes", live)]
    try:
        briefing.at_chair.until(lambda: sources(briefing))
    except RuntimeError:
        publisher.stop()
        return [report(name, "publishes", {"error": "no source opened\n" + "".join(publisher.errors[-6:])})]
    watching = []
    for seat, viewer in zip(briefing.gallery, viewers):
        if codec in viewer.views:
            grant = seat.grant()
            task = {"url": url + grant["whep_url"], "token": grant["whep_grant"], "codec": codec, "seconds": SECONDS}
            watching.append((seat, Peer(viewer, mode="view", **task)))
    failed = []
    for seat, viewer in watching:
        seen = viewer.hear()
        viewer.stop()
        leave(url, seen, seat.grant()["whep_grant"])
        line = report(name, viewer.client.name, seen)
        if not passed(seen):
            failed.append(line)
    publisher.stop()
    leave(url, live, briefing.on_stage.grant()["whip_grant"])
    briefing.at_chair.until(lambda: not sources(briefing))
    return failed


def wall(briefing):
    """The chair saw how each of them did; nobody of the press ever did."""
    failed = []
    rows = (briefing.at_chair.quality or {}).get("rows", [])
    if not any(row["direction"] == "down" and row["health"]["rtt_ms"] is not None for row in rows):
        failed.append(f"FAIL the quality wall knows no round trip: {json.dumps(rows, ensure_ascii=False)}")
    if any(seat.quality is not None for seat in briefing.gallery):
        failed.append("FAIL a journalist was sent the quality wall")
    for line in failed:
        print(line, flush=True)
    return failed


def sources(briefing):
    seats = briefing.at_chair.sections["stage"]["seats"]
    return any(seat["sources"] for seat in seats)


def passed(seen):
    return (
        seen.get("frames", 0) >= 20
        and seen.get("width", 0) >= 80
        and seen["width"] * 3 == seen["height"] * 4
        and (abs(seen["tone"] - TONE) < 10 if seen["tone"] is not None else seen["energy"] > 0.001)
    )


def report(publisher, viewer, seen):
    line = f"{'ok  ' if passed(seen) else 'FAIL'} {publisher} → {viewer}: {json.dumps(seen, ensure_ascii=False)}"
    print(line, flush=True)
    return line


def leave(url, said, token):
    """A client that went without a word leaves its resource to us."""
    if location := said.get("location"):
        request = urllib.request.Request(url + location, headers={"Authorization": "Bearer " + token}, method="DELETE")
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()
        except urllib.error.HTTPError:
            pass


def addresses():
    """What the server offers: libnice does not pair with a server that has nothing but the loopback address."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the routing table is asked.
            probe.connect(("192.0.2.1", 9))
            own = probe.getsockname()[0]
        except OSError:
            own = "127.0.0.1"
    return list(dict.fromkeys([own, "127.0.0.1"]))


main()
