import { httpDefaults, type HttpSettings } from '../http/settings.js';

/**
 * Settings of a PowerVS backend; marks as in docs/reference/power.md: [V] read in IBM's documents or clients, [D]
 * without a source, [P] our own choice.
 */
export interface PowerVsSettings extends HttpSettings {
  /** The workspace's whole CRN, which every call sends; it has the tenant and the cloud instance [V]. */
  readonly crn: string;
  /** URL of the region's API; absent: from `region`, or from the location in the CRN. */
  readonly url?: string;
  /** PowerVS's name of the region or IBM Cloud's. Absent: from the CRN. */
  readonly region?: string;
  /** Whether to use the region's private address. */
  readonly private: boolean;
  /** URL of the API's own list of regions [P]; empty: it is not read. */
  readonly regionsUrl?: string;
  /** Name or id of the network of a VM that is made without a NIC [V: one at least]. */
  readonly network?: string;
  /** IBM Cloud's identity service [V]. */
  readonly iamUrl: string;
  /** A service key. Then clients log in with `password`; without it, an oVirt login's password is an API key. */
  readonly apiKey?: string;
  /** The password of clients, if there is a service key. */
  readonly password?: string;
  /** The part of its life after which a token is renewed: 0.8 [P]. */
  readonly renewAt: number;
  /** How a new VM shares processors by default [P]. */
  readonly procType: 'shared' | 'capped' | 'dedicated';
  /**
   * Processing units of a virtual processor, unless a VM says otherwise. The least that PowerVS takes is 0.25, on
   * premises 0.05 [V].
   */
  readonly unitsPerProcessor: number;
  /** Size of a VM that names none: GiB. PowerVS takes no less than 2 [V]. */
  readonly memoryGib: number;
  /**
   * Whether a new disk is placed in the storage pool of the VM that it is for [P]: volumes of a VM must share one [V].
   */
  readonly affinity: boolean;
}

/** The settings for the workspace of a CRN; `change` replaces whole entries. */
export const powerVsSettings = (crn: string, change: Partial<PowerVsSettings> = {}): PowerVsSettings => ({
  crn,
  private: false,
  iamUrl: 'https://iam.cloud.ibm.com',
  ...httpDefaults,
  renewAt: 0.8,
  procType: 'shared',
  unitsPerProcessor: 0.25,
  memoryGib: 2,
  affinity: true,
  ...change,
});
