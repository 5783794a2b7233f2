import { i18n } from '$lib/i18n';

// The app is files in the server's binary: nothing is rendered ahead or on a Node server.
export const ssr = false;
export const prerender = false;

export async function load() {
  await i18n.start();
}
