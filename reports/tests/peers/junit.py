"""Reads JUnit XML with junitparser (Debian: python3-junitparser) and prints, as JSON, what it finds in it."""

import collections
import json
import sys

from junitparser import Error, Failure, JUnitXml, Properties, Skipped

report = JUnitXml.fromfile(sys.argv[1])
cases = [case for suite in report for case in suite]
kinds = {Failure: "failures", Error: "errors", Skipped: "skipped"}
properties = [{one.name: one.value for one in case.child(Properties)} for case in cases]
print(
    json.dumps(
        {
            "said": {name: getattr(report, name) for name in ("tests", "failures", "errors", "skipped")},
            "counted": {"tests": len(cases), **{name: 0 for name in kinds.values()}}
            | collections.Counter(kinds[type(result)] for case in cases for result in case.result),
            "verdicts": collections.Counter(one["verdict"] for one in properties if "verdict" in one),
            "determinations": collections.Counter(one["determination"] for one in properties if "determination" in one),
        }
    )
)
