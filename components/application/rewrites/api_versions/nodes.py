"""Runtime classes of node.k8s.io/v1alpha1, which had a spec."""

from components.application.rewrites.draft import Draft
from components.manifest.body import value_at


def runtime_class(draft: Draft) -> None:
    """What was in the spec stands at the top; the handler has another name."""
    spec = draft.body.get("spec")
    handler = value_at(spec, "runtimeHandler")
    if not isinstance(spec, dict) or not handler:
        draft.refuse(("spec", "runtimeHandler"), "is missing; give the handler's name")
        return
    why = "node.k8s.io/v1 has no spec"
    draft.set(("handler",), handler, why)
    for key in ("overhead", "scheduling"):
        if key in spec:
            draft.set((key,), spec[key], why)
    draft.remove(("spec",), why)
