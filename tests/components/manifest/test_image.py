import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.manifest.image import Image, ImageReferenceError, parse

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("docker.io/nginx", "docker.io/library/nginx:latest"),
        ("index.docker.io/nginx:1", "docker.io/library/nginx:1"),
        ("weaveworks/weave-kube:2.6.5", "docker.io/weaveworks/weave-kube:2.6.5"),
        ("quay.io/organisation/name", "quay.io/organisation/name:latest"),
        ("localhost/x:1", "localhost/x:1"),
        ("host:5000/a/b/c:v1", "host:5000/a/b/c:v1"),
        ("[fd00::1]:5000/x:1", "[fd00::1]:5000/x:1"),
        # Without a slash it is a name and a tag, whatever it looks like.
        ("test.com:5000", "docker.io/library/test.com:5000"),
        # Only hosts have capital letters.
        ("Host/x:1", "Host/x:1"),
        (f"a/b@{DIGEST}", f"docker.io/a/b@{DIGEST}"),
        (f"quay.io/a/b:1@{DIGEST}", f"quay.io/a/b:1@{DIGEST}"),
        ("a/b_c/d__e/f-g.h:T_-.1", "docker.io/a/b_c/d__e/f-g.h:T_-.1"),
    ],
)
def test_a_short_name_stands_for_one_full_name(text: str, full: str) -> None:
    assert str(parse(text)) == full
    assert str(parse(full)) == full


@pytest.mark.parametrize(
    "text",
    [
        *("", ":1", "a:", "a:b:c", "UPPER/lower/Case", "a//b", "/a", "a/", "-a", "a..b", "a___b"),
        *("a@sha256:12", "a@", "@" + DIGEST, "a b", "a:-1", "a:" + "x" * 129, "ab" * 32),
        *("https://quay.io/a", "a/" + "x" * 260, "$(IMAGE)", "{{ image }}"),
    ],
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ImageReferenceError, match="'"):
        parse(text)


def test_an_image_has_a_repository_a_name_and_both_kinds_of_version() -> None:
    image = parse(f"a:1@{DIGEST}")
    assert image == Image(domain="docker.io", path="library/a", tag="1", digest=DIGEST)
    assert (image.repository, image.name) == ("docker.io/library/a", "docker.io/library/a:1")
    assert parse(f"a@{DIGEST}").name == "docker.io/library/a"


@given(st.text(st.sampled_from("aA1:/@.-_[]"), max_size=20))
def test_a_full_name_is_its_own_full_name(text: str) -> None:
    try:
        full = str(parse(text))
    except ImageReferenceError:
        return
    assert str(parse(full)) == full
