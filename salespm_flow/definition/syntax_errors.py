"""Translates what the YAML parser complains about into our own findings. Knows the parser's words, not the parser."""

from collections.abc import Callable

from salespm_flow.definition.findings import error, point, replacement, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic, Fix
from salespm_flow.nouns import dataclass

_QUOTE = Bilingual("请给这个值加引号", "quote the value")
_FULL_WIDTH_COLON = "："
_FULL_WIDTH_HINT = Bilingual(
    "全角冒号“：”不能分隔键和值，请改成半角冒号加空格", "a full-width colon does not end a key; write `: `"
)
_CLOSE = Bilingual("请补上结尾的引号；引号本身写两遍", "add the closing quote; write a quote within it twice")
_NO_COLON = Bilingual("这一行缺少 `: `", "this line has no `: `")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One complaint of the parser in its own words; places are (line, column) from 1, None where it names none."""

    context: str
    context_place: tuple[int, int] | None
    problem: str
    problem_place: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Scene:
    """A complaint with the lines it is about."""

    complaint: Complaint
    file: str
    lines: tuple[str, ...]

    def line(self, number: int) -> str:
        """The text of a line, empty past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    @property
    def begin(self) -> tuple[int, int]:
        """Where the unfinished thing began, else where the problem is."""
        return self.complaint.context_place or self.problem

    @property
    def problem(self) -> tuple[int, int]:
        """Where the problem is; the end of the text is told as its last character."""
        line, column = self.complaint.problem_place or self.complaint.context_place or (1, 1)
        while line > 1 and line > len(self.lines) - (not self.line(len(self.lines))):
            line -= 1
            column = max(1, len(self.line(line)))
        return line, column

    @property
    def character(self) -> str:
        """The character at the problem, empty at the end of a line."""
        line, column = self.problem
        return self.line(line)[column - 1 : column]

    def error(self, code: str, place: tuple[int, int], message: Bilingual, hint: Bilingual | None = None) -> Diagnostic:
        """An error at one place."""
        return error(code, point(self.file, *place), message, hint)

    def colon_fix(self, number: int) -> Fix | None:
        """The first full-width colon of a line gives way to a plain one; None where there is none."""
        index = self.line(number).find(_FULL_WIDTH_COLON)
        if index < 0:
            return None
        return replacement(point(self.file, number, index + 1), _FULL_WIDTH_COLON, ": ", is_safe=True)


def translate(complaint: Complaint, file: str, lines: tuple[str, ...]) -> Diagnostic:
    """The finding for a complaint about a text that has `lines`."""
    scene = _Scene(complaint, file, lines)
    if _is_indented_by_tab(scene):
        return _tab(scene)
    for words, tell in _TELLERS:
        if words in complaint.problem:
            return tell(scene)
    return _other(scene)


def _is_indented_by_tab(scene: _Scene) -> bool:
    line, column = scene.problem
    text = scene.line(line)
    indentation = text[: len(text) - len(text.lstrip(" \t"))]
    return "\t" in indentation or (text[column - 1 : column] == "\t" and "indentation" in scene.complaint.problem)


def _tab(scene: _Scene) -> Diagnostic:
    line, column = scene.problem
    found = scene.line(line).find("\t")
    message = Bilingual("缩进用了制表符", "a tab is used for indentation")
    hint = Bilingual("请用空格缩进", "indent with spaces")
    return scene.error("SF120", (line, found + 1 if found >= 0 else column), message, hint)


def _cannot_start(scene: _Scene) -> Diagnostic:
    name = shown(scene.character)
    message = Bilingual(f"值不能以 {name} 开头", f"a value cannot begin with {name}")
    return scene.error("SF125", scene.problem, message, _QUOTE)


def _unexpected_colon(scene: _Scene) -> Diagnostic:
    message = Bilingual("这里不能有 `: `", "`: ` cannot stand here")
    before = scene.line(scene.problem[0] - 1)
    if _FULL_WIDTH_COLON in before and ": " not in before:
        # The line above has no key, so this line was read as the continuation of its text.
        line = scene.problem[0] - 1
        place = point(scene.file, line, before.index(_FULL_WIDTH_COLON) + 1)
        return error("SF124", place, _NO_COLON, _FULL_WIDTH_HINT, fix=scene.colon_fix(line))
    hint = Bilingual(
        "若冒号是值的一部分，请给整个值加引号；否则检查缩进",
        "quote the value if the colon is part of it; else check the indentation",
    )
    return scene.error("SF123", scene.problem, message, hint)


