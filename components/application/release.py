"""A vendor's release: everything that one file says, read and rendered, with everything that is wrong with it.

Owns the order of reading: headers, the application's own description, options, templates, objects, admission. Pure, and
never raises. Does not own any of these steps, nor what becomes of the objects (`application.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from components.application import addresses, admission, commands, image_list, preflight
from components.application.admission import Rules
from components.application.checked import Checked
from components.application.description import Description, ItemType
from components.application.facts import Facts
from components.application.functions import (
    Functions,
    functions,
)
from components.application.options import Given, Options
from components.application.rendering import FILE, Rendering, rendering
from components.application.sections import (
    OBJECT,
    PREFLIGHT,
    REPLICATED,
    Section,
    sections,
)
from components.application.template.evaluator import value_of
from components.application.template.fault import TemplateError
from components.application.template.late import Late, StandIns
from components.application.template.lexer import LEFT
from components.manifest import kinds
from components.manifest.document import Document, documents
from components.manifest.objects import KubernetesObject
from components.manifest.objects import read as read_objects
from components.manifest.place import Fault

Objects = tuple[KubernetesObject, ...]
Prepare = Callable[[Objects], tuple[Objects, tuple[Fault, ...]]]
"""The objects as they are to be applied, such as in API versions that are served, and why some cannot be."""

_QUOTES: Final = "\u201c\u201d\u2018\u2019"


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release as it is to be applied. `notes` say what was kept and not acted on, `kept` are such documents."""

    description: Description
    facts: Facts
    objects: tuple[KubernetesObject, ...]
    stand_ins: StandIns
    properties: dict[str, str | Late]
    kept: tuple[Document, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReleaseReading:
    """A release, or what is wrong with it."""

    release: Release | None
    faults: tuple[Fault, ...]


def read(
    text: str,
    file: str,
    facts: Facts,
    *,
    given: Given,
    rules: Rules,
    prepare: Prepare = lambda objects: (objects, ()),
) -> ReleaseReading:
    """The release in `text`; `file` is the name that faults use. `prepare` is done before objects are judged."""
    found, faults = sections(text, file)
    if faults:
        return ReleaseReading(release=None, faults=faults)
    described = next(section for section in found if section.kind == REPLICATED)
    document = _document(described)
    checked = Checked(Description, document)
    if checked.value is None:
        return ReleaseReading(release=None, faults=_hinted(checked.faults, text))
    description = checked.value
    options = Options(description, document, given)
    options.functions = functions(description, facts, options)
    wrong = [*checked.faults, *commands.faults(description, document), *options.faults()]
    objects = (section for section in found if section.kind == OBJECT)
    made = rendering(objects, options.functions, text)
    wrong += made.faults
    applied, more = _objects(made, facts, rules, prepare)
    wrong += more
    kept, more = _kept(found, options.functions, text)
    wrong += more
    properties, more = _properties(description, document, options.functions)
    wrong += more
    late = {key: value for key, value in properties.items() if isinstance(value, Late)}
    at = document.at("properties")
    wrong += addresses.unanswered(applied, addresses.asked(found, made.stand_ins, late, at))
    wrong += addresses.circles(applied, made.stand_ins)
    wrong += _requirements(description, document)
    if wrong:
        return ReleaseReading(release=None, faults=tuple(sorted(set(wrong))))
    release = Release(
        description=description,
        facts=facts,
        objects=applied,
        stand_ins=made.stand_ins,
        properties=properties,
        kept=kept,
        notes=(
            *description.notes(),
            *_not_acted_on(found),
            *_quotes(applied),
            *image_list.notes(description, facts.license.app_slug, applied, made.stand_ins),
        ),
    )
    return ReleaseReading(release=release, faults=())


def file_options(text: str, file: str) -> frozenset[str]:
    """The names of the options that take a file; none if the release cannot be read."""
    return options_of("file", text, file)


def options_of(type_: ItemType, text: str, file: str) -> frozenset[str]:
    """The names of the options of one type; none if the release cannot be read."""
    found, _ = sections(text, file)
    for section in found:
        if section.kind == REPLICATED:
            value = Checked(Description, _document(section)).value
            groups = value.config if value else ()
            return frozenset(
                item.name for group in groups for item in group.items if item.type == type_
            )
    return frozenset()


def _document(section: Section) -> Document:
    """The description's document, with lines of the file."""
    lines = section.place.line - 1
    found = next(documents("\n" * lines + section.text, section.place.file), None)
    if found is None:
        raise AssertionError("a section holds more than comments")
    at = replace(found.place, document=section.place.document)
    faults = (
        Fault(place=replace(each.place, document=at.document), text=each.text)
        for each in found.faults
    )
    return replace(found, place=at, faults=tuple(faults))


def _hinted(faults: tuple[Fault, ...], whole: str) -> tuple[Fault, ...]:
    """A template without quotes is the usual reason why this one document is not what it should be."""
    lines = whole.split("\n")
    return tuple(
        replace(
            each,
            text=f"{each.text}; this document is read before its templates are rendered, so put a value that begins "
            f"with {LEFT} in quotes",
        )
        if LEFT in lines[each.place.line - 1]
        else each
        for each in faults
    )


def _objects(
    made: Rendering, facts: Facts, rules: Rules, prepare: Prepare
) -> tuple[Objects, list[Fault]]:
    reading = read_objects(made.text, FILE, facts.namespace)
    faults = [made.fault(each) for each in reading.faults]
    found = tuple(replace(one, place=made.place(one.place)) for one in reading.objects)
    placed, more = prepare(_placed(found, facts.namespace))
    faults += more
    if not placed and not faults and not made.faults:
        sentence = f"the release has no object: no document `# kind: {OBJECT}` comes to one"
        faults.append(Fault(place=made.places[0], text=sentence))
    faults += admission.faults(placed, facts.namespace, rules, made.stand_ins)
    return placed, faults


def _placed(objects: Sequence[KubernetesObject], namespace: str) -> tuple[KubernetesObject, ...]:
    """Custom resources whose definition is elsewhere, and that name no namespace, are taken for ones that have one."""
    defined = set(admission.defined(objects))
    return tuple(
        one
        if one.namespace or kinds.is_built_in(one.group) or one.group in defined
        else replace(
            one,
            body={**one.body, "metadata": {**one.body["metadata"], "namespace": namespace}},
        )
        for one in objects
    )


def _properties(
    description: Description, document: Document, known: Functions
) -> tuple[dict[str, str | Late], list[Fault]]:
    """The description's `properties`, rendered."""
    made: dict[str, str | Late] = {}
    faults: list[Fault] = []
    for key in type(description.properties).model_fields:
        text = str(getattr(description.properties, key))
        place = document.at("properties", key)
        try:
            made[key] = value_of(text, known, place.line) if LEFT in text else text
        except TemplateError as error:
            faults.append(Fault(place=place, text=f"properties.{key}: {error.text}"))
    return made, faults


def _requirements(description: Description, document: Document) -> Iterator[Fault]:
    path = ("kubernetes", "requirements")
    for key, sentence in preflight.unreadable(description.kubernetes.requirements):
        yield Fault(place=document.at(*path, key), text=f"{'.'.join(path)}.{key}: {sentence}")


def _kept(
    found: Sequence[Section], known: Functions, whole: str
) -> tuple[tuple[Document, ...], list[Fault]]:
    """The documents that are neither the description nor objects, rendered and read."""
    made = rendering((one for one in found if one.kind not in (REPLICATED, OBJECT)), known, whole)
    kept = tuple(documents(made.text, FILE))
    wrong = [made.fault(each) for document in kept for each in document.faults]
    return kept, [*made.faults, *wrong]


def _not_acted_on(found: tuple[Section, ...]) -> Iterator[str]:
    for section in found:
        if section.kind not in (REPLICATED, OBJECT):
            why = (
                "the requirements of the description are checked, collectors are not"
                if section.kind == PREFLIGHT
                else "support bundles are not made here"
            )
            yield f"{section.place}: `# kind: {section.kind}` is kept and not acted on: {why}"


def _quotes(objects: tuple[KubernetesObject, ...]) -> Iterator[str]:
    for one in objects:
        if any(each in str(one.body) for each in _QUOTES):
            yield f"{one.place}: {one} holds typographic quotes; outside of templates they are part of the text"
