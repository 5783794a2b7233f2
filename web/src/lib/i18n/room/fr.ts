import call from './parts/call.fr';
import console from './parts/console.fr';
import room from './parts/room.fr';
import transcript from './parts/transcript.fr';

export default { ...call, ...room, ...console, ...transcript };
