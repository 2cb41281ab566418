"""Neutron: networks, subnets, ports, security groups."""
import re

from harness import n, names, osc, pick, refused, show, step


@step('network create')
def _():
    return pick(show('network create --description', 'A day', n('net')),
                'name', 'description', 'admin_state_up', 'status', 'mtu', 'shared', 'subnets', 'port_security_enabled',
                'router:external', 'tags', 'qos_policy_id', 'revision_number')


@step('network set')
def _():
    osc('network set --description changed --tag day', n('net'))
    return pick(show(f'network show {n("net")}'), 'description', 'tags')


@step('network list by name')
def _():
    return names(show(f'network list --name {n("net")}'))


@step('subnet create')
def _():
    return show(f'subnet create --network {n("net")} --subnet-range 10.77.0.0/24 --dns-nameserver 10.77.0.2 {n("subnet")}')


@step('subnet set')
def _():
    osc('subnet set --name', n('subnet'), '--no-dhcp', '--description', 'changed', '--dns-nameserver', '10.77.0.3', n('subnet'))
    return pick(show(f'subnet show {n("subnet")}'), 'enable_dhcp', 'dns_nameservers', 'description', 'allocation_pools')


@step('subnet that overlaps')
def _():
    said = refused(lambda: osc(f'subnet create --network {n("net")} --subnet-range 10.77.0.0/25 {n("overlap")}'))
    return re.sub(r'[0-9a-f-]{36}', '<id>', said)


@step('subnet list of a network')
def _():
    return [pick(one, 'Name', 'Subnet') for one in show(f'subnet list --network {n("net")}')]


@step('port create')
def _():
    shown = show(f'port create --network {n("net")} --fixed-ip ip-address=10.77.0.50 {n("port")}')
    return {key: value for key, value in shown.items() if key not in ('binding_vif_details', 'binding_profile', 'security_group_ids')}


@step('port set')
def _():
    osc('port set --description changed --disable', n('port'))
    return pick(show(f'port show {n("port")}'), 'description', 'admin_state_up', 'status')


@step('port list of a network')
def _():
    return [pick(one, 'Name', 'Status') for one in show(f'port list --network {n("net")}')]


@step('port list by address')
def _():
    return names(show(f'port list --fixed-ip ip-address=10.77.0.50 --network {n("net")}'))


@step('port with a taken address')
def _():
    return refused(lambda: osc(f'port create --network {n("net")} --fixed-ip ip-address=10.77.0.50 {n("twice")}'))


@step('network with ports is not deleted')
def _():
    return refused(lambda: osc(f'network delete {n("net")}'))


@step('security group create')
def _():
    shown = show('security group create --description', 'A day', n('group'))
    return {**pick(shown, 'name', 'description', 'stateful', 'tags', 'revision_number'), 'rules': len(shown['rules'])}


@step('security group rule create')
def _():
    return show(f'security group rule create --protocol tcp --dst-port 22 --remote-ip 10.0.0.0/8 {n("group")}')


@step('security group rule list')
def _():
    return [pick(one, 'IP Protocol', 'Ethertype', 'IP Range', 'Port Range', 'Direction')
            for one in show(f'security group rule list {n("group")}')]


@step('security group set')
def _():
    osc('security group set --description changed', n('group'))
    return pick(show(f'security group show {n("group")}'), 'description', 'name')


@step('port in a security group')
def _():
    osc(f'port set --security-group {n("group")} {n("port")}')
    return len(show(f'port show {n("port")}')['security_group_ids'])


@step('security group in use')
def _():
    return refused(lambda: osc(f'security group delete {n("group")}'))


@step('security group leaves the port')
def _():
    osc(f'port unset --security-group {n("group")} {n("port")}')
    return len(show(f'port show {n("port")}')['security_group_ids'])


@step('extension list')
def _():
    wanted = {'security-group', 'port-security', 'binding', 'provider', 'quotas', 'net-mtu'}
    return sorted({one['Alias'] for one in show('extension list --network')} & wanted)


@step('network agent list')
def _():
    return isinstance(show('network agent list'), list)
