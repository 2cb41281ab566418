import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import type { Schema } from '../../src/schemas/schema.js';
import { banner } from './output.js';
import { withRequire } from './validators.js';

/** The check of settings, compiled: to compile it was an eighth of a start. */
export function settingsCheckFile(schema: Schema): string {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    keywords: ['x-env', 'x-flags', 'x-help', 'x-secret', 'x-error', 'x-live', 'x-former'],
    strictRequired: false,
    code: { source: true, esm: true, lines: true },
  });
  ajv.addSchema(schema, 'settings');
  // declared here, because TypeScript cannot analyze a function of that length
  const code = standaloneCode
    .default(ajv, { isSettings: 'settings' })
    .replace('export const isSettings', "/** @type {import('ajv').ValidateFunction} */\nexport const isSettings");
  return `${banner('schemas/settings.json')}${withRequire(code)}`;
}
