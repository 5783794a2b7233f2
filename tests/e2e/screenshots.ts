/** Takes the pictures of the README into `deploy/screenshots` from `rostrum serve --demo`; `ROSTRUM_BIN` names the binary. */
import { expect, test, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { browser, person } from './fixtures/browser';
import { expectMoves } from './fixtures/media';
import { captions, region } from './fixtures/room';
import { root, Server } from './fixtures/server';
import { t } from './fixtures/words';

const FOLDER = join(root, 'deploy/screenshots');
/** A page of the README loads five of them. */
const MAX_BYTES = 250_000;
/** The past briefing of the demonstration is really held, and recognised. */
const RECORD_WITHIN = 300_000;

test('screenshots', async ({}, info) => {
  mkdirSync(FOLDER, { recursive: true });
  const [server, chromium] = await Promise.all([Server.start({ demo: true }), browser()]);
  const link = async (part: string): Promise<string> => {
    const pattern = new RegExp(`^\\s*${part}\\s+(http\\S+)`);
    await expect.poll(() => server.lines.some((line) => pattern.test(line)), { timeout: RECORD_WITHIN }).toBe(true);
    const { pathname, search } = new URL(server.printed(pattern));
    return pathname + search;
  };
  const at = async (path: string): Promise<Page> => {
    const { context, page } = await person(chromium, server.url);
    // The cast speaks Vietnamese; the README English.
    await context.addInitScript(() => localStorage.setItem('rostrum.language', 'en'));
    await page.goto(path);
    return page;
  };
  const take = async (page: Page, name: string): Promise<void> => {
    const whole = info.outputPath(`${name}.png`);
    const small = join(FOLDER, `${name}.png`);
    await page.screenshot({ path: whole });
    const palette = 'split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=dither=none';
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', whole, '-vf', palette, small]);
    expect(statSync(small).size, name).toBeLessThan(MAX_BYTES);
  };

  try {
    await test.step('room, as a journalist', async () => {
      const page = await at(await link('journalist'));
      await page.getByLabel(t('room.rules.accept')).check();
      await page.getByRole('button', { name: t('door.enter'), exact: true }).click();
      await expectMoves(region(page, t('room.stage')).locator('video').first(), 'somebody');
      await expect(captions(page).locator('p b').first()).toBeVisible();
      await expect(region(page, t('floor.title'))).toContainText(t('floor.step.on_air'), { timeout: 120_000 });
      await take(page, 'room');
      await page.context().close();
    });

    await test.step('console of the chair', async () => {
      const page = await at(await link('chair'));
      await expectMoves(region(page, t('room.stage')).locator('video').first(), 'somebody');
      await expect(captions(page).locator('p b').first()).toBeVisible();
      await expect(region(page, t('console.line')).getByRole('listitem').first()).toBeVisible({ timeout: 120_000 });
      await take(page, 'console');
      await page.context().close();
    });

    await test.step('transcript desk and record of the past briefing', async () => {
      const page = await at(await link('editor'));
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      interface Event {
        id: string;
        state: string;
        public_path: string;
      }
      let past: Event | undefined;
      await expect
        .poll(
          async () => {
            const { items } = (await (await page.request.get('/api/v1/events')).json()) as { items: Event[] };
            past = items.find((event) => event.state === 'published');
            return past?.state;
          },
          { timeout: RECORD_WITHIN, intervals: [2_000] },
        )
        .toBe('published');
      await page.goto(`/app/transcript/${past!.id}`);
      await page.getByRole('listitem').filter({ hasText: t('transcript.kind.question') }).first().getByRole('button').last().click();
      await expect(region(page, t('transcript.edit'))).toBeVisible();
      await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
      await take(page, 'transcript-desk');

      await page.goto(`/en${past!.public_path}`);
      const video = page.locator('video');
      await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.readyState)).toBeGreaterThan(1);
      await video.evaluate((element: HTMLVideoElement) => {
        element.currentTime = element.duration / 3;
      });
      // Far enough ahead that the browser shows no spinner.
      await expect
        .poll(() => video.evaluate((element: HTMLVideoElement) => !element.seeking && element.readyState === HTMLMediaElement.HAVE_ENOUGH_DATA))
        .toBe(true);
      await take(page, 'record');
      await page.goto('/en/');
      await take(page, 'press-centre');
    });
  } finally {
    await chromium.close();
    await server.stop();
  }
});
