"""Which addresses are videos, and how an article shows one."""

import pytest
from bs4 import BeautifulSoup

from portal.kit.markdown import WORDS, Parts, render_article

PARTS = Parts(WORDS, videos=("youtube.com", "vimeo.com", "videos.example.org"))


@pytest.mark.parametrize(
    ("address", "host", "player"),
    [
        ("https://youtu.be/dQw4w9WgXcQ?t=1m5s", "https://www.youtube-nocookie.com", "/embed/dQw4w9WgXcQ?autoplay=1&start=65"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=x", "https://www.youtube-nocookie.com", "/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://youtube.com/shorts/dQw4w9WgXcQ", "https://www.youtube-nocookie.com", "/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://vimeo.com/76979871/abcdef12", "https://player.vimeo.com", "/video/76979871?autoplay=1&dnt=1&h=abcdef12"),
        ("https://videos.example.org/w/9c9de5e8", "https://videos.example.org", "/videos/embed/9c9de5e8?autoplay=1"),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", None, None),
        ("https://u@youtube.com/watch?v=dQw4w9WgXcQ", None, None),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ%22onload", None, None),
        ("https://other.example/w/9c9de5e8", None, None),
        ("https://www.youtube.com/@someone", None, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("written", ["<{}>", "![video]({})", '[A film]({} "Caption")'])
def test_a_video_alone_in_a_paragraph_is_a_figure(
    written: str, address: str, host: str | None, player: str
) -> None:
    article = render_article("See:\n\n" + written.format(address), PARTS)
    soup = BeautifulSoup(article.html, "html.parser")
    assert [f["data-player"] for f in soup.select("figure.video")] == ([f"{host}{player}"] if host else [])
    assert article.players == ([host] if host else [])
    assert str(soup.select("a")[0]["href"]).startswith("https://")


def test_a_video_has_its_title_and_caption_and_says_whose_player_it_is() -> None:
    article = render_article('[A film](https://youtu.be/dQw4w9WgXcQ "Two minutes")', PARTS)
    soup = BeautifulSoup(article.html, "html.parser")
    assert [tag.text for tag in soup.select(".video-title, .video-note, figcaption")] == [
        "A film",
        "Plays from YouTube, which learns of your visit once you press",
        "Two minutes",
    ]
    assert article.plain == "A film"


@pytest.mark.parametrize(
    "text", ["Look at https://youtu.be/dQw4w9WgXcQ first.", "https://dailymotion.com/video/x"]
)
def test_other_links_stay_links(text: str) -> None:
    assert "figure" not in render_article(text, PARTS).html


def test_an_owner_may_allow_no_hosts() -> None:
    assert "figure" not in render_article("https://youtu.be/dQw4w9WgXcQ", Parts(WORDS)).html
