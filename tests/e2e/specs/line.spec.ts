/** The question line: computed by the declared rule, changed only with a reason, one for hall and online, owed until answered. */
import { expect, test, type Browser, type Page } from '@playwright/test';
import { accessibleAtWidths } from '../fixtures/a11y';
import { browser, person, signIn, type Person } from '../fixtures/browser';
import { an, claire, mai, type Journalist } from '../fixtures/cast';
import { mails, openHouse, type House } from '../fixtures/house';
import { enter, goLive, region } from '../fixtures/room';
import { Server } from '../fixtures/server';
import { t } from '../fixtures/words';

const sato: Journalist = {
  name: 'Yuki Satō',
  email: 'sato@asahi.example',
  outlet: 'Asahi Wire',
  country: 'JP',
  press_card: 'JP 7781',
};
const PHONE = { width: 360, height: 740 };
const ANSWER = 'The commission pays, from the first of June.';

let server: Server;
let house: House;
let here: Browser;

test.beforeAll(async () => {
  server = await Server.start();
  house = await openHouse(server, [mai, claire, sato]);
  const { officer } = house.api;
  const { version } = await officer.get<{ version: number }>(`/events/${house.event.id}`);
  await officer.patch(`/events/${house.event.id}`, { attendance: 'mixed' }, version);
  here = await browser();
});

test.afterAll(async () => {
  await here?.close();
  await server?.stop();
});

