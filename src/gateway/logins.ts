import { isFault, type Backend } from '../model/index.js';
import type { Metrics } from '../telemetry/index.js';

/** The backend with its logins counted. */
export function withLoginsCounted(backend: Backend, metrics: Pick<Metrics, 'login'>): Backend {
  const login: Backend['login'] = async (credentials) => {
    try {
      const session = await backend.login(credentials);
      metrics.login('accepted');
      return session;
    } catch (error) {
      metrics.login(isFault(error, 'auth.refused') ? 'refused' : 'failed');
      throw error;
    }
  };
  // capabilities are known only after the first login, so getters must stay getters
  return Object.create(backend, { login: { value: login } }) as Backend;
}
