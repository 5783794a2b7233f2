import { expect, test } from 'vitest';
import { restLayers } from './layers';

/** A sender that refuses overlapping changes, as browsers do. */
class Sender {
  encodings: RTCRtpEncodingParameters[] = ['q', 'h', 'f'].map((rid) => ({ rid, active: true }));
  changes = 0;
  private busy = false;

  getParameters() {
    return { encodings: this.encodings.map((encoding) => ({ ...encoding })) } as RTCRtpSendParameters;
  }

  async setParameters(parameters: RTCRtpSendParameters) {
    if (this.busy) throw new Error('InvalidStateError');
    this.busy = true;
    await Promise.resolve();
    this.busy = false;
    this.changes += 1;
    this.encodings = parameters.encodings;
  }

  get sending() {
    return this.encodings.filter((encoding) => encoding.active).map((encoding) => encoding.rid);
  }
}

test('layers that nobody watches stop, and start again when they are no longer listed', async () => {
  const sender = new Sender();
  await restLayers(sender, ['h', 'f']);
  expect(sender.sending).toEqual(['q']);
  await restLayers(sender, ['h']);
  expect(sender.sending).toEqual(['q', 'f']);
});

test('quick changes end in the last one, and no change asks nothing of the browser', async () => {
  const sender = new Sender();
  await Promise.all([restLayers(sender, ['f']), restLayers(sender, []), restLayers(sender, ['h', 'f'])]);
  expect(sender.sending).toEqual(['q']);
  const changes = sender.changes;
  await restLayers(sender, ['h', 'f']);
  expect(sender.changes).toBe(changes);
});

test('a browser that cannot goes on sending', async () => {
  const sender = new Sender();
  sender.setParameters = () => Promise.reject(new Error('InvalidModificationError'));
  await restLayers(sender, ['f']);
  expect(sender.sending).toEqual(['q', 'h', 'f']);
});
