"""A worker as `tidegate worker` runs it, with what it loads for its first upload loaded before it is forked."""

from tidegate.cli.setup import set_up

set_up()

from tidegate.cli.worker import worker as main
from tidegate.uploads import tasks
from tidegate.uploads.lifecycle import process

__all__ = ["main", "process", "tasks"]

if __name__ == "__main__":
    main()
