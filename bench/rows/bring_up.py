"""`make up` of a two-host cluster on a machine where everything is built, and where its time goes.

Three bars: what Pulumi adds to the steps themselves, what the steps add to kubeadm, and the whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from bench import events, kubeadm, recorded, steps
from bench.cluster import Cluster, bring_up, fresh
from bench.machine import now
from bench.recorded import Resource
from bench.replay import Replay, waits_for
from bench.results import Measured, Row, median
from bench.span import Span, covered, critical_path, end
from bench.span import seconds as seconds_of
from bench.table import circumstances, seconds, table, verdict

PULUMI_BAR, KUBEADM_BAR, WARM_BAR = 5.0, 1.2, 300.0
PUSH: Final = "n1-bundle"

STEPS: Final = """\
`make up` of a control plane and a worker with encrypted Weave; tool chain and bundle lie ready, hosts do not. “The
same steps” are what the stack's state says was run, run again on new hosts by ssh, `kubectl apply` and `kubectl
rollout status`, each as soon as those before it are done. “Membership” is what makes two hosts that have every
program and image a cluster with its network; kubeadm alone gets the same configuration."""


class Run(Measured):
    """One cluster by `make up`, the same steps on new hosts without Pulumi, and membership alone both ways.

    Spans count from the start of `pulumi up`, or of the first step. `after` says which resource waits for which.
    """

    whole: float
    phases: tuple[tuple[str, float], ...]
    up: float
    resources: tuple[Span, ...]
    after: dict[str, tuple[str, ...]]
    replay: tuple[Span, ...]
    scripts: tuple[Span, ...]
    kubeadm: tuple[Span, ...]

    @property
    def pulumi(self) -> float:
        """`pulumi up` without the push."""
        return self.up - seconds_of(self.resources, PUSH)

    @property
    def direct(self) -> float:
        """The same steps without the push."""
        return end(self.replay) - seconds_of(self.replay, PUSH)

    @property
    def ratio(self) -> float:
        """Membership by the scripts over kubeadm's."""
        return end(self.scripts) / end(self.kubeadm)

    @property
    def idle(self) -> float:
        """Seconds of `pulumi up` in which no resource was worked on."""
        return self.up - covered(self.resources)


def measure(times: int) -> Iterator[Run]:
    """A cluster's life, from no host to no host, again and again."""
    for _ in range(times):
        with fresh() as cluster:
            yield lived(cluster)


def lived(cluster: Cluster) -> Run:
    """Up by Pulumi, then by the same steps alone, then membership by scripts and by kubeadm."""
    machine = now()
    up = bring_up(cluster)
    resources = recorded.of_state(cluster.place.answer("stack", "export", "--show-secrets"))
    cluster.delete_hosts()
    replay = Replay(place=cluster.place, resources=resources)
    replayed = steps.run(replay.steps())
    hosts = kubeadm.hosts(replay)
    hosts.clear()
    scripts = hosts.by_scripts()
    hosts.clear()
    after = order(resources)
    return Run(
        machine=machine,
        whole=up.whole,
        phases=tuple(up.phases),
        up=up.seconds,
        # A component lasts as long as all that is in it.
        resources=tuple(s for s in events.spans(up.events, up.began) if s.name in after),
        after=after,
        replay=replayed,
        scripts=scripts,
        kubeadm=hosts.by_kubeadm(),
    )


def order(resources: Sequence[Resource]) -> dict[str, tuple[str, ...]]:
    """Which resource waits for which, by names; components and providers are passed through."""
    names = {each.urn: each.name for each in resources if each.custom}
    waits: Mapping[str, frozenset[str]] = waits_for(resources, names)
    return {name: tuple(sorted(before)) for name, before in waits.items()}


def section(runs: Sequence[Run]) -> str:
    """The row's text."""
    whole = median(run.whole for run in runs)
    typical = min(runs, key=lambda run: abs(run.whole - whole))
    return "\n\n".join(
        (
            "## A cluster of two hosts",
            STEPS,
            table(("", "run by run", "median", "bar", ""), rows(runs)),
            circumstances(runs),
            "### Where a warm `make up` spends its time",
            "The run whose whole time is the median.",
            table(("phase", "time"), ((name, seconds(taken)) for name, taken in phases(typical))),
            "The critical path of `pulumi up`: each resource that the next one waited for.",
            table(("resource", "begins at", "takes", "the step alone"), path(typical)),
            "Membership in the same run, step by step.",
            table(("by the scripts", "takes", "by kubeadm alone", "takes"), membership(typical)),
        )
    )


def rows(runs: Sequence[Run]) -> Sequence[Sequence[str]]:
    """What the bars are about."""
    ratio = median(run.ratio for run in runs)
    ratios = ", ".join(f"{run.ratio:.2f}" for run in runs)
    return (
        times("`pulumi up` without the push", [run.pulumi for run in runs]),
        times("the same steps without Pulumi", [run.direct for run in runs]),
        times("Pulumi adds", [run.pulumi - run.direct for run in runs], PULUMI_BAR),
        times("`pulumi up` with no resource under way", [run.idle for run in runs]),
        times("membership by the scripts", [end(run.scripts) for run in runs]),
        times("membership by kubeadm alone", [end(run.kubeadm) for run in runs]),
        (
            *("scripts over kubeadm", ratios, f"{ratio:.2f}"),
            *(f"≤ {KUBEADM_BAR}", verdict(met=ratio <= KUBEADM_BAR)),
        ),
        times("warm `make up`, whole", [run.whole for run in runs], WARM_BAR),
    )


def times(name: str, values: Sequence[float], bar: float | None = None) -> Sequence[str]:
    """A row of times, with their bar if they have one."""
    middle = median(values)
    held = ("", "") if bar is None else (f"≤ {seconds(bar)}", verdict(met=middle <= bar))
    return (name, ", ".join(map(seconds, values)), seconds(middle), *held)


def path(run: Run) -> Sequence[Sequence[str]]:
    """The critical path beside the same steps without Pulumi."""
    return tuple(
        (
            f"`{span.name}`",
            seconds(span.began),
            seconds(span.seconds),
            seconds(alone) if (alone := seconds_of(run.replay, span.name)) else "",
        )
        for span in critical_path(run.resources, run.after)
    )


def membership(run: Run) -> Sequence[Sequence[str]]:
    """Both ways' steps, side by side in their order."""
    return tuple(
        (
            *((f"`{own.name}`", seconds(own.seconds)) if own else ("", "")),
            *((bare.name, seconds(bare.seconds)) if bare else ("", "")),
        )
        for own, bare in zip_longest(run.scripts, run.kubeadm)
    )


def phases(run: Run) -> Sequence[tuple[str, float]]:
    """The phases, and what of the whole is in none of them."""
    rest = run.whole - sum(taken for _, taken in run.phases)
    return (*run.phases, ("checks of this machine, and reading the outputs", rest))


ROW: Final = Row(name="bring_up", kind=Run, measure=measure, section=section)
