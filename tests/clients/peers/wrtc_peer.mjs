// libwebrtc itself, as npm's @roamhq/wrtc packs it: the stack of Chromium without the browser.
import { createRequire } from 'node:module';
import { frequency, inputEnds, offer, PICTURES, say, task } from './common.mjs';

const wrtc = createRequire(`${task.modules}/`)('@roamhq/wrtc');
const { RTCVideoSource, RTCAudioSource, RTCVideoSink, RTCAudioSink } = wrtc.nonstandard;
const pc = new wrtc.RTCPeerConnection();

async function connect() {
  await pc.setLocalDescription(await pc.createOffer());
  if (pc.iceGatheringState !== 'complete') {
    await new Promise((done) => (pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done()));
  }
  const [sdp, location] = await offer(task, pc.localDescription.sdp);
  await pc.setRemoteDescription({ type: 'answer', sdp });
  return location;
}

if (task.mode === 'publish') {
  const [video, audio] = [new RTCVideoSource(), new RTCAudioSource()];
  pc.addTrack(audio.createTrack());
  pc.addTrack(video.createTrack());
  const [width, height] = [320, 240];
  const frame = { width, height, data: new Uint8ClampedArray(width * height * 1.5).fill(128) };
  let pictures = 0;
  let at = 0;
  setInterval(() => {
    pictures++;
    for (let y = 0; y < height; y++) frame.data.fill((pictures * 5 + y) & 255, y * width, (y + 1) * width);
    video.onFrame(frame);
  }, 33);
  const begun = Date.now();
  setInterval(() => {
    while (at * 1000 < (Date.now() - begun) * 48000) {
      const samples = new Int16Array(480).map((_, i) => 9000 * Math.sin((2 * Math.PI * task.tone * (at + i)) / 48000));
      audio.onData({ samples, sampleRate: 48000, bitsPerSample: 16, channelCount: 1, numberOfFrames: 480 });
      at += 480;
    }
  }, 10);
  say({ live: true, location: await connect() });
  await inputEnds();
} else {
  const seen = { frames: 0, width: 0, height: 0 };
  const heard = { rate: 48000, samples: [] };
  let content;
  const done = new Promise((resolve) => (content = resolve));
  const look = () => {
    const tone = frequency(heard.samples, heard.rate);
    if (seen.frames >= PICTURES && heard.samples.length >= heard.rate && tone > 0) content();
  };
  pc.ontrack = ({ track }) => {
    if (track.kind === 'video') {
      const sink = new RTCVideoSink(track);
      sink.onframe = ({ frame: { width, height } }) => {
        Object.assign(seen, { frames: seen.frames + 1, width, height });
        look();
      };
    } else {
      const sink = new RTCAudioSink(track);
      sink.ondata = ({ samples, sampleRate, channelCount }) => {
        heard.rate = sampleRate;
        for (let i = 0; i < samples.length; i += channelCount ?? 1) heard.samples.push(samples[i]);
        heard.samples.splice(0, heard.samples.length - sampleRate);
      };
    }
  };
  pc.addTransceiver('audio', { direction: 'recvonly' });
  pc.addTransceiver('video', { direction: 'recvonly' });
  const location = await connect();
  await Promise.race([done, new Promise((late) => setTimeout(late, task.seconds * 1000))]);
  say({ ...seen, tone: frequency(heard.samples, heard.rate), state: pc.connectionState, location });
}
pc.close();
process.exit(0);
