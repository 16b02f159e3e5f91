"""A second road to the derivatives that `check` compares with: differences of the value.

second_road.py COMMAND [FOLDER]: for every row of numbers of tests/data/builtin_rules.txt,
at its smooth points, the exact engine's gradient against (f(x + h) - f(x - h)) / 2h of its
value, both to 60 digits, h = 2 ** -120 of x. Their distance is h ** 2 f'''(x) / 6 and
smaller terms; the difference at 2h is off by four times that, so that the two differences
are further from each other than the first is from the derivative. Prints what is further
off, and a count.
"""

import decimal
import json
import pathlib
import subprocess
import sys

from rule_matrix import of_arrays, rows

DIGITS = 60
STEP = 2.0**-120
LOST = decimal.Decimal(f"1e-{DIGITS - 2}")
# The derivative of sinc is a Taylor series near 0, which ends: to what part of it.
ENDS = {"sinc(x)": decimal.Decimal("1e-21")}
decimal.getcontext().prec = 2 * DIGITS


def requests(row):
    """Of each argument and point of a row: gradient, two differences."""
    args, name = row["args"], row["name"]
    functions = {name: {"args": args, "value": row["value"]}}
    points = []
    for k, arg in enumerate(args):
        ends = [
            ", ".join(a + (f" {sign} h" if a == arg else "") for a in args) for sign in "+-"
        ]
        functions[f"{name}_{k}"] = {
            "args": [*args, "h"],
            "value": f"({name}({ends[0]}) - {name}({ends[1]})) / (2 * h)",
        }
        for point in row["smooth"]:
            at = [float(number) for number in point.split(",")]
            h = max(STEP * min(1, abs(at[k]) or 1), 2.0**-1070)
            points.append({"function": name, "at": at, "argnums": k, "compute": ["grad"]})
            for step in (h, 2 * h):
                at_step = {"at": [*at, step], "compute": ["value"]}
                points.append({"function": f"{name}_{k}", **at_step})
    return functions, points


def number(result):
    if "error" in result:
        sys.exit(f"{result['function']}: {result['error']['message']}")
    value = result["grads"][0]["grad"] if "grads" in result else result["value"]
    return decimal.Decimal(value["digits"])


def main():
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ".")
    spec = {"version": 1, "functions": {}, "points": []}
    labels = []
    for row in rows():
        if of_arrays(row):
            continue
        functions, points = requests(row)
        spec["functions"].update(functions)
        spec["points"] += points
        labels += [(row["value"], point["at"]) for point in points[::3]]
    path = folder / "second_road.json"
    path.write_text(json.dumps(spec))
    command = [
        sys.argv[1],
        "--engine",
        "exact",
        "--digits",
        str(DIGITS),
        "-F",
        "json",
        str(path),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if not run.stdout:
        sys.exit(run.stderr)
    numbers = [number(result) for result in json.loads(run.stdout)["results"]]
    far = 0
    for k, (value, at) in enumerate(labels):
        derivative, near, next_one = numbers[3 * k : 3 * k + 3]
        bound = abs(next_one - near) + LOST * abs(derivative)
        allowed = bound + ENDS.get(value, 0) * abs(derivative)
        if abs(near - derivative) > allowed or bound > abs(derivative) / 10**20:
            print(f"{value} at {at}: {derivative}, by a difference {near}, next {next_one}")
            far += 1
    print(f"{len(labels)} derivatives, {far} far from their differences")
    sys.exit(bool(far))


if __name__ == "__main__":
    main()
