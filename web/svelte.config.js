import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const inner = adapter({ fallback: 'index.html' });

/**
 * The start script SvelteKit writes into the page moves to a file of its own, so that the server can forbid
 * inline scripts altogether (`script-src 'self'`).
 */
function startInAFile() {
  const page = readFileSync('build/index.html', 'utf8');
  const script = /<script>([\s\S]*?)<\/script>/;
  const found = script.exec(page);
  if (!found) throw new Error('build/index.html has no start script to move');
  const name = `start.${createHash('sha256').update(found[1]).digest('hex').slice(0, 12)}.js`;
  writeFileSync(`build/_app/immutable/${name}`, found[1]);
  writeFileSync(
    'build/index.html',
    page.replace(script, `<script src="/app/_app/immutable/${name}"></script>`)
  );
}

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
  kit: {
    adapter: {
      name: 'static-without-inline-script',
      async adapt(builder) {
        await inner.adapt(builder);
        startInAFile();
      }
    },
    paths: { base: '/app', relative: false },
    version: { name: process.env.ROSTRUM_VERSION ?? 'dev' }
  }
};
