"""The exact engine's values against those of tests/data/exact_values.txt.

exact_values.py COMMAND [FOLDER]: prints every value that is further from mpmath's than the
radius of its ball and the rounding of mpmath's digits allow, and a count.
"""

import decimal
import json
import pathlib
import subprocess
import sys

TABLE = pathlib.Path(__file__).parent.parent / "data" / "exact_values.txt"
DIGITS = 40
decimal.getcontext().prec = 400


def rows():
    for line in TABLE.read_text().splitlines():
        if not line.startswith("#"):
            call, at, value = (part.strip() for part in line.split(" |"))
            yield call, [float(number) for number in at.split()], value


def rounding(text):
    """Half a unit of the last digit; of an exact 0: none."""
    number = decimal.Decimal(text)
    return decimal.Decimal((0, (5,), number.as_tuple().exponent - 1)) if number else number


def main():
    table = list(rows())
    names = {
        call: f"f{k}" for k, call in enumerate(dict.fromkeys(call for call, _, _ in table))
    }
    spec = {
        "version": 1,
        "functions": {
            name: {
                "args": ["x", "y"] if "y" in call.split("(")[-1] else ["x"],
                "value": call,
            }
            for call, name in names.items()
        },
        "points": [
            {"function": names[call], "at": at, "compute": ["value"]}
            for call, at, _ in table
        ],
    }
    path = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ".") / "exact_values.json"
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
    off = 0
    for (call, at, expected), result in zip(
        table, json.loads(run.stdout)["results"], strict=True
    ):
        value = result.get("value", {"digits": "NaN", "radius": "0"})
        distance = abs(decimal.Decimal(value["digits"]) - decimal.Decimal(expected))
        if not distance <= decimal.Decimal(value["radius"]) + rounding(expected):
            print(f"{call} at {at}: {result.get('error', value)}, not {expected}")
            off += 1
    print(f"{len(table)} values, {off} off")
    sys.exit(bool(off))


if __name__ == "__main__":
    main()