test('a line is fair, says why, and nothing that was promised is forgotten', async ({}, info) => {
  const at = `/app/console/${house.event.id}`;
  let chair: Person;
  let hers: Person;
  let hall: Person;
  let third: Person;

  await test.step('everybody comes in; one of them sits in the hall with a phone', async () => {
    chair = await person(here, server.url);
    await signIn(chair.page, an, at);
    await chair.page.getByRole('button', { name: t('console.open_doors') }).click();
    [hers, hall, third] = await Promise.all([
      person(here, server.url),
      person(here, server.url, { viewport: PHONE }),
      person(here, server.url),
    ]);
    await Promise.all([
      enter(hers.page, house.joinLink(mai)),
      enter(hall.page, house.joinLink(claire)),
      enter(third.page, house.joinLink(sato)),
    ]);
    await hall.page.getByLabel(t('hall.switch')).check();
    await goLive(chair.page);
    await expect(region(chair.page, t('show.title')).getByRole('listitem').first()).toHaveAttribute(
      'aria-current',
      'step',
    );
  });

  await test.step('whoever has had a turn waits for the first turn of the others', async () => {
    await raise(hers.page);
    await call(chair.page);
    await chair.page.getByRole('button', { name: t('console.put_on_air.unready') }).click();
    await chair.page.getByRole('button', { name: t('console.answered') }).click();
    await raise(hers.page);
    await raise(hall.page);
    await raise(third.page);
    const line = entries(chair.page);
    await expect(line.nth(0)).toContainText(claire.name);
    await expect(line.nth(0)).toContainText(t('console.hall'));
    await expect(line.nth(1)).toContainText(sato.name);
    await expect(line.nth(2)).toContainText(mai.name);
    await expect(line.nth(1)).toContainText(t('why.rule.outlet_turn', { outlet: sato.outlet, n: 0 }));
    await expect(hers.page.getByText(t('line.place'))).toBeVisible();
    await accessibleAtWidths(chair.page, 'console with the line');
  });

  await test.step('the chair changes the order only with a reason, and takes it back with one key', async () => {
    const { page } = chair;
    await entries(page).nth(2).getByRole('button', { name: t('console.up', { name: mai.name }) }).click();
    const why = page.getByRole('dialog');
    await why.getByRole('button', { name: t('console.place'), exact: true }).click();
    await expect(why.getByText(t('console.reason.needed'))).toBeVisible();
    await why.getByRole('button', { name: t('console.reason.leaves') }).click();
    await accessibleAtWidths(page, 'a reason to move somebody');
    await why.getByRole('button', { name: t('console.place'), exact: true }).click();
    await expect(entries(page).nth(1)).toContainText(mai.name);
    await expect(entries(page).nth(1)).toContainText(t('why.placed', { reason: t('console.reason.leaves') }));
    await expect(why).toHaveCount(0);
    await page.keyboard.press('z');
    await expect(entries(page).nth(1)).toContainText(sato.name);

    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toContainText(t('console.key.undo'));
    await page.screenshot({ path: info.outputPath('keys.png') });
    await page.keyboard.press('Escape');
  });

  await test.step('called in the hall: to its microphone, without a device of one’s own', async () => {
    await call(chair.page);
    const { page } = hall;
    await expect(page.getByRole('heading', { name: t('hall.called') })).toBeVisible();
    await page.getByRole('button', { name: t('hall.ready') }).click();
    await chair.page.getByRole('button', { name: t('console.put_on_air'), exact: true }).click();
    await expect(page.getByRole('heading', { name: t('hall.on_air') })).toBeVisible();
    await accessibleAtWidths(page, 'on air in the hall');
    await chair.page.getByRole('button', { name: t('console.taken') }).click();
    await expect(page.getByText(t('question.state.taken'))).toBeVisible();
  });

  await test.step('two who ask the same are answered together, both named', async () => {
    await ask(hers.page, 'Flood damage', 'Who pays when the river floods again?');
    await ask(third.page, 'Floods', 'When the river floods again, who pays?');
    const { page } = chair;
    const alike = region(page, t('console.alike'));
    await expect(alike).toContainText(mai.name);
    await page.screenshot({ path: info.outputPath('console.png'), fullPage: true });
    await alike.getByRole('button', { name: t('console.group') }).click();
    const lead = page.getByRole('region', { name: t('console.desk') }).locator('li').filter({ hasText: 'Flood damage' });
    await expect(lead).toContainText(sato.name);
    await expect(third.page.getByText(t('question.state.grouped'))).toBeVisible();
    await expect(third.page.getByText(t('mine.together', { n: 1 }))).toBeVisible();
  });

  await test.step('calling out of turn asks why', async () => {
    const { page } = chair;
    const last = entries(page).filter({ hasText: mai.name });
    await last.getByRole('button', { name: t('console.call'), exact: true }).click();
    const why = page.getByRole('dialog');
    await expect(why).toContainText(sato.name);
    await why.getByRole('button', { name: t('console.reason.subject') }).click();
    await why.getByRole('button', { name: t('console.call'), exact: true }).click();
    await expect(region(page, t('console.floor'))).toContainText(mai.name);
    await page.getByRole('button', { name: t('console.cancel_call') }).click();
  });

  await test.step('the console on a phone', async () => {
    await chair.page.setViewportSize(PHONE);
    await chair.page.screenshot({ path: info.outputPath('console-360.png'), fullPage: true });
    await chair.page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step('after the end, what was taken is answered in writing, and its asker gets the answer', async () => {
    const { page } = chair;
    await page.getByRole('button', { name: t('console.end') }).click();
    await page.getByRole('dialog').getByRole('button', { name: t('console.end') }).click();
    await page.goto('/app/ledger');
    await expect(page.getByRole('heading', { name: t('ledger.title') })).toBeVisible();
    await expect(page.getByRole('main')).toContainText(claire.name);
    await accessibleAtWidths(page, 'ledger');
    await page.getByRole('button', { name: t('ledger.answer') }).click();
    await page.getByRole('textbox', { name: t('ledger.answer.text') }).fill(ANSWER);
    await page.getByRole('button', { name: t('ledger.answer.send') }).click();
    await expect(page.getByText(t('ledger.empty'))).toBeVisible();
    const letter = async () =>
      (await mails(house.api.officer)).find((mail) => mail.to === claire.email && mail.text.includes(ANSWER));
    await expect.poll(letter).toBeTruthy();
    const transcript = await house.api.editor.get<{ segments: { text: string; kind: string; question: string | null }[] }>(
      `/events/${house.event.id}/transcript`,
    );
    const written = transcript.segments.find((segment) => segment.text === ANSWER);
    expect(written).toMatchObject({ kind: 'answer', question: expect.any(String) });
  });
});

const entries = (page: Page) => region(page, t('console.line')).locator('ol.plain > li');

async function raise(page: Page): Promise<void> {
  await page.getByRole('button', { name: t('ask.raise') }).click();
  await expect(page.getByRole('button', { name: t('ask.lower') })).toBeVisible();
}

async function call(chair: Page): Promise<void> {
  await chair.getByRole('button', { name: t('console.call_next') }).click();
  await expect(chair.getByRole('button', { name: t('console.cancel_call') })).toBeVisible();
}

async function ask(page: Page, topic: string, text: string): Promise<void> {
  await page.getByRole('button', { name: t('ask.write') }).click();
  await page.getByLabel(t('ask.topic'), { exact: true }).fill(topic);
  await page.getByRole('textbox', { name: t('ask.text') }).fill(text);
  await page.getByRole('button', { name: t('ask.send') }).click();
  await expect(page.getByText(t('ask.sent'))).toBeVisible();
}
