import { defineConfig } from '@playwright/test';

/** `npm run screenshots`: the pictures of the README, taken from the running demonstration. */
export default defineConfig({
  testDir: '.',
  testMatch: 'screenshots.ts',
  workers: 1,
  timeout: 600_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
});
