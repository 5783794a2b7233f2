"""aiortc: ICE, DTLS, SRTP and RTP written in Python, codecs of FFmpeg."""

import asyncio
import fractions
import sys
import time

import av
import common
import numpy as np
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack


class Tone(AudioStreamTrack):
    def __init__(self, hertz):
        super().__init__()
        self.hertz, self.at, self.begun = hertz, 0, None

    async def recv(self):
        self.begun = self.begun or time.time()
        await asyncio.sleep(max(0, self.begun + self.at / 48000 - time.time()))
        t = np.arange(self.at, self.at + 960)
        wave = (np.sin(2 * np.pi * self.hertz * t / 48000) * 9000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, self.at, fractions.Fraction(1, 48000)
        self.at += 960
        return frame


class Picture(VideoStreamTrack):
    number = 0

    async def recv(self):
        pts, base = await self.next_timestamp()
        self.number += 1
        pixels = np.full((240, 320, 3), self.number * 5 % 255, np.uint8)
        pixels[:, self.number * 4 % 300 :][:, :20] = 255
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = pts, base
        return frame


async def connect(pc, task):
    await pc.setLocalDescription(await pc.createOffer())
    answer, location = await asyncio.to_thread(common.offer, task, pc.localDescription.sdp)
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return location


async def publish(task):
    pc = RTCPeerConnection()
    pc.addTransceiver(Tone(task["tone"]), direction="sendonly")
    video = pc.addTransceiver(Picture(), direction="sendonly")
    wanted = ("video/" + task["codec"]).lower()
    offered = RTCRtpSender.getCapabilities("video").codecs
    video.setCodecPreferences([codec for codec in offered if codec.mimeType.lower() in (wanted, "video/rtx")])
    location = await connect(pc, task)
    common.say(live=True, location=location)
    await asyncio.to_thread(sys.stdin.read)
    await pc.close()


async def view(task):
    pc = RTCPeerConnection()
    seen = {"frames": 0, "width": 0, "height": 0}
    heard, done = [], asyncio.Event()

    @pc.on("track")
    def on_track(track):
        async def pump():
            resampler = av.AudioResampler(format="s16", layout="mono", rate=48000)
            try:
                while True:
                    frame = await track.recv()
                    if track.kind == "video":
                        seen.update(frames=seen["frames"] + 1, width=frame.width, height=frame.height)
                    else:
                        for part in resampler.resample(frame):
                            heard.extend(part.to_ndarray()[0].tolist())
                        del heard[:-48000]
                    content = seen["frames"] >= common.PICTURES and common.frequency(heard, 48000) > 0
                    if content and len(heard) >= 48000 * common.SECONDS_HEARD:
                        done.set()
            except MediaStreamError:
                pass

        asyncio.ensure_future(pump())

    pc.addTransceiver("audio", direction="recvonly")
    pc.addTransceiver("video", direction="recvonly")
    location = await connect(pc, task)
    try:
        await asyncio.wait_for(done.wait(), task["seconds"])
    except asyncio.TimeoutError:
        pass
    common.say(**seen, tone=common.frequency(heard, 48000), state=pc.connectionState, location=location)
    await pc.close()


task = common.task()
asyncio.run(publish(task) if task["mode"] == "publish" else view(task))
