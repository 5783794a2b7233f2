"""PyAV: FFmpeg's own WHIP muxer (H.264 and Opus), as `ffmpeg -f whip` and OBS-like encoders speak it. Publishes only."""

import fractions
import select
import sys
import time

import av
import common
import numpy as np

task = common.task()
output = av.open(task["url"], "w", format="whip", options={"authorization": task["token"]})
x264 = {"profile": "baseline", "preset": "veryfast", "tune": "zerolatency", "bf": "0", "g": "30"}
video = output.add_stream("libx264", rate=30, options=x264)
video.width, video.height, video.pix_fmt, video.bit_rate = 320, 240, "yuv420p", 500_000
audio = output.add_stream("libopus", rate=48000, layout="stereo")

begun, pictures, sounds = time.time(), 0, 0
while not select.select([sys.stdin], [], [], 0)[0]:
    pixels = np.full((240, 320, 3), pictures * 5 % 255, np.uint8)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
    frame.pts, frame.time_base = pictures, fractions.Fraction(1, 30)
    for packet in video.encode(frame):
        output.mux(packet)
    while sounds * 960 / 48000 <= pictures / 30:
        t = np.arange(sounds * 960, sounds * 960 + 960)
        wave = (np.sin(2 * np.pi * task["tone"] * t / 48000) * 9000).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(np.repeat(wave, 2).reshape(1, -1), format="s16", layout="stereo")
        sound.sample_rate, sound.pts, sound.time_base = 48000, sounds * 960, fractions.Fraction(1, 48000)
        for packet in audio.encode(sound):
            output.mux(packet)
        sounds += 1
    if pictures == 0:
        common.say(live=True, location=None)
    pictures += 1
    time.sleep(max(0, begun + pictures / 30 - time.time()))
try:
    output.close()
except av.FFmpegError as error:
    # Its DELETE races with the end of the transport.
    print(error, file=sys.stderr)
