"""Whose fields Kubernetes objects are: one name for the life of the cluster.

Owns the name and putting it on every object. Without it Pulumi's provider makes up a name for each object and keeps it
in the state: after a lost state the objects are adopted under new names, and what the configuration no longer says
stays on them, because it is still the old names' (pulumi-kubernetes, `fieldManagerName`).
"""

from collections.abc import Mapping
from typing import Any, Final

import pulumi

MANAGER: Final = "kubernetes-appliance"
ANNOTATION: Final = "pulumi.com/patchFieldManager"


def under_one_name(
    resource: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    """A transformation for everything whose objects the appliance makes; what is no object is left alone."""
    if not resource.type_.startswith("kubernetes:"):
        return None
    props = {**resource.props, "metadata": named(resource.props.get("metadata") or {})}
    return pulumi.ResourceTransformationResult(props=props, opts=resource.opts)


def named(metadata: object) -> Mapping[str, Any]:
    """The metadata with the annotation. Raises TypeError for anything but a plain mapping: it would be passed over."""
    if not isinstance(metadata, Mapping):
        raise TypeError(f"metadata is a {type(metadata).__name__}; write it as a dictionary")
    annotations = {**(metadata.get("annotations") or {}), ANNOTATION: MANAGER}
    return {**metadata, "annotations": annotations}
