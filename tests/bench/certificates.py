"""How fast certificates are drawn, beside other people's programs in the same run, and how well their codes are read.

    python -m tests.bench.certificates [COUNT]

Ours is the whole sheet: guilloche, texts, photo, code made on the spot, archive quality. Peers draw the same letters at
the same places, the photo and a picture of the code that is handed to them, without the guilloche; broken lines and
places are worked out for them. Peers that are not installed are named. Goals: 700 a second on one core and twice the
fastest peer, 3 KB a sheet beyond its photo, 250 MB, 98 of 100 worn codes read.
"""

from __future__ import annotations

import io
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import median

from PIL import Image

from core.documents import certificate_drawing as drawing
from core.documents import fonts, qr
from core.documents.certificate import CertificatePage, write_certificates, write_each
from core.documents.layout import LEADING, MILLIMETRE
from core.documents.template import Template
from tests.documents.degrade import by_zbar, by_zxing, pictures
from tests.documents.papers import PAGE, picture, template

ROUNDS, SEEDS = 3, 18
SHARE = {"fpdf2": 0.2, "PyMuPDF": 0.1, "Typst": 1.0, "WeasyPrint": 0.02, "Qt": 0.2}
"""How many of the certificates a peer draws: enough to know its pace."""


@dataclass(frozen=True)
class Line:
    """A line of text as peers draw it: millimetres from the left upper corner, points, its face."""

    x: float
    y: float
    size: float
    text: str
    bold: bool


@dataclass(frozen=True)
class Sheet:
    """A certificate as peers get it."""

    lines: list[Line]
    photo: bytes
    code: bytes


def people(count: int) -> list[CertificatePage]:
    """Invented candidates with names, numbers and photos of their own."""
    chance = random.Random(count)
    found = []
    for n in range(count):
        digits = "".join(chance.choices("0123456789", k=302))
        found.append(
            replace(
                PAGE,
                number=f"2601132011502{n:05d}7",
                name="".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(3)),
                identity=f"110101********{n % 10_000:04d}",
                birth=date(1980 + n % 25, 1 + n % 12, 1 + n % 28),
                photo=photo(n),
                code=f"https://zhikao.example/v#{digits}",
            )
        )
    return found


def photo(seed: int) -> bytes:
    """A JPEG of the usual size, like no other."""
    coarse = Image.frombytes("RGB", (40, 51), random.Random(seed).randbytes(40 * 51 * 3))
    out = io.BytesIO()
    coarse.resize((413, 531), Image.Resampling.BICUBIC).save(out, "JPEG", quality=30)
    return out.getvalue()


def sheet_of(page: CertificatePage, own: Template) -> Sheet:
    """What a peer needs to draw the same."""
    values = drawing._values(page) | {"issuer": own.issuer.name, "issuer_en": own.issuer.name_en}
    lines = []
    for text in own.texts:
        words = drawing._filled(text.text, values)
        size, broken = drawing._broken(words, text)
        face = fonts.BOLD if text.bold else fonts.TEXT
        for place, line in enumerate(broken):
            wide = fonts.width(line, size, face) / MILLIMETRE
            left = text.x - {"left": 0.0, "centre": wide / 2, "right": wide}[text.align]
            lines.append(Line(left, text.y + place * size * LEADING / MILLIMETRE, size, line, text.bold))
    side, rows = qr.encode(page.code)
    out = io.BytesIO()
    Image.frombytes("1", (side, side), b"".join(rows), "raw", "1;I").save(out, "PNG")
    assert page.photo is not None
    return Sheet(lines, page.photo, out.getvalue())


def fpdf2(sheets: list[Sheet], own: Template, folder: Path) -> None:
    from fpdf import FPDF

    pdf = FPDF(orientation="landscape", unit="mm", format="A4")
    pdf.add_font("text", fname=str(fonts._file(fonts.TEXT)))
    pdf.add_font("bold", fname=str(fonts._file(fonts.BOLD)))
    for sheet in sheets:
        pdf.add_page()
        for line in sheet.lines:
            pdf.set_font("bold" if line.bold else "text", size=line.size)
            pdf.text(line.x, line.y, line.text)
        pdf.image(io.BytesIO(sheet.photo), own.photo.x, own.photo.y, own.photo.width, own.photo.height)
        pdf.image(io.BytesIO(sheet.code), own.code.x, own.code.y, own.code.side, own.code.side)
    pdf.output(str(folder / "fpdf2.pdf"))


