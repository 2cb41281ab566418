/**
 * Every word that some collection's search may begin with (searchbackend/SearchObjects), to tell a search for something
 * else from free text.
 */
export const collectionWords: ReadonlySet<string> = new Set(
  [
    'vm',
    'host',
    'template',
    'cluster',
    'datacenter',
    'storage',
    'disk',
    'network',
    'user',
    'group',
    'event',
    'pool',
    'job',
    'vnicprofile',
    'quota',
    'volume',
    'instancetype',
    'imagetransfer',
    'provider',
    'session',
    'erratum',
    'aduser',
    'adgroup',
  ].flatMap((word) => [word, `${word}s`]),
);
