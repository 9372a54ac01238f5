"""`python -m bench.judged STACK`: how long rules take to look at a stack, beside what they need a graph for.

Prints {"resources": …, "judge": seconds of the processor}. Owns nothing else; bench/rows/offline.py runs it.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from operate import workplace
from review.offline import dummies, graph_of
from review.policies.finding import Case
from review.policies.judgement import judge


def main(name: str) -> None:
    """Look at one stack of the checkout that is the working directory."""
    _, configuration = workplace.read(name)
    secrets = dummies()
    graph = graph_of(Path.cwd(), name, secrets)
    case = Case(graph=graph, configuration=configuration, secrets=secrets)
    began = time.process_time()
    judge(case, datetime.now(UTC).date())
    took = time.process_time() - began
    print(json.dumps({"resources": len(graph.resources), "judge": took}))


if __name__ == "__main__":
    main(sys.argv[1])
