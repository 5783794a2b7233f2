/** Who sits behind a firewall comes in all the same: over TCP alone, or through the relay that is built in. */
import { expect, test, type Browser, type Page } from '@playwright/test';
import { accessibleAtWidths } from '../fixtures/a11y';
import { browser, person, signIn } from '../fixtures/browser';
import { an, linh, mai } from '../fixtures/cast';
import { openHouse, type House } from '../fixtures/house';
import { expectHears, expectMoves } from '../fixtures/media';
import { enter, enterGreenRoom, goLive, picture, region } from '../fixtures/room';
import { Server } from '../fixtures/server';
import { t } from '../fixtures/words';

let server: Server;
let house: House;
let browsers: Browser[] = [];

test.beforeAll(async () => {
  server = await Server.start();
  house = await openHouse(server, [mai]);
  browsers = await Promise.all([browser(), browser('spokesperson-1', 1)]);
});

test.afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await server?.stop();
});

/** Runs in the page before its own scripts: a firewall that lets TCP through, or nothing but a relay by `rostrumFirewall`. */
function firewall(): void {
  const Native = window.RTCPeerConnection;
  const policy = window as unknown as { rostrumFirewall?: string };
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      const by = policy.rostrumFirewall;
      const iceServers = configuration?.iceServers?.map((server) => ({
        ...server,
        urls: [server.urls].flat().filter((url) => !by || url.endsWith(by)),
      }));
      super({ ...configuration, iceServers, iceTransportPolicy: by ? 'relay' : 'all' });
    }

    override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      // A relay speaks to the server's UDP candidates on the client's behalf.
      const sdp = policy.rostrumFirewall
        ? description.sdp
        : description.sdp?.replace(/^a=candidate:\S+ 1 udp .*\r\n/gm, '');
      return super.setRemoteDescription({ type: description.type, sdp });
    }
  };
}

/** By which way the media of all connections that stand goes. */
function ways(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const found: string[] = [];
    for (const peer of window.rostrumPeers.filter((peer) => peer.connectionState === 'connected')) {
      const report = await peer.getStats();
      for (const entry of report.values()) {
        if (entry.type !== 'transport') continue;
        const local = report.get(report.get(entry.selectedCandidatePairId)?.localCandidateId);
        if (local) found.push(local.candidateType === 'relay' ? `relay by ${local.relayProtocol}` : local.protocol);
      }
    }
    return [...new Set(found)];
  });
}

test('seen and heard behind a firewall that lets no UDP out', async () => {
  const [hall, podium] = browsers as [Browser, Browser];
  const chair = await person(hall, server.url);
  const viewer = await person(hall, server.url);
  const spokesperson = await person(podium, server.url);
  for (const { context } of [viewer, spokesperson]) await context.addInitScript(firewall);

  await test.step('both ends come in over TCP', async () => {
    await signIn(chair.page, an, `/app/console/${house.event.id}`);
    await chair.page.getByRole('button', { name: t('console.open_doors') }).click();
    await signIn(spokesperson.page, linh, `/app/room/${house.event.id}`);
    await enterGreenRoom(spokesperson.page);
    await enter(viewer.page, house.joinLink(mai));
    await goLive(chair.page);
    await expectMoves(picture(region(viewer.page, t('room.stage')), linh), 'the spokesperson');
    await expectHears(viewer.page, 'the viewer');
    for (const { page } of [viewer, spokesperson]) expect(await ways(page)).toEqual(['tcp']);
  });

  for (const by of ['udp', 'tcp']) {
    await test.step(`both ends come in through the relay alone, by ${by}`, async () => {
      for (const { page } of [viewer, spokesperson]) {
        await page.evaluate((by) => {
          (window as unknown as { rostrumFirewall: string }).rostrumFirewall = by;
          // As the browser says it when the network is another one: the page makes its connections anew.
          window.dispatchEvent(new Event('online'));
        }, by);
      }
      for (const { page } of [viewer, spokesperson]) await expect.poll(() => ways(page)).toEqual([`relay by ${by}`]);
      await expectMoves(picture(region(viewer.page, t('room.stage')), linh), 'the spokesperson');
      await expectHears(viewer.page, 'the viewer');
    });
  }
});

test('the connection test says what works, and what to do where a way is blocked', async () => {
  const visitor = await person(browsers[0]!, server.url);
  const { page } = visitor;
  await page.goto('/app/check');
  await expect(page.getByText(t('check.say.good'))).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(t('check.open'), { exact: true })).toHaveCount(3);
  await accessibleAtWidths(page, 'connection test');

  await page.addInitScript(() => {
    // A network without UDP: only a connection by TCP stands up.
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceServers: [] });
      }

      override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
        const sdp = description.sdp?.replace(/^a=candidate:\S+ 1 udp .*\r\n/gm, '');
        return super.setRemoteDescription({ type: description.type, sdp });
      }
    };
  });
  await page.reload();
  await expect(page.getByText(t('check.say.tcp_only'))).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(t('check.shut'), { exact: true })).toHaveCount(2);
  await expect(page.getByText(t('check.for_it', { addresses: `127.0.0.1:${server.media}` }))).toBeVisible();
});
