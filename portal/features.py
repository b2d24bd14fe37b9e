"""What the features hand in, in explicit lists: one look tells what the portal is made of."""

from collections.abc import Mapping
from typing import Any

from .accounts import address_pages, link_pages
from .accounts import notices as account_notices
from .accounts import privacy as account_privacy
from .accounts import security as account_pages
from .accounts import views as account_views
from .admin import views as admin
from .audit import privacy as audit_privacy
from .community import access as community_access
from .community import acts as community_acts
from .community import documents as topic_documents
from .community import download as community_files
from .community import feeds as community_feeds
from .community import notices as community_notices
from .community import own as community_own
from .community import posts as community_posts
from .community import privacy as community_privacy
from .community import spaces as community_spaces
from .community import views as community
from .community.panels import Acts, Facts, Panel
from .company import access as company_access
from .company import first_article, readiness, ready
from .company import privacy as company_privacy
from .company import views as company
from .crossing import actions as crossing_acts
from .crossing import articles as crossing_articles
from .crossing import desk as crossing_desk
from .crossing import notices as crossing_notices
from .crossing import panels as crossing_panels
from .crossing import privacy as crossing_privacy
from .crossing import proposals, wishes
from .crossing import views as crossing
from .desk import canned, intake, lost_mailbox
from .desk import views as desk
from .drafts import access as draft_access
from .drafts import privacy as draft_privacy
from .drafts import views as drafts
from .editors import views as editors
from .feedback import privacy as feedback_privacy
from .feedback import views as feedback
from .home import health
from .home import views as home
from .ideas import demand as idea_demand
from .ideas import feeds as idea_feeds
from .ideas import notices as idea_notices
from .ideas import privacy as idea_privacy
from .ideas import queries as idea_queries
from .ideas import views as ideas
from .inbox import access as inbox_access
from .inbox import privacy as inbox_privacy
from .inbox import views as inbox
from .kb import documents as kb_documents
from .kb import download as kb_download
from .kb import feeds, helpful, searched
from .kb import views as kb
from .legal import editing as legal_editing
from .legal import own as agreements
from .legal import privacy as legal_privacy
from .legal import views as legal
from .live import views as live
from .mail import privacy as mail_privacy
from .mail import views as outbox
from .moderation import access as moderation_access
from .moderation import acts as moderators
from .moderation import notices as moderation_notices
from .moderation import privacy as moderation_privacy
from .moderation import standing
from .moderation import topics as topic_acts
from .moderation import views as moderation
from .notifications import privacy as notice_privacy
from .notifications import unsubscribe
from .notifications import views as notices
from .outbox import privacy as outbox_privacy
from .people import privacy as people_privacy
from .practice import privacy as practice_privacy
from .practice import views as practice
from .privacy.actions import Part
from .search.documents import Source
from .staff import inviting, joining, roles, team_pages
from .staff import notices as staff_notices
from .staff import privacy as staff_privacy
from .staff import views as staff
from .tickets import access as ticket_access
from .tickets import acts, doors, download, solved
from .tickets import documents as ticket_documents
from .tickets import notices as ticket_notices
from .tickets import privacy as ticket_privacy
from .tickets import views as tickets

BLUEPRINTS = (
    company.blueprint,
    ready.blueprint,
    first_article.blueprint,
    account_views.blueprint,
    account_pages.blueprint,
    link_pages.blueprint,
    address_pages.blueprint,
    home.blueprint,
    health.blueprint,
    kb.blueprint,
    kb_download.blueprint,
    helpful.blueprint,
    searched.blueprint,
    feeds.blueprint,
    doors.blueprint,
    acts.blueprint,
    tickets.blueprint,
    solved.blueprint,
    download.blueprint,
    community.blueprint,
    community_spaces.blueprint,
    community_posts.blueprint,
    community_acts.blueprint,
    community_own.blueprint,
    community_feeds.blueprint,
    community_files.blueprint,
    moderation.blueprint,
    moderators.blueprint,
    topic_acts.blueprint,
    standing.blueprint,
    ideas.blueprint,
    idea_demand.blueprint,
    idea_feeds.blueprint,
    crossing.blueprint,
    crossing_articles.blueprint,
    crossing_desk.blueprint,
    proposals.blueprint,
    wishes.blueprint,
    feedback.blueprint,
    drafts.blueprint,
    desk.blueprint,
    intake.blueprint,
    lost_mailbox.blueprint,
    canned.blueprint,
    practice.blueprint,
    editors.blueprint,
    inbox.blueprint,
    live.blueprint,
    notices.blueprint,
    unsubscribe.blueprint,
    outbox.blueprint,
    legal.blueprint,
    agreements.blueprint,
    legal_editing.blueprint,
    admin.blueprint,
    staff.blueprint,
    inviting.blueprint,
    team_pages.blueprint,
    roles.blueprint,
    joining.blueprint,
)

# Imported by the worker alone, so that heavy libraries may stand at the top of a jobs module.
JOB_MODULES = (
    "portal.outbox.jobs",
    "portal.audit.jobs",
    "portal.mail.jobs",
    "portal.live.jobs",
    "portal.notifications.jobs",
    "portal.search.jobs",
    "portal.accounts.jobs",
    "portal.readership.jobs",
    "portal.kb.jobs",
    "portal.company.jobs",
    "portal.drafts.jobs",
    "portal.tickets.jobs",
    "portal.crossing.jobs",
    "portal.community.jobs",
    "portal.moderation.jobs",
    "portal.ideas.jobs",
    "portal.inbox.jobs",
    "portal.privacy.jobs",
    "portal.staff.jobs",
    "portal.backup.jobs",
    "portal.health.jobs",
)

