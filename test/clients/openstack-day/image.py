"""Glance: images with their data."""
import os
import tempfile

from harness import gone, mask, n, names, osc, pick, refused, show, step

DATA = b'day' * 4096


@step('image create with data')
def _():
    with tempfile.NamedTemporaryFile(suffix='.raw') as file:
        file.write(DATA)
        file.flush()
        made = show(f'image create --disk-format raw --container-format bare --min-disk 1 --file {file.name} '
                    f'--property os_distro=rhel --tag daily {n("image")}')
    return pick(made, 'name', 'disk_format', 'container_format', 'min_disk', 'status', 'visibility', 'tags', 'protected')


@step('image show')
def _():
    shown = show(f'image show {n("image")}')
    return {**pick(shown, 'checksum', 'size', 'status', 'virtual_size', 'schema', 'min_ram', 'visibility'),
            'os_distro': shown['properties']['os_distro'], 'hash': shown['properties']['os_hash_algo']}


@step('image save')
def _():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'image')
        osc(f'image save --file {path} {n("image")}')
        with open(path, 'rb') as file:
            return file.read() == DATA


@step('image list by status and tag')
def _():
    return names(show('image list --long --status active --tag daily'))


@step('image list, limit and marker')
def _():
    return len(show('image list --limit 1'))


@step('image list, sorted')
def _():
    shown = show('image list --sort name:asc')
    return shown == sorted(shown, key=lambda one: one["Name"] or "") or [one['Name'] for one in shown]


@step('image set')
def _():
    osc(f'image set --property day=one --min-ram 64 --name {n("image")} {n("image")}')
    shown = show(f'image show {n("image")}')
    return [shown['properties']['day'], shown['min_ram']]


@step('image unset')
def _():
    osc(f'image unset --property day --tag daily {n("image")}')
    shown = show(f'image show {n("image")}')
    return ['day' in shown['properties'], shown['tags']]


@step('image tag by set')
def _():
    osc(f'image set --tag evening {n("image")}')
    return show(f'image show {n("image")}')['tags']


@step('image protected is not deleted')
def _():
    osc(f'image set --protected {n("image")}')
    said = refused(lambda: osc(f'image delete {n("image")}'))
    return ['403' in said, 'is protected and cannot be deleted' in said]


@step('image unprotected')
def _():
    osc(f'image set --unprotected {n("image")}')
    return show(f'image show {n("image")}')['protected']


@step('image deactivate and reactivate')
def _():
    osc(f'image set --deactivate {n("image")}')
    off = show(f'image show {n("image")}')['status']
    osc(f'image set --activate {n("image")}')
    return [off, show(f'image show {n("image")}')['status']]


@step('image shared with a project')
def _():
    osc(f'image set --shared {n("image")}')
    added = show(f'image add project {n("image")} {n("project")}')
    return [added['status'], [one['Status'] for one in show(f'image member list {n("image")}')]]


@step('image no more shared')
def _():
    osc(f'image remove project {n("image")} {n("project")}')
    return show(f'image member list {n("image")}')


@step('image without data')
def _():
    made = show(f'image create --disk-format qcow2 {n("queued")}')
    osc(f'image delete {n("queued")}')
    return [mask(made['status']), gone(lambda: show(f'image show {n("queued")}'))]
