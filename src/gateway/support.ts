import { packageRoot } from '../settings/index.js';
import { readMatrix, type Matrix, type SupportedBackend } from '../support/index.js';
import type { FrontAnswer } from './front.js';

/**
 * Behind both entry points, so that who has the address of the API finds it. It tells of the program and not of what is
 * behind it: no login.
 */
const PATHS = ['/api/gateway/support', '/ovirt-engine/api/gateway/support'];

type Route = (query: URLSearchParams, accept?: string) => Promise<FrontAnswer>;

/** The support matrix of these backends, read when it is first asked for. */
export function supportRoutes(backends: readonly SupportedBackend[]): (readonly [string, Route])[] {
  let matrix: Matrix | undefined;
  async function supportRoute(query: URLSearchParams, accept?: string): Promise<FrontAnswer> {
    matrix ??= readMatrix(`${packageRoot}schemas`, backends);
    // loaded when somebody looks: it stands on xmlbuilder2, which is slow to load
    const { supportPage } = await import('../support/page.js');
    return supportPage(matrix, query, accept);
  }
  return PATHS.map((path) => [path, supportRoute] as const);
}
