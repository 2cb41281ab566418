export type RoleName = 'admin' | 'member' | 'reader';

export interface Project {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
  /** Quotas that administrators set instead of `settings.quota`. */
  quota: Partial<Quota>;
}

/** `roles`: project id to the strongest role there; a user without one cannot log in to it. */
export interface User {
  id: string;
  name: string;
  password: string;
  roles: Record<string, RoleName>;
  enabled: boolean;
  email?: string;
  description?: string;
  /** Each one authenticates its user in one project. */
  applicationCredentials?: readonly { readonly id: string; readonly secret: string; readonly project: string }[];
}

/** A login. Tokens are not part of the saved state. */
export interface Token {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly roles: readonly RoleName[];
  readonly projectId: string;
  readonly projectName: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  expiresAt: number;
  readonly auditId: string;
}

/** Nova's, Cinder's and Neutron's together; names are theirs, of Neutron's the plural. */
export interface Quota {
  instances: number;
  cores: number;
  ram: number;
  metadata_items: number;
  key_pairs: number;
  server_groups: number;
  server_group_members: number;
  volumes: number;
  gigabytes: number;
  snapshots: number;
  ports: number;
  networks: number;
  subnets: number;
  security_groups: number;
  security_group_rules: number;
}
