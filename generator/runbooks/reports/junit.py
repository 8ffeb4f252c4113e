"""The report as JUnit's XML: a test case for each record, and one for what the site holds beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from runbooks.findings import Finding, Severity
from runbooks.report import Report
from runbooks.reports.links import absolute
from runbooks.reports.totals import closing

SITE: Final = "policy, catalogue and pages"
"""The test case of what belongs to no record."""

_NOT_IN_XML = "[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def junit(report: Report, root: Path, site_url: str = "") -> str:
    """A test case for each record. Errors make it fail; a record with warnings alone has passed, and says them."""
    errors, said = _sorted_out(report, site_url)
    cases = [_case("runbooks.site", SITE, errors[""], said[""], site_url)]
    cases += [_case("runbooks.clients", slug, errors[slug], said[slug], site_url) for slug in sorted(report.clients)]
    failures = sum(case.find("failure") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "time": "0"}
    suites = ET.Element("testsuites", {"name": "runbooks", **counts})
    suite = ET.SubElement(suites, "testsuite", {"name": "runbooks", **counts, "skipped": "0"})
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", {"name": "as_of", "value": str(report.as_of)})
    suite.extend(cases)
    ET.SubElement(suite, "system-out").text = _sound("\n".join(closing(report)))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _sorted_out(report: Report, site_url: str) -> tuple[dict[str, list[Finding]], dict[str, list[str]]]:
    """The errors, and the words for everything else, by record; under nothing what belongs to none."""
    errors, said = defaultdict[str, list[Finding]](list), defaultdict[str, list[str]](list)
    for finding in report.findings:
        if finding.severity is Severity.ERROR:
            errors[_whose(finding, report)].append(finding)
        else:
            said[_whose(finding, report)].append(_words(finding, site_url))
    for finding, exemption in report.waived:
        said[_whose(finding, report)].append(f"{finding} (waived until {exemption.until})")
    for finding in report.baselined:
        said[_whose(finding, report)].append(f"{finding} (in the baseline)")
    return errors, said


def _case(kind: str, name: str, errors: Sequence[Finding], said: Sequence[str], site_url: str) -> ET.Element:
    case = ET.Element("testcase", {"classname": kind, "name": _sound(name), "time": "0"})
    if errors:
        # One element for all of them: Jenkins reads the first only.
        message = errors[0].message if len(errors) == 1 else f"{len(errors)} errors: {errors[0].message}, \u2026"
        failure = ET.SubElement(case, "failure", {"type": errors[0].code, "message": _sound(message)})
        failure.text = _sound("\n".join(_words(finding, site_url) for finding in errors))
    if said:
        ET.SubElement(case, "system-out").text = _sound("\n".join(said))
    return case


def _whose(finding: Finding, report: Report) -> str:
    return finding.client if finding.client in report.clients else ""


def _words(finding: Finding, site_url: str) -> str:
    page = absolute(finding.code, site_url)
    more = [line for line in (finding.help, page) if line]
    return "\n    ".join((str(finding), *more, f"fingerprint: {finding.fingerprint}"))


def _sound(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return re.sub(_NOT_IN_XML, "\ufffd", text)
