"""Ingresses and their like, old and new."""

from tests.components.application.rewrites.api_versions.old.objects import (
    Body,
    old,
    plain,
)


def pairs() -> list[tuple[Body, Body]]:
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
