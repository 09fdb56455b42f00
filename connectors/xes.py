"""Event logs in XES (IEEE 1849): XML in which a log holds traces and a trace holds events, each with attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

CASE = "case:"
"""What stands before the key of a trace's attribute, so that `case:concept:name` is the trace's name."""


def events(path: Path) -> Iterator[dict[str, str]]:
    """Read the events of an XES file, one at a time, each with the attributes of its trace.

    Attributes inside attributes, and the defaults that a log may declare, are not read.

    Raises
    ------
    InputError
        If the file cannot be read, is no XES, or holds a document type or entities, which no log needs.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        with path.open("rb") as file:
            open_elements: list[Element] = []
            held: list[dict[str, str]] = []
            for what, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                if what == "start":
                    open_elements.append(element)
                    if len(open_elements) == 1 and _tag(element) != "log":
                        raise InputError(f"{path}: its XML is no <log> but <{_tag(element)}>; name a file in XES")
                    continue
                open_elements.pop()
                tag = _tag(element)
                if tag == "event":
                    held.append(_attributes(element))
                elif tag == "trace":
                    trace = {CASE + key: value for key, value in _attributes(element).items()}
                    yield from ({**trace, **event} for event in held)
                    held = []
                if tag in {"event", "trace"}:
                    element.clear()
                    if open_elements:
                        open_elements[-1].remove(element)
    except DefusedXmlException:
        raise InputError(f"{path}: declares a document type or entities; a log needs none; take them out") from None
    except (ParseError, LookupError, ValueError) as error:  # the latter two of encodings that Python does not read
        raise InputError(f"{path}: is not XML ({error}); name a file in XES") from None


def _tag(element: Element) -> str:
    """Return the tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _attributes(element: Element) -> dict[str, str]:
    """Return the attributes that stand directly in an event or a trace."""
    return {child.attrib["key"]: child.attrib.get("value", "") for child in element if "key" in child.attrib}
