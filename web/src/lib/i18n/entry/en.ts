import type { Message } from '../message';

export default {} satisfies Record<string, Message>;
