import type { Console } from '../../../model/index.js';

/**
 * A connection file of virt-viewer (its manual, "CONNECTION FILE"). Clouds open consoles to browsers: the address that
 * they give is that of a proxy, whose page is named in a comment for those that cannot speak to it.
 */
export function viewerFile({ protocol, url = '' }: Console, password: string): string {
  const at = URL.canParse(url) ? new URL(url) : undefined;
  return [
    '[virt-viewer]',
    `type=${protocol}`,
    ...(at ? [`host=${at.hostname}`, `port=${at.port || (at.protocol === 'http:' ? '80' : '443')}`] : []),
    `password=${password}`,
    'delete-this-file=1',
    'fullscreen=0',
    ...(at ? [`# In a browser: ${url}`] : []),
    '',
  ].join('\n');
}
