"""The community, its moderation, ideas, feedback, and what becomes of what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0016"
down_revision = "0015"

# Who gets which permission in an instance that is in use; a new one gets them with its first roles.
GIVEN = {
    "customer": {"community.post"},
    "agent": {"community.post"},
    "editor": {"community.post"},
    "manager": {"community.post", "community.moderate", "community.spaces", "ideas.decide"},
    "administrator": {"community.post", "community.moderate", "community.spaces", "ideas.decide"},
}
role = sa.table(
    "role",
    sa.column("id", sa.BigInteger),
    sa.column("key", sa.String),
    sa.column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)


def upgrade() -> None:
    op.create_table('community_rule',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('kind', sa.String(length=5), nullable=False),
    sa.Column('pattern', sa.String(length=100), nullable=False),
    sa.Column('does', sa.String(length=6), nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_community_rule_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_rule')),
    sa.UniqueConstraint('kind', 'pattern', name=op.f('uq_community_rule_kind_pattern'))
    )
    op.create_table('follow',
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('target', sa.String(length=40), nullable=False),
    sa.Column('heard', sa.Boolean(), nullable=False),
    sa.Column('by_mail', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_follow_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'kind', 'target', name=op.f('pk_follow'))
    )
    op.create_index('ix_follow_target', 'follow', ['kind', 'target', 'person_id'])
    op.create_table('profile',
    sa.Column('person_id', portal.kit.types.BigId, autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=True),
    sa.Column('about', sa.String(length=500), nullable=False),
    sa.Column('standing', sa.String(length=5), nullable=False),
    sa.Column('posts', sa.Integer(), nullable=False),
    sa.Column('accepted', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_before', sa.DateTime(timezone=True), nullable=True),
    sa.Column('erased', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_profile_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_profile')),
    sa.UniqueConstraint('key', name=op.f('uq_profile_key')),
    sa.UniqueConstraint('number', name=op.f('uq_profile_number'))
    )
    op.create_table('space',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('about', sa.String(length=300), nullable=False),
    sa.Column('icon', sa.String(length=30), nullable=False),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('audience', sa.String(length=12), nullable=False),
    sa.Column('organisation_id', portal.kit.types.BigId, nullable=True),
    sa.Column('kinds', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('holds_first', sa.Boolean(), nullable=False),
    sa.Column('open_to_all', sa.Boolean(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('topics', sa.Integer(), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_space_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_space')),
    sa.UniqueConstraint('slug', name=op.f('uq_space_slug'))
    )
    op.create_index(op.f('ix_space_organisation_id'), 'space', ['organisation_id'])
    op.create_table('suspension',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_suspension_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_suspension_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suspension'))
    )
    op.create_index(op.f('ix_suspension_person_id_ends'), 'suspension', ['person_id', 'ends'])
    op.create_table('feedback',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('ticket_id', portal.kit.types.BigId, nullable=False),
    sa.Column('mood', sa.Integer(), nullable=False),
    sa.Column('page', sa.String(length=500), nullable=False),
    sa.Column('situation', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('mood BETWEEN 1 AND 5', name=op.f('ck_feedback_mood')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_feedback_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_feedback_ticket_id'))
    )
    op.create_index(op.f('ix_feedback_at'), 'feedback', ['at'])
    op.create_table('proposal',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('ticket_id', portal.kit.types.BigId, nullable=False),
    sa.Column('space_id', portal.kit.types.BigId, nullable=False),
    sa.Column('title', sa.String(length=150), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('taken_out', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_proposal_by_id')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_proposal_space_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_proposal_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal'))
    )
    op.create_index(op.f('ix_proposal_ticket_id_id'), 'proposal', ['ticket_id', 'id'])
    op.create_table('space_item',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('space_id', portal.kit.types.BigId, nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=False),
    sa.Column('title', sa.String(length=150), nullable=False),
    sa.Column('ticket_id', portal.kit.types.BigId, nullable=True),
    sa.Column('key', sa.String(length=32), nullable=True),
    sa.Column('name', sa.String(length=150), nullable=False),
    sa.Column('type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_space_item_by_id')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_space_item_space_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_space_item_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_space_item')),
    sa.UniqueConstraint('key', name=op.f('uq_space_item_key'))
    )
    op.create_index(op.f('ix_space_item_space_id_id'), 'space_item', ['space_id', 'id'])
    op.create_index(op.f('ix_space_item_ticket_id'), 'space_item', ['ticket_id'])
    op.create_table('space_member',
    sa.Column('space_id', portal.kit.types.BigId, nullable=False),
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('added_by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['person.id'], name=op.f('fk_space_member_added_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_space_member_person_id')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_space_member_space_id')),
    sa.PrimaryKeyConstraint('space_id', 'person_id', name=op.f('pk_space_member'))
    )
    op.create_index(op.f('ix_space_member_person_id'), 'space_member', ['person_id'])
    op.create_table('topic',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('space_id', portal.kit.types.BigId, nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('title', sa.String(length=150), nullable=False),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('author_id', portal.kit.types.BigId, nullable=False),
    sa.Column('gate', sa.String(length=10), nullable=False),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('tags', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('posts', sa.Integer(), nullable=False),
    sa.Column('last_place', sa.Integer(), nullable=False),
    sa.Column('votes', sa.Integer(), nullable=False),
    sa.Column('accepted_id', portal.kit.types.BigId, nullable=True),
    sa.Column('tied', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_topic_author_id')),
    sa.ForeignKeyConstraint(['last_by_id'], ['person.id'], name=op.f('fk_topic_last_by_id')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_topic_space_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic'))
    )
    op.create_index('ix_topic_author', 'topic', ['author_id', 'created_at', 'id'])
    op.create_index('ix_topic_held', 'topic', ['created_at'], sqlite_where=sa.text("gate = 'held'"), postgresql_where=sa.text("gate = 'held'"))
    op.create_index('ix_topic_kind', 'topic', ['kind', 'posted_at', 'id'])
    op.create_index('ix_topic_recent', 'topic', ['posted_at', 'id'], sqlite_where=sa.text("gate = ''"), postgresql_where=sa.text("gate = ''"))
    op.create_index('ix_topic_space', 'topic', ['space_id', 'gate', 'pinned', 'posted_at', 'id'])
    op.create_table('crossing',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('to', sa.String(length=6), nullable=False),
    sa.Column('topic_id', portal.kit.types.BigId, nullable=False),
    sa.Column('ticket_id', portal.kit.types.BigId, nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_crossing_by_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_crossing_ticket_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_crossing_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crossing')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_crossing_ticket_id')),
    sa.UniqueConstraint('topic_id', name=op.f('uq_crossing_topic_id'))
    )
    op.create_table('article_topic',
    sa.Column('article', sa.String(length=120), nullable=False),
    sa.Column('topic_id', portal.kit.types.BigId, nullable=False),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_article_topic_topic_id')),
    sa.PrimaryKeyConstraint('article', 'topic_id', name=op.f('pk_article_topic'))
    )
    op.create_index(op.f('ix_article_topic_topic_id'), 'article_topic', ['topic_id'])
    op.create_table('idea',
    sa.Column('topic_id', portal.kit.types.BigId, autoincrement=False, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('quarter', sa.String(length=20), nullable=False),
    sa.Column('demand', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('same_id', portal.kit.types.BigId, nullable=True),
    sa.ForeignKeyConstraint(['same_id'], ['topic.id'], name=op.f('fk_idea_same_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_idea_topic_id')),
    sa.PrimaryKeyConstraint('topic_id', name=op.f('pk_idea'))
    )
    op.create_index(op.f('ix_idea_state_changed_at'), 'idea', ['state', 'changed_at'])
    op.create_table('post',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('topic_id', portal.kit.types.BigId, nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('author_id', portal.kit.types.BigId, nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('html', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('gate', sa.String(length=10), nullable=False),
    sa.Column('by_staff', sa.Boolean(), nullable=False),
    sa.Column('quiet', sa.Boolean(), nullable=False),
    sa.Column('answers_id', portal.kit.types.BigId, nullable=True),
    sa.Column('votes', sa.Integer(), nullable=False),
    sa.Column('reactions', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=False),
    sa.Column('doubt', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['answers_id'], ['post.id'], name=op.f('fk_post_answers_id')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_post_author_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_post_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
    sa.UniqueConstraint('topic_id', 'place', name=op.f('uq_post_topic_id_place'))
    )
    op.create_index('ix_post_author', 'post', ['author_id', 'at', 'id'])
    op.create_index('ix_post_held', 'post', ['author_id', 'at'], sqlite_where=sa.text("gate = 'held'"), postgresql_where=sa.text("gate = 'held'"))
    op.create_index('ix_post_hidden', 'post', ['at', 'id'], sqlite_where=sa.text("gate = 'hidden'"), postgresql_where=sa.text("gate = 'hidden'"))
    op.create_table('post_mark',
    sa.Column('mark', portal.kit.types.BigId, autoincrement=False, nullable=False),
    sa.Column('post_id', portal.kit.types.BigId, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_mark_post_id')),
    sa.PrimaryKeyConstraint('mark', 'post_id', name=op.f('pk_post_mark'))
    )
    op.create_index(op.f('ix_post_mark_at'), 'post_mark', ['at'])
    op.create_index(op.f('ix_post_mark_post_id'), 'post_mark', ['post_id'])
    op.create_table('topic_read',
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('topic_id', portal.kit.types.BigId, nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_topic_read_person_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_topic_read_topic_id')),
    sa.PrimaryKeyConstraint('person_id', 'topic_id', name=op.f('pk_topic_read'))
    )
    op.create_index(op.f('ix_topic_read_topic_id'), 'topic_read', ['topic_id'])
    op.create_table('topic_tag',
    sa.Column('tag', sa.String(length=40), nullable=False),
    sa.Column('topic_id', portal.kit.types.BigId, nullable=False),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_topic_tag_topic_id')),
    sa.PrimaryKeyConstraint('tag', 'topic_id', name=op.f('pk_topic_tag'))
    )
    op.create_index(op.f('ix_topic_tag_topic_id'), 'topic_tag', ['topic_id'])
    op.create_table('article_wish',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('post_id', portal.kit.types.BigId, nullable=True),
    sa.Column('event_id', portal.kit.types.BigId, nullable=True),
    sa.Column('by_id', portal.kit.types.BigId, nullable=False),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('article', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_article_wish_by_id')),
    sa.ForeignKeyConstraint(['event_id'], ['ticket_event.id'], name=op.f('fk_article_wish_event_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_article_wish_post_id')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['person.id'], name=op.f('fk_article_wish_settled_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_wish')),
    sa.UniqueConstraint('event_id', name=op.f('uq_article_wish_event_id')),
    sa.UniqueConstraint('post_id', name=op.f('uq_article_wish_post_id'))
    )
    op.create_table('idea_demand',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('idea_id', portal.kit.types.BigId, nullable=False),
    sa.Column('ticket_id', portal.kit.types.BigId, nullable=True),
    sa.Column('topic_id', portal.kit.types.BigId, nullable=True),
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_idea_demand_by_id')),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.topic_id'], name=op.f('fk_idea_demand_idea_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_idea_demand_person_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_idea_demand_ticket_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_idea_demand_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idea_demand')),
    sa.UniqueConstraint('idea_id', 'ticket_id', name=op.f('uq_idea_demand_idea_id_ticket_id')),
    sa.UniqueConstraint('idea_id', 'topic_id', name=op.f('uq_idea_demand_idea_id_topic_id'))
    )
    op.create_index(op.f('ix_idea_demand_ticket_id'), 'idea_demand', ['ticket_id'])
    op.create_index(op.f('ix_idea_demand_topic_id'), 'idea_demand', ['topic_id'])
    op.create_table('idea_step',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('topic_id', portal.kit.types.BigId, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_idea_step_by_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['idea.topic_id'], name=op.f('fk_idea_step_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idea_step'))
    )
    op.create_index(op.f('ix_idea_step_state_at'), 'idea_step', ['state', 'at'])
    op.create_index(op.f('ix_idea_step_topic_id_id'), 'idea_step', ['topic_id', 'id'])
    op.create_table('idea_vote',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('topic_id', portal.kit.types.BigId, nullable=False),
    sa.Column('voter', sa.String(length=30), nullable=False),
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('organisation_id', portal.kit.types.BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_idea_vote_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_idea_vote_person_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['idea.topic_id'], name=op.f('fk_idea_vote_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idea_vote')),
    sa.UniqueConstraint('topic_id', 'voter', name=op.f('uq_idea_vote_topic_id_voter'))
    )
    op.create_index(op.f('ix_idea_vote_person_id'), 'idea_vote', ['person_id'])
    op.create_table('mention',
    sa.Column('post_id', portal.kit.types.BigId, nullable=False),
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mention_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_mention_post_id')),
    sa.PrimaryKeyConstraint('post_id', 'person_id', name=op.f('pk_mention'))
    )
    op.create_index(op.f('ix_mention_person_id'), 'mention', ['person_id'])
    op.create_table('moderator_act',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('act', sa.String(length=15), nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('person_id', portal.kit.types.BigId, nullable=True),
    sa.Column('topic_id', portal.kit.types.BigId, nullable=True),
    sa.Column('post_id', portal.kit.types.BigId, nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_moderator_act_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_moderator_act_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_moderator_act_post_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_moderator_act_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moderator_act'))
    )
    op.create_index(op.f('ix_moderator_act_person_id_id'), 'moderator_act', ['person_id', 'id'])
    op.create_index(op.f('ix_moderator_act_topic_id_id'), 'moderator_act', ['topic_id', 'id'])
    op.create_table('post_file',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('post_id', portal.kit.types.BigId, nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=150), nullable=False),
    sa.Column('type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_file_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_file')),
    sa.UniqueConstraint('key', name=op.f('uq_post_file_key'))
    )
    op.create_index(op.f('ix_post_file_post_id'), 'post_file', ['post_id'])
    op.create_table('post_version',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('post_id', portal.kit.types.BigId, nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=False),
    sa.Column('title', sa.String(length=150), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_post_version_by_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_version_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_version'))
    )
    op.create_index(op.f('ix_post_version_post_id_id'), 'post_version', ['post_id', 'id'])
    op.create_table('reaction',
    sa.Column('post_id', portal.kit.types.BigId, nullable=False),
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('sign', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_reaction_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_reaction_post_id')),
    sa.PrimaryKeyConstraint('post_id', 'person_id', 'sign', name=op.f('pk_reaction'))
    )
    op.create_index(op.f('ix_reaction_person_id'), 'reaction', ['person_id'])
    op.create_table('report',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('post_id', portal.kit.types.BigId, nullable=False),
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('reason', sa.String(length=10), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_report_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_report_post_id')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['person.id'], name=op.f('fk_report_settled_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('post_id', 'person_id', name=op.f('uq_report_post_id_person_id'))
    )
    op.create_index('ix_report_open', 'report', ['at', 'id'], sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))
    op.create_index(op.f('ix_report_person_id_at'), 'report', ['person_id', 'at'])
    op.create_table('vote',
    sa.Column('post_id', portal.kit.types.BigId, nullable=False),
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_vote_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_vote_post_id')),
    sa.PrimaryKeyConstraint('post_id', 'person_id', name=op.f('pk_vote'))
    )
    op.create_index(op.f('ix_vote_person_id_at'), 'vote', ['person_id', 'at'])
    op.add_column("ticket", sa.Column("reach", sa.String(length=4), nullable=False, server_default=""))
    op.add_column("ticket", sa.Column("tied", sa.Boolean(), nullable=False, server_default=sa.false()))
    _change_roles(lambda key, held: held | GIVEN.get(key, set()))


def downgrade() -> None:
    _change_roles(lambda _key, held: held - set().union(*GIVEN.values()))
    for name in ("reach", "tied"):  # not by a copy of the table, to which others point
        op.execute(f"ALTER TABLE ticket DROP COLUMN {name}")
    for name in (
        "vote",
        "report",
        "reaction",
        "post_version",
        "post_mark",
        "post_file",
        "moderator_act",
        "mention",
        "idea_vote",
        "idea_step",
        "idea_demand",
        "article_wish",
        "topic_tag",
        "topic_read",
        "post",
        "idea",
        "article_topic",
        "crossing",
        "topic",
        "space_member",
        "space_item",
        "proposal",
        "feedback",
        "suspension",
        "space",
        "profile",
        "follow",
        "community_rule",
    ):
        op.drop_table(name)


def _change_roles(wanted) -> None:
    """The roles of an instance that is in use; a new one gets them with its first roles."""
    bind = op.get_bind()
    for row in bind.execute(sa.select(role)).all():
        held = sorted(wanted(row.key, set(row.permissions)))
        if held != row.permissions:
            bind.execute(sa.update(role).where(role.c.id == row.id).values(permissions=held))
