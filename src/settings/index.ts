export { loadSettings, SettingsError, type Effective, type Sources } from './load.js';
export { printSettings } from './print.js';
export { packageRoot, packageVersion, settings as settingsList, type Setting } from './schema.js';
export type { Settings } from '../generated/settings.js';
