"""Invented portraits for demonstrations: flat drawings that nobody could take for a person's photo."""

from __future__ import annotations

import io
import random

WIDTH, HEIGHT = 295, 413
"""One inch by 1.4 at 300 dpi, the usual size of a photo on an application."""
QUALITY = 82

_BACKGROUNDS = ("#6FA8DC", "#9FC5E8", "#B6D7A8", "#D5C4E8", "#F4CCA8", "#A2C4C9", "#EAD1DC")
_CLOTHES = ("#2F5D50", "#3D5A80", "#7A3E48", "#5B4B8A", "#8A6D3B", "#37474F", "#B5533C")
_SKINS = ("#F2D3B8", "#E8C19F", "#DDB08A", "#F6DCC8")
_HAIRS = ("#1F1B18", "#2C2420", "#3A2E26", "#4A4A4A")


def draw(seed: int, sex: str | None) -> bytes:
    """One portrait as a JPEG of at most 20 KB; the same seed and sex draw the same one. A man's hair is short."""
    from PIL import Image, ImageDraw

    from core.registration.identity import MALE

    chance = random.Random(seed)  # noqa: S311 — a drawing, not a secret
    image = Image.new("RGB", (WIDTH, HEIGHT), chance.choice(_BACKGROUNDS))
    pen = ImageDraw.Draw(image)
    skin, hair, cloth = chance.choice(_SKINS), chance.choice(_HAIRS), chance.choice(_CLOTHES)
    middle = WIDTH // 2
    face_width, face_height = chance.randint(56, 64), chance.randint(72, 82)
    face_middle = chance.randint(172, 184)
    face = (middle - face_width, face_middle - face_height, middle + face_width, face_middle + face_height)
    if chance.random() < 0.5 and sex != MALE:  # long hair, drawn behind the face
        pen.rounded_rectangle((face[0] - 16, face[1] - 18, face[2] + 16, face[3] + 46), radius=58, fill=hair)
    else:
        pen.ellipse((face[0] - 10, face[1] - 20, face[2] + 10, face_middle + 20), fill=hair)
    pen.rounded_rectangle((middle - 148, 318, middle + 148, HEIGHT + 90), radius=84, fill=cloth)
    pen.rectangle((middle - 24, face[3] - 22, middle + 24, 336), fill=skin)
    pen.polygon(((middle - 40, 318), (middle + 40, 318), (middle, 374)), fill=skin)
    pen.ellipse(face, fill=skin)
    pen.chord(
        (face[0] - 4, face[1] - 14, face[2] + 4, face_middle + 10),
        180 + chance.randint(8, 24),
        360 - chance.randint(8, 24),
        fill=hair,
    )
    for side in (-1, 1):
        eye = middle + side * face_width * 0.42
        pen.ellipse((eye - 5, face_middle - 4, eye + 5, face_middle + 6), fill="#2B2B2B")
    pen.arc((middle - 20, face_middle + 22, middle + 20, face_middle + 46), 20, 160, fill="#A05A4A", width=4)
    if chance.random() < 0.25:
        for side in (-1, 1):
            eye = middle + side * face_width * 0.42
            pen.ellipse((eye - 17, face_middle - 15, eye + 17, face_middle + 17), outline="#333333", width=3)
        pen.line((middle - 9, face_middle, middle + 9, face_middle), fill="#333333", width=3)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=QUALITY, optimize=True, dpi=(300, 300))
    return target.getvalue()
