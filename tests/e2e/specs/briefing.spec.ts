/** A briefing from the green room to its signed record, with real cameras, microphones and speech recognition. */
import { expect, test, type Browser, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessible, accessibleAtWidths, auditPublic } from '../fixtures/a11y';
import { browser, person, signIn, wordsOf, type Person } from '../fixtures/browser';
import { an, card, claire, linh, mai, quan, thu } from '../fixtures/cast';
import { openHouse, type House } from '../fixtures/house';
import { expectHeardNothing, expectHears, expectMoves } from '../fixtures/media';
import { captions, enter, goLive, picture, region } from '../fixtures/room';
import { run, Server } from '../fixtures/server';
import { wordErrorRate } from '../fixtures/wer';
import { t } from '../fixtures/words';

const ANNOUNCEMENT = 'The river charter';
const QUESTION = { topic: 'Flood season', text: 'Who pays when the river floods again?' };
const VOICES = { linh: 'spokesperson-1', mai: 'journalist-a-1' };
/** Words the recogniser may get wrong. */
const GOOD = 0.15;
const SMALL = { width: 900, height: 640 };

interface Segment {
  id: string;
  speaker: string;
  card: { name: string; outlet: string | null };
  kind: string;
  question: string | null;
  start: number;
  end: number;
  text: string;
}

let server: Server;
let house: House;
let browsers: Browser[] = [];

test.beforeAll(async () => {
  server = await Server.start();
  house = await openHouse(server, [mai, claire]);
  browsers = await Promise.all([browser(), browser(VOICES.linh, 4), browser(VOICES.mai, 4)]);
});

test.afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await server?.stop();
});

