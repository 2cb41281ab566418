import { Document, isCollection, isMap, isScalar, type Node } from 'yaml';
import type { Effective } from './load.js';
import { settingOf } from './schema.js';

/**
 * The settings in force as YAML that can be used as a file again. A comment after each value names its source. Secrets
 * are left out; a comment at the top names those that were given, and how to give them beside the file.
 */
export function printSettings({ settings, origins }: Effective): string {
  const document = new Document(structuredClone(settings));
  const hidden: string[] = [];
  function walk(node: unknown, path: string): void {
    if (!isMap(node)) return;
    for (const pair of [...node.items]) {
      const key = [...(path === '' ? [] : [path]), isScalar(pair.key) ? String(pair.key.value) : ''].join('.');
      const setting = settingOf(key);
      if (!setting) {
        walk(pair.value, key);
        continue;
      }
      if (setting.secret && origins.get(key) !== 'default') {
        hidden.push(` ${key} (from ${origins.get(key)}): ${setting.env[0]} or ${setting.env[0]}_FILE`);
        node.delete(pair.key);
        continue;
      }
      const isShort = isScalar(pair.value) || (isCollection(pair.value) && pair.value.items.length === 0);
      const target = isShort ? (pair.value as Node) : isScalar(pair.key) ? pair.key : undefined;
      if (target) target.comment = ` ${origins.get(key) ?? 'default'}`;
    }
  }
  walk(document.contents, '');
  if (hidden.length > 0)
    document.commentBefore = [' Secrets are left out. Give them with the file, in the environment:', ...hidden].join(
      '\n',
    );
  return document.toString({ lineWidth: 0 });
}