def pymupdf(sheets: list[Sheet], own: Template, folder: Path) -> None:
    import pymupdf as mu

    pdf = mu.open()
    faces = {bold: mu.Font(fontfile=str(fonts._file(face))) for bold, face in ((False, fonts.TEXT), (True, fonts.BOLD))}

    def rectangle(x: float, y: float, wide: float, high: float) -> object:
        return mu.Rect(x * MILLIMETRE, y * MILLIMETRE, (x + wide) * MILLIMETRE, (y + high) * MILLIMETRE)

    for sheet in sheets:
        page = pdf.new_page(width=own.paper.width * MILLIMETRE, height=own.paper.height * MILLIMETRE)
        writer = mu.TextWriter(page.rect)
        for line in sheet.lines:
            place = (line.x * MILLIMETRE, line.y * MILLIMETRE)
            writer.append(place, line.text, font=faces[line.bold], fontsize=line.size)
        writer.write_text(page)
        area, code = own.photo, own.code
        page.insert_image(rectangle(area.x, area.y, area.width, area.height), stream=sheet.photo)
        page.insert_image(rectangle(code.x, code.y, code.side, code.side), stream=sheet.code)
    pdf.subset_fonts()
    pdf.save(folder / "pymupdf.pdf", deflate=True)


def typst(sheets: list[Sheet], own: Template, folder: Path) -> None:
    import typst as engine

    data = []
    for number, sheet in enumerate(sheets):
        (folder / f"{number}.jpg").write_bytes(sheet.photo)
        (folder / f"{number}.png").write_bytes(sheet.code)
        data.append([[line.x, line.y, line.size, line.text, line.bold] for line in sheet.lines])
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    area, code = own.photo, own.code
    (folder / "page.typ").write_text(
        f"""#set page(width: {own.paper.width}mm, height: {own.paper.height}mm, margin: 0mm)
#set text(font: "LXGW WenKai", top-edge: "baseline", bottom-edge: "baseline")
#for (n, lines) in json("data.json").enumerate() {{
  page[
    #for l in lines {{
      place(dx: l.at(0) * 1mm, dy: l.at(1) * 1mm,
        text(size: l.at(2) * 1pt, weight: if l.at(4) {{ "bold" }} else {{ "regular" }}, l.at(3)))
    }}
    #place(dx: {area.x}mm, dy: {area.y}mm, image(str(n) + ".jpg", width: {area.width}mm, height: {area.height}mm))
    #place(dx: {code.x}mm, dy: {code.y}mm, image(str(n) + ".png", width: {code.side}mm, scaling: "pixelated"))
  ]
}}
""",
        "utf-8",
    )
    paths = [str(Path(str(fonts._file(fonts.TEXT))).parent)]
    engine.compile(str(folder / "page.typ"), output=str(folder / "typst.pdf"), font_paths=paths)


def weasyprint(sheets: list[Sheet], own: Template, folder: Path) -> None:
    import base64
    from html import escape

    from weasyprint import HTML

    def at(x: float, y: float) -> str:
        return f"position:absolute;left:{x}mm;top:{y}mm"

    bodies = []
    for sheet in sheets:
        parts = [
            f'<div style="{at(line.x, line.y)};font-size:{line.size}pt;font-weight:{700 if line.bold else 400};'
            f'white-space:pre">{escape(line.text)}</div>'
            for line in sheet.lines
        ]
        for kind, data, x, y, wide in (
            ("jpeg", sheet.photo, own.photo.x, own.photo.y, own.photo.width),
            ("png", sheet.code, own.code.x, own.code.y, own.code.side),
        ):
            source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
            parts.append(f'<img style="{at(x, y)};width:{wide}mm;image-rendering:pixelated" src="{source}">')
        bodies.append(f"<section>{''.join(parts)}</section>")
    style = "@page{size:297mm 210mm;margin:0}section{position:relative;height:210mm;break-after:page}"
    style += "div{font-family:'LXGW WenKai';line-height:0}"
    HTML(string=f"<style>{style}</style>{''.join(bodies)}").write_pdf(folder / "weasyprint.pdf")


