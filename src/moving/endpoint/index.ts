export {
  EndpointError,
  openEndpoint,
  type Endpoint,
  type EndpointAnswer,
  type EndpointOptions,
  type EndpointRequest,
  type Product,
} from './endpoint.js';
export { ItemSplitter } from './splitter.js';
export type { Proxies } from '../dispatcher.js';
