"""openstacksdk: what programs do, a page at a time, with waits of its own."""
import base64

import openstack
from harness import RUN, gone, mask, n, pick, refused, step

CLOUD = []


def cloud():
    if not CLOUD:
        CLOUD.append(openstack.connect())
    return CLOUD[0]


def kept(resource, *left):
    """All that the resource tells, but for what no two clouds have in common."""
    return {key: value for key, value in resource.to_dict().items() if key not in {'location', 'links', *left}}


@step('sdk: authorize')
def _():
    return bool(cloud().authorize())


@step('sdk: services of the catalog')
def _():
    return sorted(name for name in ('compute', 'block-storage', 'network', 'image', 'identity') if cloud().has_service(name))


@step('sdk: networks by name')
def _():
    return [kept(one, 'availability_zones', 'provider_network_type', 'provider_physical_network', 'provider_segmentation_id')
            for one in cloud().network.networks(name=n('net'))]


@step('sdk: network with its subnet')
def _():
    net = cloud().network.create_network(name=n('sdk-net'))
    sub = cloud().network.create_subnet(name=n('sdk-subnet'), network_id=net.id, cidr='10.78.0.0/24', ip_version=4)
    return [kept(sub), len(cloud().network.get_network(net.id).subnet_ids)]


@step('sdk: subnet changed')
def _():
    sub = cloud().network.find_subnet(n('sdk-subnet'))
    return pick(cloud().network.update_subnet(sub, name=n('sdk-subnet'), dns_nameservers=['10.78.0.9']), 'dns_nameservers', 'name')


@step('sdk: ports at once')
def _():
    net = cloud().network.find_network(n('sdk-net'))
    made = list(cloud().network.create_ports([{'network_id': net.id, 'name': n(f'bulk-{i}')} for i in range(3)]))
    return sorted(one.name for one in made)


@step('sdk: ports, page by page')
def _():
    net = cloud().network.find_network(n('sdk-net'))
    return sorted(one.name for one in cloud().network.ports(network_id=net.id, limit=1))


@step('sdk: port changed')
def _():
    port = cloud().network.find_port(n('bulk-0'))
    return pick(cloud().network.update_port(port, description='changed', is_admin_state_up=False), 'description',
                'is_admin_state_up', 'status', 'device_owner', 'binding_vif_type')


@step('sdk: security group with a rule')
def _():
    group = cloud().network.create_security_group(name=n('sdk-group'))
    rule = cloud().network.create_security_group_rule(security_group_id=group.id, direction='ingress', protocol='icmp')
    found = [one for one in cloud().network.security_group_rules(security_group_id=group.id)]
    return [kept(rule), len(found)]


@step('sdk: quota of networks')
def _():
    project = cloud().identity.find_project(n('project'))
    cloud().network.update_quota(project.id, networks=6)
    return pick(cloud().network.get_quota(project.id), 'networks', 'ports', 'subnets', 'security_groups')


@step('sdk: network with ports stays')
def _():
    return refused(lambda: cloud().network.delete_network(cloud().network.find_network(n('sdk-net')), ignore_missing=False))


@step('sdk: image with data')
def _():
    image = cloud().image.create_image(name=n('sdk-image'), disk_format='raw', container_format='bare', data=b'sdk' * 1000,
                                       validate_checksum=False)
    got = cloud().image.get_image(image.id)
    return [got.status, got.size, got.checksum, cloud().image.download_image(image).content == b'sdk' * 1000]


@step('sdk: image changed')
def _():
    image = cloud().image.find_image(n('sdk-image'))
    changed = cloud().image.update_image(image, min_disk=1, os_distro='aix')
    return [changed.min_disk, changed.os_distro]


@step('sdk: images, page by page')
def _():
    return sorted(one.name for one in cloud().image.images(limit=1) if RUN in str(one.name))


@step('sdk: image tags and members')
def _():
    image = cloud().image.find_image(n('sdk-image'))
    cloud().image.add_tag(image, 'day')
    return [cloud().image.get_image(image.id).tags, [one.member_id for one in cloud().image.members(image.id)]]