def qt(sheets: list[Sheet], own: Template, folder: Path) -> None:
    from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF
    from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter

    _app = QGuiApplication.instance() or QGuiApplication(["bench", "-platform", "offscreen"])
    names = {}
    for bold, face in ((False, fonts.TEXT), (True, fonts.BOLD)):
        loaded = QFontDatabase.addApplicationFont(str(fonts._file(face)))
        names[bold] = QFontDatabase.applicationFontFamilies(loaded)[0]
    writer = QPdfWriter(str(folder / "qt.pdf"))
    writer.setResolution(600)
    writer.setPageSize(QPageSize(QSizeF(own.paper.width, own.paper.height), QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    dots = 600 / 25.4
    painter = QPainter(writer)
    for number, sheet in enumerate(sheets):
        if number:
            writer.newPage()
        for line in sheet.lines:
            font = QFont(names[line.bold])
            font.setPointSizeF(line.size)
            font.setBold(line.bold)
            painter.setFont(font)
            painter.drawText(QPointF(line.x * dots, line.y * dots), line.text)
        area, code = own.photo, own.code
        place = QRectF(area.x * dots, area.y * dots, area.width * dots, area.height * dots)
        painter.drawImage(place, QImage.fromData(sheet.photo))
        painter.drawImage(
            QRectF(code.x * dots, code.y * dots, code.side * dots, code.side * dots), QImage.fromData(sheet.code)
        )
    painter.end()


PEERS: dict[str, Callable[[list[Sheet], Template, Path], None]] = {
    "Typst": typst,
    "fpdf2": fpdf2,
    "Qt": qt,
    "PyMuPDF": pymupdf,
    "WeasyPrint": weasyprint,
}


def pace(count: int, act: Callable[[], object]) -> float:
    """Certificates a second."""
    began = time.perf_counter()
    act()
    return count / (time.perf_counter() - began)


def part(pages: list[CertificatePage], target: Path) -> None:
    """What one of two processes does."""
    write_certificates(target, pages, template())


def worn(own: Template) -> None:
    """How many of the worn codes are read."""
    dots = 300 / 25.4
    code = own.code
    sheet = picture(drawn(own), 300)
    box = (code.x - 6, code.y - 6, code.x + code.side + 6, code.y + code.side + 6)
    sheet = sheet.crop(tuple(round(side * dots) for side in box))  # type: ignore[arg-type]
    module = code.side * dots / qr.encode(PAGE.code)[0]
    degraded = list(pictures(sheet, module, SEEDS))
    for name, read in (("zxing-cpp", by_zxing), ("zbar", by_zbar)):
        good = sum(PAGE.code in read(image) for _, image in degraded)
        print(f"{name}: {good} of {len(degraded)} worn codes read ({good / len(degraded):.1%})")


def drawn(own: Template) -> bytes:
    from core.documents.certificate import certificate_pdf

    return certificate_pdf(PAGE, own)


def codes(pages: list[CertificatePage]) -> None:
    """What a code costs by each writer."""
    import zxingcpp
    from qrcode import QRCode, constants

    def library(text: str) -> None:
        code = QRCode(error_correction=constants.ERROR_CORRECT_M, mask_pattern=qr.MASK, border=0)
        code.add_data(text)
        code.make()

    ways: dict[str, Callable[[str], object]] = {
        "ours": qr.encode,
        "zxing-cpp": lambda text: zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M"),
        "qrcode with a fixed mask": library,
    }
    for name, way in ways.items():
        some = [page.code for page in pages[: 50 if name.startswith("qrcode") else 300]]
        print(f"a code by {name}: {1000 / pace(len(some), lambda some=some, way=way: list(map(way, some))):.2f} ms")


def main(count: int) -> None:
    """Ours first, so that no peer's memory is counted, then in turn with each peer."""
    own, pages = template(), people(count)
    photos = sum(len(page.photo or b"") for page in pages) / count
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = folder / "ours.pdf"

        def ours() -> float:
            return pace(count, lambda: write_certificates(target, pages, own))

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        first = ours()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = target.stat().st_size / count
        rate = median(ours() for _ in range(ROUNDS))
        print(f"{count} certificates with photos of {photos / 1000:.1f} KB")
        print(f"ours: {rate:.0f}/s on one core ({first:.0f}/s the first time), {memory:.0f} MB ({before:.0f} before)")
        print(f"      {(size - photos) / 1024:.2f} KB a sheet beyond its photo")
        few = pages[: min(count, 200)]
        each = pace(len(few), lambda: write_each(folder / "each", few, own, lambda page: f"{page.number}.pdf"))
        print(f"      {each:.0f}/s as one file each")
        with ProcessPoolExecutor(2) as pool:
            targets = [folder / "half1.pdf", folder / "half2.pdf"]
            list(pool.map(part, [pages[:2], pages[:2]], targets))  # both have started and loaded their fonts
            two = pace(count, lambda: list(pool.map(part, [pages[::2], pages[1::2]], targets)))
        print(f"      {two:.0f}/s by two processes, half of them each: {two / ours():.2f} times one right after")
        codes(pages)
        worn(own)
        best = 0.0
        for name, peer in PEERS.items():
            some = [sheet_of(page, own) for page in pages[: max(5, round(count * SHARE[name]))]]
            try:
                found = pace(len(some), lambda some=some, peer=peer: peer(some, own, folder))
            except ImportError as missing:
                print(f"{name}: not installed ({missing.name}); pip install it to compare")
                continue
            again = ours()
            best = max(best, found)
            print(f"{name}: {found:.1f}/s, ours {again:.0f}/s beside it: {again / found:.1f} times")
        if best:
            print(f"{rate / best:.1f} times the fastest peer")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
