import { openStackCapabilities, openStackWords } from '../backends/openstack/index.js';
import { capabilitiesOf, powerVcWords } from '../backends/powervc/index.js';
import { powerVsCapabilities, powerVsWords } from '../backends/powervs/index.js';
import type { Settings } from '../settings/index.js';
import type { SupportedBackend } from '../support/index.js';

/**
 * Every kind of backend, as the support matrix sees it: PowerVC as the settings declare it, the others in their most
 * recent version.
 */
export const supportedBackends = ({ powervc }: Pick<Settings, 'powervc'>): readonly SupportedBackend[] => [
  { name: 'powervc', words: powerVcWords, on: 'openstack', capabilities: capabilitiesOf(powervc) },
  { name: 'openstack', words: openStackWords, capabilities: openStackCapabilities(undefined) },
  { name: 'powervs', words: powerVsWords, capabilities: powerVsCapabilities },
];
