"""A PDF file as archives and screen readers want it, written while it is drawn: PDF/A-2a and PDF/UA-1.

Every sheet goes to the file when it is done, so that a print of ten thousand takes no more memory than one
of ten. The same drawing gives the same bytes: the file holds no clock and no chance.

Objects are named by their numbers. Measures are points from the lower left corner.
"""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby
from typing import Final, Protocol

LANGUAGE: Final = "zh-CN"
PROGRAM: Final = "Zhikao"
_COMPRESSION: Final = 6
_BOX: Final = 200
"""How many small objects are compressed together."""
_PLAIN: Final = 1 << 62
"""Marks the place of an object that stands in the file by itself."""
_ROW: Final = 8
"""Bytes of an object's row in the list of places: its kind, its place, its place in the box."""
_HEAD: Final = b"%PDF-1.7\n%\xe7\x9b\xb4\xe8\x80\x83\n"


class Sink(Protocol):
    """Where the bytes go."""

    def write(self, data: bytes, /) -> object: ...


@dataclass
class Element:
    """A piece of a sheet for whoever hears it read: `kind` is P, Figure, TH or TD, `marks` are its pieces' numbers.

    A figure has words that stand for it; the cell of a table has a `row`, and follows the one before it.
    """

    kind: str
    alternative: str = ""
    marks: list[int] = field(default_factory=list)
    row: int | None = None


