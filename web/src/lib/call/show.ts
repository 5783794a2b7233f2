/** Attachments for media elements: a stream is a property, not an attribute, and must be let go of. */
import type { Attachment } from 'svelte/attachments';

export function show(stream: MediaStream | null): Attachment<HTMLVideoElement> {
  return (element) => {
    element.srcObject = stream;
    // Muted pictures always may play; a rejection only means that the element has already gone.
    if (stream) element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  };
}

/** Reports the height on the screen in device pixels, and 0 when it goes. */
export function measured(report: (height: number) => void): Attachment<HTMLElement> {
  return (element) => {
    const tell = () => report(Math.round(element.clientHeight * devicePixelRatio));
    const observer = new ResizeObserver(tell);
    observer.observe(element);
    return () => {
      observer.disconnect();
      report(0);
    };
  };
}
