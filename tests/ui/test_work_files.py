"""Files of works by themselves: text, pictures and pages of candidates' machines, shown and harmless."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from ui.recording.work_views import PagesView, TextView, picture_of, view_of


def pdf(link: str = "http://192.0.2.1/") -> bytes:
    """A page that is one large link."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Annots[4 0 R]>>",
        b"<</Type/Annot/Subtype/Link/Rect[0 0 300 300]/A<</S/URI/URI(" + link.encode() + b")>>>>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, each)
    table = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)


class Opened(QObject):
    """Where links would lead."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url.toString())


def test_a_link_in_a_work_leads_nowhere(qtbot) -> None:
    opened = Opened()
    QDesktopServices.setUrlHandler("http", opened, "take")
    try:
        made = view_of(pdf(), "application/pdf", "pdf")
        assert isinstance(made, PagesView)
        qtbot.addWidget(made)
        made.resize(400, 400)
        made.show()
        qtbot.waitExposed(made)
        qtbot.mouseClick(made.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
        qtbot.wait(20)
        assert opened.urls == []
        QDesktopServices.openUrl(QUrl("http://192.0.2.1/"))
        assert opened.urls, "it can fail: what is opened does arrive here"
        made.close_file()
    finally:
        QDesktopServices.unsetUrlHandler("http")


def test_text_is_read_as_it_was_written(qtbot) -> None:
    for content in ("黄桃".encode(), "黄桃".encode("gb18030"), "黄桃".encode("utf-8-sig"), "黄桃".encode("utf-16")):
        made = view_of(content, "text/plain", "txt")
        qtbot.addWidget(made)
        assert isinstance(made, TextView) and made.toPlainText() == "黄桃"
    markup = view_of(b'<a href="http://192.0.2.1/">x</a>', "text/plain", "txt")
    qtbot.addWidget(markup)
    assert isinstance(markup, TextView) and markup.toPlainText().startswith("<a href")


def test_a_picture_from_a_telephone_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the telephone was held upright: turn it by 90 degrees
    kept = BytesIO()
    Image.new("RGB", (60, 30), "red").save(kept, "JPEG", exif=exif.tobytes())
    shown = picture_of(kept.getvalue())
    assert (shown.width(), shown.height()) == (30, 60)
