import { Fault } from '../../model/index.js';

export function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return plain;
}

/**
 * Parses JSON whatever its media type: Glance and the proxy in front of PowerVC are imprecise there
 * (docs/reference/power.md, 1.7). Other text is returned as it is.
 */
export function parse(text: string, type: string | undefined, status: number, service: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (status < 300 && type?.includes('json'))
      throw new Fault('backend.answer', { service, text: 'broken JSON' }, { cause });
    return text;
  }
}
