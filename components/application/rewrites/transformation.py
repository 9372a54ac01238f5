"""The rewrites as a Pulumi transformation: for the options of the component whose children are the vendor's objects.

Owns the callback. Does not own the rules (`composition.py`), nor what has to be done before a resource is made
(`preparation.py`): a transformation can change a resource's properties, not its type, and makes no other resources.
"""

from collections.abc import Iterable
from typing import Final

import pulumi

from components.application.rewrites.composition import RewriteSettings, compose, refused
from components.application.rewrites.report import Line, Report, name_of
from components.application.rewrites.wire import body_of, props_of

_PREFIX: Final = "kubernetes:"
_CLOSED_BOXES: Final = ("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize")


class RewriteError(Exception):
    """An object cannot be applied as it is; the message has a line for each reason."""

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__("\n".join(lines))


def transformation(settings: RewriteSettings, report: Report) -> pulumi.ResourceTransformation:
    """The callback. Every object that it sees is rewritten, and the report filled. Raises RewriteError."""
    rewrite = compose(settings)

    def rewritten(
        given: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if given.type_.startswith(_CLOSED_BOXES):
            sentence = f"{given.name}: objects inside a {given.type_} are out of reach; give them as manifests"
            raise RewriteError([sentence])
        if not given.type_.startswith(_PREFIX) or given.type_.count(":") != 2:  # noqa: PLR2004 - package:module:type
            return None
        before = body_of(given.type_, given.props)
        found = rewrite(before)
        name = name_of(before)
        report.add(name, found.findings)
        faults = [str(Line(object=name, finding=each)) for each in refused(found.findings)]
        if found.body["apiVersion"] != before["apiVersion"]:
            faults.append(
                f"{name}: {before['apiVersion']} is part of the resource's type; convert it before it is made"
            )
        if faults:
            raise RewriteError(faults)
        if found.body is before:
            return None
        props = props_of(given.props, found.body, before)
        return pulumi.ResourceTransformationResult(props=props, opts=given.opts)

    return rewritten
