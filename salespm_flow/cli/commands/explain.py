"""`explain`: what a code means, with a wrong and a right example; or all codes."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, shared_options
from salespm_flow.diagnostics import Bilingual, Severity

if TYPE_CHECKING:
    from salespm_flow.lint.codes import Code

_LEVELS: Final = {
    Severity.ERROR: Bilingual("错误", "error"),
    Severity.WARNING: Bilingual("警告", "warning"),
    Severity.INFO: Bilingual("信息", "info"),
    None: Bilingual("请求失败", "a call fails"),
}


def run(session: Session, code: str | None) -> int:
    """The page of the code, or the list of all, is on standard output."""
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.lint.codes import EVERY_CODE

    if code is not None:
        found = known(code.upper(), EVERY_CODE, Bilingual("编号", "code"))
        if session.is_json:
            write_json({"status": "ok", **_answer(found), **_page_answer(found)})
        else:
            write_text(_page(session, found))
    elif session.is_json:
        write_json({"status": "ok", "codes": [_answer(one) for one in EVERY_CODE.values()]})
    else:
        write_text(_list(session))
    return 0


def _page(session: Session, code: "Code") -> str:
    from salespm_flow.lint.pages import RIGHT, WRONG, read_page

    parts = [f"{code.code}  {session.of(code.title)}  ({session.of(_LEVELS[code.severity])})"]
    page = read_page(code.code)
    if page is not None:
        parts.append(session.of(page.meaning))
        parts += [f"{title}\n\n{text}" for title, text in ((WRONG, page.wrong), (RIGHT, page.right)) if text]
    return "\n\n".join(parts)


def _list(session: Session) -> str:
    from salespm_flow.lint.codes import BLOCKS, EVERY_CODE

    lines: list[str] = []
    for block in BLOCKS:
        lines += ["", f"{block.prefix}xx  {session.of(block.title)}"]
        for code in block.codes:
            known = EVERY_CODE[code]
            level = "" if known.severity in {None, Severity.ERROR} else f"  ({session.of(_LEVELS[known.severity])})"
            lines.append(f"  {code}  {session.of(known.title)}{level}")
    return "\n".join(lines[1:])


def _answer(code: "Code") -> dict[str, object]:
    return {
        "code": code.code,
        "title": {"zh": code.title.zh, "en": code.title.en},
        "severity": None if code.severity is None else code.severity.value,
    }


def _page_answer(code: "Code") -> dict[str, object]:
    from salespm_flow.lint.pages import read_page

    page = read_page(code.code)
    if page is None:
        return {"meaning": None, "wrong": None, "right": None}
    return {"meaning": {"zh": page.meaning.zh, "en": page.meaning.en}, "wrong": page.wrong, "right": page.right}


COMMAND: Final = BilingualCommand(
    "explain",
    Bilingual(
        "解释一个编号：是什么问题、怎么改，附一个错误和一个正确的示例；不写编号则列出所有编号。",
        "Explains a code: what is wrong and what to do, with a wrong and a right example; without a code, lists all.",
    ),
    (argument("code", Bilingual("编号，如 SF301", "The code, such as SF301"), is_required=False), *shared_options()),
    run,
)
