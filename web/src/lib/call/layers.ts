/**
 * Simulcast layers that nobody watches are not encoded: they would cost this machine and its uplink for nothing. The
 * server says which; a layer that is wanted again begins with a key frame by itself.
 */

/** What is used of `RTCRtpSender`. */
export type LayerSender = Pick<RTCRtpSender, 'getParameters' | 'setParameters'>;

/** One change at a time: a second `setParameters` while the first is under way is refused by browsers. */
let before: Promise<unknown> = Promise.resolve();

/** Stops the layers in `resting` (RIDs) and starts all others. */
export function restLayers(sender: LayerSender, resting: readonly string[]): Promise<void> {
  const change = async () => {
    const parameters = sender.getParameters();
    let changed = false;
    for (const encoding of parameters.encodings) {
      const active = !encoding.rid || !resting.includes(encoding.rid);
      changed ||= active !== (encoding.active ?? true);
      encoding.active = active;
    }
    if (changed) await sender.setParameters(parameters);
  };
  // A browser that cannot goes on sending all of them, which only costs.
  const done = before.then(change).catch(() => undefined);
  before = done;
  return done;
}
