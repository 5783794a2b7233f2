/** From an empty installation to a journalist before the door: set-up, staff, series, event, registration, decision. */
import { expect, test, type Browser, type Page } from '@playwright/test';
import { accessibleAtWidths, auditApp, auditPublic } from '../fixtures/a11y';
import { Api } from '../fixtures/api';
import { browser, person, signIn } from '../fixtures/browser';
import { an, binh, claire, hoa, linh, mai, PASSWORD, quan, thu, type Journalist, type Staff } from '../fixtures/cast';
import { linkFor, mails } from '../fixtures/house';
import { Server } from '../fixtures/server';
import { t } from '../fixtures/words';

/** A second officer, for decisions at the same moment. */
const dao: Staff = { name: 'Đào Mạnh', email: 'dao.manh@press.example', role: 'officer' };
const ZONE = 'Asia/Ho_Chi_Minh';
const TITLE = { vi: 'Họp báo về hiến chương sông', en: 'Briefing on the river charter' };

let server: Server;
let chromium: Browser;

test.beforeAll(async () => {
  [server, chromium] = await Promise.all([Server.start(), browser()]);
});

test.afterAll(async () => {
  await chromium?.close();
  await server?.stop();
});

test('a briefing is planned and announced, journalists are accredited', async () => {
  const admin = await person(chromium, server.url);
  const officer = await person(chromium, server.url);
  const second = await person(chromium, server.url);
  const journalist = await person(chromium, server.url, { viewport: { width: 900, height: 800 } });
  let eventPath = '';
  let event = '';
  const outbox = new Api(server.url);

  await test.step('the set-up link makes the first administrator, once', async () => {
    const link = new URL(server.printed(/(http\S+\/app\/setup\?token=\S+)/));
    const { page } = admin;
    await page.goto(link.pathname + link.search);
    await expect(page.getByRole('heading', { name: t('setup.title') })).toBeVisible();
    await expect(page.getByLabel(t('setup.name'))).toBeVisible();
    await accessibleAtWidths(page, 'set-up');
    await page.getByLabel(t('setup.name')).fill(hoa.name);
    await page.getByLabel(t('setup.email')).fill(hoa.email);
    await page.getByLabel(t('setup.password')).fill(PASSWORD);
    await page.getByRole('button', { name: t('setup.submit') }).click();
    await expect(page.getByRole('heading', { name: t('portal.title', { name: hoa.name }) })).toBeVisible();

    const late = await person(chromium, server.url);
    await late.page.goto(link.pathname + link.search);
    await expect(late.page.getByText(t('setup.done'))).toBeVisible();
    await late.context.close();
  });

  await test.step('the administrator creates the staff', async () => {
    const { page } = admin;
    await page.getByRole('link', { name: t('nav.staff') }).click();
    for (const member of [binh, dao, an, linh, thu, quan]) {
      await page.getByRole('button', { name: t('staff.new') }).click();
      const form = page.getByRole('dialog', { name: t('staff.new') });
      await form.getByLabel(t('staff.name')).fill(member.name);
      await form.getByLabel(t('staff.email')).fill(member.email);
      await form.getByLabel(t('staff.password')).fill(PASSWORD);
      await form.getByLabel(t(`role.${member.role}`)).check();
      await form.getByRole('button', { name: t('action.save') }).click();
      await expect(form).toBeHidden();
      await expect(page.getByRole('row', { name: member.name })).toContainText(t(`role.${member.role}`));
    }
    await page.getByRole('button', { name: t('staff.new') }).click();
    await accessibleAtWidths(page, 'new account');
    await page.getByRole('button', { name: t('action.cancel') }).click();
    await auditApp(page, '/app/staff', (t) => t('staff.title'));
  });

  await test.step('the officer signs in with a password, not with a wrong one', async () => {
    const { page } = officer;
    await page.goto('/app/sign-in');
    await accessibleAtWidths(page, 'sign-in by link');
    await page.getByRole('tab', { name: t('sign_in.by_password') }).click();
    await page.getByLabel(t('sign_in.email')).fill(binh.email);
    await page.getByLabel(t('sign_in.password')).fill('not the password');
    await page.getByRole('button', { name: t('sign_in.submit'), exact: true }).click();
    await expect(page.getByText(t('problem.bad-credentials'))).toBeVisible();
    await accessibleAtWidths(page, 'refused sign-in');
    await signIn(page, binh, '/app/programme');
    await signIn(second.page, dao, '/app/desk');
    await outbox.signIn(binh.email, PASSWORD);
  });

  await test.step('the officer creates a series', async () => {
    const { page } = officer;
    await page.getByRole('link', { name: t('programme.new_series') }).first().click();
    await page.getByLabel(`${t('series.name')} · ${t('language.vi')}`).fill('Họp báo thường kỳ');
    await page.getByLabel(`${t('series.name')} · ${t('language.en')}`).fill('Regular press briefing');
    await expect(page.getByLabel(t('series.slug'))).toHaveValue('hop-bao-thuong-ky');
    await page.getByLabel(t('series.slug')).fill('hop-bao');
    await page.getByLabel(t('series.zone')).selectOption(ZONE);
    await page.getByLabel(t('series.cadence')).fill('every second Thursday');
    await page.getByRole('button', { name: t('series.create') }).click();
    await expect(page.getByRole('heading', { name: 'Regular press briefing' })).toBeVisible();
    const path = new URL(page.url()).pathname;
    await auditApp(page, '/app/programme/new-series', (t) => t('series.new.title'));
    await auditApp(page, path, (t) => t('series.step.rules'));
  });

  await test.step('the officer drafts an event, with its team', async () => {
    const { page } = officer;
    await page.goto('/app/programme');
    await page.getByRole('link', { name: t('programme.new_event') }).first().click();
    await page.getByLabel(`${t('event.title')} · ${t('language.vi')}`).fill(TITLE.vi);
    await page.getByLabel(`${t('event.title')} · ${t('language.en')}`).fill(TITLE.en);
    await expect(page.getByLabel(t('event.zone'))).toHaveValue(ZONE);
    await page.getByLabel(t('event.starts')).fill(wall(30));
    await page.getByLabel(t('event.ends')).fill(wall(90));
    await page.getByLabel(t('event.registration_closes')).fill(wall(20));
    await page.getByLabel(t('event.questions_close')).fill(wall(25));
    await page.getByRole('button', { name: t('event.create') }).click();
    await expect(page.getByRole('heading', { name: TITLE.en }).first()).toBeVisible();
    eventPath = new URL(page.url()).pathname;
    event = eventPath.split('/').at(-1)!;
    await expect(page.getByText(t('event.no_public_page'))).toBeVisible();

    for (const member of [an, linh]) {
      await page.getByRole('button', { name: t('team.add') }).click();
      const form = page.getByRole('dialog', { name: t('team.add') });
      await form.getByLabel(t('team.person')).selectOption({ label: member.name });
      await form.getByLabel(t('team.role')).selectOption(member.role);
      await form.getByLabel(t('team.office')).fill(member.office!);
      await form.getByRole('button', { name: t('team.add') }).click();
      await expect(form).toBeHidden();
      await expect(page.getByText(`${t(`role.${member.role}`)} · ${member.office}`)).toBeVisible();
    }
    await auditApp(page, '/app/programme/new-event', (t) => t('event.new.title'));
  });

  await test.step('nobody outside sees a draft', async () => {
    expect((await journalist.page.goto(`/api/v1/public/events/${event}`))?.status()).toBe(404);
    await journalist.page.goto('/en/');
    await expect(journalist.page.getByText(TITLE.en)).toHaveCount(0);
  });

  await test.step('announced, it has a number, a page, a calendar entry and a feed entry', async () => {
    const { page } = officer;
    await page.goto(eventPath);
    await page.getByRole('button', { name: t('event.announce') }).click();
    const sure = page.getByRole('dialog', { name: t('event.announce.title') });
    await accessibleAtWidths(page, 'announce?');
    await sure.getByRole('button', { name: t('event.announce') }).click();
    await expect(sure).toBeHidden();
    await expect(page.getByText(t('event_state.announced')).first()).toBeVisible();
    await auditApp(page, eventPath, (t) => t('event.step.team'));
    await auditApp(page, '/app/programme', (t) => t('programme.title'));

    await page.goto(eventPath);
    await page.getByRole('link', { name: t('event.public_page') }).click();
    await expect(page).toHaveURL(/\/en\/hop-bao\/\d{4}\/1$/);
    await expect(page.getByRole('heading', { level: 1, name: TITLE.en })).toBeVisible();
    const address = new URL(page.url()).pathname;
    await auditPublic(page, '/');
    await auditPublic(page, '/hop-bao');
    await auditPublic(page, address.slice('/en'.length));

    const calendar = await read(page, `${address}.ics`);
    expect(calendar).toContain('BEGIN:VEVENT');
    expect(calendar.replace(/\r?\n /g, '')).toContain(`SUMMARY:${TITLE.en}`);
    for (const feed of ['/en/feed.atom', '/en/hop-bao/feed.atom']) {
      expect(await read(page, feed), feed).toContain(TITLE.en);
    }
    expect(await read(page, '/vi/feed.atom')).toContain(TITLE.vi);
    expect(await read(page, '/en/hop-bao.ics')).toContain('BEGIN:VEVENT');
  });

  await test.step('a journalist registers on the public page; sent twice it is one registration', async () => {
    const { page } = journalist;
    await page.goto('/en/');
    await page.getByRole('link', { name: TITLE.en }).first().click();
    await page.getByRole('link', { name: /register/i }).click();
    await expect(page.getByRole('heading', { name: t('register.title') })).toBeVisible();
    await page.getByRole('button', { name: t('register.submit') }).click();
    await expect(page.getByLabel(t('register.name'))).toHaveAttribute('aria-invalid', 'true');
    await accessibleAtWidths(page, 'registration with marks');
    await auditApp(page, `/app/register/${event}`, (t) => t('register.title'));
    await page.reload();

    await register(page, mai);
    await expect(page.getByText(t('register.sent.text', { email: mai.email }))).toBeVisible();
    await accessibleAtWidths(page, 'registration sent');
    await page.goto(`/app/register/${event}`);
    await register(page, mai);
    await expect(page.getByText(t('register.sent.text', { email: mai.email }))).toBeVisible();

    await page.goto(linkFor(await mails(outbox), mai.email, /confirm/));
    await expect(page.getByRole('heading', { name: t('confirm.done') })).toBeVisible();
    await accessibleAtWidths(page, 'address confirmed');

    await page.goto(`/app/register/${event}`);
    await register(page, claire);
    await expect(page.getByText(t('register.sent.text', { email: claire.email }))).toBeVisible();
    await page.goto(linkFor(await mails(outbox), claire.email, /confirm/));
    await expect(page.getByRole('heading', { name: t('confirm.done') })).toBeVisible();

    const { items } = await outbox.get<{ items: { email: string; state: string }[] }>(`/events/${event}/registrations`);
    expect(items.map(({ email, state }) => `${email} ${state}`).sort()).toEqual([
      `${claire.email} pending`,
      `${mai.email} pending`,
    ]);
  });

  await test.step('of two officers at once, the second sees the decision of the first', async () => {
    const first = officer.page;
    const other = second.page;
    for (const page of [first, other]) {
      await page.goto(`/app/desk?event=${event}`);
      await expect(page.getByRole('article', { name: claire.name })).toBeVisible();
      await expect(page.getByRole('article', { name: mai.name })).toBeVisible();
    }
    await auditApp(other, `/app/desk?event=${event}`, (t) => t('desk.title'));
    await other.goto(`/app/desk?event=${event}`);
    await expect(other.getByRole('article', { name: claire.name })).toBeVisible();

    const reason = 'The press card has expired; please send the new one.';
    await first.getByRole('article', { name: claire.name }).getByRole('button', { name: t('desk.refuse') }).click();
    const why = first.getByRole('dialog');
    await why.getByLabel(t('desk.refuse.reason')).fill(reason);
    await accessibleAtWidths(first, 'refuse?');
    await why.getByRole('button', { name: t('desk.refuse') }).click();
    await expect(why).toBeHidden();

    const card = other.getByRole('article', { name: claire.name });
    await card.getByRole('button', { name: t('desk.approve') }).click();
    await expect(card.getByText(t('desk.first.title'))).toBeVisible();
    await expect(card).toContainText(binh.name);
    await expect(card).toContainText(reason);
    await accessibleAtWidths(other, 'a colleague was faster');

    await other.getByRole('article', { name: mai.name }).getByRole('button', { name: t('desk.approve') }).click();
    await expect(other.getByText(t('desk.approved', { name: mai.name }))).toBeVisible();

    const refusal = (await mails(outbox)).find((mail) => mail.to === claire.email && mail.text.includes(reason));
    expect(refusal, 'the journalist is told the reason').toBeDefined();
  });

  await test.step('the console shows every mail', async () => {
    const { page } = officer;
    await page.goto('/app/outbox');
    await expect(page.getByText(mai.email).first()).toBeVisible();
    await expect(page.getByText(t('outbox.state.kept')).first()).toBeVisible();
    await auditApp(page, '/app/outbox', (t) => t('outbox.title'));
    await auditApp(page, '/app/', (t) => t('portal.title', { name: binh.name }));
  });

  await test.step('the personal link brings the journalist to the door of the room', async () => {
    const { page } = journalist;
    await page.goto(linkFor(await mails(outbox), mai.email, /join/));
    await expect(page).toHaveURL(`/app/room/${event}`);
    await expect(page.getByRole('heading', { name: t('door.title') })).toBeVisible();
    await expect(page.getByText(mai.outlet)).toBeVisible();
    await auditApp(page, `/app/room/${event}`, (t) => t('door.title'));
    await auditApp(page, '/app/', (t) => t('portal.title', { name: mai.name }));
  });

  await test.step('a question asked in advance keeps its state in sight and can be withdrawn', async () => {
    const { page } = journalist;
    await page.goto('/app/');
    const ask = page.locator('#ask');
    await ask.getByLabel(t('portal.ask.topic')).fill('Water levels');
    await ask.getByRole('textbox', { name: t('portal.ask.text'), exact: true }).fill('Who measures the water levels?');
    await ask.getByRole('button', { name: t('portal.ask.submit') }).click();
    await expect(page.getByText(t('portal.ask.sent'))).toBeVisible();
    const mine = page.getByRole('listitem').filter({ hasText: 'Water levels' });
    await expect(mine.getByText(t('question_state.submitted'))).toBeVisible();
    await mine.getByRole('button', { name: t('portal.questions.withdraw') }).click();
    const sure = page.getByRole('dialog');
    await sure.getByRole('button', { name: t('portal.questions.withdraw') }).click();
    await expect(mine.getByText(t('question_state.withdrawn'))).toBeVisible();
  });
});

async function register(page: Page, journalist: Journalist): Promise<void> {
  await page.getByLabel(t('register.name')).fill(journalist.name);
  await page.getByLabel(t('register.email')).fill(journalist.email);
  await page.getByLabel(t('register.outlet'), { exact: true }).fill(journalist.outlet);
  await page.getByLabel(t('register.country')).selectOption(journalist.country);
  await page.getByLabel(t('register.press_card')).fill(journalist.press_card);
  await page.getByLabel(t('register.privacy.accept')).check();
  await page.getByRole('button', { name: t('register.submit') }).click();
}

/** A wall-clock time in the event's zone, so many minutes from now, as the form takes it. */
function wall(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toLocaleString('sv-SE', { timeZone: ZONE }).slice(0, 16).replace(' ', 'T');
}

async function read(page: Page, path: string): Promise<string> {
  const answer = await page.request.get(path);
  expect(answer.status(), path).toBe(200);
  return answer.text();
}
