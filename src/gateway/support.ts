import { packageRoot } from '../settings/index.js';
import { readMatrix, type Matrix, type SupportedBackend } from '../support/index.js';
import type { FrontAnswer } from './front.js';

/**
 * Below both entry points, so that it is found from the API's address. It needs no login, because it describes the
 * program and not the cloud behind it.
 */
const PATHS = ['/api/gateway/support', '/ovirt-engine/api/gateway/support'];

type Route = (query: URLSearchParams, accept?: string) => Promise<FrontAnswer>;

/** The support matrix of these backends, built on the first request. */
export function supportRoutes(backends: readonly SupportedBackend[]): (readonly [string, Route])[] {
  let matrix: Matrix | undefined;
  async function supportRoute(query: URLSearchParams, accept?: string): Promise<FrontAnswer> {
    matrix ??= readMatrix(`${packageRoot}schemas`, backends);
    // loaded on demand: it needs xmlbuilder2, which is slow to load
    const { supportPage } = await import('../support/page.js');
    return supportPage(matrix, query, accept);
  }
  return PATHS.map((path) => [path, supportRoute] as const);
}
