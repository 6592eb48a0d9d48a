"""What `validate --save-scenario` does: findings become files of failing scenarios, one for each workflow."""

from pathlib import Path

from salespm_flow.cli.context import Session
from salespm_flow.cli.files import data_stream
from salespm_flow.cli.output import write_message
from salespm_flow.definition.workspace import Loaded
from salespm_flow.lint.judgement import Judgement
from salespm_flow.scenario.witnesses import save
from salespm_flow.scenario.writing import text_of


def save_scenarios(session: Session, loaded: Loaded, judgement: Judgement, folder: str) -> None:
    """The witnesses of the findings stand in the folder as scenarios that fail until the findings are mended.

    Raises:
        ConflictError: a file of that name is there already.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    saved = save(judgement.findings, loaded.library)
    for one in saved:
        file = place / f"{one.document.id}.yaml"
        with data_stream(file, is_replacing=False) as stream:
            stream.write(text_of(one.document).encode())
        count, codes = len(one.codes), ", ".join(dict.fromkeys(one.codes))
        write_message(
            session.text(
                f"已写入 {file}：{count} 个会失败的情景（{codes}）", f"{file}: {count} failing scenario(s) ({codes})"
            )
        )
    if not saved:
        write_message(
            session.text(
                "没有可以写成情景的问题：只有引擎重现过的才行",
                "no finding can be a scenario: only what the engine has replayed can",
            )
        )
