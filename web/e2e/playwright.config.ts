import { defineConfig } from '@playwright/test';

/** The shop. Addresses of a local cloud come from the environment: `make dev` prints them, and the tests' own cloud sets
 * them. Without it they are those of `make dev`. */
export const SHOP = process.env['SHOP'] ?? 'http://127.0.0.1:4568';

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  workers: 2,
  // A race is an error, not something to try again.
  retries: 0,
  // Only what is broken takes so long, also on a slow machine.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  outputDir: process.env['E2E_OUTPUT'] ?? 'test-results',
  // Traces of all steps take a twentieth of the time: `npm test -- --trace on` where one is needed.
  use: {
    baseURL: SHOP,
    locale: 'en-US',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
  },
});
