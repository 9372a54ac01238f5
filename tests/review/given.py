"""Resources and graphs for tests, made by hand."""

from typing import Any

from review.graph import Graph, Resource

COMPONENT = "appliance:application:Application"


def resource(name: str, type_: str, *, inside: str = "", **fields: Any) -> Resource:
    """A custom resource, below components of these types (joined by $)."""
    path = f"{inside}${type_}" if inside else type_
    urn = f"urn:pulumi:test::appliance::{path}::{name}"
    return Resource(urn=urn, type=type_, name=name, custom=True, **fields)


def claim(name: str = "data", **spec: Any) -> Resource:
    """A PersistentVolumeClaim of an application."""
    return resource(
        name,
        "kubernetes:core/v1:PersistentVolumeClaim",
        inside=COMPONENT,
        inputs={"metadata": {"name": name, "namespace": "app"}, "spec": spec},
    )


def pods(name: str, container: dict[str, Any], inside: str = COMPONENT, **spec: Any) -> Resource:
    """A Deployment with one container."""
    template = {"spec": {"containers": [{"name": "main", **container}], **spec}}
    return resource(
        name,
        "kubernetes:apps/v1:Deployment",
        inside=inside,
        inputs={"metadata": {"name": name, "namespace": "app"}, "spec": {"template": template}},
    )


def graph(*resources: Resource) -> Graph:
    """A graph of these."""
    return Graph(stack="test", resources={each.urn: each for each in resources})
