import call from './parts/call.fr';
import console from './parts/console.fr';
import line from './parts/line.fr';
import quality from './parts/quality.fr';
import room from './parts/room.fr';
import transcript from './parts/transcript.fr';

export default { ...call, ...room, ...console, ...line, ...quality, ...transcript };
