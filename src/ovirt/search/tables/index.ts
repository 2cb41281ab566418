/** Every table declares itself. */
import './clusters.js';
import './datacenters.js';
import './disks.js';
import './events.js';
import './hosts.js';
import './jobs.js';
import './networks.js';
import './pmem.js';
import './profiles.js';
import './sessions.js';
import './snapshots.js';
import './storage.js';
import './tags.js';
import './templates.js';
import './users.js';
import './vms.js';
