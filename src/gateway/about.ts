import type { FrontAnswer, FrontRoutes } from './front.js';

/** Paths of an engine's welcome page, which people open in a browser. */
const PATHS = ['/', '/ovirt-engine', '/ovirt-engine/'];

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:42rem;padding:0 1rem}' +
  'h1{font-size:1.7rem}li{margin:.4rem 0}code{font:.95em ui-monospace,monospace}';

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);

/**
 * What is at the addresses of an engine's pages, for browsers and for all who take anything; a client that requests XML
 * or JSON is answered by the API.
 */
export function aboutRoutes(cloud: string, simulated: boolean, consoleUrl: () => string | undefined): FrontRoutes {
  async function about(_query: URLSearchParams, accept = '*/*'): Promise<FrontAnswer | undefined> {
    if (!/\btext\/(html|\*)|\*\/\*/.test(accept)) return undefined;
    const url = consoleUrl();
    const behind = simulated ? `a <strong>SIMULATED</strong> ${escape(cloud)}` : escape(cloud);
    const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>oVirt API gateway</title><style>${STYLE}</style></head>
<body><h1>oVirt API gateway</h1>
<p>This is an oVirt / RHEV-M REST API in front of ${behind}. It does not have the web interface of an engine.</p>
<ul><li>API: <code>/ovirt-engine/api</code>, <code>/api</code></li>
<li><a href="/api/gateway/support">Supported operations and fields</a></li>
${url === undefined ? '' : `<li>Console for operators: <a href="${escape(url)}">${escape(url)}</a></li>\n`}</ul></body></html>
`;
    return { type: 'text/html;charset=UTF-8', body };
  }
  /** Browsers request it with every page; a 404 would count as a client's failed request. */
  const icon = async (): Promise<FrontAnswer> => ({ type: 'image/x-icon', body: '' });
  /** Rules of USB redirection, which the VM portal reads: consoles are VNC, which redirects no device. */
  const usb = async (): Promise<FrontAnswer> => ({ type: 'text/plain', body: '-1,-1,-1,-1,0' });
  return new Map([
    ...PATHS.map((path) => [path, about] as const),
    ['/favicon.ico', icon],
    ['/ovirt-engine/services/files/usbfilter.txt', usb],
  ]);
}
