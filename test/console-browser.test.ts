import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { silent } from './support/testbed.js';
import { available } from './clients/tools.js';

const present = available('chromium', 'apt-get install chromium');

/** The console in a real browser: on a desktop in light, on a phone in dark. */
describe.skipIf(!present)('the console in Chromium', () => {
  let gateway: Gateway;
  let browser: Browser;
  beforeAll(async () => {
    const { settings } = loadSettings({
      sets: ['server.port=0', 'admin.port=0', 'simulator.timeScale=0', 'operations.pollMs=1'],
    });
    gateway = await startGateway(settings, {
      console: true,
      log: silent({ level: 'error', format: 'text', maxPending: 100 }),
    });
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
    });
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  const authorized = { authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}` };
  const call = (path: string, body?: string): Promise<Response> =>
    fetch(`${gateway.url}/api${path}`, {
      ...(body !== undefined && { method: 'POST', body }),
      headers: {
        ...authorized,
        'content-type': 'application/xml',
      },
    });

  async function enter(context: BrowserContext): Promise<{ page: Page; errors: string[] }> {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) errors.push(message.text());
    });
    await page.goto(gateway.consoleUrl!);
    await page.fill('[name=user]', 'admin@internal');
    await page.fill('[name=password]', 'powervc');
    await page.keyboard.press('Enter');
    await page.waitForSelector('nav a[aria-current=page]');
    return { page, errors };
  }

  it('shows SIMULATED, a light per service, and requests as they come', async () => {
    const context = await browser.newContext({ colorScheme: 'light' });
    const { page, errors } = await enter(context);
    expect(await page.textContent('.simulated')).toBe('SIMULATED');
    await call('/vms');
    await page.waitForSelector('.light.up:has-text("Nova")');
    await page.click('nav >> text=Live requests');
    await page.waitForSelector('#stream:has-text("live")');
    await call('/clusters');
    await page.click('#request-list button:has-text("/api/clusters")');
    await page.waitForSelector('.waterfall summary:has-text("compute GET")');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('is used with the keyboard alone', async () => {
    const context = await browser.newContext();
    const { page, errors } = await enter(context);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.focus('nav a[href="#support"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#support-result details');
    expect(await page.textContent('#support-result details:first-of-type summary')).toMatch(/^\/vms /);
    await page.focus('#support-form [name=find]');
    await page.keyboard.type('disk size');
    await page.waitForSelector('#support-result a:has-text("try it")');
    await page.focus('#support-result a:has-text("try it")');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#playground:not([hidden])');
    expect(await page.inputValue('#playground textarea')).toContain('HTTP/1.1');
    await page.click('#playground button:has-text("Try it")');
    await page.waitForSelector('#playground-result pre');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('links to a pasted request without its login', async () => {
    const context = await browser.newContext();
    const { page, errors } = await enter(context);
    await page.click('nav a[href="#playground"]');
    for (const pasted of [
      "curl -sku 'admin@internal:sesame' https://engine/api/vms",
      'curl --user admin@internal:sesame -b JSESSIONID=sesame https://engine/api/vms',
      "curl -H 'Authorization: Bearer sesame' --cookie 'JSESSIONID=sesame' https://engine/api/vms",
      'GET /api/vms HTTP/1.1\nHost: engine\nAuthorization: Basic sesame\nCookie: JSESSIONID=sesame\n\n',
    ]) {
      await page.fill('#playground textarea', pasted);
      const link = new URL((await page.getAttribute('#permalink', 'href'))!, gateway.consoleUrl).href;
      expect(decodeURIComponent(link)).toContain('/api/vms');
      expect(link).not.toContain('sesame');
      await page.goto(link);
      await page.click('#playground button:has-text("Try it")');
      await page.waitForSelector('#playground-result pre:has-text("HTTP/1.1 200")');
    }
    expect(errors).toEqual([]);
    await context.close();
  });

  it('fits a phone in the dark: nothing is wider than the screen', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
    const { page, errors } = await enter(context);
    await call('/vms');
    for (const section of ['health', 'requests', 'unmet', 'playground', 'jobs', 'simulator']) {
      await page.click(`nav a[href="#${section}"]`);
      await page.waitForSelector(`#${section}:not([hidden])`);
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), section).toBe(true);
    }
    expect(errors).toEqual([]);
    await context.close();
  });

  it('takes a search of the support matrix that is typed before the matrix has come', async () => {
    const context = await browser.newContext();
    const { page, errors } = await enter(context);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/console/api/support', async (route) => {
      await held;
      await route.continue();
    });
    await page.click('nav a[href="#support"]');
    await page.fill('#support-form [name=find]', 'disk size');
    release();
    await page.waitForSelector('#support-result td');
    expect(errors).toEqual([]);
    expect(await page.textContent('#support-count')).toMatch(/^\d{1,2} operations/);
    await context.close();
  });

  it('says in each section what to use instead, without script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(gateway.consoleUrl!);
    await page.fill('[name=user]', 'admin@internal');
    await page.fill('[name=password]', 'powervc');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#simulator');
    const sections = await page.locator('main section').allInnerTexts();
    expect(sections.map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      'Health The health of the services, as JSON.',
      'Live requests The last requests, as JSON; /console/api/requests/{serial} has the calls of one.',
      expect.stringMatching(/^Unmet requests What clients requested .* CSV JSON$/),
      'Playground Paste a curl command or a raw request. It runs on a separate simulated cloud, with a login of that cloud; nothing reaches the real one. The command ovirt-powervc-gateway translate does the same.',
      'Support Supported operations and fields, with a search.',
      'Jobs The jobs, as JSON.',
      expect.stringMatching(/^Simulator Faults, clock and logins are at http:.*\/simulator/),
    ]);
    for (const link of await page.locator('main a:not(#permalink)').all()) {
      const href = (await link.getAttribute('href'))!;
      const answer = await context.request.get(new URL(href, gateway.consoleUrl).href, { headers: authorized });
      expect(answer.status(), href).toBe(200);
    }
    await context.close();
  });

  it('says that the gateway does not answer, until it does', async () => {
    const context = await browser.newContext();
    const { page, errors } = await enter(context);
    await page.route('**/console/api/health', (route) => route.abort());
    await page.waitForSelector('#trouble:has-text("The gateway does not answer")');
    await page.unroute('**/console/api/health');
    await page.waitForSelector('#trouble', { state: 'hidden' });
    expect(errors).toEqual([]);
    await context.close();
  });

  it('every field has a label, every section a heading', async () => {
    const context = await browser.newContext();
    const { page } = await enter(context);
    const unnamed = await page.evaluate(
      `[...document.querySelectorAll('input,select,textarea')].filter((field) => !field.closest('label') && !field.getAttribute('aria-label')).map((field) => field.name)`,
    );
    expect(unnamed).toEqual([]);
    expect(
      await page.evaluate(`[...document.querySelectorAll('section')].every((one) => one.querySelector('h2'))`),
    ).toBe(true);
    await context.close();
  });

  it('every table has a name and named columns, and links that read alike lead to one place', async () => {
    const context = await browser.newContext();
    const { page, errors } = await enter(context);
    await call('/vms?case_sensitive=false&made_up=1');
    await call('/networks', '<network><name>n</name></network>');
    await call('/vmpools', '<vmpool><name>p</name></vmpool>');
    await page.click('nav a[href="#unmet"]');
    await page.waitForSelector('#unmet-list a >> nth=1');
    await page.click('nav a[href="#support"]');
    await page.fill('#support-form [name=find]', 'disk size');
    await page.waitForSelector('#support-result td');
    expect(
      await page.evaluate(
        `[...document.querySelectorAll('table')].filter((one) => !one.getAttribute('aria-label')).map((one) => one.id)`,
      ),
    ).toEqual([]);
    expect(await page.evaluate(`[...document.querySelectorAll('th')].filter((one) => !one.textContent).length`)).toBe(
      0,
    );
    const targets = await page.evaluate<[string, string][]>(
      `[...document.querySelectorAll('main a')].map((one) => [one.getAttribute('aria-label') ?? one.textContent, one.href])`,
    );
    expect(targets.filter(([name]) => name.startsWith('support of')).length).toBeGreaterThan(1);
    const byName = new Map<string, Set<string>>();
    for (const [name, href] of targets) byName.set(name, (byName.get(name) ?? new Set()).add(href));
    expect([...byName].filter(([, hrefs]) => hrefs.size > 1).map(([name]) => name)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });
});