test('a briefing is held, recorded, corrected, released and checked', async ({}, info) => {
  const [desk, podium, newsroom] = browsers as [Browser, Browser, Browser];
  const id = house.event.id;
  let chair: Person;
  let spokesperson: Person;
  let asker: Person;
  let viewer: Person;
  /** When nothing was on the record, in µs. */
  const off = { from: 0, to: 0 };

  await test.step('the chair opens the doors', async () => {
    chair = await person(desk, server.url);
    await signIn(chair.page, an, `/app/console/${id}`);
    await chair.page.getByRole('button', { name: t('console.open_doors') }).click();
    await expect(chair.page.getByText(t('console.phase.doors'))).toBeVisible();
    await accessibleAtWidths(chair.page, 'console before the briefing');
  });

  await test.step('journalists go in and see the holding card', async () => {
    viewer = await person(desk, server.url, { viewport: SMALL });
    asker = await person(newsroom, server.url, { viewport: SMALL });
    await enter(viewer.page, house.joinLink(claire));
    await enter(asker.page, house.joinLink(mai));
    for (const { page } of [viewer, asker]) await expect(page.getByText(t('hold.title'))).toBeVisible();
    await accessibleAtWidths(viewer.page, 'gallery before the briefing');
  });

  await test.step('the spokesperson checks camera and microphone, and talks in the green room unheard', async () => {
    spokesperson = await person(podium, server.url, { viewport: SMALL });
    const { page } = spokesperson;
    await signIn(page, linh, `/app/room/${id}`);
    await expect(page.getByRole('heading', { name: t('door.title') })).toBeVisible();
    await page.getByRole('button', { name: t('call.open') }).click();
    const meter = page.getByRole('meter', { name: t('call.level') });
    await expect.poll(() => meter.getAttribute('aria-valuenow').then(Number)).toBeGreaterThan(0);
    await expect(page.getByText(t('call.level.heard'))).toBeVisible();
    await expectMoves(page.getByLabel(t('call.self_view')), 'the spokesperson to herself');
    await accessibleAtWidths(page, 'door of a speaker');
    await page.getByLabel(t('room.rules.accept')).check();
    await page.getByRole('button', { name: t('door.enter'), exact: true }).click();
    await expect(page.getByText(t('green.text'))).toBeVisible();
    await accessibleAtWidths(page, 'green room');

    const preview = region(chair.page, t('console.preview'));
    await expectMoves(picture(preview, linh), 'the spokesperson to the chair');
    await expectHears(chair.page, 'the chair');
    for (const { page } of [viewer, asker]) {
      await expect(page.getByText(t('hold.title'))).toBeVisible();
      await expectHeardNothing(page, 'the gallery');
    }
  });

  await test.step('live: the gallery sees and hears the spokesperson and reads her words', async () => {
    await goLive(chair.page);
    await expect(spokesperson.page.getByText(t('stage.live'))).toBeVisible();
    await spokesperson.page.getByLabel(t('stage.announcement.title')).fill(ANNOUNCEMENT);
    await spokesperson.page.getByRole('button', { name: t('stage.announcement.start') }).click();
    const stage = region(viewer.page, t('room.stage'));
    await expectMoves(picture(stage, linh), 'the spokesperson to the gallery');
    await expect(stage).toContainText(linh.name);
    await expect(stage).toContainText(linh.office!);
    await expectHears(viewer.page, 'the gallery');
    await expect(viewer.page.getByText(t('room.announcement', { title: ANNOUNCEMENT }))).toBeVisible();
    await expect(captions(viewer.page).getByText(card(linh)).first()).toBeVisible();
    await expectCaptioned(viewer.page, VOICES.linh);
    await expect(viewer.page.getByText(t('captions.machine'))).toBeVisible();
    await accessibleAtWidths(viewer.page, 'gallery during the briefing');
    await accessibleAtWidths(spokesperson.page, 'stage');
    await spokesperson.page.getByRole('button', { name: t('stage.announcement.end') }).click();
    await spokesperson.page.getByRole('button', { name: t('call.mute') }).click();
  });

  await test.step('a hand is raised and lowered', async () => {
    const { page } = asker;
    const line = region(chair.page, t('console.line'));
    await page.getByRole('button', { name: t('ask.raise') }).click();
    await expect(line.getByRole('listitem')).toContainText(mai.outlet);
    await expect(page.getByText(t('line.next'))).toBeVisible();
    await page.getByRole('button', { name: t('ask.lower') }).click();
    await expect(line.getByRole('listitem')).toHaveCount(0);
  });

  await test.step('questions reach the desk, which holds, releases, declines and lists', async () => {
    await ask(asker.page, QUESTION.topic, QUESTION.text);
    await ask(viewer.page, 'Another matter', 'Will there be lunch?');

    const theirs = question(chair.page, 'Another matter');
    await theirs.getByRole('button').first().click();
    await theirs.getByRole('button', { name: t('console.decline') }).click();
    const why = chair.page.getByRole('dialog');
    await why.getByLabel(t('console.reason')).fill('Not a matter of this briefing.');
    await accessible(chair.page, 'decline?');
    await why.getByRole('button', { name: t('console.decline') }).click();
    await expect(viewer.page.getByText(t('mine.reason', { reason: 'Not a matter of this briefing.' }))).toBeVisible();

    const hers = question(chair.page, QUESTION.topic);
    await expect(hers).toContainText(card(mai));
    await expect(hers).toContainText(QUESTION.text);
    await hers.getByRole('button').first().click();
    await hers.getByRole('button', { name: t('console.hold') }).click();
    await chair.page.getByRole('dialog').getByRole('button', { name: t('console.hold') }).click();
    await expect(mine(asker.page).getByText(t('question.state.held'))).toBeVisible();
    await hers.getByRole('button', { name: t('console.release') }).click();
    await expect(mine(asker.page).getByText(t('question.state.submitted'))).toBeVisible();
    await hers.getByRole('button', { name: t('console.list'), exact: true }).click();
    await expect(asker.page.getByText(t('line.next'))).toBeVisible();
    await expect(region(viewer.page, t('line.title'))).toContainText(mai.name);
    await accessibleAtWidths(chair.page, 'console during the briefing');
  });

  await test.step('called: the journalist checks her devices, seen by the chair alone', async () => {
    await chair.page.getByRole('button', { name: t('console.call_next') }).click();
    const { page } = asker;
    await expect(page.getByRole('heading', { name: t('called.title') })).toBeVisible();
    await expectMoves(page.getByLabel(t('call.self_view')), 'the journalist to herself');
    await expect(page.getByText(t('call.level.heard'))).toBeVisible();
    await expect(page.getByText(QUESTION.text)).toBeVisible();
    await accessibleAtWidths(page, 'called');

    const floor = region(chair.page, t('console.floor'));
    await expectMoves(picture(floor, mai), 'the journalist to the chair');
    for (const at of [floor, region(viewer.page, t('floor.title'))]) {
      await expect(at).toContainText(mai.name);
      await expect(at).toContainText(mai.outlet);
    }
    await expect(region(viewer.page, t('room.stage'))).not.toContainText(mai.name);
    await page.getByRole('button', { name: t('called.ready'), exact: true }).click();
    await expect(page.getByRole('heading', { name: t('called.next') })).toBeVisible();
  });

  await test.step('on air: everybody sees, hears and reads the journalist', async () => {
    await chair.page.getByRole('button', { name: t('console.put_on_air'), exact: true }).click();
    await expect(asker.page.getByRole('heading', { name: t('called.on_air') })).toBeVisible();
    const stage = region(viewer.page, t('room.stage'));
    await expectMoves(picture(stage, mai), 'the journalist to the gallery');
    await expectHears(viewer.page, 'the gallery');
    await expect(captions(viewer.page).getByText(card(mai)).first()).toBeVisible();
    await expectCaptioned(viewer.page, VOICES.mai);
    await accessibleAtWidths(asker.page, 'on air');
  });

  await test.step('the spokesperson answers; the chair mutes, allows a follow-up and ends the exchange', async () => {
    const { page } = chair;
    await spokesperson.page.getByRole('button', { name: t('call.unmute') }).click();
    const floor = region(page, t('console.floor'));
    await floor.getByRole('button', { name: t('console.follow_up') }).click();
    await expect(asker.page.getByText(t('called.follow_up.text'))).toBeVisible();
    await floor.getByRole('button', { name: t('console.mute'), exact: true }).click();
    await expect(asker.page.getByText(t('call.muted_by_chair'))).toBeVisible();
    await expect(captions(viewer.page).locator('p').last()).toContainText(card(linh));
    await floor.getByRole('button', { name: t('console.answered') }).click();
    await expect(mine(asker.page).getByText(t('question.state.answered'))).toBeVisible();
    await expect(viewer.page.getByText(t('floor.nobody'))).toBeVisible();
  });

  await test.step('off the record: everybody sees it, and it is heard but not captured', async () => {
    const record = chair.page.getByRole('switch', { name: t('console.record') });
    await record.click();
    await expect(record).toHaveAttribute('aria-checked', 'false');
    for (const { page } of [chair, spokesperson, asker, viewer]) {
      await expect(page.getByText(t('room.off_record.text'))).toBeVisible();
    }
    off.from = Date.now() * 1000;
    await expect(viewer.page.getByText(t('captions.off.off_record'))).toBeVisible();
    await expectHears(viewer.page, 'the gallery, off the record');
    await accessible(viewer.page, 'gallery off the record');
    await accessible(chair.page, 'console off the record');
    off.to = Date.now() * 1000;
    await record.click();
    for (const { page } of [chair, spokesperson, asker, viewer]) {
      await expect(page.getByText(t('room.off_record.text'))).toBeHidden();
    }
  });

  await test.step('the spokesperson shares a screen', async () => {
    const { page } = spokesperson;
    await page.getByRole('button', { name: t('call.share'), exact: true }).click();
    const pictures = picture(region(viewer.page, t('room.stage')), linh);
    await expect(pictures).toHaveCount(2);
    await expectMoves(pictures.first(), 'the shared screen');
    await expectMoves(pictures.last(), 'the spokesperson beside it');
    await page.getByRole('button', { name: t('call.share_stop') }).click();
    await expect(pictures).toHaveCount(1);
  });

  await test.step('the chair ends the briefing', async () => {
    await chair.page.getByRole('button', { name: t('console.end') }).click();
    await chair.page.getByRole('dialog').getByRole('button', { name: t('console.end') }).click();
    for (const { page } of [chair, spokesperson, asker, viewer]) {
      await expect(page.getByRole('heading', { name: t('over.title') })).toBeVisible();
    }
    await accessibleAtWidths(asker.page, 'after the end');
    await Promise.all([podium.close(), newsroom.close()]);
  });

  await test.step('each speaker has recordings of their own, and they play', async () => {
    interface Take {
      id: string;
      card: { name: string };
      media: 'audio' | 'video';
      source_kind: string;
      state: string;
    }
    let takes: Take[] = [];
    await expect
      .poll(async () => {
        takes = (await house.api.editor.get<{ items: Take[] }>(`/events/${id}/takes`)).items;
        return takes.filter((take) => take.state !== 'finished').length;
      })
      .toBe(0);
    for (const { name } of [linh, mai]) {
      for (const media of ['audio', 'video']) {
        const theirs = takes.filter((take) => take.card.name === name && take.media === media && take.source_kind === 'camera');
        expect(theirs.length, `${media} of ${name}`).toBeGreaterThan(0);
      }
    }
    expect(takes.filter((take) => take.source_kind === 'screen' && take.media === 'video').length).toBeGreaterThan(0);
    for (const take of takes) {
      const file = info.outputPath(`${take.id}.webm`);
      writeFileSync(file, await house.api.editor.bytes(`/takes/${take.id}/media`));
      const probed = probe(file);
      expect(probed.kinds, `${take.media} of ${take.card.name}`).toEqual([take.media]);
      expect(probed.frames, `${take.media} of ${take.card.name}`).toBeGreaterThan(5);
    }
  });

  await test.step('within seconds the transcript has their words, each under its speaker', async () => {
    let segments: Segment[] = [];
    let questions: { id: string; topic: string; asker: string }[] = [];
    const said = (name: string) => segments.filter(({ card }) => card.name === name);
    const text = (of: Segment[]) => of.map(({ text }) => text).join(' ');
    const read = async () => {
      ({ segments, questions } = await house.api.editor.get<{ segments: Segment[]; questions: typeof questions }>(
        `/events/${id}/transcript`,
      ));
    };
    for (const [{ name }, voice] of [
      [linh, VOICES.linh],
      [mai, VOICES.mai],
    ] as const) {
      await expect
        .poll(() => read().then(() => wordErrorRate(wordsOf(voice), text(said(name)))), { message: `the words of ${name}` })
        .toBeLessThanOrEqual(GOOD);
    }
    // Nobody's words under somebody else's name.
    expect(wordErrorRate(wordsOf(VOICES.mai), text(said(linh.name)))).toBeGreaterThan(0.5);
    expect(wordErrorRate(wordsOf(VOICES.linh), text(said(mai.name)))).toBeGreaterThan(0.5);
    expect(new Set(segments.map(({ card }) => card.name))).toEqual(new Set([linh.name, mai.name]));

    const asked = questions.find(({ topic }) => topic === QUESTION.topic)!;
    for (const segment of said(mai.name)) {
      expect(segment).toMatchObject({ kind: 'question', question: asked.id, card: { outlet: mai.outlet } });
      expect(segment.speaker).toBe(asked.asker);
    }
    const kinds = said(linh.name).map(({ kind }) => kind);
    expect(kinds).toContain('announcement');
    expect(kinds).toContain('answer');
    expect(said(linh.name).find(({ kind }) => kind === 'answer')?.question).toBe(asked.id);
    const first = said(mai.name)[0]!;
    const apart = Math.min(...said(linh.name).map((segment) => Math.abs(segment.start - first.start)));
    expect(apart, 'both spoke within the same minute').toBeLessThan(60_000_000);
    expect(segments.filter(({ start, end }) => end > off.from && start < off.to), 'captured off the record').toEqual([]);
  });

  const correction = 'Had Mister John Dashwood leisure to consider what he could do for them?';
  await test.step('the editor corrects beside the sound and submits', async () => {
    const editor = await person(desk, server.url);
    const { page } = editor;
    await signIn(page, thu, `/app/transcript/${id}`);
    const segments = region(page, t('transcript.title')).getByRole('listitem');
    const hers = segments.filter({ hasText: mai.name });
    await expect(hers.first()).toContainText(mai.outlet);
    await hers.first().getByRole('button').last().click();
    const player = region(page, t('transcript.player'));
    await expect(player.getByRole('button', { name: t('transcript.pause') })).toBeVisible();
    await expect(player).toContainText(card(mai));
    await accessibleAtWidths(page, 'transcript desk');

    const form = region(page, t('transcript.edit'));
    await form.getByLabel(t('transcript.text')).fill(correction);
    await form.getByLabel(t('transcript.reason.style')).check();
    await form.getByRole('button', { name: t('transcript.save') }).click();
    await expect(page.getByText(t('transcript.saved'))).toBeVisible();
    await expect(hers.first()).toContainText(t('transcript.revised', { n: 1 }));

    const answer = segments.filter({ hasText: linh.name }).last();
    await answer.getByRole('button').last().click();
    await form.getByLabel(t('transcript.kind')).selectOption('procedure');
    await form.getByRole('button', { name: t('transcript.save') }).click();
    await expect(answer).toContainText(t('transcript.kind.procedure'));

    await page.getByRole('button', { name: t('edition.submit') }).click();
    await page.getByRole('dialog').getByRole('button', { name: t('edition.submit') }).click();
    await expect(page.getByText(t('edition.state.submitted.text'))).toBeVisible();
    await expect(page.getByRole('button', { name: t('edition.release') })).toHaveCount(0);
    await editor.context.close();
  });

  await test.step('another person releases it', async () => {
    const reviewer = await person(desk, server.url);
    const { page } = reviewer;
    await signIn(page, quan, `/app/transcript/${id}`);
    await page.getByRole('button', { name: t('edition.release') }).click();
    const sure = page.getByRole('dialog');
    // The programme file may still be in the making; the desk then says so.
    await expect(async () => {
      await sure.getByRole('button', { name: t('edition.release') }).click();
      await expect(sure).toBeHidden({ timeout: 2_000 });
    }).toPass({ timeout: 60_000 });
    await expect(page.getByText(t('edition.state.published'), { exact: true })).toBeVisible();
    await accessible(page, 'transcript desk, published');
    await reviewer.context.close();
  });

  const path = `/en${house.event.public_path}`;
  await test.step('the public record plays with captions, quotes by permalink and downloads', async () => {
    const reader = await person(desk, server.url);
    const { page } = reader;
    await page.goto(path);
    const text = page.locator('main');
    await expect(text).toContainText(correction);
    await expect(text).toContainText(card(mai));
    await expect(text).toContainText(card(linh));
    const video = page.locator('video');
    await video.evaluate((element: HTMLVideoElement) => {
      element.muted = true;
      return element.play();
    });
    await expectMoves(video, 'the programme');
    const cues = () =>
      video.evaluate((element: HTMLVideoElement) => {
        const track = element.textTracks[0]!;
        return [...(track.cues ?? [])].map((cue) => (cue as VTTCue).text).join(' ').replace(/\s+/g, ' ');
      });
    await expect.poll(cues).toContain('leisure to consider what he could do');

    await page.getByRole('link', { name: 'Q1', exact: true }).first().click();
    await expect(page).toHaveURL(/#q1$/);
    await expect(page.locator('#q1')).toContainText(correction);
    await expect(page.locator('#a1')).toContainText(linh.name);

    const get = async (suffix: string) => {
      const answer = await page.request.get(path + suffix);
      expect(answer.status(), suffix).toBe(200);
      return answer.text();
    };
    expect(await get('.vtt')).toMatch(/^WEBVTT/);
    expect(await get('.srt')).toMatch(/^1\r?\n\d\d:\d\d:\d\d,\d{3} --> /);
    for (const suffix of ['.vtt', '.srt', '.txt', '.json']) {
      expect((await get(suffix)).replace(/\s+/g, ' '), suffix).toContain('leisure to consider what he could do');
    }
    await auditPublic(page, house.event.public_path);
    for (const path of ['/signatures', '/', '/search', '/search?q=leisure', '/quote-check', '/corrections']) {
      await auditPublic(page, path);
    }
    await page.goto('/en/search?q=leisure+consider');
    await page.locator('main ol').getByRole('link').first().click();
    await expect(page).toHaveURL(/\?t=\d+#q1$/);
    await expect(page.locator('#q1')).toContainText(correction);
    await page.goto('/en/quote-check');
    await page.getByRole('textbox').first().fill(correction);
    await page.locator('main').getByRole('button').first().click();
    await expect(page.locator('main')).toContainText(mai.name);
    await accessibleAtWidths(page, 'quote check with its answer');

    await test.step('the signed edition is genuine, and no longer when a letter is changed', async () => {
      const edition = await get('.edition.json');
      const file = info.outputPath('edition.json');
      writeFileSync(file, edition);
      const genuine = run('verify', file);
      expect(genuine, genuine.said).toMatchObject({ code: 0 });
      const forged = join(info.outputDir, 'forged.json');
      expect(edition).toContain('leisure to consider');
      writeFileSync(forged, edition.replace('leisure to consider', 'leisure to Consider'));
      expect(run('verify', forged)).toMatchObject({ code: 1 });
    });
    await reader.context.close();
  });
});

const mine = (page: Page) => region(page, t('mine.title'));

/** A question on the desk. */
const question = (page: Page, text: string) =>
  region(page, t('console.desk')).getByRole('listitem').filter({ hasText: text });

async function ask(page: Page, topic: string, text: string): Promise<void> {
  await page.getByRole('button', { name: t('ask.write') }).click();
  await page.getByLabel(t('ask.topic'), { exact: true }).fill(topic);
  await page.getByRole('textbox', { name: t('ask.text') }).fill(text);
  await page.getByRole('button', { name: t('ask.send') }).click();
  await expect(mine(page)).toContainText(topic);
}

/** The whole recording has been read, nearly without a mistake. */
async function expectCaptioned(page: Page, voice: string): Promise<void> {
  await expect
    .poll(async () => wordErrorRate(wordsOf(voice), await captions(page).innerText()), {
      message: `captions of ${voice}`,
      timeout: 60_000,
    })
    .toBeLessThanOrEqual(GOOD);
}

/** What a player would find in a file, reading it to its end. */
function probe(file: string): { kinds: string[]; frames: number } {
  const entries = ['-count_packets', '-show_entries', 'stream=codec_type,nb_read_packets', '-of', 'json', file];
  const { streams } = JSON.parse(execFileSync('ffprobe', ['-v', 'error', ...entries], { encoding: 'utf8' })) as {
    streams: { codec_type: string; nb_read_packets: string }[];
  };
  return { kinds: streams.map(({ codec_type }) => codec_type), frames: Number(streams[0]?.nb_read_packets) };
}
