// The English catalogue, put together from the areas. It is also the list of keys: the other languages must have the same.

import common from './common/en';
import desk from './desk/en';
import entry from './entry/en';
import house from './house/en';
import type { Message } from './message';
import portal from './portal/en';
import programme from './programme/en';
import room from './room/en';

const messages = { ...common, ...entry, ...portal, ...programme, ...desk, ...house, ...room };

export type Key = keyof typeof messages;
export type Catalogue = Record<Key, Message>;

export default messages satisfies Catalogue;
