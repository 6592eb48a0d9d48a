"""Turns violations of a schema into findings at the right place, in our words; knows no schema library.

One cause makes one finding: of several violations at one place the most basic is told, and a key that is missing
because it was misspelt is not told beside the misspelling.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from salespm_flow.definition.findings import BOOLEANS, error, listed, point, replacement, shown
from salespm_flow.definition.later import LATER_ACTIONS
from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, ScalarNode
from salespm_flow.definition.suggest import did_you_mean, renaming
from salespm_flow.diagnostics import Bilingual, Diagnostic, Fix, Span, in_source_order
from salespm_flow.nouns import dataclass
from salespm_flow.suggest import nearest_name

Path = tuple[str | int, ...]

# The most basic first: what has the wrong type is not also told to have the wrong form.
_RANKS = ("not", "type", "const", "enum", "pattern", "minimum", "maximum", "minItems", "maxItems", "minProperties")
_LISTED_KEYS = 20
_MORE = Bilingual(" 等", ", …")
_TYPES: Mapping[str, Bilingual] = {
    "object": Bilingual("映射（若干 `键: 值`）", "a map of `key: value`"),
    "array": Bilingual("列表", "a list"),
    "string": Bilingual("文本", "text"),
    "integer": Bilingual("整数", "a whole number"),
    "number": Bilingual("数字", "a number"),
    "boolean": Bilingual(" true 或 false", "true or false"),
    "null": Bilingual(" null", "null"),
}
# What stands in a list in brackets as it stands alone.
_BRACKETLESS = re.compile(r"[^\W\d][\w. -]*")
_SINGLE = frozenset({"string", "number", "boolean"})
_ONE_VALUE = Bilingual("单个值", "one value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One way in which data differs from a schema: the keyword that failed, what it accepts, and where.

    `path` leads to the data from the root; with `is_about_key`, `instance` is a key of the map there.
    """

    path: Path
    keyword: str
    accepted: Any
    schema: Mapping[str, Any]
    instance: Any
    is_about_key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What a path leads to: the node, and the entry whose value it is (None in a list and at the root)."""

    node: Node
    entry: MapEntry | None
    name: Bilingual

    @property
    def key_span(self) -> Span:
        """Where to point at the whole: at its key, else at its first character."""
        span = self.node.span
        return self.entry.key.span if self.entry is not None else point(span.file, span.line, span.column)


def tell(root: MapNode, violations: Iterable[Violation]) -> tuple[Diagnostic, ...]:
    """The findings for all violations of one document, in source order."""
    by_path: dict[Path, list[Violation]] = {}
    for violation in violations:
        by_path.setdefault(violation.path, []).append(violation)
    found: list[Diagnostic] = []
    for path, together in by_path.items():
        found.extend(_told_at(_place(root, path), together))
    return in_source_order(found)


def _told_at(place: _Place, together: Sequence[Violation]) -> list[Diagnostic]:
    found = [_bad_name(place, violation) for violation in together if violation.is_about_key]
    rest = [violation for violation in together if not violation.is_about_key]
    found.extend(_key_findings(place, rest))
    values = [violation for violation in rest if violation.keyword not in _KEY_KEYWORDS]
    if values:
        basic = min(values, key=lambda violation: _rank(violation.keyword))
        found.append(_TELLERS.get(basic.keyword, _other)(place, basic))
    return found


def _rank(keyword: str) -> int:
    return _RANKS.index(keyword) if keyword in _RANKS else len(_RANKS)


# Keys

_KEY_KEYWORDS = frozenset({"required", "additionalProperties", "dependentRequired"})


def _key_findings(place: _Place, violations: Sequence[Violation]) -> list[Diagnostic]:
    """Unknown and missing keys of one map; a missing key that an unknown one resembles is that one's hint."""
    node = place.node
    if not isinstance(node, MapNode):
        return []
    missing = {name: None for violation in violations for name in _missing(violation) if name not in node.entries}
    found: list[Diagnostic] = []
    for violation in violations:
        if violation.keyword == "additionalProperties":
            known = violation.schema.get("properties", {})
            unknown = [entry for name, entry in node.entries.items() if name not in known]
            found.extend(_unknown_key(entry, violation, missing) for entry in unknown)
    for name in missing:
        message = Bilingual(f"{place.name.zh}缺少 {shown(name)}", f"{place.name.en} has no {shown(name)}")
        found.append(error("SF141", place.key_span, message))
    return found


def _missing(violation: Violation) -> Iterable[str]:
    match violation.keyword:
        case "required":
            return tuple(violation.accepted)
        case "dependentRequired":
            given = violation.instance
            return tuple(name for key, names in violation.accepted.items() if key in given for name in names)
        case _:
            return ()


