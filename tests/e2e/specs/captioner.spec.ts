/** Where the speech engine does not know the language, somebody types: shown live, kept for the record. */
import { expect, test, type Browser } from '@playwright/test';
import { accessibleAtWidths } from '../fixtures/a11y';
import { browser, person, signIn } from '../fixtures/browser';
import { an, card, claire, khanh } from '../fixtures/cast';
import { openHouse, type House } from '../fixtures/house';
import { captions, enter, goLive } from '../fixtures/room';
import { Server } from '../fixtures/server';
import { t } from '../fixtures/words';

const SAID = ['Xin chào các bạn nhà báo.', 'Hôm nay chúng ta nói về hiến chương sông.'];
const LATER = 'Xin mời câu hỏi đầu tiên.';

interface Segment {
  card: { name: string };
  text: string;
  origin: string;
}

let server: Server;
let house: House;
let desk: Browser;

test.beforeAll(async () => {
  server = await Server.start();
  house = await openHouse(server, [claire], { spoken: 'vi', team: [khanh] });
  desk = await browser();
});

test.afterAll(async () => {
  await desk?.close();
  await server?.stop();
});

test('a captioner types a briefing that no engine understands', async () => {
  const id = house.event.id;
  const chair = (await person(desk, server.url)).page;
  const viewer = (await person(desk, server.url)).page;
  const booth = (await person(desk, server.url)).page;

  await test.step('the gallery is told why there are no captions', async () => {
    await signIn(chair, an, `/app/console/${id}`);
    await chair.getByRole('button', { name: t('console.open_doors') }).click();
    await enter(viewer, house.joinLink(claire));
    await goLive(chair);
    await expect(viewer.getByText(t('captions.off.language_unsupported'))).toBeVisible();
  });

  await test.step('the captioner types, and everybody reads it under the speaker’s name', async () => {
    await signIn(booth, khanh, `/app/console/${id}`);
    const line = booth.getByLabel(t('captioner.text'));
    await booth.getByLabel(t('captioner.for')).selectOption({ label: card(an) });
    for (const said of SAID) {
      await line.fill(said);
      await line.press('Enter');
      await expect(line).toHaveValue('');
    }
    for (const page of [viewer, booth]) {
      await expect(captions(page).getByText(card(an)).first()).toBeVisible();
      for (const said of SAID) await expect(captions(page)).toContainText(said);
    }
    await expect(viewer.getByText(t('captions.manual'))).toBeVisible();
    await expect(captions(viewer).locator('p[lang="vi"]').first()).toBeVisible();
    await accessibleAtWidths(booth, 'captioner');
  });

  await test.step('off the record a line waits', async () => {
    const record = chair.getByRole('switch', { name: t('console.record') });
    const line = booth.getByLabel(t('captioner.text'));
    await record.click();
    await expect(booth.getByText(t('room.off_record.text'))).toBeVisible();
    await line.fill(LATER);
    await line.press('Enter');
    await expect(booth.getByRole('button', { name: t('captioner.send') })).toHaveAccessibleDescription(
      t('captions.off.off_record'),
    );
    await expect(line).toHaveValue(LATER);
    await record.click();
    await expect(booth.getByText(t('room.off_record.text'))).toBeHidden();
    await expect(captions(viewer)).not.toContainText(LATER);
    await line.press('Enter');
    await expect(captions(viewer)).toContainText(LATER);
  });

  await test.step('the transcript has the lines, marked as typed', async () => {
    await chair.getByRole('button', { name: t('console.end') }).click();
    await chair.getByRole('dialog').getByRole('button', { name: t('console.end') }).click();
    const typed = async () => {
      const { segments } = await house.api.editor.get<{ segments: Segment[] }>(`/events/${id}/transcript`);
      return segments.map(({ card, text, origin }) => [card.name, origin, text]);
    };
    await expect.poll(typed).toEqual([...SAID, LATER].map((said) => [an.name, 'captioner', said]));
  });
});
