"""The package's own names: all there, each the one documented, and free until used."""

import subprocess
import sys

import pytest

import salespm_flow

HEAVY = ("yaml", "jsonschema", "transitions", "click", "rich", "holidays", "sqlite3")


@pytest.mark.parametrize("name", salespm_flow.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(salespm_flow, name) is not None


def test_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = salespm_flow.nothing


def test_names_listed_for_type_checkers_are_the_ones_at_run_time() -> None:
    source = (salespm_flow.__file__ or "").strip()
    with open(source, encoding="utf-8") as file:  # noqa: PTH123 -- one line is enough here
        lines = file.read().splitlines()
    typed = {line.split(" as ")[1].split()[0] for line in lines if line.startswith("    from ") and " as " in line}
    typed |= {line.split()[0] for line in lines if line.startswith("    ") and " = workspace." in line}
    assert typed == set(salespm_flow.__all__) - {"__version__"}


def test_importing_the_package_imports_nothing_heavy() -> None:
    program = f"import sys, salespm_flow; print([name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
