"""A worker as `tidegate worker` runs it, with what it loads for its first upload loaded before it is forked."""

import tests.running.loaded  # noqa: F401 - first of all
from tidegate.cli.worker import worker as main

if __name__ == "__main__":
    main()
