"""What becomes what: decisions and business knowledge models are decision tables, input data are their inputs.

A decision that is no table is one with a single rule, whose answer is an expression. What a decision requires of other
decisions is a computed input that calls their tables, with the input data that they need in turn. Structures are taken
apart: the input `loan` with a `rate` is the input `loan_rate`. Original names stay as titles. Whatever cannot be said
is refused by name, and with it what needs it; the rest is imported. Every document is read back by the loader first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from salespm_flow.definition.build import DocumentKind, Header, default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import draft_of
from salespm_flow.definition.emit import emit
from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity, Span
from salespm_flow.errors import ModelFileError
from salespm_flow.interop.dmn.bodies import Bodies, Owner
from salespm_flow.interop.dmn.boxed import EXPRESSIONS, Function, call, called_name, unsupported
from salespm_flow.interop.dmn.columns import COLUMN_WORDS, new_input
from salespm_flow.interop.dmn.feel import identifier
from salespm_flow.interop.dmn.source import Element, read_xml
from salespm_flow.interop.dmn.types import NotSupported, Types, field_type, leaves
from salespm_flow.model.fields import FieldType
from salespm_flow.model.tables import TableInput
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass

_NAMESPACE: Final = "omg.org/spec/dmn/"
NOT_SUPPORTED: Final = "SF420"
NOT_READABLE: Final = "SF421"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The documents by id, each loadable with the others, and a finding for each decision that is not among them.

    `names` are the ids of decisions and business knowledge models by their original names.
    """

    documents: Mapping[str, str]
    names: Mapping[str, str]
    refused: tuple[Diagnostic, ...]


def import_dmn(data: bytes, file: str) -> Imported:
    """The decision tables that a DMN file makes; `file` is what findings call it.

    Raises:
        ModelFileError: it is no DMN file, or one beyond the limits.
    """
    root = read_xml(data, file)
    if root.name != "definitions" or _NAMESPACE not in root.namespace.lower():
        raise ModelFileError(
            Bilingual(f"{file} 不是 DMN 文件", f"{file} is no DMN file"),
            Bilingual(
                "文件的根元素应是 DMN 命名空间（OMG，1.3 及以上）中的 <definitions>",
                "its root should be <definitions> in a namespace of OMG's DMN, 1.3 or later",
            ),
        )
    reading = _Reading(root)
    reading.run()
    return _loadable(reading)


