"""Beginnings: a new site is green and stays so through its own CI; a new record lacks exactly what only people know."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import click
import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runbooks import __version__, cli, gate, schemas, site, slugs, source
from runbooks.errors import UserError
from runbooks.findings import Finding
from runbooks.fleet import Fleet, Record, read_policy, read_records
from runbooks.recordfiles import Original, record_of
from runbooks.records.agreement import ItemKind
from runbooks.starting import block, clients, kit, planting, program
from tests import small
from tests.calls import Done, Run, called

DAY = "2026-11-29"
ITEM_KINDS = get_args(ItemKind)
DAYS = (date(2026, 11, 29), date(2036, 2, 29))
TIDEWATER = "tidewater-physio.yml"
PUBLIC = files("check_jsonschema") / "builtin_schemas" / "vendor"
"""The schemas that GitHub's and GitLab's files are checked with everywhere."""
WORKFLOWS = (".github/workflows/check.yml", ".github/workflows/publish.yml")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in a folder, in this process."""

    def ran(folder: Path, *arguments: str) -> Done:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("RUNBOOKS_AS_OF", DAY)
        return called(capsys, *arguments)

    return ran


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site as `runbooks init` makes it. No test changes it."""
    root = tmp_path_factory.mktemp("init") / "site"
    assert cli.run(["init", str(root)]) == cli.PASSED
    return root


@pytest.fixture
def fresh(planted: Path, tmp_path: Path) -> Path:
    """A copy of such a site."""
    return Path(shutil.copytree(planted, tmp_path / "fresh"))


@pytest.fixture(scope="module")
def fleet(planted: Path) -> Fleet:
    """The records of the sample fleet under its policy, as if that asked the least."""
    policy, document = read_policy(small.REPOSITORY)
    least = policy.model_copy(update={"profile": "start", "waivers": (), "inventory": "optional"})
    records = read_records(small.REPOSITORY)
    read = site.read(planted, DAYS[0])
    return replace(read, policy=least, policy_document=document, records=records, written=())


# init


def test_a_new_site_has_no_finding_on_any_day(planted: Path):
    for day in DAYS:
        assert [str(one) for one in site.checked(planted, day).findings] == []


def test_it_names_what_it_made_and_the_next_three_commands(run: Run, tmp_path: Path):
    done = run(tmp_path, "init", "a site")
    made = done.out.splitlines()
    assert sorted(small.files(tmp_path / "a site")) == sorted(made)
    assert {piece.path for piece in kit.pieces()} < set(made)
    assert done.err.splitlines()[-3:] == ["  cd 'a site'", "  runbooks lint", "  runbooks build"]
    assert done.code == cli.PASSED


def test_a_second_run_makes_nothing(run: Run, fresh: Path):
    before = small.files(fresh)
    done = run(fresh, "init")
    assert (done.code, done.out, done.err) == (cli.PASSED, "", "Nothing to make: every file is there.\n")
    assert small.files(fresh) == before


def test_what_is_there_stays_and_is_named(run: Run, tmp_path: Path):
    small.add(tmp_path / "mkdocs.yml", "site_name: Ours\n")
    done = run(tmp_path, "init")
    assert done.code == cli.FOUND
    assert "mkdocs.yml was there already, and stays as it is" in done.err
    assert (tmp_path / "mkdocs.yml").read_text(encoding="utf-8") == "site_name: Ours\n"
    assert (tmp_path / "policy.yml").is_file()


def test_a_schema_that_is_out_of_date_is_named_with_what_writes_it_anew(run: Run, fresh: Path):
    small.add(fresh / "schemas" / "client.json", "{}\n")
    done = run(fresh, "init")
    assert "schemas/client.json was there already, and stays as it is; `runbooks schema` writes it anew" in done.err


def test_the_good_record_stands_in_the_order_of_the_manual(run: Run, planted: Path):
    assert run(planted, "fmt", "--check", "--order").code == cli.PASSED


def test_a_site_that_is_there_gets_no_examples(run: Run, small_site: Path):
    before = small.files(small_site)
    done = run(small_site, "init")
    assert done.code == cli.FOUND
    assert not any(name.startswith(kit.EXAMPLES) for name in done.out.splitlines())
    assert before.items() <= small.files(small_site).items()
    assert (small_site / ".gitlab-ci.yml").is_file()


def test_a_policy_that_cannot_be_read_stops_it_before_anything_is_written(run: Run, tmp_path: Path):
    small.add(tmp_path / "policy.yml", "provider: [\n")
    done = run(tmp_path, "init")
    assert done.code == cli.WRONG_USE
    assert list(small.files(tmp_path)) == ["policy.yml"]


def test_wrong_places_are_one_line(run: Run, fresh: Path):
    (fresh / "taken").mkdir()
    (fresh.parent / "blocked").mkdir()
    small.add(fresh.parent / "blocked" / "clients", "a file where a folder goes\n")
    for words, folder in {
        "is a file, and not a folder": "policy.yml",
        "lies inside another site": "taken",
        "inside another site": "new/deeper",
        "cannot be written": "../blocked",
        "cannot be made": "../blocked/clients/x",
    }.items():
        done = run(fresh, "init", folder)
        assert (done.code, done.err.count("\n")) == (cli.WRONG_USE, 1), folder
        assert words in done.err


def test_an_interruption_leaves_no_half_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def stopped(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        list(planting.plant(tmp_path, [("policy.yml", b"provider: Somebody\n")]))
    assert small.files(tmp_path) == {}


def test_line_ends_of_another_system_are_the_same_file(tmp_path: Path):
    (tmp_path / "a.yml").write_bytes(b"a: 1\r\n")
    assert [one.state for one in planting.plant(tmp_path, [("a.yml", b"a: 1\n")])] == ["same"]


def test_every_file_is_utf8_with_plain_line_ends(planted: Path):
    for name, content in small.files(planted).items():
        assert b"\r" not in content, name
        assert content.decode("utf-8").endswith("\n"), name
        assert not re.search(rb"@[A-Z]+@", content), name


def test_the_schemas_are_those_of_the_site(planted: Path):
    assert schemas.write(site.read(planted), planted / "schemas", check=True) == []


def test_the_record_fits_its_schema_in_the_eyes_of_another_validator(planted: Path):
    for name in ("clients/harbour-dental.yml", f"later/{TIDEWATER}"):
        assert _wrong(planted, source.read(name, (planted / name).read_bytes())[0].data) == []


def _wrong(root: Path, data: object) -> list[str]:
    schema = json.loads((root / "schemas/client.json").read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    return ["/".join(map(str, one.instance_path)) for one in validator.iter_errors(data)]


def test_the_wheel_is_known_by_what_the_installer_left(tmp_path: Path):
    wheel = tmp_path / "backup_runbooks-9.9-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    right = hashlib.sha256(b"a wheel").hexdigest()
    said = {"url": wheel.as_uri(), "archive_info": {"hashes": {"sha256": right}}}
    assert program.origin(json.dumps(said)) == wheel
    assert program.origin(json.dumps({**said, "archive_info": {"hash": f"sha256={right}"}})) == wheel
    assert program.origin(json.dumps({**said, "archive_info": {"hashes": {"sha256": "0" * 64}}})) is None
    assert program.origin(json.dumps({"url": wheel.as_uri(), "dir_info": {"editable": True}})) is None
    assert program.origin("{}") is None
    assert program.origin("no JSON") is None


# The first page


def page(root: Path) -> str:
    return (root / "docs" / "index.md").read_text(encoding="utf-8")


def test_the_record_that_is_set_aside_fails_as_the_first_page_says(fresh: Path):
    (fresh / "later" / TIDEWATER).rename(fresh / "clients" / TIDEWATER)
    for day in DAYS:
        found = sorted(one.code for one in site.checked(fresh, day).findings)
        told = re.findall(r"^\| ([A-Z]{3}\d{3})(, twice)? \|", page(fresh), re.MULTILINE)
        assert found == sorted(code for code, twice in told for _ in range(2 if twice else 1))


def test_the_record_is_mended_as_the_first_page_says(fresh: Path):
    found = re.search(r"```yaml\n(.*?)```", page(fresh), re.DOTALL)
    assert found
    text = (fresh / "later" / TIDEWATER).read_text(encoding="utf-8")
    small.add(fresh / "clients" / TIDEWATER, text[: text.index("setups:")] + found[1])
    for day in DAYS:
        assert [str(one) for one in site.checked(fresh, day).findings] == []


def test_every_command_of_the_first_page_is_one(planted: Path):
    lines = re.findall(r"^ *(runbooks .*)$|`(runbooks [^`]+)`", page(planted), re.MULTILINE)
    assert len(lines) > 5
    for first, second in lines:
        word, *rest = shlex.split(first or second)[1:]
        command = cli.cli.get_command(click.Context(cli.cli), word)
        if isinstance(command, click.Group):
            command, rest = command.commands[rest[0]], rest[1:]
        assert command
        command.make_context(word, rest)


# CI


def steps(text: str, job: str) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load(text)["jobs"][job]["steps"]


@pytest.mark.parametrize("name", [*WORKFLOWS, ".gitlab-ci.yml"])
def test_the_ci_files_are_what_github_and_gitlab_take(planted: Path, name: str):
    schema = json.loads((PUBLIC / ("gitlab-ci.json" if "gitlab" in name else "github-workflows.json")).read_bytes())
    data = yaml.safe_load((planted / name).read_text(encoding="utf-8"))
    assert [one.message for one in jsonschema_rs.validator_for(schema).iter_errors(data)] == []
    assert f"backup-runbooks=={__version__}" in (planted / name).read_text(encoding="utf-8")


def test_github_builds_on_main_and_every_night(planted: Path):
    data = yaml.safe_load((planted / WORKFLOWS[1]).read_text(encoding="utf-8"))
    assert data["on"]["push"] == {"branches": ["main"]}
    assert data["on"]["schedule"]


def test_no_script_of_github_has_a_value_of_the_event_in_it(planted: Path):
    for name in WORKFLOWS:
        text = (planted / name).read_text(encoding="utf-8")
        runs = [step["run"] for step in steps(text, Path(name).stem) if "run" in step]
        assert runs
        assert not [one for one in runs if "${{" in one]


def test_what_ci_installs_is_the_lock_and_the_wheel_alone(planted: Path):
    lock = (small.REPOSITORY / "requirements" / "site.txt").read_text(encoding="utf-8")
    ours = (planted / "requirements.txt").read_text(encoding="utf-8")
    assert re.sub(r"(?m)^#.*\n", "", ours) == re.sub(r"(?m)^#.*\n", "", lock)
    for name in (*WORKFLOWS, ".gitlab-ci.yml"):
        lines = re.findall(r"pip install .*", (planted / name).read_text(encoding="utf-8"))
        assert lines == [
            "pip install --require-hashes -r requirements.txt",
            f"pip install --no-index --no-deps --find-links wheels backup-runbooks=={__version__}",
        ]


def shell(script: str, cwd: Path, commands: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step as CI does, with the commands of this environment, or of a folder, on the path."""
    path = os.pathsep.join([str(commands or Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=cwd,
        env={**small.environment(), "PATH": path, "RUNBOOKS_AS_OF": DAY, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def committed(root: Path) -> None:
    """Everything that is there, on the branch main."""
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@provider.example")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), (*identity, "commit", "-q", "-m", "A site")):
        subprocess.run(["git", *words], cwd=root, check=True)


needs_bash = pytest.mark.skipif(sys.platform == "win32", reason="the runners of these files are Linux")


@needs_bash
def test_the_checks_of_github_and_gitlab_tell_what_a_change_brings(fresh: Path, tmp_path: Path):
    committed(fresh)
    (fresh / "later" / TIDEWATER).rename(fresh / "clients" / TIDEWATER)
    text, summary = (fresh / WORKFLOWS[0]).read_text(encoding="utf-8"), tmp_path / "summary.md"
    ours = [step for step in steps(text, "check") if "runbooks" in step.get("run", "") and "pip" not in step["run"]]
    done = [shell(step["run"], fresh, BASE="main", GITHUB_STEP_SUMMARY=str(summary)) for step in ours]
    assert [one.returncode for one in done] == [0, 1, 0], done
    assert "Tidewater Physio" in summary.read_text(encoding="utf-8")
    assert "::error file=clients/tidewater-physio.yml,line=21" in done[1].stdout
    assert "harbour-dental" not in done[1].stdout

    script = yaml.safe_load((fresh / ".gitlab-ci.yml").read_text(encoding="utf-8"))["check"]["script"]
    told = shell("\n".join(script), fresh, CI_MERGE_REQUEST_DIFF_BASE_SHA="main")
    report = json.loads((fresh / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert told.returncode == 1
    assert {one["location"]["path"] for one in report} == {"clients/tidewater-physio.yml", "policy.yml"}


def publishing(root: Path, *, at: str) -> str:
    """What builds and tells, without what deploys."""
    if at == "github":
        text = (root / WORKFLOWS[1]).read_text(encoding="utf-8")
        build, tell = (
            next(one for one in steps(text, "publish") if one.get("name") == name) for name in ("Build", "Tell")
        )
        return f'{build["run"]}\nCODE=$(sed -n s/^code=//p "$GITHUB_OUTPUT")\n{tell["run"]}'
    return "\n".join(yaml.safe_load((root / ".gitlab-ci.yml").read_text(encoding="utf-8"))["publish"]["script"])


@needs_bash
@pytest.mark.parametrize("at", ["github", "gitlab"])
@pytest.mark.parametrize(
    "case", [(0, True, True), (1, True, True), (1, False, False), (2, False, False), (3, True, False)]
)
def test_a_red_run_deploys_what_was_published_and_stays_red(
    planted: Path, tmp_path: Path, at: str, case: tuple[int, bool, bool]
):
    code, site_made, deployed = case
    commands, output = tmp_path / "commands", tmp_path / "output"
    making = "mkdir -p .site-trees/1; echo page > .site-trees/1/index.html; ln -s .site-trees/1 site; " * site_made
    for name, script in {"runbooks": f"{making}exit {code}", "rsync": f"echo deployed >> '{output}'"}.items():
        small.add(commands / name, f"#!/bin/sh\n{script}\n").chmod(0o755)
    key = small.add(tmp_path / "key", "a key\n")
    places = {"GITHUB_OUTPUT": str(output), "RUNBOOKS_KEY": str(key), "RUNBOOKS_HOST_KEYS": str(key)}
    done = shell(
        publishing(planted, at=at),
        small.add(tmp_path / "x" / "y", "").parent,
        commands,
        **places,
        RUNBOOKS_TARGET="there:",
    )
    assert done.returncode == code, done.stderr
    said = output.read_text(encoding="utf-8") if output.is_file() else ""
    assert ("site=yes" in said or "deployed" in said) is deployed
    if at == "gitlab":
        assert (tmp_path / "x" / "published" / "index.html").is_file() is deployed


@needs_bash
@pytest.mark.built
def test_a_new_site_is_built_and_green_at_once_by_its_own_step(fresh: Path, tmp_path: Path):
    done = shell(publishing(fresh, at="github"), fresh, GITHUB_OUTPUT=str(tmp_path / "output"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "output").read_text(encoding="utf-8") == "code=0\nsite=yes\n"
    assert small.seen(fresh / "site" / "index.html").first("h1").startswith("Start here")
    for name in ("today", "clients/harbour-dental/monitoring"):
        assert (fresh / "site" / name / "index.html").is_file()
    assert small.run("runbooks", "init", cwd=fresh).stdout == ""


def test_the_settings_of_the_editor_name_schemas_that_are_there(planted: Path):
    for name in ("settings.json", "extensions.json"):
        assert all((planted / schema).is_file() for schema in settings(planted, name).get("yaml.schemas", {}))


def test_the_task_of_the_editor_knows_a_finding_by_its_line(planted: Path):
    (task,) = settings(planted, "tasks.json")["tasks"]
    found = re.fullmatch(task["problemMatcher"]["pattern"]["regexp"], "docs/a.md:2:9: error: no client [DOC010 x]")

    assert found is not None
    assert found.groups() == ("docs/a.md", "2", "9", "error", "no client [DOC010 x]")


def settings(root: Path, name: str) -> dict[str, Any]:
    """A file of Visual Studio Code, in which lines may be comments."""
    text = (root / ".vscode" / name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(re.sub(r"(?m)^\s*//.*\n", "", text))
    return found


# new client


def checked(fleet: Fleet, text: str) -> tuple[Record, list[Finding]]:
    """A new record, and what is found in it."""
    record = record_of(Original("new-client", (("clients/new-client.yml", text.encode(), ""),)))
    found = gate.check(replace(fleet, records=(record,), lasting={})).findings
    return record, [one for one in found if one.client == record.slug]


def lines(text: str) -> set[int]:
    """The lines with a placeholder."""
    return {number for number, line in enumerate(text.splitlines(), 1) if "TODO" in line}


TYPES = ("full", "alert_only", "antivirus", "block_time", "ad_hoc", None)
PRODUCTS = (
    ("veeam-backup-replication",), ("windows-server-backup",), ("other",), (),
    ("n-able-cove", "veeam-backup-microsoft-365"),
)  # fmt: skip


@pytest.mark.parametrize("agreement", TYPES)
def test_the_findings_of_a_new_record_are_exactly_its_placeholders(fleet: Fleet, agreement: str | None):
    for products in PRODUCTS:
        text = clients.record(fleet, "New Client", agreement=agreement, products=products, like=None)
        record, found = checked(fleet, text)
        assert {one.place.line for one in found} == lines(text), text
        assert {one.code for one in found} <= {"DOC015", "REC002"}
        told = [(one.place.line, one.place.column) for one in found]
        assert len(told) == len(set(told))
        assert [one.product for one in record.client.setups] == list(products or ("other",))


def test_the_findings_of_a_record_like_another_are_exactly_its_placeholders(fleet: Fleet):
    assert len(fleet.records) > 20
    for old in fleet.records:
        text = clients.record(fleet, "New Client", agreement=None, products=(), like=old.slug)
        _, found = checked(fleet, text)
        extra = [str(one) for one in found if one.place.line not in lines(text)]
        assert (extra, lines(text) - {one.place.line for one in found}) == ([], set()), old.slug


def test_nothing_by_which_the_other_client_is_known_is_taken_over(fleet: Fleet):
    for old in fleet.records:
        text = clients.record(fleet, "New Client", agreement=None, products=(), like=old.slug).casefold()
        client = old.client
        names = [client.client, *client.aliases, *(one.name for one in client.sites)]
        names += [word for one in client.contacts for word in (one.name, one.phone or "", one.email or "")]
        names += [word for one in client.setups for word in (one.server or "", one.console_url or "")]
        names += [item.name or item.match or "" for one in client.setups for item in one.items]
        names += [job.name for one in client.setups for job in one.jobs]
        names += [one.id for one in client.agreements]
        known = [name for name in names if len(name) > 5 and name.casefold() in text]
        assert [name for name in known if name.casefold() not in ITEM_KINDS] == [], old.slug
        assert not re.search(r"\d{4}-\d\d-\d\d|://|@", text.partition("\n")[2]), old.slug


def test_the_structure_of_the_other_is_taken_over(fleet: Fleet):
    old = fleet.by_slug["north-bay-dental"].client
    new, _ = checked(fleet, clients.record(fleet, "New Client", agreement=None, products=(), like="north-bay-dental"))
    assert [(one.product, one.managed_by, one.defaults.rpo) for one in new.client.setups] == [
        (one.product, one.managed_by, one.defaults.rpo) for one in old.setups
    ]
    shapes = [[(job.keeps and job.keeps.counts, len(job.items)) for job in one.jobs] for one in old.setups]
    assert shapes == [
        [(job.keeps and job.keeps.counts, len(job.items)) for job in one.jobs] for one in new.client.setups
    ]
    assert any(job.schedule == "after TODO job 1" for one in new.client.setups for job in one.jobs)


def test_of_the_other_only_the_named_products_are_taken_over(fleet: Fleet):
    products = ("n-able-cove", "comet-backup")
    text = clients.record(fleet, "New Client", agreement="full", products=products, like="north-bay-dental")
    record, found = checked(fleet, text)
    assert [one.product for one in record.client.setups] == ["n-able-cove", "n-able-cove", "comet-backup"]
    assert {one.place.line for one in found} == lines(text)


def test_a_placeholder_filled_in_is_a_record_without_findings(fleet: Fleet):
    text = clients.record(fleet, "New Client", agreement="full", products=("veeam-backup-replication",), like=None)
    for old, new in {"starts: TODO": "starts: 2026-01-01", "kind: TODO": "kind: server", "level: TODO": "level: full",
                     "[TODO which of our mailboxes]": "[help@provider.example]"}.items():  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    _, found = checked(fleet, re.sub(r"TODO [^,}\n#\"]+", "Told", text))
    assert [str(one) for one in found] == []


def test_a_new_record_fits_the_schema_but_for_its_placeholders(planted: Path):
    fleet = site.read(planted)
    for agreement in fleet.policy.agreements.by_name:
        text = clients.record(fleet, "New Client", agreement=agreement, products=("comet-backup",), like=None)
        document, problems = source.read("clients/new.yml", text.encode())
        assert not problems
        for at in _wrong(planted, document.data):
            value: Any = document.data
            for key in filter(None, at.split("/")):
                value = value[int(key)] if isinstance(value, list) else value[key]
            assert "TODO" in str(value), at


def test_the_command_writes_it_and_says_how_to_go_on(run: Run, fresh: Path):
    done = run(fresh, "new", "client", "Zoë & Søn", "--agreement", "full", "--product", "n-able-cove")
    assert (done.code, done.out) == (cli.PASSED, "clients/zoe-and-son.yml\n")
    assert done.err == "`runbooks lint zoe-and-son` lists what only you can fill in.\n"
    text = (fresh / "clients" / "zoe-and-son.yml").read_bytes()
    assert text.startswith(b"# yaml-language-server: $schema=../schemas/client.json\nschema: 1\n")
    assert b"client: Zo\xc3\xab & S\xc3\xb8n\n" in text
    assert b"\r" not in text
    listed = run(fresh, "lint", "--format", "concise", "zoe-and-son")
    assert {int(n) for n in re.findall(r"zoe-and-son\.yml:(\d+)", listed.out)} == lines(text.decode())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["client", "Harbour Dental"], "there is a client harbour-dental already, in clients/harbour-dental.yml"),
        (["client", "HARBOUR  dental", "--slug", "hd"], "harbour-dental is called HARBOUR dental already"),
        (["client", "日本"], "no short name can be made of '日本': give one with --slug"),
        (["client", "Old name"], "harbour-dental was called old-name, and its old addresses lead to it"),
        (["client", "Nul"], "Windows keeps nul for a device"),
        (["client", "x" * 90], "longer than 80 characters"),
        (["client", "X", "--slug", "A_b"], "'A_b' is no short name"),
        (["client", "a\nb"], "must be one line of text"),
        (["client", "X", "--agreement", "ful"], "there is no agreement type ful; did you mean full?"),
        (["client", "X", "--product", "n-able-cov"], "there is no product n-able-cov; did you mean n-able-cove?"),
        (["client", "X", "--from", "harbor-dental"], "there is no client harbor-dental; did you mean harbour-dental?"),
        (["product", "n-able-cove"], "there is a product n-able-cove already"),
        (["product", "Paper"], "'Paper' is no short name"),
        (["product", "paper", "--from", "n-able-cov"], "did you mean n-able-cove?"),
        (["page", "Agreements"], "docs/agreements.md stands where another page goes"),
        (["page", "X", "--client", "harbor-dental"], "did you mean harbour-dental?"),
        (["page", "Taken"], "docs/taken.md is there already, and stays as it is"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line(run: Run, fresh: Path, words: list[str], message: str):
    small.add(fresh / "docs" / "taken.md", "# Taken\n")
    small.edit(fresh / "clients" / "harbour-dental.yml", "Harbour Dental\n", "Harbour Dental\nformerly: [old-name]\n")
    before = small.files(fresh)
    done = run(fresh, "new", *words)
    assert (done.code, done.out, done.err.count("\n")) == (cli.WRONG_USE, "", 1)
    assert message in done.err
    assert small.files(fresh) == before


def test_a_record_with_errors_is_no_model(run: Run, fresh: Path):
    small.add(fresh / "clients" / "broken.yml", "client: Broken\nsetps: []\n")
    done = run(fresh, "new", "client", "X", "--from", "broken")
    assert done.err == "runbooks: the record of broken has errors, so it is no model: runbooks lint broken\n"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Zoë & Søn", "zoe-and-son"),
        ("O'Brien’s Café", "obriens-cafe"),
        ("Müller + Weiß GmbH", "muller-plus-weiss-gmbh"),
        ("Łódź Żurek", "lodz-zurek"),
        ("St. Mary's (North)", "st-marys-north"),
        ("Æther/Þór", "aether-thor"),
        ("İstanbul", "istanbul"),
        ("123", "123"),
        ("Ωmega", ""),
        ("!!!", ""),
    ],
)  # fmt: skip
def test_names_become_short_names(name: str, slug: str):
    assert slugs.slug_of(name) == slug


@given(st.text(max_size=60))
def test_what_is_made_of_any_name_can_stand_in_an_address_or_is_refused(name: str):
    made = slugs.slug_of(name)
    if made and len(made) <= slugs.LONGEST and made not in slugs.DEVICES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slugs.chosen(name, None))
    else:
        with pytest.raises(UserError):
            slugs.chosen(name, None)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,8}", fullmatch=True),
        st.text(
            st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Cf")),
            min_size=1,
            max_size=30,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_is_read_as_what_was_meant(value: dict[str, str]):
    whole: dict[str, Any] = {"plain": value, "list": [*value.values()], "entries": [value, {"more": [value]}]}
    document, _ = source.read(
        "clients/x.yml", block.text(whole, {("plain",): "a note", ("entries",): "another"}).encode()
    )
    assert document.data == whole


# new product, new page


@pytest.mark.parametrize("like", [(), ("--from", "veeam-backup-microsoft-365")])
def test_a_new_product_lacks_exactly_what_has_to_be_found_out(run: Run, fresh: Path, like: tuple[str, ...]):
    done = run(fresh, "new", "product", "paper-and-pencil", *like)
    assert done.code == cli.PASSED
    files = done.out.splitlines()
    assert files[0] == "templates/products/paper-and-pencil/product.yml"
    small.edit(fresh / "policy.yml", "profile: start", "profile: strict")
    found = [one for one in site.checked(fresh, DAYS[0]).findings if "paper" in one.place.file]
    assert {one.code for one in found} == {"CAT016"}
    assert {one.place.file for one in found} == set(files)
    for name in files:
        text = (fresh / name).read_text(encoding="utf-8")
        body = text.partition("\n---\n")[2] if name.endswith(".md") else text
        first = text.count("\n", 0, len(text) - len(body))
        told = {one.place.line for one in found if one.place.file == name} - ({1} if name.endswith(".md") else set())
        assert told == {number + first for number in lines(body)}, name


def test_a_new_page_is_told_until_it_is_written(run: Run, fresh: Path):
    done = run(fresh, "new", "page", "The move: what's new?", "--client", "harbour-dental")
    assert done.out == "docs/the-move-whats-new.md\n"
    assert done.err == 'Then, under nav in mkdocs.yml:  - "The move: what\'s new?": the-move-whats-new.md\n'
    text = (fresh / "docs" / "the-move-whats-new.md").read_text(encoding="utf-8")
    assert text.startswith("---\nclient: harbour-dental\n---\n# The move: what's new?\n")
    assert [one.code for one in site.checked(fresh, DAYS[0]).findings] == ["DOC016"]


@pytest.mark.parametrize("linked", [True, False])
def test_a_file_that_comes_to_be_while_another_is_written_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linked: bool
):
    sync = os.fsync

    def meanwhile(number: int) -> None:
        (tmp_path / "a.yml").write_bytes(b"theirs")
        sync(number)

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "fsync", meanwhile)
    if not linked:
        monkeypatch.setattr(Path, "hardlink_to", refused)
    else:  # even one that came after the last look
        monkeypatch.setattr(os.path, "lexists", lambda _: False)

    assert [one.state for one in planting.plant(tmp_path, [("a.yml", b"ours")])] == ["left"]
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.yml", b"theirs")]
