"""The questions that measure the search: each has its article among those of the demo, and each article is asked for."""

from collections import Counter
from pathlib import Path

import frontmatter
import yaml

from portal.config import LANGUAGES
from portal.kb.files import find_files

ROOT = Path(__file__).parents[2]
FEWEST = {"en": 60, "pt_BR": 15, "es": 15, "ru": 15}


def test_each_question_wants_an_article_of_its_language_and_none_is_left_out() -> None:
    asked, unseen = (
        yaml.safe_load((ROOT / f"bench/{name}.yaml").read_text(encoding="utf-8"))
        for name in ("questions", "questions-unseen")
    )
    folder = find_files(ROOT / "kb_content")
    assert not folder.faults
    fronts = {file.key: frontmatter.load(str(file.path)) for file in folder.files}
    found = {
        key
        for key, f in fronts.items()
        if f["status"] == "published" and f.get("audience", "public") == "public"
    }
    assert {(q["locale"], q["want"]) for q in asked} == found
    assert {(q["locale"], q["want"]) for q in unseen} <= found
    assert len({(q["locale"], q["q"]) for q in [*asked, *unseen]}) == len(asked) + len(unseen)
    counts = Counter(q["locale"] for q in asked)
    assert set(counts) == set(LANGUAGES)
    assert all(counts[locale] >= fewest for locale, fewest in FEWEST.items())
