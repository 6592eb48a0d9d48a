"""What can be wrong with a store, in words: each fault has its own code. Knows no engine."""

import sqlite3

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import StoreError


class MissingStoreError(StoreError):
    """No store is at the place named."""

    code = "SF511"


class NotAStoreError(StoreError):
    """What is at the place named was not made by this program."""

    code = "SF512"


class DamagedStoreError(StoreError):
    """The store is truncated or its content cannot be read."""

    code = "SF513"


class NewerStoreError(StoreError):
    """A newer version of this program made the store."""

    code = "SF514"


class LockedStoreError(StoreError):
    """Another process kept the store locked for longer than we wait."""

    code = "SF515"


class ReadOnlyStoreError(StoreError):
    """The store's file or folder cannot be written."""

    code = "SF516"


class FullStoreError(StoreError):
    """No space is left for what was to be written."""

    code = "SF517"


class MediumError(StoreError):
    """The disk or the file system failed."""

    code = "SF518"


def missing(place: str) -> MissingStoreError:
    """There is no store there."""
    return MissingStoreError(
        Bilingual(f"找不到数据库：{place}", f"there is no store at {place}"),
        Bilingual(
            "请检查路径，或用 `salespm-flow init` 新建一个", "check the path, or make a store with `salespm-flow init`"
        ),
    )


def no_folder(place: str) -> MissingStoreError:
    """The folder for a new store does not exist."""
    return MissingStoreError(
        Bilingual(
            f"无法新建数据库 {place}：上级目录不存在", f"cannot make a store at {place}: its folder does not exist"
        ),
        Bilingual("请先创建该目录", "make the folder first"),
    )


def not_a_store(place: str) -> NotAStoreError:
    """Something else is there."""
    return NotAStoreError(
        Bilingual(f"{place} 不是 salespm_flow 的数据库", f"{place} is not a store of salespm_flow"),
        Bilingual("文件未被改动；请指定另一个路径", "the file was not touched; name another path"),
    )


def truncated(place: str, actual: int, expected: int) -> DamagedStoreError:
    """The file is shorter than it says itself."""
    return DamagedStoreError(
        Bilingual(
            f"数据库 {place} 不完整：应有 {expected} 字节，实际只有 {actual} 字节",
            f"the store {place} is truncated: it has {actual} of {expected} bytes",
        ),
        Bilingual("文件未被改动；请从备份恢复", "the file was not touched; restore it from a backup"),
    )


def damaged(place: str, where: str) -> DamagedStoreError:
    """Its content cannot be read at `where`."""
    return DamagedStoreError(
        Bilingual(
            f"数据库 {place} 已损坏，无法读取：{where}", f"the store {place} is damaged and cannot be read: {where}"
        ),
        Bilingual(
            "请用 `salespm-flow verify` 找出所有损坏之处，并从备份恢复",
            "find every damaged place with `salespm-flow verify`, then restore from a backup",
        ),
    )


def newer(place: str, version: int, known: int) -> NewerStoreError:
    """Its format is not known yet."""
    return NewerStoreError(
        Bilingual(
            f"数据库 {place} 的格式版本是 {version}，本程序只支持到 {known}",
            f"the store {place} has format version {version}; this program knows versions up to {known}",
        ),
        Bilingual("文件未被改动；请升级 salespm_flow", "the file was not touched; upgrade salespm_flow"),
    )


def unknown_scheme(scheme: str, known: str) -> StoreError:
    """No kind of store has that name."""
    return StoreError(
        Bilingual(f"不支持的数据库类型“{scheme}”", f"there is no kind of store called {scheme!r}"),
        Bilingual(f"可用的类型：{known}；也可直接写文件路径", f"known kinds: {known}; a plain file path works as well"),
    )


def not_text(place: str) -> StoreError:
    """A text to be written is no valid Unicode."""
    return StoreError(
        Bilingual(
            f"有文本不是有效的 Unicode，无法写入数据库 {place}；未写入任何内容",
            f"a text is not valid Unicode and cannot be kept in the store {place}; nothing was written",
        ),
        Bilingual("请检查输入的编码，应为 UTF-8", "check the encoding of the input; UTF-8 is accepted"),
    )


def unkept_reference(place: str) -> StoreError:
    """A row would refer to a definition or project that the store does not hold."""
    return StoreError(
        Bilingual(
            f"数据库 {place} 中没有该项目所依据的定义文本或父项目；未写入任何内容",
            f"the store {place} does not hold the definition texts or the parent of a project; nothing was written",
        ),
        Bilingual("请先保存定义文本，再写入项目", "keep the definition texts before the project"),
    )


def fault_of(error: sqlite3.Error, place: str) -> StoreError:
    """The fault behind what SQLite raised; nothing of the transaction in progress was written."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF  # the upper bits only refine
    match primary:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _locked(place)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return read_only(place)
        case sqlite3.SQLITE_FULL:
            return _full(place)
        case sqlite3.SQLITE_NOTADB:
            return not_a_store(place)
        case sqlite3.SQLITE_CORRUPT:
            return damaged(place, str(error))
        case sqlite3.SQLITE_CONSTRAINT if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
            return unkept_reference(place)
        case None if isinstance(error, sqlite3.OperationalError) and "UTF-8" in str(error):
            return damaged(place, "UTF-8")  # the module's own error on reading a changed text, which has no code
        case _:
            return _failed(place, str(error))


def _locked(place: str) -> LockedStoreError:
    return LockedStoreError(
        Bilingual(
            f"数据库 {place} 正被另一个进程占用；未写入任何内容",
            f"another process keeps the store {place} locked; nothing was written",
        ),
        Bilingual("请等它结束后重试", "try again once that process has finished"),
    )


def read_only(place: str) -> ReadOnlyStoreError:
    """Nothing can be written there."""
    return ReadOnlyStoreError(
        Bilingual(f"数据库 {place} 是只读的；未写入任何内容", f"the store {place} is read-only; nothing was written"),
        Bilingual("请检查该文件及其所在目录的写权限", "check that the file and its folder may be written"),
    )


def _full(place: str) -> FullStoreError:
    return FullStoreError(
        Bilingual(
            f"磁盘空间不足，无法写入数据库 {place}；未写入任何内容",
            f"no space is left for the store {place}; nothing was written",
        ),
        Bilingual("请释放空间后重试", "free some space and try again"),
    )


def _failed(place: str, detail: str) -> MediumError:
    return MediumError(
        Bilingual(f"读写数据库 {place} 失败：{detail}", f"the store {place} cannot be read or written: {detail}"),
        Bilingual("请检查磁盘、文件系统和访问权限", "check the disk, the file system and the permissions"),
    )
