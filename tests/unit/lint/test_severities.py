"""Severities as a workspace chooses them."""

from pathlib import Path

from tests.unit.lint.workspaces import HEAD, UNHEARD, judged, told, write


def severities(root: Path) -> list[str]:
    return [" ".join(line.split()[1:3]) for line in told(judged(root))]


def test_a_workspace_raises_lowers_and_switches_off_codes(tmp_path: Path) -> None:
    for level, expected in (("error", ["error SF318"] * 2), ("info", ["info SF318"] * 2), ("off", [])):
        root = write(tmp_path, settings=f"lint: {{SF318: {level}}}\n", deal=HEAD + UNHEARD)
        assert severities(root) == expected
        assert judged(root).fails is (level == "error")


def test_findings_about_suppressions_are_weighed_too(tmp_path: Path) -> None:
    text = HEAD + "transitions: {close: {from: open, to: closed}}  # salespm: ignore[SF318] reason=x\n"
    assert severities(write(tmp_path, settings="lint: {SF601: error}\n", deal=text)) == ["error SF601"]


def test_a_code_that_does_not_exist_is_told_at_its_place(tmp_path: Path) -> None:
    root = write(tmp_path, settings="lint: {SF318: off, SF3180: off}\n", deal=HEAD + UNHEARD)
    assert [line for line in told(judged(root)) if line.startswith("salespm.yaml")] == [
        "salespm.yaml:4 error SF149 `SF3180` cannot be used as a name"
    ]
    root = write(tmp_path, settings="lint: {SF501: off, SF999: info}\n", deal=HEAD + UNHEARD)
    assert told(judged(root))[:2] == [
        "salespm.yaml:4 warning SF606 There is no finding of the code `SF501`",
        "salespm.yaml:4 warning SF606 There is no finding of the code `SF999`",
    ]


def test_a_level_that_does_not_exist_is_told(tmp_path: Path) -> None:
    root = write(tmp_path, settings="lint: {SF318: fatal}\n", deal=HEAD)
    assert told(judged(root))[0] == "salespm.yaml:4 error SF143 `SF318` cannot be `fatal`"