class PdfFile:
    """One file that is being written. `close` completes it."""

    def __init__(self, sink: Sink, title: str) -> None:
        self._sink = sink
        self._title = title
        self._at = 0
        self._digest = hashlib.sha256()
        self._places = array("Q", [0])
        self._pages = array("Q")
        self._sections = array("Q")
        self._parents = array("Q")
        self._forms: dict[str, int] = {}
        self._pictures = False
        self._boxed: list[tuple[int, str]] = []
        self._words: dict[str, int] = {}
        self._emit(_HEAD)
        self._catalogue, self._tree, self.fonts = self.reserve(), self.reserve(), self.reserve()
        self._structure, self._document = self.reserve(), self.reserve()

    def reserve(self) -> int:
        """A number for an object that is written later."""
        self._places.append(0)
        return len(self._places) - 1

    def put(self, body: str, number: int | None = None) -> int:
        """Write an object; its number. Small objects go to the file a box at a time, compressed together."""
        number = self.reserve() if number is None else number
        self._places[number] = len(self._boxed)
        self._boxed.append((number, body))
        if len(self._boxed) == _BOX:
            self._write_box()
        return number

    def words(self, text: str) -> str:
        """A text that many objects say: written once."""
        if text not in self._words:
            self._words[text] = self.put(text_string(text))
        return f"{self._words[text]} 0 R"

    def stream(self, entries: str, data: bytes, *, packed: bool = False, number: int | None = None) -> int:
        """Write a stream with the given dictionary entries; its number. `packed`: the data have a filter already."""
        if not packed:
            entries, data = entries + "/Filter/FlateDecode", zlib.compress(data, _COMPRESSION)
        head = f"<<{entries}/Length {len(data)}>>stream\n".encode("ascii")
        number = self.reserve() if number is None else number
        self._places[number] = _PLAIN | self._at
        self._emit(b"%d 0 obj\n%b%b\nendstream\nendobj\n" % (number, head, data))
        return number

    def form(self, name: str, size: tuple[float, float], content: bytes) -> None:
        """Write a drawing that sheets lay by its name. What it lays itself has been written before."""
        entries = f"/Type/XObject/Subtype/Form/BBox[0 0 {size[0]:.2f} {size[1]:.2f}]/Resources{self._resources()}"
        self._forms[name] = self.stream(entries + "/Filter/FlateDecode", _packed(content), packed=True)

    def picture(self, name: str, png: bytes) -> None:
        """Write a picture that sheets draw by its name; after `/Ink gs` what lies under it shows through."""
        from core.documents.photo import open_picture

        picture = open_picture(png).convert("RGBA")
        about = f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}/BitsPerComponent 8"
        clear = self.stream(f"{about}/ColorSpace/DeviceGray", picture.getchannel("A").tobytes())
        colours = zlib.compress(picture.convert("RGB").tobytes(), 9)
        entries = f"{about}/ColorSpace/DeviceRGB/SMask {clear} 0 R/Filter/FlateDecode"
        self._forms[name], self._pictures = self.stream(entries, colours, packed=True), True

    def page(
        self, size: tuple[float, float], content: bytes, elements: Sequence[Element], images: Iterable[int] = ()
    ) -> None:
        """Write a sheet. `elements` say in their order what its marked pieces are; `images` are its own, `I0` on."""
        drawing = self.stream("", content)
        page, section = self.reserve(), self.reserve()
        own = "".join(f"/I{place} {image} 0 R" for place, image in enumerate(images))
        self.put(
            f"<</Type/Page/Parent {self._tree} 0 R/MediaBox[0 0 {size[0]:.2f} {size[1]:.2f}]"
            f"/Resources{self._resources(own)}/Contents {drawing} 0 R/StructParents {len(self._pages)}>>",
            page,
        )
        owners: dict[int, int] = {}
        numbers: list[int] = []
        for cells, some in groupby(elements, lambda element: element.row is not None):
            pieces = list(some)
            if cells:
                numbers.append(self._table(pieces, section, page, owners))
            else:
                numbers += self._said(pieces, section, page, owners)
        self.put(f"<</S/Sect/P {self._document} 0 R/K[{_references(numbers)}]>>", section)
        self._parents.append(self.put(f"[{_references(owners[mark] for mark in sorted(owners))}]"))
        self._pages.append(page)
        self._sections.append(section)

    def _said(self, elements: Iterable[Element], parent: int, page: int, owners: dict[int, int]) -> list[int]:
        """Write what pieces of a sheet are; `owners` learns whose each mark is."""
        numbers = []
        for element in elements:
            said = f"/Alt {self.words(element.alternative)}" if element.alternative else ""
            said += "/A<</O/Table/Scope/Column>>" if element.kind == "TH" else ""
            marks = " ".join(map(str, element.marks))
            number = self.put(f"<</S/{element.kind}/P {parent} 0 R/Pg {page} 0 R{said}/K[{marks}]>>")
            owners.update(dict.fromkeys(element.marks, number))
            numbers.append(number)
        return numbers

    def _table(self, cells: Sequence[Element], parent: int, page: int, owners: dict[int, int]) -> int:
        """Write a table of these cells, row by row; its number."""
        table, rows = self.reserve(), []
        for _, some in groupby(cells, lambda cell: cell.row):
            row = self.reserve()
            self.put(f"<</S/TR/P {table} 0 R/K[{_references(self._said(some, row, page, owners))}]>>", row)
            rows.append(row)
        return self.put(f"<</S/Table/P {parent} 0 R/K[{_references(rows)}]>>", table)

    def close(self) -> None:
        """Write what holds the sheets together. The fonts have been written before."""
        self.put(f"<</Type/Pages/Count {len(self._pages)}/Kids[{_references(self._pages)}]>>", self._tree)
        numbers = "".join(f"{place} {number} 0 R " for place, number in enumerate(self._parents))
        parents = self.put(f"<</Nums[{numbers}]>>")
        self.put(
            f"<</Type/StructTreeRoot/K {self._document} 0 R/ParentTree {parents} 0 R"
            f"/ParentTreeNextKey {len(self._parents)}>>",
            self._structure,
        )
        sections = _references(self._sections)
        self.put(f"<</S/Document/P {self._structure} 0 R/K[{sections}]>>", self._document)
        metadata = self.stream("/Type/Metadata/Subtype/XML", _metadata(self._title), packed=True)
        profile = self.stream("/N 3", _profile())
        self.put(
            f"<</Type/Catalog/Pages {self._tree} 0 R/Metadata {metadata} 0 R/Lang({LANGUAGE})"
            f"/MarkInfo<</Marked true>>/StructTreeRoot {self._structure} 0 R/ViewerPreferences<</DisplayDocTitle true>>"
            f"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
            f"/Info(sRGB IEC61966-2.1)/DestOutputProfile {profile} 0 R>>]>>",
            self._catalogue,
        )
        about = self.put(f"<</Title{text_string(self._title)}/Creator({PROGRAM})/Producer({PROGRAM})>>")
        self._close_list(about)

    def _close_list(self, about: int) -> None:
        """Write where every object stands, and the file's name for itself."""
        self._write_box()
        name = self._digest.hexdigest()[:32]
        start, number = self._at, self.reserve()
        self._places[number] = _PLAIN | start
        rows = bytearray(b"\0" * _ROW)
        for place in self._places[1:]:
            plain = place & _PLAIN
            where, at = (place ^ _PLAIN, 0) if plain else divmod(place, _BOX)
            rows += (1 if plain else 2).to_bytes(1, "big") + where.to_bytes(5, "big") + at.to_bytes(2, "big")
        self.stream(
            f"/Type/XRef/Size {len(self._places)}/W[1 5 2]/Root {self._catalogue} 0 R/Info {about} 0 R"
            f"/ID[<{name}><{name}>]",
            bytes(rows),
            number=number,
        )
        self._emit(b"startxref\n%d\n%%%%EOF\n" % start)

    def _write_box(self) -> None:
        """Write the small objects that wait, and where each of them stands in their box."""
        if not self._boxed:
            return
        box = self.reserve()
        heads, bodies, at = [], [], 0
        for number, body in self._boxed:
            self._places[number] += box * _BOX
            heads.append(f"{number} {at}")
            bodies.append(body)
            at += len(body) + 1
        head = " ".join(heads) + "\n"
        entries = f"/Type/ObjStm/N {len(bodies)}/First {len(head)}"
        self.stream(entries, (head + "\n".join(bodies)).encode("ascii"), number=box)
        self._boxed = []

    def _resources(self, own: str = "") -> str:
        forms = "".join(f"/{name} {number} 0 R" for name, number in self._forms.items())
        inks = "/ExtGState<</Ink<</BM/Multiply>>>>" if self._pictures else ""
        return f"<</Font {self.fonts} 0 R/XObject<<{forms}{own}>>{inks}>>"

    def _emit(self, data: bytes) -> None:
        self._sink.write(data)
        self._digest.update(data)
        self._at += len(data)


@lru_cache(8)
def _packed(content: bytes) -> bytes:
    """A drawing that many files have in common, compressed once."""
    return zlib.compress(content, 9)


def text_string(text: str) -> str:
    """A text of the file's own structure, as PDF writes it."""
    return f"<{(chr(0xFEFF) + text).encode('utf-16-be').hex()}>"


def _references(numbers: Iterable[int]) -> str:
    return " ".join(f"{number} 0 R" for number in numbers)


@cache
def _profile() -> bytes:
    """What the colours mean: sRGB."""
    from PIL import ImageCms

    profile: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile


def _metadata(title: str) -> bytes:
    """What the file says of itself: its title, and the two standards that it follows."""
    from xml.sax.saxutils import escape

    return _XMP.format(title=escape(title), language=LANGUAGE, program=PROGRAM, mark="\ufeff").encode()


_XMP: Final = """<?xpacket begin="{mark}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{program}</xmp:CreatorTool>
<pdf:Producer>{program}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
