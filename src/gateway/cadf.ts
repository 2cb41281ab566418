import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { RequestRecord } from '../ovirt/index.js';
import type { JobRecord } from '../services/work/journal.js';

/** The names of DMTF's Cloud Auditing Data Federation, DSP0262. */
const EVENT = 'http://schemas.dmtf.org/cloud/audit/1.0/event';
const USER = 'service/security/account/user';

const observer = { typeURI: 'service/compute', id: 'ovirt-powervc-gateway', name: hostname() };

/** CADF's word for what the last part of an operation's name does; others are its own, below `update`. */
const ACTIONS: Readonly<Record<string, string>> = {
  add: 'create',
  list: 'read/list',
  get: 'read',
  remove: 'delete',
  update: 'update',
};
const TOLD_BY_METHOD: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  POST: 'create',
  PUT: 'update',
  DELETE: 'delete',
};

function actionOf(operation: string | undefined, method: string): string {
  if (operation === undefined) return TOLD_BY_METHOD[method] ?? 'unknown';
  const verb = operation.split('.').at(-1) ?? operation;
  return ACTIONS[verb] ?? (method === 'GET' ? 'read' : `update/${verb}`);
}

/** The target of a path: the collection of its last object, and the object's id. */
function targetOf(path: string): { readonly typeURI: string; readonly id: string } {
  const parts = path.split('/').filter((part) => part !== '');
  const last = parts.findLastIndex((part) => ID.test(part));
  if (last > 0) return { typeURI: `data/ovirt/${parts[last - 1]}`, id: parts[last] ?? '' };
  return { typeURI: `data/ovirt/${parts.at(-1) ?? 'api'}`, id: 'unknown' };
}

/** The single sign-on of engines. */
const SSO = /^\/ovirt-engine\/(sso|services\/sso-logout)/;

/** Removes the parameters of a request that could not be parsed. */
const bare = (path: string): string => path.split(/[?;]/, 1)[0] ?? '';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const attachments = (texts: Readonly<Record<string, string | undefined>>) =>
  Object.entries(texts).flatMap(([name, content]) =>
    content === undefined ? [] : [{ typeURI: 'mime:text/plain', name, content }],
  );

/**
 * What a client did: who, to which object, from where, with which outcome and ids. It holds nothing of a body, a header
 * or a parameter, so it cannot hold a secret.
 */
export function eventOf(record: RequestRecord): object {
  const { operation, method, path, status, fault, client, userAgent, user, userId, project, created } = record;
  const isLogin = status === 401 || SSO.test(path);
  return {
    typeURI: EVENT,
    id: randomUUID(),
    eventType: isLogin ? 'control' : 'activity',
    eventTime: new Date(record.at).toISOString(),
    action: isLogin ? 'authenticate/login' : actionOf(operation, method),
    outcome:
      status === 202 ? 'pending' : status < 400 && !record.aborted ? 'success' : status < 400 ? 'unknown' : 'failure',
    reason: {
      reasonType: 'HTTP',
      reasonCode: String(status),
      ...(fault && { policyType: 'fault', policyId: fault.code }),
    },
    initiator: {
      typeURI: USER,
      id: userId ?? 'unknown',
      ...(user !== undefined && { name: user }),
      ...(project && { project_id: project }),
      host: { address: client, ...(userAgent !== undefined && { agent: userAgent }) },
    },
    target: targetOf(created ?? bare(path)),
    observer,
    requestPath: bare(path),
    attachments: attachments({
      operation,
      correlationId: record.correlationId,
      backendRequestId: record.backendRequestId,
      jobId: record.jobId,
    }),
  };
}

/** A login to the console. */
export const eventOfLogin = (user: string, client: string, accepted: boolean): object => ({
  typeURI: EVENT,
  id: randomUUID(),
  eventType: 'control',
  eventTime: new Date().toISOString(),
  action: 'authenticate/login',
  outcome: accepted ? 'success' : 'failure',
  initiator: { typeURI: USER, id: 'unknown', name: user.slice(0, 200), host: { address: client } },
  target: { typeURI: 'service/console', id: 'console' },
  observer,
});

/** The end of work that continued after its answer. */
export function eventOfJob({
  id,
  operation,
  correlationId,
  project,
  user,
  login,
  vm,
  endedAt = Date.now(),
  failure,
}: JobRecord): object {
  return {
    typeURI: EVENT,
    id: randomUUID(),
    eventType: 'activity',
    eventTime: new Date(endedAt).toISOString(),
    action: actionOf(operation, 'POST'),
    outcome: failure === undefined ? 'success' : 'failure',
    initiator: { typeURI: USER, id: user.id, name: login ?? user.name, project_id: project },
    target: vm
      ? { typeURI: 'data/ovirt/vms', id: vm.id }
      : { typeURI: `data/ovirt/${operation.split('.')[0]}`, id: 'unknown' },
    observer,
    attachments: attachments({ operation, correlationId, jobId: id }),
  };
}
