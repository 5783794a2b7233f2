import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the server. */
const server = process.env.ROSTRUM_SERVER ?? 'http://localhost:8080';

/** Everything that is not the app itself comes from the server, the WebSocket too. */
const fromServer = { target: server, ws: true };

export default defineConfig({
  plugins: [sveltekit()],
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
