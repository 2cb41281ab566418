"""Nova: flavors, keys, a server's life, quotas."""
import json
import re

from harness import gone, n, names, osc, pick, refused, show, status, step, until

SERVER = n('server')
PLAIN = ('OS-DCF:diskConfig', 'OS-EXT-STS:power_state', 'OS-EXT-STS:task_state', 'OS-EXT-STS:vm_state',
         'OS-SRV-USG:terminated_at', 'accessIPv4', 'accessIPv6', 'config_drive', 'image', 'key_name', 'name', 'progress',
         'properties', 'status', 'security_groups')


def server_is(wanted):
    def state():
        shown = show(f'server show {SERVER} -c status -c OS-EXT-STS:task_state')
        return [shown['status'], shown['OS-EXT-STS:task_state']]

    return until(state, [wanted, None])


@step('flavor create')
def _():
    return show(f'flavor create --ram 256 --vcpus 1 --disk 1 --property day=one --id {n("flavor-id")} {n("flavor")}')


@step('flavor list')
def _():
    return [pick(one, 'RAM', 'Disk', 'Ephemeral', 'VCPUs', 'Is Public', 'Properties')
            for one in show('flavor list --all --long') if one['Name'] == n('flavor')]


@step('flavor list, limit and marker')
def _():
    first = show('flavor list --all --limit 1')
    second = show(f'flavor list --all --limit 1 --marker {first[0]["ID"]}')
    return [len(first), len(second), first != second]


@step('flavor list, least memory')
def _():
    return n('flavor') in [one['Name'] for one in show('flavor list --all --min-ram 99999')]


@step('flavor set and unset')
def _():
    osc(f'flavor set --property evening=two {n("flavor")}')
    osc(f'flavor unset --property day {n("flavor")}')
    return show(f'flavor show {n("flavor")}')['properties']


@step('flavor description')
def _():
    osc('--os-compute-api-version 2.55 flavor set --description day', n('flavor'))
    return show(f'--os-compute-api-version 2.55 flavor show {n("flavor")}')['description']


@step('flavor private, and access')
def _():
    show(f'flavor create --private --ram 512 --vcpus 2 --disk 1 {n("private")}')
    osc(f'flavor set --project {n("project")} {n("private")}')
    had = len(show(f'flavor show {n("private")}')['access_project_ids'])
    osc(f'flavor unset --project {n("project")} {n("private")}')
    return [had, show(f'flavor show {n("private")}')['access_project_ids']]


@step('flavor of a taken name')
def _():
    return refused(lambda: show(f'flavor create --ram 256 --vcpus 1 --disk 1 {n("flavor")}'))


@step('keypair create')
def _():
    return osc(f'keypair create {n("key")}', raw=True).splitlines()[0].startswith('-----BEGIN')


@step('keypair show')
def _():
    return pick(show(f'keypair show {n("key")}'), 'name', 'id', 'fingerprint', 'type', 'is_deleted')


@step('keypair list')
def _():
    return names(show('keypair list'))


@step('server group create')
def _():
    return show(f'server group create --policy anti-affinity {n("rule")}')


@step('server create')
def _():
    osc(f'port create --network {n("net")} {n("server-port")}', '-f', 'json')
    made = show(f'server create --flavor {n("flavor")} --volume {n("boot")} --port {n("server-port")} --key-name {n("key")} '
                f'--property day=one --hint group={show("server group show " + n("rule"))["id"]} {SERVER}')
    return [made['status'], made['OS-EXT-STS:vm_state'], made['key_name'], len(made['adminPass'])]


@step('server is active')
def _():
    return server_is('ACTIVE')


@step('server show')
def _():
    return pick(show(f'server show {SERVER}'), *PLAIN)


@step('server show, 2.72')
def _():
    shown = show(f'--os-compute-api-version 2.72 server show {SERVER}')
    return pick(shown, *PLAIN, 'flavor', 'locked', 'tags', 'description', 'server_groups', 'host_status', 'trusted_image_certificates')


@step('server addresses')
def _():
    return [list(show(f'server show {SERVER}')['addresses']),
            len(show(f'server show {SERVER}')['addresses'][n('net')])]


@step('server group holds it')
def _():
    return len(show(f'server group show {n("rule")}')['members'])


@step('server list')
def _():
    return [{**pick(one, 'Name', 'Status', 'Flavor'), 'Networks': list(one['Networks'])} for one in show(f'server list --name {SERVER}')]


@step('server list --long')
def _():
    return [sorted(one) for one in show(f'server list --long --name {SERVER}')]


@step('server list by status')
def _():
    return names(show('server list --status ACTIVE'))


@step('server list of all projects')
def _():
    return names(show('server list --all-projects --no-name-lookup'))


@step('server list by flavor and host')
def _():
    host = show(f'server show {SERVER}')['OS-EXT-SRV-ATTR:host']
    return names(show(f'server list --all-projects --flavor {n("flavor")} --host {host}'))


@step('server set')
def _():
    osc(f'server set --property evening=two --name {SERVER} {SERVER}')
    return show(f'server show {SERVER}')['properties']


