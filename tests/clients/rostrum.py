"""The real binary on free ports with a briefing that is live, made through its public doors only: the HTTP interface and
the signalling socket. Whatever a client here gets, anybody with these rights gets."""

import http.cookiejar
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "a quiet river in the morning"
# Only a hang is longer.
PATIENCE = 30


class Visitor:
    """One browser without a screen: a cookie jar and the REST interface."""

    def __init__(self, url):
        self.url = url
        jar = http.cookiejar.CookieJar(
            http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"), strict_ns_domain=0)
        )
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
        )

    def call(self, method, path, body=None, version=None):
        headers = {"Content-Type": "application/json", "Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        data = None if method in ("GET", "DELETE") else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.url + "/api/v1" + path, data, headers, method=method)
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from error
        return json.loads(text) if text else None

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None, version=None):
        return self.call("POST", path, body, version)


class Seat:
    """Somebody in the room: keeps the signalling socket open and the newest of each section."""

    def __init__(self, visitor, event):
        self.visitor, self.event = visitor, event
        self.sections, self.me, self.quality, self.news = {}, None, None, threading.Condition()
        grant = self.grant()
        self.socket = connect(visitor.url.replace("http", "ws", 1) + grant["signal_url"], proxy=None)
        self.socket.send(json.dumps({"type": "hello", "grant": grant["signal_grant"], "resume": None}))
        threading.Thread(target=self._read, daemon=True).start()
        self.until(lambda: self.me is not None)
        if not self.me["rules_accepted"]:
            self.give(do="accept_rules", version=self.sections["room"]["rules"]["version"])

    def grant(self):
        return self.visitor.post(f"/events/{self.event}/grant")

    def give(self, **command):
        self.socket.send(json.dumps({"type": "command", "id": str(uuid.uuid4()), "command": command}))

    def until(self, true):
        with self.news:
            if not self.news.wait_for(true, PATIENCE):
                raise RuntimeError(f"still {json.dumps(self.sections)[:2000]}")

    def _read(self):
        while True:
            try:
                message = json.loads(self.socket.recv())
            except ConnectionClosed:
                return
            with self.news:
                if "me" in message:
                    self.me = message["me"]
                self.quality = message.get("quality", self.quality)
                for section in message.get("sections", []):
                    self.sections[section["section"]] = section
                self.news.notify_all()


