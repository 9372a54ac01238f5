from review.difference import differences
from review.picture import picture
from stacks.picture import svg
from tests.review.given import claim, graph, pods


def test_each_layer_shows_what_changes_in_it() -> None:
    drawn = picture(differences(None, graph(pods("web", {"image": "a"}))))
    assert drawn.count("1 created") == 1
    assert drawn.count("nothing changes") == 9
    assert 'class="loud box"' not in drawn


def test_a_layer_in_which_data_may_be_lost_is_loud() -> None:
    assert picture(differences(graph(claim()), graph())).count('class="loud box"') == 1


def test_more_than_a_line_is_put_on_two() -> None:
    old = graph(pods("a", {"image": "a"}), pods("b", {"image": "a"}))
    new = graph(pods("a", {"image": "b"}), pods("c", {"image": "a"}))
    drawn = picture(differences(old, new))
    assert ">1 created, 1 changed<" in drawn or ">1 created<" in drawn
    assert "1 deleted" in drawn


def test_the_picture_of_the_layers_alone_has_their_own_words() -> None:
    assert "nothing changes" not in svg()
