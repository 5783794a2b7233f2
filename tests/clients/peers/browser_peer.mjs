// A real browser on a page of the server's own: Chromium by Playwright, Firefox by WebDriver BiDi. Picture and tone are drawn
// and played by the page, so that no fake device of either browser is needed.
import { createRequire } from 'node:module';
import { inputEnds, PICTURES, say, task } from './common.mjs';

const require = createRequire(`${task.modules}/`);

async function open() {
  if (task.browser === 'chromium') {
    const { chromium } = require('@playwright/test');
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      '--disable-background-networking',
      '--disable-component-update',
    ];
    return chromium.launch({ executablePath: task.executable, args });
  }
  return require('puppeteer-core').launch({
    browser: 'firefox',
    executablePath: task.executable,
    extraPrefsFirefox: {
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      'media.gmp-manager.updateEnabled': false,
      'network.proxy.type': 0,
    },
  });
}

async function publish({ browser, url, token, codec, tone }) {
  const canvas = document.body.appendChild(document.createElement('canvas'));
  Object.assign(canvas, { width: 320, height: 240 });
  const brush = canvas.getContext('2d');
  let number = 0;
  setInterval(() => {
    brush.fillStyle = `hsl(${(number += 7)} 80% 50%)`;
    brush.fillRect(0, 0, 320, 240);
    brush.fillStyle = '#fff';
    brush.fillRect((number * 3) % 300, 90, 20, 60);
  }, 33);
  const pc = (window.rostrumPeer = new RTCPeerConnection());
  let heard;
  if (browser === 'firefox') {
    // Without a sound card its audio graph never starts; its fake microphone is a sine of 1 kHz.
    heard = await navigator.mediaDevices.getUserMedia({ audio: true, fake: true });
  } else {
    const sound = new AudioContext();
    const oscillator = new OscillatorNode(sound, { frequency: tone });
    const out = sound.createMediaStreamDestination();
    oscillator.connect(new GainNode(sound, { gain: 0.3 })).connect(out);
    oscillator.start();
    heard = out.stream;
  }
  pc.addTransceiver(heard.getAudioTracks()[0], { direction: 'sendonly' });
  const video = pc.addTransceiver(canvas.captureStream(30).getVideoTracks()[0], { direction: 'sendonly' });
  const { codecs } = RTCRtpSender.getCapabilities('video');
  const wanted = codecs.filter(({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`);
  if (wanted.length === 0) return { missing: codec };
  video.setCodecPreferences([...wanted, ...codecs.filter(({ mimeType }) => mimeType.toLowerCase() === 'video/rtx')]);
  await pc.setLocalDescription(await pc.createOffer());
  for (let i = 0; i < 50 && pc.iceGatheringState !== 'complete'; i++) await new Promise((go) => setTimeout(go, 100));
  const headers = { 'content-type': 'application/sdp', authorization: `Bearer ${token}` };
  const answer = await fetch(url, { method: 'POST', headers, body: pc.localDescription.sdp });
  await pc.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  return { live: true, location: answer.headers.get('location') };
}

/** Watches for a while through a network that loses packets, and tells what a person would have seen and heard. */
async function measure({ url, token, seconds, via }) {
  const pc = new RTCPeerConnection();
  const play = (kind, track) => {
    const element = document.body.appendChild(Object.assign(document.createElement(kind), { muted: true, autoplay: true }));
    element.srcObject = new MediaStream([track]);
    element.play().catch(() => {});
  };
  pc.ontrack = ({ track }) => play(track.kind, track);
  pc.addTransceiver('audio', { direction: 'recvonly' });
  pc.addTransceiver('video', { direction: 'recvonly' });
  await pc.setLocalDescription(await pc.createOffer());
  for (let i = 0; i < 50 && pc.iceGatheringState !== 'complete'; i++) await new Promise((go) => setTimeout(go, 100));
  const headers = { 'content-type': 'application/sdp', authorization: `Bearer ${token}` };
  const answer = await fetch(url, { method: 'POST', headers, body: pc.localDescription.sdp });
  const sdp = (await answer.text()).replaceAll(` ${via.from} typ `, ` ${via.to} typ `);
  await pc.setRemoteDescription({ type: 'answer', sdp });
  const read = async () => {
    const found = {};
    for (const report of (await pc.getStats()).values()) if (report.type === 'inbound-rtp') found[report.kind] = report;
    return found;
  };
  let first = await read();
  // Counted from the first picture on.
  while (!(first.video?.framesDecoded > 0)) {
    await new Promise((go) => setTimeout(go, 100));
    first = await read();
  }
  await new Promise((go) => setTimeout(go, seconds * 1000));
  const { video, audio } = await read();
  const grew = (kind, name) => (kind === 'video' ? video : audio)[name] - (first[kind]?.[name] ?? 0);
  const round = (value) => Math.round(value * 10000) / 10000;
  pc.close();
  return {
    frames: grew('video', 'framesDecoded'),
    frozen: round(grew('video', 'totalFreezesDuration') / seconds),
    freezes: grew('video', 'freezeCount'),
    concealed: round(grew('audio', 'concealedSamples') / grew('audio', 'totalSamplesReceived')),
    nacks: grew('video', 'nackCount'),
    repaired: grew('video', 'retransmittedPacketsReceived'),
    lost: grew('video', 'packetsLost'),
    location: answer.headers.get('location'),
  };
}

async function view({ browser, url, token, seconds, pictures, codec }) {
  const offered = RTCRtpReceiver.getCapabilities('video').codecs;
  if (!offered.some(({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`)) return { missing: codec };
  const pc = new RTCPeerConnection();
  const sound = new AudioContext({ sampleRate: 48000 });
  const ear = new AnalyserNode(sound, { fftSize: 32768 });
  const video = document.body.appendChild(Object.assign(document.createElement('video'), { muted: true, autoplay: true }));
  pc.ontrack = ({ track }) => {
    const stream = new MediaStream([track]);
    if (track.kind === 'video') {
      video.srcObject = stream;
      video.play().catch(() => {});
    } else {
      // Chromium feeds the graph only while an element plays the track too.
      const audio = document.body.appendChild(Object.assign(document.createElement('audio'), { muted: true, autoplay: true }));
      audio.srcObject = stream;
      audio.play().catch(() => {});
      sound.createMediaStreamSource(stream).connect(ear);
    }
  };
  pc.addTransceiver('audio', { direction: 'recvonly' });
  pc.addTransceiver('video', { direction: 'recvonly' });
  await pc.setLocalDescription(await pc.createOffer());
  for (let i = 0; i < 50 && pc.iceGatheringState !== 'complete'; i++) await new Promise((go) => setTimeout(go, 100));
  const headers = { 'content-type': 'application/sdp', authorization: `Bearer ${token}` };
  const answer = await fetch(url, { method: 'POST', headers, body: pc.localDescription.sdp });
  await pc.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  const tone = () => {
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const loudest = bins.reduce((best, level, at) => (level > bins[best] ? at : best), 0);
    return bins[loudest] > -60 ? Math.round(((loudest * sound.sampleRate) / ear.fftSize) * 10) / 10 : 0;
  };
  const until = Date.now() + seconds * 1000;
  let frames = 0;
  let energy = 0;
  // Without a sound card Firefox starts no audio graph: there its own measure of the loudness has to do.
  const hears = () => (browser === 'firefox' ? energy > 0.001 : tone() > 0);
  while (Date.now() < until && !(frames >= pictures && hears())) {
    await new Promise((go) => setTimeout(go, 200));
    for (const report of (await pc.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      if (report.kind === 'video') frames = report.framesDecoded ?? 0;
      else energy = report.totalAudioEnergy ?? 0;
    }
  }
  // The window of the analysis has to be full.
  await new Promise((go) => setTimeout(go, 700));
  const { videoWidth: width, videoHeight: height } = video;
  const heard = browser === 'firefox' ? { tone: null, energy } : { tone: tone() };
  const seen = { frames, width, height, ...heard, state: pc.connectionState, location: answer.headers.get('location') };
  pc.close();
  return seen;
}

const browser = await open();
const page = await browser.newPage();
// The pages of the application may speak to the server; those of the press centre may not.
await page.goto(new URL('/app/sign-in', task.url).href);
if (task.mode === 'publish') {
  say(await page.evaluate(publish, task));
  await inputEnds();
} else if (task.mode === 'measure') {
  say(await page.evaluate(measure, task));
} else {
  say(await page.evaluate(view, { ...task, pictures: PICTURES }));
}
await browser.close();
process.exit(0);
