"""The configuration reference, written from the model so that it cannot say anything else.

Owns the page `docs/user/configuration.md`. Does not own any word about a key: those stand beside it in the model.
`python -m stacks.config.reference` writes the page.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stacks.config import MADE, PROJECT, Groups
from stacks.config.schema import fields, group

PAGE: Final = Path("docs/user/configuration.md")

_LONGEST = 40

_HEAD = f"""# Configuration

This page is written by `python -m stacks.config.reference` from the model in `stacks/config/`; change it there.

A stack's configuration is the file `Pulumi.<stack>.yaml`. Every key below stands under `config:` with `{PROJECT}:`
before the group's name. Only `{PROJECT}:hosts` is required:

```yaml
config:
  {PROJECT}:hosts:
    provider: local
    nodes:
      - {{name: n1, roles: [control-plane, worker]}}
      - {{name: n2, roles: [worker]}}
  {PROJECT}:airgap: {{bundle: local}}
```

Without `airgap.bundle` hosts are [installed from the internet](online.md).

All faults of a file are reported at once, before anything is changed; each line has the file, the place, what is wrong
and what is allowed:

```
Pulumi.dev.yaml: hosts.nodes[1].roles[0]: 'mastr' is not one of control-plane, worker, storage
```

Paths of files start at the repository. "For life" means: another value is another cluster.
"""

_TAIL = f"""
## Secrets

`make init STACK=<stack>` makes those that are not there and keeps them encrypted:
{", ".join(f"`{key}`" for key in MADE)}. Passwords and certificates are derived from
`rootSecret`. You set yourself, if you want to: `ingressKey`, for
[a certificate of your own](ingress.md#a-certificate-of-your-own), `replicatedPassword` and `replicatedPullSecret`
([Replicated](replicated.md#secrets)), `releaseSecrets`, the options of a release that are secret
([vendors](vendors.md#options)), and `snapshotKeys`, the keys of the store of objects that
[snapshots](snapshots.md) lie in. Nothing else in the configuration may be encrypted.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join((_HEAD, *_sections(Groups, ()))) + _TAIL


def _sections(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[str]:
    """A table for each group, those inside it after it."""
    plain, nested = [], []
    for key, field in fields(model).items():
        inner = group(field.annotation)
        if inner is None or path:
            plain.append(_row(key, field))
        if inner is not None:
            nested.append((key, field, inner))
    if plain:
        title = f"`{'.'.join(path)}`" if path else "Single keys"
        yield f"## {title}\n\n| key | value | without it | meaning |\n| --- | --- | --- | --- |"
        yield "\n".join(plain) + "\n"
    for key, field, inner in nested:
        items = "[]" if _is_list(field) else ""
        yield from _sections(inner, (*path, f"{key}{items}"))


def _row(key: str, field: FieldInfo) -> str:
    meaning = field.description or ""
    if field.examples and group(field.annotation) is None:
        meaning += f" Example: `{_text(field.examples[0])}`"
    return f"| `{key}` | {field.title} | {_default(field)} | {meaning} |"


def _default(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "without" in extra:
        return str(extra["without"])
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    return f"`{_text(value)}`" if value not in (None, (), {}) else ""


def _text(value: object) -> str:
    """A value as the file would hold it, on one line; keys of hosts are cut."""
    if isinstance(value, str):
        return value if len(value) < _LONGEST else f"{value[:_LONGEST]}…"
    return json.dumps(value, default=str).replace('"', "")


def _is_list(field: FieldInfo) -> bool:
    return getattr(field.annotation, "__origin__", None) is tuple


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page())
