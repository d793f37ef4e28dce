"""`make bench`: run every measurement, or those named: `make bench ARGS="claim pool"`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.bench


def main() -> int:
    """Run the chosen measurements one after another; each prints its own figures."""
    available = {
        module.name.removeprefix("bench_"): module.name
        for module in pkgutil.iter_modules(tests.bench.__path__)
        if module.name.startswith("bench_")
    }
    chosen = sys.argv[1:] or sorted(available)
    unknown = [name for name in chosen if name not in available]
    if unknown:
        sys.stderr.write(f"No measurement {', '.join(unknown)}. There are: {', '.join(sorted(available))}\n")
        return 2
    for name in chosen:
        sys.stdout.write(f"\n== {name} ==\n")
        sys.stdout.flush()
        importlib.import_module(f"tests.bench.{available[name]}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
