"""Cinder: volumes, snapshots, types, quotas."""
from harness import gone, n, names, osc, pick, refused, show, status, step, until


@step('volume type create')
def _():
    return show(f'volume type create --description day --property day=one {n("type")}')


@step('volume type set')
def _():
    osc(f'volume type set --property evening=two {n("type")}')
    return show(f'volume type show {n("type")}')['properties']


@step('volume type unset')
def _():
    osc(f'volume type unset --property day {n("type")}')
    osc(f'volume type unset --property evening {n("type")}')
    return show(f'volume type show {n("type")}')['properties']


@step('volume type list')
def _():
    return names(show('volume type list'))


@step('volume create')
def _():
    made = show('volume create --size 1 --description', 'A day', '--property', 'day=one', n('volume'))
    return {key: value for key, value in made.items() if key != 'type'}


@step('volume is available')
def _():
    return until(lambda: status('volume', n('volume')), 'available')


@step('volume show')
def _():
    shown = show(f'volume show {n("volume")}')
    return pick(shown, 'attachments', 'availability_zone', 'bootable', 'description', 'encrypted', 'multiattach', 'name',
                'properties', 'replication_status', 'size', 'snapshot_id', 'source_volid', 'status', 'migration_status')


@step('volume set')
def _():
    osc('volume set --description changed --property evening=two --bootable', n('volume'))
    return pick(show(f'volume show {n("volume")}'), 'bootable', 'description', 'properties')


@step('volume unset')
def _():
    osc(f'volume unset --property day {n("volume")}')
    return show(f'volume show {n("volume")}')['properties']


@step('volume extend')
def _():
    osc(f'volume set --size 2 {n("volume")}')
    return until(lambda: pick(show(f'volume show {n("volume")}'), 'size', 'status'), {'size': 2, 'status': 'available'})


@step('volume is not made smaller')
def _():
    return refused(lambda: osc(f'volume set --size 1 {n("volume")}'))


@step('volume list by name')
def _():
    return [pick(one, 'Name', 'Status', 'Size', 'Attached to') for one in show(f'volume list --long --name {n("volume")}')]


@step('volume list, limit')
def _():
    return len(show('volume list --limit 1 --all-projects'))


@step('volume read only')
def _():
    osc(f'volume set --read-only {n("volume")}')
    read_only = show(f'volume show {n("volume")}')['properties'].get('readonly')
    osc(f'volume set --read-write {n("volume")}')
    return read_only


@step('volume snapshot create')
def _():
    return show(f'volume snapshot create --volume {n("volume")} --description day --property day=one {n("snapshot")}')


@step('volume snapshot is available')
def _():
    return until(lambda: status('volume snapshot', n('snapshot')), 'available')


@step('volume snapshot show')
def _():
    shown = show(f'volume snapshot show {n("snapshot")}')
    return pick(shown, 'description', 'name', 'properties', 'size', 'status', 'os-extended-snapshot-attributes:progress')


@step('volume snapshot set')
def _():
    osc(f'volume snapshot set --description changed --property evening=two {n("snapshot")}')
    return pick(show(f'volume snapshot show {n("snapshot")}'), 'description', 'properties')


@step('volume snapshot list of a volume')
def _():
    return [pick(one, 'Name', 'Status', 'Size') for one in show(f'volume snapshot list --volume {n("volume")}')]


@step('volume with a snapshot is not deleted')
def _():
    return refused(lambda: osc(f'volume delete {n("volume")}'))


@step('volume from a snapshot')
def _():
    made = show(f'volume create --snapshot {n("snapshot")} {n("restored")}')
    return [made['size'], made['bootable'], until(lambda: status('volume', n('restored')), 'available')]


@step('volume from a volume')
def _():
    made = show(f'volume create --source {n("volume")} {n("copy")}')
    return [made['size'], until(lambda: status('volume', n('copy')), 'available')]


@step('volume from an image')
def _():
    show(f'volume create --image {n("image")} --size 1 {n("boot")}')
    until(lambda: status('volume', n('boot')), 'available')
    shown = show(f'volume show {n("boot")}')
    return [shown['status'], shown['bootable'], shown['volume_image_metadata']['image_name'],
            shown['volume_image_metadata']['os_distro']]


@step('volume retype')
def _():
    osc(f'volume set --type {n("type")} {n("copy")}')
    return until(lambda: pick(show(f'volume show {n("copy")}'), 'status', 'type'), {'status': 'available', 'type': n('type')})


@step('volume type in use')
def _():
    return refused(lambda: osc(f'volume type delete {n("type")}'))


@step('volume to an image')
def _():
    show(f'image create --volume {n("copy")} {n("of-volume")}')
    until(lambda: status('image', n('of-volume')), 'active')
    shown = show(f'image show {n("of-volume")}')
    return pick(shown, 'status', 'disk_format', 'container_format', 'min_disk')


@step('volume is available after its upload')
def _():
    return until(lambda: status('volume', n('copy')), 'available')


@step('volume set state')
def _():
    osc(f'volume set --state error {n("copy")}')
    bad = status('volume', n('copy'))
    osc(f'volume set --state available {n("copy")}')
    return [bad, status('volume', n('copy'))]


@step('volume delete')
def _():
    osc(f'volume delete {n("copy")} {n("restored")}')
    return [gone(lambda: show(f'volume show {n("copy")}')), gone(lambda: show(f'volume show {n("restored")}'))]


@step('volume service list')
def _():
    return sorted({one['Binary'] for one in show('volume service list')})


@step('quota of volumes')
def _():
    osc(f'quota set --volumes 7 --gigabytes 700 --snapshots 9 {n("project")}')
    shown = show(f'quota show {n("project")}')
    return pick(shown, 'volumes', 'gigabytes', 'snapshots')
