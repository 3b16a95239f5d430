"""Is the process of one contender, and of nothing else: what it imports counts. `python -m bench.one <contender> <file> <reference>`."""

import importlib
import json
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    """Run the contender; print its seconds without imports, its peak MB and how many rows are bad."""
    name, file, reference = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    contender = importlib.import_module(f"bench.contenders.{name}")
    if hasattr(contender, "prepare"):
        contender.prepare(file, reference)
    begin = time.perf_counter()
    bad = contender.run(file, reference)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "bad": bad}))


if __name__ == "__main__":
    main()
