#!/usr/bin/python3
"""Holds documents against the JSON Schemas: validate.py SCHEMAS <list

A line of the list is `SCHEMA FILE`: a file's documents are valid. SCHEMA is the name of a file
of the folder SCHEMAS without `.schema.json`, and may name a definition: `result/result`. A FILE
ending in .yaml is YAML 1.2, in .jsonl a JSON document a line, any other one JSON document. With
`!` before the schema the documents are not valid. Prints what is otherwise, and how many files
there were.
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from ruamel.yaml import YAML


def read(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        return [as_json(YAML(typ="safe", pure=True).load(text))]
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return [json.loads(text)]


def as_json(node):
    """In JSON every key is text."""
    if isinstance(node, dict):
        return {str(key): as_json(value) for key, value in node.items()}
    if isinstance(node, list):
        return [as_json(item) for item in node]
    return node


def validators(folder):
    known = {}
    for path in sorted(folder.glob("*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft7Validator.check_schema(schema)
        name = path.name.removesuffix(".schema.json")
        known[name] = Draft7Validator(schema)
        for definition in schema.get("definitions", {}):
            part = {**schema, "allOf": [{"$ref": f"#/definitions/{definition}"}]}
            for key in ("type", "required", "properties", "additionalProperties"):
                part.pop(key, None)
            known[f"{name}/{definition}"] = Draft7Validator(part)
    return known


def main():
    known = validators(Path(sys.argv[1]))
    wrong = n = 0
    for line in sys.stdin:
        name, path = line.rstrip("\n").split(" ", 1)
        validator = known[name.lstrip("!")]
        errors = [best_match(validator.iter_errors(document)) for document in read(Path(path))]
        error = next(filter(None, errors), None)
        n += 1
        if (error is not None) == name.startswith("!"):
            continue
        wrong += 1
        place = f"{error.json_path}: {error.message[:200]}" if error else "valid, and should not be"
        print(f"{path}: {place}")
    print(f"{n} files")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
