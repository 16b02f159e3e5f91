"""The matrix of verdicts: every rule of tests/data/builtin_rules.txt, right and made wrong.

rule_matrix.py smooth|limits COMMAND [FOLDER]: writes a spec into FOLDER (the working folder
if absent), runs `COMMAND check` on it, prints what is not as it must be, and a count.

A row gives these rules:

- right: agrees at smooth points, and has the verdicts of the row at the others.
- ulp, an ulp of the derivative added, and 1e-17 g: refuted at every smooth point, however
  large or small the derivative is there; decided at the others.
- twice, minus, and swapped for two arguments: refuted at some point, agrees elsewhere
  (where the derivative is 0, or the arguments are equal).
- far, 7 g added, at the points that are not smooth: refuted, unless the derivative is
  infinite.
"""

import json
import pathlib
import subprocess
import sys

TABLE = pathlib.Path(__file__).parent.parent / "data" / "builtin_rules.txt"


def rows():
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            value, args, rules, smooth, special = (
                part.strip() for part in line.split(" |")
            )
            yield {
                "name": f"line{number}",
                "value": value,
                "args": args.split(),
                "rules": [rule.strip() for rule in rules.split(";")],
                "smooth": smooth.split(),
                "special": [point.rsplit(":", 1)[0] for point in special.split()],
                "verdicts": [point.rsplit(":", 1)[1] for point in special.split()],
            }


def variants(row):
    rules = row["rules"]
    yield "right", rules
    yield "ulp", [
        f"({rule}) * (1 + 2 ** -52) + 1e-17 * g{spread(row, k)}"
        for k, rule in enumerate(rules)
    ]
    yield "far", [f"{rule} + 7 * g{spread(row, k)}" for k, rule in enumerate(rules)]
    if all(rule == "0 * g" for rule in rules):
        return
    yield "twice", [f"2 * ({rule})" for rule in rules]
    yield "minus", [f"-({rule})" for rule in rules]
    if len(set(rules)) == 2 and not of_arrays(row):
        yield "swapped", rules[::-1]


def of_arrays(row):
    return any(point.startswith("[") for point in row["smooth"] + row["special"])


def spread(row, k):
    """Makes of g a number of the argument's shape: its sum, plus zeros."""
    return f".sum() + 0 * {row['args'][k]}" if of_arrays(row) else ""


def spec(table, points_of):
    functions, points = {}, []
    for row in table:
        for kind, rules in variants(row):
            name = f"{row['name']}_{kind}"
            at = points_of(row, kind)
            if not at:
                continue
            functions[name] = {"args": row["args"], "value": row["value"], "vjp": rules}
            points += [{"function": name, "at": f"[{point}]"} for point in at]
    text = json.dumps({"version": 1, "functions": functions, "points": points})
    for point in points:
        at = json.dumps(point["at"])
        text = text.replace(f'"at": {at}', f'"at": {at[1:-1]}')
    return text


def check(command, path, text):
    path.write_text(text)
    run = subprocess.run(
        [command, "check", "--format", "json", "--undecided", "pass", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if not run.stdout:
        sys.exit(run.stderr)
    return json.loads(run.stdout)["rules"]


WORST = ["agrees", "subgradient", "not_checked", "undecided", "refuted"]


def verdicts(rule):
    """The worst verdict at each point of a rule."""
    at = {}
    for entry in rule["checks"]:
        if entry["scope"] == "point":
            worst = at.setdefault(entry["point"], entry["verdict"])
            at[entry["point"]] = max(worst, entry["verdict"], key=WORST.index)
    return at


def infinite(rule):
    at_points = [entry for entry in rule["checks"] if entry["scope"] == "point"]
    return all("Infinity" in str(e["rule"]) for e in at_points if e["verdict"] == "agrees")


def smooth(command, folder):
    table = list(rows())
    text = spec(table, lambda row, kind: row["smooth"] if kind != "far" else [])
    rules = check(command, folder / "smooth.json", text)
    by_name = {row["name"]: row for row in table}
    wrong = []
    for rule in rules:
        name, kind = rule["function"].split("_")
        row, at = by_name[name], list(verdicts(rule).values())
        good = {
            "right": all(verdict == "agrees" for verdict in at),
            "ulp": all(verdict == "refuted" for verdict in at),
        }.get(kind, "refuted" in at and set(at) <= {"refuted", "agrees"})
        if not good or len(at) != len(row["smooth"]):
            wrong.append(f"{kind} rule of {row['value']}: {dict(zip(row['smooth'], at))}")
    return wrong, len(rules)


def limits(command, folder):
    table = [row for row in rows() if row["special"]]
    only = ("right", "ulp", "far")
    text = spec(table, lambda row, kind: row["special"] if kind in only else [])
    by_name = {row["name"]: row for row in table}
    wrong, rules = [], check(command, folder / "limits.json", text)
    for rule in rules:
        name, kind = rule["function"].split("_")
        row, at = by_name[name], list(verdicts(rule).values())
        if kind == "right" and at != row["verdicts"]:
            wrong.append(f"{row['value']} at {row['special']}: {at}, not {row['verdicts']}")
        if kind == "ulp" and "undecided" in at:
            wrong.append(f"ulp rule of {row['value']} at {row['special']}: {at}")
        if kind == "far" and {"refuted"} != set(at) and not infinite(rule):
            wrong.append(f"far rule of {row['value']} at {row['special']}: {at}")
    return wrong, len(rules)


def main():
    road = {"smooth": smooth, "limits": limits}[sys.argv[1]]
    folder = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else ".")
    wrong, count = road(sys.argv[2], folder)
    print("\n".join([*wrong, f"{count} rules, {len(wrong)} not as they must be"]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
