"""Ingresses of extensions/v1beta1 and networking.k8s.io/v1beta1, and endpoint slices of discovery.k8s.io/v1beta1.

Owns their backends, path types and topology. Classes by annotation stay as they are: controllers still read them.
"""

from typing import Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Path, is_late
from components.manifest.body import Body, numbered_at, value_at

_WHY: Final = "networking.k8s.io/v1 writes it so"
_PLACES: Final = {"kubernetes.io/hostname": "nodeName", "topology.kubernetes.io/zone": "zone"}


def ingress(draft: Draft) -> None:
    """Backends name a service and a port as a group; every path has a type."""
    spec = value_at(draft.body, "spec")
    default = value_at(spec, "backend")
    if isinstance(default, dict):
        found = _backend(draft, ("spec", "backend"), default)
        if found is not None:
            draft.rename(("spec", "backend"), "defaultBackend", found, _WHY)
    for number, rule in numbered_at(spec, "rules"):
        for index, path in numbered_at(rule, "http", "paths"):
            _path(draft, ("spec", "rules", number, "http", "paths", index), path)


def _path(draft: Draft, where: Path, path: Body) -> None:
    if path.get("pathType") is None:
        why = "what a path means was the controller's own business"
        draft.set((*where, "pathType"), "ImplementationSpecific", why)
    backend = path.get("backend")
    if isinstance(backend, dict):
        found = _backend(draft, (*where, "backend"), backend)
        if found is not None and found != backend:
            draft.set((*where, "backend"), found, _WHY)
    else:
        draft.refuse((*where, "backend"), "is missing; give serviceName and servicePort")


def _backend(draft: Draft, where: Path, backend: Body) -> Body | None:
    """A backend in today's form; None, and refused, if it cannot be."""
    rest = {
        key: value for key, value in backend.items() if key not in ("serviceName", "servicePort")
    }
    if "serviceName" not in backend and rest:
        return rest
    port = backend.get("servicePort")
    if not backend.get("serviceName") or port is None or port in (0, ""):
        draft.refuse(where, "names no service, or no port of it; give serviceName and servicePort")
        return None
    if isinstance(port, str) and port.isdecimal():
        port = int(port)
    if is_late(port):
        draft.refuse(
            (*where, "servicePort"),
            "is only known after deployment: whether it is a name or a number is not",
        )
        return None
    kind = "number" if isinstance(port, int) else "name"
    return {"service": {"name": backend["serviceName"], "port": {kind: port}}, **rest}


def endpoints(draft: Draft) -> None:
    """Where an endpoint is has fields of its own."""
    for index, endpoint in numbered_at(draft.body, "endpoints"):
        topology = endpoint.get("topology")
        if not isinstance(topology, dict):
            continue
        where = ("endpoints", index)
        if unknown := sorted(set(topology) - {*_PLACES, "topology.kubernetes.io/region"}):
            draft.refuse(
                (*where, "topology"),
                f"{unknown[0]} has no field in discovery.k8s.io/v1; take it out",
            )
            continue
        for key, name in _PLACES.items():
            if key in topology and name not in endpoint:
                draft.set((*where, name), topology[key], "discovery.k8s.io/v1 has a field for it")
        draft.remove((*where, "topology"), "discovery.k8s.io/v1 has fields for it")