def _unknown_key(entry: MapEntry, violation: Violation, missing: dict[str, None]) -> Diagnostic:
    name = entry.key.text
    known = tuple(violation.schema.get("properties", {}))
    absent = tuple(key for key in known if key not in violation.instance)
    meant = nearest_name(name, missing) or nearest_name(name, absent)
    if meant is not None:
        missing.pop(meant, None)
        hint = did_you_mean(name, (meant,))
    else:
        hint = _one_of(absent or known)
    message = Bilingual(f"不认识的键 {shown(name)}", f"unknown key {shown(name)}")
    fix = None if meant is None else renaming(entry.key, (meant,))
    return error("SF140", entry.key.span, message, hint, fix=fix)


def _one_of(names: Sequence[str]) -> Bilingual:
    shown_names = listed(names[:_LISTED_KEYS])
    more = _MORE if len(names) > _LISTED_KEYS else Bilingual("", "")
    return Bilingual(f"这里可用：{shown_names.zh}{more.zh}", f"accepted here: {shown_names.en}{more.en}")


def _bad_name(place: _Place, violation: Violation) -> Diagnostic:
    name = str(violation.instance)
    node = place.node
    span = node.entries[name].key.span if isinstance(node, MapNode) and name in node.entries else place.key_span
    message = Bilingual(f"{shown(name)} 不能用作名称", f"{shown(name)} cannot be used as a name")
    return error("SF149", span, message, _accepts(violation))


# Values


def _wrong_type(place: _Place, violation: Violation) -> Diagnostic:
    accepted = violation.accepted if isinstance(violation.accepted, list) else [violation.accepted]
    words = [_TYPES[word] for word in accepted if word not in _SINGLE or not _SINGLE.issubset(accepted)]
    if _SINGLE.issubset(accepted):
        words.insert(0, _ONE_VALUE)
    node = place.node
    if isinstance(node, ScalarNode) and node.value is None and not node.text:
        message = Bilingual(f"{place.name.zh}没有值", f"{place.name.en} has no value")
    else:
        zh = "或".join(word.zh for word in words)
        en = " or ".join(word.en for word in words)
        message = Bilingual(
            f"{place.name.zh}应是{zh}，这里是{_met(node).zh}", f"{place.name.en} must be {en}, not {_met(node).en}"
        )
    hint = _accepts(violation) or _type_hint(node, accepted)
    return error("SF142", _value_span(place), message, hint, fix=_type_fix(node, accepted))


def _met(node: Node) -> Bilingual:
    match node:
        case MapNode():
            return Bilingual("映射", "a map")
        case ListNode():
            return Bilingual("列表", "a list")
        case ScalarNode(value=None):
            return Bilingual("空值", "null")
        case ScalarNode(value=bool()):
            return Bilingual(f"布尔值 {shown(node.text)}", f"the boolean {shown(node.text)}")
        case ScalarNode(value=str()):
            return Bilingual(f"文本 {shown(node.text)}", f"the text {shown(node.text)}")
        case ScalarNode():
            return Bilingual(f"数字 {shown(node.text)}", f"the number {shown(node.text)}")


def _type_hint(node: Node, accepted: Sequence[str]) -> Bilingual | None:
    if isinstance(node, ScalarNode) and node.text and "array" in accepted:
        return Bilingual(f"写成列表：`[{node.text}]`", f"write it as a list: `[{node.text}]`")
    if isinstance(node, ScalarNode) and node.text and "string" in accepted and not isinstance(node.value, str):
        return Bilingual(f'若是文本，请加引号：`"{node.text}"`', f'quote it if it is text: `"{node.text}"`')
    if not isinstance(node, ScalarNode) and "string" in accepted and "object" not in accepted:
        return Bilingual("表达式或文本里有 `{`、`[` 时请加引号", "quote an expression or text that has `{` or `[`")
    return None


def _type_fix(node: Node, accepted: Sequence[str]) -> Fix | None:
    """The same value, written as what is accepted: a list of one, a text in quotes, a boolean by its YAML name."""
    if not isinstance(node, ScalarNode) or not node.text or node.span.line != node.span.end_line:
        return None
    boolean = BOOLEANS.get(node.text.lower())
    if "boolean" in accepted and not node.is_quoted and boolean is not None:
        return replacement(node.span, node.text, boolean, is_safe=True)
    if "array" in accepted and not node.is_quoted and _BRACKETLESS.fullmatch(node.text):
        return replacement(node.span, node.text, f"[{node.text}]", is_safe=True)
    if "string" in accepted and not node.is_quoted and not isinstance(node.value, str) and '"' not in node.text:
        return replacement(node.span, node.text, f'"{node.text}"', is_safe=True)
    return None


