import { settingsList, type Setting } from '../../src/settings/index.js';
import { stringify } from 'yaml';
import { table } from './blocks.js';

const code = (text: string): string => `\`${text}\``;

function values({ type, enum: allowed, minimum, maximum }: Setting): string {
  if (allowed) return allowed.map((value) => code(String(value))).join(', ');
  if (minimum !== undefined || maximum !== undefined) return `${type}, ${minimum ?? ''} to ${maximum ?? ''}`;
  return type;
}

/** The table of settings: from schemas/settings.json. */
export const settingsTable = (): string =>
  table(
    ['setting', 'value', 'default', 'what', 'option', 'environment'],
    settingsList.map((setting) => [
      code(setting.key),
      values(setting),
      setting.default === undefined ? '' : code(JSON.stringify(setting.default)),
      setting.live ? `${setting.description} *Live.*` : setting.description,
      [...new Set(Object.values(setting.flags))].map((flag) => code(flag.split(' ')[0]!)).join(' '),
      setting.env.map(code).join(' '),
    ]),
  );

const WIDTH = 110;

/** The text in lines of a comment, broken between words. */
function comment(text: string, indent: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && `${indent}# ${last} ${word}`.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => `${indent}# ${line}`);
}

/** gateway.example.yaml: every setting with what it means, commented out, at its default where it has one. */
export function exampleFile(): string {
  const lines = [
    '# Every setting of the gateway. Uncomment what you need, with the groups above it; ' +
      'docs/settings.md has the same as a table.',
    '# Secrets are better given by variables, or by files that variables name (OVIRT_GATEWAY_SESSIONS_SECRET_FILE).',
  ];
  let groups: string[] = [];
  for (const { key, description, secret, env, ...setting } of settingsList) {
    const path = key.split('.');
    const name = path.pop()!;
    path.forEach((group, depth) => {
      if (groups[depth] === group && groups.slice(0, depth).join() === path.slice(0, depth).join()) return;
      lines.push('', `# ${'  '.repeat(depth)}${group}:`);
      groups = path.slice(0, depth + 1);
    });
    groups = path;
    const indent = '  '.repeat(path.length);
    const text = `${description}${setting.enum ? ` One of ${setting.enum.join(', ')}.` : ''}`;
    lines.push(...comment(text, '').map((line) => `# ${indent}${line}`));
    const value = setting.default !== undefined ? stringify(setting.default, { collectionStyle: 'flow' }).trim() : '';
    lines.push(`# ${indent}${name}:${value === '' ? (secret ? ` # ${env[0]}` : '') : ` ${value}`}`);
  }
  return `${lines.join('\n')}\n`;
}
