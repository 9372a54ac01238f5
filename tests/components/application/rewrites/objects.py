"""Objects for the tests of rewrites."""

from copy import deepcopy
from typing import Any

from components.application.rewrites.finding import Rewritten, Verdict

Body = dict[str, Any]


def made(api_version: str, kind: str, **body: Any) -> Body:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **deepcopy(body)}


def template(spec: Body) -> Body:
    return {"template": {"metadata": {"labels": {"app": "x"}}, "spec": spec}}


def in_every_kind(spec: Body) -> list[Body]:
    """The pods in each kind that holds pods, with their shape as the API server has it today."""
    return [
        made("v1", "Pod", spec=spec),
        made("v1", "PodTemplate", **template(spec)),
        made("v1", "ReplicationController", spec=template(spec)),
        *(
            made("apps/v1", kind, spec=template(spec))
            for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
        ),
        made("batch/v1", "Job", spec=template(spec)),
        made("batch/v1", "CronJob", spec={"jobTemplate": {"spec": template(spec)}}),
    ]


def name(body: Body) -> str:
    return f"{body['apiVersion']} {body['kind']}"


def of(found: Rewritten, verdict: Verdict) -> dict[str, str]:
    """Path → reason of the findings with a verdict."""
    return {each.where: each.why for each in found.findings if each.verdict is verdict}


def changes(found: Rewritten) -> dict[str, tuple[object, object]]:
    """Path → old and new of what was changed."""
    return {
        each.where: (each.old, each.new)
        for each in found.findings
        if each.verdict is Verdict.CHANGED
    }
