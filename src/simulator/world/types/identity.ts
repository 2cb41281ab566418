export type RoleName = 'admin' | 'member' | 'reader';

export interface Project {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
  domain_id: string;
  /** A project above it, or its domain. */
  parent_id: string;
  tags: string[];
  /** Quotas that administrators set instead of `settings.quota`. */
  quota: Partial<Quota>;
}

/**
 * `roles`: project id to the strongest of Keystone's own roles there. More of them, and those of groups, are grants; a
 * user without any cannot log in to the project.
 */
export interface User {
  id: string;
  name: string;
  password: string;
  roles: Record<string, RoleName>;
  enabled: boolean;
  domain_id: string;
  email?: string;
  description?: string;
  default_project_id?: string;
  /** Other properties, which Keystone stores as they are sent. */
  extra?: Record<string, unknown>;
}

/** A domain besides `default`, which each cloud has. */
export interface Domain {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
}

export interface UserGroup {
  id: string;
  name: string;
  description: string;
  domain_id: string;
  /** Ids of users. */
  members: string[];
}

/** A role besides Keystone's own. */
export interface Role {
  id: string;
  name: string;
  description: string | null;
  domain_id: string | null;
}

/** Whoever has the prior role has the implied one. */
export interface RoleInference {
  /** Ids of roles. */
  prior: string;
  implied: string;
}

/** A role of a user or of a group in a project, in a domain or in the whole cloud, beyond `User.roles`. */
export interface Grant {
  /** Id of a role. */
  role: string;
  actor: 'users' | 'groups';
  actor_id: string;
  scope: 'projects' | 'domains' | 'system';
  /** Id of the project or domain; `all` of the system. */
  scope_id: string;
  /** Instead of in the project or domain, the role is held in all projects below it. */
  inherited?: boolean;
}

/** A login of a user's to one project, without the password. */
export interface ApplicationCredential {
  id: string;
  name: string;
  secret: string;
  user_id: string;
  project_id: string;
  description: string | null;
  /** Names of roles; null: those of the user. */
  roles: string[] | null;
  unrestricted: boolean | null;
  /** As it was sent. */
  expires_at: string | null;
}

/** The trustee may log in with roles of the trustor's. */
export interface Trust {
  id: string;
  trustor_user_id: string;
  trustee_user_id: string;
  project_id: string | null;
  impersonation: boolean;
  /** Names of roles. */
  roles: string[];
  expires_at: string | null;
  remaining_uses: number | null;
}

/** What Keystone stores as it is sent: a region, service, endpoint, policy or credential. */
export interface Kept extends Record<string, unknown> {
  id: string;
}

/** Endpoints that its projects see in their catalogue, and no others. */
export interface EndpointGroup {
  id: string;
  name: string;
  description: string | null;
  /** What the endpoints have: `service_id`, `region_id`, `interface`. */
  filters: Record<string, unknown>;
  /** Ids of projects. */
  projects: string[];
}

/** A login. Tokens are not part of the saved state. */
export interface Token {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  /** Names of all roles, implied ones too. */
  readonly roles: readonly string[];
  readonly projectId: string;
  readonly projectName: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  expiresAt: number;
  readonly auditId: string;
  readonly methods: readonly string[];
  /** Domain of a login to a domain instead of a project. */
  readonly domainId?: string;
  readonly trust?: Trust;
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
  injected_files: number;
  injected_file_content_bytes: number;
  injected_file_path_bytes: number;
  fixed_ips: number;
  floating_ips: number;
  nova_security_groups: number;
  nova_security_group_rules: number;
  volumes: number;
  gigabytes: number;
  snapshots: number;
  per_volume_gigabytes: number;
  backups: number;
  backup_gigabytes: number;
  ports: number;
  networks: number;
  subnets: number;
  security_groups: number;
  security_group_rules: number;
}
