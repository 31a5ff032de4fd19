"""The review desk: the queue at 50,000 open cases of 400,000 (of 1,000,000 with --full), and the workbench."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import psycopg
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from tests import builders
from tests.bench.programme import p95
from tests.bench.rows import Line, row
from tests.bench.world import World
from tests.trusted_trader.review.conftest import sign_in
from trusted_trader.application.models import Application, Response

OPEN = 50_000
ROUNDS = 60
# How Django names a tenant and marks its place; they cost a tenth of a query each.
HOUSEKEEPING = ("SAVEPOINT", "RELEASE", "select set_config")

# Rows as operations leave them (a test compares one): 3,600 pairs of words, so a pair names about one case in 3,600.
FILL = """
set session_replication_role = replica;
create temp table words as select
  string_to_array('Amber Arctic Autumn Azure Birch Bright Bronze Cedar Clear Cobalt Copper Coral Crimson Crystal Dawn
   Delta Eastern Elm Ember Falcon Fern Golden Granite Green Grey Harbor Hazel Heron Indigo Iron Ivory Jade Juniper Kestrel
   Lakeside Laurel Linden Lunar Maple Marble Meadow Northern Oak Ocean Olive Opal Osprey Pearl Pine Prairie Quartz River
   Rowan Ruby Sable Silver Solar Summit Teal Western', ' ') as first,
  string_to_array('Anchor Arch Atlas Bay Beacon Bell Bridge Canyon Cape Castle Circle Cliff Coast Compass Cove Creek
   Crest Dock Dune Estate Field Fjord Forge Gate Glen Grove Gulf Haven Hill Hollow Inlet Island Key Lagoon Lantern
   Ledge Light Lodge Mesa Mill Moor Orchard Pass Path Peak Pier Point Port Quay Reef Ridge Road Rock Shore Spring Stone
   Terrace Valley Wharf Wood', ' ') as second,
  string_to_array('Trading Imports Freight Logistics Foods Tools Textiles Motors Glass Paper', ' ') as third;
insert into accounts_company (version, legal_name, trade_name, ownership, phone, website, history, street, city, region,
                              postal_code, country, created_at)
select 1, format('%%s %%s %%s %%s Example', first[1 + n %% 60], btrim(second[1 + n / 60 %% 60], E' \\n'),
                 third[1 + n / 3600 %% 10], n),
       '', 'corporation', '', '', '', n || ' Quay Street', 'Norfolk', 'VA', '23510', 'US', now()
  from generate_series(0, %(cases)s - 1) n, words;
insert into accounts_account (company_id, number, entity_type, opened_at)
select id, 'TT-9' || id, (array['importer', 'exporter', 'sea_carrier', 'customs_broker'])[1 + id %% 4], now()
  from accounts_company where legal_name like '%% Example' and street like '%% Quay Street';
insert into trusted_trader_application (company_id, account_id, status, edition, eligibility, profile, started_at,
    submitted_at, reviewer_id, claimed_at, office, queue, risk_tier, risk_points, due_at, paused_at, urgency, changed_at,
    recommender_id, recommendation, letter_draft, letter_reasons, decided_by_id, decided_at)
select company_id, id, s, '2020-03', '{}', '{}', t, t, case when s in ('submitted', 'draft') then null else %(reviewer)s end,
       t, (array['north', 'south', 'gulf', 'pacific'])[1 + id %% 4], 'general', (array['low', 'medium', 'high'])[1 + id %% 3],
       id %% 100, t + interval '90 days', case when s = 'waiting_for_company' then now() end,
       extract(epoch from t)::bigint + id * 7919 %% 1000000, t, case when s in ('recommended', 'certified') then %(reviewer)s::bigint end,
       '', '', '{}', case when s = 'certified' then %(decider)s::bigint end, case when s = 'certified' then now() end
  from (select id, company_id, now() - id %% 120 * interval '1 day' as t,
               case when k > %(open)s then (array['certified', 'withdrawn'])[1 + k %% 2]
                    else (array['submitted', 'in_review', 'waiting_for_company', 'recommended'])[1 + k %% 4] end as s
          from (select id, company_id, row_number() over (order by id * 7919 %% 1000003) as k
                  from accounts_account where number like 'TT-9%%') ordered) cases;
insert into trusted_trader_flag (company_id, application_id, title, company_word, owner_id, blocks_decision, raised_at)
select company_id, id, 'Look', '', %(reviewer)s, id %% 50 = 0, now() from trusted_trader_application where id %% 10 = 0;
insert into trusted_trader_note (company_id, application_id, text, written_by_id, written_at)
select company_id, id, 'A note', %(reviewer)s, now() from trusted_trader_application where id %% 5 = 0;
"""


def fill(cases: int, reviewer: User, decider: User) -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        values = {"cases": cases, "open": OPEN, "reviewer": reviewer.pk, "decider": decider.pk}
        psycopg.ClientCursor(owner).execute(FILL, values)
        owner.execute("vacuum (analyze)")  # as rows that came over years are


def pages(client: Client, address: str, rounds: int = ROUNDS) -> tuple[float, int]:
    """p95 in milliseconds, and the most queries that a page took."""
    took, queries = [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        answer = client.get(address)
        took.append(time.perf_counter() - began)
        assert answer.status_code == 200, (address, answer.status_code)
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    queries = len([q for q in seen.captured_queries if not q["sql"].startswith(HOUSEKEEPING)])
    return p95(took) * 1000, queries


def line(what: str, found: tuple[float, int], most_ms: float, most_queries: int) -> Line:
    ms, queries = found
    reached = ms <= most_ms and queries <= most_queries
    return Line(what, f"p95 {ms:.0f} ms, {queries} queries", f"{most_ms:g} ms, {most_queries} queries", reached)


@row("queue")
def queue(bench: World) -> Iterator[Line]:
    cases = 1_000_000 if bench.full else 400_000
    with builders.system():
        reviewer, decider = (
            builders.staff("Desk Reviewer", Role.SPECIALIST),
            builders.staff("Desk Decider", Role.SUPERVISOR),
        )
    fill(cases, reviewer, decider)
    client = sign_in(reviewer)
    desk = "/admin/review/"
    for what, query in (
        ("first page", "?view=all"),
        ("narrowed by quick filter, kind and risk", "?view=unclaimed&kind=importer&risk=high"),
        ("a name that few bear", "?q=Kestrel+Lantern"),
        ("a name that a tenth bears", "?q=Freight"),
        ("far down", f"?view=all&after={_far_down()}"),
    ):
        yield line(f"review queue, {OPEN:,} open of {cases:,}: {what}", pages(client, desk + query), 150, 12)
    took = []
    for term in ("Kestrel Lantern", "Kestrl Lantren", "Freight") * 10:
        began = time.perf_counter()
        assert client.post(f"{desk}search/", {"term": term}).status_code == 302
        took.append(time.perf_counter() - began)
    worst = p95(took) * 1000
    yield Line("... search by name, right and misspelt", f"p95 {worst:.0f} ms", "150 ms", worst <= 150)


def _far_down() -> str:
    with builders.system():
        rows = Application.objects.filter(status__in=["submitted", "in_review", "waiting_for_company", "recommended"])
        urgency, pk = rows.order_by("urgency", "pk").values_list("urgency", "pk")[OPEN - 1000]
    return f"{urgency}.{pk}"


@row("workbench")
def workbench(bench: World) -> Iterator[Line]:
    with builders.system():
        officer, reviewer = builders.a_user("Desk Officer"), builders.staff("Desk Specialist", Role.SPECIALIST)
        account = builders.an_account(officer, builders.a_company(officer))
        case = builders.in_review(builders.submitted(officer, account), reviewer)
        answers = Response.objects.filter(account=account).count()
    found = pages(sign_in(reviewer), f"/admin/review/{case.pk}/")
    yield line(f"workbench, {answers} answers", found, 250, 20)
