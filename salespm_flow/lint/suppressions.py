"""Reads suppression comments and decides which findings they silence.

    when: amount > 3   # salespm: ignore[SF203] until=2027-01-01 reason=the field becomes a number in version 4

On a line of its own a comment speaks of the next line that is none; `ignore-file` in the head of a file speaks of all
of it. A suppression silences the report of a finding; it never makes a broken definition run. Knows no clock: today is
an argument.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Bilingual, Diagnostic, Edit, Fix, Severity, Span
from salespm_flow.lint.codes import SEVERITIES, is_finding
from salespm_flow.nouns import dataclass

# What nearly every file lacks, so that nothing more is looked for.
_MARK = re.compile(r"#\s*salespm:\s*ignore")
_COMMENT = re.compile(r"[ \t]*#\s*salespm:\s*(?P<word>ignore[\w-]*)(?P<rest>.*)")
_CODES = re.compile(r"\s*\[(?P<codes>[^\]]*)\](?P<options>.*)")
_UNTIL = re.compile(r"\buntil=(?P<day>\S*)")
_REASON = re.compile(r"\breason=(?P<reason>.*?)\s*(?:\buntil=\S*\s*)?$")
_LINE_END = re.compile("\r\n|\r|\n")
_WHOLE_FILE = "ignore-file"
_FORM = Bilingual(
    "写成 `# salespm: ignore[SF203] until=2027-01-01 reason=…`，until 可省略；整个文件用 `ignore-file`，放在文件开头",
    "write `# salespm: ignore[SF203] until=2027-01-01 reason=…`, until is optional; "
    "`ignore-file` at the head of a file speaks of all of it",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A comment that silences findings of `codes` on the lines from `first` to `last`; `until` is its last day."""

    file: str
    span: Span
    codes: tuple[str, ...]
    first: int
    last: int
    until: date | None
    reason: str
    text: str

    def covers(self, found: Diagnostic) -> bool:
        """Whether the finding is one that the comment speaks of."""
        span = found.span
        return found.code in self.codes and span.file == self.file and self.first <= span.line <= self.last

    def has_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.until is not None and today > self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """What is left to report, and what is silenced by which comment."""

    shown: tuple[Diagnostic, ...]
    silenced: tuple[tuple[Diagnostic, Suppression], ...]


def suppress(findings: Sequence[Diagnostic], texts: Mapping[str, str], files: Iterable[str], today: date) -> Suppressed:
    """The findings without those that comments in `files` silence, and with what is wrong about the comments."""
    given: list[Suppression] = []
    told: list[Diagnostic] = []
    for file in files:
        text = texts.get(file)
        if text is not None and _MARK.search(text):
            read, wrong = read_suppressions(text, file)
            given += read
            told += wrong
    if not given:
        return Suppressed(shown=(*findings, *told), silenced=())
    shown_findings: list[Diagnostic] = []
    silenced: list[tuple[Diagnostic, Suppression]] = []
    used: set[tuple[Span, str]] = set()
    for found in findings:
        by = next((one for one in given if one.covers(found)), None)
        if by is not None:
            used.add((by.span, found.code))
        if by is None or by.has_expired(today):
            shown_findings.append(found)
        else:
            silenced.append((found, by))
    # What cannot be read hides what else is wrong in a file: nothing there is known to be superfluous.
    broken = {found.span.file for found in shown_findings if found.severity is Severity.ERROR}
    for one in given:
        told += _judged(one, [code for code in one.codes if (one.span, code) in used], one.file in broken, today)
    return Suppressed(shown=(*shown_findings, *told), silenced=tuple(silenced))


def read_suppressions(text: str, file: str) -> tuple[tuple[Suppression, ...], tuple[Diagnostic, ...]]:
    """The suppression comments of a file's text, and those that cannot be read."""
    root = parse(text, file).root
    scalars = () if root is None else tuple(_scalars(root))
    lines = _LINE_END.split(text)
    read: list[Suppression] = []
    wrong: list[Diagnostic] = []
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line)
        if found is None or (found.start() and not found[0][0].isspace()) or _is_inside(scalars, number, found.start()):
            continue
        span = Span(
            file=file, line=number, column=line.index("#", found.start()) + 1, end_line=number, end_column=len(line) + 1
        )
        options = _CODES.fullmatch(found["rest"])
        codes = () if options is None else tuple(code.strip() for code in options["codes"].split(",") if code.strip())
        first, last = _lines_meant(lines, number, found["word"], scalars)
        problem = _problem(found["word"], codes, options, (first, number))
        if problem is not None or options is None:
            wrong.append(_finding("SF604", span, *(problem or (_UNREADABLE, _FORM))))
            continue
        until, reason = _UNTIL.search(options["options"]), _REASON.search(options["options"])
        read.append(
            Suppression(
                file=file,
                span=span,
                codes=codes,
                first=first,
                last=last,
                until=None if until is None else date.fromisoformat(until["day"]),
                reason="" if reason is None else reason["reason"].strip(),
                text=line,
            )
        )
    return tuple(read), tuple(wrong)


