"""The built wheel, installed away from the checkout, holds everything that the main job needs."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, folder: Path, environment: dict[str, str] | None = None) -> str:
    """What `command` printed; the test fails with its messages where it did not exit with 0."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command} exited with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir")
    run(sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, CHECKOUT, folder=folder)
    (built,) = folder.glob("salespm_flow-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--no-deps", "--no-index", "--no-compile")
    run(sys.executable, "-m", "pip", "install", *options, "--target", folder, wheel, folder=folder)
    return folder


def environment_of(installed: Path) -> dict[str, str]:
    """This environment with `installed` before the editable checkout, so that its modules are the ones found."""
    return os.environ | {"PYTHONPATH": str(installed), "PYTHONUTF8": "1"}


def test_wheel_holds_every_shipped_schema_workflow_and_page_of_a_code(wheel: Path) -> None:
    folders = {"schemas": "schemas", "workflows": "workflows", "docs/reference/codes": "codes"}
    expected = {
        f"salespm_flow/_shipped/{shipped_as}/{path.relative_to(CHECKOUT / folder).as_posix()}"
        for folder, shipped_as in folders.items()
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if name.startswith("salespm_flow/_shipped/")}
    assert expected
    assert shipped == expected


def test_wheel_says_that_it_is_typed_and_carries_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert "salespm_flow/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_installed_wheel_is_what_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = "import salespm_flow; print(salespm_flow.__file__)"
    printed = run(sys.executable, "-c", code, folder=tmp_path, environment=environment_of(installed))
    assert Path(printed.strip()) == installed / "salespm_flow" / "__init__.py"


def test_installed_wheel_runs_the_demo_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    printed = run(installed / "bin" / "salespm-flow", "demo", folder=tmp_path, environment=environment_of(installed))
    assert printed.strip()


def test_installed_wheel_explains_a_code_with_its_examples(installed: Path, tmp_path: Path) -> None:
    environment = environment_of(installed) | {"LC_ALL": "C.UTF-8"}
    printed = run(installed / "bin" / "salespm-flow", "explain", "SF301", folder=tmp_path, environment=environment)
    assert printed.count("```yaml") == 2


def test_module_and_command_are_the_same_program(installed: Path, tmp_path: Path) -> None:
    environment = environment_of(installed)
    by_module = run(sys.executable, "-m", "salespm_flow", "--version", folder=tmp_path, environment=environment)
    by_command = run(installed / "bin" / "salespm-flow", "--version", folder=tmp_path, environment=environment)
    assert by_module == by_command
