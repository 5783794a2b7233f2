// What both Node peers do alike.
export const PICTURES = 30;
export const task = JSON.parse(process.argv[2]);
export const say = (what) => console.log(JSON.stringify(what));
export const inputEnds = () => new Promise((done) => process.stdin.on('end', done).resume());

export async function offer({ url, token }, sdp) {
  const headers = { 'content-type': 'application/sdp', authorization: `Bearer ${token}` };
  const answer = await fetch(url, { method: 'POST', headers, body: sdp });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return [text, answer.headers.get('location')];
}

/** Of a pure tone, by its upward zero crossings. */
export function frequency(samples, rate) {
  let first = -1;
  let last = -1;
  let crossings = 0;
  let loudest = 0;
  for (let i = 1; i < samples.length; i++) {
    loudest = Math.max(loudest, Math.abs(samples[i]));
    if (samples[i - 1] < 0 && samples[i] >= 0) {
      if (first < 0) first = i;
      last = i;
      crossings++;
    }
  }
  return loudest < 200 || crossings < 3 ? 0 : Math.round((rate * (crossings - 1) * 10) / (last - first)) / 10;
}
