/** Everybody comes back to where they were: after a reload, a lost network, a power cut of the server. */
import { expect, test, type Browser, type Page } from '@playwright/test';
import { browser, person, signIn, type Person } from '../fixtures/browser';
import { an, claire, linh, mai } from '../fixtures/cast';
import { openHouse, type House } from '../fixtures/house';
import { Line } from '../fixtures/line';
import { expectHears, expectMoves } from '../fixtures/media';
import { enter, enterGreenRoom, goLive, picture, region } from '../fixtures/room';
import { Server } from '../fixtures/server';
import { t } from '../fixtures/words';

const SMALL = { width: 900, height: 640 };
const TEN_SECONDS = 10_000;

interface Desk {
  questions: { id: string; topic: string; state: string; card: { name: string } }[];
  line: string[];
  totals: Record<string, number>;
}

let server: Server;
let house: House;
let browsers: Browser[] = [];
let lines: Line[] = [];

test.beforeAll(async () => {
  server = await Server.start();
  house = await openHouse(server, [mai, claire]);
  browsers = await Promise.all([browser(), browser('spokesperson-2', 1), browser('journalist-b-1', 1)]);
  lines = await Promise.all([1, 2, 3].map(() => Line.to(server)));
});

test.afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  for (const line of lines) line.close();
  await server?.stop();
});

test('whoever drops comes back to the same place', async () => {
  const [hall, podium, newsroom] = browsers as [Browser, Browser, Browser];
  const [viewerLine, podiumLine, newsroomLine] = lines as [Line, Line, Line];
  const id = house.event.id;
  const desk = () => house.api.officer.get<Desk>(`/events/${id}/questions`);
  const chair: Person = await person(hall, server.url);
  const viewer = await person(hall, server.url, { viewport: SMALL, line: viewerLine });
  const spokesperson = await person(podium, server.url, { viewport: SMALL, line: podiumLine });
  const asker = await person(newsroom, server.url, { viewport: SMALL, line: newsroomLine });

  await test.step('live, with two journalists in line', async () => {
    await signIn(chair.page, an, `/app/console/${id}`);
    await chair.page.getByRole('button', { name: t('console.open_doors') }).click();
    await enter(asker.page, house.joinLink(mai));
    await enter(viewer.page, house.joinLink(claire));
    await signIn(spokesperson.page, linh, `/app/room/${id}`);
    await enterGreenRoom(spokesperson.page);
    await goLive(chair.page);
    await asker.page.getByRole('button', { name: t('ask.raise') }).click();
    await expect(asker.page.getByText(t('line.next'))).toBeVisible();
    await viewer.page.getByRole('button', { name: t('ask.raise') }).click();
    await expectPlace(viewer.page, 2);
    await sees(viewer.page, linh);
  });

  await test.step('a viewer reloads: the same seat, the same place in line', async () => {
    await viewer.page.reload();
    await expectPlace(viewer.page, 2);
    await sees(viewer.page, linh);
    await expectHears(viewer.page, 'the viewer');
  });

  await test.step('the spokesperson reloads: back on stage, seen and heard', async () => {
    await spokesperson.page.reload();
    await expect(spokesperson.page.getByText(t('stage.live'))).toBeVisible();
    await sees(viewer.page, linh);
    await expectHears(viewer.page, 'the viewer');
  });

  await test.step('a called journalist reloads, then on air again: no door in between', async () => {
    const { page } = asker;
    await chair.page.getByRole('button', { name: t('console.call_next') }).click();
    await expect(page.getByRole('heading', { name: t('called.title') })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('heading', { name: t('called.title') })).toBeVisible();
    await expect(page.getByText(t('call.level.heard'))).toBeVisible();
    await page.getByRole('button', { name: t('called.ready'), exact: true }).click();
    await page.reload();
    await expect(page.getByRole('heading', { name: t('called.next') })).toBeVisible();
    const floor = region(chair.page, t('console.floor'));
    await expectMoves(picture(floor, mai), 'the journalist to the chair');

    await chair.page.getByRole('button', { name: t('console.put_on_air'), exact: true }).click();
    await expect(page.getByRole('heading', { name: t('called.on_air') })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('heading', { name: t('called.on_air') })).toBeVisible();
    await sees(viewer.page, mai);
    await expectPlace(viewer.page, 1);
  });

  await test.step('all three lose the network for ten seconds', async () => {
    const before = await desk();
    for (const line of lines) line.cut();
    const since = Date.now();
    const topic = 'Asked without a network';
    await ask(viewer.page, topic);
    for (const { page } of [viewer, asker, spokesperson]) {
      await expect(page.getByText(t('link.waiting'))).toBeVisible();
    }
    await expect(viewer.page.getByText(t('ask.unsent'))).toBeVisible();
    await expect.poll(() => Date.now() - since).toBeGreaterThan(TEN_SECONDS);
    expect((await desk()).questions).toHaveLength(before.questions.length);
    for (const line of lines) line.mend();

    for (const { page } of [viewer, asker, spokesperson]) {
      await expect(page.getByText(t('link.waiting'))).toBeHidden();
    }
    await expect(asker.page.getByRole('heading', { name: t('called.on_air') })).toBeVisible();
    await expect(spokesperson.page.getByText(t('stage.live'))).toBeVisible();
    await expectPlace(viewer.page, 1);
    await sees(viewer.page, linh);
    await sees(viewer.page, mai);
    await expectHears(viewer.page, 'the viewer');
    await sees(chair.page, linh);
    await expectStoredOnce(viewer.page, topic, desk);
  });

  let killedAt = 0;
  await test.step('the server is killed and started again: room, floor, line and questions as they were', async () => {
    const before = await desk();
    const place = { step: t('floor.step.on_air'), name: mai.name };
    const floor = region(viewer.page, t('floor.title'));
    await expect(floor).toContainText(place.step);
    killedAt = Date.now() * 1000;
    await server.kill();
    for (const { page } of [chair, viewer, asker, spokesperson]) {
      await expect(page.getByText(t('link.waiting'))).toBeVisible();
    }
    const topic = 'Asked without a server';
    await ask(viewer.page, topic);
    await expect(viewer.page.getByText(t('ask.unsent'))).toBeVisible();
    await server.restart();

    for (const { page } of [chair, viewer, asker, spokesperson]) {
      await expect(page.getByText(t('link.waiting'))).toBeHidden({ timeout: 40_000 });
    }
    await expect(chair.page.getByText(t('console.phase.live'), { exact: true })).toBeVisible();
    await expect(floor).toContainText(place.step);
    await expect(floor).toContainText(place.name);
    await expect(asker.page.getByRole('heading', { name: t('called.on_air') })).toBeVisible();
    await expect(spokesperson.page.getByText(t('stage.live'))).toBeVisible();
    await expectPlace(viewer.page, 1);
    await expectStoredOnce(viewer.page, topic, desk);
    const after = await desk();
    expect(after.line).toEqual(before.line);
    expect(after.questions.filter((question) => question.topic !== topic)).toEqual(before.questions);

    await sees(viewer.page, linh);
    await sees(viewer.page, mai);
    await expectHears(viewer.page, 'the viewer');
    await sees(chair.page, linh);
  });

  await test.step('the exchange and the briefing go on to their end', async () => {
    await chair.page.getByRole('button', { name: t('console.answered') }).click();
    await expect(region(asker.page, t('mine.title'))).toContainText(t('question.state.answered'));
    await chair.page.getByRole('button', { name: t('console.end') }).click();
    await chair.page.getByRole('dialog').getByRole('button', { name: t('console.end') }).click();
    await expect(viewer.page.getByRole('heading', { name: t('over.title') })).toBeVisible();
  });

  await test.step('the recording lost at most its last second', async () => {
    interface Take {
      card: { name: string };
      media: string;
      state: string;
      start: number;
      duration_ms: number;
    }
    const { items } = await house.api.editor.get<{ items: Take[] }>(`/events/${id}/takes`);
    for (const { name } of [linh, mai]) {
      const cut = items.filter((take) => take.state === 'recovered' && take.card.name === name && take.media === 'audio');
      expect(cut.length, `a recording of ${name} was cut by the kill`).toBeGreaterThan(0);
      const ends = Math.max(...cut.map((take) => take.start + take.duration_ms * 1000));
      expect(killedAt - ends, `lost of ${name}, in µs`).toBeLessThanOrEqual(1_000_000);
    }
  });
});

