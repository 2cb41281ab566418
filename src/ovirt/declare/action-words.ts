/**
 * What an action does, in words, where its name in paths is not a word: `{}` is what it acts on. Engines' own words
 * where a fault of theirs has them (AppErrors: "Cannot preview Snapshot").
 */
const phrases: Readonly<Record<string, string>> = {
  allocatevm: 'allocate VM of {}',
  autopincpuandnumanodes: 'pin CPU and NUMA nodes of {}',
  cancelmigration: 'cancel migration of {}',
  cleanfinishedtasks: 'clean finished tasks of {}',
  commit_snapshot: 'commit Snapshot',
  commitnetconfig: 'save network configuration of {}',
  copyhostnetworks: 'copy networks of {}',
  discoveriscsi: 'discover iSCSI targets of {}',
  enrollcertificate: 'enroll certificate of {}',
  forceselectspm: 'force select SPM {}',
  freezefilesystems: 'freeze file systems of {}',
  getprofilestatistics: 'get profile statistics of {}',
  importcertificates: 'import certificates of {}',
  isattached: 'check attachment of {}',
  iscsidiscover: 'discover iSCSI targets of {}',
  iscsilogin: 'log in to iSCSI targets of {}',
  logon: 'log on to {}',
  preview_snapshot: 'preview Snapshot',
  proxyticket: 'get proxy ticket of {}',
  reduceluns: 'reduce LUNs of {}',
  refreshglusterhealstatus: 'refresh heal status of {}',
  refreshlun: 'refresh LUN of {}',
  refreshluns: 'refresh LUNs of {}',
  reloadconfigurations: 'reload configurations of {}',
  remoteviewerconnectionfile: 'get connection file of {}',
  reordermacaddresses: 'reorder MAC addresses of {}',
  resetalloptions: 'reset all options of {}',
  resetemulatedmachine: 'reset emulated machine of {}',
  resetoption: 'reset option of {}',
  setmaster: 'set master of {}',
  setoption: 'set option of {}',
  setupnetworks: 'set up networks of {}',
  startprofile: 'start profiling of {}',
  stopmigrate: 'stop migration of {}',
  stopprofile: 'stop profiling of {}',
  stoprebalance: 'stop rebalancing of {}',
  syncallnetworks: 'synchronize networks of {}',
  testconnectivity: 'test connectivity of {}',
  thawfilesystems: 'thaw file systems of {}',
  undo_snapshot: 'undo preview of Snapshot',
  unregisteredstoragedomainsdiscover: 'discover unregistered storage domains of {}',
  updateovfstore: 'update OVF store of {}',
  updatevirtualfunctionsconfiguration: 'update virtual functions of {}',
  upgradecheck: 'check for upgrade of {}',
};

/** What a fault says that it cannot do: `stop VM`, `cancel migration of VM`. */
export const actionTitle = (rel: string, entity: string): string =>
  ((Object.hasOwn(phrases, rel) ? phrases[rel] : undefined) ?? `${rel.replaceAll('_', ' ')} {}`).replace('{}', entity);
