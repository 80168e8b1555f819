"""Runs EQL queries over JSON documents in the engine of PyPI's `eql`.

Standard input: {"queries": {name: text}, "documents": path of a file with one document a line}.
Standard output: {name: {"found": [positions]}} or {name: {"error": reason}}.
"""

import json
import sys

import eql
from eql.events import Event
from eql.parser import elasticsearch_syntax


def main():
    asked = json.load(sys.stdin)
    with open(asked["documents"], encoding="utf-8") as lines:
        events = [Event("any", 0, {**json.loads(line), "__at": at}) for at, line in enumerate(lines)]
    answers = {}
    for name, text in asked["queries"].items():
        found = []
        try:
            with elasticsearch_syntax:
                query = eql.parse_query(text)
            engine = eql.PythonEngine()
            engine.add_output_hook(lambda output: found.extend(event.data["__at"] for event in output.events))
            engine.add_query(query)
            for event in events:
                try:
                    engine.stream_event(event)
                except TypeError:
                    pass  # it cannot hash a list: no match, as for every other list
            answers[name] = {"found": found}
        except (eql.EqlError, RecursionError) as error:
            answers[name] = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    json.dump(answers, sys.stdout)


main()
