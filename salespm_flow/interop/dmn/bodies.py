"""The expression of a decision, business knowledge model or function as a table. Knows no requirements.

Whatever has a name or columns of its own inside becomes a table beside it: a function of a context, a nested table.
"""

from collections.abc import Mapping
from dataclasses import field, replace

from salespm_flow.definition.build import DocumentKind, default_workspace
from salespm_flow.definition.emit.leaves import NOWHERE
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.check import check
from salespm_flow.expr.parse import parse
from salespm_flow.expr.types import Typed
from salespm_flow.interop.dmn.boxed import EXPRESSIONS, Boxes, Function, call, called_name, unsupported
from salespm_flow.interop.dmn.columns import COLUMN_WORDS, Draft, Reading, new_input, new_output, read_table, written
from salespm_flow.interop.dmn.feel import Names, identifier
from salespm_flow.interop.dmn.source import Element
from salespm_flow.interop.dmn.types import NotSupported, Shape, Types, field_type, field_type_of
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import FieldType
from salespm_flow.model.library import Library
from salespm_flow.model.names import table_type, type_of
from salespm_flow.model.source import Source
from salespm_flow.model.tables import TABLE, DecisionTable, TableInput, TableRule
from salespm_flow.nouns import dataclass

ONLY = "only"


@dataclass(slots=True, kw_only=True)
class Owner:
    """What a table is made of: a decision, a model, a function; `leaves` are the inputs that a caller gives."""

    element: Element
    name: str
    id: str
    leaves: dict[str, TableInput] = field(default_factory=dict)
    is_done: bool = False
    is_refused: bool = False