@step('sdk: volume, and its wait')
def _():
    volume = cloud().block_storage.create_volume(name=n('sdk-volume'), size=1, metadata={'day': 'one'})
    cloud().block_storage.wait_for_status(volume, 'available', interval=0.5, wait=60)
    return pick(cloud().block_storage.get_volume(volume.id), 'size', 'status', 'metadata', 'is_bootable', 'attachments',
                'is_encrypted', 'is_multiattach', 'migration_status', 'group_id', 'snapshot_id')


@step('sdk: volumes, page by page')
def _():
    return sorted(one.name for one in cloud().block_storage.volumes(limit=1) if RUN in str(one.name))


@step('sdk: volume metadata')
def _():
    volume = cloud().block_storage.find_volume(n('sdk-volume'))
    cloud().block_storage.set_volume_metadata(volume, evening='two')
    cloud().block_storage.delete(f'/volumes/{volume.id}/metadata/day').raise_for_status()
    return cloud().block_storage.get_volume(volume.id).metadata


@step('sdk: volume snapshot')
def _():
    volume = cloud().block_storage.find_volume(n('sdk-volume'))
    snapshot = cloud().block_storage.create_snapshot(name=n('sdk-snapshot'), volume_id=volume.id)
    cloud().block_storage.wait_for_status(snapshot, 'available', interval=0.5, wait=60)
    return kept(cloud().block_storage.get_snapshot(snapshot.id))


@step('sdk: limits of volumes')
def _():
    return sorted(cloud().block_storage.get_limits().absolute.to_dict())


@step('sdk: types of volumes')
def _():
    return sorted(one.name for one in cloud().block_storage.types() if RUN in str(one.name))


@step('sdk: flavors, with extra specs')
def _():
    return {one.name: one.extra_specs for one in cloud().compute.flavors(get_extra_specs=True) if one.name == n('flavor')}


@step('sdk: keypair of a public key')
def _():
    key = 'ssh-rsa ' + base64.b64encode(b'\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\1\1\0' + b'\xa5' * 256).decode() + ' day'
    made = cloud().compute.create_keypair(name=n('sdk-key'), public_key=key)
    found = cloud().compute.find_keypair(n('sdk-key'))
    return [found.fingerprint == made.fingerprint, found.public_key == key, found.type]


@step('sdk: server, and its wait')
def _():
    image, flavor = cloud().image.find_image(n('sdk-image')), cloud().compute.find_flavor(n('flavor'))
    net = cloud().network.find_network(n('sdk-net'))
    server = cloud().compute.create_server(name=n('sdk-server'), image_id=image.id, flavor_id=flavor.id, key_name=n('sdk-key'),
                                           networks=[{'uuid': net.id}], metadata={'day': 'one'})
    cloud().compute.wait_for_server(server, interval=0.5, wait=120)
    shown = kept(cloud().compute.get_server(server.id), 'addresses', 'host_id', 'compute_host', 'hypervisor_hostname',
                 'instance_name', 'availability_zone', 'hostname', 'pinned_availability_zone')
    return {key: value for key, value in shown.items() if key not in ('reservation_id', 'root_device_name', 'flavor')}


@step('sdk: servers, page by page')
def _():
    return sorted(one.name for one in cloud().compute.servers(limit=1, name=n('sdk')))


@step('sdk: server from image answers with its disk')
def _():
    server = cloud().compute.find_server(n('sdk-server'))
    return len(list(cloud().compute.volume_attachments(server)))


@step('sdk: volume attached and detached')
def _():
    server, volume = cloud().compute.find_server(n('sdk-server')), cloud().block_storage.find_volume(n('sdk-volume'))
    made = cloud().compute.create_volume_attachment(server, volume_id=volume.id)
    cloud().block_storage.wait_for_status(volume, 'in-use', interval=0.5, wait=60)
    again = refused(lambda: cloud().compute.create_volume_attachment(server, volume_id=volume.id))
    cloud().compute.delete_volume_attachment(volume.id, server)
    cloud().block_storage.wait_for_status(volume, 'available', interval=0.5, wait=60)
    return [bool(made.volume_id), again]


