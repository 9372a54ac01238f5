"""The bill of materials as CycloneDX: items, what is in them, and what that was linked from.

Owns which fact goes where in the document, and that equal bundles give equal bytes: no clock, no random serial number.
Does not own the facts (inventory.py, licences.py) nor the format: that is cyclonedx-python-lib.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from cyclonedx.contrib.this.builders import this_component
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType, Pedigree
from cyclonedx.model.contact import OrganizationalEntity
from cyclonedx.model.license import DisjunctiveLicense, LicenseAcknowledgement
from cyclonedx.model.lifecycle import LifecyclePhase, PredefinedLifecycle
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.spdx import is_supported_id
from packageurl import PackageURL

from bundle.lock import Item, content
from bundle.sbom.inventory import Contents, File
from bundle.sbom.licences import Table
from bundle.sbom.packages import Package
from bundle.sbom.programs import Module, Program

NAMESPACE: Final = uuid.UUID("7d8f0a52-3c55-5c0e-9a52-0f7d3b1c6e11")
"""Under which a document's own digest becomes its serial number."""

STDLIB: Final = "stdlib"
PATCHED: Final = (
    "Built from a copy of this module with edits of ours; they stand in bundle/recipes.py."
)


def text(items: Sequence[Item], contents: Mapping[str, Contents], licences: Table) -> str:
    """The document of these items, whose contents are given by name."""
    bom = Document(licences).bom(items, contents)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    # Neither is content: the clock is left out, and the serial number says which document this is.
    del document["metadata"]["timestamp"]
    del document["serialNumber"]
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    document["serialNumber"] = uuid.uuid5(NAMESPACE, digest).urn
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


class Document:
    """A document that is being put together; modules and packages stand in it once, however many items have them."""

    def __init__(self, licences: Table) -> None:
        self._licences = licences
        self._bom = Bom()
        self._known: dict[str, Component] = {}

    def bom(self, items: Sequence[Item], contents: Mapping[str, Contents]) -> Bom:
        """The whole document; made once."""
        bundle = Component(
            bom_ref="bundle",
            type=ComponentType.PLATFORM,
            name="kubernetes-appliance-bundle",
            version=content((item.name, item.digest) for item in items),
        )
        self._bom.metadata = BomMetaData(
            component=bundle,
            tools=ToolRepository(components=[this_component()]),
            lifecycles=[PredefinedLifecycle(phase=LifecyclePhase.POST_BUILD)],
        )
        # Only the archive of a package has a digest and its licences; it may come after a root with the same package.
        packages = [package for item in items for package in contents[item.name].packages]
        for package in sorted(packages, key=lambda one: not one.sha256):
            self._add(package_component(package))
        parts = [self._item(item, contents[item.name]) for item in items]
        self._bom.register_dependency(bundle, parts)
        return self._bom

    def _add(self, component: Component, parts: Iterable[Component] = ()) -> Component:
        """The component of this reference, with what it contains; the first one given stays."""
        reference = str(component.bom_ref.value)
        if reference not in self._known:
            self._known[reference] = component
            self._bom.components.add(component)
            self._bom.register_dependency(component, parts)
        return self._known[reference]

    def _item(self, item: Item, found: Contents) -> Component:
        packages = [self._add(package_component(package)) for package in found.packages]
        files = [self._file(item, file) for file in found.files]
        return self._add(item_component(item), [*packages, *files])

    def _file(self, item: Item, file: File) -> Component:
        reference = f"{item.name}#{file.path}"
        if file.program is None:
            return self._add(plain_component(reference, file))
        program = file.program
        compiler = Module(path=STDLIB, version=program.go)
        modules = [self._add(self._module(one)) for one in (compiler, *program.modules)]
        return self._add(self._program(reference, file, program), modules)

    def _program(self, reference: str, file: File, program: Program) -> Component:
        main = program.main
        return Component(
            bom_ref=reference,
            type=ComponentType.APPLICATION,
            name=file.path.rpartition("/")[2],
            version=main.version,
            hashes=[sha256(file.sha256)],
            purl=module_purl(main, program.package.removeprefix(main.path).strip("/")),
            licenses=self._module_licences(main),
            pedigree=pedigree(main),
            properties=[Property(name="appliance:path", value=file.path)],
        )

    def _module(self, module: Module) -> Component:
        purl = module_purl(module)
        return Component(
            bom_ref=purl.to_string(),
            type=ComponentType.LIBRARY,
            name=module.path,
            version=purl.version,
            purl=purl,
            licenses=self._module_licences(module),
            pedigree=pedigree(module),
            # A digest over a list of files, and therefore none of the hashes that the format knows.
            properties=[Property(name="appliance:go.sum", value=module.sum)] if module.sum else (),
        )

    def _module_licences(self, module: Module) -> list[DisjunctiveLicense]:
        return list(map(licence, self._licences.get(module.key, ())))


def item_component(item: Item) -> Component:
    """An image, or an artifact of files for hosts, under the name that nodes ask for it by."""
    name, _, tag = item.name.rpartition(":")
    # No repository_url: what was built here lies in the registry of that name with other bytes.
    purl = PackageURL(
        type="oci",
        name=name.rpartition("/")[2],
        version=item.digest,
        qualifiers={"arch": "amd64", "tag": tag},
    )
    return Component(
        bom_ref=item.name,
        type=ComponentType.CONTAINER if item.kind == "image" else ComponentType.FILE,
        name=name,
        version=tag,
        description=item.origin,
        hashes=[sha256(item.digest.removeprefix("sha256:"))],
        purl=purl,
    )


def package_component(package: Package) -> Component:
    """A Debian package."""
    purl = PackageURL(
        type="deb",
        namespace="debian",
        name=package.name,
        version=package.version,
        qualifiers={"arch": package.architecture, "distro": package.release},
    )
    source = f"{package.source} {package.source_version}"
    return Component(
        bom_ref=purl.to_string(),
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        supplier=OrganizationalEntity(name=package.maintainer) if package.maintainer else None,
        hashes=[sha256(package.sha256)] if package.sha256 else (),
        licenses=list(map(licence, package.licences)),
        purl=purl,
        properties=[Property(name="appliance:source-package", value=source)],
    )


def plain_component(reference: str, file: File) -> Component:
    """A file of which nothing more is known than its bytes."""
    return Component(
        bom_ref=reference,
        type=ComponentType.FILE,
        name=file.path,
        hashes=[sha256(file.sha256)],
    )


def pedigree(module: Module) -> Pedigree | None:
    """Where a patched copy comes from."""
    if not module.patched:
        return None
    ancestor = Component(name=module.path, version=module.version, purl=module_purl(module))
    return Pedigree(ancestors=[ancestor], notes=PATCHED)


def module_purl(module: Module, package: str = "") -> PackageURL:
    """The package URL of a Go module, or of a package in it."""
    version = module.version.removeprefix("go") if module.path == STDLIB else module.version
    namespace, _, name = module.path.rpartition("/")
    return PackageURL(
        type="golang", namespace=namespace, name=name, version=version, subpath=package or None
    )


def licence(name: str) -> DisjunctiveLicense:
    """A licence as its authors declare it: by SPDX's identifier, or by a name that SPDX does not have."""
    declared = LicenseAcknowledgement.DECLARED
    if is_supported_id(name):
        return DisjunctiveLicense(id=name, acknowledgement=declared)
    return DisjunctiveLicense(name=name, acknowledgement=declared)


def sha256(digest: str) -> HashType:
    """A SHA-256 in the format's own form."""
    return HashType(alg=HashAlgorithm.SHA_256, content=digest)
