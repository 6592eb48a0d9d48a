"""Writes files whole or not at all, and never over what somebody else wrote meanwhile."""

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ConflictError


def write_file(path: Path | str, data: bytes, *, was: bytes | None = None) -> None:
    """The file holds the data, with the rights that it had; a link still leads to it.

    Raises:
        ConflictError: the file no longer holds what `was` in it.
    """
    target = Path(path).resolve()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _take_rights(Path(name), target)
        # As late as can be: what was typed into an editor while we looked must not be lost.
        if was is not None:
            _refuse_changed(target, was)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _refuse_changed(path: Path, was: bytes) -> None:
    if path.read_bytes() != was:
        name = shown(str(path))
        raise ConflictError(
            Bilingual(f"{name} 刚被别人改过，没有写入", f"{name} was changed meanwhile; it was not written"),
            Bilingual("请再运行一次", "run the command once more"),
        )


def _take_rights(new: Path, target: Path) -> None:
    """The new file may be read by whom the old one could, else by whom any new file can."""
    if target.exists():
        new.chmod(target.stat().st_mode & 0o7777)
        return
    mask = os.umask(0)
    os.umask(mask)
    new.chmod(0o666 & ~mask)


@contextmanager
def data_stream(place: Path | None, *, is_replacing: bool) -> Iterator[BinaryIO]:
    """What is written in the block stands in the file, whole or not at all; without a file on standard output.

    Raises:
        ExportError: there is a file already, or the folder takes none.
    """
    if place is not None:
        from salespm_flow.interop.output_file import whole_file

        with whole_file(place, is_replacing=is_replacing) as stream:
            yield stream
        return
    sys.stdout.flush()
    if hasattr(sys.stdout, "buffer"):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    # An application has put its own stream of text in place.
    kept = io.BytesIO()
    yield kept
    sys.stdout.write(kept.getvalue().decode("utf-8"))
