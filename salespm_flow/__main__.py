"""`python -m salespm_flow` is the command `salespm-flow`. Knows nothing else."""

import sys

from salespm_flow.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
