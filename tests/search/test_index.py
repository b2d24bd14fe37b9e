"""The index: what it finds, what it hides, and that it withstands everything."""

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from portal.search import words as w
from portal.search.index import Ask, Document, Results, Search, Source, Unusable

TEXTS = {
    "en": ["VPN connects, but no internet", "Renew a certificate", "Place the router"],
    "pt_BR": ["Configuração do roteador", "Segunda via do boleto"],
    "es": ["Cancelar suscripciones", "Cambiar la contraseña"],
    "ru": ["Управление подписками", "Вернуть деньги"],
}


def documents(_ids: Sequence[int] | None = None) -> Iterator[Document]:
    number = 0
    for locale, titles in TEXTS.items():
        for title in titles:
            number += 1
            yield Document("articles", number, locale, title, "", f"{title}. More words.", f"/help/{number}")
    yield Document("articles", 99, "en", "Zanzibar router plans", "", "zanzibar", "/help/99", ("staff",))


@pytest.fixture
def search(tmp_path: Path) -> Search:
    made = Search(tmp_path / "search", {"articles": Source(lambda: 10, documents)})
    made.rebuild()
    return made


def ask(search: Search, words: str, locale: str = "en", who: str = "", beginning: bool = False) -> Results:
    return search.pools[locale].find(Ask(words, frozenset({"public", who}), 10, beginning, True))


def titles(results: Results) -> list[str]:
    return [str(hit.title.striptags()) for hit in results.hits]


@pytest.mark.parametrize(
    ("locale", "words", "title"),
    [
        ("en", "renewing certificates", "Renew a certificate"),
        ("pt_BR", "configurações", "Configuração do roteador"),
        ("pt_BR", "configuracao", "Configuração do roteador"),
        ("es", "suscripcion", "Cancelar suscripciones"),
        ("es", "contrasena", "Cambiar la contraseña"),
        ("ru", "подписка", "Управление подписками"),
    ],
)
def test_each_language_finds_other_forms_of_a_word_and_misses_no_accent(
    search: Search, locale: str, words: str, title: str
) -> None:
    assert titles(ask(search, words, locale))[0] == title


@pytest.mark.parametrize(("locale", "words", "meant"), [
    ("en", "vpn conects", "vpn connects"), ("en", "certficate", "certificate"), ("ru", "подпиками", "подписками"),
])  # fmt: skip
def test_a_misspelt_word_is_understood(search: Search, locale: str, words: str, meant: str) -> None:
    found = ask(search, words, locale)
    assert found.corrected == meant
    assert found.hits


def test_a_missing_accent_is_no_misspelling(search: Search) -> None:
    assert ask(search, "configuracao", "pt_BR").corrected is None


def test_what_is_not_public_is_neither_found_nor_suggested(search: Search) -> None:
    assert titles(ask(search, "zanzibar")) == []
    assert ask(search, "zanzibra").corrected is None
    assert titles(ask(search, "zanz", beginning=True)) == []
    assert "Zanzibar router plans" not in titles(ask(search, "router"))
    assert titles(ask(search, "zanzibra", who="staff")) == ["Zanzibar router plans"]


def test_the_last_word_may_be_a_beginning(search: Search) -> None:
    assert titles(ask(search, "renew certif", beginning=True)) == ["Renew a certificate"]


def test_titles_and_excerpts_are_safe_html(search: Search) -> None:
    search.write(
        "articles", [5], [Document("articles", 5, "en", "<b>x</b> & fish", "", "<script>fish</script>", "/x")]
    )
    hit = ask(search, "fish").hits[0]
    assert hit.title == "&lt;b&gt;x&lt;/b&gt; &amp; <mark>fish</mark>"
    assert "<script" not in hit.excerpt


def test_a_change_replaces_and_a_drop_forgets(search: Search) -> None:
    search.write("articles", [2], [Document("articles", 2, "en", "Renew a passport", "", "x", "/help/2")])
    assert titles(ask(search, "certificate passport")) == ["Renew a passport"]
    search.write("articles", [2], [])
    assert titles(ask(search, "passport")) == []


def test_a_rebuild_leaves_readers_in_peace_and_swaps_in_one_step(search: Search) -> None:
    stop, wrong = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            try:
                if not ask(search, "certificate").hits:
                    wrong.append("nothing")
                time.sleep(0.002)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test tells it
                wrong.append(repr(error))

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for number in range(3):
        search.rebuild()
        search.write("articles", [50], [Document("articles", 50, "en", f"Number {number}", "", "x", "/x")])
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(list(search.root.glob("build-*"))) == 2


def test_without_an_index_nothing_is_written_or_read_but_the_trouble_is_told(tmp_path: Path) -> None:
    search = Search(tmp_path, {})
    with pytest.raises(Unusable):
        search.write("articles", [1], list(documents()))
    with pytest.raises(OSError, match="current"):
        ask(search, "x")
    assert "cannot be read" in (search.trouble() or "")


def test_an_unknown_kind_of_word_or_a_question_of_stop_words_finds_nothing(search: Search) -> None:
    assert ask(search, "the of and") == Results()
    assert ask(search, "") == Results()


@pytest.mark.parametrize("locale", list(TEXTS))
def test_one_word_is_stemmed_as_the_index_stems_it(locale: str) -> None:
    text = " ".join(TEXTS[locale] + ["running cancelaciones configurações подписками обновлений é the de и"])
    chain = [token.text for token in w.analyzer(locale)(text)]
    assert [t for word in text.split() if (t := w.term(word.strip(","), locale[:2]))] == chain


def test_the_excerpt_is_the_stretch_with_most_of_the_words() -> None:
    text = "Nothing here. " * 40 + "Turn the router off and on; the light turns green. " + "And more. " * 40
    shown = w.Marker("en", frozenset({w.term("router", "en"), w.term("light", "en")})).excerpt(text)
    assert "<mark>router</mark> off and on; the <mark>light</mark>" in shown
    assert shown.startswith("…")
    assert len(shown) < 280
