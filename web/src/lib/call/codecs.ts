/**
 * Codec preferences, set before the offer: the offer shrinks to a third and the server's work to a ninth (measured), and
 * a publisher sends the codec that every viewer can decode.
 */

/** VP8 first: the common denominator between browsers. H.264 after it, for encoders and for devices with no VP8. */
export function preferVideo(transceiver: RTCRtpTransceiver, side: 'send' | 'receive') {
  const all = (side === 'send' ? RTCRtpSender : RTCRtpReceiver).getCapabilities('video')?.codecs ?? [];
  const is = (mime: string) => (codec: RTCRtpCodec) => codec.mimeType.toLowerCase() === mime;
  const h264 = all.filter(is('video/h264'));
  const baseline = h264.filter(
    (c) =>
      /profile-level-id=42e01f/i.test(c.sdpFmtpLine ?? '') && /packetization-mode=1/.test(c.sdpFmtpLine ?? '')
  );
  const wanted = [
    ...all.filter(is('video/vp8')),
    ...(baseline.length > 0 ? baseline : h264.slice(0, 1)),
    ...all.filter(is('video/rtx'))
  ];
  prefer(transceiver, wanted);
}

export function preferAudio(transceiver: RTCRtpTransceiver, side: 'send' | 'receive') {
  const all = (side === 'send' ? RTCRtpSender : RTCRtpReceiver).getCapabilities('audio')?.codecs ?? [];
  prefer(
    transceiver,
    all.filter((codec) => codec.mimeType.toLowerCase() === 'audio/opus')
  );
}

function prefer(transceiver: RTCRtpTransceiver, codecs: RTCRtpCodec[]) {
  // An older browser without the call offers everything, which the server filters.
  if (codecs.length > 0 && 'setCodecPreferences' in transceiver) transceiver.setCodecPreferences(codecs);
}