@step('server unset')
def _():
    osc(f'server unset --property day {SERVER}')
    return show(f'server show {SERVER}')['properties']


@step('server stop')
def _():
    osc(f'server stop {SERVER}')
    return server_is('SHUTOFF')


@step('server start')
def _():
    osc(f'server start {SERVER}')
    return server_is('ACTIVE')


@step('server start, started')
def _():
    return refused(lambda: osc(f'server start {SERVER}'))


@step('server reboot')
def _():
    osc(f'server reboot --hard --wait {SERVER}')
    return server_is('ACTIVE')


@step('server pause')
def _():
    osc(f'server pause {SERVER}')
    return server_is('PAUSED')


@step('server unpause')
def _():
    osc(f'server unpause {SERVER}')
    return server_is('ACTIVE')


@step('server suspend')
def _():
    osc(f'server suspend {SERVER}')
    return server_is('SUSPENDED')


@step('server resume')
def _():
    osc(f'server resume {SERVER}')
    return server_is('ACTIVE')


@step('server lock')
def _():
    osc(f'server lock {SERVER}')
    osc(f'server unlock {SERVER}')
    return status('server', SERVER)


@step('server add volume')
def _():
    made = show(f'server add volume {SERVER} {n("volume")}')
    return [sorted(made), until(lambda: status('volume', n('volume')), 'in-use')]


@step('server volume list')
def _():
    return len(show(f'server volume list {SERVER}'))


@step('volume shows its server')
def _():
    return [sorted(one) for one in show(f'volume show {n("volume")}')['attachments']]


@step('server remove volume')
def _():
    osc(f'server remove volume {SERVER} {n("volume")}')
    return until(lambda: status('volume', n('volume')), 'available')


@step('server add port')
def _():
    osc(f'server add port {SERVER} {n("port")}')
    return until(lambda: sorted(names(show(f'port list --server {SERVER}'))), sorted([n('port'), n('server-port')]))


@step('server remove port')
def _():
    osc(f'server remove port {SERVER} {n("port")}')
    return until(lambda: names(show(f'port list --server {SERVER}')), [n('server-port')])


@step('server add network')
def _():
    osc(f'server add network {SERVER} {n("net")}')
    return until(lambda: len(show(f'port list --server {SERVER}')), 2)


@step('server add fixed ip')
def _():
    osc(f'server add fixed ip --fixed-ip-address 10.77.0.99 {SERVER} {n("net")}')
    return until(lambda: '10.77.0.99' in json.dumps(show(f'server show {SERVER}')['addresses']), True)


@step('server add security group')
def _():
    osc(f'server add security group {SERVER} {n("group")}')
    had = sorted({one['name'] for one in show(f'server show {SERVER}')['security_groups']})
    osc(f'server remove security group {SERVER} {n("group")}')
    return had


@step('server image create')
def _():
    osc(f'server image create --name {n("capture")} --wait {SERVER}', '-f', 'json')
    shown = show(f'image show {n("capture")}')
    mapping = json.loads(shown['properties']['block_device_mapping'])
    return [shown['status'], shown['size'], len(mapping), sorted(mapping[0]), mapping[0]['source_type'],
            mapping[0]['destination_type'], shown['properties']['bdm_v2']]


@step('capture has its volume snapshot')
def _():
    return [one['Name'] for one in show(f'volume snapshot list --volume {n("boot")}')]


@step('capture removed, and its snapshot')
def _():
    osc(f'image delete {n("capture")}')
    for one in show(f'volume snapshot list --volume {n("boot")}'):
        osc(f'volume snapshot delete {one["ID"]}')
    return until(lambda: show(f'volume snapshot list --volume {n("boot")}'), [])


@step('server resize')
def _():
    show(f'flavor create --ram 512 --vcpus 1 --disk 1 {n("larger")}')
    osc(f'server resize --flavor {n("larger")} {SERVER}')
    return server_is('VERIFY_RESIZE')


@step('server resize confirm')
def _():
    osc(f'server resize confirm {SERVER}')
    return [server_is('ACTIVE'), show(f'--os-compute-api-version 2.72 server show {SERVER}')['flavor']]


@step('server resize revert')
def _():
    osc(f'server resize --flavor {n("flavor")} {SERVER}')
    server_is('VERIFY_RESIZE')
    osc(f'server resize revert {SERVER}')
    return [server_is('ACTIVE'), names([{'Name': str(show(f'server show {SERVER}')['flavor'])}])]


@step('server migrate')
def _():
    osc(f'server migrate {SERVER}')
    # Nova notes its task before it answers; what comes then is VERIFY_RESIZE, or ACTIVE where nothing is confirmed
    until(lambda: show(f'server show {SERVER} -c OS-EXT-STS:task_state')['OS-EXT-STS:task_state'], None)
    osc(f'server migrate confirm {SERVER}')
    return server_is('ACTIVE')


@step('server rescue of one that boots from a volume')
def _():
    said = refused(lambda: osc(f'server rescue {SERVER}'))
    return re.sub(r'\(HTTP.*', '', said)


@step('server shelve')
def _():
    osc(f'server shelve {SERVER}')
    return until(lambda: status('server', SERVER), 'SHELVED_OFFLOADED')


