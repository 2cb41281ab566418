"""Keystone: who am I, what is there, projects, users and roles."""
from harness import n, names, osc, pick, refused, show, step


@step('token issue')
def _():
    return sorted(show('token issue'))


@step('catalog list')
def _():
    kinds = {entry['Type']: len(entry['Endpoints']) for entry in show('catalog list')}
    return pick(kinds, 'identity', 'compute', 'volumev3', 'network', 'image')


@step('service list')
def _():
    return sorted({entry['Type'] for entry in show('service list')} & {'identity', 'compute', 'volumev3', 'network', 'image'})


@step('endpoint list of a service')
def _():
    found = show('endpoint list --service compute --interface public')
    return [sorted(found[0]), found[0]['Enabled'], found[0]['Interface']]


@step('region list')
def _():
    return [sorted(entry) for entry in show('region list')][:1]


@step('domain show')
def _():
    return pick(show('domain show default'), 'id', 'name', 'enabled')


@step('role list')
def _():
    return sorted({entry['Name'] for entry in show('role list')} & {'admin', 'member', 'reader'})


@step('project create')
def _():
    return show('project create --domain default --description', 'A day', n('project'))


@step('project list by name')
def _():
    return names(show('project list --long --domain default'))


@step('project set')
def _():
    osc(f'project set --description changed {n("project")}')
    return show(f'project show {n("project")}')


@step('user create')
def _():
    return show(f'user create --domain default --password secret {n("user")}')


@step('user show')
def _():
    return show(f'user show {n("user")}')


@step('user set')
def _():
    osc(f'user set --email day@example.org {n("user")}')
    return show(f'user show -c email {n("user")}')


@step('role add')
def _():
    osc(f'role add --project {n("project")} --user {n("user")} member')
    return [pick(one, 'Role', 'User', 'Project', 'Inherited')
            for one in show(f'role assignment list --names --project {n("project")}')]


@step('role remove')
def _():
    osc(f'role remove --project {n("project")} --user {n("user")} member')
    return show(f'role assignment list --names --project {n("project")}')


@step('user delete')
def _():
    osc(f'user delete {n("user")}')
    return refused(lambda: show(f'user show {n("user")}'))


@step('project show of none')
def _():
    return refused(lambda: show(f'project show {n("nothing")}'))
