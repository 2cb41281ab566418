"""Removes what the day made; the last steps tell whether all of it went."""
from harness import RUN, n, osc, show, step, until


def remove(kind, *more):
    """What is left of that kind goes; gives the errors."""
    said = []
    for one in show(f'{kind} list', *more):
        label = one.get('Name') or ''
        if RUN in label:
            try:
                osc(f'{kind} delete', one.get('ID') or label)
            except Exception as error:
                said.append(str(error))
    return said


@step('tidy: keypairs')
def _():
    return remove('keypair')


@step('tidy: servers')
def _():
    said = remove('server', '--all-projects', '--no-name-lookup')
    return said + until(lambda: [one for one in show('server list --all-projects --no-name-lookup') if RUN in one['Name']], [])


@step('tidy: server groups')
def _():
    return remove('server group')


@step('tidy: ports')
def _():
    said = remove('port')
    for name in (n('net'), n('sdk-net')):
        for one in show(f'port list --network {name}'):
            osc(f'port delete {one["ID"]}')
    return said


@step('tidy: networks')
def _():
    return remove('network')


@step('tidy: security groups')
def _():
    return remove('security group')


@step('tidy: snapshots')
def _():
    said = remove('volume snapshot')
    return said + until(lambda: [one for one in show('volume snapshot list') if RUN in one['Name']], [])


@step('tidy: volumes')
def _():
    said = remove('volume')
    return said + until(lambda: [one for one in show('volume list') if RUN in one['Name']], [])


@step('tidy: volume types')
def _():
    return remove('volume type')


@step('tidy: images')
def _():
    return remove('image')


@step('tidy: flavors')
def _():
    return remove('flavor', '--all')


@step('tidy: project')
def _():
    osc(f'project delete {n("project")}')
    return []
