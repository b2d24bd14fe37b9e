"""The index: what it finds, what it hides, and that it withstands everything."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from portal.search import shelf
from portal.search import words as w
from portal.search.documents import EVERYBODY, Ask, Document, Results, Source, Way
from portal.search.index import MOST, Search, Unusable
from portal.search.lore import lore_of
from portal.search.marking import Marker
from portal.search.question import LOOKED_AT, MOST_PHRASES, MOST_UNKNOWN, MOST_WORDS
from portal.search.ranking import MOST_PHRASED

from ..servers import ROOT

TEXTS = {
    "en": ["VPN connects, but no internet", "Renew a certificate", "Place the router"],
    "pt_BR": ["Configuração do roteador", "Segunda via do boleto"],
    "es": ["Cancelar suscripciones", "Cambiar la contraseña"],
    "ru": ["Управление подписками", "Вернуть деньги", "Счёт за ёлку"],
}
STAFF = frozenset({"public", "staff"})


def documents(_ids: Sequence[int] | None = None) -> Iterator[Document]:
    number = 0
    for locale, titles in TEXTS.items():
        for title in titles:
            number += 1
            yield Document("articles", number, locale, title, f"{title}. More words.", f"/help/{number}")
    yield Document(
        "articles", 99, "en", "Zanzibar router plans", "zanzibar", "/help/99", who=("org-5", "staff")
    )


@pytest.fixture
def search(tmp_path: Path) -> Search:
    made = Search(tmp_path / "search", {"articles": Source(lambda: 10, documents)})
    made.rebuild()
    return made


@pytest.fixture
def holding(tmp_path: Path) -> Callable[..., Search]:
    """An index of these titles and texts alone; each word of `more` is a value of all documents."""

    def hold(*said: tuple[str, str], **more: object) -> Search:
        made = [
            Document("articles", number, "en", title, text, f"/help/{number}", **more)  # type: ignore[arg-type]
            for number, (title, text) in enumerate(said, 1)
        ]
        index = Search(tmp_path / "holding", {"articles": Source(lambda: len(made), lambda _ids: made)})
        index.rebuild()
        return index

    return hold


def ask(
    search: Search,
    words: str,
    locale: str = "en",
    who: frozenset[str] = EVERYBODY,
    way: Way = Way(),  # noqa: B008 -- frozen
    synonyms: tuple[str, ...] = (),
) -> Results:
    return search.desks[locale].find(Ask(words, who, 10, way, synonyms))


def titles(results: Results) -> list[str]:
    return [str(hit.title.striptags()) for hit in results.hits]


TYPING = Way(beginning=True)


@pytest.mark.parametrize(
    ("locale", "words", "title"),
    [
        ("en", "renewing certificates", "Renew a certificate"),
        ("pt_BR", "configurações", "Configuração do roteador"),
        ("pt_BR", "configuracao", "Configuração do roteador"),
        ("es", "suscripcion", "Cancelar suscripciones"),
        ("es", "contrasena", "Cambiar la contraseña"),
        ("ru", "подписка", "Управление подписками"),
        ("ru", "елка", "Счёт за ёлку"),
        ("ru", "счет", "Счёт за ёлку"),
    ],
)
def test_each_language_finds_other_forms_of_a_word_and_misses_no_accent(
    search: Search, locale: str, words: str, title: str
) -> None:
    assert titles(ask(search, words, locale))[0] == title


@pytest.mark.parametrize(("locale", "words", "meant"), [
    ("en", "vpn conects", "vpn connects"), ("en", "certficate", "certificate"), ("ru", "подпиками", "подписками"),
    ("en", "retnew", "renew"), ("en", "rotuer", "router"), ("en", "certivicite!", "certificate!"), ("en", "intrenet", "internet"),
])  # fmt: skip
def test_a_misspelt_word_is_understood(search: Search, locale: str, words: str, meant: str) -> None:
    found = ask(search, words, locale)
    assert found.corrected == meant
    assert found.hits


def test_a_missing_accent_is_no_misspelling(search: Search) -> None:
    assert ask(search, "configuracao", "pt_BR").corrected is None


def test_what_a_reader_may_not_find_is_neither_found_nor_suggested_nor_known_of(search: Search) -> None:
    assert titles(ask(search, "zanzibar")) == []
    assert ask(search, "zanzibra").corrected is None
    assert titles(ask(search, "zanz", way=TYPING)) == []
    assert "Zanzibar router plans" not in titles(ask(search, "router"))
    assert "Zanzibar router plans" not in titles(
        ask(search, "router", who=EVERYBODY | {"org-6", "signed-in"})
    )
    for who in (STAFF, EVERYBODY | {"org-5"}):
        assert titles(ask(search, "zanzibra", who=who)) == ["Zanzibar router plans"]


def test_a_hidden_word_changes_no_answer_of_those_who_may_not_see_it(holding: Callable[..., Search]) -> None:
    said = [("Place the router", "x"), ("The routers of banks", "y"), ("Bank holidays", "router")]
    before = holding(*said)
    asked = ["banks router", "bankz", "zanzibar bank", "secretword", "routers ba", "bank-router"]
    seen = [(ask(before, q).corrected, ask(before, q).hits) for q in asked]
    secret = Document(
        "articles", 9, "en", "Secretword zanzibar bankz", "bankrouter " * 9, "/9", who=("staff",)
    )
    before.write("articles", [9], [secret])
    assert [(ask(before, q).corrected, ask(before, q).hits) for q in asked] == seen
    assert titles(ask(before, "secretword", who=STAFF)) == ["Secretword zanzibar bankz"]


def test_a_hidden_word_takes_no_place_and_says_nothing_of_how_much_was_found(
    holding: Callable[..., Search],
) -> None:
    index = holding(("Place the router", "x"), ("The routine of banks", "y"))
    asked = [("rou", TYPING), ("secretw router", Way()), ("banks merger", Way())]
    seen = [ask(index, words, way=way) for words, way in asked]
    crowd = " ".join(f"rou{a}{b}" for a in "bcdfg" for b in "aeiou") + " secretwords mergered"
    for number in range(10, 15):
        hidden = Document("articles", number, "en", "Hidden", crowd, f"/{number}", who=("staff",))
        index.write("articles", [number], [hidden])
    assert [ask(index, words, way=way) for words, way in asked] == seen
    assert titles(ask(index, "mergered", who=STAFF))


def test_the_last_word_may_be_a_beginning(search: Search) -> None:
    assert titles(ask(search, "renew certif", way=TYPING)) == ["Renew a certificate"]


def test_a_word_that_only_does_not_occur_is_told_and_can_be_insisted_on(search: Search) -> None:
    found = ask(search, "renew the certificat0")
    assert found.corrected is None
    assert ask(search, "renew a certificaet").corrected == "renew a certificate"
    assert ask(search, "renew a certificaet", way=Way(as_typed=True)).corrected is None
    assert titles(ask(search, "certificaet", way=Way(as_typed=True))) == []


@pytest.mark.parametrize("asked", ["wi-fi", "wifi", "wi fi", "WiFi", "Wi‑Fi"])
@pytest.mark.parametrize("written", ["Guest wi-fi", "Guest WiFi"])
def test_words_may_be_written_together_or_apart(
    holding: Callable[..., Search], asked: str, written: str
) -> None:
    assert titles(ask(holding((written, "x"), ("Bills", "y")), asked)) == [written]


def test_a_phrase_in_quotation_marks_must_stand_as_it_is(holding: Callable[..., Search]) -> None:
    index = holding(
        ("Red light", "green means go"), ("Light of red", "x"), ("Turn the router off", "a red light")
    )
    assert titles(ask(index, "light red")) != []
    assert titles(ask(index, '"red light"')) == ["Red light", "Turn the router off"]
    assert titles(ask(index, "“turn the router” light")) == ["Turn the router off"]
    assert titles(ask(index, '"light green"')) == []  # no phrase reaches from the title into the text


@pytest.mark.parametrize("asked", ['"zebra crossing"', '"red zebra"', '"zebra"', "“purple elephant” light"])
def test_a_phrase_with_a_word_that_stands_nowhere_finds_nothing_and_breaks_nothing(
    holding: Callable[..., Search], asked: str
) -> None:
    assert not ask(holding(("Red light", "x"), ("Light", "y")), asked).hits


def test_in_quotation_marks_small_words_count_and_no_other_word_stands_for_one(
    holding: Callable[..., Search],
) -> None:
    index = holding(
        ("A", "There is no internet."),
        ("B", "The internet, no doubt"),
        ("C", "no web"),
        ("D", "no Internets"),
    )
    same = ("internet, web",)
    assert titles(ask(index, '"no internet"', synonyms=same)) == ["A"]
    assert set(titles(ask(index, "no internet", synonyms=same))) == {"A", "B", "C", "D"}
    assert ask(index, '"no internte"').corrected is None


def test_a_name_in_cyrillic_letters_is_found_as_it_is_written(search: Search) -> None:
    search.write("articles", [70], [Document("articles", 70, "ru", "Офис через VPN", "x", "/70")])
    assert titles(ask(search, "впн не работает", "ru")) == ["Офис через VPN"]


def test_what_shares_only_a_common_word_with_the_question_is_no_answer_beside_one_that_holds_it(
    holding: Callable[..., Search],
) -> None:
    said = [("VPN to the office", "connect"), ("VPN connects", "x")]
    index = holding(
        *said, *((f"Cable {n}", "link it") for n in range(9)), *((f"Port {n}", "x") for n in range(20))
    )
    same = ("connect, link, pair",)
    found = ask(index, "vpn connects office", synonyms=same)
    assert (titles(found), found.total) == ([title for title, _text in said], 2)
    assert ask(index, "connects", synonyms=same).total == 11


def test_pages_of_answers_hold_each_one_once(holding: Callable[..., Search]) -> None:
    index = holding(*((f"Router {'light ' * (n % 3)}{n}", "router " * (n % 7)) for n in range(130)))
    pages = [ask(index, "router light", way=Way(skip=skip)) for skip in range(0, 140, 10)]
    found = [hit.id for page in pages for hit in page.hits]
    assert len(found) == len(set(found)) == pages[0].total
    assert {(page.total, page.share) for page in pages} == {(pages[0].total, pages[0].share)}


def test_words_that_mean_the_same_stand_for_each_other(holding: Callable[..., Search]) -> None:
    index = holding(("Get a refund", "x"), ("Sign in", "y"), ("Bills", "z"))
    same = ("refund, money back, reimbursement", "log in, login, sign in")
    assert titles(ask(index, "money back")) == []
    assert titles(ask(index, "money back", synonyms=same)) == ["Get a refund"]
    assert titles(ask(index, "how do i login", synonyms=same)) == ["Sign in"]


def test_the_only_article_of_all_is_found_by_any_of_its_words(holding: Callable[..., Search]) -> None:
    search = holding(("The light is orange", "Wait until it is green."))
    for words in ("light", "orange", "green", "light orange"):
        assert titles(ask(search, words)) == ["The light is orange"], words


def test_more_telling_words_and_the_title_come_first(holding: Callable[..., Search]) -> None:
    index = holding(
        ("What the light means", "An orange light on the router."),
        ("Set up the router", "Since yesterday you can do this. The router shows a light."),
        ("Orange juice", "No router."),
    )
    found = ask(index, "my router shows an orange light since yesterday what can i do")
    assert titles(found)[0] == "What the light means"


def test_what_is_new_and_helpful_lifts_no_answer_over_one_that_matches_more(tmp_path: Path) -> None:
    dice, words = (
        random.Random(3),
        [
            "router",
            "light",
            "orange",
            "cable",
            "vpn",
            "bill",
            "refund",
            "guest",
            "mail",
            "domain",
            "port",
            "mesh",
        ],
    )
    for _round in range(12):
        question = " ".join(dice.sample(words, 4))
        texts = [(" ".join(dice.choices(words, k=3)), " ".join(dice.choices(words, k=12))) for _ in range(25)]
        found = []
        for lifted in (False, True):
            held = [
                Document("a", n, "en", *text, "/x", lift=dice.random() * lifted)
                for n, text in enumerate(texts, 1)
            ]
            source = Source(lambda: 25, lambda _ids, held=held: held)  # type: ignore[misc]  # bound at once
            index = Search(tmp_path / f"{_round}{lifted}", {"a": source})
            index.rebuild()
            found.append(ask(index, question).hits)
        plain = {hit.id: place for place, hit in enumerate(found[0])}
        for above, below in zip(found[1], found[1][1:], strict=False):
            if above.id in plain and below.id in plain and plain[above.id] > plain[below.id]:
                assert above.matched >= below.matched


@pytest.mark.parametrize("facets", [{"section:wifi"}, {"tag:mesh"}, {"section:wifi", "tag:mesh"}])
def test_a_search_can_be_narrowed(tmp_path: Path, facets: set[str]) -> None:
    made = [
        Document("a", 1, "en", "Router one", "x", "/1", facets=("section:wifi", "tag:mesh")),
        Document("a", 2, "en", "Router two", "x", "/2", facets=("section:bills",)),
    ]
    index = Search(tmp_path / "s", {"a": Source(lambda: 2, lambda _ids: made)})
    index.rebuild()
    assert titles(ask(index, "router", way=Way(facets=frozenset(facets)))) == ["Router one"]


def test_texts_of_any_language_are_found_by_how_words_begin(tmp_path: Path) -> None:
    made = [Document("tickets", 1, w.ANY, "Роутеры не работают", "Connected twice", "/1", who=("person-7",))]
    index = Search(tmp_path / "s", {"tickets": Source(lambda: 1, lambda _ids: made)})
    index.rebuild()
    mine = frozenset({"person-7"})
    assert [len(ask(index, q, w.ANY, mine).hits) for q in ("роутер", "connects", "twice", "nothing")] == [
        1,
        1,
        1,
        0,
    ]
    assert ask(index, "роутер", w.ANY, frozenset({"person-8", "public"})) == Results()


def test_titles_and_excerpts_are_safe_html(search: Search) -> None:
    search.write(
        "articles", [5], [Document("articles", 5, "en", "<b>x</b> & fish", "<script>fish</script>", "/x")]
    )
    hit = ask(search, "fish").hits[0]
    assert hit.title == "&lt;b&gt;x&lt;/b&gt; &amp; <mark>fish</mark>"
    assert "<script" not in hit.excerpt


def test_a_change_replaces_and_a_drop_forgets(search: Search) -> None:
    search.write("articles", [2], [Document("articles", 2, "en", "Renew a passport", "x", "/help/2")])
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
        search.write("articles", [50], [Document("articles", 50, "en", f"Number {number}", "x", "/x")])
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


def test_warming_up_learns_the_words_of_every_language_and_shrugs_at_a_broken_one(search: Search) -> None:
    shutil.rmtree((search.root / "current" / "es").resolve())
    search.warm()
    for locale in ("en", "pt_BR", "ru"):
        held = search.desks[locale]._fresh()
        assert all(part.vocabulary for part, _reader in held._parts), locale
    assert titles(ask(search, "renew certificate"))


def test_what_was_decoded_beforehand_is_answered_the_same(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("renew certificate", "the router", "wi", "re")
    cold = [ask(search, words, way=Way(beginning=True)) for words in asked]
    monkeypatch.setattr(shelf, "LARGE", 1)
    warm = Search(search.root, {})
    warm.warm()
    assert all(part._kept for part, _reader in warm.desks["en"]._fresh()._parts)
    assert [ask(warm, words, way=Way(beginning=True)) for words in asked] == cold


def test_an_unknown_kind_of_word_or_a_question_of_stop_words_finds_nothing(search: Search) -> None:
    assert ask(search, "the of and") == Results()
    assert ask(search, "") == Results()


def test_the_excerpt_is_the_stretch_with_most_of_the_words() -> None:
    text = "Nothing here. " * 40 + "Turn the router off and on; the light turns green. " + "And more. " * 40
    _title, shown = Marker("en", [{w.term("router", "en"): 1.0}, {w.term("light", "en"): 1.0}]).show("", text)
    assert shown.startswith("Turn the <mark>router</mark> off and on; the <mark>light</mark> turns green.")
    assert len(shown) < 280


def test_an_excerpt_begins_with_a_sentence_and_runs_no_cells_headings_or_code_together() -> None:
    text = "Why the router is slow, and what helps.\nLight\nGreen\nrouter light\nrouter --light\nOff and on: the router shows a light. Wait."
    show = Marker("en", [{"router": 1.0}, {"light": 1.0}]).show
    assert show("", text)[1] == "Off and on: the <mark>router</mark> shows a <mark>light</mark>. Wait."
    assert (
        show("", text.replace("a light", "it"))[1] == "Why the <mark>router</mark> is slow, and what helps."
    )
    assert show("", "What it is about.\nlight\nrouter")[1] == "What it is about."
    assert show("", "a " * 300 + "router " + "b " * 300)[1].count("…") == 2


def test_where_a_word_stands_another_one_that_means_the_same_is_not_marked() -> None:
    marker = Marker("en", [{"connect": 1.0, "link": 0.7}])
    assert marker.show("Connect the link", "x")[0] == "<mark>Connect</mark> the link"
    assert marker.show("The link", "x")[0] == "The <mark>link</mark>"
    assert "mark" not in Marker("pt_BR", [{"not": 1.0}]).show("command not found", "x")[0]
    assert "mark" in Marker("pt_BR", [{"not": 1.0}]).show("A nota", "x")[0]


def test_accents_are_marked_however_they_are_typed() -> None:
    assert (
        Marker("pt_BR", [{w.term("água", "pt_BR"): 1.0}]).show("Água, AGUA", "")[0]
        == "<mark>Água</mark>, <mark>AGUA</mark>"
    )


HOSTILE = {
    "long": "router " * 2000, "one word": "a" * 10_000, "operators": "AND OR NOT ( ) [ TO ] ~2 ^4 : \\ / + - && || !",
    "open quotes": '"router ' * 200, "only quotes": '"' * 999, "Chinese": "路由器上的橙色灯亮了怎么办" * 50, "emoji": "💥🔥👩‍👩‍👧" * 200,
    "wildcards": "* ?* r* *r r?u*", "one letter": "r", "a slip in each word": "ruoter cerfitikate vnp itnernet conectz " * 60,
    "accents": "é" * 500 + "\u0301" * 500, "backwards": "\u202erouter\u202d", "underscores": "_" * 999, "zero": "\0router\0",
    "hyphens": "-".join("abcdefgh" * 100), "numbers": "1 22 333 4444 " * 100,
}  # fmt: skip


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Search:
    """Many documents that all hold the same words."""
    made = [
        Document("a", n, "en", f"Router r{n}", f"certificate vpn internet connects rr{n}", "/x")
        for n in range(1, 1201)
    ]
    index = Search(tmp_path_factory.mktemp("crowded"), {"a": Source(lambda: len(made), lambda _ids: made)})
    index.rebuild()
    return index


@pytest.mark.parametrize("asked", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("way", [Way(), TYPING], ids=["asked", "typing"])
def test_whatever_is_asked_a_bounded_part_of_the_index_is_looked_at(
    crowded: Search, monkeypatch: pytest.MonkeyPatch, asked: str, way: Way
) -> None:
    words: set[str] = set()
    near: set[str] = set()
    places: list[int] = []
    decode, alike, where = shelf.Segment.postings, shelf.Vocabulary.near, shelf.Selection.places

    def seen(self: shelf.Segment, reader: object, name: str, text: str) -> shelf.Postings:
        words.add(text)
        return decode(self, reader, name, text)

    def nearly(self: shelf.Vocabulary, word: str, slips: int) -> list[tuple[str, int]]:
        near.add(word)
        return alike(self, word, slips)

    def placed(self: shelf.Selection, part: int, numbers: Sequence[int], stem: str) -> Iterator[list[int]]:
        places.extend(numbers)
        return where(self, part, numbers, stem)

    monkeypatch.setattr(shelf.Segment, "postings", seen)
    monkeypatch.setattr(shelf.Vocabulary, "near", nearly)
    monkeypatch.setattr(shelf.Selection, "places", placed)
    crowded.desks["en"].close()
    ask(crowded, asked[:MOST], way=way, synonyms=lore_of("en").synonyms)
    assert len(words) < MOST_WORDS * 60 + LOOKED_AT
    assert len(near) <= MOST_UNKNOWN
    assert len(places) <= MOST_PHRASES * MOST_WORDS * MOST_PHRASED


def _spoil(folder: Path, harm: str) -> None:
    for file in [f for f in folder.iterdir() if f.suffix == ".seg"]:
        if harm == "truncated":
            os.truncate(file, file.stat().st_size // 2)
        elif harm == "emptied":
            os.truncate(file, 0)
        elif harm == "deleted":
            file.unlink()
        elif harm == "unreadable":
            file.rename(file.with_suffix(".away"))
            file.mkdir()  # root may read what chmod forbids, but nobody reads a folder as a file
        else:
            data = bytearray(file.read_bytes())
            data[len(data) // 3 : len(data) // 3 + 64] = os.urandom(64)
            file.write_bytes(data)


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Whoosh leaves a broken file open
@pytest.mark.parametrize("harm", ["truncated", "emptied", "deleted", "unreadable", "overwritten"])
def test_damage_is_noticed_and_a_rebuild_gives_the_same_answers(search: Search, harm: str) -> None:
    before = titles(ask(search, "renew certificate"))
    _spoil((search.root / "current" / "en").resolve(), harm)
    assert search.trouble()
    search.rebuild()
    assert search.trouble() is None
    assert titles(ask(search, "renew certificate")) == before


def test_a_lock_that_somebody_left_behind_holds_up_nobody(search: Search) -> None:
    (search.root / "write.lock").write_text("12345")
    (search.root / "current" / "en" / "MAIN_WRITELOCK").write_text("12345")
    search.write("articles", [50], [Document("articles", 50, "en", "A new one", "x", "/x")])
    assert titles(ask(search, "new one")) == ["A new one"]


def test_after_a_writer_was_killed_all_is_as_before_or_is_known_to_be_damaged(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from portal.search.documents import Document, Source
from portal.search.index import Search
index = Search(Path(sys.argv[1]), {"a": Source(lambda: 0, lambda ids: [])})
index.rebuild()
print("ready", flush=True)
for n in range(10_000):
    index.write("a", [n % 7], [Document("a", n % 7, "en", f"Router {n}", "words " * 400, "/x")])
"""
    for pause in (0.02, 0.09):
        command = [sys.executable, "-c", code, str(tmp_path / "s")]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
        search = Search(tmp_path / "s", {"a": Source(lambda: 0, lambda _ids: [])})
        if search.trouble():
            search.rebuild()
        search.write("a", [70], [Document("a", 70, "en", "A bridge", "x", "/x")])
        assert titles(ask(search, "bridge")) == ["A bridge"]
        assert search.trouble() is None
