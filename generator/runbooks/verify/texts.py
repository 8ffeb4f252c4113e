"""The text in a file of any kind: unpacked, decoded, and for pictures what stands in them between the colours."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

MOST: Final = 1 << 28
"""Bytes that are unpacked at most."""
DEEPEST: Final = 4
"""How many archives may lie in each other."""

PICTURES: Final = re.compile(
    rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....(?:WEBP|WAVE|AVI )|\x00\x00\x00.ftyp|BM"
    rb"|II\*\x00|MM\x00\*|\x00\x00[\x01\x02]\x00"
    rb"|wOF[F2]|OTTO|true\x00|\x00\x01\x00\x00|ttcf|OggS|ID3|\xff\xfb|\x1aE\xdf\xa3|fLaC",
    re.DOTALL,
)
"""How pictures, fonts, sounds and films begin."""
SEALED: Final = re.compile(
    rb"%PDF|\x28\xb5\x2f\xfd|7z\xbc\xaf|Rar!|\xd0\xcf\x11\xe0|\0asm|SQLite format 3\0|\x7fELF|MZ"
)
"""How files begin that hold text nobody here can read: documents, archives, programs."""
PACKED: Final[dict[bytes, Callable[[bytes], bytes]]] = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ": lzma.decompress,
}
ENDINGS: Final = (".gz", ".bz2", ".xz")
RUN: Final = re.compile(rb"[\x20-\x7e]{8,}")
"""Letters between bytes that are none."""


class Unreadable(Exception):
    """A file that should hold text and cannot be read; one line that says why."""


@dataclass(frozen=True)
class Text:
    """The text of a file, or of one in an archive.

    `scattered` when it is what letters stand between other bytes; `sealed` when there is more to read in the file.
    """

    name: str
    text: str
    scattered: bool = False
    sealed: bool = False


def texts(name: str, raw: bytes, depth: int = 0) -> Iterator[Text]:
    """The texts in the bytes of a file.

    Raises:
        Unreadable: when something packed is damaged, locked, or too much.
    """
    if depth > DEEPEST:
        raise Unreadable("archives lie in archives here, too deep to be read")
    unpack = next((unpack for head, unpack in PACKED.items() if raw.startswith(head)), None)
    lower = name.lower()
    if unpack is not None or lower.endswith(ENDINGS):
        yield from texts(_without_ending(name), _unpacked(raw, unpack or gzip.decompress), depth + 1)
    elif raw.startswith(b"PK\3\4"):
        yield from _zipped(name, raw, depth)
    elif raw[257:262] == b"ustar":
        yield from _tarred(name, raw, depth)
    elif SEALED.match(raw) or lower.endswith((".br", ".zst")):
        yield Text(name, _letters(raw), scattered=True, sealed=True)
    elif b"\0" not in raw[:4096] and not PICTURES.match(raw):
        yield Text(name, raw.decode("utf-8", errors="replace"))
    elif (text := _wide(raw)) is not None:
        yield Text(name, text)
    elif PICTURES.match(raw):
        yield Text(name, _letters(raw), scattered=True)
    else:
        # A stray zero byte does not keep a browser from reading a page.
        scattered = raw.count(b"\0") > len(raw) // 100 + 1
        plain = raw.replace(b"\0", b"").decode("utf-8", errors="replace")
        yield Text(name, plain, scattered=scattered, sealed=scattered)


def _wide(raw: bytes) -> str | None:
    """A text in 16 or 32 bits a letter, with or without a mark that says so."""
    if raw.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return raw.decode("utf-32", errors="replace")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    head = raw[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > half * 0.6 and even > half * 0.3:
        return raw.decode("utf-32-le", errors="replace")
    if even > half * 0.6 and odd > half * 0.3:
        return raw.decode("utf-32-be", errors="replace")
    if odd > half * 0.4 and even < half * 0.1:
        return raw.decode("utf-16-le", errors="replace")
    if even > half * 0.4 and odd < half * 0.1:
        return raw.decode("utf-16-be", errors="replace")
    return None


def _letters(raw: bytes) -> str:
    return "\n".join(found.group().decode("ascii") for found in RUN.finditer(raw))


def _without_ending(name: str) -> str:
    return next((name[: -len(one)] for one in ENDINGS if name.lower().endswith(one)), name)


def _unpacked(raw: bytes, unpack: Callable[[bytes], bytes]) -> bytes:
    try:
        found = unpack(raw)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        raise Unreadable("this compressed file cannot be read") from error
    if len(found) > MOST:
        raise Unreadable("this compressed file is too large to be read")
    return found


def _zipped(name: str, raw: bytes, depth: int) -> Iterator[Text]:
    """The texts of an archive, which is also what office documents are."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MOST:
                raise Unreadable("this archive is too large to be read")
            for one in archive.infolist():
                if not one.is_dir():
                    yield from texts(f"{name}/{one.filename}", archive.read(one), depth + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, zlib.error) as error:
        raise Unreadable("this archive cannot be read") from error


def _tarred(name: str, raw: bytes, depth: int) -> Iterator[Text]:
    try:
        with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
            for one in archive:
                file = archive.extractfile(one) if one.isfile() else None
                if file is not None:
                    yield from texts(f"{name}/{one.name}", file.read(), depth + 1)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise Unreadable("this archive cannot be read") from error
