"""AWS's package weighs more than everything else together: only who uses it imports it."""

import subprocess
import sys

PROGRAM = """
import sys
import stacks.appliance, stacks.outputs, stacks.secrets, operate.__main__, operate.commands.up
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("pulumi_aws", "boto3", "botocore", "moto")))
"""


def printed(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_neither_the_program_nor_a_command_imports_aws_without_machines_there() -> None:
    assert printed(PROGRAM) == "[]"


def test_machines_in_ec2_do() -> None:
    # The check of the check: what is looked for is what such a stack imports.
    assert printed("import sys, stacks.aws; print('pulumi_aws' in sys.modules)") == "True"
