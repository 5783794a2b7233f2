// The French catalogue, put together from the areas.

import common from './common/fr';
import desk from './desk/fr';
import type { Catalogue } from './en';
import entry from './entry/fr';
import house from './house/fr';
import portal from './portal/fr';
import programme from './programme/fr';
import room from './room/fr';

export default {
  ...common,
  ...entry,
  ...portal,
  ...programme,
  ...desk,
  ...house,
  ...room
} satisfies Catalogue;
