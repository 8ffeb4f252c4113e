"""What every test can ask for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from runbooks.publish.lock import locked
from runbooks.site import Site
from tests import catalogued, compiled, sample, small
from tests.browsing import browser, serve, served, serving

__all__ = ["browser", "serve", "served", "serving"]

# A busy machine makes no test fail.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("untimed")


@pytest.fixture
def site(tmp_path: Path) -> Callable[[str], Path]:
    """Writes an indented tree (see `sample.tree`) into a folder with the usual policy; returns the folder."""

    def plant(text: str) -> Path:
        return sample.planted(tmp_path, {"policy.yml": sample.POLICY, **sample.tree(text)})

    return plant


@pytest.fixture(autouse=True)
def _no_shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test keeps anything in the cache folder of whoever runs it."""
    monkeypatch.setenv("RUNBOOKS_CACHE", "off")
    monkeypatch.delenv("RUNBOOKS_AS_OF", raising=False)


@pytest.fixture(autouse=True, scope="session")
def _common_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one command of this run has made of a text another takes over, as on the machine of a user."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache-of-commands"
    folder.mkdir(mode=0o700, exist_ok=True)
    os.environ[small.CACHE] = str(folder)


@pytest.fixture(autouse=True, scope="session")
def _once() -> Iterator[None]:
    """Each shipped template is compiled once, each shipped product read once (see `compiled` and `catalogued`)."""
    with compiled.once(), catalogued.once():
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/goldens anew instead of comparing")


@pytest.fixture
def small_site(tmp_path: Path) -> Path:
    """The sources of the small site, all in order (see `tests.small`)."""
    return small.green(tmp_path / "small")


@pytest.fixture(scope="session")
def small_made() -> Site:
    """The pages of the small site with its broken records. Nobody changes them."""
    return small.made(small.SOURCE)


@pytest.fixture(scope="session")
def sample_made() -> Site:
    """The pages of the sample fleet of this repository. Nobody changes them."""
    return small.made(small.REPOSITORY)


@pytest.fixture(scope="session")
def small_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site with its broken records, built once: published, and red."""
    root = small.copied(tmp_path_factory.mktemp("built") / "small")
    done = small.run("runbooks", "build", "--format", "concise", cwd=root)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Published" in done.stderr, done.stdout + done.stderr
    return root


@pytest.fixture(scope="session")
def sample_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site of the sample fleet, built once for all workers. Nobody writes into it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    built = shared / "sample" / "site"
    with locked(shared / "sample.lock", wait=600):
        if not built.exists():
            done = small.run("runbooks", "build", "--site-dir", built, "--format", "concise", cwd=small.REPOSITORY)
            assert done.returncode == 0, done.stdout + done.stderr
    return built.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for a built site is no unit test: the quick loop leaves it out."""
    for item in items:
        if {"small_built", "sample_built"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.built)