class _Reading:
    """One file on its way to tables."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.types = Types(root)
        self.elements = {one.get("id"): one for one in root.children if one.get("id")}
        self.refused: list[Diagnostic] = []
        self.owners: dict[str, Owner] = {}
        for one in root.all("decision", "businessKnowledgeModel"):
            id_ = identifier(one.get("name"), {owner.id for owner in self.owners.values()}, COLUMN_WORDS)
            self.owners[one.get("id")] = Owner(element=one, name=one.get("name"), id=id_)
        components = (one.get("name") for one in _walk(root) if one.name == "itemComponent")
        fields = {name: identifier(name) for name in components}
        self.bodies = Bodies(self.types, fields, frozenset(owner.id for owner in self.owners.values()))

    def run(self) -> None:
        """Everything is read or refused."""
        for one in self.root.all("import", "decisionService"):
            self.refuse(one.get("name"), unsupported(one, one.name))
        for key in self.owners:
            self.read(key, ())

    def refuse(self, name: str, why: NotSupported) -> None:
        message = Bilingual(f"{name}：{why.message.zh}", f"{name}: {why.message.en}")
        self.refused.append(_refusal(NOT_SUPPORTED, message, why.span))

    def read(self, key: str, path: tuple[str, ...]) -> Owner:
        """The decision or model behind the id, read once; `path` are those that wait for it."""
        owner = self.owners[key]
        if key in path:
            raise self.circle((*path[path.index(key) :], key))
        if owner.is_done:
            return owner
        owner.is_done = True
        try:
            if owner.element.name == "decision":
                self.decision(owner, (*path, key))
            else:
                self.knowledge(owner, (*path, key))
        except NotSupported as why:
            owner.is_refused = True
            self.refuse(owner.name, why)
        return owner

    def circle(self, keys: tuple[str, ...]) -> NotSupported:
        """The refusal of decisions that wait for each other: from the first, by the others, back to it."""
        first = self.owners[keys[0]]
        way = " → ".join(self.owners[key].name for key in keys)
        zh, en = (f"{first.name} 需要自己", f"{first.name} requires itself")
        if len(keys) > len((first, first)):
            zh, en = f"{zh}（{way}）", f"{en} ({way})"
        return NotSupported(Bilingual(zh, en), first.element.span)

    def decision(self, owner: Owner, path: tuple[str, ...]) -> None:
        element = owner.element
        body = element.first(*EXPRESSIONS)
        if body is None:
            raise NotSupported(Bilingual("决策没有表达式", "the decision has no expression"), element.span)
        known: dict[str, str] = {}
        computed: dict[str, TableInput] = {}
        for requirement in element.all("informationRequirement"):
            needed = requirement.first("requiredInput", "requiredDecision")
            if needed is None:
                continue
            target = self.target(needed)
            if target.name == "inputData":
                owner.leaves |= self.input_data(target, known)
                continue
            other = self.required(target, path)
            owner.leaves |= other.leaves
            id_ = identifier(other.name, {*owner.leaves, *computed}, COLUMN_WORDS)
            parameters = {column: column for column in other.leaves}
            computed[id_] = new_input(id_, other.name, None, call(Function(other.id, parameters), parameters))
            known[other.name] = id_
        functions = self.knowledge_of(element, path)
        variable = element.first("variable")
        declared = "" if variable is None else variable.get("typeRef")
        result = self.types.shape(declared or body.get("typeRef"), element.span)
        boxes = self.bodies.boxes(owner, known, functions)
        self.bodies.read(owner, body, result, inputs={**owner.leaves, **computed}, boxes=boxes)

    def knowledge(self, owner: Owner, path: tuple[str, ...]) -> None:
        logic = owner.element.first("encapsulatedLogic")
        if logic is None:
            raise NotSupported(Bilingual("没有逻辑", "it has no logic"), owner.element.span)
        self.bodies.function(owner, logic, self.knowledge_of(owner.element, path))

    def knowledge_of(self, element: Element, path: tuple[str, ...]) -> dict[str, Function]:
        found: dict[str, Function] = {}
        for requirement in element.all("knowledgeRequirement"):
            needed = requirement.first("requiredKnowledge")
            if needed is not None:
                other = self.required(self.target(needed), path)
                found[other.name] = self.bodies.functions[other.id]
        return found

    def target(self, needed: Element) -> Element:
        href = needed.get("href")
        found = self.elements.get(href.removeprefix("#")) if href.startswith("#") else None
        if found is None:
            raise NotSupported(Bilingual(f"找不到 {href}", f"{href} is not in this file"), needed.span)
        return found

    def required(self, target: Element, path: tuple[str, ...]) -> Owner:
        if target.get("id") not in self.owners:
            raise unsupported(target, target.name)
        other = self.read(target.get("id"), path)
        if other.is_refused:
            zh, en = f"它需要的 {other.name} 没有导入", f"it needs {other.name}, which is not imported"
            raise NotSupported(Bilingual(zh, en), target.span)
        return other

    def input_data(self, target: Element, known: dict[str, str]) -> dict[str, TableInput]:
        """The inputs that an input data element makes; `known` gets what stands for its names."""
        name, variable = target.get("name"), target.first("variable")
        shape = self.types.shape("" if variable is None else variable.get("typeRef"), target.span)
        found: dict[str, TableInput] = {}
        for title, leaf in leaves(name, shape, target.span):
            type_ = field_type(leaf) or self.used_type(name, target.span)
            column = new_input(identifier(title, (), COLUMN_WORDS), title, type_)
            found[column.id] = replace(column, minimum=leaf.low, maximum=leaf.high)
            known[title] = column.id
        return found

    def used_type(self, name: str, span: Span) -> FieldType:
        """The type that some decision table gives an input that declares none."""
        for element in _walk(self.root):
            if element.name == "inputExpression" and called_name(element) == name and element.get("typeRef"):
                type_ = field_type(self.types.shape(element.get("typeRef"), element.span))
                if type_ is not None:
                    return type_
        raise NotSupported(Bilingual(f"输入 {name} 没有类型", f"the input {name} has no type"), span)


def _walk(root: Element) -> Iterator[Element]:
    pending = [root]
    while pending:
        element = pending.pop()
        yield element
        pending.extend(reversed(element.children))


def _loadable(reading: _Reading) -> Imported:
    """The tables as texts that the loader takes; what it refuses is refused here, by the name it had."""
    bodies = reading.bodies
    kept = {
        id_: table
        for id_, table in bodies.tables.items()
        if not reading.owners.get(bodies.origins[id_].element.get("id"), bodies.origins[id_]).is_refused
    }
    workspace = default_workspace(".", ())
    zone = zone_named(workspace.timezone)
    texts = {
        id_: emit(table, Header(kind=DocumentKind.DECISION_TABLE, id=id_, version=1)) for id_, table in kept.items()
    }
    drafts = [
        draft_of(text, (Path(f"{id_}.yaml"), f"{id_}.yaml"), zone, with_shape=True) for id_, text in texts.items()
    ]
    collected = collect(drafts, workspace, zone)
    sound = collected.library.decision_tables
    refused = list(reading.refused)
    for id_ in (id_ for id_ in texts if id_ not in sound):
        owner = bodies.origins[id_]
        errors = [found for found in collected.diagnostics if found.span.file == f"{id_}.yaml" and _is_error(found)]
        why = errors[0].message if errors else Bilingual("它所需要的没有导入", "what it needs is not imported")
        message = Bilingual(f"{owner.name}：{why.zh}", f"{owner.name}: {why.en}")
        refused.append(_refusal(NOT_READABLE, message, owner.element.span))
    return Imported(
        documents={id_: text for id_, text in texts.items() if id_ in sound},
        names={owner.name: owner.id for owner in reading.owners.values()},
        refused=tuple(dict.fromkeys(refused)),
    )


def _is_error(found: Diagnostic) -> bool:
    return found.severity is Severity.ERROR


def _refusal(code: str, message: Bilingual, span: Span) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.ERROR, message=message, span=span)
