"""What checks and publishes without anybody thinking of it: CI, the hook before each commit, what CI installs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from runbooks import __version__
from runbooks.checkups.advice import Advice
from runbooks.starting import kit

GITHUB: Final = ".github/workflows"
PIPELINES: Final = (
    f"{GITHUB}/*.yml", f"{GITHUB}/*.yaml", ".gitlab-ci.yml", ".gitlab/*.yml", "azure-pipelines.yml", "Jenkinsfile",
    "bitbucket-pipelines.yml", ".woodpecker.yml", ".woodpecker/*", ".circleci/*", ".ci/*", ".buildkite/*",
)  # fmt: skip
"""Where the descriptions of pipelines lie."""
HOOK: Final = ".pre-commit-config.yaml"
INIT: Final = "runbooks init writes it"
BUILD: Final = "runbooks build"


@cache
def _pieces() -> dict[str, kit.Piece]:
    return {piece.path: piece for piece in kit.pieces()}


def stale(root: Path, path: str) -> Advice | None:
    """What to do about a file that `runbooks init` wrote when it wrote another one; None where there is nothing."""
    said, now = kit.STAMP.search(_text(root / path)), _pieces().get(path)
    if said is None or now is None or said[1] == now.stamp:
        return None
    what = "it was written by another version of the program, which writes another one now"
    return Advice(what, path, "compare it with a new one: runbooks init in an empty folder")


def advice(root: Path) -> Iterator[Advice]:
    """No pipeline, none that builds at night, no hook, and files of older versions."""
    files = sorted({path for form in PIPELINES for path in root.glob(form) if path.is_file()})
    texts = {path.relative_to(root).as_posix(): _text(path) for path in files}
    if not texts:
        what = "no pipeline checks pull requests, and none publishes the site every night"
        yield Advice(what, ".", "runbooks init writes them for GitHub and GitLab")
    at_github = {name: text for name, text in texts.items() if name.startswith(GITHUB) and BUILD in text}
    if at_github and not any("schedule:" in text for text in at_github.values()):
        what = "the site is not built at night, and agreements end without anybody editing a file"
        yield Advice(what, next(iter(at_github)), "add a schedule")
    for name in (*texts, HOOK, kit.LOCK):
        found = stale(root, name)
        if found is not None:
            yield found
    if "runbooks" not in _text(root / HOOK):
        what = "no hook checks the records before a commit"
        yield Advice(what, HOOK, INIT if not (root / HOOK).exists() else "add a hook that calls runbooks lint")
    yield from _installed(root, texts)


def _installed(root: Path, texts: dict[str, str]) -> Iterator[Advice]:
    """Pipelines that install another version than this one, or one that is not there."""
    for name, text in texts.items():
        for version in dict.fromkeys(kit.PIN.findall(text)):
            if version != __version__:
                what = f"it installs version {version}, and this is {__version__}"
                yield Advice(what, name, f"write backup-runbooks=={__version__}, and put its wheel into wheels/")
            elif "--find-links wheels" in text and not any(root.glob(f"wheels/backup_runbooks-{version}-*.whl")):
                what = "the wheel of the program is missing, so no pipeline can install it"
                yield Advice(what, "wheels/", f"put backup_runbooks-{version}-py3-none-any.whl there")
            if "requirements.txt" in text and not (root / kit.LOCK).is_file():
                yield Advice("it is missing, so no pipeline can install what the program stands on", kit.LOCK, INIT)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
