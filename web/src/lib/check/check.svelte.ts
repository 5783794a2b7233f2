/** One run of the connection test, step by step, for the page to show. */
import { best, judge, nothing, WAYS, type Found, type Verdict, type Way } from './judge';
import { download, measure, reaches, ways } from './probe';

export type Step = 'idle' | 'ways' | 'measure' | 'download' | 'done';

export class ConnectionCheck {
  step = $state<Step>('idle');
  found = $state.raw<Found>(nothing());
  verdict = $state.raw<Verdict | null>(null);
  /** Where the server takes media, for those who open firewalls. */
  media = $state.raw<string[]>([]);

  get running(): boolean {
    return this.step !== 'idle' && this.step !== 'done';
  }

  async run() {
    if (this.running) return;
    this.step = 'ways';
    this.found = nothing();
    this.verdict = null;
    const doors = await ways();
    if (!doors) {
      this.verdict = { tone: 'warn', sentences: ['offline'] };
      this.step = 'done';
      return;
    }
    this.media = doors.media;
    const servers = doors.ice_servers;
    await Promise.all(
      WAYS.map(async (way: Way) => {
        const reached = (way !== 'relay' || servers.length > 0) && (await reaches(way, servers));
        this.found = { ...this.found, ways: { ...this.found.ways, [way]: reached } };
      })
    );
    const way = best(this.found.ways);
    if (way) {
      this.step = 'measure';
      this.found = { ...this.found, ...(await measure(way, servers)) };
      this.step = 'download';
      this.found = { ...this.found, down: await download() };
    }
    this.verdict = judge(this.found);
    this.step = 'done';
  }
}