# Work that nobody outside hears of, so that it goes on after a restore though it may have been done already. All other
# work that waited when the backup was made is held until somebody says so: most of it is mails.
QUIET_WORK = (
    "search.index",
    "tickets.index",
    "tickets.squeeze",
    "community.reindex",
    "outbox.drop_file",
    "inbox.sort",
    "inbox.poll",
    "kb.sync",
    "kb.turn",
    "kb.look-around",
    "privacy.again",
    "privacy.note",
    "accounts.nobody",
)

# What stands in the search index, by kind of document.
SEARCH_SOURCES: dict[str, Source] = {
    "articles": kb_documents.SOURCE,
    "topics": topic_documents.SOURCE,
    "tickets": ticket_documents.SOURCE,
}

# Who may hear a live topic `<kind>-<id>`; asked at each connect.
LIVE_RIGHTS = {
    "ticket": ticket_access.may_hear_ticket,
    "desk-ticket": ticket_access.may_hear_desk,
    "team": ticket_access.may_hear_team,
    "person": ticket_access.may_hear_person,
    "drafts": draft_access.may_hear_drafts,
    "mail": inbox_access.may_hear_mail,
    "topic": community_access.may_hear_topic,
    "moderation": moderation_access.may_hear,
    "ready": company_access.may_hear_ready,
}

# What an instance needs until it is ready for customers, in the order of the list.
READINESS: tuple[readiness.Line, ...] = (*readiness.LINES,)
# Where somebody begins who signs in and was on the way to nowhere else: functions of a person that give a path, or None.
FIRST_PAGES = (readiness.first_page,)

# What stands in the desk's rail after its views, for those who may: each makes its entry, or None.
RAIL_LINKS = (inbox.rail_link, moderation.rail_link)
# What stands above the desk's queue, for those who have it; the same form as panels.
DESK_CARDS = (practice.card,)
# What higher features show on a topic's page, beside it and among what can be done with a post: functions of
# (topic, person), which names a template with its values or None, and (post, person), which gives acts.
TOPIC_PANELS: tuple[Panel, ...] = (idea_demand.of_topic, crossing_panels.of_topic, topic_acts.topic_panel)
POST_ACTS: tuple[Acts, ...] = (crossing_panels.on_post, moderators.post_acts)
# The same above its posts.
TOPIC_HEADS: tuple[Panel, ...] = (ideas.head,)
# What they say of topics in lists of answers, as functions of topics.
TOPIC_FACTS: tuple[Facts, ...] = (idea_queries.facts_of,)
# The parts of the sitemap that features hand in, as functions of nothing that give their paths.
SITEMAPS = (legal.maps, community_feeds.maps, idea_feeds.maps)
# What else becomes of a post once all its readers see it.
POSTED = (crossing_acts.note_articles,)
# The same beside a request, for its customer's side and for the desk, and in the editors' list.
TICKET_PANELS = (crossing_panels.of_ticket, idea_demand.of_ticket)
DESK_PANELS = (crossing_panels.at_desk, idea_demand.at_desk)
EDITORS_LINKS = (crossing_panels.editors_link,)
# The kinds of notices that features make, and who may still know of what one speaks of.
NOTICE_KINDS = (
    *account_notices.KINDS,
    *ticket_notices.KINDS.values(),
    *crossing_notices.KINDS,
    ticket_notices.ADDED,
    ticket_notices.HANDED,
    *community_notices.KINDS,
    *idea_notices.KINDS,
    *moderation_notices.KINDS,
    *staff_notices.KINDS,
)
NOTICE_RIGHTS = {
    "ticket": ticket_access.may_be_told,
    "topic": community_access.may_be_told_of_topic,
    "post": community_access.may_be_told_of_post,
}

# What each feature keeps of a person, in the order in which it is erased: the person, whose name the others look for, last.
PRIVACY_PARTS: tuple[Part, ...] = (
    staff_privacy,
    idea_privacy,
    crossing_privacy,
    practice_privacy,
    inbox_privacy,
    feedback_privacy,
    moderation_privacy,
    community_privacy,
    ticket_privacy,
    draft_privacy,
    notice_privacy,
    company_privacy,
    mail_privacy,
    outbox_privacy,
    legal_privacy,
    account_privacy,
    audit_privacy,
    people_privacy,
)

# By the name under which features of lower layers find them in `app.extensions`.
HANDED_IN: Mapping[str, Any] = {
    "live_rights": LIVE_RIGHTS,
    "rail_links": RAIL_LINKS,
    "desk_cards": DESK_CARDS,
    "topic_panels": TOPIC_PANELS,
    "topic_heads": TOPIC_HEADS,
    "topic_facts": TOPIC_FACTS,
    "post_acts": POST_ACTS,
    "posted": POSTED,
    "ticket_panels": TICKET_PANELS,
    "desk_panels": DESK_PANELS,
    "editors_links": EDITORS_LINKS,
    "sitemaps": SITEMAPS,
    "notice_kinds": {kind.name: kind for kind in NOTICE_KINDS},
    "notice_rights": NOTICE_RIGHTS,
    "readiness": READINESS,
    "first_pages": FIRST_PAGES,
    "privacy_parts": PRIVACY_PARTS,
    "quiet_work": QUIET_WORK,
}
