import call from './parts/call.en';
import console from './parts/console.en';
import line from './parts/line.en';
import quality from './parts/quality.en';
import room from './parts/room.en';
import transcript from './parts/transcript.en';

export default { ...call, ...room, ...console, ...line, ...quality, ...transcript };
