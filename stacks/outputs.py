"""What a stack shows when it is done: endpoints, nodes, versions, the kubeconfig, and what to do next.

Owns the names of the stack's outputs: they are read by commands and by other stacks. Does not own the values.
"""

from typing import Any

import pulumi

from stacks import limits, storage
from stacks.appliance import Appliance


def export(built: Appliance) -> None:
    """Exports the outputs; the kubeconfig is a secret."""
    configuration = built.configuration
    pulumi.export("endpoint", built.control_plane.endpoint)
    pulumi.export("registries", [registry.endpoint for registry in built.registries])
    pulumi.export("nodes", nodes(built))
    pulumi.export("versions", {"kubernetes": configuration.kubernetes.version})
    pulumi.export(
        "network",
        {
            "provider": built.network.provider,
            "encrypted": built.network.encrypted,
            "policies": built.network.policies,
        },
    )
    if (ingress := built.ingress) is not None:
        pulumi.export(
            "ingress",
            {
                "provider": ingress.provider,
                "class": ingress.class_name,
                "namespace": ingress.namespace,
                "addresses": ingress.addresses.apply(lambda text: text.split(",")),
                "certificate": ingress.certificate,
                "names": list(ingress.names),
                "authority": ingress.authority,
            },
        )
    if shown := storage.outputs(built.storage):
        pulumi.export("storage", dict(shown))
    if built.replicated is not None:
        daemon = built.replicated
        pulumi.export("replicated", {"console": daemon.console, "registry": daemon.registry})
        pulumi.export("replicatedPassword", daemon.console_password)
        pulumi.export("registryPassword", daemon.push_password)
    if (application := built.application) is not None:
        pulumi.export(
            "application",
            {
                "name": application.name,
                "version": application.version,
                "namespace": application.namespace,
                "sequence": application.sequence,
                "notes": list(application.notes),
                "rewrites": [dict(row) for row in application.rewrites],
            },
        )
    pulumi.export("kubeconfig", built.control_plane.kubeconfig)
    pulumi.export("message", message(built))
    told = (
        *configuration.warnings,
        *built.network.warnings,
        *limits.warnings(configuration),
    )
    for warning in told:
        pulumi.log.warn(warning)


def nodes(built: Appliance) -> list[dict[str, Any]]:
    """Each machine's name, address and roles; of one in EC2, which no configuration knows, also the way there."""
    in_ec2 = built.configuration.hosts.aws is not None
    return [
        {
            "name": machine.name,
            "address": machine.address,
            "roles": sorted(machine.roles),
            # Addresses and the public halves of host keys, no secret.
            **({"ssh": machine.connection.document()} if in_ec2 else {}),
        }
        for machine in built.machines
    ]


def message(built: Appliance) -> pulumi.Output[str]:
    """The closing lines: what runs, and the next command."""
    count = len(built.machines)
    stack = built.configuration.stack
    ready = [
        *(worker.ready for worker in built.workers),
        *(resource.urn for resource in built.storage.ready),
        *(resource.urn for resource in (built.ingress.ready if built.ingress else ())),
        *(resource.urn for resource in (built.application.ready if built.application else ())),
    ]
    runs = built.application
    console = built.replicated.console if built.replicated else ""
    summary = "; ".join(filter(None, (built.network.summary, built.storage.summary)))
    served = (
        f" {built.ingress.provider} serves ports 80 and 443 of every node." if built.ingress else ""
    )
    return pulumi.Output.all(built.control_plane.endpoint, console, *ready).apply(
        lambda known: (
            f"Kubernetes {built.configuration.kubernetes.version} runs on {count} host(s) at "
            f"https://{known[0]}; {summary}.{served}\n"
            + (f"Replicated's console: {known[1]}.\n" if known[1] else "")
            + (f"{runs.name} runs in the namespace {runs.namespace}.\n" if runs else "")
            + f"Next: make shell STACK={stack}, then kubectl get nodes -o wide."
        )
    )
