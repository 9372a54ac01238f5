from components.cluster.proxy import Proxy, container_environment, environment, words


def test_without_a_proxy_nobody_gets_an_environment() -> None:
    assert environment(Proxy(direct=("example.com",)), ["10.96.0.0/12"]) == {}
    assert words(Proxy(), ["10.96.0.0/12"]) == ""
    assert container_environment(Proxy(), []) == []


def test_what_belongs_to_the_cluster_never_goes_through_the_proxy() -> None:
    proxy = Proxy(http="http://proxy:3128", direct=("192.0.2.0/24",))
    values = environment(proxy, ["api.x.internal", "10.96.0.0/12"])
    assert values["NO_PROXY"] == values["no_proxy"]
    assert values["NO_PROXY"].split(",") == [
        "127.0.0.1",
        "localhost",
        ".svc",
        ".cluster.local",
        "api.x.internal",
        "10.96.0.0/12",
        "192.0.2.0/24",
    ]


def test_only_the_proxies_that_are_given_are_set_in_both_cases_of_letters() -> None:
    assert set(environment(Proxy(https="http://proxy:3128"), [])) == {
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "no_proxy",
    }


def test_hosts_get_one_word_for_each_variable() -> None:
    text = words(Proxy(http="http://proxy:3128"), ["10.96.0.0/12"])
    assert text.split() == [
        "HTTP_PROXY=http://proxy:3128",
        "http_proxy=http://proxy:3128",
        "NO_PROXY=127.0.0.1,localhost,.svc,.cluster.local,10.96.0.0/12",
        "no_proxy=127.0.0.1,localhost,.svc,.cluster.local,10.96.0.0/12",
    ]


def test_a_container_gets_the_same_variables_as_the_hosts() -> None:
    proxy = Proxy(http="http://proxy:3128", https="http://proxy:3129")
    listed = container_environment(proxy, ["10.96.0.0/12"])
    assert {each["name"]: each.get("value") for each in listed} == environment(
        proxy, ["10.96.0.0/12"]
    )
