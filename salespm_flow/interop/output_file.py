"""A file that appears whole or not at all, and replaces another only when told to. Knows nothing of its content."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ExportError


@contextmanager
def whole_file(path: Path, *, is_replacing: bool) -> Iterator[BinaryIO]:
    """What is written in the block stands at the path, once all of it is on disk; a failing block leaves no trace.

    Raises:
        ExportError: there is a file already, or the folder takes none.
    """
    if not is_replacing and os.path.lexists(path):
        raise _exists(path)
    if path.is_dir():
        raise ExportError(Bilingual(f"{path} 是文件夹", f"{path} is a folder"))
    try:
        # In the same folder, so that the last step is a renaming; the name is nobody's.
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(0o666 & ~_mask())
        _publish(part, path, is_replacing=is_replacing)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _publish(part: Path, path: Path, *, is_replacing: bool) -> None:
    if is_replacing:
        part.replace(path)
        return
    try:
        # Unlike a renaming, a link never replaces what another process has put there meanwhile.
        os.link(part, path)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError:  # no links on this file system
        part.replace(path)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _exists(path: Path) -> ExportError:
    return ExportError(
        Bilingual(f"{path} 已存在", f"{path} exists already"),
        Bilingual("换一个文件名，或用 --force 覆盖", "name another file, or replace it with --force"),
    )


def _unwritable(path: Path, error: OSError) -> ExportError:
    reason = error.strerror or str(error)
    return ExportError(Bilingual(f"无法写入 {path}：{reason}", f"{path} cannot be written: {reason}"))
