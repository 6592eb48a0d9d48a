"""A baseline: findings that were there when checking began, so that only new ones count. Text in, text out.

An entry says code, document and path of keys, not the line, and how many findings it stands for.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.errors import InputError
from salespm_flow.lint.codes import SEVERITIES
from salespm_flow.lint.outline import Identity
from salespm_flow.nouns import dataclass

_FORM = "salespm_baseline"
_VERSION = 1
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`count` findings of `code` at `path` of `document`; `span` is where the baseline says so."""

    code: str
    document: str
    path: str
    count: int
    span: Span

    @property
    def key(self) -> Key:
        """What findings are compared by."""
        return self.code, self.document, self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The entries of a baseline file in its order."""

    file: str
    entries: tuple[Entry, ...]

    def allowed(self) -> Mapping[Key, int]:
        """How many findings there may be of each kind."""
        counts: Counter[Key] = Counter()
        for entry in self.entries:
            counts[entry.key] += entry.count
        return counts


def read_baseline(text: str, file: str) -> Baseline:
    """The baseline that a text writes.

    Raises:
        InputError: it is no baseline.
    """
    # JSON is YAML, and this parser knows where things stand.
    root = parse(text, file).root
    form = None if root is None else root.entries.get(_FORM)
    listed = None if root is None else root.entries.get("findings")
    is_ours = form is not None and isinstance(form.value, ScalarNode) and form.value.value == _VERSION
    if not is_ours or listed is None or not isinstance(listed.value, ListNode):
        raise _unreadable(file)
    return Baseline(file=file, entries=tuple(_entry(item, file) for item in listed.value.items))


def write_baseline(identities: Iterable[Identity]) -> str:
    """The text of a baseline for the findings: sorted, one entry a line, so that changes of it read well."""
    counts = Counter((one.code, one.document, one.path) for one in identities)
    lines = [
        json.dumps({"code": code, "document": document, "path": path, "count": count}, ensure_ascii=False)
        for (code, document, path), count in sorted(counts.items(), key=lambda item: (item[0][1:], item[0][0]))
    ]
    listed = ",".join(f"\n    {line}" for line in lines)
    closing = "\n  ]" if lines else "]"
    return f'{{\n  "{_FORM}": {_VERSION},\n  "findings": [{listed}{closing}\n}}\n'


def is_known(identity: Identity, allowed: Mapping[Key, int]) -> bool:
    """Whether the baseline has the finding: the first ones at a place are the known ones."""
    return identity.ordinal <= allowed.get((identity.code, identity.document, identity.path), 0)


def stale_entries(
    baseline: Baseline, found: Sequence[Identity], judged: Collection[str] | None
) -> Iterator[Diagnostic]:
    """The entries with fewer findings than they stand for; `judged` are the documents looked at, None for all."""
    left = Counter((one.code, one.document, one.path) for one in found)
    for entry in baseline.entries:
        if judged is not None and entry.document not in judged:
            continue
        here = min(left[entry.key], entry.count)
        left[entry.key] -= here
        if here < entry.count:
            yield _stale(entry, here)


def _stale(entry: Entry, here: int) -> Diagnostic:
    where = shown(" ".join(word for word in (entry.document, entry.path) if word))
    if here:
        zh, en = f"只剩 {here} 个", f"{here} of {entry.count} left"
    else:
        zh, en = "已经没有了", "is gone"
    return Diagnostic(
        code="SF605",
        severity=SEVERITIES["SF605"],
        message=Bilingual(f"{where} 的 {entry.code} {zh}", f"{entry.code} in {where}: {en}"),
        span=entry.span,
        hint=Bilingual("用 --write-baseline 重写基线", "write the baseline anew with --write-baseline"),
    )


def _entry(node: Node, file: str) -> Entry:
    values = {} if not isinstance(node, MapNode) else {name: entry.value for name, entry in node.entries.items()}
    count = values.get("count")
    texts = [value.text for key in ("code", "document", "path") if isinstance(value := values.get(key), ScalarNode)]
    if not isinstance(count, ScalarNode) or not isinstance(count.value, int) or len(texts) != 3:  # noqa: PLR2004 - as above
        raise _unreadable(file)
    return Entry(code=texts[0], document=texts[1], path=texts[2], count=count.value, span=node.span)


def _unreadable(file: str) -> InputError:
    return InputError(
        Bilingual(f"{shown(file)} 不是基线文件", f"{shown(file)} is no baseline"),
        Bilingual("用 --write-baseline 写一个", "write one with --write-baseline"),
    )
