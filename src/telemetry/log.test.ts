import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createLog, type LogSettings } from './index.js';

class Sink extends Writable {
  readonly writes: string[] = [];
  #release: (() => void) | undefined;
  constructor(private readonly slow = false) {
    super({ decodeStrings: false, highWaterMark: slow ? 1 : 65536 });
  }
  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(text);
    if (this.slow && !this.#release) this.#release = done;
    else done();
  }
  release(): void {
    this.#release?.();
  }
  get lines(): string[] {
    return this.writes.join('').split('\n').slice(0, -1);
  }
}

const settings: LogSettings = { level: 'info', format: 'json', maxPending: 100 };
const messages = (sink: Sink): unknown[] => sink.lines.map((line) => (JSON.parse(line) as { message: string }).message);

describe('a log', () => {
  it('writes a JSON object a line, with errors whole', async () => {
    const sink = new Sink();
    const log = createLog(settings, sink);
    log.error('broken', { id: 7, error: new Error('outer', { cause: new TypeError('inner') }) });
    await log.close();
    expect(JSON.parse(sink.lines[0]!)).toMatchObject({
      level: 'error',
      message: 'broken',
      id: 7,
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      error: {
        name: 'Error',
        message: 'outer',
        stack: expect.stringContaining('log.test.ts') as string,
        cause: { name: 'TypeError', message: 'inner' },
      },
    });
  });

  it('hides secrets, however deep', async () => {
    const sink = new Sink();
    const log = createLog(settings, sink);
    log.info('x', { password: 'hunter2', headers: { Authorization: 'Basic hunter2', 'X-Auth-Token': 'hunter2' } });
    await log.close();
    expect(sink.lines[0]).not.toContain('hunter2');
    expect(sink.lines[0]).toContain('"Authorization":"(hidden)"');
  });

  it('cannot be made to write a second line', async () => {
    for (const format of ['text', 'json'] as const) {
      const sink = new Sink();
      const log = createLog({ ...settings, format }, sink);
      log.info('a\nb', { path: '/api\r\nforged', plain: 'x=1' });
      await log.close();
      expect(sink.writes.join('').split(/[\r\n]/)).toEqual([sink.lines[0], '']);
    }
  });

  it('writes text for people', async () => {
    const sink = new Sink();
    const log = createLog({ ...settings, format: 'text' }, sink);
    log.warn('request', { method: 'GET', path: '/api', note: 'two words', none: undefined, list: [1] });
    await log.close();
    expect(sink.lines[0]).toMatch(/^\S+Z warn {2}request method=GET path=\/api note="two words" list=\[1\]$/);
  });

  it.each([
    ['warn', ['error', 'warn']],
    ['debug', ['error', 'warn', 'info', 'debug']],
    ['silent', []],
  ] as const)('of level %s writes %j', async (level, expected) => {
    const sink = new Sink();
    const log = createLog({ ...settings, level }, sink);
    for (const each of ['error', 'warn', 'info', 'debug'] as const) {
      log[each](each);
      expect(log.enabled(each)).toBe((expected as readonly string[]).includes(each));
    }
    await log.close();
    expect(messages(sink)).toEqual(expected);
  });

  it('gathers lines into few writes', async () => {
    const sink = new Sink();
    const log = createLog(settings, sink);
    for (let i = 0; i < 640; i++) log.info(String(i));
    await log.close();
    expect(messages(sink)).toEqual(Array.from({ length: 640 }, (_, i) => String(i)));
    expect(sink.writes.length).toBeLessThanOrEqual(11);
  });

  it('writes a line at once, and those of the next 20 ms together', async () => {
    vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'performance'], now: 1000 });
    try {
      const sink = new Sink();
      const log = createLog(settings, sink);
      for (const line of ['first', 'second', 'third']) {
        log.info(line);
        await vi.advanceTimersByTimeAsync(1);
      }
      expect(messages(sink)).toEqual(['first']);
      await vi.advanceTimersByTimeAsync(20);
      expect(sink.writes).toHaveLength(2);
      expect(messages(sink)).toEqual(['first', 'second', 'third']);
      await log.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('drops lines rather than grow when the reader is slow, and says how many', async () => {
    const sink = new Sink(true);
    const log = createLog(settings, sink);
    for (let i = 0; i < 100; i++) log.info('first');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    for (let i = 0; i < 150; i++) log.info('later');
    sink.release();
    await log.close();
    expect(sink.lines).toHaveLength(100 + 100 + 1);
    expect(JSON.parse(sink.lines.at(-1)!)).toMatchObject({ level: 'warn', count: 50 });
  });
});
