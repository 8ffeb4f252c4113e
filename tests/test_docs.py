"""The manual: nothing is missing from it, and every sample in it works."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import textwrap
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import click
import pytest

from runbooks import cli, driver, gate, grammar, site
from runbooks.catalogue import Guidance, Product
from runbooks.entitlement import watches
from runbooks.findings import Severity
from runbooks.fleet import Fleet, read_records
from runbooks.inventory import Feed, Feeds, formats
from runbooks.mapping import Map
from runbooks.matching.feeds import systems
from runbooks.parts import Part
from runbooks.policy import Cost, Policy, Recurring, Thresholds
from runbooks.records.agreement import Agreement
from runbooks.records.client import Client
from runbooks.records.setup import Job, Setup
from runbooks.rules.registry import RULES
from runbooks.shape import shaped
from runbooks.source import Json, read
from runbooks.unchanged import Asked
from tests import small

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

FENCE = re.compile(
    r"^(?:[ ]*<!-- sample: (?P<kind>[^\n]+?) -->\n)?"
    r"(?P<indent>[ ]*)```(?P<language>\w*)\n(?P<body>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
SHELLS = ("sh", "powershell")

WHOLE: Mapping[str, type[Part]] = {
    "policy": Policy, "product": Product, "guidance": Guidance, "record": Client, "feeds": Feeds, "map": Map,
}  # fmt: skip
"""Samples that stand for a whole file, or for the whole front matter of one."""

AROUND: Mapping[str, tuple[type[Part], Mapping[str, Json]]] = {
    "fragment of a record": (Client, {"client": "Somebody"}),
    "fragment of a set-up": (Setup, {"id": "main", "product": "other", "product_name": "Tape"}),
    "fragment of a job": (Job, {"name": "Nightly"}),
    "fragment of an agreement": (Agreement, {"id": "AGR-1", "type": "full"}),
    "fragment of a policy": (Policy, {"provider": "Somebody", "timezone": "UTC", "agreements": {}}),
}
"""Samples that show a few keys, and what stands around them in a file."""


@cache
def commands() -> Mapping[str, click.Command]:
    """Every command by its name."""
    context = click.Context(cli.cli)
    return {name: command for name in cli.COMMANDS if (command := cli.cli.get_command(context, name))}


@dataclass(frozen=True)
class Sample:
    """A code block of a page: what it says it is (nothing where it does not), its language and its text."""

    page: str
    line: int
    kind: str
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def samples() -> Iterator[Sample]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Sample(page.name, line, found["kind"] or "", found["language"], textwrap.dedent(found["body"]))


SAMPLES = list(samples())


def kind(*kinds: str) -> list[Sample]:
    found = [sample for sample in SAMPLES if sample.kind in kinds]
    assert found, kinds
    return found


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    _, found, rest = text.partition(f"\n## {heading}\n")
    assert found, heading
    return rest.partition("\n## ")[0]


def words_in_code(text: str) -> set[str]:
    """Every word that stands in code within a line."""
    return {word for span in SPAN.findall(FENCE.sub("", text)) for word in re.findall(r"\w+", span)}


@cache
def fleet() -> Fleet:
    return site.read(ROOT)


def problems(model: type[Part], text: str, around: Mapping[str, Json] | None = None) -> list[str]:
    document, traps = read("sample.yml", text.encode())
    if around is not None:
        assert isinstance(document.data, dict)
        document = replace(document, data={**around, **document.data})
    found = shaped(model, document, "REC")
    return [problem.message for problem in (*traps, *found.problems)]


def errors(folder: Path, policy: Policy) -> list[str]:
    """The errors of the records below a folder, under a policy without the waivers for other clients."""
    records = read_records(folder)
    assert records
    bare = policy.model_copy(update={"waivers": ()})
    report = gate.check(replace(fleet(), policy=bare, records=records))
    return [str(one) for one in report.findings if one.severity is Severity.ERROR and one.client]


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


# Samples


def test_every_yaml_sample_says_what_it_is():
    known = {*WHOLE, *AROUND, "mkdocs", "workflow"}
    unknown = [
        f"{sample}: {sample.kind!r}"
        for sample in SAMPLES
        if sample.language == "yaml" and sample.kind not in known and not sample.kind.startswith("part ")
    ]
    assert not unknown


@pytest.mark.parametrize("sample", kind(*WHOLE), ids=str)
def test_a_sample_of_a_whole_file_has_no_problem(sample: Sample):
    assert not problems(WHOLE[sample.kind], sample.text)


@pytest.mark.parametrize("sample", kind(*AROUND), ids=str)
def test_a_sample_of_a_few_keys_has_no_problem(sample: Sample):
    model, around = AROUND[sample.kind]
    assert not problems(model, sample.text, around)


@pytest.mark.parametrize("sample", kind("record"), ids=str)
def test_a_sample_record_passes_the_gate(sample: Sample, tmp_path: Path):
    write(tmp_path, "clients/sample.yml", sample.text)
    assert not errors(tmp_path, fleet().policy)


def test_the_sample_of_a_record_in_parts_passes_the_gate(tmp_path: Path):
    parts = [sample for sample in SAMPLES if sample.kind.startswith("part ")]
    assert len(parts) > 1
    for part in parts:
        write(tmp_path, f"clients/sample/{part.kind.removeprefix('part ')}", part.text)
    assert len(read_records(tmp_path)) == 1
    assert not errors(tmp_path, fleet().policy)


def test_the_record_of_the_alert_only_page_is_watched_at_that_level():
    [sample] = [sample for sample in kind("record") if sample.page == "alert-only.md"]
    document, _ = read("sample.yml", sample.text.encode())
    client = shaped(Client, document, "REC").model
    assert client is not None
    assert [watch.level for watch in watches(client, fleet().policy, fleet().as_of)] == ["alert_only"]


@pytest.mark.parametrize("text", [line for sample in kind("schedules") for line in sample.text.splitlines()])
def test_a_sample_schedule_is_one(text: str):
    assert grammar.schedule_text(grammar.schedule(text))


@pytest.mark.parametrize("text", [line for sample in kind("durations") for line in sample.text.splitlines()])
def test_a_sample_length_of_time_is_one(text: str):
    assert grammar.duration(text)


def test_the_smallest_site_of_the_manual_builds(tmp_path: Path):
    names = {"policy": "policy.yml", "mkdocs": "mkdocs.yml", "record": "clients/harbour-dental.yml"}
    for sample in SAMPLES:
        if sample.page == "starting.md" and sample.kind:
            write(tmp_path, names[sample.kind], sample.text)
    (tmp_path / "docs").mkdir()
    with small.few_rules():
        outcome = driver.build(Asked(tmp_path, fleet().as_of, tmp_path / "site", all_or_nothing=True))
    assert not outcome.report.findings
    assert outcome.published


# Commands


def command_lines() -> Iterator[tuple[str, str]]:
    """Every `runbooks …` of the pages, in blocks and within lines, with where it stands."""
    for sample in SAMPLES:
        if sample.language in SHELLS:
            for line in sample.text.splitlines():
                plain = line.removeprefix(".venv\\Scripts\\")
                if plain.startswith("runbooks"):
                    yield str(sample), plain
    for path in PAGES:
        for span in SPAN.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
            if span.startswith("runbooks "):
                yield path.name, span


def arguments(line: str) -> list[str]:
    """The arguments of a command up to where the shell takes over."""
    words = shlex.split(line, comments=True)[1:]
    end = next((at for at, word in enumerate(words) if word in {"&&", "|", ">", ";"}), len(words))
    return words[:end]


def options(command: click.Command) -> list[str]:
    return [name for each in command.params if isinstance(each, click.Option) for name in each.opts]


@pytest.mark.parametrize(("where", "line"), list(dict.fromkeys(command_lines())))
def test_a_command_of_the_manual_is_one_that_click_takes(where: str, line: str):
    given = arguments(line)
    assert given, where
    if given[0].startswith("-"):
        assert given[0] in {*options(cli.cli), "--help", "-h"}, where
        return
    command = commands().get(given[0])
    assert command is not None, where
    if isinstance(command, click.Group) and given[1:]:
        command, given = command.commands[given[1]], given[1:]
    if len(given) > 1 or command.name not in {
        "diff",
        "import",
        "render",
        "verify",
        "baseline",
        "inventory",
        "rollback",
        "new",
        "client",
        "product",
        "page",
    }:  # these cannot do without an argument
        # Below the command itself: click remembers of the first call how help is asked for.
        command.make_context(given[0], given[1:], parent=click.Context(cli.cli, **cli.cli.context_settings))


def test_every_command_and_option_is_in_the_manual():
    text = page("commands.md")
    missing = [name for name in (*options(cli.cli), "--help", "-h") if name not in words_with_dashes(text)]
    for name, command in commands().items():
        described = words_with_dashes(section(text, name))
        below = command.commands.values() if isinstance(command, click.Group) else [command]
        missing += [f"{name} {option}" for one in below for option in options(one) if option not in described]
    assert not missing


def words_with_dashes(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


def test_the_reference_pages_are_those_of_the_models_and_the_command():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "reference.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run `make reference`: {done.stdout}{done.stderr}"


def test_no_command_of_the_manual_is_gone():
    assert set(re.findall(r"^\| \[`runbooks (\w+)`\]", page("commands.md"), re.MULTILINE)) == set(commands())


@pytest.mark.parametrize("name", ["README.md", "docs/commands.md"])
def test_every_exit_code_is_in_the_manual(name: str):
    codes = (cli.PASSED, cli.FOUND, cli.WRONG_USE, cli.BUG, cli.NOTHING_CHECKED, cli.INTERRUPTED)
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == [str(code) for code in codes]


def test_every_make_target_of_the_manual_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set()
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"`make (\w+)`", text))
    for sample in SAMPLES:
        if sample.language in SHELLS:
            named |= set(re.findall(r"^make (\w+)", sample.text, re.MULTILINE))
    assert named
    assert named <= targets


# Nothing is missing


def parts(model: type[Part], seen: set[type[Part]] | None = None) -> set[type[Part]]:
    """A model and every model below it."""
    seen = set() if seen is None else seen
    if model not in seen:
        seen.add(model)
        for field in model.model_fields.values():
            for inner in parts_in(field.annotation):
                parts(inner, seen)
    return seen


def parts_in(annotation: object) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from parts_in(argument)


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("writing.md", [Client]),
        ("policy.md", [Policy, Recurring]),
        ("adding-a-product.md", [Product, Guidance]),
        ("inventory.md", [Feeds]),
        ("importing.md", [Map]),
    ],
)
def test_every_key_is_in_the_manual(name: str, models: Sequence[type[Part]]):
    said = words_in_code(page(name))
    every = {part for model in models for part in parts(model)}
    keys = {(part.__name__, field.alias or key) for part in every for key, field in part.model_fields.items()}
    assert not sorted(where for where in keys if where[1] not in said)


@pytest.mark.parametrize("model", [Cost, Thresholds])
def test_the_defaults_in_the_manual_are_those_of_the_policy(model: type[Part]):
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (\w+) \|", page("policy.md"), re.MULTILINE))
    defaults = {key: str(field.default or "none") for key, field in model.model_fields.items()}
    assert {key: rows.get(key) for key in defaults} == defaults


def test_every_module_has_its_line_in_the_architecture():
    package = ROOT / "generator" / "runbooks"
    modules = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    named = re.findall(r"^\| `([\w/]+\.py)` \|", page("architecture.md"), re.MULTILINE)
    assert sorted(named) == sorted(modules)


def test_every_format_of_exports_has_its_line_with_the_key_of_its_ids():
    rows = re.findall(r"^\| `([\w-]+)` \| .+ \| (?:`(\w+)`)? *\| [^|]*\|$", page("inventory.md"), re.MULTILINE)
    lines = dict(rows)
    assert set(lines) == set(formats.names())
    for name, key in lines.items():
        feed = Feed.model_validate({"id": "x", "format": name, "files": "x", "client": "x"})
        assert key == next(iter(systems(feed)), ""), name


def test_every_finding_about_exports_is_in_the_table_with_its_severity():
    rows = re.findall(r"^\| \[(INV\d+)\]\([^)]+\) \| .+ \| (\w+)", page("inventory.md"), re.MULTILINE)
    assert dict(rows) == {rule.code: str(rule.severity) for rule in RULES.values() if rule.code.startswith("INV")}


def test_the_workflow_of_the_manual_is_yaml_and_runs_commands_that_exist():
    [sample] = kind("workflow")
    document, traps = read("workflow.yml", sample.text.encode())
    assert not traps
    runs = re.findall(r"run: (runbooks .+)$", sample.text, re.MULTILINE)
    assert runs
    for line in runs:
        name, *given = arguments(line)
        commands()[name].make_context(name, given)
    assert isinstance(document.data, dict)


def test_every_product_of_the_catalogue_is_linked():
    text = page("adding-a-product.md")
    assert set(re.findall(r"\(products/([\w-]+)\.md\)", text)) == set(fleet().catalogue.products)


def test_every_rule_has_a_page_that_explains_it():
    pages = {each.uri: each.markdown for each in site.make(fleet()).book.pages if each.kind == "rule"}
    for rule in RULES.values():
        heading = re.match(r"# (.+)", pages[f"rules/{rule.code.lower()}.md"])
        assert heading, rule.code
        assert rule.code in heading[1]
        assert rule.name in heading[1].replace("\\", "")


def test_every_rule_that_the_manual_links_to_exists():
    links = [link for path in PAGES for link in re.findall(r"\[([A-Z]{3}\d{3})\]\(([^)]+)\)", path.read_text("utf-8"))]
    assert links
    for code, target in links:
        assert code in RULES
        assert target == f"rules/{code.lower()}.md"


def test_the_sum_in_the_manual_is_the_sum_of_the_program():
    cost, text = Cost(), page("why.md")
    hours = cost.minutes_a_day * cost.working_days / 60
    assert f"**{cost.minutes_a_day}**" in text
    assert f"**{cost.minutes_a_day / 60:.2f} hours a day**" in text
    assert f"**{hours:,.0f} hours**" in text
    assert f"**{cost.failures_per_day * cost.learn} minutes" in text