def _not_listed(place: _Place, violation: Violation) -> Diagnostic:
    accepted = [str(value) for value in violation.accepted]
    text = place.node.text if isinstance(place.node, ScalarNode) else ""
    message = Bilingual(f"{place.name.zh}不能是 {shown(text)}", f"{place.name.en} cannot be {shown(text)}")
    if not text:
        message = Bilingual(f"{place.name.zh}没有可用的值", f"{place.name.en} has no usable value")
    if text in LATER_ACTIONS and set(LATER_ACTIONS).isdisjoint(accepted) and "notify" in accepted:
        message = Bilingual(f"本版本还没有动作 {shown(text)}", f"this version has no action {shown(text)} yet")
        return error("SF143", _value_span(place), message, LATER_ACTIONS[text])
    hint = did_you_mean(text, accepted) or _one_of(accepted)
    fix = renaming(place.node, accepted) if isinstance(place.node, ScalarNode) else None
    return error("SF143", _value_span(place), message, hint, fix=fix)


def _not_constant(place: _Place, violation: Violation) -> Diagnostic:
    return _not_listed(
        place,
        Violation(
            path=violation.path,
            keyword="enum",
            accepted=[violation.accepted],
            schema=violation.schema,
            instance=violation.instance,
            is_about_key=False,
        ),
    )


def _bad_form(place: _Place, violation: Violation) -> Diagnostic:
    text = shown(str(violation.instance))
    message = Bilingual(f"{place.name.zh}的写法 {text} 不对", f"{place.name.en} cannot be written {text}")
    return error("SF144", _value_span(place), message, _accepts(violation))


def _out_of_bounds(place: _Place, violation: Violation) -> Diagnostic:
    bound = violation.accepted
    if violation.keyword == "minimum":
        message = Bilingual(f"{place.name.zh}至少是 {bound}", f"{place.name.en} must be at least {bound}")
    else:
        message = Bilingual(f"{place.name.zh}至多是 {bound}", f"{place.name.en} must be at most {bound}")
    return error("SF145", _value_span(place), message)


def _wrong_count(place: _Place, violation: Violation) -> Diagnostic:
    count = violation.accepted
    if violation.keyword == "maxItems":
        message = Bilingual(f"{place.name.zh}至多有 {count} 项", f"{place.name.en} must have at most {count} items")
    elif count == 1:
        message = Bilingual(f"{place.name.zh}不能为空", f"{place.name.en} must not be empty")
    else:
        message = Bilingual(f"{place.name.zh}至少要有 {count} 项", f"{place.name.en} must have at least {count} items")
    return error("SF146", _value_span(place), message)


def _repeated_item(place: _Place, _violation: Violation) -> Diagnostic:
    seen: set[str] = set()
    items = place.node.items if isinstance(place.node, ListNode) else ()
    for item in items:
        if isinstance(item, ScalarNode):
            if item.text in seen:
                message = Bilingual(f"{shown(item.text)} 重复", f"{shown(item.text)} is given twice")
                return error("SF147", item.span, message)
            seen.add(item.text)
    return error("SF147", place.key_span, Bilingual("列表中有重复项", "an item is given twice"))


def _misplaced(place: _Place, violation: Violation) -> Diagnostic:
    message = Bilingual(f"{place.name.zh}不能用在这里", f"{place.name.en} does not belong here")
    return error("SF148", place.key_span, message, _accepts(violation))


def _other(place: _Place, violation: Violation) -> Diagnostic:
    message = Bilingual(
        f"{place.name.zh}不合 schema（{violation.keyword}）",
        f"{place.name.en} is against the schema ({violation.keyword})",
    )
    return error("SF159", place.key_span, message)


_TELLERS: Mapping[str, Callable[[_Place, Violation], Diagnostic]] = {
    "type": _wrong_type,
    "enum": _not_listed,
    "const": _not_constant,
    "pattern": _bad_form,
    "minimum": _out_of_bounds,
    "maximum": _out_of_bounds,
    "minItems": _wrong_count,
    "maxItems": _wrong_count,
    "minProperties": _wrong_count,
    "uniqueItems": _repeated_item,
    "not": _misplaced,
}


def _accepts(violation: Violation) -> Bilingual | None:
    """What a schema says, in our own keyword `x-accepts`, that it would accept."""
    words = violation.schema.get("x-accepts")
    return None if words is None else Bilingual(words["zh"], words["en"])


# Places


def _place(root: MapNode, path: Path) -> _Place:
    node: Node = root
    entry: MapEntry | None = None
    name = Bilingual("文档", "the document")
    for step in path:
        match node:
            case MapNode() if isinstance(step, str) and step in node.entries:
                entry = node.entries[step]
                node = entry.value
                name = Bilingual(shown(step) + " ", shown(step))
            case ListNode() if isinstance(step, int):
                entry = None
                node = node.items[step]
                name = Bilingual(f"{name.zh}第 {step + 1} 项", f"item {step + 1} of {name.en}")
            case _:
                break
    return _Place(node=node, entry=entry, name=name)


def _value_span(place: _Place) -> Span:
    """Where to point at a value: at a scalar itself, at the key of what spans many lines or has no text."""
    node = place.node
    if isinstance(node, ScalarNode) and node.text:
        return node.span
    return node.span if place.entry is None and node.span.line == node.span.end_line else place.key_span
