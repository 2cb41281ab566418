import type { Datacenters } from '../../generated/powervs/common.js';

/**
 * The regions, by PowerVS's own name and by IBM Cloud's, where they differ (the Power Cloud API's documents, "Endpoint
 * URLs"): public addresses have the first, private ones the second. Others, as Mumbai's `in-mum`, have one name.
 */
const ibmNames: Readonly<Record<string, string>> = {
  sao: 'br-sao',
  tor: 'ca-tor',
  mon: 'ca-mon',
  lon: 'eu-gb',
  syd: 'au-syd',
  tok: 'jp-tok',
  osa: 'jp-osa',
  che: 'in-che',
  mad: 'eu-es',
};
const ownNames = Object.fromEntries(Object.entries(ibmNames).map(([own, ibm]) => [ibm, own]));

/**
 * Data centers whose names do not begin with their region's (IBM's list of locations): Dallas, Washington and
 * Frankfurt.
 */
const zones: Readonly<Record<string, string>> = {
  dal: 'us-south',
  wdc: 'us-east',
  fra: 'eu-de',
  eu: 'eu-de',
  us: 'us-south',
  mad: 'mad',
  che: 'che',
};

/**
 * The region of a zone: `lon04` → `lon`, `us-south-1` → `us-south`, `eu-de-2` → `eu-de`, `dal10` → `us-south`. By
 * PowerVS's name.
 */
export function regionOf(zone: string): string {
  const stem = zone.includes('-') ? zone.replace(/-\d+$/, '') : zone.replace(/\d+$/, '');
  return ownNames[stem] ?? zones[stem] ?? stem;
}

/** Where the region's API is. `region`: either name. */
export function endpointOf(region: string, isPrivate: boolean): string {
  const own = ownNames[region] ?? region;
  return isPrivate
    ? `https://private.${ibmNames[own] ?? own}.power-iaas.cloud.ibm.com`
    : `https://${own}.power-iaas.cloud.ibm.com`;
}

/** Where the list of regions is asked for: any region has it. */
export const directoryOf = (isPrivate: boolean): string => endpointOf('us-south', isPrivate);

/**
 * A region's address in the API's own list; undefined if the list lacks it. `location`: as in a CRN, or either name of
 * a region. Only an address in the list's own domain is accepted, because tokens are sent there.
 */
export function endpointIn(
  { datacenters }: Datacenters,
  location: string,
  isPrivate: boolean,
  directory: URL,
): URL | undefined {
  const found = datacenters.find(({ location: { region, cloudRegion } }) =>
    [region, cloudRegion].some((name) => name === location),
  )?.location;
  if (!found) return undefined;
  const text =
    isPrivate && found.cloudRegion ? `https://private.${found.cloudRegion}.power-iaas.cloud.ibm.com` : found.url;
  const address = URL.canParse(text) ? new URL(text) : undefined;
  const domain = directory.hostname.replace(/^(private\.)?[^.]+/, '');
  return address?.protocol === directory.protocol && address.hostname.endsWith(domain) ? address : undefined;
}
