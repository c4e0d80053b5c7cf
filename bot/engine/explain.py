"""What the bot understands of a message: intent, entities, procedures."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from rasa.core.agent import Agent
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME

from bot.catalogue import finder
from bot.engine import agent as agents

MOST_PROCEDURES = 10


async def explain_message(agent: Agent, text: str) -> dict[str, Any]:
    """Intent, entities and procedures of one message.

    `fallback` tells that the bot would not act on the intent, being too unsure of it.
    """
    parsed = await agent.parse_message(text)
    ranking = [
        {"name": item["name"], "confidence": round(float(item["confidence"]), 4)}
        for item in parsed.get("intent_ranking") or []
        if item["name"] != DEFAULT_NLU_FALLBACK_INTENT_NAME
    ]
    intent = parsed.get("intent") or {}
    return {
        "text": text,
        "intent": ranking[0] if ranking else {"name": None, "confidence": 0.0},
        "fallback": intent.get("name") == DEFAULT_NLU_FALLBACK_INTENT_NAME,
        "entities": [
            {key: entity.get(key) for key in ("entity", "value", "start", "end")}
            for entity in parsed.get("entities") or []
        ],
        "procedures": [
            {"code": match.code, "name": match.name, "score": match.score}
            for match in finder.search(text, MOST_PROCEDURES)
        ],
        "questions": parsed.get("questions") or [],
        "aspect": parsed.get("aspect") or "",
        "ranking": ranking,
    }


def explain_lines(model: Path, lines: Iterable[str], output: TextIO = sys.stdout) -> None:
    """One JSON object per line of input, in its order.

    Raises:
        bot.database.DatabaseUnavailable: the catalogue cannot be read.
    """

    async def run() -> None:
        agent = await agents.load(model)
        for line in lines:
            result = await explain_message(agent, line.rstrip("\r\n"))
            del result["ranking"]
            print(json.dumps(result, ensure_ascii=False), file=output, flush=True)

    asyncio.run(run())