@step('server unshelve')
def _():
    osc(f'server unshelve {SERVER}')
    return server_is('ACTIVE')


@step('server event list')
def _():
    return sorted({one['Action'] for one in show(f'server event list {SERVER}')})


@step('server event show')
def _():
    first = show(f'server event list {SERVER}')[-1]
    shown = show(f'server event show {SERVER} {first["Request ID"]}')
    return [shown['action'], sorted(shown), shown['message']]


@step('console url show')
def _():
    return sorted(show(f'console url show --novnc {SERVER}'))


@step('console log show')
def _():
    return len(osc(f'console log show {SERVER}', raw=True)) > 0


@step('server set state')
def _():
    osc(f'server set --state error {SERVER}')
    bad = status('server', SERVER)
    osc(f'server set --state active {SERVER}')
    return [bad, status('server', SERVER)]


@step('hypervisor list')
def _():
    return [pick(one, 'State') for one in show('hypervisor list')][:1]


@step('hypervisor show')
def _():
    name = show('hypervisor list')[0]['Hypervisor Hostname']
    shown = show(f'hypervisor show {name}')
    return [shown['state'], shown['status'], shown['vcpus'] > 0, shown['memory_mb'] > 0]


@step('host list')
def _():
    return sorted({one['Service'] for one in show('host list')} & {'compute'})


@step('compute service list')
def _():
    return sorted({one['Binary'] for one in show('compute service list --service nova-compute')})


@step('compute service off and on')
def _():
    host = show('compute service list --service nova-compute')[0]['Host']
    osc(f'compute service set --disable --disable-reason day {host} nova-compute')
    off = show(f'compute service list --service nova-compute --host {host} --long')[0]
    osc(f'compute service set --enable {host} nova-compute')
    return pick(off, 'Status', 'Disabled Reason')


@step('availability zone list')
def _():
    return sorted({one['Zone Status'] for one in show('availability zone list --compute')})


@step('aggregate of a host')
def _():
    osc(f'aggregate create {n("aggregate")}', '-f', 'json')
    osc(f'aggregate set --property day=one {n("aggregate")}')
    shown = show(f'aggregate show {n("aggregate")}')
    osc(f'aggregate delete {n("aggregate")}')
    return pick(shown, 'name', 'hosts', 'properties', 'availability_zone')


@step('limits show')
def _():
    shown = {one['Name'] for one in show('limits show --absolute')}
    return sorted(shown & {'maxTotalInstances', 'maxTotalCores', 'maxTotalRAMSize', 'totalInstancesUsed', 'maxTotalKeypairs',
                           'maxTotalVolumes', 'totalVolumesUsed', 'maxSecurityGroups', 'maxServerMeta'})


@step('quota set and show')
def _():
    osc(f'quota set --instances 3 --cores 5 --ram 4096 --key-pairs 7 --networks 4 --ports 9 {n("project")}')
    shown = show(f'quota show {n("project")}')
    return pick(shown, 'instances', 'cores', 'ram', 'key-pairs', 'networks', 'ports', 'secgroups', 'server-groups')


@step('quota of defaults')
def _():
    shown = show('quota show --default')
    return pick(shown, 'key-pairs', 'server-groups', 'server-group-members', 'properties')


@step('usage show')
def _():
    return sorted(show('usage show'))


@step('server delete')
def _():
    osc(f'server delete --wait {SERVER}')
    return gone(lambda: show(f'server show {SERVER}'))


@step('its volume is there')
def _():
    return until(lambda: status('volume', n('boot')), 'available')


@step('servers from an image, two at once')
def _():
    osc(f'server create --flavor {n("flavor")} --image {n("image")} --network {n("net")} --min 2 --max 2 {n("twin")}', '-f', 'json')
    return until(lambda: [[one['Name'], one['Status']] for one in show(f'server list --sort-column Name --name {n("twin")}')],
                 [[n('twin-1'), 'ACTIVE'], [n('twin-2'), 'ACTIVE']])


@step('server rescue and unrescue')
def _():
    osc(f'server rescue {n("twin-1")}')
    rescued = until(lambda: status('server', n('twin-1')), 'RESCUE')
    osc(f'server unrescue {n("twin-1")}')
    return [rescued, until(lambda: status('server', n('twin-1')), 'ACTIVE')]


@step('server rebuild')
def _():
    osc(f'server rebuild --image {n("image")} {n("twin-1")}', '-f', 'json')
    return until(lambda: status('server', n('twin-1')), 'ACTIVE')


@step('server of an image, captured')
def _():
    osc(f'server image create --name {n("twin-image")} --wait {n("twin-2")}', '-f', 'json')
    shown = show(f'image show {n("twin-image")}')
    return {**pick(shown, 'status', 'disk_format', 'container_format', 'min_disk', 'visibility'),
            **{key: shown['properties'].get(key) for key in ('image_type', 'image_state', 'os_distro')}}


@step('servers deleted')
def _():
    osc(f'server delete --wait {n("twin-1")} {n("twin-2")}')
    osc(f'image delete {n("twin-image")}')
    return show(f'server list --name {n("twin")}')
