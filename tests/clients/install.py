"""Which clients this machine can have, and how each is started. Python packages go to a virtual environment and Node
packages to a folder, both under `target/clients`; Debian packages are only looked for, and named when they are missing."""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HOME = ROOT / "target/clients"
VENV = HOME / "venv"
NODE = HOME / "node"
GSTREAMER = (
    "gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly"
    " gstreamer1.0-nice gstreamer1.0-libav python3-gst-1.0 gir1.2-gst-plugins-bad-1.0"
)


@dataclasses.dataclass(frozen=True)
class Client:
    """One implementation: its command, what it can be asked, and why it is not here, when it is not."""

    name: str
    command: tuple
    publishes: tuple = ()
    views: tuple = ()
    more: tuple = ()
    absent: str | None = None

    def task(self):
        return dict(self.more)


def into_venv():
    """Makes the environment once and runs this program in it."""
    python = VENV / "bin/python"
    if pathlib.Path(sys.prefix) != VENV:
        wanted = (HERE / "requirements.txt").read_text()
        stamp = VENV / "installed"
        if not stamp.exists() or stamp.read_text() != wanted:
            print("installing the Python clients into", VENV, flush=True)
            subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
            quiet = ["-q", "--disable-pip-version-check", "-r", str(HERE / "requirements.txt")]
            subprocess.run([str(python), "-m", "pip", "install", *quiet], check=True)
            stamp.write_text(wanted)
        os.execv(python, [str(python), *sys.argv])


def clients():
    node, both = node_modules(), ("vp8", "h264")
    python = (str(VENV / "bin/python"),)
    modules = ("modules", str(NODE))
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    firefox = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    playwright = ROOT / "tests/e2e"
    browser = ("node", peer("browser_peer.mjs"))
    return [
        Client("aiortc", python + (peer("aiortc_peer.py"),), both, both),
        Client("ffmpeg", python + (peer("pyav_peer.py"),), ("h264",)),
        Client(
            "gstreamer", ("/usr/bin/python3", peer("webrtcbin_peer.py")), both, both, absent=gstreamer()
        ),
        # This packing of it has no H.264.
        Client("libwebrtc", ("node", peer("wrtc_peer.mjs")), ("vp8",), ("vp8",), (modules,), absent=node),
        Client(
            "chromium", browser, both, both,
            (("browser", "chromium"), ("executable", chromium), ("modules", str(playwright))),
            absent=None if chromium and (playwright / "node_modules").exists() else "apt chromium, npm ci in tests/e2e",
        ),
        # Debian's build has no H.264: its OpenH264 is a download that tests do without.
        Client(
            "firefox", browser, ("vp8",), ("vp8",), (("browser", "firefox"), ("executable", firefox), modules),
            absent=node or (None if firefox else "apt firefox-esr"),
        ),
    ]


def peer(name):
    return str(HERE / "peers" / name)


def gstreamer():
    look = "import gi; gi.require_version('GstWebRTC', '1.0'); from gi.repository import Gst, GstWebRTC; Gst.init(None);" \
        " import sys; sys.exit(not all(map(Gst.ElementFactory.find, 'webrtcbin nicesrc vp8enc x264enc avdec_h264'.split())))"
    try:
        found = subprocess.run(["/usr/bin/python3", "-c", look], capture_output=True, timeout=60).returncode == 0
    except OSError:
        found = False
    return None if found else "apt " + GSTREAMER


def node_modules():
    """Installed by name into the folder of this suite; the reason when that is not possible."""
    wanted, stamp = (HERE / "package.json").read_text(), NODE / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return None
    if not shutil.which("npm"):
        return "Node.js and npm"
    NODE.mkdir(parents=True, exist_ok=True)
    (NODE / "package.json").write_text(wanted)
    print("installing the Node clients into", NODE, flush=True)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=NODE, capture_output=True, text=True)
    if done.returncode:
        return "npm: " + done.stderr.strip()[-200:]
    stamp.write_text(wanted)
    return None
