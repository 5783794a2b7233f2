import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the server. */
const server = process.env.ROSTRUM_SERVER ?? 'http://localhost:8080';

/** Everything that is not the app itself comes from the server, the WebSocket too. */
const fromServer = { target: server, ws: true };

/** SvelteKit's route announcer carries its style in an attribute, which a strict policy refuses; app.css hides it instead. */
const announcerWithoutStyle: Plugin = {
  name: 'announcer-without-style',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('generated/root.svelte')
      ? code.replace(/(<div id="svelte-announcer"[^>]*?) style="[^"]*"/, '$1')
      : undefined
};

export default defineConfig({
  plugins: [announcerWithoutStyle, sveltekit()],
  server: {
    port: 5173,
    proxy: {
      '/api': fromServer,
      '/media': fromServer,
      '/keys': fromServer,
      '^/(vi|en|fr)(/|$)': fromServer
    }
  },
  build: { target: 'es2022' },
  test: { include: ['src/**/*.test.ts'], environment: 'node' }
});
