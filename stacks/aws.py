"""From the configuration to machines in EC2.

Owns the mapping of configuration keys to the components' arguments. Does not own either side of it. Imported only for
such a stack: it brings AWS's package with it.
"""

import pulumi

from components.certificates import fingerprint
from components.ingress import ports
from components.machines.aws.machines import AwsMachines, AwsMachinesArgs, AwsNode, NewVpc
from components.machines.aws.openings import Carrier, Layers, openings
from components.machines.aws.owner import Owner
from components.machines.aws.rights import Rights
from components.machines.aws.vpc import Network
from components.machines.local import public_half
from stacks.config import Configuration
from stacks.config.aws import Aws
from stacks.config.aws_forms import gibibytes
from stacks.config.hosts import Node
from stacks.secrets import Secrets, derive

NODE_PORT = "NodePort"


def machines_in_ec2(configuration: Configuration, secrets: Secrets) -> AwsMachines:
    """All that the stack has in EC2."""
    return AwsMachines("machines", arguments(configuration, secrets))


def arguments(configuration: Configuration, secrets: Secrets) -> AwsMachinesArgs:
    """What is to be made, with the secrets that machines need."""
    aws = group(configuration)
    private_key = secrets.ssh_private_key
    return AwsMachinesArgs(
        owner=Owner(
            cluster=configuration.kubernetes.cluster_name,
            # The certificate is public, and whose things they are should be readable in the account.
            authority=pulumi.Output.unsecret(secrets.ca_certificate.apply(fingerprint)),
            tags=aws.tags,
            controllers=controlled(configuration),
        ),
        region=aws.region,
        zones=aws.zones,
        vpc=vpc(aws),
        ami=aws.image.id,
        user=aws.image.user,
        nodes=tuple(of_node(configuration, secrets, node) for node in configuration.hosts.nodes),
        openings=openings(layers(configuration)),
        public=aws.placement == "public",
        elastic_ips=aws.elastic_ips,
        public_balancer=aws.balancer == "public",
        root_gib=gibibytes(aws.root_volume),
        bastion_type=aws.bastion.instance_type if aws.bastion else None,
        # No node's name holds a slash, so this one is nobody else's.
        bastion_seed=seed(secrets, "bastion/") if aws.bastion else None,
        kms_key=aws.kms_key,
        key_name=aws.key_pair,
        public_key=(
            pulumi.Output.unsecret(private_key.apply(public_half))
            if private_key is not None and aws.key_pair is None
            else None
        ),
        profile=aws.instance_profile,
        rights=(
            Rights(cluster=configuration.kubernetes.cluster_name, kms_key=aws.kms_key)
            if controlled(configuration)
            else None
        ),
        protect=configuration.protection,
    )


def controlled(configuration: Configuration) -> bool:
    """Whether controllers in the cluster make things in the account too."""
    return configuration.kubernetes.cloud_provider == "aws"


def group(configuration: Configuration) -> Aws:
    """The group `hosts.aws`, which every stack of such machines has."""
    if configuration.hosts.aws is None:
        raise AssertionError("a stack of machines in EC2 says what they are")
    return configuration.hosts.aws


def seed(secrets: Secrets, whose: str) -> pulumi.Output[str]:
    """The secret that a machine's host keys follow from."""
    return derive(secrets.root, f"ssh-host/{whose}")


def vpc(aws: Aws) -> NewVpc | Network:
    """The network to be made, or the one that exists."""
    if aws.vpc.id is None:
        return NewVpc(cidr=str(aws.vpc.cidr), nat=aws.nat)
    return Network(vpc=aws.vpc.id, nodes=aws.vpc.subnets, public=aws.vpc.public_subnets)


def of_node(configuration: Configuration, secrets: Secrets, node: Node) -> AwsNode:
    """One node, with what it does not say itself."""
    aws = group(configuration)
    size = node.aws.volume or aws.storage_volume
    stays = not node.decommission
    return AwsNode(
        name=node.name,
        roles=frozenset(node.roles),
        zone=node.aws.zone or aws.zones[0],
        instance_type=node.aws.instance_type or aws.instance_type,
        seed=seed(secrets, node.name),
        volume_gib=(
            gibibytes(size) if size and node.is_storage and configuration.storage.rook else None
        ),
        labels=node.label_words,
        taints=node.all_taints,
        termination_protection=aws.termination_protection and node.is_control_plane and stays,
        protect=configuration.protects(node),
    )


def layers(configuration: Configuration) -> Layers:
    """What of the chosen layers talks between machines, or to who is outside."""
    aws, console = group(configuration), configuration.replicated.ui
    on_nodes = configuration.replicated.install and console.service_type == NODE_PORT
    return Layers(
        operators=tuple(map(str, aws.operators)),
        carrier=carrier(configuration),
        encrypted=configuration.network.encryption,
        registry=configuration.bundled,
        bastion=aws.bastion is not None,
        internet=aws.placement == "public" or aws.nat != "none" or aws.vpc.id is not None,
        ingress_ports=ports.EVERY if configuration.ingress.provider else (),
        clients=tuple(map(str, aws.clients)) if configuration.ingress.provider else (),
        console=console.node_port if on_nodes else None,
    )


def carrier(configuration: Configuration) -> Carrier:
    """What carries pods' packets from machine to machine."""
    match configuration.network.provider:
        case "weave":
            return "weave"
        case "flannel":
            return "vxlan"
        case "manifest" | "calico":
            return "other"
