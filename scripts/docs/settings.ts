import { settingsList, type Setting } from '../../src/settings/index.js';
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
      setting.description,
      [...new Set(Object.values(setting.flags))].map((flag) => code(flag.split(' ')[0]!)).join(' '),
      setting.env.map(code).join(' '),
    ]),
  );
