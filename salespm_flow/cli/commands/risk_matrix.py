"""`risk matrix`: how many risks lie in each cell of a model's scales, on the terminal, as JSON or as a heat map."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, flag, option, shared_options
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError

if TYPE_CHECKING:
    from salespm_flow.model.project import Project, Risk
    from salespm_flow.model.risk_matrix import Cell, RiskMatrix
    from salespm_flow.model.rules import RiskModel

    Found = list[tuple[RiskModel, list[tuple[str, Risk]]]]

FORMATS: Final = ("human", "json", "svg")
# From harmless to worst, told apart without colours too.
_SHADES: Final = "░▒▓█"


def run(session: Session, project: str | None, *, model: str | None, is_residual: bool) -> int:
    """The matrix of the model is on standard output, without one those of all models that have risks."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.rules.risk_matrix import matrix_of

    found = _found(session, project, model)
    matrices = [(one, matrix_of(one, risks, is_residual=is_residual)) for one, risks in found]
    if session.is_json:
        answers = [_answer(one, matrix) for one, matrix in matrices]
        # One alone is told as it is, too.
        alone = answers[0] if len(answers) == 1 else {}
        write_json({"status": "ok", **alone, "matrices": answers})
    elif session.choices.format == "svg":
        from salespm_flow.draw.risk_matrix import risk_matrices

        titled = [(matrix, _title(one, project, is_residual=is_residual)) for one, matrix in matrices]
        write_text(risk_matrices(titled, session.language))
    else:
        write_text("\n\n".join("\n".join(_lines(session, matrix)) for _, matrix in matrices))
    return 0


def _found(session: Session, project: str | None, model: str | None) -> "Found":
    """The model asked for, or all that judge standing risks, each with these; the first where there is no risk.

    Raises:
        InputError: there is no model.
    """
    from salespm_flow.cli.lookup import find_project, known

    projects: tuple[Project, ...] = ()
    if project is None:
        models = dict(session.library.risk_models)
    else:
        projects = (find_project(session, project),)
        models = {one.model.id: one.model for one in session.runner.definitions.pinned(projects[0].pin).risks}
    if model is not None:
        models = {model: known(model, models, Bilingual("风险模型", "risk model"))}
    if not models:
        raise InputError(
            Bilingual("没有风险模型", "there is no risk model"),
            Bilingual("在流程里写 uses: {risks: [模型编号]}", "name one in the workflow: uses: {risks: [ID]}"),
        )
    sorted_out = _sorted_out(session, projects or session.store.projects(is_open=True))
    judged = [(one, sorted_out[name]) for name, one in models.items() if name in sorted_out]
    return judged or [(next(iter(models.values())), [])]


def _sorted_out(session: Session, projects: "Iterable[Project]") -> "dict[str, list[tuple[str, Risk]]]":
    """The standing risks of the projects by the model that judges them."""
    found: dict[str, list[tuple[str, Risk]]] = {}
    for project in projects:
        standing = [risk for risk in project.risks.values() if risk.is_standing]
        if not standing:
            continue
        models = [one.model.id for one in session.runner.definitions.pinned(project.pin).risks]
        for risk in standing:
            own = risk.rule.partition(".")[0]
            # What no rule found is judged by the workflow's first model.
            found.setdefault(own if own in models else models[0], []).append((project.id, risk))
    return found


def _title(model: "RiskModel", project: str | None, *, is_residual: bool) -> Bilingual:
    zh, en = model.title.zh, model.title.en
    if project is not None:
        zh, en = f"{zh} · {project}", f"{en} · {project}"
    return Bilingual(f"{zh}（应对后）", f"{en} (after responses)") if is_residual else Bilingual(zh, en)


def _answer(model: "RiskModel", matrix: "RiskMatrix") -> dict[str, object]:
    return {
        "model": model.id,
        "cells": [
            {
                "probability": cell.probability,
                "impact": cell.impact,
                "score": cell.score,
                "level": cell.level,
                "count": len(cell.risks),
                "risks": list(cell.risks),
            }
            for row in matrix.rows
            for cell in row
        ],
        "levels": {level.id: matrix.count(level.id) for level in matrix.levels},
        "outside": list(matrix.outside),
    }


def _lines(session: Session, matrix: "RiskMatrix") -> Iterator[str]:
    from salespm_flow.cli.commands.risk_list import level_text
    from salespm_flow.cli.render import Ink, Palette, table
    from salespm_flow.cli.values import percent

    corner = session.text("概率＼影响", "Probability \\ impact")
    heads = [f"{step} {session.of(matrix.impacts[step])}" for step in sorted(matrix.impacts)]
    levels = len(matrix.levels)
    rows = [
        (
            f"{row[0].probability}  {percent(matrix.probabilities[row[0].probability])}",
            *(level_text(session, _cell(cell, levels), cell.rank, levels) for cell in row),
        )
        for row in matrix.rows
    ]
    unbounded = Palette(is_coloured=session.palette.is_coloured, width=None)
    yield session.palette.paint(session.of(matrix.title), Ink.STRONG)
    yield table((corner, *heads), rows, unbounded, right=frozenset(range(1, len(heads) + 1)))
    legend = []
    for rank, level in enumerate(matrix.levels):
        band = f"{_shade(rank, levels)} {session.of(level.title)} {level.lowest}–{level.highest}"
        words = f"{band}{session.colon}{matrix.count(level.id)}"
        legend.append(level_text(session, words, rank, levels))
    yield "   ".join(legend)
    if matrix.outside:
        count = len(matrix.outside)
        yield session.text(f"另有 {count} 项概率已为零", f"{count} more with no chance left")


def _cell(cell: "Cell", levels: int) -> str:
    return f"{len(cell.risks) or '·'} {_shade(cell.rank, levels)}"


def _shade(rank: int, levels: int) -> str:
    last = len(_SHADES) - 1
    return _SHADES[rank if levels <= len(_SHADES) else round(rank * last / (levels - 1))]


COMMAND: Final = BilingualCommand(
    "matrix",
    Bilingual(
        "风险矩阵：每格有几项风险；不写项目就是所有进行中的项目，不写模型就是所有有风险的模型。\n"
        "例：salespm-flow risk matrix D1 --format svg > matrix.svg",
        "The risk matrix: how many risks lie in each cell, of a project or of all open ones,\n"
        "of one model or of each that has risks.\n"
        "Example: salespm-flow risk matrix D1 --format svg > matrix.svg",
    ),
    (
        argument(
            "project",
            Bilingual("项目编号，可只写开头几位", "The project's id; its first characters are enough"),
            is_required=False,
        ),
        option("model", "--model", Bilingual("哪个风险模型", "Which risk model"), metavar="ID"),
        flag("is_residual", "--residual", Bilingual("应对之后的位置", "Where they are to lie after their responses")),
        *shared_options(FORMATS),
    ),
    run,
)
