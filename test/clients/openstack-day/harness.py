"""What the steps of the day are written with: the client in this process, masks, waits."""
import contextlib
import io
import json
import logging
import os
import re
import time
import uuid
import warnings

warnings.filterwarnings('ignore')
logging.disable(logging.WARNING)

import openstack  # noqa: E402
from openstackclient import shell  # noqa: E402
from openstackclient.compute import client as compute  # noqa: E402

RUN = 'd' + uuid.uuid4().hex[:7]
# How long a change may take at most
WAIT = int(os.environ.get('DAY_WAIT') or 120)
# How long the clients may pause before they ask again, in seconds: a simulated cloud is quicker than a real one
PAUSE = float(os.environ.get('DAY_PAUSE') or 10)
MASKS = [
    (re.compile(r'https?://[^\s"\']+'), '<url>'),
    (re.compile(r'\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b'), '<id>'),
    (re.compile(r'\b[0-9a-f]{56}\b'), '<host id>'),
    (re.compile(r'\b[0-9a-f]{32}\b'), '<id>'),
    (re.compile(r'\b([0-9a-f]{2}:){15}[0-9a-f]{2}\b'), '<fingerprint>'),
    (re.compile(r'\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b'), '<mac>'),
    (re.compile(r'\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?'), '<time>'),
    (re.compile(RUN), 'day'),
]


def mask(value):
    """The value without what no two clouds have in common; lists of scalars in order."""
    if isinstance(value, str):
        for pattern, name in MASKS:
            value = pattern.sub(name, value)
        return value
    if isinstance(value, dict):
        return {mask(key): mask(item) for key, item in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return sorted((mask(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value if value is None or isinstance(value, (bool, int, float)) else mask(str(value))


sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, PAUSE))


class Failed(Exception):
    """A command that ended with another code than 0."""


def osc(line, *more, raw=False):
    """Runs `openstack LINE`, in this process; gives what it prints, read as JSON where it shows or lists."""
    out, err = io.StringIO(), io.StringIO()
    args = line.split() + list(more)
    logging.getLogger().handlers.clear()  # each shell adds its own
    compute._compute_api_version = None  # a later command would bear the version of this one
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = shell.OpenStackShell().run(args)
    if code:
        raise Failed(' '.join((err.getvalue() or out.getvalue()).split()))
    text = out.getvalue()
    if raw or not text.strip():
        return text
    return json.loads(text) if '-f' in args else text


def show(line, *more):
    return osc(line, *more, '-f', 'json')


STEPS = []


def step(name):
    """Declares a step, in the order of the file."""

    def declare(act):
        STEPS.append((name, act))
        return act

    return declare


def pick(item, *keys):
    get = item.get if isinstance(item, dict) else lambda key: getattr(item, key)
    return {key: get(key) for key in keys}


def names(items, key='Name'):
    return sorted(item[key] for item in items if RUN in str(item[key]))


def until(what, want, seconds=WAIT):
    """Asks again until the answer is what is wanted; gives the last one."""
    end = time.monotonic() + seconds
    while True:
        got = what()
        if got == want or time.monotonic() > end:
            return got
        time.sleep(0.5)


def gone(what, seconds=WAIT):
    """Whether the asked thing ends in a 404."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            what()
        except (openstack.exceptions.ResourceNotFound, openstack.exceptions.NotFoundException):
            return 'gone'
        except Failed as error:
            if re.search(r'(No .*(found|exists)|could not be found|404)', str(error)):
                return 'gone'
            raise
        time.sleep(0.5)
    return 'still there'


def status(kind, name):
    return show(f'{kind} show {name} -c status')['status']


def refused(act):
    """The error that the step expects."""
    try:
        act()
    except openstack.exceptions.HttpException as error:
        return f'{error.status_code}: {error.details or error.message}'
    except Failed as error:
        return str(error)
    return 'was not refused'


def n(name):
    return f'{RUN}-{name}'
