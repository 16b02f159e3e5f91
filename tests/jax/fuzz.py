#!/usr/bin/env python3
"""Random programs, in JAX and in cg-grad: prints those on which they differ.

fuzz.py --random N --seed S. The answer of JAX is that of the program unrolled, without JAX's own
control flow and batches; where that differs, its own is tried, too. Needs JAX.
"""

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import tempfile

import cases
import random_programs
import record

LOOSE = {"rtol": 1e-9, "atol": 1e-11}


def answer(row, unrolled):
    """What is expected of a program, None where JAX refuses it for a reason of its own."""
    jax_world = record.jax_world
    try:
        result = jax_world.evaluate(record.world, *row, unrolled=unrolled)
        return {"value": jax_world.plain(result), **LOOSE}
    except jax_world.Refused as refusal:
        code = jax_world.code(str(refusal))
        # Unrolled, a branch is an `if` of Python, which rules may not have.
        return {"error": code} if code and not (unrolled and code == "E501") else None


def first_answer(row):
    return answer(row, unrolled=True) or answer(row, unrolled=False)


def own_answer(row):
    """What JAX's own control flow gives: another road where the two differ."""
    return answer(row, unrolled=False)


def verdicts(command, functions, expected):
    """The rows that differ: (row, what is said of it)."""
    if not expected:
        return []
    rows = [row for row, _ in expected]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as spec:
        points = [{"name": str(i), "function": e, "at": at, "compute": ["value"], "expect": expect}
                  for i, ((e, at), expect) in enumerate(expected)]
        json.dump({"version": 1, "functions": functions, "points": points}, spec)
        spec.flush()
        ran = subprocess.run([command, "check", "-q", "-F", "json", spec.name], capture_output=True, text=True)
    if ran.returncode not in (0, 1, 2):
        return [(row, f"exit status {ran.returncode}") for row in rows]
    said = [e for e in json.loads(ran.stdout)["expectations"] if e["verdict"] != "holds"]
    return [(rows[int(e["point"])], f"expected {e.get('expected')}, got {e.get('got', e)}") for e in said]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--random", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--command", default=os.environ.get("CG_GRAD", "cg-grad"))
    parser.add_argument("-j", type=int, default=os.cpu_count())
    options = parser.parse_args()
    functions = cases.functions()
    made = random_programs.Programs(random.Random(options.seed))
    rows = [made.program() for _ in range(options.random)]
    with multiprocessing.get_context("spawn").Pool(options.j, record.start, [functions]) as pool:
        known = [(row, e) for row, e in zip(rows, pool.map(first_answer, rows, chunksize=2)) if e]
        differ = verdicts(options.command, functions, known)
        owned = pool.map(own_answer, [row for row, _ in differ], chunksize=1)
    again = verdicts(options.command, functions, [(row, e) for (row, _), e in zip(differ, owned) if e])
    still = [row for row, _ in again]
    differ = [(row, why) for (row, why), e in zip(differ, owned) if not e or row in still]
    for (expression, at), why in differ:
        print(f"{expression}\n    at {at}: {why}")
    refused = sum("error" in e for _, e in known)
    print(f"{len(known)} programs ({len(rows) - len(known)} left out, {refused} refused by both), {len(differ)} differ")


if __name__ == "__main__":
    main()