/** The picture of somebody on the stage, as this page shows it, moves. */
const sees = (page: Page, whom: typeof linh | typeof mai) =>
  expectMoves(picture(region(page, t('room.stage')), whom), whom.name);

async function expectPlace(page: Page, place: number): Promise<void> {
  const words = place === 1 ? t('line.next') : t('line.place');
  const mine = region(page, t('line.title')).getByRole('status');
  await expect(mine).toContainText(words);
  await expect(mine).toContainText(String(place));
}

async function ask(page: Page, topic: string): Promise<void> {
  await page.getByRole('button', { name: t('ask.write') }).click();
  await page.getByLabel(t('ask.topic'), { exact: true }).fill(topic);
  await page.getByRole('textbox', { name: t('ask.text') }).fill('Is this stored once?');
  await page.getByRole('button', { name: t('ask.send') }).click();
}

/** What was handed in while nobody could receive it has arrived, and only once. */
async function expectStoredOnce(page: Page, topic: string, desk: () => Promise<Desk>): Promise<void> {
  const mine = region(page, t('mine.title')).getByRole('listitem').filter({ hasText: topic });
  await expect(mine).toHaveCount(1);
  await expect(page.getByText(t('ask.unsent'))).toBeHidden();
  expect((await desk()).questions.filter((question) => question.topic === topic)).toHaveLength(1);
}
