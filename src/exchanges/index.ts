export {
  headerOf,
  ExchangeSyntaxError,
  type Exchange,
  type ExchangeAnswer,
  type ExchangeCall,
  type ExchangeIgnored,
  type ExchangeRequest,
  type Header,
} from './exchange.js';
export { formatExchange, formatExchanges } from './format.js';
export { parseExchange, parseExchanges } from './parse.js';
export { belowEndpoint, sendExchange } from './send.js';
export { originForm } from './target.js';
