"""An answer is put before the editors, becomes an article, and what it was made of leads there; articles lead to topics."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from portal.crossing.models import ArticleTopic, ArticleWish
from portal.extensions import db
from portal.kb.models import Article
from portal.people.models import Person

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_answer, make_post, make_space, make_ticket, make_topic
from .look import one, words

BROWSER = Callable[[Person], PortalClient]
WORK = Callable[[], int]
COMMON = {"locale": "en", "section": "wifi", "tags": [], "toc": [], "heads": "", "digest": "x", "plain": "x"}


@pytest.fixture
def articles(app: Flask) -> None:
    for slug, title, audience in (("walls", "Thick *walls*", "public"), ("inner", "Innertitle", "staff")):
        db.session.add(
            Article(
                slug=slug,
                title=title,
                html="<p>Stone stops it.</p>",
                status="published",
                audience=audience,
                **COMMON,
            )
        )
    db.session.commit()


def test_a_post_becomes_an_article_and_its_topic_leads_to_it(
    app: Flask, people: Cast, browser_of: BROWSER, articles: None
) -> None:
    topic = make_topic(make_space(), people.customer, "Which one?")
    post = make_post(topic, people.stranger, "One a **floor**.")
    desk, editor = browser_of(people.agent), browser_of(people.editor)
    path = f"/community/{topic.id}/posts/{post.place}/to-article"
    assert desk.send_fresh(path, {"words": ""}).status_code == 422
    assert desk.send_fresh(path, {"words": "Asked every week"}).headers["Location"] == post.address
    assert "Somebody has wished" in desk.page(path).text
    assert desk.send(path, {"words": "Once more"}).status_code == 303
    assert db.session.query(ArticleWish).count() == 1

    assert "Articles that are wished for 1" in words(editor.page("/editors"), ".taught")
    page = editor.page("/editors/wishes")
    wish = db.session.query(ArticleWish).one()
    assert "Asked every week" in page.text
    assert one(page, f"a[href='{post.address}']").text == "Which one?"
    file = one(page, "textarea").text
    assert file.lstrip().startswith('---\ntitle: "Which one?"\n')
    assert file.endswith("One a **floor**.")
    place = f"/editors/wishes/{wish.id}"
    assert editor.send(place, {"act": "done", "article": "nothing-there"}).status_code == 422
    assert editor.send(place, {"act": "burn"}).status_code == 400
    done = editor.send(place, {"act": "done", "article": "http://localhost/help/walls?lang=en"})
    assert done.status_code == 303

    visitor = one(soup(app.test_client().get(f"/community/{topic.id}")), "#crossing")
    assert one(visitor, "a[href='/help/walls']").text == "Thick *walls*"
    editor.send(place, {"act": "done", "article": "inner"})
    assert "Innertitle" not in app.test_client().get(f"/community/{topic.id}").text
    assert "Innertitle" in browser_of(people.manager).page(f"/community/{topic.id}").text
    assert "It became" in editor.page("/editors/wishes?show=settled").text
    editor.send(place, {"act": "again"})
    editor.send(place, {"act": "not-now"})
    assert "Not now" in editor.page("/editors/wishes?show=settled").text
    assert "Asked every week" not in editor.page("/editors/wishes").text


def test_editors_read_an_answer_of_a_request_without_those_whom_it_tells_of(
    people: Cast, browser_of: BROWSER, articles: None
) -> None:
    ticket = make_ticket(people.customer, "Subjectofone")
    event = make_answer(ticket, people.agent, "Dear Customer, call +55 11 91234-5678 and press it.")
    desk, editor = browser_of(people.agent), browser_of(people.editor)
    path = f"/desk/tickets/{ticket.number}/events/{event.id}/to-article"
    assert desk.page(f"/desk/tickets/{ticket.number}").select_one(f"a[href='{path}']")
    begun = one(desk.page(path), "textarea").text.strip()
    assert begun == "Dear [name], call [phone] and press it."
    stopped = desk.send_fresh(path, {"words": "Often asked", "text": "Ask Customer."})
    assert stopped.status_code == 422
    assert "Customer" in stopped.text
    assert desk.send_fresh(path, {"words": "Often asked", "text": begun}).status_code == 303

    page = editor.page("/editors/wishes")

    assert begun in " ".join(one(page, ".wish .words").text.split())
    for word in ("Customer", "Subjectofone", str(ticket.number), "91234"):
        assert word not in page.text, word
    wish = db.session.query(ArticleWish).one()
    editor.send(f"/editors/wishes/{wish.id}", {"act": "done", "article": "walls"})
    assert desk.page(f"/desk/tickets/{ticket.number}").select_one(".who a[href='/help/walls']")
    assert not browser_of(people.customer).page(f"/tickets/{ticket.number}").select("a[href='/help/walls']")


def test_who_may_not_puts_nothing_on_the_list_and_private_words_stay_where_they_are(
    people: Cast, browser_of: BROWSER
) -> None:
    cellar = make_space("Cellar", "members", members=[people.customer, people.agent])
    post = make_post(make_topic(cellar, people.customer, "Titleofcellar"), people.customer, "Wordsofcellar")
    path = f"/community/{post.topic_id}/posts/2/to-article"
    ticket = make_ticket(people.customer)
    asked, said = make_answer(ticket, people.customer, "Mine"), make_answer(ticket, people.agent, "Ours")
    for person in (people.customer, people.editor):
        assert browser_of(person).get(path).status_code == 403
        assert browser_of(person).send(path, {"words": "x"}).status_code == 403
    assert browser_of(people.agent2).get(path).status_code == 404
    address = f"/desk/tickets/{ticket.number}/events"
    assert browser_of(people.agent2).get(f"{address}/{said.id}/to-article").status_code == 404
    assert browser_of(people.agent).get(f"{address}/{asked.id}/to-article").status_code == 404

    browser_of(people.agent).send(path, {"words": "Good one"})
    for person, shown in ((people.editor, False), (people.manager, True)):
        page = browser_of(person).page("/editors/wishes").text
        assert ("Wordsofcellar" in page, "Titleofcellar" in page) == (shown, shown)
    post.gate = "hidden"
    db.session.commit()
    assert "Wordsofcellar" not in browser_of(people.manager).page("/editors/wishes").text


def test_words_of_an_article_go_along_into_a_topic_and_the_article_shows_it(
    app: Flask, people: Cast, browser_of: BROWSER, articles: None, work: WORK
) -> None:
    space = make_space()
    customer = browser_of(people.customer)
    on = customer.get("/help/walls/discuss", query_string={"words": "Stone *stops* it.\n" + "x" * 900})
    begun = parse_qs(urlsplit(on.headers["Location"]).query)["body"][0]
    assert begun.startswith("> Stone \\*stops\\* it.\n> xxx")
    assert begun.rstrip().endswith("[Thick \\*walls\\*](/help/walls)")
    assert len(begun) < 800
    assert one(customer.page(on.headers["Location"]), "textarea[name=body]").text.strip() == begun.strip()
    assert app.test_client().get("/help/inner/discuss").status_code == 404
    assert app.test_client().get("/help/nothing/topics").status_code == 404

    topic = make_topic(space, people.customer, "About stone", begun)
    private = make_topic(make_space("Cellar", "members"), people.admin, "Titleofcellar", "See /help/walls")
    make_topic(space, people.customer, "Elsewhere", "See /help/walls-and-more and /help/nothing")
    work()

    assert db.session.query(ArticleTopic).count() == 2
    page = soup(app.test_client().get("/help/walls/topics"))
    assert [a["href"] for a in page.select("#topics-about .list a")] == [f"/community/{topic.id}"]
    seen = browser_of(people.admin).page("/help/walls/topics").select("#topics-about .list a")
    assert {a["href"] for a in seen} == {f"/community/{topic.id}", f"/community/{private.id}"}
    topic.gate = "hidden"
    db.session.commit()
    assert "About stone" not in app.test_client().get("/help/walls/topics").text
    article = soup(app.test_client().get("/help/walls"))
    assert article.select_one("#topics-about a[href='/help/walls/discuss']")
