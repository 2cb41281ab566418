"""A day of libgovirt, as virt-viewer and GNOME Boxes use it. Each step prints one line of JSON.

    python3 govirt HOST:PORT AUTHORITY.pem USER@PROFILE PASSWORD VM ISO
"""

import json
import sys

import gi

gi.require_version("GoVirt", "1.0")
from gi.repository import GLib, GoVirt  # noqa: E402

address, authority, user, password, name, iso = sys.argv[1:]


def say(step, **what):
    print(json.dumps({"step": step, **what}), flush=True)


def refused(step, call):
    """What is refused is told as the client gets it."""
    try:
        return call()
    except GLib.Error as error:
        say(step, refused=error.message)
        return None


def named(collection, of):
    collection.fetch(proxy)
    for resource in collection.get_resources().values():
        if resource.get_property("name") == of:
            return resource
    return None


proxy = GoVirt.Proxy.new(address)
proxy.set_property("username", user)
proxy.set_property("password", password)
proxy.set_property("ssl-ca-file", authority)
api = proxy.fetch_api()
say("login", api=api.get_property("href"))

vms = api.get_vms()
vms.fetch(proxy)
say("list", vms=sorted(vm.get_property("name") for vm in vms.get_resources().values()))
found = api.search_vms(f"name={name}")
vm = named(found, name)
say("search", names=[one.get_property("name") for one in found.get_resources().values()])
say("get", guid=vm.get_property("guid"), state=vm.get_property("state").value_nick)


def display(step):
    vm.refresh(proxy)
    shown = vm.get_property("display")
    say(
        step,
        state=vm.get_property("state").value_nick,
        type=shown.get_property("type").value_nick,
        address=shown.get_property("address"),
        port=shown.get_property("port"),
    )


display("display")
if refused("ticket", lambda: vm.get_ticket(proxy)):
    shown = vm.get_property("display")
    say("ticket", length=len(shown.get_property("ticket") or ""), expiry=shown.get_property("expiry"))

files = []
domains = api.get_storage_domains()
domains.fetch(proxy)
for domain in domains.get_resources().values():
    if domain.get_property("type").value_nick == "iso":
        listed = domain.get_files()
        listed.fetch(proxy)
        files = sorted(one.get_property("name") for one in listed.get_resources().values())
say("files", files=files)

drives = vm.get_cdroms()
drives.fetch(proxy)
for drive in drives.get_resources().values():
    say("cdrom", file=drive.get_property("file"))
    for medium in (iso, None):
        drive.set_property("file", medium)
        if refused("medium", lambda: drive.update(True, proxy)):
            drive.refresh(proxy)
            say("medium", file=drive.get_property("file"))

for act in ("stop", "start"):
    if refused(act, lambda: getattr(vm, act)(proxy)):
        say(act, done=True)
