"""What happens to a printed code between printer and phone, by a seed: the same pictures every time.

A picture is grey; `module` is how many pixels a module of its code has.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Degrade = Callable[[Image.Image, float, random.Random], Image.Image]


def blur(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """A hand that moves, a lens that has not found its distance."""
    return image.filter(ImageFilter.GaussianBlur(module * chance.uniform(0.2, 0.4)))


def jpeg(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """A picture sent on by a messenger: smaller, and compressed hard."""
    small = _scaled(image, chance.uniform(3.2, 4.5) / module)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=chance.randint(15, 40))
    return Image.open(out).convert("L")


def perspective(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """Seen from the side."""
    wide, high = image.size
    off = [(chance.uniform(0, 0.14) * wide, chance.uniform(0, 0.14) * high) for _ in range(4)]
    corners = (
        *(-off[0][0], -off[0][1], -off[1][0], high + off[1][1]),
        *(wide + off[2][0], high + off[2][1], wide + off[3][0], -off[3][1]),
    )
    return image.transform(image.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=255)


def photocopy(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """A copy of a copy: soft, noisy, and black or white only."""
    for _ in range(2):
        soft = image.filter(ImageFilter.GaussianBlur(module * 0.18))
        limit = chance.randint(100, 150)
        image = _noisy(soft, 60, chance).point(lambda value, limit=limit: 255 * (value > limit))
    return image


def scan(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """Scanned askew at few dots an inch."""
    turned = image.rotate(chance.uniform(-8, 8), Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return _scaled(turned, chance.uniform(2.6, 3.4) / module)


def upside(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """Held any way round."""
    return image.rotate(chance.uniform(0, 360), Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def shade(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """Half in the shadow of the phone."""
    slope = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(image.size)
    dark = ImageChops.multiply(image, slope.point(lambda value: 70 + value * 185 // 255))
    return _noisy(dark, 16, chance)


def faint(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """A printer that runs out of toner."""
    pale = ImageEnhance.Contrast(image).enhance(chance.uniform(0.25, 0.5))
    return _noisy(ImageChops.add(pale, Image.new("L", image.size, 40)), 20, chance)


def dirt(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """Stains and scratches."""
    image = image.copy()
    draw = ImageDraw.Draw(image)
    for _ in range(4):
        x, y, size = chance.uniform(0, image.width), chance.uniform(0, image.height), module * chance.uniform(0.6, 1.6)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=chance.choice((0, 255)))
    level = chance.uniform(0, image.height)
    draw.line((0, level, image.width, chance.uniform(0, image.height)), 230, round(module / 2))
    return image


def wash(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """Ink that has run: every dark module is a little fatter, or thinner."""
    size = max(3, round(module * 0.3) | 1)
    grown = ImageFilter.MinFilter(size) if chance.random() < 0.5 else ImageFilter.MaxFilter(size)
    return image.filter(grown).filter(ImageFilter.GaussianBlur(module * 0.15))


def phone(image: Image.Image, module: float, chance: random.Random) -> Image.Image:
    """A phone in a hurry: from the side, in bad light, not quite sharp, compressed."""
    image = perspective(image, module, chance)
    image = shade(image, module, chance).filter(ImageFilter.GaussianBlur(module * 0.25))
    return jpeg(image, module, chance)


WAYS: dict[str, Degrade] = {
    way.__name__: way for way in (blur, jpeg, perspective, photocopy, scan, upside, shade, faint, dirt, wash, phone)
}


def pictures(image: Image.Image, module: float, seeds: int) -> Iterator[tuple[str, Image.Image]]:
    """The picture degraded in every way, `seeds` times each."""
    grey = ImageOps.grayscale(image)
    for seed in range(seeds):
        for name, way in WAYS.items():
            yield name, way(grey, module, random.Random(f"{name} {seed}"))


def by_zxing(image: Image.Image) -> list[str]:
    """What zxing-cpp reads."""
    import zxingcpp

    return [str(found.text) for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


def by_zbar(image: Image.Image) -> list[str]:
    """What zbar reads."""
    from pyzbar import pyzbar

    return [found.data.decode() for found in pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])]


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _noisy(image: Image.Image, strength: int, chance: random.Random) -> Image.Image:
    noise = Image.frombytes("L", image.size, chance.randbytes(image.width * image.height))
    return ImageChops.add(image, noise.point(lambda value: value * strength // 255), offset=-strength // 2)
