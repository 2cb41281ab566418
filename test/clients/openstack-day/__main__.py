"""A day of openstackclient and openstacksdk, as an administrator, on the cloud that OS_... names.

Each step prints one line of JSON: its name, and what it gave (`value`) or the error that ended it (`error`). Ids, times
and addresses are masked, so that the days of two clouds can be compared line by line. All that is made bears the run's
own name, and is removed again.
Usage: python3 openstack-day [--only PATTERN]
"""
import json
import os
import re
import sys
import time

import harness
import identity  # noqa: F401  steps are declared in the order of these imports
import image  # noqa: F401
import network  # noqa: F401
import volume  # noqa: F401
import compute  # noqa: F401
import sdk  # noqa: F401
import tidy  # noqa: F401

only = re.compile(sys.argv[2]) if sys.argv[1:2] == ['--only'] else None
for name, act in harness.STEPS:
    if only and not only.search(name):
        continue
    began = time.monotonic()
    line = {'step': name}
    try:
        line['value'] = harness.mask(act())
    except Exception as error:  # what no client expects is what this is to find
        line['error'] = harness.mask(f'{type(error).__name__}: {" ".join(str(error).split())[:600]}')
    if os.environ.get('DAY_TIMES'):
        line['seconds'] = round(time.monotonic() - began, 1)
    print(json.dumps(line, sort_keys=True), flush=True)