class Server:
    """`rostrum serve`, killed at the end. `announce`: the addresses it offers for media."""

    def __init__(self, announce, media_port=None):
        self.data = tempfile.TemporaryDirectory(prefix="rostrum-clients-")
        binary = os.environ.get("ROSTRUM_BIN", str(ROOT / "target/debug/rostrum"))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.media_port = media_port or free_port()
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        env |= {
            "ROSTRUM_LISTEN": f"0.0.0.0:{port}",
            "ROSTRUM_PUBLIC_URL": self.url,
            "ROSTRUM_DATA_DIR": self.data.name,
            "ROSTRUM_MEDIA__PORT": str(self.media_port),
            "ROSTRUM_MEDIA__ANNOUNCE": json.dumps(announce),
            "ROSTRUM_SPEECH__MODELS": self.data.name,
        }
        for limit in ("SIGN_IN", "LINK", "REGISTRATION", "JOIN", "QUESTION"):
            env[f"ROSTRUM_LIMITS__{limit}"] = "10000"
        self.lines, listening = [], threading.Event()
        self.child = subprocess.Popen(
            [binary, "serve"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

        def read():
            for line in self.child.stdout:
                self.lines.append(line.rstrip())
                if os.environ.get("ROSTRUM_SHOW_LOG"):
                    print(line.rstrip(), flush=True)
                if "listening on http" in line:
                    listening.set()
            listening.set()

        threading.Thread(target=read, daemon=True).start()
        listening.wait(PATIENCE)
        if self.child.poll() is not None or not listening.is_set():
            raise RuntimeError("the server did not start:\n" + "\n".join(self.lines[-20:]))

    def printed(self, pattern):
        return next(found[1] for line in self.lines if (found := re.search(pattern, line)))

    def stop(self):
        self.child.kill()
        self.child.wait()
        self.data.cleanup()


class Briefing:
    """Live, the spokesperson on stage, `viewers` accredited journalists."""

    def __init__(self, server, viewers):
        self.server = server
        admin = Visitor(server.url)
        token = server.printed(r"/app/setup\?token=(\S+)")
        admin.post("/setup", {"token": token, "name": "Hoa Lê", "email": "hoa@press.example", "password": PASSWORD})
        rules = {"version": 1, "text": {"en": "On the record."}, "follow_ups": 1, "exchange_seconds": 120}
        series = admin.post("/series", {
            "slug": "clients", "name": {"en": "Clients"}, "languages": ["en"], "zone": "UTC", "cadence": "",
            "numbering": "per_year", "asker_policy": "name_and_outlet", "rules": rules, "caption_language": "en",
            "retention_days": None,
        })
        now, minute = int(time.time()) * 1_000_000, 60_000_000
        draft = admin.post("/events", {
            "series": series["id"], "title": {"en": "A briefing for every client"}, "description": {},
            "starts_at": now + 30 * minute, "ends_at": now + 90 * minute,
            "registration_closes_at": now + 25 * minute, "questions_close_at": now + 90 * minute, "zone": "UTC",
            "languages": ["en"], "caption_language": "en", "rules": rules, "attendance": "online",
        })
        self.event = draft["id"]
        self.chair = self._hire(admin, "An Vũ", "an@press.example", "chair")
        self.spokesperson = self._hire(admin, "Linh Phạm", "linh@press.example", "spokesperson")
        admin.post(f"/events/{self.event}/announce", {}, draft["version"])
        self.journalists = [self._accredit(admin, number) for number in range(viewers)]

        self.at_chair = Seat(self.chair, self.event)
        self.at_chair.until(lambda: "room" in self.at_chair.sections)
        self.at_chair.give(do="go_live")
        self.at_chair.until(lambda: self.at_chair.sections["room"]["phase"] == "live")
        self.on_stage = Seat(self.spokesperson, self.event)
        self.at_chair.give(do="move", seat=self.on_stage.me["seat"], to="stage")
        self.at_chair.until(
            lambda: any(s["seat"] == self.on_stage.me["seat"] for s in self.at_chair.sections["stage"]["seats"])
        )
        self.gallery = [Seat(journalist, self.event) for journalist in self.journalists]

    def _hire(self, admin, name, email, role):
        person = admin.post("/staff", {"name": name, "email": email, "password": PASSWORD, "language": "en", "roles": []})
        admin.post(f"/events/{self.event}/team", {"person": person["id"], "role": role, "office": "Press"})
        visitor = Visitor(self.server.url)
        visitor.post("/session", {"email": email, "password": PASSWORD})
        return visitor

    def _accredit(self, admin, number):
        email, visitor = f"journalist-{number}@press.example", Visitor(self.server.url)
        visitor.post(f"/events/{self.event}/registrations", {
            "name": f"Journalist {number}", "email": email, "outlet": "Le Jour", "outlet_country": "FR",
            "language": "en", "press_card": "P-1", "message": None, "privacy_accepted": True,
        })
        visitor.post("/registrations/confirm", {"token": self._token(admin, email, "confirm")})
        pending = admin.get(f"/events/{self.event}/registrations?state=pending")["items"]
        asked = next(item for item in pending if item["email"] == email)
        admin.post(f"/registrations/{asked['id']}/decision", {"decision": "approve"}, asked["version"])
        visitor.post("/join", {"token": self._token(admin, email, "join")})
        return visitor

    @staticmethod
    def _token(admin, email, kind):
        mails = [mail for mail in admin.get("/outbox?limit=100")["items"] if mail["to"] == email]
        links = [found[1] for mail in mails if (found := re.search(rf"/app/{kind}\?token=(\S+)", mail["text"]))]
        return links[0]


def free_port():
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(("127.0.0.1", tcp.getsockname()[1]))
            except OSError:
                continue
            return tcp.getsockname()[1]
