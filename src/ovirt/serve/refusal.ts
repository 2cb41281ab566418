import type { Request, Response } from 'express';
import { Fault } from '../../model/index.js';
import type { Exchange } from '../declare/exchange.js';
import { announcesBody } from '../http/body.js';
import { mediaType, preferred, type Format } from '../http/negotiation.js';
import { versionAt, type Served } from '../version/entry-points.js';
import type { Version } from '../version/version.js';
import { faultHeaders, faultText } from './faults.js';

/**
 * Refuses a request that is one too many (503), before anything of it is parsed that is not needed for that: the less a
 * refusal costs, the sooner the next one comes. Texts and headers are made once.
 */
export function createRefusal(
  served: Served<Version>,
): (request: Request, response: Response, exchange: Exchange) => void {
  const fault = new Fault('overloaded', { retryAfter: 1 });
  const headers = faultHeaders(fault, '');
  const texts = new Map<Version, Map<Format, Buffer>>();
  return (request, response, exchange) => {
    const { url } = request;
    const query = url.search(/[;?]/);
    exchange.path = query < 0 ? url : url.slice(0, query);
    exchange.fault = fault;
    exchange.version = versionAt(served, url, request.headers['version']);
    exchange.format = preferred(request.headers.accept);
    exchange.leavesBody = announcesBody(request);
    const body = textIn(exchange.version, exchange.format);
    response.writeHead(fault.status, {
      'Correlation-Id': exchange.correlationId,
      'Content-Type': mediaType[exchange.format],
      'Content-Length': body.length,
      ...headers,
      ...(exchange.close && { Connection: 'close' }),
    });
    response.end(body);
  };

  function textIn(version: Version, format: Format): Buffer {
    const known = texts.get(version) ?? new Map<Format, Buffer>();
    texts.set(version, known);
    const text = known.get(format) ?? Buffer.from(faultText(version, fault, format));
    known.set(format, text);
    return text;
  }
}