@step('sdk: server interfaces')
def _():
    server, net = cloud().compute.find_server(n('sdk-server')), cloud().network.find_network(n('sdk-net'))
    made = cloud().compute.create_server_interface(server, net_id=net.id)
    return [bool(made.port_id), len(list(cloud().compute.server_interfaces(server)))]


@step('sdk: server metadata')
def _():
    server = cloud().compute.find_server(n('sdk-server'))
    cloud().compute.set_server_metadata(server, evening='two')
    cloud().compute.delete(f'/servers/{server.id}/metadata/day').raise_for_status()
    return cloud().compute.get_server(server.id).metadata


@step('sdk: server tags, and who bears them')
def _():
    server = cloud().compute.find_server(n('sdk-server'))
    cloud().compute.put(f'/servers/{server.id}/tags/daily', microversion='2.26').raise_for_status()
    tags = cloud().compute.get(f'/servers/{server.id}/tags', microversion='2.26').json()['tags']
    found = cloud().compute.get('/servers?tags=daily', microversion='2.26').json()['servers']
    not_found = cloud().compute.get(f'/servers?not-tags=daily&name={n("sdk")}', microversion='2.26').json()['servers']
    cloud().compute.delete(f'/servers/{server.id}/tags/daily', microversion='2.26').raise_for_status()
    return [tags, [one['name'] for one in found], not_found]


@step('sdk: server locked')
def _():
    server = cloud().compute.find_server(n('sdk-server'))
    cloud().compute.lock_server(server)
    locked = cloud().compute.get(f'/servers/{server.id}', microversion='2.9').json()['server']['locked']
    cloud().compute.unlock_server(server)
    return [locked, cloud().compute.get(f'/servers/{server.id}', microversion='2.9').json()['server']['locked']]


@step('sdk: server stopped and started')
def _():
    server = cloud().compute.find_server(n('sdk-server'))
    cloud().compute.stop_server(server)
    cloud().compute.wait_for_server(server, 'SHUTOFF', interval=0.5, wait=60)
    cloud().compute.start_server(server)
    return cloud().compute.wait_for_server(server, 'ACTIVE', interval=0.5, wait=60).status


@step('sdk: server actions')
def _():
    server = cloud().compute.find_server(n('sdk-server'))
    told = cloud().compute.get(f'/servers/{server.id}/os-instance-actions').json()['instanceActions']
    return sorted({one['action'] for one in told})


@step('sdk: quota of compute')
def _():
    return pick(cloud().compute.get_quota_set(cloud().identity.find_project(n('project'))), 'instances', 'cores', 'ram', 'key_pairs', 'metadata_items',
                'server_groups', 'server_group_members', 'injected_files')


@step('sdk: limits of compute')
def _():
    found = cloud().compute.get_limits().absolute
    return sorted(key for key, value in found.to_dict().items() if value is not None and key not in ('location', 'id', 'name'))


@step('sdk: server of none')
def _():
    return refused(lambda: cloud().compute.get_server('00000000-0000-4000-8000-000000000000'))


@step('sdk: cloud layer, server by name')
def _():
    found = cloud().get_server(n('sdk-server'))
    return [found.status, found.vm_state, bool(found.private_v4 or found.addresses)]


@step('sdk: server deleted')
def _():
    server = cloud().compute.find_server(n('sdk-server'))
    cloud().compute.delete_server(server)
    cloud().compute.wait_for_delete(server, interval=0.5, wait=120)
    return gone(lambda: cloud().compute.get_server(server.id))


@step('sdk: volume and snapshot deleted')
def _():
    snapshot = cloud().block_storage.find_snapshot(n('sdk-snapshot'))
    cloud().block_storage.delete_snapshot(snapshot)
    cloud().block_storage.wait_for_delete(snapshot, interval=0.5, wait=60)
    volume = cloud().block_storage.find_volume(n('sdk-volume'))
    cloud().block_storage.delete_volume(volume)
    cloud().block_storage.wait_for_delete(volume, interval=0.5, wait=60)
    return mask(gone(lambda: cloud().block_storage.get_volume(volume.id)))
