/**
 * A Cloud Resource Name of a workspace: `crn:v1:bluemix:public:power-iaas:us-south:a/<tenant>:<cloud instance>::`
 * (Power Virtual Server API, Authentication).
 */
export interface Crn {
  /** The whole text, which every call sends. */
  readonly text: string;
  /** `us-south`, or a zone of it: `dal10`, `lon04`. */
  readonly location: string;
  readonly tenantId: string;
  readonly cloudInstanceId: string;
}

const FORM = /^crn:v1:[^:]*:[^:]*:power-iaas:([a-z0-9-]+):a\/([A-Za-z0-9_-]+):([A-Za-z0-9-]+):[^:]*:[^:]*$/;

/** Undefined for a text that is not the CRN of a Power Virtual Server workspace. */
export function parseCrn(text: string): Crn | undefined {
  const [, location, tenantId, cloudInstanceId] = FORM.exec(text.trim()) ?? [];
  return location === undefined || tenantId === undefined || cloudInstanceId === undefined
    ? undefined
    : { text: text.trim(), location, tenantId, cloudInstanceId };
}
