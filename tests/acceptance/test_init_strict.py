"""Every template that `init` writes is clean at the strictest setting, in either language."""

from pathlib import Path

import pytest

from salespm_flow.cli.main import main
from salespm_flow.definition.workspace import shipped_definitions

# A folder with a workflow of its own is an example; others, as that of the KPI sets, belong to the whole.
EXAMPLES = sorted(
    {
        path.parent.name
        for path in shipped_definitions().glob("*/*.yaml")
        if "\nkind: workflow\n" in path.read_text(encoding="utf-8")
    }
)


@pytest.mark.parametrize("words", [(), *(("--example", name) for name in EXAMPLES)], ids="-".join)
def test_a_new_workspace_has_no_finding_at_all(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", *words, "--lang", "zh"]) == 0
    capsys.readouterr()
    assert main(["validate", "--strict", "--lang", "en"]) == 0
    assert capsys.readouterr().err == "no findings\n"
