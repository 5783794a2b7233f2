"""GStreamer's webrtcbin: libnice for ICE, OpenSSL for DTLS, libsrtp. Runs on the system's Python, where its bindings are."""

import array
import sys
import threading

import common
import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstApp, GstSdp, GstWebRTC  # noqa: E402, F401

Gst.init(None)
task = common.task()
loop = GLib.MainLoop()
encoding = {"vp8": "VP8", "h264": "H264"}[task["codec"]]
seen = {"frames": 0, "width": 0, "height": 0}
heard = array.array("h")
left = {"location": None}


def sending():
    encoder = {
        "vp8": "vp8enc deadline=1 target-bitrate=600000 keyframe-max-dist=60 ! rtpvp8pay picture-id-mode=2",
        "h264": "x264enc tune=zerolatency bitrate=600 key-int-max=60 ! video/x-h264,profile=constrained-baseline"
        " ! rtph264pay config-interval=-1 aggregate-mode=zero-latency",
    }[task["codec"]]
    return Gst.parse_launch(
        "webrtcbin name=w bundle-policy=max-bundle"
        " videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1 ! queue"
        f" ! {encoder} ! application/x-rtp,media=video,encoding-name={encoding},payload=96 ! w."
        f" audiotestsrc is-live=true wave=sine freq={task['tone']} volume=0.3 ! audioconvert ! opusenc ! rtpopuspay"
        " ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! w."
    )


def receiving():
    pipeline = Gst.Pipeline()
    w = Gst.ElementFactory.make("webrtcbin", "w")
    w.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
    pipeline.add(w)
    video = f"application/x-rtp,media=video,encoding-name={encoding},payload=96,clock-rate=90000"
    if encoding == "H264":
        video += ",packetization-mode=(string)1,profile-level-id=(string)42e01f"
    audio = "application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000,encoding-params=(string)2"
    for caps in (audio, video):
        w.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.Caps.from_string(caps))
    w.connect("pad-added", lambda _, pad: play(pipeline, pad))
    return pipeline


def play(pipeline, pad):
    name = pad.get_current_caps().get_structure(0).get_string("encoding-name")
    decode = {
        "VP8": "rtpvp8depay ! vp8dec ! appsink name=out",
        "H264": "rtph264depay ! avdec_h264 ! appsink name=out",
        "OPUS": "rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=S16LE,channels=1,rate=48000 ! appsink name=out",
    }[name]
    part = Gst.parse_bin_from_description("queue ! " + decode, True)
    out = part.get_by_name("out")
    for name_, value in (("emit-signals", True), ("sync", False), ("async", False)):
        out.set_property(name_, value)
    out.connect("new-sample", sample, name)
    pipeline.add(part)
    part.sync_state_with_parent()
    pad.link(part.get_static_pad("sink"))


def sample(out, name):
    taken = out.emit("pull-sample")
    if name == "OPUS":
        heard.frombytes(taken.get_buffer().extract_dup(0, taken.get_buffer().get_size()))
        del heard[:-48000]
    else:
        caps = taken.get_caps().get_structure(0)
        seen.update(frames=seen["frames"] + 1, width=caps["width"], height=caps["height"])
    if seen["frames"] >= common.PICTURES and len(heard) >= 48000 and common.frequency(heard, 48000) > 0:
        GLib.idle_add(loop.quit)
    return Gst.FlowReturn.OK


def gathered(w, _=None):
    if w.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE or left["location"]:
        return
    answer, left["location"] = common.offer(task, w.get_property("local-description").sdp.as_text())
    _, message = GstSdp.SDPMessage.new()
    GstSdp.sdp_message_parse_buffer(answer.encode(), message)
    described = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
    w.emit("set-remote-description", described, Gst.Promise.new())
    if task["mode"] == "publish":
        common.say(live=True, location=left["location"])


def offer(*_):
    def created(promise, _user=None):
        promise.wait()
        # The binding does not hold the reply for its fields.
        reply = promise.get_reply()
        w.emit("set-local-description", reply["offer"], Gst.Promise.new())

    w.emit("create-offer", None, Gst.Promise.new_with_change_func(created, None))
    return False


def until_input_ends():
    sys.stdin.read()
    GLib.idle_add(loop.quit)


pipeline = sending() if task["mode"] == "publish" else receiving()
w = pipeline.get_by_name("w")
w.connect("notify::ice-gathering-state", lambda w, _: GLib.idle_add(gathered, w))
if task["mode"] == "publish":
    w.connect("on-negotiation-needed", offer)
    threading.Thread(target=until_input_ends, daemon=True).start()
else:
    GLib.timeout_add(300, offer)
    GLib.timeout_add_seconds(task["seconds"], loop.quit)
pipeline.set_state(Gst.State.PLAYING)
loop.run()
if task["mode"] == "view":
    state = w.get_property("connection-state").value_nick
    common.say(**seen, tone=common.frequency(heard, 48000), state=state, location=left["location"])
pipeline.set_state(Gst.State.NULL)
