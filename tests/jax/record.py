#!/usr/bin/env python3
"""Records what JAX answers to the cases of the suite, as specs that `cg-grad check` replays.

record.py [FILE...]: writes recorded/FILE.yaml, of all files where none is named. Needs JAX, in a
virtual environment of its own; nothing else here does.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
from pathlib import Path

import cases

HERE = Path(__file__).parent
ENOUGH_ULPS = 16  # the tolerance of `expect` where nothing is said


# -- one row, in a process of its own ---------------------------------------------------------------


def start(functions):
    global world, jax_world
    import jax_world
    world = jax_world.World(functions)


def answer(row):
    """What is expected of a row: (expect, dtypes, note), or (None, None, why) where nothing is known."""
    expression, at = row
    code, reason = cases.refused_here(expression)
    if code:
        return {"error": code}, None, reason
    try:
        result, _, note = outcome(expression, at)
    except jax_world.Refused as refusal:
        words = str(refusal)
        code = jax_world.code(words)
        if not code:
            return None, None, words
        return {"error": code}, None, "JAX: " + " ".join(words.split())[:60]
    return {"value": jax_world.plain(result)}, jax_world.dtypes(result), note


def outcome(expression, at):
    """(what it gives, whether unrolled, note): JAX's answer, or what language.md decides instead."""
    other, reason = cases.otherwise(expression)
    if other != cases.UNROLLED:
        evaluated = other or expression
        try:
            result = jax_world.evaluate(world, evaluated, at)
        except jax_world.Refused as refusal:
            if not jax_world.works_here(str(refusal)):
                raise
            reason = "JAX refuses"
        else:
            if jax_world.finite(result) or "vmap" not in expression:
                return result, False, reason
            by_rows = jax_world.evaluate(world, evaluated, at, unrolled=True)
            if jax_world.plain(by_rows) == jax_world.plain(result):
                return result, False, reason
            return by_rows, True, "JAX runs both branches"
    result = jax_world.evaluate(world, expression, at, unrolled=True)
    return result, True, reason


def tolerance(row):
    """How far the result may be off: what a change of the arguments in their last place makes."""
    expression, at = row
    result, unrolled, _ = outcome(expression, at)
    ulps, distance = jax_world.spread(world, expression, at, result, unrolled)
    if 4 * ulps <= 4096:
        return {"ulp": max(ENOUGH_ULPS, 4 * ulps)}
    return {"atol": float(f"{4 * distance:.1e}")}


# -- files ----------------------------------------------------------------------------------------


def used(functions, rows):
    """The functions that rows name, and those that these name."""
    found, texts = {}, [expression for expression, _ in rows]
    while texts:
        text = texts.pop()
        for name, function in functions.items():
            if name not in found and name in text:
                found[name] = function
                texts.append(json.dumps(function))
    return {name: functions[name] for name in functions if name in found}


def write(path, functions, rows, answers):
    lines = [f"# What JAX 0.10.2 answers, in float64; made by tests/jax/record.py {path.stem}.", "version: 1"]
    named = used(functions, rows)
    if named:
        lines += ["functions:"] + [f"  {name}: {json.dumps(named[name])}" for name in named]
    lines.append("points:")
    for (expression, at), (expect, _, note) in zip(rows, answers):
        point = {"function": expression, "at": at, "compute": ["value"], "expect": expect}
        lines.append(f"- {json.dumps(point)}" + (f" # {note}" if note else ""))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def dtypes_text(dtypes):
    """The dtypes of an answer, nothing where all are float64."""
    text = json.dumps(dtypes, separators=(",", ":"), sort_keys=True)
    return text if "int" in text or "bool" in text or "float32" in text else None


def failing(command, path):
    """The indices of the points that do not give what is expected."""
    ran = subprocess.run([command, "check", "-q", "-F", "json", path], capture_output=True, text=True)
    verdicts = json.loads(ran.stdout)
    failed = {e["point"] for e in verdicts["expectations"] if e["verdict"] != "holds"}
    return [int(name.rsplit("#", 1)[1]) for name in failed]


def record(pool, command, path, functions, rows):
    answers = pool.map(answer, rows, chunksize=4)
    known = [(row, a) for row, a in zip(rows, answers) if a[0]]
    for (expression, _), (expect, _, why) in zip(rows, answers):
        if not expect:
            print(f"left out: {expression}\n    {why[:300]}")
    rows, answers = map(list, zip(*known))
    write(path, functions, rows, answers)
    loose = [i for i in failing(command, path) if "value" in answers[i][0]]
    for i, wider in zip(loose, pool.map(tolerance, [rows[i] for i in loose], chunksize=1)):
        answers[i][0].update(wider)
    write(path, functions, rows, answers)
    path.with_suffix(".dtypes").write_text("".join(
        f"{i} {text}\n" for i, text in enumerate(dtypes_text(d) for _, d, _ in answers) if text))
    print(f"{path.name}: {len(rows)} rows, {len(failing(command, path))} differ")


def main():
    files = cases.programs()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help=", ".join(files))
    parser.add_argument("--command", default=os.environ.get("CG_GRAD", "cg-grad"))
    parser.add_argument("-j", type=int, default=os.cpu_count())
    options = parser.parse_args()
    functions = cases.functions()
    folder = HERE / "recorded"
    folder.mkdir(exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(options.j, start, [functions]) as pool:
        for name in options.files or files:
            record(pool, options.command, folder / f"{name}.yaml", functions, files[name])


if __name__ == "__main__":
    main()
