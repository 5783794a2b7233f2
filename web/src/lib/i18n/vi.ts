// The Vietnamese catalogue, put together from the areas.

import common from './common/vi';
import desk from './desk/vi';
import type { Catalogue } from './en';
import entry from './entry/vi';
import house from './house/vi';
import portal from './portal/vi';
import programme from './programme/vi';
import room from './room/vi';

export default {
  ...common,
  ...entry,
  ...portal,
  ...programme,
  ...desk,
  ...house,
  ...room
} satisfies Catalogue;
