"""Steps on hosts as the program sees them: the command lines and the documents on standard input.

Owns the documents' shape. Does not own what happens with them: that is `steps`, another process, for the reason that
membership is one: a host may be dead when its part is deleted.
"""

import json
import shlex
from collections.abc import Mapping

import pulumi
from pulumi_command import local

from components.cluster.membership_command import side
from components.cluster.side import NOTHING
from components.machines.machine import Machine, Profile
from components.outputs import together

MODULE = "components.storage.steps"
_SIDES = "sides"


def control_planes_step(
    name: str,
    verbs: tuple[str, str],
    control_planes: pulumi.Output[str],
    *,
    parameters: Mapping[str, pulumi.Input[str]] = NOTHING,
    opts: pulumi.ResourceOptions,
) -> local.Command:
    """Runs the first verb on a control plane that serves when the resource is made or changes, the second when it goes.

    The verbs get `parameters` besides the host's own.
    """

    def document(known: Mapping[str, str]) -> str:
        told = {"parameters": {key: known[key] for key in parameters}} if parameters else {}
        return json.dumps({"controlPlanes": json.loads(known[_SIDES]), **told})

    return _command(name, verbs, together({_SIDES: control_planes, **parameters}, document), opts)


def osd_step(
    machine: Machine,
    told: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> local.Command:
    """`{node}-osd`: made, the host has what an OSD lies on, and prints its devices as a JSON list; deleted, nothing.

    `told` are OSD_DEVICES or OSD_FILE_MIB, and whose host it is.
    """
    parameters = {"SHARED_KERNEL": str(int(machine.profile is Profile.LAB))}
    document = together(
        {"host": machine.host, **told},
        lambda known: json.dumps(
            {
                "node": side(
                    machine, known["host"], {**parameters, **{key: known[key] for key in told}}
                )
            },
            sort_keys=True,
        ),
    )
    opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=machine.protect))
    return _command(f"{machine.name}-osd", ("osd", "osd_gone"), document, opts)


def _command(
    name: str,
    verbs: tuple[str, str],
    stdin: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> local.Command:
    create, delete = (shlex.join(["python", "-m", MODULE, verb]) for verb in verbs)
    return local.Command(
        name,
        create=create,
        delete=delete,
        stdin=stdin,
        add_previous_output_in_env=False,
        logging=local.Logging.STDERR,
        opts=opts,
    )