class Bodies:
    """The tables made so far, by id, with the owner that each belongs to, and the functions that calls may name."""

    def __init__(self, types: Types, fields: Mapping[str, str], reserved: frozenset[str]) -> None:
        self.types = types
        self.fields = fields
        self.reserved = reserved
        self.tables: dict[str, DecisionTable] = {}
        self.origins: dict[str, Owner] = {}
        self.functions: dict[str, Function] = {}

    def read(
        self, owner: Owner, body: Element, result: Shape, *, inputs: Mapping[str, TableInput], boxes: Boxes
    ) -> None:
        """The table whose answer the expression is, over the inputs, is made.

        Raises:
            NotSupported: something in it has no counterpart.
        """
        draft = Draft(inputs=dict(inputs))
        match body.name:
            case "decisionTable":
                read_table(body, result, draft, Reading(name=owner.name, names=boxes.names, types=self.types))
            case "context":
                self._context(owner, body, result, draft=draft, boxes=boxes)
            case _:
                self._answer(owner, boxes.text(body), result, draft=draft, span=body.span)
        self._keep(owner, draft)

    def boxes(self, owner: Owner, names: Mapping[str, str], functions: Mapping[str, Function]) -> Boxes:
        """What the texts of an owner are read with."""
        called = {name: f"{TABLE}.{one.table}" for name, one in functions.items()}
        return Boxes(
            names=Names({**names, **called}, self.fields),
            functions=functions,
            nested=lambda inner, seen: self._nested(owner, inner, seen),
        )

    def function(self, owner: Owner, logic: Element, functions: Mapping[str, Function]) -> None:
        """The table of a function is made: its parameters are the inputs.

        Raises:
            NotSupported: it is no FEEL, or a parameter has no simple type.
        """
        kind, body = logic.get("kind") or "FEEL", logic.first(*EXPRESSIONS)
        if kind != "FEEL" or body is None:
            raise unsupported(logic, f"{logic.name} {kind}")
        known: dict[str, str] = {}
        inputs: dict[str, TableInput] = {}
        for parameter in logic.all("formalParameter"):
            name = parameter.get("name")
            type_ = field_type(self.types.shape(parameter.get("typeRef"), parameter.span))
            if type_ is None:
                zh, en = f"参数 {name} 没有类型或是结构", f"the parameter {name} has no type, or is a structure"
                raise NotSupported(Bilingual(zh, en), parameter.span)
            known[name] = identifier(name, inputs, COLUMN_WORDS)
            inputs[known[name]] = new_input(known[name], name, type_)
        owner.leaves = inputs
        self.functions[owner.id] = Function(owner.id, known)
        variable = owner.element.first("variable")
        declared = body.get("typeRef") or ("" if variable is None else variable.get("typeRef"))
        result = self.types.shape(declared, body.span)
        self.read(owner, body, result, inputs=inputs, boxes=self.boxes(owner, known, functions))

    # Parts

    def _context(self, owner: Owner, body: Element, result: Shape, *, draft: Draft, boxes: Boxes) -> None:
        """Entries are computed inputs; the one without a variable is the answer, without it all of them are."""
        entries = list(body.all("contextEntry"))
        has_answer = any(entry.first("variable") is None for entry in entries)
        shown: dict[str, str] = {}
        for entry in entries:
            variable, inner = entry.first("variable"), entry.first(*EXPRESSIONS)
            if inner is None:
                raise NotSupported(Bilingual("上下文的一项是空的", "an empty context entry"), entry.span)
            if variable is None:
                self._answer(owner, boxes.text(inner), result, draft=draft, span=inner.span)
                return
            name = variable.get("name")
            if inner.name == "functionDefinition":
                boxes = self._local_function(owner, name, inner, boxes)
                continue
            declared = field_type(self.types.shape(variable.get("typeRef"), variable.span))
            text = boxes.text(inner)
            type_ = declared or (None if has_answer else self._inferred(text, draft, inner.span))
            # An output must not be called like an input.
            id_ = identifier(name if has_answer else f"{name} value", draft.inputs, COLUMN_WORDS)
            draft.inputs[id_] = new_input(id_, name, type_, text)
            boxes, shown[name] = boxes.seeing({name: id_}), id_
        answers: dict[str, Expression] = {}
        for name, id_ in shown.items():
            type_ = field_type((result.components or {}).get(name, Shape())) or draft.inputs[id_].type
            column = new_output(identifier(name, {*draft.inputs, *draft.outputs}, COLUMN_WORDS), name, type_, body.span)
            draft.outputs[column.id] = column
            answers[column.id] = written(id_)
        _only(draft, answers)

    def _local_function(self, owner: Owner, name: str, inner: Element, boxes: Boxes) -> Boxes:
        """The boxes with a function that a context defines."""
        made = Owner(element=inner, name=name, id=self._free_id(f"{owner.name} {name}"))
        self.origins[made.id] = owner
        self.function(made, inner, boxes.functions)
        more = boxes.seeing({name: f"{TABLE}.{made.id}"})
        return replace(more, functions={**boxes.functions, name: self.functions[made.id]})

    def _nested(self, owner: Owner, table: Element, boxes: Boxes) -> str:
        """The call of a decision table that stands inside another expression; its columns are the parameters."""
        name = table.get("outputLabel") or owner.name
        made = Owner(element=table, name=name, id=self._free_id(f"{owner.name} table"))
        self.origins[made.id] = owner
        draft = Draft(inputs={})
        given: dict[str, str] = {}
        own: dict[str, str] = {}
        for one in table.all("input"):
            expression = one.first("inputExpression")
            text = "" if expression is None else called_name(expression)
            type_ = field_type(self.types.shape("" if expression is None else expression.get("typeRef"), one.span))
            if type_ is None:
                raise NotSupported(Bilingual(f"输入列 {text} 没有类型", f"the column {text} has no type"), one.span)
            own[text] = identifier(text, draft.inputs, COLUMN_WORDS)
            draft.inputs[own[text]] = new_input(own[text], text, type_)
            given[own[text]] = boxes.names.rewritten(text)
        names = Names(own, self.fields)
        read_table(table, Shape(), draft, Reading(name=made.name, names=names, types=self.types))
        self._keep(made, draft)
        return call(Function(made.id, {id_: id_ for id_ in given}), given)

    def _answer(self, owner: Owner, text: str, result: Shape, *, draft: Draft, span: Span) -> None:
        """The one rule whose answer is the expression; of a structure every component is an output."""
        if result.components is None:
            type_ = field_type(result) or self._inferred(text, draft, span)
            column = new_output(identifier(owner.name, draft.inputs, COLUMN_WORDS), owner.name, type_, span)
            draft.outputs[column.id] = column
            _only(draft, {column.id: written(text)})
            return
        if result.is_list:
            raise NotSupported(Bilingual("不支持结构的列表", "a list of structures is not supported"), span)
        answers: dict[str, Expression] = {}
        for name, component in result.components.items():
            column = new_output(
                identifier(name, {*draft.inputs, *answers}, COLUMN_WORDS), name, field_type(component), span
            )
            draft.outputs[column.id] = column
            answers[column.id] = written(f"({text}).{self.fields.get(name, name)}")
        _only(draft, answers)

    def _inferred(self, text: str, draft: Draft, span: Span) -> FieldType:
        """The type that an expression shows by itself."""
        node = parse(text).node
        if node is not None:
            library = replace(_nothing(), decision_tables=self.tables)
            names = {one.id: Typed(type_of(one.type, {}), nullable=True) for one in draft.inputs.values() if one.type}
            found = field_type_of(check(node, {TABLE: table_type(library), **names}).type.type)
            if found is not None:
                return found
        zh, en = "看不出答案的类型，请声明 typeRef", "the type of its answer cannot be told: declare a typeRef"
        raise NotSupported(Bilingual(zh, en), span)

    def _free_id(self, name: str) -> str:
        return identifier(name, {*self.tables, *self.origins, *self.reserved}, COLUMN_WORDS)

    def _keep(self, owner: Owner, draft: Draft) -> None:
        source = Source(kind=DocumentKind.DECISION_TABLE.value, id=owner.id, version=1, path="", text="", digest="")
        self.origins.setdefault(owner.id, owner)
        self.tables[owner.id] = DecisionTable(
            id=owner.id,
            version=1,
            title=Bilingual(owner.name, owner.name),
            source=source,
            hit=draft.hit,
            aggregate=draft.aggregate,
            parameters={},
            inputs=draft.inputs,
            outputs=draft.outputs,
            rules=draft.rules,
            span=NOWHERE,
            place=NOWHERE,
        )


def _only(draft: Draft, answers: Mapping[str, Expression]) -> None:
    draft.rules[ONLY] = TableRule(id=ONLY, span=NOWHERE, tests={}, answers=answers, annotations={})


def _nothing() -> Library:
    return Library(
        workspace=default_workspace(".", ()),
        workflows={},
        organisations={},
        calendars={},
        risk_models={},
        kpi_sets={},
        scorecards={},
        references={},
        mappings={},
    )
