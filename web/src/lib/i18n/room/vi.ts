import call from './parts/call.vi';
import console from './parts/console.vi';
import line from './parts/line.vi';
import quality from './parts/quality.vi';
import room from './parts/room.vi';
import transcript from './parts/transcript.vi';

export default { ...call, ...room, ...console, ...line, ...quality, ...transcript };
