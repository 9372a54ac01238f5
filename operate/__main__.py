"""`python -m operate`: the command line behind the Makefile."""

import argparse
import sys
from collections.abc import Sequence

from operate.checks import check, real_tests
from operate.failure import OperateError
from operate.phases import Phases


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    program = argparse.ArgumentParser(prog="operate", description=__doc__)
    commands = program.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="format, lint, types, shell scripts and unit tests")
    test = commands.add_parser("test", help="check, then the tests with real hosts and a cluster")
    test.add_argument("--full", action="store_true", help="with the tests that take too long")
    return program


def run(arguments: argparse.Namespace, phases: Phases) -> None:
    """Run the chosen command."""
    check(phases)
    if arguments.command == "test":
        real_tests(phases, full=arguments.full, environment={})


def main(argv: Sequence[str]) -> int:
    """Run one command; the exit code is 0, the engine's own, or 1 with a sentence on stderr."""
    phases = Phases()
    try:
        run(parser().parse_args(argv), phases)
    except OperateError as fault:
        print(f"error: {fault}", file=sys.stderr)
        return fault.code
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130
    finally:
        if phases.finished:
            print(phases.summary(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
