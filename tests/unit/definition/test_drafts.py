"""Which files of a folder are read."""

from pathlib import Path

import pytest

from salespm_flow.definition import drafts
from salespm_flow.definition.drafts import find_files
from salespm_flow.definition.findings import shown
from salespm_flow.errors import SalesPMFlowError


def test_more_files_than_are_read_are_refused_instead_of_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MAXIMUM_FILES", 2)
    for name in ("a.yaml", "b.yml", "no_definition.txt", ".hidden.yaml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert [path.name for path in find_files(tmp_path)] == ["a.yaml", "b.yml"]
    (tmp_path / "c.yaml").write_text("", encoding="utf-8")
    with pytest.raises(SalesPMFlowError) as refusal:
        list(find_files(tmp_path))
    assert refusal.value.message.en == f"The folder {shown(str(tmp_path))} holds more than 2 definition files"
