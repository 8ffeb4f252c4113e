"""The commands that begin something: a site, a client, a product, a page."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from runbooks import site, slugs
from runbooks.cli.options import FOUND, PASSED, SITE, root_of
from runbooks.errors import UserError
from runbooks.fleet import Fleet, read_policy
from runbooks.mailbox import canonical
from runbooks.shape import closest
from runbooks.starting import clients, kit, pages, products, program
from runbooks.starting.planting import Planted, plant
from runbooks.unpaid import counted

SLUG: Final = click.option("--slug", default=None, help="The short name. [default: made of the name]")


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
def init(folder: Path) -> int:
    r"""Make a new site: policy, a good record, what an editor and CI need. Nothing that is there is overwritten.

    In a folder that is a site already, only what is missing for editors and CI is made. It ends with 1 when a file is
    there that says something else than the new one would.

    \b
    Examples:
      runbooks init
      runbooks init provider-runbooks
    """
    there = _settled(folder)
    wanted = [one for one in kit.pieces() if not (there and one.is_example)]
    made = list(plant(folder, ((one.path, one.text.encode()) for one in wanted)))
    made += _schemas(folder)
    made += _wheel(folder)
    left = [one.path for one in made if one.state == "left"]
    for one in made:
        if one.state == "made":
            click.echo(one.path)
    for name in left:
        anew = "; `runbooks schema` writes it anew" if name.startswith("schemas/") else ""
        click.echo(f"{name} was there already, and stays as it is{anew}", err=True)
    click.echo(_summary(made, folder), err=True)
    return FOUND if left else PASSED


def _settled(folder: Path) -> bool:
    """Whether the folder is a site already.

    Raises:
        UserError: when it cannot become one.
        PolicyUnreadable: when it is one, and its policy.yml has errors.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise UserError(f"{folder} is a file, and not a folder")
        above = next((one for one in folder.resolve().parents if (one / site.POLICY).is_file()), None)
        if above is not None:
            words = Path(os.path.relpath(above, Path.cwd())).as_posix()
            raise UserError(f"{folder} lies inside another site, that of {words}/{site.POLICY}: choose another folder")
        if (folder / site.POLICY).is_file():
            read_policy(folder)
            return True
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made: {error.strerror}") from error
    return False


def _schemas(folder: Path) -> Iterable[Planted]:
    from runbooks import schemas

    for name, schema in schemas.schemas(site.read(folder)).items():
        yield from plant(folder, [(f"schemas/{name}", schemas.text(schema).encode())])


def _wheel(folder: Path) -> Iterable[Planted]:
    """The program itself, for CI, where it was installed from a wheel that is still there."""
    wheel = program.wheel()
    if wheel is not None:
        yield from plant(folder, [(f"wheels/{wheel.name}", wheel.read_bytes())])


def _summary(made: list[Planted], folder: Path) -> str:
    count = sum(one.state == "made" for one in made)
    where = str(folder)
    first = [] if where == "." else [f"cd {shlex.quote(where)}"]
    commands = [*first, "runbooks lint", "runbooks build", "runbooks serve"][:3]
    if not count:
        return "Nothing to make: every file is there."
    return "\n".join([f"Made {counted(count, 'file')} in {where}. Next:", *(f"  {one}" for one in commands)])


@click.group()
def new() -> None:
    """Begin a record, a product or a page. What only you can know is left open, and lint lists it."""


@new.command()
@SITE
@click.option("--agreement", metavar="TYPE", default=None, help="Its agreement, a type of policy.yml.")
@click.option("--product", "named", metavar="ID", multiple=True, help="A backup product it has. May be given again.")
@click.option("--from", "like", metavar="CLIENT", default=None, help="Take over the structure of another record.")
@SLUG
@click.argument("name")
def client(
    folder: Path | None, name: str, *, agreement: str | None, named: tuple[str, ...], like: str | None, slug: str | None
) -> int:
    r"""Write the first record of a client.

    \b
    Examples:
      runbooks new client "Harbour Dental"
      runbooks new client "Harbour Dental" --agreement full --product veeam-backup-replication
      runbooks new client "Harbour Dental" --from north-bay-dental
    """
    root = root_of(folder)
    fleet = site.read(root)
    name = slugs.line(name, "the client's name")
    short = slugs.chosen(name, slug)
    _free(fleet, name, short)
    text = clients.record(fleet, name, agreement=agreement, products=named, like=like)
    _made(root, [(f"clients/{short}.yml", text)])
    click.echo(f"`runbooks lint {short}` lists what only you can fill in.", err=True)
    return PASSED


def _free(fleet: Fleet, name: str, slug: str) -> None:
    """Refuse a client who is there already, under whatever name."""
    called = _plain(name)
    for record in fleet.records:
        if record.slug == slug:
            raise UserError(f"there is a client {slug} already, in {record.file}")
        if slug in record.client.formerly:
            raise UserError(f"{record.slug} was called {slug}, and its old addresses lead to it: choose another --slug")
        if called in {_plain(one) for one in (record.client.client, *record.client.aliases)}:
            raise UserError(f"{record.slug} is called {name} already, in {record.file}")


def _plain(name: str) -> str:
    return " ".join(canonical(name).split())


@new.command()
@SITE
@click.option("--from", "like", metavar="ID", default=None, help="Have the same procedures as another product.")
@click.argument("name", metavar="ID")
def product(folder: Path | None, name: str, like: str | None) -> int:
    r"""Write the folder of a product that the catalogue does not have yet.

    \b
    Examples:
      runbooks new product paper-and-pencil
      runbooks new product paper-and-pencil --from veeam-backup-replication
    """
    root = root_of(folder)
    known = site.read(root).catalogue.products
    short = slugs.chosen(name, name, "another id")
    if short in known or short == "other" or (root / "templates" / "products" / short).exists():
        raise UserError(f"there is a product {short} already")
    if like is not None and like not in known:
        raise UserError(f"there is no product {like}; " + (closest(like, known) or f"known: {', '.join(known)}"))
    _made(root, products.files(short, known[like] if like else None))
    click.echo("`runbooks lint` lists what has to be found out. Then, for editors: runbooks schema", err=True)
    return PASSED


@new.command()
@SITE
@click.option("--client", "about", metavar="CLIENT", default=None, help="Whom the page is about.")
@SLUG
@click.argument("title")
def page(folder: Path | None, title: str, about: str | None, slug: str | None) -> int:
    r"""Write a page of your own.

    \b
    Examples:
      runbooks new page "The night shift"
      runbooks new page "The move to the new server room" --client harbour-dental
    """
    root = root_of(folder)
    title = slugs.line(title, "the title")
    short = slugs.chosen(title, slug)
    if about is not None and about not in (known := site.read(root).by_slug):
        raise UserError(f"there is no client {about}; " + (closest(about, known) or f"known: {', '.join(known)}"))
    _made(root, [pages.page(short, title, about)])
    click.echo(f"Then, under nav in mkdocs.yml:  {pages.nav_line(short, title)}", err=True)
    return PASSED


def _made(root: Path, files: Iterable[tuple[str, str]]) -> None:
    """Write files and name them; none of them may be there."""
    wanted = list(files)
    there = next((name for name, _ in wanted if os.path.lexists(root / name)), None)
    if there is not None:
        raise UserError(f"{there} is there already, and stays as it is")
    for one in plant(root, ((name, text.encode()) for name, text in wanted)):
        if one.state != "made":
            raise UserError(f"{one.path} is there already, and stays as it is")
        click.echo(one.path)