_UNREADABLE = Bilingual("读不懂这条忽略注释", "this suppression cannot be read")


def _problem(
    word: str, codes: Sequence[str], options: re.Match[str] | None, lines: tuple[int, int]
) -> tuple[Bilingual, Bilingual | None] | None:
    """Why the comment suppresses nothing, with what would be accepted."""
    first, number = lines
    if options is None or not codes or word not in {"ignore", _WHOLE_FILE}:
        return _UNREADABLE, _FORM
    for code in codes:
        if not is_finding(code):
            message = Bilingual(f"没有问题编号 {shown(code)}", f"There is no finding of the code {shown(code)}")
            return message, Bilingual("用 explain 列出所有编号", "explain lists all codes")
    until = _UNTIL.search(options["options"])
    if until is not None and not _is_day(until["day"]):
        message = Bilingual(f"{shown(until['day'])} 不是日期", f"{shown(until['day'])} is no date")
        return message, Bilingual("例如 until=2027-01-01", "such as until=2027-01-01")
    if word == _WHOLE_FILE and first != 1:
        message = Bilingual(
            f"`ignore-file` 只能放在文件开头，这里是第 {number} 行",
            f"`ignore-file` stands at the head of a file, not on line {number}",
        )
        return message, _FORM
    return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2027-01-01")


def _lines_meant(lines: Sequence[str], number: int, word: str, scalars: Sequence[ScalarNode]) -> tuple[int, int]:
    """The first and last line that a comment speaks of; a value over several lines is one with its first."""
    if word == _WHOLE_FILE:
        is_head = all(not line.strip() or line.lstrip().startswith(("#", "---")) for line in lines[: number - 1])
        return (1 if is_head else number), len(lines)
    first = number
    if lines[number - 1].lstrip().startswith("#"):
        while first < len(lines) and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#")):
            first += 1
    return first, max((node.span.end_line for node in scalars if node.span.line == first), default=first)


def _is_inside(scalars: Sequence[ScalarNode], line: int, column: int) -> bool:
    """Whether what looks like a comment is part of a text: in quotes, or in a block of lines, not on its first one."""
    place = (line, column + 1)
    return any(node.start <= place < (node.span.end_line, node.span.end_column) for node in scalars if node.is_quoted)


def _scalars(node: Node) -> Iterator[ScalarNode]:
    match node:
        case MapNode(entries=entries):
            for entry in entries.values():
                yield entry.key
                yield from _scalars(entry.value)
        case ListNode(items=items):
            for item in items:
                yield from _scalars(item)
        case ScalarNode():
            yield node


def _judged(one: Suppression, used: Sequence[str], is_broken: bool, today: date) -> Iterator[Diagnostic]:  # noqa: FBT001
    """What is wrong about a suppression itself; of one that suppresses nothing no more is said."""
    unused = [code for code in one.codes if code not in used]
    if unused and not is_broken:
        codes = ", ".join(unused)
        message = Bilingual(f"这里没有 {codes}，忽略注释没有用上", f"There is no {codes} here to suppress")
        hint = Bilingual("请删除它", "remove it")
        yield _finding("SF601", one.span, message, hint, fix=_removal(one) if len(unused) == len(one.codes) else None)
    if not used:
        return
    if one.has_expired(today) and one.until is not None:
        day = one.until.isoformat()
        message = Bilingual(f"这条忽略注释已于 {day} 过期", f"This suppression expired after {day}")
        yield _finding(
            "SF602", one.span, message, Bilingual("请解决问题，或改日期", "mend what it hides, or move the date")
        )
    if not one.reason:
        message = Bilingual("忽略注释没有写理由", "The suppression gives no reason")
        yield _finding("SF603", one.span, message, Bilingual("在末尾写 reason=…", "add reason=… at its end"))


def _removal(one: Suppression) -> Fix:
    """The comment is gone, with its line where it has one of its own."""
    span, text = one.span, one.text
    before = text[: span.column - 1]
    if before.strip():
        kept = len(before.rstrip())
        place = Span(file=span.file, line=span.line, column=kept + 1, end_line=span.line, end_column=len(text) + 1)
        edit = Edit(span=place, was=text[kept:], text="")
    else:
        place = Span(file=span.file, line=span.line, column=1, end_line=span.line + 1, end_column=1)
        edit = Edit(span=place, was=f"{text}\n", text="")
    return Fix(title=Bilingual("删除这条忽略注释", "remove the suppression"), edits=(edit,), is_safe=True)


def _finding(
    code: str, span: Span, message: Bilingual, hint: Bilingual | None, *, fix: Fix | None = None
) -> Diagnostic:
    return Diagnostic(code=code, severity=SEVERITIES[code], message=message, span=span, hint=hint, fix=fix)