def _missing_colon(scene: _Scene) -> Diagnostic:
    line, column = scene.begin
    if _FULL_WIDTH_COLON in scene.line(line):
        hint = _FULL_WIDTH_HINT
    else:
        hint = Bilingual(
            "写成 `键: 值`；多行文本请检查缩进", "write `key: value`; check the indentation of text over several lines"
        )
    return error("SF124", point(scene.file, line, column), _NO_COLON, hint, fix=scene.colon_fix(line))


def _open_bracket(scene: _Scene) -> Diagnostic:
    bracket, closing = ("{", "}") if "mapping" in scene.complaint.context else ("[", "]")
    line, column = scene.problem
    message = Bilingual(
        f"括号 `{bracket}` 没有正确闭合，读到第 {line} 行第 {column} 列为止",
        f"the bracket `{bracket}` is not closed properly, as read up to line {line}, column {column}",
    )
    hint = Bilingual(
        f"请补上 `,` 或 `{closing}`；含括号、逗号的文本请加引号",
        f"add `,` or `{closing}`; quote text with brackets or commas",
    )
    return scene.error("SF121", scene.begin, message, hint)


def _open_quote(scene: _Scene) -> Diagnostic:
    return scene.error("SF122", scene.begin, Bilingual("引号没有闭合", "the quote is not closed"), _CLOSE)


def _bad_escape(scene: _Scene) -> Diagnostic:
    message = Bilingual("双引号里的这个转义不存在", "this escape does not exist in double quotes")
    hint = Bilingual("反斜杠请写成 `\\\\`，或改用单引号", "write a backslash as `\\\\`, or use single quotes")
    return scene.error("SF126", scene.problem, message, hint)


def _indentation(scene: _Scene) -> Diagnostic:
    line, column = scene.problem
    if _FULL_WIDTH_COLON in scene.line(line):
        return _missing_colon(_Scene(scene.complaint, scene.file, scene.lines))
    message = Bilingual("缩进或结构不对", "the indentation or structure is wrong")
    hint = Bilingual("同一层的键和列表项要对齐", "keys and items of one level stand in one column")
    return scene.error("SF127", (line, column), message, hint)


def _second_document(scene: _Scene) -> Diagnostic:
    message = Bilingual("文档结束后还有内容", "there is content after the end of the document")
    hint = Bilingual("一个文件只写一个文档", "write one document a file")
    return scene.error("SF108", scene.problem, message, hint)


def _bad_alias(scene: _Scene) -> Diagnostic:
    name = shown(scene.line(scene.begin[0])[scene.begin[1] - 1 : scene.begin[1]])
    message = Bilingual(
        f"{name} 在值的开头表示锚点、别名或标签，后面缺少名称",
        f"{name} begins an anchor, alias or tag, and its name is missing",
    )
    return scene.error("SF125", scene.begin, message, _QUOTE)


def _other(scene: _Scene) -> Diagnostic:
    words = shown(scene.complaint.problem)
    message = Bilingual(f"不是有效的 YAML（解析器报告：{words}）", f"this is no valid YAML (the parser says {words})")
    return scene.error("SF128", scene.problem, message, None)


# The words of both parsers, the C one and the Python one; the first that occurs decides.
_TELLERS: tuple[tuple[str, Callable[[_Scene], Diagnostic]], ...] = (
    ("cannot start any token", _cannot_start),
    ("mapping values are not allowed", _unexpected_colon),
    ("could not find expected ':'", _missing_colon),
    ("expected ',' or ']'", _open_bracket),
    ("expected ',' or '}'", _open_bracket),
    ("unexpected end of stream", _open_quote),
    ("unexpected document separator", _open_quote),
    ("unknown escape", _bad_escape),
    ("did not find expected hexdecimal", _bad_escape),
    ("expected escape sequence", _bad_escape),
    ("invalid Unicode character escape", _bad_escape),
    ("expected alphabetic or numeric", _bad_alias),
    ("expected URI", _bad_alias),
    ("expected tag URI", _bad_alias),
    ("document start>", _second_document),
    ("expected key", _indentation),
    ("expected '-' indicator", _indentation),
    ("expected <block end>", _indentation),
    ("not allowed in this context", _indentation),
    ("not allowed here", _indentation),
    ("node content", _indentation),
    ("tab character", _tab),
)
