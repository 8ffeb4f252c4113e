"""What is shipped: the locks, the files that git tracks, and the wheel, installed away from this repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import runbooks

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# A path of somebody's machine: their home, root's, or a folder of work at the top. `~`, `.example` hosts and the
# middle of a longer path are none of it.
MACHINE_PATH = re.compile(r"(?<![\w.~:>/}-])/(?:root|work|home/[a-z]\w*|Users/[a-z]\w*)/", re.IGNORECASE)

# The smallest site: one client whose backups somebody else looks after.
SMALL_SITE = {
    "mkdocs.yml": """\
site_name: Runbooks
theme: {name: material}
plugins: [search, runbooks]
""",
    "policy.yml": """\
schema: 1
provider: Example IT
timezone: Australia/Sydney
profile: start
mailboxes: [help@provider.example]
agreements:
  full: {counts: true, monitoring: full}
duty_manager: {name: Duty manager, phone: "+61 2 5550 0199"}
""",
    "docs/index.md": "# Runbooks\n",
    "clients/quay-florist.yml": """\
schema: 1
client: Quay Florist
status: active
owner: backup-team
reviewed: {on: 2026-10-04, by: Backup lead}
sites:
  - {id: shop, name: Shop}
contacts:
  - {name: Owner, roles: [decision_maker], phone: "+61 2 5550 0101"}
copies:
  - {id: cloud, site: offsite, medium: object, encryption: {key_ref: "vault://quay-florist/key"}}
setups:
  - id: shop
    product: other
    product_name: A cloud service
    managed_by: third_party
    defaults: {site: shop, os: windows}
    items:
      - {name: QF-PC01, kind: workstation}
    jobs:
      - {name: Daily, items: [qf-pc01], schedule: daily at 22:00, keeps: {daily: 30}, to: cloud}
monitoring:
  level: none
  declined: {on: 2026-05-06, notice_ref: "itglue://quay-florist/1"}
""",
}
SMALL_SITE_AS_OF = "2026-11-01"


def requirements(lock: Path) -> list[str]:
    """The entries of a lock, each on one line: the requirement and its hashes, without comments."""
    text = re.sub(r"(?m)^\s*#.*\n", "", lock.read_text(encoding="utf-8"))
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def pins(lock: Path) -> dict[str, str]:
    """Name and version of each entry of a lock."""
    parsed = [Requirement(entry.split(" --hash")[0]) for entry in requirements(lock)]
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in parsed}


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What a command prints. Python's own variables are left out: they would lend it this repository's modules."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    done = subprocess.run(
        command, cwd=cwd, env=kept | environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_is_nothing_but_single_versions_with_their_hashes(lock: Path):
    entries = requirements(lock)
    assert entries
    entry_form = re.compile(r"[a-z0-9-]+==[0-9a-z.]+( ; [^#@]+?)?( +--hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not entry_form.fullmatch(entry.strip())] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_comment_of_a_lock_names_an_address_or_a_folder_of_a_machine(lock: Path):
    comments = re.findall(r"#.*", lock.read_text(encoding="utf-8"))
    assert comments
    assert [comment for comment in comments if re.search(r"[/\\]", comment.replace("requirements/", ""))] == []


def test_the_locks_agree_on_every_version():
    site, dev = pins(ROOT / "requirements/site.txt"), pins(ROOT / "requirements/dev.txt")
    assert {name: (site[name], dev[name]) for name in site.keys() & dev.keys() if site[name] != dev[name]} == {}


def test_the_lock_holds_what_the_project_declares_and_its_build_backend():
    locked = pins(ROOT / "requirements/site.txt")
    declared = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    unmet = [
        str(wanted)
        for wanted in map(Requirement, declared)
        if not wanted.specifier.contains(locked.get(canonicalize_name(wanted.name), "0"))
    ]
    assert unmet == []


def test_the_lock_holds_what_only_windows_needs():
    entries = requirements(ROOT / "requirements/site.txt")
    assert {"colorama", "tzdata"} <= {entry.split("==")[0] for entry in entries}


def test_no_tracked_file_names_a_path_of_a_machine():
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    files = [ROOT / name for name in listed.split("\0") if name]
    found = []
    for file in files:
        if not file.is_file() or b"\0" in (content := file.read_bytes()):
            continue
        text = content.decode("utf-8")
        # The catalogue speaks of folders on a client's Mac or server.
        if not file.is_relative_to(ROOT / "templates" / "products"):
            found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in MACHINE_PATH.finditer(text)]
        found += [f"{file.relative_to(ROOT)}: {ROOT}"] * (str(ROOT) in text)
    assert files
    assert found == []


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the locked backend."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that has the wheel, and beside it only what the locks hold.

    The locked packages are lent by the environment of this run: its folder is on the path, but its .pth files are not
    followed, so that the editable install of this repository stays out.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, symlinks=sys.platform != "win32")
    commands = home / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "--python", commands / "python", "install", "--no-index", "--no-deps", wheel, cwd=home)
    packages = run(commands / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home)
    lent = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    (Path(packages.strip()) / "lent.pth").write_text("\n".join(lent) + "\n", encoding="utf-8")
    return commands


@pytest.mark.wheel
@pytest.mark.xdist_group("wheel")
def test_the_wheel_holds_the_code_the_templates_and_the_schemas_and_nothing_else(wheel: Path):
    def shipped(folder: str, target: str) -> set[str]:
        listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder, cwd=ROOT)
        return {name.replace(folder, target, 1) for name in listed.split("\0") if (ROOT / name).is_file()}

    expected = shipped("generator/runbooks", "runbooks")
    expected |= shipped("templates", "runbooks/templates") | shipped("schemas", "runbooks/schemas")
    expected.add("runbooks/requirements/site.txt")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == expected
    assert any(name.startswith("runbooks/templates/products/") for name in held)


@pytest.mark.wheel
@pytest.mark.xdist_group("wheel")
def test_the_installed_command_is_the_one_of_the_wheel(installed: Path, tmp_path: Path):
    where = run(installed / "python", "-c", "import runbooks; print(runbooks.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    assert runbooks.__version__ in run(installed / "runbooks", "--version", cwd=tmp_path)


@pytest.mark.wheel
@pytest.mark.xdist_group("wheel")
def test_the_installed_command_builds_a_site_in_a_folder_of_its_own(installed: Path, tmp_path: Path):
    for name, text in SMALL_SITE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    run(installed / "runbooks", "build", "--as-of", SMALL_SITE_AS_OF, cwd=tmp_path)
    pages = [page.read_text(encoding="utf-8") for page in (tmp_path / "site").rglob("*.html")]
    assert any("Quay Florist" in page and "QF-PC01" in page for page in pages)


@pytest.mark.wheel
@pytest.mark.xdist_group("wheel")
def test_the_installed_command_begins_a_site_that_holds_all_that_ci_installs(
    installed: Path, wheel: Path, tmp_path: Path
):
    run(installed / "runbooks", "init", "site", cwd=tmp_path)
    assert (tmp_path / "site" / "wheels" / wheel.name).read_bytes() == wheel.read_bytes()
    assert pins(tmp_path / "site" / "requirements.txt") == pins(ROOT / "requirements" / "site.txt")
    run("git", "init", "-q", cwd=tmp_path / "site")
    run(installed / "runbooks", "lint", cwd=tmp_path / "site")
    run(installed / "runbooks", "doctor", cwd=tmp_path / "site")
