import { defineConfig } from '@playwright/test';

/** One worker: real media on two cores. Each spec starts its own server on a free port (fixtures/server.ts). */
export default defineConfig({
  testDir: 'specs',
  workers: 1,
  retries: 0,
  // A bound for what hangs, not a measure: the machine may be busy.
  timeout: 900_000,
  expect: { timeout: 20_000 },
  forbidOnly: !!process.env.CI,
  reporter: [['list'], ['./fixtures/verdict.ts']],
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'Europe/Zurich',
    // No screencast: two cores have real pictures to encode.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true },
    screenshot: 'only-on-failure',
  },
});
