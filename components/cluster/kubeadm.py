"""kubeadm's configuration documents (v1beta4), rendered from typed values.

Owns what the documents say. Does not own when they are used: init (control_plane.py) and join (membership.py).
"""

from dataclasses import dataclass

import yaml

from components.machines.machine import Profile

API_PORT = 6443
# The API server has 6443 on the same host, so each node's own load balancer listens elsewhere.
BALANCER_PORT = 7443
RUNTIME = "unix:///run/containerd/containerd.sock"
TOKEN = "@JOIN_TOKEN@"  # noqa: S105 - a place for a token, filled in on the host
CA_HASH = "@JOIN_CA_HASH@"
CERTIFICATE_KEY = "@JOIN_CERTIFICATE_KEY@"

Document = dict[str, object]

# What kubeadm's own checks cannot know of a namespaced host: its kernel's configuration is not readable, it shares the
# machine's swap and br_netfilter, and its kernel runs cgroup v1.
LAB_IGNORES = (
    "SystemVerification",
    "FileContent--proc-sys-net-bridge-bridge-nf-call-iptables",
    "Swap",
)


@dataclass(frozen=True, kw_only=True)
class ClusterSettings:
    """What is the same on every node. `version` is "1.35.4"; subnets are IPv4 CIDRs.

    `network` is the name of the pod network. `cloud` is the name of the cloud whose controller introduces each node;
    empty where nobody does.
    """

    name: str
    version: str
    pod_subnet: str
    service_subnet: str
    network: str
    proxy_mode: str = "iptables"
    extra_sans: tuple[str, ...] = ()
    cloud: str = ""

    @property
    def api_name(self) -> str:
        """The name under which every node finds the API servers, on itself; for the life of the cluster."""
        return f"api.{self.name}.internal"


@dataclass(frozen=True, kw_only=True)
class NodeSettings:
    """What differs from node to node. `address` is IPv4; `provider_id` is what the cloud calls the machine."""

    name: str
    address: str
    profile: Profile
    schedulable: bool = True
    control_plane: bool = False
    provider_id: str = ""


def init_documents(cluster: ClusterSettings, node: NodeSettings) -> str:
    """The YAML for `kubeadm init`: InitConfiguration, ClusterConfiguration, kubelet's and kube-proxy's."""
    init: Document = {
        **_kubeadm("InitConfiguration"),
        "localAPIEndpoint": _endpoint(node),
        "nodeRegistration": _registration(cluster, node),
    }
    return (
        _dump(init, _cluster(cluster))
        # Not for kubeadm: the node script compares this part with what the living cluster was made of, and another
        # network would cut off the pods that have their addresses from this one.
        + f"# pod network: {cluster.network}\n"
        # Nor this: a node that joined without it has not the name by which the cloud's controller finds its machine.
        + (f"# cloud: {cluster.cloud}\n" if cluster.cloud else "")
        + _dump(_kubelet(node.profile), _kube_proxy(cluster, node.profile))
    )


def join_documents(cluster: ClusterSettings, node: NodeSettings) -> str:
    """The YAML for `kubeadm join`, with places for the token, the CA's hash and the certificates' key."""
    control_plane: Document = {
        "localAPIEndpoint": _endpoint(node),
        "certificateKey": CERTIFICATE_KEY,
    }
    return _dump(
        {
            **_kubeadm("JoinConfiguration"),
            **({"controlPlane": control_plane} if node.control_plane else {}),
            "discovery": {
                "bootstrapToken": {
                    "apiServerEndpoint": f"{cluster.api_name}:{BALANCER_PORT}",
                    "token": TOKEN,
                    "caCertHashes": [CA_HASH],
                }
            },
            "nodeRegistration": _registration(cluster, node),
        }
    )


def _kubeadm(kind: str) -> Document:
    return {"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": kind}


def _endpoint(node: NodeSettings) -> Document:
    return {"advertiseAddress": node.address, "bindPort": API_PORT}


def _registration(cluster: ClusterSettings, node: NodeSettings) -> Document:
    return {
        "name": node.name,
        "criSocket": RUNTIME,
        # Without it kubelet takes the address of the default route's link, which on a host with several is a guess.
        "kubeletExtraArgs": [
            {"name": "node-ip", "value": node.address},
            *(_of_cloud(node) if cluster.cloud else ()),
        ],
        # Given even when there are none: left out, kubeadm would taint a control plane by itself.
        "taints": [] if node.schedulable else [_control_plane_taint()],
        "ignorePreflightErrors": list(LAB_IGNORES) if node.profile is Profile.LAB else [],
    }


def _of_cloud(node: NodeSettings) -> tuple[Document, ...]:
    """The node comes tainted until the cloud's controller has seen it, and says itself which machine it is.

    Without its identifier the controller would look for a machine whose private DNS name is the node's name.
    """
    if not node.provider_id:
        raise ValueError(f"{node.name} is no machine of the cloud whose controller is to know it")
    return (
        {"name": "cloud-provider", "value": "external"},
        {"name": "provider-id", "value": node.provider_id},
    )


def _control_plane_taint() -> Document:
    return {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}


def _cluster(cluster: ClusterSettings) -> Document:
    return {
        **_kubeadm("ClusterConfiguration"),
        "clusterName": cluster.name,
        "kubernetesVersion": f"v{cluster.version}",
        "controlPlaneEndpoint": f"{cluster.api_name}:{BALANCER_PORT}",
        "networking": {
            "podSubnet": cluster.pod_subnet,
            "serviceSubnet": cluster.service_subnet,
            "dnsDomain": "cluster.local",
        },
        # Each API server's own address is added by kubeadm; here stands only what is the same for all of them.
        "apiServer": {"certSANs": [cluster.api_name, "127.0.0.1", *cluster.extra_sans]},
    }


def _kubelet(profile: Profile) -> Document:
    document: Document = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "systemd",
        "rotateCertificates": True,
    }
    if profile is Profile.LAB:
        document |= {
            "cgroupDriver": "cgroupfs",
            "failCgroupV1": False,
            "failSwapOn": False,
            # The host lacks CAP_SYS_RESOURCE, as a user namespace does; the gate makes kubelet live with that.
            "featureGates": {"KubeletInUserNamespace": True},
            # The disk is shared with everything else on the machine, so a share of it says nothing about this host.
            "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1Gi"},
            "imageGCHighThresholdPercent": 100,
            "imageGCLowThresholdPercent": 99,
        }
    return document


def _kube_proxy(cluster: ClusterSettings, profile: Profile) -> Document:
    document: Document = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": cluster.proxy_mode,
        "clusterCIDR": cluster.pod_subnet,
    }
    if profile is Profile.LAB:
        # These sysctls belong to the machine, not to a network namespace: zero leaves them alone.
        document["conntrack"] = {
            "maxPerCore": 0,
            "min": 0,
            "tcpCloseWaitTimeout": "0s",
            "tcpEstablishedTimeout": "0s",
        }
    return document


def _dump(*documents: Document) -> str:
    # libyaml: in Python alone this took a third of what the program spends on a node.
    return yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False, explicit_start=True)
