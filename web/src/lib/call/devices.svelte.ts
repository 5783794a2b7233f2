/**
 * Cameras and microphones: which there are, which one the person chose last, and opening them. A refusal is a word the
 * interface has a sentence for, never an exception's text.
 */

export type Trouble =
  /** The person or the browser said no. */
  | 'denied'
  /** There is no such device. */
  | 'missing'
  /** Another program holds it. */
  | 'busy'
  /** The page is not served over https. */
  | 'insecure'
  | 'unknown';

export interface Opened {
  stream: MediaStream;
  /** Why a wanted camera is not in the stream. */
  camera: Trouble | null;
}

export class DeviceTrouble extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble);
  }
}

type Kind = 'camera' | 'microphone';

export class Devices {
  cameras = $state.raw<MediaDeviceInfo[]>([]);
  microphones = $state.raw<MediaDeviceInfo[]>([]);
  camera = $state<string | null>(recall('camera'));
  microphone = $state<string | null>(recall('microphone'));

  /** Labels are only given after a permission: call again once a stream is open. */
  async refresh() {
    const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    this.cameras = all.filter((d) => d.kind === 'videoinput' && d.deviceId !== '');
    this.microphones = all.filter((d) => d.kind === 'audioinput' && d.deviceId !== '');
  }

  /** Calls back when something is plugged in or out, until the returned function is called. */
  watch(changed: () => void): () => void {
    const look = () => void this.refresh().then(changed);
    navigator.mediaDevices?.addEventListener('devicechange', look);
    return () => navigator.mediaDevices?.removeEventListener('devicechange', look);
  }

  choose(kind: Kind, id: string) {
    this[kind] = id;
    try {
      localStorage.setItem(`rostrum.${kind}`, id);
    } catch {
      // Not remembered: nothing else depends on it.
    }
  }

  /** Opens both; a missing or busy camera still gives the microphone, which is what matters on air. */
  async open(wantCamera: boolean): Promise<Opened> {
    if (!navigator.mediaDevices) throw new DeviceTrouble('insecure');
    const audio = this.audio();
    if (wantCamera) {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio, video: this.video() });
        return { stream, camera: null };
      } catch (error) {
        const trouble = troubleOf(error);
        try {
          return { stream: await navigator.mediaDevices.getUserMedia({ audio }), camera: trouble };
        } catch (second) {
          throw new DeviceTrouble(troubleOf(second));
        }
      }
    }
    try {
      return { stream: await navigator.mediaDevices.getUserMedia({ audio }), camera: null };
    } catch (error) {
      throw new DeviceTrouble(troubleOf(error));
    }
  }

  async openOne(kind: Kind): Promise<MediaStreamTrack> {
    if (!navigator.mediaDevices) throw new DeviceTrouble('insecure');
    try {
      const stream = await navigator.mediaDevices.getUserMedia(
        kind === 'camera' ? { video: this.video() } : { audio: this.audio() }
      );
      return stream.getTracks()[0]!;
    } catch (error) {
      throw new DeviceTrouble(troubleOf(error));
    }
  }

  /** `ideal`, not `exact`: a device left at the office must not lock its owner out. */
  private audio(): MediaTrackConstraints {
    return {
      ...(this.microphone ? { deviceId: { ideal: this.microphone } } : {}),
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      channelCount: { ideal: 1 }
    };
  }

  private video(): MediaTrackConstraints {
    return {
      ...(this.camera ? { deviceId: { ideal: this.camera } } : {}),
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 25, max: 30 }
    };
  }
}

function recall(kind: Kind): string | null {
  try {
    return localStorage.getItem(`rostrum.${kind}`);
  } catch {
    return null;
  }
}

export function troubleOf(error: unknown): Trouble {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unknown';
  }
}
