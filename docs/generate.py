"""Renews what the pages take from the code: tables, and the answers of console sessions. `python -m docs.generate`.

A table stands between `<!-- generated: NAME -->` and `<!-- end -->`. With `--check` nothing is written, and the exit
code is 1 where a page is not up to date.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from docs import code_pages
from docs.console import renewed
from docs.kinds import kind_lines
from salespm_flow import errors
from salespm_flow.cli import options
from salespm_flow.cli.command import BilingualCommand, BilingualGroup
from salespm_flow.cli.failures import INTERNAL_CODE, SYSTEM_CODE, USAGE_CODE
from salespm_flow.cli.main import COMMANDS, PROGRAM, group
from salespm_flow.definition.codes import CODES
from salespm_flow.definition.document_codes import DOCUMENT_CODES
from salespm_flow.definition.schema import KINDS, schema_text
from salespm_flow.definition.table_codes import TABLE_CODES
from salespm_flow.diagnostics import Bilingual, Severity
from salespm_flow.expr.codes import EXPRESSION_CODES
from salespm_flow.expr.functions import FUNCTIONS
from salespm_flow.expr.signatures import Function, Signature
from salespm_flow.expr.types import describe_kind, kind_of
from salespm_flow.lint.codes import EVERY_CODE, LINT_CODES
from salespm_flow.lint.error_codes import ERROR_CODES
from salespm_flow.model.populations import COLUMNS
from salespm_flow.store import faults

FOLDER: Final = Path(__file__).resolve().parent
ROOT: Final = FOLDER.parent
BEGIN: Final = "<!-- generated: "
BEGUN: Final = " -->\n"
END: Final = "<!-- end -->"
CHINESE: Final = "zh_CN.UTF-8"
ENGLISH: Final = "en_US.UTF-8"
Schema = Mapping[str, Any]  # as JSON gives it

SHARED: Final = frozenset(
    described.parameter.name for described in (*options.shared_options(), *options.writing_options())
)


def pages() -> tuple[Path, ...]:
    """Every page of the documentation, the two README files included."""
    return (*sorted(ROOT.glob("README*.md")), ROOT / "CHANGELOG.md", *sorted(FOLDER.rglob("*.md")))


def up_to_date(page: Path) -> str:
    """The page as it ought to be: its tables from the code, its sessions as the program answers."""
    text = with_tables(page.read_text(encoding="utf-8"))
    if "```console" not in text and "<!-- output: " not in text:
        return text
    return renewed(text, CHINESE if page.name.endswith(".zh-CN.md") else ENGLISH)[0]


def with_tables(text: str) -> str:
    """The text with every generated part made anew.

    Raises:
        KeyError: a marker names a table that does not exist.
    """
    parts = text.split(BEGIN)
    for number, part in enumerate(parts[1:], start=1):
        name, _, rest = part.partition(BEGUN)
        _, _, after = rest.partition(END)
        word, _, argument = name.partition(" ")
        table = "\n".join(TABLES[word](argument))
        parts[number] = f"{name}{BEGUN}\n{table}\n\n{END}{after}"
    return BEGIN.join(parts)


# ------------------------------------------------------------------------------------------------------ expressions


def _functions(_argument: str) -> Iterator[str]:
    yield from _head("Function", "Meaning", "含义", "Example")
    for name, function in FUNCTIONS.items():
        forms = "<br>".join(dict.fromkeys(f"`{form}`" for form in _forms(name, function)))
        yield _row(forms, function.description.en, function.description.zh, f"`{function.example}`")


def _forms(name: str, function: Function) -> Iterator[str]:
    for signature in function.signatures:
        yield f"{name}({_parameters(signature)})"


def _parameters(signature: Signature) -> str:
    names = [parameter.name for parameter in signature.parameters]
    required = len(names) - signature.optional
    shown = ", ".join(names[:required])
    shown += "".join(f"[, {name}]" for name in names[required:])
    return f"{shown}, …" if signature.repeats else shown


# ------------------------------------------------------------------------------------------------------------- keys


def _keys(kind: str) -> Iterator[str]:
    """A table for each map of the kind that has fixed keys."""
    if kind not in KINDS:
        raise KeyError(kind)
    schema: Schema = json.loads(schema_text(kind))
    yield from _key_table(kind, schema)
    for name, definition in schema.get("$defs", {}).items():
        # A title is told once for all kinds; the bare action only chooses among the others.
        if "properties" in definition and name not in {"title", "action", "enumValue"}:
            yield ""
            yield from _key_table(f"{kind}.{name}", definition)


def _key_table(name: str, schema: Schema) -> Iterator[str]:
    required = schema.get("required", ())
    yield f"**`{name}`**: {schema['description']}" if "." in name else f"**`{name}`**"
    yield ""
    yield from _head("Key", "Value", "Meaning", "含义")
    for key, value in schema["properties"].items():
        zh = value.get("markdownDescription", "").partition("\n\n")[0]
        star = " *" if key in required else ""
        yield _row(f"`{key}`{star}", _value(value), value.get("description", ""), zh)


def _value(schema: Schema) -> str:
    match schema:
        case {"const": const}:
            return f"`{const}`"
        case {"enum": values}:
            return " \\| ".join(f"`{value}`" for value in values)
        case {"$ref": reference}:
            return str(reference).removeprefix("#/$defs/")
        case {"type": "array", "items": items}:
            return f"list of {_value(items)}"
        case {"type": "object", "additionalProperties": {} as values}:
            return f"map of {_value(values)}"
        case {"type": list(types)}:
            return " or ".join(types)
        case _:
            return str(schema.get("type", ""))


# --------------------------------------------------------------------------------------------------------- commands


def _command(name: str) -> Iterator[str]:
    """Purpose, usage, arguments and own options of a command."""
    found = _found(name)
    context = found.make_context(f"{PROGRAM} {name}", [], resilient_parsing=True)
    pieces = " ".join(found.collect_usage_pieces(context))
    yield found.about.en.splitlines()[0]
    yield ""
    yield f"`{PROGRAM} {name} {pieces}`"
    own = [p for p in found.params if p.name not in SHARED and p.name in found.meanings and p.name != "help"]
    if own:
        yield ""
        yield from _parameter_table((_declared(found, p.name), found.meanings[p.name]) for p in own if p.name)
    if any(parameter.name == "key" for parameter in found.params):
        yield ""
        yield "And the options of [commands that write](#options-of-commands-that-write)."
    elif any(parameter.name == "dry_run" for parameter in found.params):
        yield ""
        yield "And `--dry-run`."


def _found(name: str) -> BilingualCommand:
    found: BilingualCommand | BilingualGroup = group()
    for word in name.split():
        assert isinstance(found, BilingualGroup)  # noqa: S101 -- the page names a command that exists
        found = found.find(word)  # type: ignore[assignment]  # a group holds only our own commands
    if not isinstance(found, BilingualCommand):
        raise KeyError(name)
    return found


def command_names() -> Iterator[str]:
    """Every command, those of a group by both words."""
    for name in COMMANDS:
        found = group().find(name)
        if isinstance(found, BilingualGroup):
            yield from (f"{name} {inner}" for inner in found.summaries)
        else:
            yield name


def _declared(command: BilingualCommand, name: str) -> str:
    parameter = next(p for p in command.params if p.name == name)
    return _declaration(parameter)


def _declaration(parameter: Any) -> str:  # noqa: ANN401 -- click's parameter, which only cli/ may name
    if parameter.param_type_name == "argument":
        return str(parameter.metavar)
    value = "" if parameter.is_flag else f" {parameter.metavar}"
    return f"{', '.join(parameter.opts)}{value}"


def _shared(_argument: str) -> Iterator[str]:
    return _parameter_table((_declaration(d.parameter), d.meaning) for d in options.shared_options())


def _writing(_argument: str) -> Iterator[str]:
    return _parameter_table((_declaration(d.parameter), d.meaning) for d in options.writing_options())


def _parameter_table(rows: Iterable[tuple[str, Bilingual]]) -> Iterator[str]:
    yield from _head("Parameter", "Meaning", "含义")
    for declaration, meaning in rows:
        shown = declaration.replace("|", "\\|")
        yield _row(f"`{shown}`", meaning.en, meaning.zh)


# ------------------------------------------------------------------------------------------------------------ codes


def _codes(block: str) -> Iterator[str]:
    yield from _head("Code", "Meaning", "含义")
    for code, title in _codes_of(block).items():
        page = code_pages.FOLDER / f"{code}.md"
        shown = f"[`{code}`](codes/{code}.md)" if page.is_file() else f"`{code}`"
        yield _row(shown, title.en, title.zh)


def _code(code: str) -> Iterator[str]:
    """How bad findings of a code are, and the way back."""
    severity = EVERY_CODE[code].severity
    level = {None: "请求失败", Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "信息"}[severity]
    word = "a call fails" if severity is None else severity.value
    yield f"**{word}** · {level} · [all codes · 全部编号](../diagnostics.md)"


def _found_example(code: str) -> Iterator[str]:
    return code_pages.found_lines((code_pages.FOLDER / f"{code}.md").read_text(encoding="utf-8"))


def _codes_of(block: str) -> Mapping[str, Bilingual]:
    match block:
        case "SF1":
            return CODES
        case "SF2":
            return EXPRESSION_CODES
        case "SF3":
            return DOCUMENT_CODES
        case "SF4":
            return TABLE_CODES
        case "SF6":
            return LINT_CODES
        case "SF5":
            return {code: Bilingual(ERROR_CODES[code].zh, meaning) for code, meaning in sorted(_errors().items())}
        case _:
            raise KeyError(block)


def _errors() -> dict[str, str]:
    """What each error means, by its code: what its docstring says first."""
    found = {
        USAGE_CODE: "The command line is wrong; exit code 2.",
        SYSTEM_CODE: "The operating system refused: a full disk, a file that may not be read.",
        INTERNAL_CODE: "The program itself failed; please report it.",
    }
    for module in (errors, faults):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, errors.SalesPMFlowError) and kind.code not in found:
                found[kind.code] = (kind.__doc__ or "").partition("\n")[0].partition(";")[0].rstrip(".") + "."
    return found


# ------------------------------------------------------------------------------------------------------ populations


def _populations(_argument: str) -> Iterator[str]:
    """The columns of the rows of every standing population but projects, which have their fields."""
    for population, columns in COLUMNS.items():
        yield f"**`{population.value}`**"
        yield ""
        yield from _head("Column", "Type", "Meaning", "含义")
        for name, column in columns.items():
            kind = describe_kind(kind_of(column.type)).en.removeprefix("a ").removeprefix("an ")
            yield _row(
                f"`{name}`", f"{kind}{', or null' if column.nullable else ''}", column.meaning.en, column.meaning.zh
            )
        yield ""


# ----------------------------------------------------------------------------------------------------------- tables


def _head(*titles: str) -> tuple[str, str]:
    return _row(*titles), f"|{'---|' * len(titles)}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


TABLES: Final[Mapping[str, Callable[[str], Iterator[str]]]] = {
    "functions": _functions,
    "keys": _keys,
    "populations": _populations,
    "kind": kind_lines,
    "command": _command,
    "shared": _shared,
    "writing": _writing,
    "codes": _codes,
    "code": _code,
    "found": _found_example,
}


def renew(*, is_check: bool) -> int:
    """Every page is up to date, or, when only checking, those that are not are named and the answer is 1."""
    stale = 0
    for page in pages():
        text = page.read_text(encoding="utf-8")
        wanted = up_to_date(page)
        if text != wanted:
            stale += 1
            sys.stdout.write(f"{'stale' if is_check else 'renewed'}: {page.relative_to(ROOT)}\n")
            if not is_check:
                page.write_text(wanted, encoding="utf-8")
    return 1 if is_check and stale else 0


def main() -> int:
    """As `renew`, told by the arguments of the process whether only to check."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description="Renew what pages take from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where a page is not renewed")
    return renew(is_check=parser.parse_args().check)


if __name__ == "__main__":
    sys.exit(main())
