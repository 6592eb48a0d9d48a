"""The hash chain of a project's history and the seals of what no history tells. Knows neither tables nor nouns.

Each entry's hash covers all its columns, the digest of its output (the outbox items and the answer written with it) and
the hash before it, so that a changed, removed or swapped entry, item or answer shows at its place. A chain cannot show
that its newest entries were cut off and the stored state set back to match: that takes a copy of the newest hashes kept
elsewhere.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from hashlib import sha256

from salespm_flow.diagnostics import Bilingual
from salespm_flow.store.codec import AnswerRow, EntryRow, OutboxRow, dumps

ROOT = bytes(32)


class Break(StrEnum):
    """What `verify` finds; the ids are permanent."""

    DAMAGED = "damaged"
    SCHEMA = "schema"
    HASH = "hash"
    OUTPUT = "output"
    GAP = "gap"
    HEAD = "head"
    STATE = "state"
    ORPHAN = "orphan"
    ROW = "row"
    DEFINITION = "definition"
    PIN = "pin"
    ANSWER = "answer"
    KPI = "kpi"


BREAKS = {
    Break.DAMAGED: Bilingual("数据库文件的内部结构已损坏", "the database file is damaged inside"),
    Break.SCHEMA: Bilingual(
        "数据库中该表、索引或触发器的定义与本程序所建的不符",
        "this table, index or trigger of the database is not as this program made it",
    ),
    Break.HASH: Bilingual(
        "该条历史记录的内容与其哈希不符", "the content of this history entry does not match its hash"
    ),
    Break.OUTPUT: Bilingual(
        "随该条历史记录写入的消息、通知或答复已被改动、增添或删除",
        "the messages, notices or the answer written with this history entry were changed, added or removed",
    ),
    Break.GAP: Bilingual("历史记录的编号不连续", "the numbers of the history entries have a gap"),
    Break.HEAD: Bilingual(
        "历史的末尾与项目中保存的修订号或哈希不符", "the history does not end where the project says it does"
    ),
    Break.STATE: Bilingual(
        "保存的项目状态与重放历史所得不符", "the stored project differs from the replay of its history"
    ),
    Break.ORPHAN: Bilingual("有数据属于不存在的项目", "there are rows of a project that does not exist"),
    Break.ROW: Bilingual(
        "数据库中该表的行号已被改动，或有行被删除",
        "the rows of this table of the database were renumbered, or some were removed",
    ),
    Break.DEFINITION: Bilingual(
        "保存的定义文本与其摘要不符", "the text of a stored definition does not match its digest"
    ),
    Break.PIN: Bilingual("保存的版本绑定记录已被改动", "the stored list of a project's definitions was changed"),
    Break.ANSWER: Bilingual("保存的答复已被改动", "a stored answer was changed"),
    Break.KPI: Bilingual(
        "保存的 KPI 数值已被改动、增添或删除", "the stored KPI figures were changed, added or removed"
    ),
}


def next_hash(previous: bytes, row: EntryRow, output: str) -> bytes:
    """The hash of an entry that follows the one with hash `previous` (`ROOT` for the first), with the digest `output`.

    SHA-256 over the hash before, the columns and the digest as UTF-8, each but the number preceded by its length in
    characters, so that no text can pass for the end of another.
    """
    project, number, doing, name, actor, role, acting_for, at, recorded_at, comment, changes = row
    content = (
        f"{len(project)}:{project}{number}:{len(doing)}:{doing}{len(name)}:{name}{len(actor)}:{actor}{len(role)}:{role}"
        f"{len(acting_for)}:{acting_for}{len(at)}:{at}{len(recorded_at)}:{recorded_at}{len(comment)}:{comment}{len(changes)}:{changes}"
        f"{len(output)}:{output}"
    )
    return sha256(previous + content.encode()).digest()


def output_digest(outbox: Sequence[OutboxRow], answers: Sequence[AnswerRow]) -> str:
    """The digest of what was written with an entry, in order of id and key; empty where nothing was."""
    if not outbox and not answers:
        return ""
    return sha256(dumps((outbox, answers)).encode()).hexdigest()


def seal(columns: Iterable[str | int]) -> bytes:
    """The hash over a row that no chain covers."""
    return sha256(dumps(list(columns)).encode()).digest()
