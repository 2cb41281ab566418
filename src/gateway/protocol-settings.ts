import type { ProtocolSettings, SessionSettings } from '../ovirt/index.js';
import type { Settings } from '../settings/index.js';

/** Settings of sessions whose secrets are replaced when the settings are reloaded. */
export type ChangingSessionSettings = { -readonly [K in keyof SessionSettings]: SessionSettings[K] };

/** All secrets, the present one first. */
export const secretsOf = ({ secret, formerSecrets = [] }: Settings['sessions']): readonly string[] =>
  secret === undefined ? [] : [secret, ...formerSecrets];

export function sessionSettingsOf(sessions: Settings['sessions']): ChangingSessionSettings {
  const { secret: _secret, formerSecrets: _former, ...rules } = sessions;
  return { ...rules, secrets: secretsOf(sessions) };
}

/** The settings of the protocol layer. */
export const protocolSettingsOf = ({ protocol, server }: Settings, sessions: SessionSettings): ProtocolSettings => ({
  ...protocol,
  sessions,
  maxBodyBytes: server.maxBodyBytes,
  maxHeaderBytes: server.maxHeaderBytes,
  headersTimeoutMs: server.headersTimeoutMs,
  requestTimeoutMs: server.requestTimeoutMs,
  maxHeaders: server.maxHeaders,
  allowedHosts: server.allowedHosts.map((host) => host.toLowerCase()),
  trustedProxies: server.trustedProxies,
  writeTimeoutMs: server.writeTimeoutMs,
  maxRequests: server.maxRequests,
  deadlineMs: server.deadlineMs,
});
