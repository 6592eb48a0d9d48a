"""What is said about YAML that the language leaves out, and about limits. Knows neither events nor nodes."""

from collections.abc import Sequence

from salespm_flow.definition.findings import error, replacement, shown
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.diagnostics import Bilingual, Diagnostic, Fix, Span

_LISTED_LINES = 5


def too_many_values(span: Span, limit: int) -> Diagnostic:
    """The document holds more values than `limit`."""
    message = Bilingual(f"文件里的值超过 {limit} 个", f"the file holds more than {limit} values")
    return error("SF110", span, message, Bilingual("请拆分成多个文件", "split it into several files"))


def too_deep(span: Span, limit: int) -> Diagnostic:
    """Collections nest deeper than `limit`."""
    message = Bilingual(f"嵌套超过 {limit} 层", f"nested more than {limit} levels deep")
    return error(
        "SF109",
        span,
        message,
        Bilingual("没有定义需要这么深，请检查括号", "no definition is so deep; check the brackets"),
    )


def too_many_aliases(span: Span, limit: int, limit_of_values: int) -> Diagnostic:
    """There are more aliases than `limit`, or more than `limit_of_values` values behind them."""
    message = Bilingual(
        f"别名超过 {limit} 个，或展开后超过 {limit_of_values} 个值",
        f"more than {limit} aliases, or more than {limit_of_values} values behind them",
    )
    hint = Bilingual("请直接写出内容，少用别名", "write the content out instead of using aliases")
    return error("SF111", span, message, hint)


def alias_unknown(span: Span, anchor: str, *, is_inside_itself: bool) -> Diagnostic:
    """An alias names no anchor that is complete before it."""
    name = shown("*" + anchor)
    if is_inside_itself:
        message = Bilingual(f"别名 {name} 指向包含它自己的内容", f"the alias {name} stands inside itself")
    else:
        message = Bilingual(f"别名 {name} 没有对应的锚点", f"the alias {name} has no anchor before it")
    return error("SF112", span, message, Bilingual("若这是文本，请加引号", "quote it if it is meant as text"))


def second_document(span: Span) -> Diagnostic:
    """A second document begins."""
    message = Bilingual(
        "一个文件只能有一个文档，这里开始了第二个", "a file holds one document, and a second begins here"
    )
    return error("SF108", span, message, Bilingual("请分成两个文件", "put it into a file of its own"))


def tagged(span: Span, tag: str) -> Diagnostic:
    """A value has a tag."""
    name = shown(tag.replace("tag:yaml.org,2002:", "!!"))
    message = Bilingual(f"不允许标签 {name}", f"the tag {name} is not accepted")
    hint = Bilingual("请删除标签；要写成文本就加引号", "remove the tag; quote the value to make it text")
    return error("SF113", span, message, hint)


def merge_keys(spans: Sequence[Span]) -> Diagnostic:
    """The document has merge keys at `spans`, of which there is at least one; one finding names them all."""
    first, *others = spans
    lines = [str(span.line) for span in others[:_LISTED_LINES]] + ["…"] * (len(others) > _LISTED_LINES)
    message = Bilingual(
        "不允许合并键 `<<`" + (f"（另见第 {'、'.join(lines)} 行）" if others else ""),
        "merge keys `<<` are not accepted" + (f" (also on lines {', '.join(lines)})" if others else ""),
    )
    return error("SF114", first, message, Bilingual("请把要合并的键逐个写出来", "write the merged keys out"))


def key_repeated(span: Span, name: str, first: Span) -> Diagnostic:
    """A map has the same key twice."""
    message = Bilingual(
        f"键 {shown(name)} 重复，第一次在第 {first.line} 行第 {first.column} 列",
        f"the key {shown(name)} is given twice, first on line {first.line}, column {first.column}",
    )
    return error("SF115", span, message, Bilingual("请改名，或合并为一个", "rename one, or merge the two"))


def key_no_text(span: Span) -> Diagnostic:
    """A key is a list or a map."""
    message = Bilingual("键必须是文本，不能是列表或映射", "a key must be text, not a list or a map")
    return error("SF116", span, message, Bilingual("若这是文本，请加引号", "quote it if it is meant as text"))


def value_missing(span: Span, name: str, cut: ScalarNode | None = None) -> Diagnostic:
    """In a flow map a key has no value; mostly a comma has cut an expression in two, which `cut` is whole."""
    message = Bilingual(f"键 {shown(name)} 没有值", f"the key {shown(name)} has no value")
    hint = Bilingual(
        "请给表达式加引号，或改用块写法；若它确是键，请写上值",
        "quote the expression or write it in block style; a key takes a value",
    )
    return error("SF117", span, message, hint, fix=None if cut is None else _quoting(cut))


def _quoting(node: ScalarNode) -> Fix | None:
    """Quotes around a value on one line that has none of its own in the way."""
    text = node.text
    if node.span.line != node.span.end_line or sum(map(text.count, "([{")) != sum(map(text.count, ")]}")):
        return None
    if "'" not in text:
        return replacement(node.span, text, f"'{text}'", is_safe=True)
    return None if '"' in text or "\\" in text else replacement(node.span, text, f'"{text}"', is_safe=True)


def number_out_of_range(span: Span, text: str, digits: int) -> Diagnostic:
    """A number has more than `digits` digits, a huge exponent, or is not finite."""
    message = Bilingual(
        f"数字 {shown(text)} 超出范围：最多 {digits} 位，且必须有限",
        f"the number {shown(text)} is out of range: at most {digits} digits, and finite",
    )
    hint = Bilingual("若这是编号等文本，请加引号", "quote it if it is text, such as a reference number")
    return error("SF118", span, message, hint)


def control_escaped(span: Span) -> Diagnostic:
    """An escape in a quoted text stands for a control character."""
    message = Bilingual(
        "转义出的字符是不允许的控制字符", "an escape stands for a control character, which is not accepted"
    )
    return error("SF105", span, message, Bilingual("请删除它", "remove it"))
