from review.difference import differences
from review.policies.finding import Finding
from review.policies.judgement import Judged
from review.report import LONGEST, Report, markdown
from stacks.config.policies import Waiver
from tests.review.given import claim, graph, pods

WAIVER = Waiver(rule="images", reason="the vendor moves next month", until="2027-01-31")


def report(*judged: Judged, **fields: object) -> Report:
    changes = differences(
        graph(claim(storageClassName="a"), pods("web", {"image": "a:1"})),
        graph(claim(storageClassName="b"), pods("web", {"image": "a:2"})),
    )
    given = {"kind": "offline", "base": "`main`", "changes": changes, **fields}
    return Report(stack="dev", judged=judged, **given)  # type: ignore[arg-type]


def judged(waiver: Waiver | None = None) -> Judged:
    finding = Finding(urn="urn:a::b::c::web", what="is from <elsewhere>", cure="move it")
    return Judged(rule="images", severity="refuse", finding=finding, waiver=waiver)


def test_the_page_begins_with_the_mark_by_which_its_comment_is_found() -> None:
    assert markdown(report()).startswith("<!-- appliance-preview offline dev -->\n")


def test_each_kind_of_report_says_which_it_is() -> None:
    assert "**Offline**" in markdown(report())
    assert "**Live**" in markdown(report(kind="live"))


def test_what_may_lose_data_stands_in_bold_above_all_else() -> None:
    page = markdown(report(judged()))
    assert "- **PersistentVolumeClaim `data` is replaced**: `spec.storageClassName: a → b`." in page
    places = [page.index(f"### {each}") for each in ("Data may", "Policies", "By layer", "Images")]
    assert places == sorted(places)


def test_images_that_are_others_are_listed() -> None:
    assert "### Images and versions\n\n- `a:1` → `a:2`" in markdown(report())


def test_findings_are_refused_told_or_waived_with_their_reason() -> None:
    assert "- **refused:** images: web is from &lt;elsewhere>; move it" in markdown(
        report(judged())
    )
    page = markdown(report(judged(WAIVER)))
    assert "waived: images" in page
    assert "until 2027-01-31: the vendor moves next month" in page


def test_a_waiver_that_nothing_needs_is_told() -> None:
    assert "Nothing needs the waiver of images until 2027-01-31" in markdown(report(idle=(WAIVER,)))


def test_the_rewrites_that_apply_are_counted_by_rule() -> None:
    rows = ({"rule": "images"}, {"rule": "replicas"}, {"rule": "images"})
    assert "- images: 2\n- replicas: 1" in markdown(report(rewrites=rows))


def test_a_page_fits_into_a_comment_however_much_changes() -> None:
    many = graph(*(pods(f"{'w' * 400}{number}", {"image": "a"}) for number in range(40)))
    rows = tuple({"rule": "r" * 200 + str(number)} for number in range(600))
    page = markdown(report(changes=differences(None, many), rewrites=rows))
    assert len(page) < LONGEST + 100
    assert page.rstrip().endswith("it is in the whole report.")


def test_nothing_that_changes_is_said_so() -> None:
    page = markdown(report(changes=()))
    assert "`dev`: nothing changes" in page
    assert "### By layer" not in page
