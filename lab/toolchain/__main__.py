"""`python -m lab.toolchain`: make the tool chain and print its directory, the only line on standard output."""

import argparse
import sys

from bundle.go_toolchain import NoGoError
from bundle.gomodule import BuildError
from lab.toolchain import versions
from lab.toolchain.assembly import assemble, table
from lab.toolchain.download import DownloadError
from lab.toolchain.selection import tools


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="lab.toolchain", description=__doc__)
    parser.add_argument(
        "--table", action="store_true", help="print where each tool comes from instead"
    )
    options = parser.parse_args()
    try:
        directory = assemble(tools(versions.load()))
    except (BuildError, NoGoError, DownloadError) as fault:
        print(f"error: the tool chain was not built: {fault}", file=sys.stderr)
        return 1
    print(table(directory) if options.table else directory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
