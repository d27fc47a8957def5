#!/usr/bin/env python3
"""Holds the OSCAL documents of runs against compliance-trestle, and against the official JSON schemas.

A person runs it, since trestle comes from PyPI only:

    python3 -m venv venv && venv/bin/pip install compliance-trestle jsonschema-rs
    venv/bin/python reports/tests/peers/oscal.py RUN...                      # trestle alone
    venv/bin/python reports/tests/peers/oscal.py --schemas FOLDER RUN...     # and the schemas

FOLDER has the schemas as NIST publishes them with each release of OSCAL: oscal_poam_schema.json and so on.
Every document is imported, validated, read, written, and compared with itself. Exit code 1 when one does not hold.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
from datetime import datetime

from trestle.oscal import assessment_results, component, poam

# name of the file, of the model for the command line, of the schema, and the class that reads it
DOCUMENTS = [
    ("oscal-assessment-results.json", "assessment-results", "assessment-results", assessment_results.AssessmentResults),
    ("oscal-poam.json", "plan-of-action-and-milestones", "poam", poam.PlanOfActionAndMilestones),
    ("oscal-component-definition.json", "component-definition", "component", component.ComponentDefinition),
]
# points in time may be written in several ways that mean the same
TIMES = {"last-modified", "start", "end", "collected", "expires"}


def trestle(workspace, *arguments):
    program = "import sys; from trestle.cli import run; sys.argv[0] = 'trestle'; sys.exit(run())"
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=workspace, capture_output=True, text=True)
    if done.returncode != 0:
        raise ValueError(f"trestle {arguments[0]}: {done.stdout}{done.stderr}")


def plain(value, key=None):
    """The value with every point in time as a number."""
    if isinstance(value, dict):
        return {name: plain(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, key) for inner in value]
    return datetime.fromisoformat(value).timestamp() if key in TIMES else value


def difference(one, other, path=""):
    """Where two values differ first, or nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            if found := difference(one.get(key), other.get(key), f"{path}/{key}"):
                return found
        return None
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next((found for at in range(len(one)) if (found := difference(one[at], other[at], f"{path}/{at}"))), None)
    return None if one == other else f"{path}: {one!r} is not {other!r}"


def hold(path, model, reader, workspace, schema):
    document = json.loads(path.read_text())
    if schema:
        import jsonschema_rs

        errors = list(jsonschema_rs.validator_for(json.loads(schema.read_text())).iter_errors(document))
        if errors:
            raise ValueError(f"{len(errors)} errors against the schema, first at {errors[0].instance_path}: {errors[0].message}")
    trestle(workspace, "import", "-f", str(path), "-o", path.parent.name)
    trestle(workspace, "validate", "-t", model, "-n", path.parent.name)
    written = pathlib.Path(workspace, "written.json")
    reader.oscal_read(path).oscal_write(written)
    if found := difference(plain(document), plain(json.loads(written.read_text()))):
        raise ValueError(f"not the same after reading and writing: {found}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schemas", type=pathlib.Path)
    parser.add_argument("runs", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as workspace:
        trestle(workspace, "init", "--local")
        for run in options.runs:
            for name, model, schema, reader in DOCUMENTS:
                path = (run / name).resolve()
                if name == "oscal-poam.json" and not path.exists():
                    print(f"{path}: none, nothing is to be done")
                    continue
                schema = options.schemas and options.schemas / f"oscal_{schema}_schema.json"
                try:
                    hold(path, model, reader, workspace, schema)
                    print(f"{path}: holds{'' if schema else ' (schema not asked)'}")
                except Exception as error:  # whatever trestle throws is an answer
                    print(f"{path}: {error}")
                    failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
