"""Which addresses are videos that an article may show in its place, and where their players stand."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

YOUTUBE, VIMEO = "youtube.com", "vimeo.com"
_YOUTUBES = {
    YOUTUBE,
    f"www.{YOUTUBE}",
    f"m.{YOUTUBE}",
    f"music.{YOUTUBE}",
    "youtu.be",
    "www.youtube-nocookie.com",
}
_VIMEOS = {VIMEO, f"www.{VIMEO}", f"player.{VIMEO}"}
_PEERTUBE = re.compile(r"/(?:w|videos/watch|videos/embed)/([A-Za-z0-9-]{8,36})")


@dataclass(frozen=True)
class Video:
    """A video elsewhere.

    Attributes:
        site: the site's name, as people say it.
        page: its address there, for those without scripts and on paper.
        player: the address that a frame shows; its host is all that the page's policy lets in.
    """

    site: str
    page: str
    player: str

    @property
    def host(self) -> str:
        return "https://" + urlsplit(self.player).netloc


def find_video(address: str, hosts: Collection[str]) -> Video | None:
    """The video that an address leads to, when it lies on one of `hosts`: youtube.com, vimeo.com, or PeerTube's."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or parts.port or "@" in parts.netloc:
            return None
    except ValueError:
        return None
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if host in _YOUTUBES:
        return _on_youtube(host, parts.path, asked) if YOUTUBE in hosts else None
    if host in _VIMEOS:
        return _on_vimeo(parts.path, asked) if VIMEO in hosts else None
    found = _PEERTUBE.fullmatch(parts.path) if host in hosts else None
    return found and Video(
        host, f"https://{host}/w/{found[1]}", f"https://{host}/videos/embed/{found[1]}?autoplay=1"
    )


def _seconds(said: str) -> int:
    """A moment as YouTube writes it: "90", "90s" or "1m30s"."""
    found = re.fullmatch(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?", said)
    hours, minutes, seconds = (int(part or 0) for part in (found.groups() if found else ("", "", "")))
    return hours * 3600 + minutes * 60 + seconds


def _on_youtube(host: str, path: str, asked: dict[str, str]) -> Video | None:
    ident = asked.get("v", "") if path == "/watch" else path.rpartition("/")[2]
    where = "/" if host == "youtu.be" else path[: len(path) - len(ident)]
    if not re.fullmatch(r"[A-Za-z0-9_-]{11}", ident):
        return None
    if path != "/watch" and where not in ("/embed/", "/shorts/", "/live/") and host != "youtu.be":
        return None
    start = _seconds(asked.get("t") or asked.get("start") or "")
    player = f"https://www.youtube-nocookie.com/embed/{ident}?autoplay=1" + (
        f"&start={start}" if start else ""
    )
    page = f"https://www.youtube.com/watch?v={ident}" + (f"&t={start}" if start else "")
    return Video("YouTube", page, player)


def _on_vimeo(path: str, asked: dict[str, str]) -> Video | None:
    found = re.fullmatch(r"/(?:video/)?(\d{6,12})(?:/([0-9a-f]{6,20}))?", path)
    if not found:
        return None
    key = found[2] or (asked.get("h", "") if re.fullmatch(r"[0-9a-f]{6,20}", asked.get("h", "")) else "")
    page = f"https://vimeo.com/{found[1]}" + (f"/{key}" if key else "")
    player = f"https://player.vimeo.com/video/{found[1]}?autoplay=1&dnt=1" + (
        f"&h={quote(key)}" if key else ""
    )
    return Video("Vimeo", page, player)
