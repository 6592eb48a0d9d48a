"""What every test may ask for: the published data sets, and property tests that repeat in CI."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

CHECKOUT = Path(__file__).resolve().parent.parent

# In CI the examples are the same on every run, and a slow machine is no failure.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
# At the desk new examples are tried each time; a time limit would only report other work on the machine.
settings.register_profile("desk", deadline=None)
# Looks for crashes and hangs for as long as it is let: `pytest tests/fuzz --hypothesis-profile=fuzz`.
settings.register_profile(
    "fuzz",
    max_examples=int(os.environ.get("SALESPM_FUZZ_EXAMPLES", "20000")),
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session")
def salespm_data() -> Path:
    """The folder of published data sets: $SALESPM_DATA, else `../shared/data` beside the checkout, else a skip."""
    named = os.environ.get("SALESPM_DATA")
    folder = Path(named) if named else CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the published data is not at {folder}; set SALESPM_DATA to its folder")
    return folder
