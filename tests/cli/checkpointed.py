#!/usr/bin/python3
"""The spec that asks the same of checkpoints: checkpointed.py SPEC

Prints SPEC as JSON with checkpoint(f) for the function f of every point that calls one.
"""

import json
import sys
from pathlib import Path

from ruamel.yaml import YAML

spec = YAML(typ="safe", pure=True).load(Path(sys.argv[1]).read_text())
for point in spec["points"]:
    if "function" in point and "at" in point:
        point["function"] = f"checkpoint({point['function']})"
json.dump(spec, sys.stdout)
