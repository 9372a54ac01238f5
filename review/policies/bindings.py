"""Nobody by default rules the cluster.

Owns the rule for bindings of cluster-admin to accounts that pods have without asking. Does not own the rights that each
layer gives its own account.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from review.policies.finding import Case, Finding

RBAC: Final = "kubernetes:rbac.authorization.k8s.io/v1:"
ADMIN: Final = "cluster-admin"
_EVERYBODY: Final = ("system:serviceaccounts", "system:authenticated", "system:unauthenticated")


def bindings(case: Case) -> Iterator[Finding]:
    """Every binding of cluster-admin to a default account, or to a group of all accounts."""
    for each in case.graph.of(f"{RBAC}ClusterRoleBinding", f"{RBAC}RoleBinding"):
        if each.at("roleRef", "name") != ADMIN:
            continue
        subjects = each.at("subjects")
        for subject in subjects if isinstance(subjects, list) else ():
            if isinstance(subject, dict) and (who := _by_default(subject)):
                yield Finding(
                    urn=each.urn,
                    what=f"makes {who} {ADMIN}",
                    cure="give the workload an account of its own with the rights that it needs",
                )


def _by_default(subject: Mapping[str, Any]) -> str | None:
    """Who a subject is in words, if pods are that without asking."""
    kind, name = subject.get("kind"), str(subject.get("name"))
    if kind == "ServiceAccount" and name == "default":
        return f"the default account of {subject.get('namespace')}"
    if kind == "Group" and name.startswith(_EVERYBODY):
        return f"the group {name}"
    return None
