"""One object of each kind that is converted, as releases wrote them, and what it is today.

The end-to-end tests apply the second of each pair, dry, to a real API server.
"""

from base64 import b64encode
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

Body = dict[str, Any]


def request_for(name: str) -> str:
    """A request for a certificate, as the API server takes it; the same in every run."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, None)
    return b64encode(made.public_bytes(Encoding.PEM)).decode()


METADATA = {"name": "x", "namespace": "app"}
POD = {
    "metadata": {"labels": {"app": "x"}},
    "spec": {"containers": [{"name": "a", "image": "a:1"}]},
}
SELECTOR = {"matchLabels": {"app": "x"}}
LABELLED = {**METADATA, "labels": {"app": "x"}}
ONE = {"maxSurge": 1, "maxUnavailable": 1}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}
ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
RULES = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
CONTAINERS = [{"name": "a", "image": "a:1"}]
TASK = {"template": {"spec": {"restartPolicy": "Never", "containers": CONTAINERS}}}
JOB = {"schedule": "@daily", "jobTemplate": {"spec": TASK}}
RULE = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["pods"]}
HOOK = {
    "name": "a.example.test",
    "clientConfig": {"url": "https://example.test"},
    "rules": [RULE],
    "sideEffects": "None",
}
CREDENTIALS = {
    "signerName": "example.test/signer",
    "request": request_for("x"),
    "usages": ["client auth"],
}
NAMES = {"plural": "things", "kind": "Thing"}


def old(version: str, kind: str, metadata: Any = None, **body: Any) -> Body:
    return {"apiVersion": version, "kind": kind, "metadata": metadata or METADATA, **body}


def plain(before: str, after: str, kind: str, **body: Any) -> tuple[Body, Body]:
    """A kind of which only the version changes."""
    return old(before, kind, **body), old(after, kind, **body)


def workloads() -> list[tuple[Body, Body]]:
    extensions, first, second, today = (
        "extensions/v1beta1",
        "apps/v1beta1",
        "apps/v1beta2",
        "apps/v1",
    )
    given = {"template": POD}
    selected = {"template": POD, "selector": SELECTOR}
    set_ = {"serviceName": "x", **given}
    return [
        (
            old(extensions, "Deployment", spec={**given, "rollbackTo": {"revision": 1}}),
            old(
                today, "Deployment", LABELLED, spec={**selected, "strategy": {"rollingUpdate": ONE}}
            ),
        ),
        (
            old(extensions, "DaemonSet", spec={**given, "templateGeneration": 3}),
            old(
                today,
                "DaemonSet",
                LABELLED,
                spec={**selected, "updateStrategy": {"type": "OnDelete"}},
            ),
        ),
        (
            old(extensions, "ReplicaSet", spec=given),
            old(today, "ReplicaSet", LABELLED, spec=selected),
        ),
        (old(first, "Deployment", spec=given), old(today, "Deployment", LABELLED, spec=selected)),
        (
            old(first, "StatefulSet", spec=set_),
            old(
                today,
                "StatefulSet",
                LABELLED,
                spec={**set_, "selector": SELECTOR, "updateStrategy": {"type": "OnDelete"}},
            ),
        ),
        (old(second, "Deployment", spec=selected), old(today, "Deployment", spec=selected)),
        (old(second, "DaemonSet", spec=selected), old(today, "DaemonSet", spec=selected)),
        (old(second, "ReplicaSet", spec=given), old(today, "ReplicaSet", spec=selected)),
        (
            old(second, "StatefulSet", spec={**set_, "selector": SELECTOR}),
            old(today, "StatefulSet", spec={**set_, "selector": SELECTOR}),
        ),
        plain(first, today, "ControllerRevision", revision=1, data={}),
        plain(second, today, "ControllerRevision", revision=1, data={}),
        plain("batch/v1beta1", "batch/v1", "CronJob", spec=JOB),
        plain("batch/v2alpha1", "batch/v1", "CronJob", spec=JOB),
    ]


def network() -> list[tuple[Body, Body]]:
    backend = {"serviceName": "x", "servicePort": 80}
    named = {"serviceName": "x", "servicePort": "http"}
    today = {"service": {"name": "x", "port": {"number": 80}}}
    paths_before = [
        {"path": "/", "backend": backend},
        {"path": "/a", "pathType": "Prefix", "backend": named},
    ]
    paths_after = [
        {"path": "/", "backend": today, "pathType": "ImplementationSpecific"},
        {
            "path": "/a",
            "pathType": "Prefix",
            "backend": {"service": {"name": "x", "port": {"name": "http"}}},
        },
    ]
    tls = [{"hosts": ["x.test"], "secretName": "tls"}]
    ingress = {
        "backend": backend,
        "tls": tls,
        "rules": [{"host": "x.test", "http": {"paths": paths_before}}],
    }
    after = {
        "defaultBackend": today,
        "tls": tls,
        "rules": [{"host": "x.test", "http": {"paths": paths_after}}],
    }
    slice_ = {"addressType": "IPv4", "ports": []}
    topology = {
        "kubernetes.io/hostname": "n1",
        "topology.kubernetes.io/zone": "z1",
        "topology.kubernetes.io/region": "r",
    }
    return [
        *(
            (
                old(f"{group}/v1beta1", "Ingress", spec=ingress),
                old("networking.k8s.io/v1", "Ingress", spec=after),
            )
            for group in ("extensions", "networking.k8s.io")
        ),
        plain(
            "extensions/v1beta1", "networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}}
        ),
        plain(
            "networking.k8s.io/v1beta1",
            "networking.k8s.io/v1",
            "IngressClass",
            spec={"controller": "example.test/x"},
        ),
        (
            old(
                "discovery.k8s.io/v1beta1",
                "EndpointSlice",
                endpoints=[{"addresses": ["10.0.0.1"], "topology": topology}],
                **slice_,
            ),
            old(
                "discovery.k8s.io/v1",
                "EndpointSlice",
                endpoints=[{"addresses": ["10.0.0.1"], "nodeName": "n1", "zone": "z1"}],
                **slice_,
            ),
        ),
    ]


def access() -> list[tuple[Body, Body]]:
    group, today = "rbac.authorization.k8s.io", "rbac.authorization.k8s.io/v1"
    subjects = [{"kind": "ServiceAccount", "name": "x", "namespace": "app"}]
    before = [
        {"kind": "User", "apiVersion": f"{group}/v1alpha1", "name": "*"},
        {"kind": "User", "name": "ann"},
        {"kind": "ServiceAccount", "apiVersion": "v1", "name": "x", "namespace": "app"},
    ]
    after = [
        {"kind": "Group", "name": "system:authenticated", "apiGroup": group},
        {"kind": "User", "name": "ann", "apiGroup": group},
        subjects[0],
    ]
    both = [
        pair
        for version in ("v1alpha1", "v1beta1")
        for kind in ("Role", "ClusterRole")
        for pair in [plain(f"{group}/{version}", today, kind, rules=RULES)]
    ]
    bindings = [
        plain(f"{group}/v1beta1", today, kind, subjects=subjects, roleRef=ROLE)
        for kind in ("RoleBinding", "ClusterRoleBinding")
    ]
    first = [
        (
            old(f"{group}/v1alpha1", kind, subjects=before, roleRef=ROLE),
            old(today, kind, subjects=after, roleRef=ROLE),
        )
        for kind in ("RoleBinding", "ClusterRoleBinding")
    ]
    request = plain(
        "certificates.k8s.io/v1beta1",
        "certificates.k8s.io/v1",
        "CertificateSigningRequest",
        spec=CREDENTIALS,
    )
    return [*both, *bindings, *first, request]


def scaling() -> list[tuple[Body, Body]]:
    kind, selector = "HorizontalPodAutoscaler", {"matchLabels": {"a": "b"}}
    ref = {"apiVersion": "extensions/v1beta1", "kind": "Deployment", "name": "x"}
    thing = {"apiVersion": "v1", "kind": "Service", "name": "x"}
    before = [
        {"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 80}},
        {"type": "Resource", "resource": {"name": "memory", "targetAverageValue": "1Gi"}},
        {
            "type": "ContainerResource",
            "containerResource": {"name": "cpu", "container": "a", "targetAverageUtilization": 50},
        },
        {
            "type": "Pods",
            "pods": {"metricName": "m", "selector": selector, "targetAverageValue": "1k"},
        },
        {"type": "Object", "object": {"target": thing, "metricName": "m", "targetValue": "10"}},
        {
            "type": "Object",
            "object": {
                "target": thing,
                "metricName": "m",
                "targetValue": "10",
                "averageValue": "2",
            },
        },
        {
            "type": "External",
            "external": {"metricName": "m", "metricSelector": selector, "targetValue": "5"},
        },
        {"type": "External", "external": {"metricName": "m", "targetAverageValue": "5"}},
    ]
    after = [
        {
            "type": "Resource",
            "resource": {
                "name": "cpu",
                "target": {"type": "Utilization", "averageUtilization": 80},
            },
        },
        {
            "type": "Resource",
            "resource": {
                "name": "memory",
                "target": {"type": "AverageValue", "averageValue": "1Gi"},
            },
        },
        {
            "type": "ContainerResource",
            "containerResource": {
                "name": "cpu",
                "container": "a",
                "target": {"type": "Utilization", "averageUtilization": 50},
            },
        },
        {
            "type": "Pods",
            "pods": {
                "metric": {"name": "m", "selector": selector},
                "target": {"type": "AverageValue", "averageValue": "1k"},
            },
        },
        {
            "type": "Object",
            "object": {
                "describedObject": thing,
                "metric": {"name": "m"},
                "target": {"type": "Value", "value": "10"},
            },
        },
        {
            "type": "Object",
            "object": {
                "describedObject": thing,
                "metric": {"name": "m"},
                "target": {"type": "AverageValue", "averageValue": "2"},
            },
        },
        {
            "type": "External",
            "external": {
                "metric": {"name": "m", "selector": selector},
                "target": {"type": "Value", "value": "5"},
            },
        },
        {
            "type": "External",
            "external": {
                "metric": {"name": "m"},
                "target": {"type": "AverageValue", "averageValue": "5"},
            },
        },
    ]
    most = {"maxReplicas": 3}
    return [
        (
            old(
                "autoscaling/v2beta1", kind, spec={"scaleTargetRef": ref, **most, "metrics": before}
            ),
            old("autoscaling/v2", kind, spec={"scaleTargetRef": TARGET, **most, "metrics": after}),
        ),
        (
            old(
                "autoscaling/v2beta2",
                kind,
                spec={"scaleTargetRef": TARGET, **most, "metrics": after},
            ),
            old("autoscaling/v2", kind, spec={"scaleTargetRef": TARGET, **most, "metrics": after}),
        ),
        (
            old("autoscaling/v1", kind, spec={"scaleTargetRef": ref, **most}),
            old("autoscaling/v1", kind, spec={"scaleTargetRef": TARGET, **most}),
        ),
        (
            old(
                "policy/v1beta1",
                "PodDisruptionBudget",
                spec={"minAvailable": 1, "selector": SELECTOR},
            ),
            old("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "selector": SELECTOR}),
        ),
    ]


def definitions() -> list[tuple[Body, Body]]:
    keep = {"x-kubernetes-preserve-unknown-fields": True}
    name = {"name": "things.example.test"}
    common = {"group": "example.test", "names": NAMES}
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}}},
    }
    kept = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}, **keep}},
        **keep,
    }
    column = {"name": "A", "type": "string"}
    client = {"service": {"name": "x", "namespace": "app"}}
    version = {"name": "v1", "served": True, "storage": True}
    before, today, kind = (
        "apiextensions.k8s.io/v1beta1",
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
    )
    return [
        (
            old(before, kind, name, spec={**common, "version": "v1"}),
            old(
                today,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Namespaced",
                    "versions": [
                        {**version, "schema": {"openAPIV3Schema": {"type": "object", **keep}}}
                    ],
                },
            ),
        ),
        (
            old(
                before,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Cluster",
                    "version": "v1",
                    "versions": [version],
                    "validation": {"openAPIV3Schema": schema},
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": [{**column, "JSONPath": ".spec.a"}],
                    "conversion": {"strategy": "Webhook", "webhookClientConfig": client},
                },
            ),
            old(
                today,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Cluster",
                    "versions": [
                        {
                            **version,
                            "schema": {"openAPIV3Schema": kept},
                            "subresources": {"status": {}},
                            "additionalPrinterColumns": [{**column, "jsonPath": ".spec.a"}],
                        }
                    ],
                    "conversion": {
                        "strategy": "Webhook",
                        "webhook": {
                            "clientConfig": client,
                            "conversionReviewVersions": ["v1beta1"],
                        },
                    },
                },
            ),
        ),
        (
            old(
                before,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Cluster",
                    "preserveUnknownFields": False,
                    "versions": [{**version, "schema": {"openAPIV3Schema": schema}}],
                },
            ),
            old(
                today,
                kind,
                name,
                spec={
                    **common,
                    "scope": "Cluster",
                    "versions": [{**version, "schema": {"openAPIV3Schema": schema}}],
                },
            ),
        ),
    ]


def extension_points() -> list[tuple[Body, Body]]:
    group = "admissionregistration.k8s.io"
    after = {
        **HOOK,
        "failurePolicy": "Ignore",
        "matchPolicy": "Exact",
        "timeoutSeconds": 30,
        "admissionReviewVersions": ["v1beta1"],
    }
    service = {
        "group": "example.test",
        "version": "v1",
        "groupPriorityMinimum": 100,
        "versionPriority": 10,
    }
    policy = {
        "validations": [{"expression": "true"}],
        "matchConstraints": {"resourceRules": [RULE]},
    }
    return [
        *(
            (
                old(f"{group}/v1beta1", kind, webhooks=[HOOK]),
                old(f"{group}/v1", kind, webhooks=[after]),
            )
            for kind in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
        ),
        plain(f"{group}/v1beta1", f"{group}/v1", "ValidatingAdmissionPolicy", spec=policy),
        plain(
            f"{group}/v1beta1",
            f"{group}/v1",
            "ValidatingAdmissionPolicyBinding",
            spec={"policyName": "x", "validationActions": ["Deny"]},
        ),
        (
            old(
                "apiregistration.k8s.io/v1beta1",
                "APIService",
                {"name": "v1.example.test"},
                spec=service,
            ),
            old(
                "apiregistration.k8s.io/v1", "APIService", {"name": "v1.example.test"}, spec=service
            ),
        ),
    ]


def node_and_storage() -> list[tuple[Body, Body]]:
    storage = "storage.k8s.io"
    flow = "flowcontrol.apiserver.k8s.io"
    schema = {"priorityLevelConfiguration": {"name": "x"}}
    reject = {"limitResponse": {"type": "Reject"}}
    level = "PriorityLevelConfiguration"
    attached = {
        "attacher": "example.test",
        "nodeName": "n1",
        "source": {"persistentVolumeName": "v"},
    }
    return [
        plain(
            "coordination.k8s.io/v1beta1",
            "coordination.k8s.io/v1",
            "Lease",
            spec={"holderIdentity": "x"},
        ),
        plain("node.k8s.io/v1beta1", "node.k8s.io/v1", "RuntimeClass", handler="x"),
        (
            old(
                "node.k8s.io/v1alpha1",
                "RuntimeClass",
                spec={"runtimeHandler": "x", "scheduling": {"nodeSelector": {"a": "b"}}},
            ),
            old(
                "node.k8s.io/v1",
                "RuntimeClass",
                handler="x",
                scheduling={"nodeSelector": {"a": "b"}},
            ),
        ),
        plain("scheduling.k8s.io/v1alpha1", "scheduling.k8s.io/v1", "PriorityClass", value=1),
        plain("scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1", "PriorityClass", value=1),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "StorageClass", provisioner="example.test"),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "CSIDriver", spec={}),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "CSINode", spec={"drivers": []}),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "CSIStorageCapacity", storageClassName="x"),
        plain(f"{storage}/v1alpha1", f"{storage}/v1", "CSIStorageCapacity", storageClassName="x"),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "VolumeAttachment", spec=attached),
        plain(f"{storage}/v1alpha1", f"{storage}/v1", "VolumeAttachment", spec=attached),
        *(
            plain(f"{flow}/{version}", f"{flow}/v1", "FlowSchema", spec=schema)
            for version in ("v1beta1", "v1beta2", "v1beta3")
        ),
        *(
            (
                old(
                    f"{flow}/{version}",
                    level,
                    spec={"type": "Limited", "limited": {"assuredConcurrencyShares": 5, **reject}},
                ),
                old(
                    f"{flow}/v1",
                    level,
                    spec={"type": "Limited", "limited": {"nominalConcurrencyShares": 5, **reject}},
                ),
            )
            for version in ("v1beta1", "v1beta2")
        ),
        (
            old(
                f"{flow}/v1beta3",
                level,
                spec={"type": "Limited", "limited": {"nominalConcurrencyShares": 0, **reject}},
            ),
            old(f"{flow}/v1", level, spec={"type": "Limited", "limited": reject}),
        ),
    ]


PAIRS = [
    *workloads(),
    *network(),
    *access(),
    *scaling(),
    *definitions(),
    *extension_points(),
    *node_and_storage(),
]
