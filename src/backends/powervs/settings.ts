import { httpDefaults, type HttpSettings } from '../http/settings.js';

/**
 * What a PowerVS backend is made from; marks as in docs/reference/power.md: [V] read in IBM's documents or clients, [D]
 * without a source, [P] our own choice.
 */
export interface PowerVsSettings extends HttpSettings {
  /** CRN of the workspace, whole: what stands in every call, and tells tenant and cloud instance [V]. */
  readonly crn: string;
  /** Where the API of the region is; absent: from `region`, or from the location in the CRN. */
  readonly url?: string;
  /** PowerVS's name of the region or IBM Cloud's. Absent: from the CRN. */
  readonly region?: string;
  /** Whether the region's private address is meant. */
  readonly private: boolean;
  /** Where the API's own list of regions is asked for [P]; empty: nowhere. */
  readonly regionsUrl?: string;
  /** Name or id of the network of a VM that is made without a NIC [V: one at least]. */
  readonly network?: string;
  /** IBM Cloud's identity service [V]. */
  readonly iamUrl: string;
  /** A service key. Then clients log in with `password`; without it, an oVirt login's password is an API key. */
  readonly apiKey?: string;
  /** What clients log in with when there is a service key. */
  readonly password?: string;
  /** At which part of its life a token is renewed: 0.8 [P]. */
  readonly renewAt: number;
  /** What a new VM shares its processors as, unless it says otherwise [P]. */
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
