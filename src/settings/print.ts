import { Document, isMap, isScalar } from 'yaml';
import type { Effective } from './load.js';
import { settingOf } from './schema.js';

const HIDDEN = '(hidden)';

/**
 * The settings in force as YAML that can be used as a file again, but for its secrets, which read `(hidden)`. A comment
 * behind each
 * value tells where it came from.
 */
export function printSettings({ settings, origins }: Effective): string {
  const document = new Document(structuredClone(settings));
  function walk(node: unknown, path: string): void {
    if (!isMap(node)) return;
    for (const pair of node.items) {
      const key = [...(path === '' ? [] : [path]), isScalar(pair.key) ? String(pair.key.value) : ''].join('.');
      const setting = settingOf(key);
      if (!setting) {
        walk(pair.value, key);
        continue;
      }
      if (setting.secret && origins.get(key) !== 'default') pair.value = document.createNode(HIDDEN);
      const target = isScalar(pair.value) ? pair.value : isScalar(pair.key) ? pair.key : undefined;
      if (target) target.comment = ` ${origins.get(key) ?? 'default'}`;
    }
  }
  walk(document.contents, '');
  return document.toString({ lineWidth: 0 });
}
