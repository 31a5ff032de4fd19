"""The second reference: Starlette and asyncpg, a token row and one look-up by key, no cache; unsigned.

Served by granian with as many workers as the portal: `tests.bench.starlette_reference:application`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

TOKEN = "select key, client from bench_token where key = $1"
MEMBER = "select number, name, entity_type, level, tier, status from bench_member where number = $1"


@asynccontextmanager
async def pooled(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_OWNER_URL"], min_size=4, max_size=4) as pool:
        app.state.pool = pool
        yield


async def member(request: Request) -> JSONResponse:
    async with request.app.state.pool.acquire() as connection:
        if await connection.fetchrow(TOKEN, request.headers.get("authorization", "").partition(" ")[2]) is None:
            return JSONResponse({"detail": "no"}, status_code=401)
        row = await connection.fetchrow(MEMBER, request.path_params["number"])
    return JSONResponse(dict(row)) if row else JSONResponse({"detail": "not found"}, status_code=404)


application = Starlette(routes=[Route("/api/v1/members/account/{number}", member)], lifespan=pooled)
