// Copies the few font files we serve to static/fonts under stable names, with their style sheet, so that the app and the
// server's public pages share /app/fonts/fonts.css. Only the subsets our readers' names need; a browser loads what a page uses.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(web, 'static', 'fonts');
mkdirSync(out, { recursive: true });

const ranges = {
  latin:
    'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD',
  'latin-ext':
    'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF',
  vietnamese:
    'U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB'
};

/** @type {{family: string, weight: string, style: string, from: (subset: string) => string, to: (subset: string) => string}[]} */
const faces = [
  ...['400', '500', '600'].map((weight) => ({
    family: 'Be Vietnam Pro',
    weight,
    style: 'normal',
    from: (/** @type {string} */ subset) =>
      `@fontsource/be-vietnam-pro/files/be-vietnam-pro-${subset}-${weight}-normal.woff2`,
    to: (/** @type {string} */ subset) => `be-vietnam-pro-${subset}-${weight}.woff2`
  })),
  ...['normal', 'italic'].map((style) => ({
    family: 'Source Serif 4',
    weight: '200 900',
    style,
    from: (/** @type {string} */ subset) =>
      `@fontsource-variable/source-serif-4/files/source-serif-4-${subset}-wght-${style}.woff2`,
    to: (/** @type {string} */ subset) => `source-serif-4-${subset}-${style}.woff2`
  }))
];

const rules = [];
for (const face of faces) {
  for (const [subset, range] of Object.entries(ranges)) {
    copyFileSync(join(web, 'node_modules', face.from(subset)), join(out, face.to(subset)));
    rules.push(
      `@font-face{font-family:'${face.family}';font-style:${face.style};font-weight:${face.weight};font-display:swap;` +
        `src:url(./${face.to(subset)}) format('woff2');unicode-range:${range}}`
    );
  }
}
writeFileSync(join(out, 'fonts.css'), rules.join('\n') + '\n');
for (const name of ['@fontsource/be-vietnam-pro', '@fontsource-variable/source-serif-4']) {
  copyFileSync(join(web, 'node_modules', name, 'LICENSE'), join(out, `LICENSE-${name.split('/')[1]}.txt`));
}
